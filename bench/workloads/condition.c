/* SPDX-License-Identifier: MIT */
/*
 * condition.c - all wait for a condition, and one notifies so many at a time.
 *
 * As many consecutive tasks as there are lanes are a generation: all but the
 * last of them wait for a token, and the last one notifies.  When all wait it
 * first notifies without giving tokens, so that those who are woken find what
 * they wait for false and wait on; then it gives as many tokens as it
 * notifies, until all have passed.  It goes on when those that it notified
 * have reported, and looks then, with the lock, whether so many and no more
 * were woken.  Who is woken looks whether it was its turn: the condition owes
 * a wake-up to those who have waited longest, and to nobody else.
 *
 * Generations take turns at two locks, for the reason given in event.c.
 */
#include "workloads/list.h"
#include "workloads/steps.h"

#include <errno.h>
#include <inttypes.h>

#include "workloads/job.h"
#include "workloads/promise.h"

enum { FOUND_KEPT_WAITING };

enum {
	CONDITION_BEGIN,
	WAITER_LOCKED,
	WAITER_REPORTED, /* holds the lock, and will wait */
	WAITER_WOKEN,    /* holds the lock */
	WAITER_UNLOCKED, /* has passed, and is to report */
	WAITER_OVER,
	NOTIFIER_TOLD,
	NOTIFIER_CLEARED,
	NOTIFIER_LOCKED,
	NOTIFIER_NOTIFIED,
	NOTIFIER_UNLOCKED,
	NOTIFIER_OVER,
};

/*
 * Guarded by the lock of the turn; atomic all the same, so that a lock that
 * does not lock is a wrong count and nothing worse.
 */
struct turn {
	_Alignas(64) uint32_t waits; /* begun: the tickets that were drawn */
	uint32_t notified;           /* tickets below it may be woken */
	uint32_t woken;
	uint32_t tokens; /* given, and not taken yet */
	uint32_t passed; /* tokens taken */
};

struct condition_job {
	uint32_t waiters, notify;
	struct turn turns[2];
	_Alignas(64) uint32_t kept_waiting; /* what they waited for was false */
	uint32_t out_of_turn;               /* were woken */
	uint32_t miscounted; /* not as many were woken as notified */
};

static uint64_t generation(const struct sy_task *task,
                           const struct condition_job *job)
{
	return task->index / (job->waiters + 1);
}

/* Its lock, and the event by which waiters report, have the same number. */
static struct sy_op condition_op(struct sy_task *task,
                                 const struct condition_job *job,
                                 enum sy_op_kind kind, uint32_t then)
{
	task->step = then;
	return (struct sy_op){ .kind = kind,
		               .place = generation(task, job) & 1 };
}

static struct sy_op condition_end(struct sy_task *task)
{
	task->value = sy_task_seed(task->index);
	return (struct sy_op){ .kind = SY_DONE };
}

/* With the lock: draws a ticket, kept in local[0]; the number of tickets. */
static uint32_t draw(struct sy_task *task, struct turn *turn)
{
	uint32_t waits = sy_count(&turn->waits);

	task->local[0] = waits - 1;
	return waits;
}

/* The last one that comes tells the notifier before it waits. */
static struct sy_op come(struct sy_task *task, struct condition_job *job,
                         struct turn *turn)
{
	if (draw(task, turn) == job->waiters)
		return condition_op(task, job, SY_SET, WAITER_REPORTED);
	return condition_op(task, job, SY_WAIT, WAITER_WOKEN);
}

/* Woken, with the lock; the last one that was notified reports. */
static struct sy_op wake(struct sy_task *task, struct condition_job *job,
                         struct turn *turn)
{
	uint32_t notified = sy_count_read(&turn->notified);
	bool last = sy_count(&turn->woken) >= notified;

	if (task->local[0] >= notified)
		sy_count(&job->out_of_turn);
	if (sy_count_read(&turn->tokens)) {
		sy_count_set(&turn->tokens, sy_count_read(&turn->tokens) - 1);
		sy_count(&turn->passed);
		return condition_op(task, job, SY_UNLOCK,
		                    last ? WAITER_UNLOCKED : WAITER_OVER);
	}
	sy_count(&job->kept_waiting);
	draw(task, turn);
	if (last)
		return condition_op(task, job, SY_SET, WAITER_REPORTED);
	return condition_op(task, job, SY_WAIT, WAITER_WOKEN);
}

static struct sy_op waiter_step(struct sy_task *task, struct condition_job *job,
                                struct turn *turn)
{
	switch (task->step) {
	case CONDITION_BEGIN:
		return condition_op(task, job, SY_LOCK, WAITER_LOCKED);
	case WAITER_LOCKED:
		return come(task, job, turn);
	case WAITER_REPORTED:
		return condition_op(task, job, SY_WAIT, WAITER_WOKEN);
	case WAITER_WOKEN:
		return wake(task, job, turn);
	case WAITER_UNLOCKED:
		return condition_op(task, job, SY_SET, WAITER_OVER);
	default:
		return condition_end(task);
	}
}

/* With the lock, when all have passed: for the generation after the next. */
static struct sy_op finish(struct sy_task *task, struct condition_job *job,
                           struct turn *turn)
{
	sy_count_set(&turn->waits, 0);
	sy_count_set(&turn->notified, 0);
	sy_count_set(&turn->woken, 0);
	sy_count_set(&turn->tokens, 0);
	sy_count_set(&turn->passed, 0);
	return condition_op(task, job, SY_UNLOCK, NOTIFIER_OVER);
}

