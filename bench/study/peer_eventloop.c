/* SPDX-License-Identifier: MIT */
/*
 * peer_eventloop.c - eventloop.bare: libuv's callbacks used directly.
 *
 * One loop.  cpu: an idle callback does a budget of tasks and lets the loop
 * turn.  io: a stream a lane; the read callback takes the reply, checks it
 * and writes the next request.  The stream's descriptor is a duplicate,
 * because closing a stream closes its descriptor.
 */
#include "study/peer.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

#define BUDGET_TASKS 64
#define BUFFER_BYTES ((size_t)64 * 1024)

struct client {
	union {
		uv_handle_t handle;
		uv_stream_t stream;
		uv_pipe_t pipe;
		uv_tcp_t tcp;
	};
	uv_write_t write;
	struct loop *loop;
	struct sy_lane *lane;
	uint64_t index;
	uint32_t received;
	bool live;
	bool ended; /* the server has closed: nothing will be read any more */
};

struct loop {
	struct sy_peer peer;
	uv_loop_t uv;
	uv_idle_t idle;
	uint64_t next;
	uint32_t live; /* clients with a task */
	struct sy_tally tally;
	unsigned char *buffer; /* that all clients read into */
	struct client clients[];
};

static void cpu_turn(uv_idle_t *idle)
{
	struct loop *loop = idle->data;
	const struct sy_peer *peer = &loop->peer;
	uint64_t end = loop->next + BUDGET_TASKS;

	if (end > peer->batch->task_count)
		end = peer->batch->task_count;
	for (; loop->next < end; loop->next++)
		sy_tally_add(&loop->tally, loop->next,
		             sy_peer_compute(peer, loop->next), 0);
	if (loop->next == peer->batch->task_count)
		uv_idle_stop(idle);
}

static void client_begin(struct client *client);

/* Ends the task, and begins the next; in place, as it was called back. */
static void client_end(struct client *client, int error)
{
	struct loop *loop = client->loop;
	uint64_t value = 0;

	if (!error)
		error = sy_io_check(
			loop->peer.job,
			sy_io_reply(loop->peer.load, client->lane->scratch),
			client->index, &value);
	sy_peer_end(&loop->peer, client->lane, client->index);
	sy_tally_add(&loop->tally, client->index, value, error);
	client->live = false;
}

/* The whole request is out. */
static void on_written(uv_write_t *write, int status)
{
	struct client *client = write->data;

	if (status && status != UV_ECANCELED && client->live) {
		client_end(client, status);
		client_begin(client);
	}
}

/* 0, or why the request could not be sent. */
static int client_send(struct client *client)
{
	uv_buf_t rest = uv_buf_init((char *)client->lane->scratch,
	                            client->loop->peer.load->request_bytes);
	int sent = uv_try_write(&client->stream, &rest, 1);

	if (sent < 0 && sent != UV_EAGAIN)
		return sent;
	if (sent < 0)
		sent = 0;
	rest.base += sent;
	rest.len -= (size_t)sent;
	if (!rest.len)
		return 0;
	return uv_write(&client->write, &client->stream, &rest, 1, on_written);
}

/* Begins tasks until one is on its way or none is left. */
static void client_begin(struct client *client)
{
	struct loop *loop = client->loop;
	int error = -EPIPE;

	while (error && loop->next < loop->peer.batch->task_count) {
		client->index = loop->next++;
		client->received = 0;
		client->live = true;
		sy_peer_begin(&loop->peer, client->lane, client->index);
		sy_io_address(client->lane->scratch, client->index);
		error = client->ended ? -EPIPE : client_send(client);
		if (error)
			client_end(client, error);
	}
	if (error && !--loop->live)
		uv_stop(&loop->uv);
}

/* Large replies are read where they belong, small ones with room to spare:
   a read that fills its buffer is followed by one that finds nothing. */
static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
	const struct client *client = handle->data;
	const struct sy_load *load = client->loop->peer.load;
	uint32_t missing = load->reply_bytes - client->received;

	(void)suggested;
	if (missing >= BUFFER_BYTES)
		*buf = uv_buf_init(
			(char *)sy_io_reply(load, client->lane->scratch) +
				client->received,
			missing);
	else
		*buf = uv_buf_init((char *)client->loop->buffer, BUFFER_BYTES);
}

