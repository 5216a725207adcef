/* SPDX-License-Identifier: MIT */
/*
 * eventloop_stream_open.c - how a libuv stream begins and ends.
 *
 * uv_close closes the stream's descriptor.  Of the batch's socket a stream
 * therefore has a duplicate; one that the model connects is the stream's own.
 */
#include "eventloop_stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static int init_handle(struct sy_uv_connection *connection, bool tcp)
{
	uv_loop_t *uv = &connection->lane->loop->uv;

	return tcp ? uv_tcp_init(uv, &connection->handle.tcp)
	           : uv_pipe_init(uv, &connection->handle.pipe, 0);
}

/* Makes the lane's connection, which has no descriptor yet. */
static int make_connection(struct sy_uv_lane *lane, bool tcp)
{
	struct sy_uv_connection *connection = calloc(1, sizeof(*connection));
	int error;

	if (!connection)
		return -ENOMEM;
	connection->lane = lane;
	connection->write.data = connection;
	error = init_handle(connection, tcp);
	if (error) {
		free(connection);
		return error;
	}
	connection->handle.any.data = connection;
	lane->connection = connection;
	return 0;
}

static void on_closed(uv_handle_t *handle)
{
	struct sy_uv_connection *connection = handle->data;

	free(connection->kept);
	free(connection);
}

/* What waits is called back as cancelled, and that is ignored. */
void sy_uv_stream_close(struct sy_uv_lane *lane)
{
	struct sy_uv_connection *connection = lane->connection;

	uv_close(&connection->handle.any, on_closed);
}

/* Takes a connected descriptor; on failure it is closed, and there is no
   connection. */
static int take(struct sy_uv_lane *lane, int fd, bool tcp)
{
	struct sy_uv_connection *connection;
	int error = make_connection(lane, tcp);

	if (error) {
		close(fd);
		return error;
	}
	connection = lane->connection;
	error = tcp ? uv_tcp_open(&connection->handle.tcp, fd)
	            : uv_pipe_open(&connection->handle.pipe, fd);
	if (error)
		close(fd);
	else
		error = sy_uv_stream_read(connection);
	if (error) {
		sy_uv_stream_close(lane);
		lane->connection = NULL;
	}
	return error;
}

int sy_uv_stream_open(struct sy_uv_lane *lane)
{
	socklen_t bytes = sizeof(int);
	int domain, fd;

	if (getsockopt(lane->lane->fd, SOL_SOCKET, SO_DOMAIN, &domain, &bytes))
		return -errno;
	fd = fcntl(lane->lane->fd, F_DUPFD_CLOEXEC, 0);
	return fd < 0 ? -errno : take(lane, fd, domain != AF_UNIX);
}

static void on_connected(uv_connect_t *connect, int status)
{
	struct sy_uv_connection *connection = connect->handle->data;
	struct sy_uv_lane *lane = connection->lane;
	int fd = -1;

	if (status == UV_ECANCELED)
		return; /* a deadline has come, or the loop is being closed */
	if (!status)
		status = sy_uv_stream_read(connection);
	if (!status)
		status = uv_fileno(&connection->handle.any, &fd);
	sy_uv_lane_finish(lane, sy_uv_connected(lane, status, fd));
}

/* Of a Unix socket libuv knows names only, and its connect never waits. */
static int connect_other(struct sy_uv_lane *lane, int *fd)
{
	int error = sy_uv_socket_connect(lane->loop->model->batch, fd);

	return error ? error : take(lane, *fd, false);
}

static int connect_tcp(struct sy_uv_lane *lane)
{
	const struct sy_batch *batch = lane->loop->model->batch;
	struct sy_uv_connection *connection;
	int error = make_connection(lane, true);

	if (error)
		return error;
	connection = lane->connection;
	uv_tcp_nodelay(&connection->handle.tcp, 1);
	return uv_tcp_connect(&connection->connect, &connection->handle.tcp,
	                      batch->address, on_connected);
}

bool sy_uv_stream_connect(struct sy_uv_lane *lane)
{
	bool tcp = sy_uv_address_is_tcp(lane->loop->model->batch);
	int fd = -1, error;

	error = tcp ? connect_tcp(lane) : connect_other(lane, &fd);
	if (!error && tcp)
		return false;
	lane->lane->task.result = sy_uv_connected(lane, error, fd);
	return true;
}
