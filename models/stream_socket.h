/* SPDX-License-Identifier: MIT */
/* stream_socket.h - the socket that a connection begins with, in all models. */
#ifndef SY_STREAM_SOCKET_H
#define SY_STREAM_SOCKET_H

#include <stdbool.h>
#include <sys/socket.h>

#ifdef __cplusplus
extern "C" {
#endif

static inline bool sy_address_is_tcp(const struct sockaddr *address)
{
	return address->sa_family == AF_INET || address->sa_family == AF_INET6;
}

/*
 * A stream socket for the address, closed on exec; over TCP it sends at once,
 * as a request is one message and is not to wait for a second one.  `flags`:
 * SOCK_NONBLOCK or 0.  The descriptor, or a negative errno.
 */
int sy_stream_socket(const struct sockaddr *address, int flags);

/* What became of a connection that was begun: 0 or a negative errno. */
int sy_stream_socket_error(int fd);

#ifdef __cplusplus
}
#endif

#endif /* SY_STREAM_SOCKET_H */
