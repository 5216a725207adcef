/* SPDX-License-Identifier: MIT */
/*
 * eventloop_sections.c - critical sections in a row.
 *
 * A loop while nobody else is in.  A lane that has to wait keeps in itself how
 * far it is, and so does one that has used up its loop's budget, which goes to
 * the end of the run queue: outside, so that a section is held up only by
 * another loop's lane that is in it, or by a lane that took the lock by an op
 * of its own and waits for something.
 */
#include "eventloop_lane.h"

#include "sections.h"

/* What is charged for a section beside its rounds. */
#define SECTION_ROUNDS 8

static void entered(struct sy_uv_callback *callback);
static void go_on_outside(struct sy_uv_callback *callback);

/* True: the lane may go in, or cannot (waiter.result).  False: it waits. */
static bool enter(struct sy_uv_lane *lane)
{
	const struct sy_sections *sections = lane->sections;
	struct sy_parking *parking = lane->loop->model->parking;
	bool in = true;

	if (sections->by == SY_LOCK)
		in = sy_parking_lock(parking, sections->place, &lane->waiter);
	else if (sections->by == SY_ACQUIRE)
		in = sy_parking_acquire(parking, sections->place,
		                        &lane->waiter);
	if (!in)
		sy_uv_rest(lane, entered);
	return in;
}

static void leave(struct sy_uv_lane *lane)
{
	const struct sy_sections *sections = lane->sections;
	struct sy_parking *parking = lane->loop->model->parking;

	if (sections->by == SY_LOCK)
		sy_parking_unlock(parking, sections->place, &lane->waiter);
	else if (sections->by == SY_ACQUIRE)
		sy_parking_release(parking, sections->place, &lane->waiter);
}

/* One section of a lane that is in.  False: it is to go to the end of the run
   queue, as the loop has computed enough. */
static bool carry_out_section(struct sy_uv_lane *lane)
{
	const struct sy_sections *sections = lane->sections;
	struct sy_uv_ready *ready = &lane->loop->ready;
	struct sy_task *task = &lane->lane->task;
	uint64_t first = sy_section_first(task, lane->section_count);

	sy_section_inside(sections, task, first + lane->section++);
	leave(lane);
	sy_section_outside(sections, task);
	ready->rounds += sections->inside_rounds + sections->outside_rounds +
	                 SECTION_ROUNDS;
	return ready->rounds < SY_UV_BUDGET_ROUNDS;
}

/* Those that are left; `in`: the lane is in the first of them. */
static enum sy_uv_went carry_on(struct sy_uv_lane *lane, bool in)
{
	for (; lane->section < lane->section_count; in = false) {
		if (!in && !enter(lane))
			return SY_UV_WAITS;
		if (lane->waiter.result)
			break;
		if (carry_out_section(lane))
			continue;
		lane->callback.call = go_on_outside;
		sy_uv_ready_push(&lane->loop->ready, &lane->callback);
		return SY_UV_WAITS;
	}
	lane->lane->task.result = lane->waiter.result;
	return SY_UV_DONE;
}

static void carry_on_task(struct sy_uv_lane *lane, bool in)
{
	if (carry_on(lane, in) == SY_UV_WAITS)
		return;
	lane->callback.call = sy_uv_lane_go_on;
	sy_uv_lane_go_on(&lane->callback);
}

/* The lane has been let in. */
static void entered(struct sy_uv_callback *callback)
{
	carry_on_task(sy_uv_lane_of(callback), true);
}

static void go_on_outside(struct sy_uv_callback *callback)
{
	carry_on_task(sy_uv_lane_of(callback), false);
}

/* Whether there is what the sections are guarded by. */
static bool is_there(const struct sy_batch *batch,
                     const struct sy_sections *sections)
{
	switch (sections->by) {
	case SY_LOCK:
		return sections->place < batch->lock_count;
	case SY_ACQUIRE:
		return sections->place < batch->gate_count;
	default:
		return sections->by == SY_DONE;
	}
}

enum sy_uv_went sy_uv_sections(struct sy_uv_lane *lane, struct sy_op op)
{
	if (!is_there(lane->loop->model->batch, op.sections))
		return SY_UV_UNKNOWN;
	lane->sections = op.sections;
	lane->section = 0;
	lane->section_count = op.count;
	lane->rests = true;
	lane->waiter.result = 0;
	return carry_on(lane, false);
}