/* With the lock, when those notified have reported. */
static struct sy_op notify(struct sy_task *task, struct condition_job *job,
                           struct turn *turn)
{
	uint32_t notified = sy_count_read(&turn->notified);
	uint32_t passed = sy_count_read(&turn->passed);
	uint32_t count = job->waiters - passed;
	struct sy_op op;

	if (sy_count_read(&turn->woken) != notified ||
	    sy_count_read(&turn->waits) < job->waiters)
		sy_count(&job->miscounted);
	if (passed >= job->waiters)
		return finish(task, job, turn);
	if (count > job->notify)
		count = job->notify;
	if (notified)
		sy_count_set(&turn->tokens, count);
	sy_count_set(&turn->notified, notified + count);
	op = condition_op(task, job, SY_NOTIFY, NOTIFIER_NOTIFIED);
	op.count = count;
	return op;
}

static struct sy_op notifier_step(struct sy_task *task,
                                  struct condition_job *job, struct turn *turn)
{
	switch (task->step) {
	case CONDITION_BEGIN:
	case NOTIFIER_UNLOCKED:
		return condition_op(task, job, SY_AWAIT, NOTIFIER_TOLD);
	case NOTIFIER_TOLD:
		return condition_op(task, job, SY_CLEAR, NOTIFIER_CLEARED);
	case NOTIFIER_CLEARED:
		return condition_op(task, job, SY_LOCK, NOTIFIER_LOCKED);
	case NOTIFIER_LOCKED:
		return notify(task, job, turn);
	case NOTIFIER_NOTIFIED:
		return condition_op(task, job, SY_UNLOCK, NOTIFIER_UNLOCKED);
	default:
		return condition_end(task);
	}
}

/*
 * A process of the model has died: what this task waits for may never come.
 * It holds the lock, but where it was told of an event.
 */
static struct sy_op give_up(struct sy_task *task,
                            const struct condition_job *job)
{
	if (task->step == NOTIFIER_TOLD)
		return condition_end(task);
	return condition_op(task, job, SY_UNLOCK, WAITER_OVER);
}

static struct sy_op condition_step(struct sy_task *task)
{
	struct condition_job *job = (struct condition_job *)task->job;
	struct turn *turn = &job->turns[generation(task, job) & 1];

	if (task->step == CONDITION_BEGIN)
		task->deadline_ns = 0;
	else if (task->result < 0)
		task->error = (int32_t)task->result;
	if (task->step != CONDITION_BEGIN && task->step != WAITER_OVER &&
	    task->result == -EOWNERDEAD)
		return give_up(task, job);
	if (task->index % (job->waiters + 1) == job->waiters)
		return notifier_step(task, job, turn);
	return waiter_step(task, job, turn);
}

static int condition_open(void **state, const struct sy_load *load,
                          struct sy_batch *batch)
{
	const struct condition_job job = { .waiters = batch->inflight - 1,
		                           .notify = load->notify };
	int rc;

	if (!job.waiters || !job.notify || job.notify > job.waiters)
		return -EINVAL;
	rc = sy_job_create(state, &job, sizeof(job));
	if (rc)
		return rc;
	batch->step = condition_step;
	batch->job = *state;
	batch->lock_count = 2;
	batch->event_count = 2;
	return 0;
}

static void condition_close(void *state, struct sy_batch *batch)
{
	batch->job = NULL;
	batch->lock_count = 0;
	batch->event_count = 0;
	sy_job_destroy(state, sizeof(struct condition_job));
}

static unsigned condition_wants(const struct sy_load *load)
{
	(void)load;
	return SY_WANTS_ORDER;
}

static struct sy_portion condition_portion(const struct sy_load *load,
                                           uint32_t inflight)
{
	(void)load;
	return (struct sy_portion){ .tasks = inflight, .operations = 1 };
}

static int condition_settle(void *state, struct sy_batch *batch,
                            uint64_t found[SY_FINDINGS_MAX],
                            char reason[SY_BROKEN_BYTES])
{
	struct condition_job *job = state;
	uint64_t generations = batch->task_count / (job->waiters + 1);
	uint64_t kept = sy_count_take(&job->kept_waiting);
	uint32_t out_of_turn = sy_count_take(&job->out_of_turn);
	uint32_t miscounted = sy_count_take(&job->miscounted);

	if (out_of_turn)
		return sy_promise_broken(reason,
		                         "%" PRIu32 " were woken that had not "
		                         "been notified",
		                         out_of_turn);
	if (miscounted)
		return sy_promise_broken(reason,
		                         "%" PRIu32 " times not as many were "
		                         "woken as notified",
		                         miscounted);
	if (kept != generations * job->notify)
		return sy_promise_broken(reason,
		                         "%" PRIu64 " waited on because what "
		                         "they waited for was false, instead "
		                         "of %" PRIu64,
		                         kept, generations * job->notify);
	found[FOUND_KEPT_WAITING] = kept;
	return 0;
}

static const struct sy_finding findings[] = {
	[FOUND_KEPT_WAITING] = { .name = "kept_waiting",
	                         .summary = "woken on purpose while what they "
	                                    "waited for was false" },
	{ .name = NULL },
};

const struct sy_workload sy_workload_condition = {
	.name = "condition",
	.summary = "all wait for a condition, and one notifies them",
	.stamped = false,
	.scratch_bytes = sy_no_scratch,
	.open = condition_open,
	.expected = sy_seed_expected,
	.findings = findings,
	.wants = condition_wants,
	.portion = condition_portion,
	.settle = condition_settle,
	.close = condition_close,
};
