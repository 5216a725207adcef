/* SPDX-License-Identifier: MIT */
/*
 * eventloop_meeting.h - tasks that meet, for the tests of both event loops:
 * what they share, and a batch with places.
 */
#ifndef SY_EVENTLOOP_MEETING_H
#define SY_EVENTLOOP_MEETING_H

#include <stdbool.h>

#include "eventloop_fixture.h"

/* Memory that tasks share: plain, but for what no lock guards. */
struct meeting {
	uint32_t members; /* tasks that meet, the last of them the one that
	                      lets the others go on */
	uint32_t notify;  /* at first */
	uint64_t count;   /* under the lock */
	uint32_t waiting; /* under the lock */
	uint32_t woken;   /* under the lock */
	bool may_pass;    /* atomic: before the event is set */
	uint32_t inside;  /* atomic */
	uint32_t most;    /* atomic */
	uint32_t arrived[64];
};

static inline struct meeting *meeting_of(const struct sy_task *task)
{
	return (struct meeting *)(uintptr_t)task->job;
}

static inline struct sy_op op_at(uint32_t kind, uint64_t place, uint32_t count)
{
	return (struct sy_op){ .kind = kind, .count = count, .place = place };
}

static inline struct sy_op sleep_op(uint64_t ns)
{
	return (struct sy_op){ .kind = SY_SLEEP,
		               .until_ns = sy_clock_ns() + ns };
}

/* Fails the task where its last op did not end with `result`. */
static inline void expect(struct sy_task *task, int64_t result)
{
	if (task->result != result && !task->error)
		task->error = -EPROTO;
}

/* Of the gate. */
static const uint32_t units[] = { 3 };

/* A batch of two locks, a gate of three units and two events. */
static inline void make_meeting(struct fixture *fixture,
                                struct meeting *meeting,
                                const struct sy_model *model, uint32_t inflight,
                                uint32_t loops)
{
	make_batch(fixture, model, inflight, loops, 64);
	memset(meeting, 0, sizeof(*meeting));
	meeting->members = inflight;
	fixture->batch->job = meeting;
	fixture->batch->lock_count = 2;
	fixture->batch->gate_count = 1;
	fixture->batch->gate_units = units;
	fixture->batch->event_count = 2;
	fixture->batch->wants = SY_WANTS_ORDER;
}

#endif /* SY_EVENTLOOP_MEETING_H */
