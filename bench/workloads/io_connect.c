/* SPDX-License-Identifier: MIT */
/*
 * io_connect.c - see io_connect.h.
 *
 * Both ends are made here, by the process that will fork the server: which
 * end belongs to which lane is then known, and a limit on descriptors is met
 * before anything runs.  While the server starts, a lane takes two.
 */
#include "workloads/io_connect.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <sys/socket.h>
#include <unistd.h>

/* Strangers may connect to the listener too: so many are turned away. */
#define STRANGERS_MAX 64

void sy_io_disconnect(const int *fds, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		close(fds[i]);
}

static int pair_unix(int *client, int *server)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		return -errno;
	*client = pair[0];
	*server = pair[1];
	return 0;
}

/* A listener on a port of the kernel's choice; its address is set. */
static int tcp_listen(int *listener, struct sockaddr_in *address)
{
	socklen_t bytes = sizeof(*address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int rc;

	if (fd < 0)
		return -errno;
	*address = (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	if (bind(fd, (struct sockaddr *)address, sizeof(*address)) ||
	    listen(fd, STRANGERS_MAX) ||
	    getsockname(fd, (struct sockaddr *)address, &bytes)) {
		rc = -errno;
		close(fd);
		return rc;
	}
	*listener = fd;
	return 0;
}

/* Accepts the connection that comes from `client`. */
static int tcp_accept(int listener, int client, int *server)
{
	struct sockaddr_in own, peer;
	socklen_t bytes = sizeof(own);

	if (getsockname(client, (struct sockaddr *)&own, &bytes))
		return -errno;
	for (unsigned i = 0; i < STRANGERS_MAX; i++) {
		int fd;

		bytes = sizeof(peer);
		fd = accept4(listener, (struct sockaddr *)&peer, &bytes,
		             SOCK_CLOEXEC);
		if (fd < 0)
			return -errno;
		if (peer.sin_port == own.sin_port &&
		    peer.sin_addr.s_addr == own.sin_addr.s_addr) {
			*server = fd;
			return 0;
		}
		close(fd);
	}
	return -ECONNREFUSED;
}

/*
 * Nothing is held back to be sent together with more.  Closing resets the
 * connection, because thousands of ports that linger in TIME_WAIT would be
 * missing for the next thousands of connections.
 */
static int tcp_tune(int client, int server)
{
	const struct linger reset = { .l_onoff = 1 };
	const int on = 1;

	if (setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) ||
	    setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) ||
	    setsockopt(client, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)))
		return -errno;
	return 0;
}

static int pair_tcp(int listener, const struct sockaddr_in *address,
                    int *client, int *server)
{
	int near = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), far = -1;
	int rc;

	if (near < 0)
		return -errno;
	if (connect(near, (const struct sockaddr *)address, sizeof(*address))) {
		rc = -errno;
		goto close_near;
	}
	rc = tcp_accept(listener, near, &far);
	if (rc)
		goto close_near;
	rc = tcp_tune(near, far);
	if (rc)
		goto close_far;
	*client = near;
	*server = far;
	return 0;
close_far:
	close(far);
close_near:
	close(near);
	return rc;
}

int sy_io_connect(int *clients, int *servers, uint32_t count, bool tcp)
{
	struct sockaddr_in address;
	int listener = -1;
	uint32_t made = 0;
	int rc = 0;

	if (tcp)
		rc = tcp_listen(&listener, &address);
	while (!rc && made < count) {
		rc = tcp ? pair_tcp(listener, &address, &clients[made],
		                    &servers[made])
		         : pair_unix(&clients[made], &servers[made]);
		if (!rc)
			made++;
	}
	if (listener >= 0)
		close(listener);
	if (rc) {
		sy_io_disconnect(clients, made);
		sy_io_disconnect(servers, made);
	}
	return rc;
}
