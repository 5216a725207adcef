/* SPDX-License-Identifier: MIT */
/*
 * pool.c - the submitter's side of the pool; see pool.h.
 *
 * Jobs go through a ring in shared memory and come back as a list (ring.h),
 * and a system call is made only where somebody sleeps.  The submitter fills
 * the window, wakes one worker and sleeps until a worker finds no more jobs;
 * so on one PU a window costs two context switches, whatever its size.  Who
 * is woken besides, crowd.h says.
 *
 * A submitter that sleeps looks whether all workers live after 10 ms, then
 * less and less often, and ten times a second even if it is woken meanwhile.
 */
#include "pool_internal.h"

#include <errno.h>

#include "futex.h"
#include "places.h"

#define LOOK_EVERY_NS (100 * 1000 * 1000)

/* The clock is not read each time that a worker wakes the submitter. */
static int look_at_times(struct sy_pool *pool)
{
	if (++pool->wakes % 16 ||
	    sy_clock_ns() - pool->looked_ns < LOOK_EVERY_NS)
		return 0;
	return sy_pool_look(pool);
}

/* Until a worker finds no more jobs.  Not at all where a result is there. */
static int sleep_submitter(struct sy_pool *pool)
{
	struct sy_pool_shared *shared = pool->memory.shared;
	struct timespec patience = { .tv_nsec = pool->patience_ns };

	atomic_store(&shared->asleep, 1);
	sy_fence();
	if (!sy_has_ended(&shared->ring))
		sy_futex_wait(&shared->asleep, 1, &patience);
	if (!atomic_exchange(&shared->asleep, 0) || sy_has_ended(&shared->ring))
		return look_at_times(pool);
	/* Still set: nobody woke us, so time is up or a signal came. */
	pool->patience_ns *= 2;
	if (pool->patience_ns > LOOK_EVERY_NS)
		pool->patience_ns = LOOK_EVERY_NS;
	return sy_pool_look(pool);
}

void sy_pool_finish(struct sy_pool *pool, uint32_t number)
{
	const struct sy_job *job = &pool->memory.shared->ring.jobs[number];
	struct sy_pool_call *call = &pool->calls[number];
	struct sy_pool_result result = { .index = job->index,
		                         .value = job->value,
		                         .error = job->error };

	call->claim = 0;
	pool->free[pool->free_count++] = number;
	pool->called++;
	call->done(call->data, &result);
}

bool sy_pool_call_back(struct sy_pool *pool)
{
	struct sy_ring *ring = &pool->memory.shared->ring;
	uint32_t number = sy_take_ended(ring);
	bool any = number;

	pool->calling = true;
	while (number) {
		uint32_t next = ring->jobs[number].next;

		sy_pool_finish(pool, number);
		number = next;
	}
	pool->calling = false;
	if (any)
		pool->patience_ns = SY_POOL_PATIENCE_NS;
	return any;
}

/* Waits until at least one task was called back. */
static int await_some(struct sy_pool *pool)
{
	uint64_t called = pool->called;
	int err = 0;

	while (!err && !sy_pool_call_back(pool) && pool->called == called)
		err = sleep_submitter(pool);
	/* The last worker may be gone, and what it was at called back. */
	return pool->called == called ? err : 0;
}

/* So many tasks as one job; there is room. */
static void push(struct sy_pool *pool, uint64_t index, uint32_t count,
                 sy_pool_done_fn *done, void *data)
{
	struct sy_ring *ring = &pool->memory.shared->ring;
	uint64_t claim = sy_next_claim(ring);
	uint32_t next = 0, number;

	pool->free_count -= count;
	while (count--) {
		number = pool->free[pool->free_count + count];
		sy_set_job(ring, number, index + count, next);
		pool->calls[number] =
			(struct sy_pool_call){ done, data, claim };
		next = number;
	}
	sy_push_job(ring, next);
}

static int refuse(const struct sy_pool *pool)
{
	if (pool->calling)
		return -EDEADLK;
	return pool->shut ? -ESHUTDOWN : 0;
}

