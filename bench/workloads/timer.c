/* SPDX-License-Identifier: MIT */
/*
 * timer.c - timers that run when their time has come, or are cancelled.
 *
 * A timer is a task that waits for an event with a deadline.  The deadline
 * makes it run; setting the event before cancels it.  Of four consecutive
 * tasks the first and the third are timers that run, and how late they do is
 * their latency.  The second is one of half the time, which then cancels a
 * timer of another lane that is armed; the fourth is there to be cancelled,
 * and runs where nobody does in time.
 *
 * No timer may run before its deadline.  One whose cancelling had returned
 * before its deadline may not run at all; where the cancelling was under way
 * at the deadline, either is right, and it is only counted.  Nobody waits for
 * anybody without a deadline, so that every model can run these tasks, even
 * one at a time; nothing is cancelled then.
 *
 * Each lane has a record for the two, the one to be cancelled and the one who
 * cancels: a word in which both say what they have seen.  Whoever is the
 * second to say it judges, and makes the record ready for the next pair.
 */
#include "workloads/list.h"
#include "workloads/steps.h"

#include <errno.h>
#include <inttypes.h>

#include "workloads/job.h"
#include "workloads/promise.h"

/* The events of a lane: one that cancels, and one that is never set. */
enum { CANCEL, NEVER, EVENTS };

/* What a task is, by its index modulo ROLES. */
enum { RUNS, CANCELS, RUNS_TOO, IS_CANCELLED, ROLES };

enum { FOUND_RUN, FOUND_CANCELLED, FOUND_TOO_LATE };

/* Lanes that are searched for an armed timer, from the own one on. */
#define SEARCHED 64

enum {
	TIMER_BEGIN,
	TIMER_OVER,
	TIMER_FREE, /* the record's event is clear */
	CANCELLER_OVER,
	CANCELLER_SET,
};

/* The word of a record; 0: it is free. */
enum {
	ARMED = 1 << 0,
	TAKEN = 1 << 1,  /* somebody is going to set the event */
	RAN = 1 << 2,    /* of the timer: its time had come, */
	SPARED = 1 << 3, /* or the event was set */
	SET = 1 << 4,    /* setting has returned, */
	IN_TIME = 1 << 5 /* and before the deadline */
};

struct record {
	_Alignas(64) uint32_t word;
	uint64_t deadline_ns;
};

struct timer_job {
	struct sy_load load;
	uint32_t lanes;
	_Alignas(64) uint32_t run;
	uint32_t cancelled;
	uint32_t too_late;  /* the time had come before it was cancelled */
	uint32_t early;     /* ran before its deadline */
	uint32_t ran_after; /* was cancelled, and ran */
	uint32_t stopped;   /* did not run, and nobody had cancelled it */
	struct record records[];
};

static struct record *record_of(struct timer_job *job, uint64_t lane)
{
	return &job->records[lane];
}

static struct sy_op timer_end(struct sy_task *task)
{
	task->value = sy_task_seed(task->index);
	return (struct sy_op){ .kind = SY_DONE };
}

static struct sy_op timer_op(struct sy_task *task, enum sy_op_kind kind,
                             uint64_t lane, unsigned event, uint32_t then)
{
	task->step = then;
	return (struct sy_op){ .kind = kind, .place = lane * EVENTS + event };
}

/* Latency counts from the deadline, where the task is stamped. */
static struct sy_op arm(struct sy_task *task, uint64_t wait_ns, unsigned event,
                        uint32_t then)
{
	task->deadline_ns = sy_clock_ns() + wait_ns;
	task->lane->begin_ns = task->deadline_ns;
	return timer_op(task, SY_AWAIT, task->lane->index, event, then);
}

/* A record that is still in use leaves this timer to run. */
static struct sy_op arm_to_cancel(struct sy_task *task, struct timer_job *job)
{
	struct record *record = record_of(job, task->lane->index);
	struct sy_op op;

