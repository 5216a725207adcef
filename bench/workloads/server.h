/* SPDX-License-Identifier: MIT */
/*
 * server.h - a process of its own that serves the tasks of a workload.
 *
 * It is forked, holds nothing but the descriptors that it is told to keep and
 * the three standard streams, prints nothing, ignores SIGINT (who is
 * interrupted is decided elsewhere) and dies with the thread that started it.
 * Its timer slack is 1 ns.
 */
#ifndef SY_SERVER_H
#define SY_SERVER_H

#include <stdint.h>
#include <sys/types.h>

struct sy_server {
	pid_t pid;
	int control; /* closing it ends the server */
};

/* What it does. */
struct sy_service {
	const char *name; /* in /proc, at most 15 bytes */
	const int *fds;   /* that it keeps; the service closes them */
	uint32_t count;
	const void *data;
	/* Gets ready; called in the server.  `control` is readable, with
	   nothing to be read, when it is to end. */
	int (*open)(void **state, const void *data, int control);
	/* Serves until then. */
	int (*run)(void *state);
	void (*close)(void *state);
};

/*
 * Starts a server bound to `pu` (-1: not bound) and returns when it is ready.
 * It has copies of service->fds; the caller closes its own, also on failure.
 * -EMFILE, -EAGAIN, -ENOMEM, what binding or `open` returns, or -EPIPE where
 * the server died at once: then nothing is left.
 */
int sy_server_start(struct sy_server *server, const struct sy_service *service,
                    int pu);

/*
 * Ends the server: by closing the control connection, and by SIGKILL where it
 * is still there a moment later.  Reaps it and no other child.
 */
void sy_server_stop(struct sy_server *server);

#endif /* SY_SERVER_H */