/* Four for each worker, as far as they fit into the window. */
static uint32_t choose_chunk(const struct sy_pool *pool, uint64_t count)
{
	uint64_t ahead = pool->window;
	uint64_t chunk = (count < ahead ? count : ahead) /
	                 (4 * (uint64_t)pool->batch->inflight);

	return chunk ? (uint32_t)chunk : 1;
}

int sy_pool_map(struct sy_pool *pool, uint64_t first, uint64_t count,
                uint32_t chunk, sy_pool_done_fn *done, void *data)
{
	int err = refuse(pool);
	uint32_t now;

	if (!chunk)
		chunk = choose_chunk(pool, count);
	if (chunk > pool->window)
		chunk = pool->window;
	while (!err && count) {
		now = count < chunk ? (uint32_t)count : chunk;
		if (pool->free_count >= now) {
			push(pool, first, now, done, data);
			first += now;
			count -= now;
			continue;
		}
		sy_crowd_wake(&pool->memory.shared->crowd);
		err = await_some(pool);
	}
	if (!err)
		sy_crowd_wake(&pool->memory.shared->crowd);
	return err;
}

int sy_pool_submit(struct sy_pool *pool, uint64_t index, sy_pool_done_fn *done,
                   void *data)
{
	int err = refuse(pool);

	while (!err && !pool->free_count)
		err = await_some(pool);
	if (err)
		return err;
	push(pool, index, 1, done, data);
	sy_crowd_wake(&pool->memory.shared->crowd);
	return 0;
}

int sy_pool_wait(struct sy_pool *pool)
{
	int err = pool->calling ? -EDEADLK : 0;

	while (!err && pool->free_count < pool->window)
		err = await_some(pool);
	if (!err && pool->abandoned) {
		sy_places_renew(pool->places, pool->batch);
		pool->abandoned = false;
	}
	return err;
}

struct answer {
	struct sy_pool_result result;
	bool there;
};

static void keep_answer(void *data, const struct sy_pool_result *result)
{
	struct answer *answer = data;

	answer->result = *result;
	answer->there = true;
}

/* Nobody waits for the answer any more, but its task may still be on. */
static void drop_answer(void *data, const struct sy_pool_result *result)
{
	(void)data;
	(void)result;
}

static void disown(struct sy_pool *pool, const struct answer *answer)
{
	uint32_t number;

	for (number = 1; number <= pool->window; number++)
		if (pool->calls[number].data == answer)
			pool->calls[number].done = drop_answer;
}

int sy_pool_apply(struct sy_pool *pool, uint64_t index,
                  struct sy_pool_result *result)
{
	struct answer answer = { .there = false };
	int err;

	err = sy_pool_submit(pool, index, keep_answer, &answer);
	while (!err && !answer.there)
		err = await_some(pool);
	if (err)
		disown(pool, &answer);
	else
		*result = answer.result;
	return err;
}

void sy_pool_shut(struct sy_pool *pool)
{
	pool->shut = true;
}

int sy_pool_join(struct sy_pool *pool)
{
	uint32_t i;
	int err;

	if (pool->calling)
		return -EDEADLK;
	sy_pool_shut(pool);
	err = sy_pool_wait(pool);
	if (err || pool->over)
		return err;
	pool->over = true;
	sy_crowd_end(&pool->memory.shared->crowd);
	for (i = 0; i < pool->memory.worker_count; i++)
		sy_process_reap(&pool->memory.workers[i].process);
	return 0;
}

uint32_t sy_pool_unfinished(const struct sy_pool *pool, uint64_t *indices,
                            uint32_t most)
{
	const struct sy_job *jobs = pool->memory.shared->ring.jobs;
	uint32_t number, count = 0;

	for (number = 1; number <= pool->window && count < most; number++)
		if (pool->calls[number].claim)
			indices[count++] = jobs[number].index;
	return pool->window - pool->free_count;
}

uint64_t sy_pool_deaths(const struct sy_pool *pool)
{
	return pool->deaths;
}

struct sy_batch *sy_pool_batch(struct sy_pool *pool)
{
	return pool->batch;
}
