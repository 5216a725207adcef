/* SPDX-License-Identifier: MIT */
/*
 * lane_park.h - how a lane's coroutine leaves the processor, inlined where it
 * does, for the kind of switch that is an argument.
 */
#ifndef SY_LANE_PARK_H
#define SY_LANE_PARK_H

#include "lane.h"
#include "lane_ops.h"
#include "scheduler.h"

#ifdef __cplusplus
extern "C" {
#endif

#define INLINE static inline __attribute__((always_inline))

/* Lets the others run, and goes on when its turn has come.  Returns `self`,
   for the reason given at sy_fiber_switch. */
INLINE struct sy_coroutine *yield(struct sy_coroutine *self,
                                  enum sy_switch_kind kind)
{
	struct sy_scheduler *scheduler = self->scheduler;
	struct sy_coroutine *next;

	if (--scheduler->tasks_left <= 0)
		sy_scheduler_poll(scheduler);
	next = sy_scheduler_take(scheduler);
	if (!next)
		return self;
	sy_scheduler_ready(scheduler, self);
	return (struct sy_coroutine *)(void *)sy_fiber_switch(
		&self->fiber, &next->fiber, kind);
}

/* Leaves the processor until somebody makes it ready. */
INLINE void stop(struct sy_coroutine *self, enum sy_switch_kind kind)
{
	struct sy_fiber *next = sy_scheduler_next(self->scheduler);

	/* It may have been woken before it left. */
	if (next != &self->fiber)
		sy_fiber_switch(&self->fiber, next, kind);
}

INLINE void park(struct sy_coroutine *self, enum sy_switch_kind kind)
{
	self->scheduler->has_parked = true;
	self->scheduler->parked++;
	stop(self, kind);
}

INLINE void sleep_until(struct sy_coroutine *self, uint64_t until_ns,
                        enum sy_switch_kind kind)
{
	if (sy_clock_ns() >= until_ns)
		return;
	sy_timers_add(&self->scheduler->timers, until_ns, self);
	park(self, kind);
}

/* False: its deadline has come before. */
INLINE bool park_for(struct sy_coroutine *self, uint32_t awaits,
                     enum sy_switch_kind kind)
{
	uint64_t due_ns = self->lane->task.deadline_ns;
	bool timed_out;

	self->awaits = awaits;
	self->scheduler->io_parked++;
	if (due_ns)
		sy_lane_set_deadline(self, due_ns);
	park(self, kind);
	timed_out = self->timed_out;
	self->timed_out = false;
	return !timed_out;
}

#ifdef __cplusplus
}
#endif

#endif /* SY_LANE_PARK_H */
