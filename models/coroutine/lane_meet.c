/* SPDX-License-Identifier: MIT */
/*
 * lane_meet.c - see lane_ops.h.  A lane's coroutine and the others.
 *
 * The switch is in a function of its own: it takes all registers, which a row
 * of sections would keep in memory otherwise.
 */
#include "lane_ops.h"

#include <errno.h>

#include "lane_park.h"
#include "sections.h"

void sy_lane_set_deadline(struct sy_coroutine *self, uint64_t due_ns)
{
	self->timed = true;
	sy_timers_set(&self->scheduler->timers, due_ns, &self->guest->deadline);
}

/* Parked at a place, until it is woken or the deadline, where one is set, has
   come: the result. */
static __attribute__((noinline)) int64_t await_others(struct sy_coroutine *self,
                                                      uint64_t due_ns)
{
	if (due_ns)
		sy_lane_set_deadline(self, due_ns);
	self->stranded = !due_ns;
	self->scheduler->stranded += self->stranded;
	if (self->scheduler->kind == SY_SWITCH_UCONTEXT)
		park(self, SY_SWITCH_UCONTEXT);
	else
		park(self, SY_LANE_SWITCH);
	return self->guest->waiter.result;
}

static int64_t meet(struct sy_coroutine *self, const struct sy_op *op)
{
	if (sy_parking_op(self->scheduler->supply->parking, op,
	                  &self->guest->waiter))
		return self->guest->waiter.result;
	return await_others(
		self, op->kind == SY_AWAIT ? self->lane->task.deadline_ns : 0);
}

INLINE int64_t section_begin(struct sy_coroutine *self,
                             struct sy_parking *parking, enum sy_op_kind by,
                             uint32_t place)
{
	if (by == SY_DONE)
		return 0;
	if (by == SY_LOCK
	            ? sy_parking_lock(parking, place, &self->guest->waiter)
	            : sy_parking_acquire(parking, place, &self->guest->waiter))
		return self->guest->waiter.result;
	return await_others(self, 0);
}

INLINE int section_end(struct sy_coroutine *self, struct sy_parking *parking,
                       enum sy_op_kind by, uint32_t place)
{
	if (by == SY_DONE)
		return 0;
	return by == SY_LOCK
	               ? sy_parking_unlock(parking, place, &self->guest->waiter)
	               : sy_parking_release(parking, place,
	                                    &self->guest->waiter);
}

/* Inlined for each `by`, so that a section does not choose. */
INLINE int64_t row(struct sy_coroutine *self, const struct sy_op *op,
                   enum sy_op_kind by)
{
	const struct sy_sections *sections = op->sections;
	struct sy_parking *parking = self->scheduler->supply->parking;
	struct sy_task *task = &self->lane->task;
	uint64_t first = sy_section_first(task, op->count);
	uint64_t end = first + op->count;
	int64_t rc = 0;

	for (uint64_t i = first; !rc && i < end; i++) {
		rc = section_begin(self, parking, by, sections->place);
		if (rc)
			break;
		sy_section_inside(sections, task, i);
		rc = section_end(self, parking, by, sections->place);
		sy_section_outside(sections, task);
	}
	return rc;
}

static int64_t row_of_sections(struct sy_coroutine *self,
                               const struct sy_op *op)
{
	const struct sy_sections *sections = op->sections;
	const struct sy_batch *batch = self->scheduler->batch;
	uint64_t rounds = sections->inside_rounds + sections->outside_rounds;

	sy_scheduler_charge(self->scheduler, op->count * rounds);
	if (sections->by == SY_DONE)
		return row(self, op, SY_DONE);
	if (sections->by == SY_LOCK && sections->place < batch->lock_count)
		return row(self, op, SY_LOCK);
	if (sections->by == SY_ACQUIRE && sections->place < batch->gate_count)
		return row(self, op, SY_ACQUIRE);
	return -EINVAL;
}

static int64_t carry_out(struct sy_coroutine *self, const struct sy_op *op)
{
	switch (op->kind) {
	case SY_CONNECT:
		return sy_lane_connect(self);
	case SY_HANGUP:
		return sy_lane_hang_up(self);
	case SY_SECTIONS:
		return row_of_sections(self, op);
	default:
		return meet(self, op);
	}
}

bool sy_lane_op(struct sy_coroutine *self, struct sy_op op)
{
	struct sy_task *task = &self->lane->task;

	if (op.kind < SY_CONNECT || op.kind > SY_SECTIONS) {
		task->error = -EINVAL;
		return false;
	}
	task->result = carry_out(self, &op);
	/* Nobody can end the wait.  Who tries again would do so for ever. */
	if (task->result == -EDEADLK)
		task->error = -EDEADLK;
	return task->result != -EDEADLK;
}
