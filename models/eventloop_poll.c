/* SPDX-License-Identifier: MIT */
/*
 * eventloop_poll.c - bytes through our own system calls, watched by libuv.
 *
 * Each lane has one uv_poll, started when it is opened: stopping one is a
 * system call, so it stays started and what nobody waits for is ignored.
 * As libuv polls level-triggered, what stays ignored (the end of a stream, a
 * byte unasked for) would keep the loop from sleeping; after a few such
 * events the handle is stopped until somebody waits.
 */
#include "eventloop_lane.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/*
 * A reply that comes during a long computation is seen once or twice before
 * it is received; more often than that it is not going to be.
 */
#define IGNORED_MAX 4

enum wait { FOR_NOTHING, TO_RECEIVE, TO_SEND, TO_CONNECT };

struct connection {
	uv_poll_t poll;
	struct sy_uv_lane *lane;
	int fd;      /* the lane's, or will be */
	int watched; /* UV_READABLE, UV_WRITABLE or 0: stopped */
	enum wait wait;
	unsigned ignored; /* events, since the lane last waited */
	unsigned char *buf;
	size_t count, sent;
};

/* One system call; -EAGAIN: it has to wait. */
static int64_t try_receive(struct connection *connection)
{
	ssize_t count;

	do {
		count = recv(connection->fd, connection->buf, connection->count,
		             MSG_DONTWAIT);
	} while (count < 0 && errno == EINTR);
	return count < 0 ? -errno : count;
}

/* Sends as much as goes; -EAGAIN: the rest has to wait. */
static int64_t try_send(struct connection *connection)
{
	while (connection->sent < connection->count) {
		ssize_t count =
			send(connection->fd, connection->buf + connection->sent,
		             connection->count - connection->sent,
		             MSG_DONTWAIT | MSG_NOSIGNAL);

		if (count >= 0)
			connection->sent += (size_t)count;
		else if (errno != EINTR)
			return -errno;
	}
	return (int64_t)connection->count;
}

/* Asks what became of a connect; -EAGAIN: nothing yet. */
static int64_t try_connect(struct connection *connection)
{
	const struct sy_batch *batch = connection->lane->loop->model->batch;
	int error = 0;

	if (connect(connection->fd, batch->address, batch->address_bytes))
		error = -errno;
	return error == -EALREADY ? -EAGAIN : error;
}

static void on_event(uv_poll_t *poll, int status, int events);

static int watch(struct connection *connection, int events)
{
	int error;

	if (connection->watched == events)
		return 0;
	error = uv_poll_start(&connection->poll, events, on_event);
	connection->watched = error ? 0 : events;
	return error;
}

static void ignore(struct connection *connection)
{
	if (++connection->ignored < IGNORED_MAX)
		return;
	uv_poll_stop(&connection->poll);
	connection->watched = 0;
}

/* Waits for what is to be done; the error where libuv refuses. */
static int wait_for(struct connection *connection, enum wait wait)
{
	connection->wait = wait;
	connection->ignored = 0;
	return watch(connection,
	             wait == TO_RECEIVE ? UV_READABLE : UV_WRITABLE);
}

static int64_t try_again(struct connection *connection)
{
	switch (connection->wait) {
	case TO_SEND:
		return try_send(connection);
	case TO_CONNECT:
		return try_connect(connection);
	default:
		return try_receive(connection);
	}
}

/*
 * A handle that was watched for writing stays so until the next wait: it is
 * over before libuv polls again, or ignored like any other.
 */
static void on_event(uv_poll_t *poll, int status, int events)
{
	struct connection *connection = poll->data;
	struct sy_uv_lane *lane = connection->lane;
	int64_t result;

	(void)events; /* the system call finds out */
	if (status < 0)
		connection->watched = 0; /* libuv stops at an error */
	if (connection->wait == FOR_NOTHING) {
		if (connection->watched)
			ignore(connection);
		return;
	}
	result = try_again(connection);
	if (result == -EAGAIN) {
		result = wait_for(connection, connection->wait);
		if (!result)
			return;
	}
	if (connection->wait == TO_CONNECT)
		result = sy_uv_connected(lane, (int)result, connection->fd);
	connection->wait = FOR_NOTHING;
	sy_uv_lane_finish(lane, result);
}

/* Ends an op that was tried with `result`, or waits.  True: it has ended. */
static bool end_or_wait(struct connection *connection, int64_t result,
                        enum wait wait)
{
	if (result == -EAGAIN) {
		result = wait_for(connection, wait);
		if (!result)
			return false;
		connection->wait = FOR_NOTHING;
	}
	connection->lane->lane->task.result = result;
	return true;
}

static bool poll_send(struct sy_uv_lane *lane, struct sy_op op)
{
	struct connection *connection = lane->connection;

	connection->buf = op.buf;
	connection->count = op.count;
	connection->sent = 0;
	return end_or_wait(connection, try_send(connection), TO_SEND);
}

/* Directly after a send nothing can have come yet (see sy_task). */
static bool poll_receive(struct sy_uv_lane *lane, struct sy_op op)
{
	struct connection *connection = lane->connection;
	int64_t result = -EAGAIN;

	connection->buf = op.buf;
	connection->count = op.count;
	if (lane->last != SY_SEND)
		result = try_receive(connection);
	return end_or_wait(connection, result, TO_RECEIVE);
}

static void poll_cancel(struct sy_uv_lane *lane)
{
	struct connection *connection = lane->connection;

	connection->wait = FOR_NOTHING;
}

static void on_closed(uv_handle_t *poll)
{
	free(poll->data);
}

static void poll_close(struct sy_uv_lane *lane)
{
	struct connection *connection = lane->connection;

	uv_close((uv_handle_t *)&connection->poll, on_closed);
	if (lane->connected)
		close(connection->fd);
}

/* Makes the lane's connection of a descriptor that does not become its own
   before this has succeeded. */
static int make_connection(struct sy_uv_lane *lane, int fd)
{
	struct connection *connection = calloc(1, sizeof(*connection));
	int error;

	if (!connection)
		return -ENOMEM;
	connection->lane = lane;
	connection->fd = fd;
	error = uv_poll_init(&lane->loop->uv, &connection->poll, fd);
	if (error) {
		free(connection);
		return error;
	}
	connection->poll.data = connection;
	lane->connection = connection;
	return 0;
}

static int poll_open(struct sy_uv_lane *lane)
{
	int error = make_connection(lane, lane->lane->fd);

	if (!error)
		error = watch(lane->connection, UV_READABLE);
	return error;
}

/*
 * It is asked once more at once: a connection within the machine has been
 * made when connect returns, which then does not know of it yet.
 */
static int64_t begin_connect(struct sy_uv_lane *lane)
{
	int fd, error;
	int began = sy_uv_socket_connect(lane->loop->model->batch, &fd);

	if (began && began != -EINPROGRESS)
		return began;
	error = make_connection(lane, fd);
	if (error) {
		close(fd);
		return error;
	}
	return began ? try_connect(lane->connection) : 0;
}

static bool poll_connect(struct sy_uv_lane *lane)
{
	struct connection *connection;
	int64_t result = begin_connect(lane);

	connection = lane->connection;
	if (connection && result == -EAGAIN) {
		result = wait_for(connection, TO_CONNECT);
		if (!result)
			return false;
	}
	lane->lane->task.result = sy_uv_connected(
		lane, (int)result, connection ? connection->fd : -1);
	return true;
}

const struct sy_uv_io sy_uv_poll = {
	.open = poll_open,
	.close = poll_close,
	.send = poll_send,
	.receive = poll_receive,
	.connect = poll_connect,
	.cancel = poll_cancel,
};
