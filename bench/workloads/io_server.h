/* SPDX-License-Identifier: MIT */
/*
 * io_server.h - the io workload's server: a process of its own (server.h).
 *
 * An answer is never early, and late by what the kernel's timers and scheduler
 * take (some 20 to 50 us on an idle processor, a scheduling turn on one that it
 * shares with the clients).
 */
#ifndef SY_IO_SERVER_H
#define SY_IO_SERVER_H

#include "workloads/io_serve.h"
#include "workloads/server.h"

/* As sy_server_start; service->control is not read; clients are the ends that
   the caller keeps. */
int sy_io_server_start(struct sy_server *server,
                       const struct sy_io_service *service, int pu);

#endif /* SY_IO_SERVER_H */
