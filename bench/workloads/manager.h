/* SPDX-License-Identifier: MIT */
/*
 * manager.h - a process that owns a dictionary and answers what clients ask of
 * it over their connections: the loop of it.
 *
 * One thread, one epoll.  A client that ends, or that asks what is no request,
 * loses its connection; what it set stays, and the others notice nothing.
 */
#ifndef SY_MANAGER_H
#define SY_MANAGER_H

#include <stdint.h>

#include "workloads/server.h"

/*
 * Starts one for `keys` keys, at most, and the connected stream sockets
 * fds[0] .. fds[count - 1], bound to `pu` (-1: not bound); as sy_server_start.
 */
int sy_manager_start(struct sy_server *manager, const int *fds, uint32_t count,
                     uint32_t keys, int pu);

#endif /* SY_MANAGER_H */
