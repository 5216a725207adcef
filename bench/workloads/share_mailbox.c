/* SPDX-License-Identifier: MIT */
/*
 * share_mailbox.c - data that a process owns, asked for through shared memory.
 *
 * A task's operations are requests, one after the other, as over a socket; but
 * the request lies in the lane's mailbox, and either side wakes the other by a
 * gate.  For models whose contexts the kernel schedules: who sleeps on a futex
 * of another process stops its whole thread.  An owner that died fails the
 * task with -EOWNERDEAD.
 */
#include "workloads/share.h"

#include <errno.h>
#include <stdlib.h>

#include "workloads/job.h"
#include "workloads/mailbox.h"
#include "workloads/owned.h"
#include "workloads/promise.h"
#include "workloads/steps.h"

enum { STEP_BEGIN, STEP_MARKED, STEP_ANSWERED };

struct post_job {
	struct sy_owned owned; /* first */
	struct sy_post *post;
};

static struct sy_op finish(struct sy_task *task, int error)
{
	task->error = error;
	return (struct sy_op){ .kind = SY_DONE };
}

/* local[0] is the operation. */
static struct sy_op ask(struct sy_task *task)
{
	const struct post_job *job = task->job;
	uint32_t lane = task->lane->index;

	if (atomic_load_explicit(&job->post->dead, memory_order_relaxed))
		return finish(task, -EOWNERDEAD);
	sy_owned_next(job->post->boxes[lane].request, task,
	              (uint32_t)task->local[0]);
	sy_mailbox_mark(job->post, lane);
	task->step = STEP_MARKED;
	return (struct sy_op){ .kind = SY_RELEASE,
		               .count = 1,
		               .place = SY_MAILBOX_GATE };
}

static struct sy_op await_answer(struct sy_task *task)
{
	task->step = STEP_ANSWERED;
	return (struct sy_op){ .kind = SY_ACQUIRE,
		               .place = sy_mailbox_gate(task->lane->index) };
}

static struct sy_op answered(struct sy_task *task)
{
	const struct post_job *job = task->job;
	uint32_t lane = task->lane->index, operation = (uint32_t)task->local[0];
	int rc;

	if (!sy_mailbox_answered(job->post, lane)) {
		if (atomic_load(&job->post->dead))
			return finish(task, -EOWNERDEAD);
		/* The unit was for a task here that died before its answer. */
		return await_answer(task);
	}
	rc = sy_owned_take(job->post->boxes[lane].reply, task, operation);
	if (rc)
		return finish(task, rc);
	task->local[0] = ++operation;
	return operation < job->owned.load.sections ? ask(task)
	                                            : finish(task, 0);
}

static struct sy_op mailbox_step(struct sy_task *task)
{
	if (task->step == STEP_ANSWERED)
		return answered(task);
	/* -EOVERFLOW: the owner is dead, and its gate full. */
	if (task->step == STEP_MARKED)
		return await_answer(task);
	task->value = sy_task_seed(task->index);
	task->local[0] = 0;
	task->local[1] = 0;
	return ask(task);
}

static int mailbox_open(void **state, const struct sy_load *load,
                        struct sy_batch *batch)
{
	struct post_job job = {
		.owned = { .load = *load,
		           .keys = sy_owned_keys(load, batch->inflight),
		           .lanes = batch->inflight },
	};
	/* The lanes', and one of whoever settles. */
	int rc = sy_post_open(&job.post, batch->inflight + 1, job.owned.keys,
	                      load->server_pu);

	if (rc)
		return rc;
	rc = sy_job_create(state, &job, sizeof(job));
	if (rc) {
		sy_post_close(job.post);
		return rc;
	}
	batch->step = mailbox_step;
	batch->job = *state;
	batch->gate_count = job.post->count + 1;
	batch->gate_units = job.post->units;
	batch->places = job.post->places;
	return 0;
}

static int ask_sum(struct sy_post *post, uint64_t *sum)
{
	uint32_t own = post->count - 1;

	if (atomic_load(&post->dead))
		return -EOWNERDEAD;
	sy_ask_sum(post->boxes[own].request);
	sy_mailbox_mark(post, own);
	sy_places_release(post->places, SY_MAILBOX_GATE, 1);
	sy_places_acquire(post->places, sy_mailbox_gate(own));
	return sy_mailbox_answered(post, own)
	               ? sy_owned_number(post->boxes[own].reply, sum)
	               : -EOWNERDEAD;
}

static int mailbox_settle(void *state, struct sy_batch *batch,
                          uint64_t found[SY_FINDINGS_MAX],
                          char reason[SY_BROKEN_BYTES])
{
	struct post_job *job = state;
	uint64_t sum = 0;
	int asked = ask_sum(job->post, &sum);

	return sy_owned_settle(&job->owned, batch, asked, sum, found, reason);
}

/* The owner, and its parent. */
static void mailbox_needs(const struct sy_load *load, uint32_t inflight,
                          struct sy_needs *needs)
{
	needs->processes += 2;
	needs->bytes += (uint64_t)inflight * sizeof(struct sy_mailbox) +
	                (uint64_t)sy_owned_keys(load, inflight) *
	                        SY_DICTIONARY_KEY_BYTES;
}

static pid_t mailbox_pid(const void *state)
{
	const struct post_job *job = state;

	return atomic_load(&job->post->owner);
}

static void mailbox_close(void *state, struct sy_batch *batch)
{
	struct post_job *job = state;

	sy_post_close(job->post);
	batch->job = NULL;
	batch->gate_count = 0;
	batch->gate_units = NULL;
	batch->places = NULL;
	sy_job_destroy(job, sizeof(*job));
}

static unsigned mailbox_wants(const struct sy_load *load)
{
	(void)load;
	return SY_WANTS_OUTSIDE;
}

const struct sy_share_way sy_share_mailbox = {
	.needs = mailbox_needs,
	.wants = mailbox_wants,
	.scratch_bytes = sy_no_scratch,
	.open = mailbox_open,
	.expected = sy_seed_expected,
	.settle = mailbox_settle,
	.server = mailbox_pid,
	.close = mailbox_close,
};
