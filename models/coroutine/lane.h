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

/* The body of a struct sy_coroutine for this kind of switch. */
void (*sy_lane_entry(enum sy_switch_kind kind))(void *coroutine);

#ifdef __cplusplus
}
#endif

#endif /* SY_LANE_H */