/* Puts what came in its place: 1 when the reply is whole. */
static int client_take(struct client *client, const char *bytes, size_t count)
{
	const struct sy_load *load = client->loop->peer.load;
	unsigned char *place =
		sy_io_reply(load, client->lane->scratch) + client->received;

	if (count > load->reply_bytes - client->received)
		return -EBADMSG;
	if (bytes != (const char *)place)
		memcpy(place, bytes, count);
	client->received += (uint32_t)count;
	return client->received == load->reply_bytes;
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buf)
{
	struct client *client = stream->data;
	int rc;

	if (count < 0) {
		client->ended = true;
		uv_read_stop(stream);
	}
	if (!client->live || !count)
		return;
	if (count < 0)
		rc = count == UV_EOF ? -EPIPE : (int)count;
	else
		rc = client_take(client, buf->base, (size_t)count);
	if (!rc)
		return;
	client_end(client, rc < 0 ? rc : 0);
	client_begin(client);
}

/*
 * libuv writes without MSG_NOSIGNAL: SIGPIPE is held back, and taken away
 * where one came.
 */
static int peer_run(void *state)
{
	struct loop *loop = state;
	struct sy_batch *batch = loop->peer.batch;
	const struct timespec at_once = { 0 };
	sigset_t pipe, before;

	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &pipe, &before);
	loop->next = 0;
	loop->live = batch->inflight;
	memset(&loop->tally, 0, sizeof(loop->tally));
	if (loop->peer.job)
		for (uint32_t i = 0; i < batch->inflight; i++)
			client_begin(&loop->clients[i]);
	else
		uv_idle_start(&loop->idle, cpu_turn);
	/* Where all have ended already it only takes back the stop. */
	uv_run(&loop->uv, UV_RUN_DEFAULT);
	if (loop->tally.error)
		sigtimedwait(&pipe, NULL, &at_once);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	batch->lanes[0].tally = loop->tally;
	sy_context_see(&batch->contexts[0]);
	return 0;
}

static int stream_open(struct client *client, int fd)
{
	uv_loop_t *uv = &client->loop->uv;
	int rc;

	if (client->loop->peer.load->tcp) {
		rc = uv_tcp_init(uv, &client->tcp);
		return rc ? rc : uv_tcp_open(&client->tcp, fd);
	}
	rc = uv_pipe_init(uv, &client->pipe, 0);
	return rc ? rc : uv_pipe_open(&client->pipe, fd);
}

static int client_open(struct loop *loop, uint32_t i)
{
	struct client *client = &loop->clients[i];
	int fd, rc;

	client->loop = loop;
	client->lane = &loop->peer.batch->lanes[i];
	client->write.data = client;
	fd = fcntl(client->lane->fd, F_DUPFD_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	rc = stream_open(client, fd);
	if (rc) {
		close(fd);
		return rc;
	}
	client->handle.data = client;
	return uv_read_start(&client->stream, on_alloc, on_read);
}

static void handle_close(uv_handle_t *handle, void *data)
{
	(void)data;
	if (!uv_is_closing(handle))
		uv_close(handle, NULL);
}

static void peer_close(void *state)
{
	struct loop *loop = state;

	uv_walk(&loop->uv, handle_close, NULL);
	uv_run(&loop->uv, UV_RUN_DEFAULT);
	uv_loop_close(&loop->uv);
	free(loop->buffer);
	free(loop);
}

static int loop_open(struct loop *loop)
{
	int rc = uv_loop_init(&loop->uv);

	if (rc)
		return rc;
	uv_idle_init(&loop->uv, &loop->idle);
	loop->idle.data = loop;
	return 0;
}

static int peer_open(void **state, struct sy_batch *batch)
{
	struct loop *loop = calloc(
		1, sizeof(*loop) + batch->inflight * sizeof(struct client));
	int rc = -ENOMEM;

	if (!loop)
		return rc;
	loop->buffer = malloc(BUFFER_BYTES);
	if (loop->buffer)
		rc = sy_peer_init_single(&loop->peer, batch);
	if (!rc)
		rc = loop_open(loop);
	if (rc) {
		free(loop->buffer);
		free(loop);
		return rc;
	}
	for (uint32_t i = 0; !rc && loop->peer.job && i < batch->inflight; i++)
		rc = client_open(loop, i);
	if (rc)
		peer_close(loop);
	else
		*state = loop;
	return rc;
}

static void peer_needs(const struct sy_batch *batch, struct sy_needs *needs)
{
	sy_peer_needs_single(batch, needs);
	needs->descriptors += batch->inflight;
}

const struct sy_model sy_peer_eventloop = {
	.name = "eventloop.bare",
	.summary = "libuv's callbacks used directly",
	.absent = sy_peer_absent,
	.needs = peer_needs,
	.open = peer_open,
	.run = peer_run,
	.close = peer_close,
};
