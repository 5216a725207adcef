/* SPDX-License-Identifier: MIT */
/*
 * connection.h - a lane's connection that its task makes and ends, as far as
 * it needs no waiting.  Every int returned is 0 or a negative errno.
 */
#ifndef SY_CONNECTION_H
#define SY_CONNECTION_H

#include "scheduler.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Begins to connect the lane to the batch's address and registers the
 * connection.  -EINPROGRESS: it is there, or has failed, when there is room
 * for sending, and sy_connection_finish says which.  -EISCONN: the lane has
 * one; -EDESTADDRREQ: the batch has no address; what socket and connect say.
 */
int sy_connection_begin(struct sy_coroutine *coroutine);
int sy_connection_finish(const struct sy_coroutine *coroutine);
/* Closes the connection, where there is one. */
void sy_connection_end(struct sy_coroutine *coroutine);

#ifdef __cplusplus
}
#endif

#endif /* SY_CONNECTION_H */
