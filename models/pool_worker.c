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
	sy_crowd_leave(&shared->crowd, worker->index, has_job, &shared->ring);
}

static void wake_submitter(struct sy_pool_shared *shared)
{
	sy_fence();
	if (atomic_load_explicit(&shared->asleep, memory_order_relaxed) &&
	    atomic_exchange(&shared->asleep, 0))
		sy_futex_wake(&shared->asleep, 1);
}

/* When it is killed in here, this is the task that it was at. */
static void carry_out(struct sy_pool_worker *worker, struct sy_job *job)
{
	struct sy_batch *batch = worker->batch;
	struct sy_lane *lane = &batch->lanes[worker->index];

	atomic_store_explicit(&job->state, worker->index + 1,
	                      memory_order_relaxed);
	sy_task_begin(batch, lane, job->index);
	sy_blocking_run(batch, worker->places, lane, before_block, worker);
	sy_task_stamp(batch, lane);
	if (worker->left) {
		worker->left = false;
		sy_crowd_resume(&worker->shared->crowd, worker->index);
	}
	sy_context_see(&batch->contexts[worker->index]);
	job->value = lane->task.value;
	job->error = lane->task.error;
	atomic_store_explicit(&job->state, SY_JOB_ENDED, memory_order_release);
}

/* From its first job on, each of which comes behind those that ended. */
static void carry_out_chain(struct sy_pool_worker *worker, uint32_t first)
{
	struct sy_ring *ring = &worker->shared->ring;
	uint32_t number = first, last = 0;

	while (number) {
		struct sy_job *job = &ring->jobs[number];
		uint32_t next = job->next;

		carry_out(worker, job);
		job->next = last;
		last = number;
		number = next;
	}
	sy_push_ended(ring, last, first);
}

void sy_pool_work(void *data)
{
	struct sy_pool_worker *worker = data;
	struct sy_pool_shared *shared = worker->shared;
	bool woken = false;

	for (;;) {
		uint32_t job = sy_pop_job(&shared->ring, &worker->claim);

		if (!job) {
			wake_submitter(shared);
			if (!sy_crowd_park(&shared->crowd, worker->index,
			                   has_job, &shared->ring))
				return;
			woken = true;
			continue;
		}
		/* There is more than this worker was woken for: another PU
		   that does nothing may help. */
		if (woken && shared->crowd.group_count > 1 &&
		    sy_has_job(&shared->ring))
			sy_crowd_wake(&shared->crowd);
		woken = false;
		carry_out_chain(worker, job);
	}
}
