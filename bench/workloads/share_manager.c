/* SPDX-License-Identifier: MIT */
/*
 * share_manager.c - data that a manager owns, asked for over a socket of each
 * lane.
 *
 * A task's operations are requests, one after the other: a get, a set, a get.
 * Each is a message there and one back, as with a server; so each model waits
 * for it in its own way.  A manager that died fails the task with -EOWNERDEAD.
 */
#include "workloads/share.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "workloads/io_connect.h"
#include "workloads/job.h"
#include "workloads/manager.h"
#include "workloads/owned.h"
#include "workloads/promise.h"
#include "workloads/steps.h"

enum { STEP_BEGIN, STEP_SENT, STEP_RECEIVED };

/* How long the manager may take to answer what is asked after a run. */
#define ANSWER_MS 5000

struct shared {
	struct sy_owned *owned; /* shared */
	struct sy_server manager;
	int own; /* the connection of whoever settles */
};

/* Request and reply of a lane. */
#define ROOM ((SY_ASK_BYTES + 63) & ~(size_t)63)

static unsigned char *reply_of(const struct sy_task *task)
{
	return task->lane->scratch + ROOM;
}

/* local[0]: the operation, and above 32 bits what has come of its reply. */
static uint32_t operation_of(const struct sy_task *task)
{
	return (uint32_t)task->local[0];
}

static size_t come_of(const struct sy_task *task)
{
	return (size_t)(task->local[0] >> 32);
}

static struct sy_op finish(struct sy_task *task, int error)
{
	task->error =
		error == -EPIPE || error == -ECONNRESET ? -EOWNERDEAD : error;
	return (struct sy_op){ .kind = SY_DONE };
}

static struct sy_op ask(struct sy_task *task)
{
	size_t bytes =
		sy_owned_next(task->lane->scratch, task, operation_of(task));

	task->step = STEP_SENT;
	return (struct sy_op){ .kind = SY_SEND,
		               .count = (uint32_t)bytes,
		               .buf = task->lane->scratch };
}

static struct sy_op receive(struct sy_task *task)
{
	size_t come = come_of(task);

	task->step = STEP_RECEIVED;
	return (struct sy_op){ .kind = SY_RECV,
		               .count = (uint32_t)(SY_ASK_BYTES - come),
		               .buf = reply_of(task) + come };
}

/* A whole reply is taken, and the next request made. */
static struct sy_op answered(struct sy_task *task)
{
	const struct sy_owned *owned = task->job;
	uint32_t operation = operation_of(task);
	int rc = sy_owned_take(reply_of(task), task, operation);

	if (rc)
		return finish(task, rc);
	task->local[0] = ++operation;
	return operation < owned->load.sections ? ask(task) : finish(task, 0);
}

static struct sy_op received(struct sy_task *task)
{
	size_t come = come_of(task);
	ssize_t length;

	if (task->result <= 0)
		return finish(task, task->result ? (int)task->result : -EPIPE);
	come += (size_t)task->result;
	task->local[0] = operation_of(task) | (uint64_t)come << 32;
	length = sy_ask_length(reply_of(task), come);
	if (length < 0 || (length && (size_t)length < come))
		return finish(task, -EBADMSG);
	return length && (size_t)length == come ? answered(task)
	                                        : receive(task);
}

static struct sy_op manager_step(struct sy_task *task)
{
	if (task->step == STEP_RECEIVED)
		return received(task);
	if (task->step == STEP_SENT)
		return task->result < 0 ? finish(task, (int)task->result)
		                        : receive(task);
	task->value = sy_task_seed(task->index);
	task->local[0] = 0;
	task->local[1] = 0;
	return ask(task);
}

static size_t manager_scratch(const struct sy_load *load)
{
	(void)load;
	return 2 * ROOM;
}

/* Connects the lanes and one more to a manager that is ready. */
static int start(struct shared *shared, const struct sy_load *load,
                 struct sy_batch *batch)
{
	uint32_t count = batch->inflight + 1;
	int *clients = calloc(count, sizeof(*clients));
	int *servers = calloc(count, sizeof(*servers));
	int rc = -ENOMEM;

