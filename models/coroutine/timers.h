/* SPDX-License-Identifier: MIT */
/*
 * timers.h - who is to be woken at what time: a heap with four children a
 * node, half as deep as a binary one and with its siblings in one line.
 */
#ifndef SY_TIMERS_H
#define SY_TIMERS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct sy_timer {
	uint64_t due_ns; /* CLOCK_MONOTONIC */
	void *sleeper;
};

struct sy_timers {
	struct sy_timer *heap; /* heap[0] is due first */
	uint32_t count;
	uint32_t capacity;
};

/* Room for `capacity` timers at a time, >= 1.  -ENOMEM. */
int sy_timers_open(struct sy_timers *timers, uint32_t capacity);
void sy_timers_close(struct sy_timers *timers);

/* The caller sees to it that there is room. */
void sy_timers_add(struct sy_timers *timers, uint64_t due_ns, void *sleeper);
/* Takes the timer that is due first; there is one. */
void *sy_timers_pop(struct sy_timers *timers);

#ifdef __cplusplus
}
#endif

#endif /* SY_TIMERS_H */
