/* SPDX-License-Identifier: MIT */
/*
 * timers.h - who is to be woken at what time: a heap with four children a
 * node, half as deep as a binary one and with its siblings in one line.
 *
 * A sleeper's timer stays until it is due.  A deadline is mostly not reached:
 * where it is taken back its timer stays all the same, and is dropped or moved
 * when it comes up.  So setting the same one or a later one again and again
 * touches nothing, and a deadline has one timer at most.
 */
#ifndef SY_TIMERS_H
#define SY_TIMERS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct sy_timer {
	uint64_t due_ns; /* CLOCK_MONOTONIC */
	void *sleeper;   /* or a struct sy_deadline, of which it is a mark */
};

/* Zeroed at first.  Taken back by due_ns = 0. */
struct sy_deadline {
	uint64_t due_ns; /* 0: none is set */
	uint32_t slot;   /* in the heap, counted from 1; 0: it has no timer */
};

struct sy_timers {
	struct sy_timer *heap;
	uint32_t count;
	uint32_t capacity;
};

/* Room for `capacity` timers at a time, >= 1.  -ENOMEM. */
int sy_timers_open(struct sy_timers *timers, uint32_t capacity);
void sy_timers_close(struct sy_timers *timers);

/* The caller sees to it that there is room.  A sleeper has an even address. */
void sy_timers_add(struct sy_timers *timers, uint64_t due_ns, void *sleeper);
/* Sets a deadline, > 0, in the place of an earlier setting. */
void sy_timers_set(struct sy_timers *timers, uint64_t due_ns,
                   struct sy_deadline *deadline);

/* Drops and moves first ones that are deadlines, as far as it takes. */
void sy_timers_settle(struct sy_timers *timers);

/* In the address of a sleeper: it is a deadline. */
#define SY_TIMER_MARK ((uintptr_t)1)

/* When the first is due, or 0: there is none. */
static inline uint64_t sy_timers_next(struct sy_timers *timers)
{
	if (timers->count && (uintptr_t)timers->heap[0].sleeper & SY_TIMER_MARK)
		sy_timers_settle(timers);
	return timers->count ? timers->heap[0].due_ns : 0;
}

/*
 * Takes the first, after sy_timers_next said that there is one: a sleeper, or
 * NULL and *deadline, which is set no more.
 */
void *sy_timers_pop(struct sy_timers *timers, struct sy_deadline **deadline);

#ifdef __cplusplus
}
#endif

#endif /* SY_TIMERS_H */
