/* SPDX-License-Identifier: MIT */
/*
 * eventloop_stream.c - bytes through libuv's streams, as its users send them.
 *
 * A send is tried at once (uv_try_write) and only the rest is queued.
 * Reading is started once and goes on: libuv reads into a buffer that the
 * lanes of a loop share and that is larger than most messages, because a read
 * that fills its buffer is followed by another that finds nothing.  What
 * arrives while nobody receives is kept; while a buffer of it is kept, no
 * more is read.
 */
#include "eventloop_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* What libuv suggests, and so what its users commonly give it. */
#define BUFFER_BYTES ((size_t)64 * 1024)

struct connection {
	union {
		uv_stream_t stream;
		uv_pipe_t pipe;
		uv_tcp_t tcp;
	} handle;
	struct sy_uv_lane *lane;
	bool reading;   /* uv_read_start is in force */
	bool ended;     /* nothing more will come */
	bool receiving; /* a SY_RECV waits */
	int64_t end;    /* what the next receive after the end returns */

	unsigned char *target; /* of the SY_RECV that waits */
	size_t target_bytes;

	unsigned char *kept; /* BUFFER_BYTES, made when first needed */
	size_t kept_from, kept_to;

	uv_write_t write;
	uint32_t write_bytes; /* of the whole SY_SEND */
};

/* As the kernel does: an error is told once, after that it is the end. */
static int64_t take_end(struct connection *connection)
{
	int64_t end = connection->end;

	connection->end = 0;
	return end;
}

static void stop_reading(struct connection *connection)
{
	connection->reading = false;
	uv_read_stop(&connection->handle.stream);
}

static void end_reading(struct connection *connection, int64_t end)
{
	stop_reading(connection);
	connection->ended = true;
	connection->end = end;
	if (!connection->receiving)
		return;
	connection->receiving = false;
	sy_uv_lane_finish(connection->lane, take_end(connection));
}

/* A large receive is read in place; nothing is offered to nobody twice. */
static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
	struct connection *connection = handle->data;

	(void)suggested;
	if (connection->receiving && connection->target_bytes > BUFFER_BYTES)
		*buf = uv_buf_init((char *)connection->target,
		                   (unsigned)connection->target_bytes);
	else if (connection->receiving ||
	         connection->kept_from == connection->kept_to)
		*buf = uv_buf_init((char *)connection->lane->loop->buffer,
		                   (unsigned)BUFFER_BYTES);
	else
		*buf = uv_buf_init(NULL, 0);
}

/* Keeps bytes that nobody receives; nothing else is kept at that time. */
static void keep(struct connection *connection, const char *bytes, size_t count)
{
	if (!connection->kept)
		connection->kept = malloc(BUFFER_BYTES);
	if (!connection->kept) {
		end_reading(connection, -ENOMEM);
		return;
	}
	memcpy(connection->kept, bytes, count);
	connection->kept_from = 0;
	connection->kept_to = count;
}

static void hand_over(struct connection *connection, const char *bytes,
                      size_t count)
{
	size_t taken = count;

	if (!connection->receiving) {
		keep(connection, bytes, count);
		return;
	}
	if (taken > connection->target_bytes)
		taken = connection->target_bytes;
	if (bytes != (const char *)connection->target)
		memcpy(connection->target, bytes, taken);
	connection->receiving = false;
	if (taken < count)
		keep(connection, bytes + taken, count - taken);
	sy_uv_lane_finish(connection->lane, (int64_t)taken);
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buf)
{
	struct connection *connection = stream->data;

	if (count > 0)
		hand_over(connection, buf->base, (size_t)count);
	else if (count == UV_ENOBUFS)
		stop_reading(connection); /* on_alloc had no room */
	else if (count == UV_EOF)
		end_reading(connection, 0);
	else if (count < 0)
		end_reading(connection, count);
}

