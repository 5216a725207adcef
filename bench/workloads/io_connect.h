/* SPDX-License-Identifier: MIT */
/* io_connect.h - the connections of the io workload, both ends of each. */
#ifndef SY_IO_CONNECT_H
#define SY_IO_CONNECT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Connects clients[i] to servers[i] for each of `count`: blocking stream
 * sockets, closed on exec.  Loopback TCP without Nagle's delay, or a Unix
 * socket pair.  -EMFILE, -ENFILE, -ENOBUFS, ...: then none is left open.
 */
int sy_io_connect(int *clients, int *servers, uint32_t count, bool tcp);

/* Closes `count` descriptors. */
void sy_io_disconnect(const int *fds, uint32_t count);

#endif /* SY_IO_CONNECT_H */
