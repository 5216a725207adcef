/* SPDX-License-Identifier: MIT */
/*
 * coroutine_meeting.h - steps and batches for the tests of coroutines that
 * meet.
 */
#ifndef SY_COROUTINE_MEETING_H
#define SY_COROUTINE_MEETING_H

#include "coroutine_fixture.h"

#define MS UINT64_C(1000000)

static inline struct sy_op at(enum sy_op_kind kind, uint64_t place,
                              uint32_t count)
{
	return (struct sy_op){ kind, count, { .place = place } };
}

static inline struct sy_op until(uint64_t until_ns)
{
	return (struct sy_op){ SY_SLEEP, 0, { .until_ns = until_ns } };
}

static inline struct sy_op done(struct sy_task *task, bool right)
{
	if (!right && !task->error)
		task->error = -EILSEQ;
	return (struct sy_op){ .kind = SY_DONE };
}

static inline struct job *job_at(struct sy_task *task)
{
	return (struct job *)(uintptr_t)task->job;
}

static const uint32_t units[] = { 3 };

/* A batch with two locks, a gate of three units and many events. */
static inline struct sy_batch *meeting(sy_step_fn *step, uint32_t lanes,
                                       uint32_t pus, unsigned wants)
{
	struct sy_batch *batch = batch_make(step, lanes, pus, 0);

	batch->lock_count = 2;
	batch->gate_count = 1;
	batch->gate_units = units;
	batch->event_count = 100;
	batch->wants = wants;
	return batch;
}

#endif /* SY_COROUTINE_MEETING_H */
