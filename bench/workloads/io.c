/* SPDX-License-Identifier: MIT */
/*
 * io.c - I/O-bound tasks: a request to a server in another process, and the
 * reply to it.
 *
 * A task sends its request, receives until the reply is whole, and checks
 * that it answers this task and that every byte is right.  The value is
 * computed from the bytes that came.  Requests are filled when the lanes are
 * connected: a task only writes its index.  A connection that ends fails the
 * task with -EPIPE, a wrong reply with -EBADMSG.
 */
#include "workloads/list.h"
#include "workloads/steps.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "workloads/io_connect.h"
#include "workloads/io_server.h"
#include "workloads/job.h"
#include "workloads/message.h"

enum { IO_SEND, IO_SENT, IO_RECEIVED };

struct io {
	struct sy_io_job *job; /* shared */
	struct sy_server server;
};

int sy_io_check(const struct sy_io_job *job, const unsigned char *reply,
                uint64_t index, uint64_t *value)
{
	uint64_t echo;

	memcpy(&echo, reply, sizeof(echo));
	*value = sy_message_sum(reply + SY_MESSAGE_HEADER,
	                        job->load.reply_bytes - SY_MESSAGE_HEADER,
	                        sy_task_seed(index));
	if (echo != index || *value != job->values[index % SY_VALUE_PERIOD])
		return -EBADMSG;
	return 0;
}

static struct sy_op io_end(struct sy_task *task, int error)
{
	task->error = error;
	return (struct sy_op){ .kind = SY_DONE };
}

static struct sy_op io_begin(struct sy_task *task, const struct sy_io_job *job)
{
	sy_io_address(task->lane->scratch, task->index);
	task->step = IO_SENT;
	return (struct sy_op){ .kind = SY_SEND,
		               .count = job->load.request_bytes,
		               .buf = task->lane->scratch };
}

/* Asks for what is missing; local[0] is what has come. */
static struct sy_op io_receive(struct sy_task *task,
                               const struct sy_io_job *job)
{
	unsigned char *reply = sy_io_reply(&job->load, task->lane->scratch);
	uint64_t come = task->local[0];

	return (struct sy_op){ .kind = SY_RECV,
		               .count = job->load.reply_bytes - (uint32_t)come,
		               .buf = reply + come };
}

static struct sy_op io_received(struct sy_task *task,
                                const struct sy_io_job *job)
{
	uint64_t missing = job->load.reply_bytes - task->local[0];

	if (task->result <= 0)
		return io_end(task, task->result ? (int)task->result : -EPIPE);
	task->local[0] += (uint64_t)task->result;
	if ((uint64_t)task->result < missing)
		return io_receive(task, job);
	return io_end(task,
	              sy_io_check(job,
	                          sy_io_reply(&job->load, task->lane->scratch),
	                          task->index, &task->value));
}

struct sy_op sy_io_step(struct sy_task *task)
{
	const struct sy_io_job *job = task->job;

	if (task->step == IO_RECEIVED)
		return io_received(task, job);
	if (task->step == IO_SEND)
		return io_begin(task, job);
	if (task->result != (int64_t)job->load.request_bytes)
		return io_end(task,
		              task->result < 0 ? (int)task->result : -EPIPE);
	task->local[0] = 0;
	task->step = IO_RECEIVED;
	return io_receive(task, job);
}

static size_t io_scratch_bytes(const struct sy_load *load)
{
	return sy_io_room(load->request_bytes) + sy_io_room(load->reply_bytes);
}

static uint64_t io_expected(const struct sy_load *load, uint64_t index)
{
	return sy_message_expected(load->reply_bytes - SY_MESSAGE_HEADER,
	                           sy_message_reply(index % SY_VALUE_PERIOD),
	                           sy_task_seed(index));
}

static bool io_size_fits(uint32_t bytes)
{
	return bytes >= SY_MESSAGE_HEADER && bytes <= SY_MESSAGE_MAX;
}

static int io_job(struct sy_io_job **job, const struct sy_load *load)
{
	struct sy_io_job own = { .load = *load };
	void *copy;
	int rc;

	for (uint64_t i = 0; i < SY_VALUE_PERIOD; i++)
		own.values[i] = io_expected(load, i);
	rc = sy_job_create(&copy, &own, sizeof(own));
	if (!rc)
		*job = copy;
	return rc;
}

/* Connects the lanes to a server that is ready. */
static int io_start(struct io *io, const struct sy_load *load,
                    struct sy_batch *batch)
{
	uint32_t count = batch->inflight;
	int *clients = calloc(count, sizeof(*clients));
	int *servers = calloc(count, sizeof(*servers));
	const struct sy_io_service service = {
		.fds = servers,
		.count = count,
		.request_bytes = load->request_bytes,
		.reply_bytes = load->reply_bytes,
		.wait_ns = load->wait_ns,
	};
	int rc = -ENOMEM;

	if (clients && servers)
		rc = sy_io_connect(clients, servers, count, load->tcp);
	if (rc)
		goto free_both;
	rc = sy_io_server_start(&io->server, &service, load->server_pu);
	sy_io_disconnect(servers, count);
	if (rc)
		sy_io_disconnect(clients, count);
	else
		for (uint32_t i = 0; i < count; i++)
			batch->lanes[i].fd = clients[i];
free_both:
	free(clients);
	free(servers);
	return rc;
}

static int io_open(void **state, const struct sy_load *load,
                   struct sy_batch *batch)
{
	struct io *io;
	int rc;

	if (!io_size_fits(load->request_bytes) ||
	    !io_size_fits(load->reply_bytes) ||
	    batch->scratch_bytes < io_scratch_bytes(load))
		return -EINVAL;
	io = calloc(1, sizeof(*io));
	if (!io)
		return -ENOMEM;
	rc = io_job(&io->job, load);
	if (rc)
		goto free_io;
	rc = io_start(io, load, batch);
	if (rc)
		goto destroy_job;
	for (uint32_t i = 0; i < batch->inflight; i++)
		sy_message_fill(batch->lanes[i].scratch + SY_MESSAGE_HEADER,
		                load->request_bytes - SY_MESSAGE_HEADER,
		                SY_MESSAGE_REQUEST);
	batch->step = sy_io_step;
	batch->job = io->job;
	*state = io;
	return 0;
destroy_job:
	sy_job_destroy(io->job, sizeof(*io->job));
free_io:
	free(io);
	return rc;
}

static void io_needs(const struct sy_load *load, uint32_t inflight,
                     struct sy_needs *needs)
{
	needs->processes++;
	/* Both ends exist until the server has taken its own. */
	needs->descriptors +=
		(2 + (uint64_t)needs->lane_descriptors) * inflight;
	/* The server keeps what it sends and receives as well. */
	needs->bytes +=
		((uint64_t)load->request_bytes + load->reply_bytes) * inflight;
}

static pid_t io_server(const void *state)
{
	const struct io *io = state;

	return io->server.pid;
}

static void io_close(void *state, struct sy_batch *batch)
{
	struct io *io = state;

	for (uint32_t i = 0; i < batch->inflight; i++) {
		close(batch->lanes[i].fd);
		batch->lanes[i].fd = -1;
	}
	sy_server_stop(&io->server);
	batch->job = NULL;
	sy_job_destroy(io->job, sizeof(*io->job));
	free(io);
}

const struct sy_workload sy_workload_io = {
	.name = "io",
	.summary = "requests to a server and its replies, over stream sockets",
	.stamped = true,
	.scratch_bytes = io_scratch_bytes,
	.open = io_open,
	.expected = io_expected,
	.needs = io_needs,
	.server = io_server,
	.close = io_close,
};
