/* SPDX-License-Identifier: MIT */
/*
 * event.c - one sets an event that all others wait for, again and again.
 *
 * As many consecutive tasks as there are lanes are a generation: all but the
 * last of them wait, and the last one sets.  It waits until all of them have
 * said that they will wait, writes its mark, sets the event, waits until all
 * have passed, and clears the event.  Who passes and finds no mark has passed
 * before the event was set, or through one that was not clear again.  The
 * setter of a run's last generation also looks itself whether the event is
 * clear: waiting for it must end at a deadline that is long over.
 *
 * Generations take turns at two sets of events and counts.  A generation ends
 * only after all of its tasks have been in flight at once, on all lanes there
 * are; so every task of the one before it had ended, and what that one used
 * is free for the next.
 */
#include "workloads/list.h"
#include "workloads/steps.h"

#include <errno.h>
#include <inttypes.h>

#include "workloads/job.h"
#include "workloads/promise.h"

/* The events of a turn: all wait, the one that is measured, all passed. */
enum { READY, GO, PASSED, EVENTS };

enum {
	EVENT_BEGIN,
	WAITER_ANNOUNCED,
	WAITER_PASSED,
	WAITER_OVER,
	SETTER_READY,
	SETTER_SET,
	SETTER_PASSED,
	SETTER_CLEARED,
	SETTER_LOOKED,
	SETTER_FIRST, /* has cleared the first of the two others */
	SETTER_OVER,
};

struct turn {
	_Alignas(64) uint32_t announced;
	uint32_t passed;
	uint64_t mark; /* 1 + the generation whose event is set */
};

struct event_job {
	const struct sy_batch *batch; /* at one address in every process */
	uint32_t waiters;
	struct turn turns[2];
	_Alignas(64) uint32_t too_early; /* passed before the event was set */
	uint32_t miscounted; /* the setter went on, and not all were there */
	uint32_t not_clear;
};

static uint64_t generation(const struct sy_task *task,
                           const struct event_job *job)
{
	return task->index / (job->waiters + 1);
}

static struct sy_op event_op(struct sy_task *task, const struct event_job *job,
                             enum sy_op_kind kind, unsigned event,
                             uint32_t then)
{
	uint64_t place = (generation(task, job) & 1) * EVENTS + event;

	task->step = then;
	return (struct sy_op){ .kind = kind, .place = place };
}

static struct sy_op event_end(struct sy_task *task)
{
	task->value = sy_task_seed(task->index);
	return (struct sy_op){ .kind = SY_DONE };
}

/* The last one to say so wakes the setter. */
static struct sy_op announce(struct sy_task *task, struct event_job *job,
                             struct turn *turn)
{
	if (sy_count(&turn->announced) == job->waiters)
		return event_op(task, job, SY_SET, READY, WAITER_ANNOUNCED);
	return event_op(task, job, SY_AWAIT, GO, WAITER_PASSED);
}

static struct sy_op pass(struct sy_task *task, struct event_job *job,
                         struct turn *turn)
{
	uint64_t mark = __atomic_load_n(&turn->mark, __ATOMIC_SEQ_CST);

	if (mark != generation(task, job) + 1)
		sy_count(&job->too_early);
	if (sy_count(&turn->passed) == job->waiters)
		return event_op(task, job, SY_SET, PASSED, WAITER_OVER);
	return event_end(task);
}

static struct sy_op waiter_step(struct sy_task *task, struct event_job *job,
                                struct turn *turn)
{
	switch (task->step) {
	case EVENT_BEGIN:
		return announce(task, job, turn);
	case WAITER_ANNOUNCED:
		return event_op(task, job, SY_AWAIT, GO, WAITER_PASSED);
	case WAITER_PASSED:
		return pass(task, job, turn);
	default:
		return event_end(task);
	}
}

static void expect_all(struct event_job *job, const uint32_t *count)
{
	if (sy_count_read(count) != job->waiters)
		sy_count(&job->miscounted);
}

static struct sy_op set(struct sy_task *task, struct event_job *job,
                        struct turn *turn)
{
	expect_all(job, &turn->announced);
	__atomic_store_n(&turn->mark, generation(task, job) + 1,
	                 __ATOMIC_SEQ_CST);
	return event_op(task, job, SY_SET, GO, SETTER_SET);
}

