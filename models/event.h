/* SPDX-License-Identifier: MIT */
/*
 * event.h - a flag that contexts which the kernel schedules wait for.
 *
 * Who waits when it is set goes on, even where it is cleared again before
 * they run.
 */
#ifndef SY_EVENT_H
#define SY_EVENT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct sy_event {
	_Alignas(64) _Atomic uint32_t word;
	bool local; /* within one process */
};

/* It is not set. */
void sy_event_init(struct sy_event *event, bool local);

/* Waits until it is set, to the deadline `by_ns` (CLOCK_MONOTONIC, 0: none) at
   most.  -ETIMEDOUT; -EOWNERDEAD: not set, and the event is abandoned. */
int sy_event_await(struct sy_event *event, uint64_t by_ns);
void sy_event_set(struct sy_event *event);
void sy_event_clear(struct sy_event *event);
/* One that uses it has died: who waits goes on, with -EOWNERDEAD. */
void sy_event_abandon(struct sy_event *event);

#endif /* SY_EVENT_H */
