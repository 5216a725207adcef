/* SPDX-License-Identifier: MIT */
/*
 * eventloop.h - one libuv loop a PU, one state machine a lane.
 *
 * A task never blocks its loop: an op that has to wait arms a watcher and
 * returns, and the watcher's callback puts the lane on the loop's run queue.
 * `eventloop` carries bytes with libuv's streams; `eventloop.poll` makes the
 * system calls itself and lets libuv only watch the descriptors.
 *
 * libuv makes one pipe a process when its first loop is made and keeps it:
 * those two descriptors stay, whatever is closed here.
 */
#ifndef SY_EVENTLOOP_H
#define SY_EVENTLOOP_H

#include "model.h"

#ifdef __cplusplus
extern "C" {
#endif

extern const struct sy_model sy_model_eventloop, sy_model_eventloop_poll;

#ifdef __cplusplus
}
#endif

/* The version of libuv that is loaded, which may not be what was built with. */
const char *sy_eventloop_library(void);

#endif /* SY_EVENTLOOP_H */
