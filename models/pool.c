/* SPDX-License-Identifier: MIT */
/*
 * pool.c - the submitter's side of the pool; see pool.h.
 *
 * Jobs and results pass through two rings in shared memory (ring.h) and a
 * system call is made only where somebody sleeps.  The submitter fills the
 * window, wakes one worker and sleeps until a worker finds no more jobs; so
 * on one PU a window costs two context switches, whatever its size.  Who is
 * woken besides, crowd.h says.
 *
 * A submitter that sleeps looks ten times a second whether all workers live.
 */
#include "pool.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "blocking_connection.h"
#include "futex.h"
#include "places.h"
#include "pool_worker.h"

/* How often a sleeping submitter looks whether the workers live. */
static const struct timespec look_every = { .tv_nsec = 100 * 1000 * 1000 };

/* Whom to tell of the end of a job. */
struct call {
	sy_pool_done_fn *done;
	void *data;
};

struct sy_pool {
	struct sy_batch *batch;
	struct sy_pool_memory memory;
	struct sy_places *places;
	uint32_t window; /* tasks submitted ahead at most */
	int error;       /* -ECHILD: a worker has died */
	uint32_t free_count;
	uint32_t *free_calls; /* `window` of each; a stack */
	struct call *calls;
};

static int check_workers(struct sy_pool *pool)
{
	uint32_t i;

	for (i = 0; i < pool->batch->inflight; i++)
		if (!sy_process_alive(pool->memory.workers[i].process.pid))
			pool->error = -ECHILD;
	if (pool->error)
		sy_places_abandon(pool->places);
	return pool->error;
}

/* Until a worker finds no more jobs.  Not at all where a result is there. */
static int sleep_submitter(struct sy_pool *pool)
{
	struct sy_pool_shared *shared = pool->memory.shared;

	atomic_store(&shared->asleep, 1);
	sy_fence();
	if (!sy_has_result(&shared->rings))
		sy_futex_wait(&shared->asleep, 1, &look_every);
	/* Still set: nobody woke us, so time is up or a signal came. */
	if (atomic_exchange(&shared->asleep, 0) &&
	    !sy_has_result(&shared->rings))
		return check_workers(pool);
	return 0;
}

/* Calls back what has ended; the number of tasks. */
static uint32_t call_back(struct sy_pool *pool)
{
	struct sy_ring_result from;
	uint32_t count = 0;

	while (sy_pop_result(&pool->memory.shared->rings, &from)) {
		struct sy_pool_result result = { .index = from.index,
			                         .value = from.value,
			                         .error = from.error };
		struct call *call = &pool->calls[from.call];

		pool->free_calls[pool->free_count++] = from.call;
		call->done(call->data, &result);
		count++;
	}
	return count;
}

/* Waits until at least one task was called back. */
static int await_some(struct sy_pool *pool)
{
	int err = pool->error;

	while (!err && !call_back(pool))
		err = sleep_submitter(pool);
	return err;
}

static void push(struct sy_pool *pool, uint64_t index, sy_pool_done_fn *done,
                 void *data)
{
	uint32_t id = pool->free_calls[--pool->free_count];
	struct sy_ring_job job = { .index = index, .call = id };

	pool->calls[id].done = done;
	pool->calls[id].data = data;
	sy_push_job(&pool->memory.shared->rings, job);
}

int sy_pool_map(struct sy_pool *pool, uint64_t first, uint64_t count,
                sy_pool_done_fn *done, void *data)
{
	uint64_t end = first + count;
	int err = pool->error;

	while (!err && first < end) {
		while (pool->free_count && first < end)
			push(pool, first++, done, data);
		sy_crowd_wake(&pool->memory.shared->crowd);
		if (first < end)
			err = await_some(pool);
	}
	return err;
}

int sy_pool_submit(struct sy_pool *pool, uint64_t index, sy_pool_done_fn *done,
                   void *data)
{
	int err = pool->error;

	while (!err && !pool->free_count)
		err = await_some(pool);
	if (err)
		return err;
	push(pool, index, done, data);
	sy_crowd_wake(&pool->memory.shared->crowd);
	return 0;
}

int sy_pool_wait(struct sy_pool *pool)
{
	int err = pool->error;

	while (!err && pool->free_count < pool->window)
		err = await_some(pool);
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

int sy_pool_apply(struct sy_pool *pool, uint64_t index,
                  struct sy_pool_result *result)
{
	struct answer answer = { .there = false };
	int err;

	err = sy_pool_submit(pool, index, keep_answer, &answer);
	while (!err && !answer.there)
		err = await_some(pool);
	if (!err)
		*result = answer.result;
	return err;
}

struct sy_batch *sy_pool_batch(struct sy_pool *pool)
{
	return pool->batch;
}

static int create_calls(struct sy_pool *pool)
{
	uint32_t window = pool->window;

	pool->calls = calloc(window, sizeof(*pool->calls));
	pool->free_calls = calloc(window, sizeof(*pool->free_calls));
	if (!pool->calls || !pool->free_calls)
		return -ENOMEM;
	while (pool->free_count < window) {
		pool->free_calls[pool->free_count] =
			window - 1 - pool->free_count;
		pool->free_count++;
	}
	return 0;
}

static int start_workers(struct sy_pool *pool)
{
	uint32_t i, count = pool->batch->inflight;
	int err = 0;

	fflush(NULL);
	for (i = 0; !err && i < count; i++) {
		struct sy_pool_worker *worker = &pool->memory.workers[i];

		worker->batch = pool->batch;
		worker->shared = pool->memory.shared;
		worker->places = pool->places;
		worker->index = i;
		err = sy_process_start(&worker->process, pool->batch, i,
		                       sy_pool_work, worker);
	}
	for (i = 0; !err && i < count; i++)
		err = sy_process_await(&pool->memory.workers[i].process);
	return err;
}

void sy_pool_close(struct sy_pool *pool)
{
	uint32_t i;

	for (i = 0; i < pool->memory.worker_count; i++)
		sy_process_end(&pool->memory.workers[i].process);
	sy_connections_forget(pool->batch);
	sy_pool_memory_destroy(&pool->memory);
	if (pool->places)
		sy_places_part(pool->places, pool->batch);
	free(pool->free_calls);
	free(pool->calls);
	free(pool);
}

/* Tasks that wait for one another have to be with a worker, all of them. */
static uint32_t window_of(const struct sy_batch *batch)
{
	uint32_t window = batch->window;

	while (batch->wants & SY_WANTS_ORDER && window < batch->inflight)
		window *= 2;
	return window;
}

int sy_pool_open(struct sy_pool **pool_out, struct sy_batch *batch)
{
	struct sy_pool *pool;
	int err;

	if (!batch->window || batch->window & (batch->window - 1))
		return -EINVAL;
	pool = calloc(1, sizeof(*pool));
	if (!pool)
		return -ENOMEM;
	pool->batch = batch;
	pool->window = window_of(batch);
	err = sy_pool_memory_create(&pool->memory, pool->window,
	                            batch->inflight, batch->pu_count);
	if (!err)
		err = sy_places_join(&pool->places, batch, true);
	if (!err)
		err = create_calls(pool);
	if (!err)
		err = start_workers(pool);
	if (err)
		sy_pool_close(pool);
	else
		*pool_out = pool;
	return err;
}