	task->local[0] = !sy_count_read(&record->word);
	op = arm(task, job->load.wait_ns, task->local[0] ? CANCEL : NEVER,
	         TIMER_OVER);
	if (task->local[0]) {
		record->deadline_ns = task->deadline_ns;
		sy_count_set(&record->word, ARMED);
	}
	return op;
}

/* Both have said what they have seen. */
static void judge(struct timer_job *job, uint32_t word)
{
	if (word & SPARED)
		sy_count(&job->cancelled);
	else if (word & IN_TIME)
		sy_count(&job->ran_after);
	else
		sy_count(&job->too_late);
}

/* The second one to say it clears the event, and then frees the record. */
static struct sy_op say(struct sy_task *task, struct timer_job *job,
                        uint64_t lane, uint32_t seen, uint32_t other)
{
	struct record *record = record_of(job, lane);
	uint32_t word =
		__atomic_or_fetch(&record->word, seen, __ATOMIC_SEQ_CST);

	if (!(word & other))
		return timer_end(task);
	judge(job, word);
	task->local[1] = lane;
	return timer_op(task, SY_CLEAR, lane, CANCEL, TIMER_FREE);
}

/* Its event was set: by somebody who has taken it, or something is wrong. */
static struct sy_op spared(struct sy_task *task, struct timer_job *job)
{
	struct record *record = record_of(job, task->lane->index);

	if (!task->local[0] || !(sy_count_read(&record->word) & TAKEN)) {
		sy_count(&job->stopped);
		return timer_end(task);
	}
	return say(task, job, task->lane->index, SPARED, SET);
}

/* Ran; nobody can cancel it any more, where nobody has begun to. */
static struct sy_op ran(struct sy_task *task, struct timer_job *job)
{
	struct record *record = record_of(job, task->lane->index);
	uint32_t word = ARMED;

