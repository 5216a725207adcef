/* SPDX-License-Identifier: MIT */
/* stream_socket.c - see stream_socket.h. */
#include "stream_socket.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

int sy_stream_socket(const struct sockaddr *address, int flags)
{
	const int on = 1;
	int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | flags,
	                0);
	int rc;

	if (fd < 0)
		return -errno;
	if (!sy_address_is_tcp(address) ||
	    !setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)))
		return fd;
	rc = -errno;
	close(fd);
	return rc;
}

int sy_stream_socket_error(int fd)
{
	int error = 0;
	socklen_t bytes = sizeof(error);

	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &bytes) ? -errno
	                                                            : -error;
}
