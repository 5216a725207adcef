/* SPDX-License-Identifier: MIT */
/*
 * lane_ops.h - what a lane's coroutine calls, beside what is inlined into it.
 * Each is called by the running coroutine, which may park in it.
 */
#ifndef SY_LANE_OPS_H
#define SY_LANE_OPS_H

#include "scheduler.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * lane_io.c: SY_SEND and SY_RECV that were begun with `first`, the bytes that
 * a try has carried or its negative errno; 0: none was made.  Bytes carried or
 * a negative errno.
 */
int64_t sy_lane_send(struct sy_coroutine *self, struct sy_op op, int64_t first);
int64_t sy_lane_receive(struct sy_coroutine *self, struct sy_op op,
                        int64_t first);
/* 0 or a negative errno. */
int sy_lane_connect(struct sy_coroutine *self);
int sy_lane_hang_up(struct sy_coroutine *self);

/*
 * lane_meet.c.  Carries out SY_CONNECT .. SY_SECTIONS.  False: the task ends
 * with an error, as it would wait for ever or the op is none of these.
 */
bool sy_lane_op(struct sy_coroutine *self, struct sy_op op);

/* To wake it from what it is about to park for. */
void sy_lane_set_deadline(struct sy_coroutine *self, uint64_t due_ns);

#ifdef __cplusplus
}
#endif

#endif /* SY_LANE_OPS_H */