/* Is the event clear?  At the end of a run; 1 ns is long over. */
static struct sy_op look(struct sy_task *task, struct event_job *job)
{
	if (task->index + 1 < job->batch->task_count)
		return event_op(task, job, SY_CLEAR, READY, SETTER_FIRST);
	task->deadline_ns = 1;
	return event_op(task, job, SY_AWAIT, GO, SETTER_LOOKED);
}

static struct sy_op looked(struct sy_task *task, struct event_job *job)
{
	task->deadline_ns = 0;
	if (task->result != -ETIMEDOUT)
		sy_count(&job->not_clear);
	return event_op(task, job, SY_CLEAR, READY, SETTER_FIRST);
}

static struct sy_op setter_end(struct sy_task *task, struct turn *turn)
{
	sy_count_set(&turn->announced, 0);
	sy_count_set(&turn->passed, 0);
	return event_end(task);
}

static struct sy_op setter_step(struct sy_task *task, struct event_job *job,
                                struct turn *turn)
{
	switch (task->step) {
	case EVENT_BEGIN:
		return event_op(task, job, SY_AWAIT, READY, SETTER_READY);
	case SETTER_READY:
		return set(task, job, turn);
	case SETTER_SET:
		return event_op(task, job, SY_AWAIT, PASSED, SETTER_PASSED);
	case SETTER_PASSED:
		expect_all(job, &turn->passed);
		return event_op(task, job, SY_CLEAR, GO, SETTER_CLEARED);
	case SETTER_CLEARED:
		return look(task, job);
	case SETTER_LOOKED:
		return looked(task, job);
	case SETTER_FIRST:
		return event_op(task, job, SY_CLEAR, PASSED, SETTER_OVER);
	default:
		return setter_end(task, turn);
	}
}

static struct sy_op event_step(struct sy_task *task)
{
	struct event_job *job = (struct event_job *)task->job;
	struct turn *turn = &job->turns[generation(task, job) & 1];

	if (task->step == EVENT_BEGIN)
		task->deadline_ns = 0;
	else if (task->result < 0 && task->step != SETTER_LOOKED)
		task->error = (int32_t)task->result;
	if (task->index % (job->waiters + 1) == job->waiters)
		return setter_step(task, job, turn);
	return waiter_step(task, job, turn);
}

static int event_open(void **state, const struct sy_load *load,
                      struct sy_batch *batch)
{
	const struct event_job job = { .batch = batch,
		                       .waiters = batch->inflight - 1 };
	int rc;

	(void)load;
	if (!job.waiters)
		return -EINVAL;
	rc = sy_job_create(state, &job, sizeof(job));
	if (rc)
		return rc;
	batch->step = event_step;
	batch->job = *state;
	batch->event_count = 2 * EVENTS;
	return 0;
}

static void event_close(void *state, struct sy_batch *batch)
{
	batch->job = NULL;
	batch->event_count = 0;
	sy_job_destroy(state, sizeof(struct event_job));
}

static unsigned event_wants(const struct sy_load *load)
{
	(void)load;
	return SY_WANTS_ORDER;
}

static struct sy_portion event_portion(const struct sy_load *load,
                                       uint32_t inflight)
{
	(void)load;
	return (struct sy_portion){ .tasks = inflight, .operations = 1 };
}

static int event_settle(void *state, struct sy_batch *batch,
                        uint64_t found[SY_FINDINGS_MAX],
                        char reason[SY_BROKEN_BYTES])
{
	struct event_job *job = state;
	uint32_t too_early = sy_count_take(&job->too_early);
	uint32_t miscounted = sy_count_take(&job->miscounted);
	uint32_t not_clear = sy_count_take(&job->not_clear);

	(void)batch;
	(void)found;
	job->turns[0].mark = job->turns[1].mark = 0;
	if (too_early)
		return sy_promise_broken(reason,
		                         "%" PRIu32 " passed an event before "
		                         "it was set",
		                         too_early);
	if (miscounted)
		return sy_promise_broken(reason,
		                         "%" PRIu32 " times one went on from "
		                         "an event that was not set",
		                         miscounted);
	if (not_clear)
		return sy_promise_broken(reason, "an event that was cleared "
		                                 "let one pass");
	return 0;
}

const struct sy_workload sy_workload_event = {
	.name = "event",
	.summary = "a broadcast: one sets an event that all others wait for",
	.stamped = false,
	.scratch_bytes = sy_no_scratch,
	.open = event_open,
	.expected = sy_seed_expected,
	.wants = event_wants,
	.portion = event_portion,
	.settle = event_settle,
	.close = event_close,
};