	if (clients && servers)
		rc = sy_io_connect(clients, servers, count, false);
	if (rc)
		goto free_both;
	rc = sy_manager_start(&shared->manager, servers, count,
	                      shared->owned->keys, load->server_pu);
	sy_io_disconnect(servers, count);
	if (rc)
		sy_io_disconnect(clients, count);
	else {
		for (uint32_t i = 0; i < batch->inflight; i++)
			batch->lanes[i].fd = clients[i];
		shared->own = clients[batch->inflight];
	}
free_both:
	free(clients);
	free(servers);
	return rc;
}

static int manager_open(void **state, const struct sy_load *load,
                        struct sy_batch *batch)
{
	const struct sy_owned owned = { .load = *load,
		                        .keys = sy_owned_keys(load,
		                                              batch->inflight),
		                        .lanes = batch->inflight };
	struct shared *shared = calloc(1, sizeof(*shared));
	void *job;
	int rc;

	if (!shared)
		return -ENOMEM;
	rc = sy_job_create(&job, &owned, sizeof(owned));
	if (rc)
		goto free_shared;
	shared->owned = job;
	rc = start(shared, load, batch);
	if (rc)
		goto destroy_job;
	batch->step = manager_step;
	batch->job = job;
	*state = shared;
	return 0;

destroy_job:
	sy_job_destroy(job, sizeof(owned));
free_shared:
	free(shared);
	return rc;
}

/* One request of ours, and its reply. */
static int ask_sum(const struct shared *shared, uint64_t *sum)
{
	unsigned char message[SY_ASK_BYTES];
	struct pollfd answer = { .fd = shared->own, .events = POLLIN };
	size_t bytes = sy_ask_sum(message);
	ssize_t come;

	if (send(shared->own, message, bytes, MSG_NOSIGNAL) != (ssize_t)bytes)
		return -EOWNERDEAD;
	if (poll(&answer, 1, ANSWER_MS) <= 0)
		return -ETIMEDOUT;
	come = recv(shared->own, message, sizeof(message), 0);
	if (come <= 0)
		return -EOWNERDEAD;
	/* The manager sends each reply at once and whole. */
	if (sy_ask_length(message, (size_t)come) != come)
		return -EBADMSG;
	return sy_owned_number(message, sum);
}

static int manager_settle(void *state, struct sy_batch *batch,
                          uint64_t found[SY_FINDINGS_MAX],
                          char reason[SY_BROKEN_BYTES])
{
	struct shared *shared = state;
	uint64_t sum = 0;
	int asked = ask_sum(shared, &sum);

	return sy_owned_settle(shared->owned, batch, asked, sum, found, reason);
}

static void manager_needs(const struct sy_load *load, uint32_t inflight,
                          struct sy_needs *needs)
{
	needs->processes++;
	/* Both ends exist until the manager has its own; one is for settling. */
	needs->descriptors +=
		(2 + (uint64_t)needs->lane_descriptors) * inflight + 2;
	needs->bytes += (uint64_t)inflight * SY_ASK_BYTES +
	                (uint64_t)sy_owned_keys(load, inflight) *
	                        SY_DICTIONARY_KEY_BYTES;
}

static pid_t manager_pid(const void *state)
{
	return ((const struct shared *)state)->manager.pid;
}

static void manager_close(void *state, struct sy_batch *batch)
{
	struct shared *shared = state;

	for (uint32_t i = 0; i < batch->inflight; i++) {
		close(batch->lanes[i].fd);
		batch->lanes[i].fd = -1;
	}
	close(shared->own);
	sy_server_stop(&shared->manager);
	batch->job = NULL;
	sy_job_destroy(shared->owned, sizeof(*shared->owned));
	free(shared);
}

const struct sy_share_way sy_share_manager = {
	.needs = manager_needs,
	.scratch_bytes = manager_scratch,
	.open = manager_open,
	.expected = sy_seed_expected,
	.settle = manager_settle,
	.server = manager_pid,
	.close = manager_close,
};
