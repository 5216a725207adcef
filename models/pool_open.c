/* SPDX-License-Identifier: MIT */
/* pool_open.c - making a pool and its workers, and ending both. */
#include "pool_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "blocking_connection.h"
#include "places.h"

static int create_calls(struct sy_pool *pool)
{
	uint32_t window = pool->window;

	pool->calls = calloc(window + 1, sizeof(*pool->calls));
	pool->free = calloc(window, sizeof(*pool->free));
	if (!pool->calls || !pool->free)
		return -ENOMEM;
	for (; pool->free_count < window; pool->free_count++)
		pool->free[pool->free_count] = window - pool->free_count;
	return 0;
}

int sy_pool_start(struct sy_pool *pool, uint32_t index)
{
	struct sy_pool_worker *worker = &pool->memory.workers[index];

	worker->batch = pool->batch;
	worker->shared = pool->memory.shared;
	worker->places = pool->places;
	worker->index = index;
	return sy_process_start(&worker->process, pool->batch, index,
	                        sy_pool_work, worker);
}

int sy_pool_await(struct sy_pool *pool, uint32_t index)
{
	return sy_process_await(&pool->memory.workers[index].process);
}

static int start_workers(struct sy_pool *pool)
{
	uint32_t i, count = pool->batch->inflight;
	int err = 0;

	fflush(NULL);
	for (i = 0; !err && i < count; i++)
		err = sy_pool_start(pool, i);
	for (i = 0; !err && i < count; i++)
		err = sy_pool_await(pool, i);
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
	free(pool->free);
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
	pool->patience_ns = SY_POOL_PATIENCE_NS;
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
