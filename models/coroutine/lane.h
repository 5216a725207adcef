/* SPDX-License-Identifier: MIT */
/*
 * lane.h - what a lane's coroutine does: take a task, carry out its ops,
 * yield, and park between runs.
 */
#ifndef SY_LANE_H
#define SY_LANE_H

#include "fiber.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The model's own switch, the inline one where there is one, and why this
   build has none, or NULL. */
#define SY_LANE_SWITCH                                                         \
	(SY_SWITCH_INLINE_ABSENT ? SY_SWITCH_ASSEMBLY : SY_SWITCH_INLINE)
#define SY_LANE_SWITCH_ABSENT SY_SWITCH_ABSENT

/* The body of a struct sy_coroutine that is switched by SY_LANE_SWITCH or by
   SY_SWITCH_UCONTEXT. */
void (*sy_lane_entry(enum sy_switch_kind kind))(void *coroutine);

#ifdef __cplusplus
}
#endif

#endif /* SY_LANE_H */