static int start_reading(struct connection *connection)
{
	int error =
		uv_read_start(&connection->handle.stream, on_alloc, on_read);

	connection->reading = !error;
	return error;
}

static bool stream_receive(struct sy_uv_lane *lane, struct sy_op op)
{
	struct connection *connection = lane->connection;
	size_t count = connection->kept_to - connection->kept_from;
	int64_t *result = &lane->lane->task.result;

	if (count) {
		if (count > op.count)
			count = op.count;
		memcpy(op.buf, connection->kept + connection->kept_from, count);
		connection->kept_from += count;
		*result = (int64_t)count;
		return true;
	}
	if (connection->ended) {
		*result = take_end(connection);
		return true;
	}
	if (!connection->reading) {
		*result = start_reading(connection);
		if (*result)
			return true;
	}
	connection->target = op.buf;
	connection->target_bytes = op.count;
	connection->receiving = true;
	return false;
}

static void on_written(uv_write_t *write, int status)
{
	struct connection *connection = write->data;

	if (status == UV_EPIPE)
		connection->lane->loop->pipe_broken = true;
	/* Cancelled: the loop is being closed, and nobody waits any more. */
	if (status == UV_ECANCELED)
		return;
	sy_uv_lane_finish(connection->lane,
	                  status ? status : (int64_t)connection->write_bytes);
}

static bool stream_send(struct sy_uv_lane *lane, struct sy_op op)
{
	struct connection *connection = lane->connection;
	uv_stream_t *stream = &connection->handle.stream;
	int64_t *result = &lane->lane->task.result;
	uv_buf_t buf = uv_buf_init(op.buf, op.count);
	int sent = uv_try_write(stream, &buf, 1);

	*result = sent;
	if (sent == UV_EPIPE)
		lane->loop->pipe_broken = true;
	if (sent < 0 && sent != UV_EAGAIN)
		return true;
	if (sent < 0)
		sent = 0;
	if ((uint32_t)sent == op.count)
		return true;
	buf.base += sent;
	buf.len -= (size_t)sent;
	connection->write_bytes = op.count;
	*result = uv_write(&connection->write, stream, &buf, 1, on_written);
	return *result != 0;
}

/* Opens the stream on a descriptor that is the handle's from then on. */
static int open_handle(struct connection *connection, uv_loop_t *uv, int fd)
{
	socklen_t bytes = sizeof(int);
	int domain, error;

	if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &bytes))
		return -errno;
	if (domain == AF_UNIX) {
		error = uv_pipe_init(uv, &connection->handle.pipe, 0);
		if (!error)
			error = uv_pipe_open(&connection->handle.pipe, fd);
	} else {
		error = uv_tcp_init(uv, &connection->handle.tcp);
		if (!error)
			error = uv_tcp_open(&connection->handle.tcp, fd);
	}
	return error;
}

static int stream_open(struct sy_uv_lane *lane)
{
	struct connection *connection = calloc(1, sizeof(*connection));
	int fd, error;

	if (!connection)
		return -ENOMEM;
	lane->connection = connection;
	connection->lane = lane;
	connection->write.data = connection;
	/* uv_close closes the descriptor, and the batch's is not ours. */
	fd = fcntl(lane->lane->fd, F_DUPFD_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	error = open_handle(connection, &lane->loop->uv, fd);
	if (error) {
		close(fd);
		return error;
	}
	connection->handle.stream.data = connection;
	return start_reading(connection);
}

static void stream_free(struct sy_uv_lane *lane)
{
	struct connection *connection = lane->connection;

	free(connection->kept);
	free(connection);
	lane->connection = NULL;
}

const struct sy_uv_io sy_uv_stream = {
	.buffer_bytes = BUFFER_BYTES,
	.descriptors_a_loop = SY_UV_DESCRIPTORS_OF_STREAMS,
	.descriptors_a_lane = 1,
	.open = stream_open,
	.free = stream_free,
	.send = stream_send,
	.receive = stream_receive,
};
