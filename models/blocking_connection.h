/* SPDX-License-Identifier: MIT */
/*
 * blocking_connection.h - a lane's connection, in a context that may block.
 *
 * What comes back is the result of the op: bytes, 0, or a negative errno.  A
 * deadline `by_ns` is on CLOCK_MONOTONIC, 0: none, and then nothing is done
 * for it; with one the result is -ETIMEDOUT as soon as it has passed, however
 * much is being carried.  A signal cuts nothing short.
 */
#ifndef SY_BLOCKING_CONNECTION_H
#define SY_BLOCKING_CONNECTION_H

#include "model.h"

/*
 * Connects to the batch's address: lane->fd is set, to a blocking socket that
 * is closed on exec and, over TCP, sends at once.  -EDESTADDRREQ: the batch
 * has no address; -EISCONN: the lane has a connection.
 */
int64_t sy_blocking_connect(const struct sy_batch *batch, struct sy_lane *lane,
                            uint64_t by_ns);
/* Closes it, where there is one. */
void sy_blocking_hang_up(struct sy_lane *lane);

/* All `count` bytes. */
int64_t sy_blocking_send(int fd, const void *buf, size_t count, uint64_t by_ns);
/* At least one byte; 0: the end of the stream. */
int64_t sy_blocking_receive(int fd, void *buf, size_t count, uint64_t by_ns);

/*
 * After a run of a batch that has an address: closes what tasks have left
 * connected in this process, or forgets what they left in one that is gone,
 * whose descriptors were its own.
 */
void sy_connections_close(struct sy_batch *batch);
void sy_connections_forget(struct sy_batch *batch);

#endif /* SY_BLOCKING_CONNECTION_H */
