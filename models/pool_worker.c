/* SPDX-License-Identifier: MIT */
/* pool_worker.c - see pool_worker.h. */
#include "pool_worker.h"

#include "blocking.h"
#include "futex.h"

static bool has_job(void *data)
{
	return sy_has_job(data);
}

/* A task is about to block: somebody else goes on with the ring. */
static void before_block(void *data)
{
	struct sy_pool_worker *worker = data;
	struct sy_pool_shared *shared = worker->shared;

	if (worker->left)
		return;
	worker->left = true;
	sy_crowd_leave(&shared->crowd, worker->index, has_job, &shared->rings);
}

static void wake_submitter(struct sy_pool_shared *shared)
{
	sy_fence();
	if (atomic_load_explicit(&shared->asleep, memory_order_relaxed) &&
	    atomic_exchange(&shared->asleep, 0))
		sy_futex_wake(&shared->asleep, 1);
}

static void carry_out(struct sy_pool_worker *worker,
                      const struct sy_ring_job *job)
{
	struct sy_batch *batch = worker->batch;
	struct sy_pool_shared *shared = worker->shared;
	struct sy_lane *lane = &batch->lanes[worker->index];
	struct sy_ring_result result = { .index = job->index,
		                         .call = job->call };

	sy_task_begin(batch, lane, job->index);
	sy_blocking_run(batch, worker->places, lane, before_block, worker);
	sy_task_stamp(batch, lane);
	if (worker->left) {
		worker->left = false;
		sy_crowd_resume(&shared->crowd, worker->index);
	}
	sy_context_see(&batch->contexts[worker->index]);
	result.value = lane->task.value;
	result.error = lane->task.error;
	sy_push_result(&shared->rings, &result);
}

void sy_pool_work(void *data)
{
	struct sy_pool_worker *worker = data;
	struct sy_pool_shared *shared = worker->shared;
	bool woken = false;
	struct sy_ring_job job;

	for (;;) {
		if (!sy_pop_job(&shared->rings, &job)) {
			wake_submitter(shared);
			sy_crowd_park(&shared->crowd, worker->index, has_job,
			              &shared->rings);
			woken = true;
			continue;
		}
		/* There is more than this worker was woken for: another PU
		   that does nothing may help. */
		if (woken && shared->crowd.group_count > 1 &&
		    sy_has_job(&shared->rings))
			sy_crowd_wake(&shared->crowd);
		woken = false;
		carry_out(worker, &job);
	}
}
