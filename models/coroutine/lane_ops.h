/* SPDX-License-Identifier: MIT */
/*
 * lane_ops.h - the ops of a lane that are calls: connecting, and meeting
 * others.
 */
#ifndef SY_LANE_OPS_H
#define SY_LANE_OPS_H

#include "scheduler.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Carries out SY_CONNECT .. SY_SECTIONS for the running coroutine, which may
 * park.  False: the task ends with an error, as it would wait for ever or the
 * op is none of these.
 */
bool sy_lane_op(struct sy_coroutine *self, const struct sy_op *op);

#ifdef __cplusplus
}
#endif

#endif /* SY_LANE_OPS_H */
