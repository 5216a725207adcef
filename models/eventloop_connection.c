/* SPDX-License-Identifier: MIT */
/*
 * eventloop_connection.c - from where a lane has a connection and until when.
 *
 * A connection is the batch's, made before open, or the model's, made by
 * SY_CONNECT.  The handle of each is memory of its own: libuv wants it until
 * its close callback, while the lane may have the next connection by then.
 */
#include "eventloop_lane.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "stream_socket.h"

/* libuv makes the socket non-blocking; sy_uv_connection_close undoes it. */
int sy_uv_connection_open(struct sy_uv_lane *lane)
{
	int flags = fcntl(lane->lane->fd, F_GETFL);
	int error;

	if (flags < 0)
		return -errno;
	error = lane->loop->model->io->open(lane);
	if (!error)
		lane->was_blocking = !(flags & O_NONBLOCK);
	return error;
}

static void make_blocking(int fd)
{
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
}

void sy_uv_connection_close(struct sy_uv_lane *lane)
{
	if (!lane->connection)
		return;
	lane->loop->model->io->close(lane);
	lane->connection = NULL;
	if (lane->connected)
		lane->lane->fd = -1;
	if (lane->was_blocking)
		make_blocking(lane->lane->fd);
	lane->connected = false;
	lane->was_blocking = false;
}

void sy_uv_hang_up(struct sy_uv_lane *lane)
{
	sy_uv_connection_close(lane);
	if (lane->lane->fd >= 0)
		close(lane->lane->fd);
	lane->lane->fd = -1;
}

int64_t sy_uv_connected(struct sy_uv_lane *lane, int error, int fd)
{
	if (error)
		sy_uv_connection_close(lane);
	else
		lane->lane->fd = fd;
	lane->connected = !error;
	return error;
}

bool sy_uv_connect(struct sy_uv_lane *lane)
{
	struct sy_uv_model *model = lane->loop->model;
	int64_t *result = &lane->lane->task.result;

	*result = lane->connection        ? -EISCONN
	          : model->batch->address ? 0
	                                  : -EDESTADDRREQ;
	if (*result)
		return true;
	lane->connected = true;
	if (model->io->connect(lane) && *result != -EAGAIN)
		return true;
	return sy_uv_wait(lane, SY_CONNECT);
}

bool sy_uv_address_is_tcp(const struct sy_batch *batch)
{
	return sy_address_is_tcp(batch->address);
}

int sy_uv_socket_connect(const struct sy_batch *batch, int *fd_out)
{
	int fd = sy_stream_socket(batch->address, SOCK_NONBLOCK);
	int error = 0;

	if (fd < 0)
		return fd;
	if (connect(fd, batch->address, batch->address_bytes))
		error = -errno;
	if (error && error != -EINPROGRESS)
		close(fd);
	else
		*fd_out = fd;
	return error;
}
