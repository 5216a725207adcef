/* SPDX-License-Identifier: MIT */
/*
 * io_server.h - the io workload's server: a process of its own.
 *
 * It is forked, holds nothing but its connections and the three standard
 * streams, prints nothing, ignores SIGINT (who is interrupted is decided
 * elsewhere) and dies with the thread that started it.  Its timer slack is
 * 1 ns: an answer is never early, and late by what the kernel's timers and
 * scheduler take (some 20 to 50 us on an idle processor, a scheduling turn on one
 * that it shares with the clients).
 */
#ifndef SY_IO_SERVER_H
#define SY_IO_SERVER_H

#include <sys/types.h>

#include "workloads/io_serve.h"

struct sy_io_server {
	pid_t pid;
	int control; /* closing it ends the server */
};

/*
 * Starts a server bound to `pu` (-1: not bound) and returns when it is ready
 * to answer.  It has copies of service->fds; the caller closes its own, also
 * on failure.  service->control is not read; clients are the ends that the
 * caller keeps.  -EMFILE, -EAGAIN, -ENOMEM, what binding returns, or -EPIPE
 * where the server died at once: then nothing is left.
 */
int sy_io_server_start(struct sy_io_server *server,
                       const struct sy_io_service *service, int pu);

/*
 * Ends the server: by closing the control connection, and by SIGKILL where it
 * is still there a moment later.  Reaps it and no other child.
 */
void sy_io_server_stop(struct sy_io_server *server);

#endif /* SY_IO_SERVER_H */
