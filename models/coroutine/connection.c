/* SPDX-License-Identifier: MIT */
/* connection.c - see connection.h. */
#include "connection.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "stream_socket.h"

int sy_connection_begin(struct sy_coroutine *coroutine)
{
	const struct sy_batch *batch = coroutine->scheduler->batch;
	const struct sockaddr *address = batch->address;
	struct sy_lane *lane = coroutine->lane;
	int fd, rc, unregistered = 0;

	if (!address)
		return -EDESTADDRREQ;
	if (lane->fd >= 0)
		return -EISCONN;
	fd = sy_stream_socket(address, SOCK_NONBLOCK);
	if (fd < 0)
		return fd;
	lane->fd = fd;
	rc = connect(fd, address, batch->address_bytes) ? -errno : 0;
	/* Earlier it would be reported for not being connected. */
	if (!rc || rc == -EINPROGRESS)
		unregistered = sy_events_register(coroutine, rc != 0);
	if (unregistered)
		rc = unregistered;
	if (rc && rc != -EINPROGRESS)
		sy_connection_end(coroutine);
	return rc;
}

int sy_connection_finish(const struct sy_coroutine *coroutine)
{
	return sy_stream_socket_error(coroutine->lane->fd);
}

void sy_connection_end(struct sy_coroutine *coroutine)
{
	struct sy_lane *lane = coroutine->lane;

	if (lane->fd >= 0)
		close(lane->fd); /* and out of epoll, which has no other of it */
	lane->fd = -1;
	coroutine->readable = coroutine->ended = false;
}