	if (sy_clock_ns() < task->deadline_ns)
		sy_count(&job->early);
	sy_count(&job->run);
	if (!task->local[0] ||
	    __atomic_compare_exchange_n(&record->word, &word, 0, false,
	                                __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
		return timer_end(task);
	return say(task, job, task->lane->index, RAN, SET);
}

static struct sy_op over(struct sy_task *task, struct timer_job *job)
{
	if (!task->result)
		return spared(task, job);
	if (task->result == -ETIMEDOUT)
		return ran(task, job);
	task->error = (int32_t)task->result;
	return timer_end(task);
}

/* An armed timer of another lane, which is the caller's from now on. */
static bool find_armed(const struct sy_task *task, struct timer_job *job,
                       uint64_t *lane)
{
	uint32_t most = job->lanes < SEARCHED ? job->lanes : SEARCHED;

	for (uint32_t i = 1; i < most; i++) {
		uint64_t at = (task->lane->index + i) % job->lanes;
		uint32_t word = ARMED;

		if (sy_count_read(&record_of(job, at)->word) == ARMED &&
		    __atomic_compare_exchange_n(
			    &record_of(job, at)->word, &word, ARMED | TAKEN,
			    false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
			*lane = at;
			return true;
		}
	}
	return false;
}

static struct sy_op cancel(struct sy_task *task, struct timer_job *job)
{
	if (task->result != -ETIMEDOUT)
		return over(task, job);
	over(task, job);
	if (!find_armed(task, job, &task->local[1]))
		return timer_end(task);
	return timer_op(task, SY_SET, task->local[1], CANCEL, CANCELLER_SET);
}

static struct sy_op cancelled(struct sy_task *task, struct timer_job *job)
{
	uint64_t deadline_ns = record_of(job, task->local[1])->deadline_ns;
	uint32_t seen = sy_clock_ns() < deadline_ns ? SET | IN_TIME : SET;

	return say(task, job, task->local[1], seen, RAN | SPARED);
}

static struct sy_op begin(struct sy_task *task, struct timer_job *job)
{
	uint64_t wait_ns = job->load.wait_ns;

	task->local[0] = 0;
	switch (task->index % ROLES) {
	case IS_CANCELLED:
		return arm_to_cancel(task, job);
	case CANCELS:
		return arm(task, wait_ns / 2, NEVER, CANCELLER_OVER);
	default:
		return arm(task, wait_ns, NEVER, TIMER_OVER);
	}
}

static struct sy_op timer_step(struct sy_task *task)
{
	struct timer_job *job = (struct timer_job *)task->job;

	switch (task->step) {
	case TIMER_BEGIN:
		return begin(task, job);
	case TIMER_OVER:
		return over(task, job);
	case CANCELLER_OVER:
		return cancel(task, job);
	case CANCELLER_SET:
		return cancelled(task, job);
	default:
		sy_count_set(&record_of(job, task->local[1])->word, 0);
		return timer_end(task);
	}
}

static size_t job_bytes(const struct sy_batch *batch)
{
	return sizeof(struct timer_job) +
	       batch->inflight * sizeof(struct record);
}

static int timer_open(void **state, const struct sy_load *load,
                      struct sy_batch *batch)
{
	struct timer_job *job;
	void *made;
	int rc;

	if (batch->inflight > UINT32_MAX / EVENTS)
		return -EINVAL;
	rc = sy_job_zeroed(&made, job_bytes(batch));
	if (rc)
		return rc;
	job = made;
	job->load = *load;
	job->lanes = batch->inflight;
	batch->step = timer_step;
	batch->job = job;
	batch->event_count = batch->inflight * EVENTS;
	*state = job;
	return 0;
}

static void timer_close(void *state, struct sy_batch *batch)
{
	batch->job = NULL;
	batch->event_count = 0;
	sy_job_destroy(state, job_bytes(batch));
}

/* The promises that the counts break, if they do. */
static int timer_judge(const struct timer_job *job,
                       char reason[SY_BROKEN_BYTES])
{
	if (job->early)
		return sy_promise_broken(reason,
		                         "%" PRIu32 " timers ran before their "
		                         "time",
		                         job->early);
	if (job->ran_after)
		return sy_promise_broken(reason,
		                         "%" PRIu32 " timers ran that had been "
		                         "cancelled",
		                         job->ran_after);
	if (job->stopped)
		return sy_promise_broken(reason,
		                         "%" PRIu32 " timers did not run, and "
		                         "nobody had cancelled them",
		                         job->stopped);
	return 0;
}

static int timer_settle(void *state, struct sy_batch *batch,
                        uint64_t found[SY_FINDINGS_MAX],
                        char reason[SY_BROKEN_BYTES])
{
	struct timer_job *job = state;
	int error = timer_judge(job, reason);
	uint32_t run = sy_count_take(&job->run);
	uint32_t cancelled = sy_count_take(&job->cancelled);
	uint32_t too_late = sy_count_take(&job->too_late);

	job->early = job->ran_after = job->stopped = 0;
	if (error)
		return error;
	if ((uint64_t)run + cancelled != batch->task_count)
		return sy_promise_broken(reason,
		                         "of %" PRIu64 " timers %" PRIu32
		                         " ran and %" PRIu32 " were cancelled",
		                         batch->task_count, run, cancelled);
	found[FOUND_RUN] = run;
	found[FOUND_CANCELLED] = cancelled;
	found[FOUND_TOO_LATE] = too_late;
	return 0;
}

static const struct sy_finding findings[] = {
	[FOUND_RUN] = { .name = "run", .summary = "timers that ran" },
	[FOUND_CANCELLED] = { .name = "cancelled",
	                      .summary = "timers that were cancelled, and did "
	                                 "not run" },
	[FOUND_TOO_LATE] = { .name = "too_late",
	                     .summary = "timers that ran while they were "
	                                "being cancelled" },
	{ .name = NULL },
};

const struct sy_workload sy_workload_timer = {
	.name = "timer",
	.summary = "timers that run when their time has come, or are cancelled",
	.stamped = true,
	.stamp_shift = 1, /* those that nobody cancels */
	.scratch_bytes = sy_no_scratch,
	.open = timer_open,
	.expected = sy_seed_expected,
	.findings = findings,
	.settle = timer_settle,
	.close = timer_close,
};
