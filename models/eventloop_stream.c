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
#include "eventloop_stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* As the kernel does: an error is told once, after that it is the end. */
static int64_t take_end(struct sy_uv_connection *connection)
{
	int64_t end = connection->end;

	connection->end = 0;
	return end;
}

static void stop_reading(struct sy_uv_connection *connection)
{
	connection->reading = false;
	uv_read_stop(&connection->handle.stream);
}

static void end_reading(struct sy_uv_connection *connection, int64_t end)
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
	struct sy_uv_connection *connection = handle->data;

	(void)suggested;
	if (connection->receiving &&
	    connection->target_bytes > SY_UV_STREAM_BUFFER)
		*buf = uv_buf_init((char *)connection->target,
		                   (unsigned)connection->target_bytes);
	else if (connection->receiving ||
	         connection->kept_from == connection->kept_to)
		*buf = uv_buf_init((char *)connection->lane->loop->buffer,
		                   (unsigned)SY_UV_STREAM_BUFFER);
	else
		*buf = uv_buf_init(NULL, 0);
}

/* Keeps bytes that nobody receives; nothing else is kept at that time. */
static void keep(struct sy_uv_connection *connection, const char *bytes,
                 size_t count)
{
	if (!connection->kept)
		connection->kept = malloc(SY_UV_STREAM_BUFFER);
	if (!connection->kept) {
		end_reading(connection, -ENOMEM);
		return;
	}
	memcpy(connection->kept, bytes, count);
	connection->kept_from = 0;
	connection->kept_to = count;
}

static void hand_over(struct sy_uv_connection *connection, const char *bytes,
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
	struct sy_uv_connection *connection = stream->data;

	if (count > 0)
		hand_over(connection, buf->base, (size_t)count);
	else if (count == UV_ENOBUFS)
		stop_reading(connection); /* on_alloc had no room */
	else if (count == UV_EOF)
		end_reading(connection, 0);
	else if (count < 0)
		end_reading(connection, count);
}

int sy_uv_stream_read(struct sy_uv_connection *connection)
{
	int error =
		uv_read_start(&connection->handle.stream, on_alloc, on_read);

	connection->reading = !error;
	return error;
}

static bool stream_receive(struct sy_uv_lane *lane, struct sy_op op)
{
	struct sy_uv_connection *connection = lane->connection;
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
		*result = sy_uv_stream_read(connection);
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
	struct sy_uv_connection *connection = write->data;

	if (status == UV_EPIPE)
		connection->lane->loop->pipe_broken = true;
	/* Nobody waits: a deadline has come, or the connection is closed. */
	if (!connection->sending || status == UV_ECANCELED)
		return;
	connection->sending = false;
	sy_uv_lane_finish(connection->lane,
	                  status ? status : (int64_t)connection->write_bytes);
}

static bool stream_send(struct sy_uv_lane *lane, struct sy_op op)
{
	struct sy_uv_connection *connection = lane->connection;
	uv_stream_t *stream = &connection->handle.stream;
	int64_t *result = &lane->lane->task.result;
	uv_buf_t buf = uv_buf_init(op.buf, op.count);
	int sent = connection->cut ? UV_ECONNABORTED
	                           : uv_try_write(stream, &buf, 1);

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
	connection->sending = !*result;
	return !connection->sending;
}

/* Of what is left of a message libuv may send more, up to the close. */
static void stream_cancel(struct sy_uv_lane *lane)
{
	struct sy_uv_connection *connection = lane->connection;

	connection->receiving = false;
	connection->cut = connection->sending;
	connection->sending = false;
}

const struct sy_uv_io sy_uv_stream = {
	.buffer_bytes = SY_UV_STREAM_BUFFER,
	.descriptors_a_loop = SY_UV_DESCRIPTORS_OF_STREAMS,
	.descriptors_a_lane = 1,
	.open = sy_uv_stream_open,
	.close = sy_uv_stream_close,
	.send = stream_send,
	.receive = stream_receive,
	.connect = sy_uv_stream_connect,
	.cancel = stream_cancel,
};
