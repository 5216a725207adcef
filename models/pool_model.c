/* SPDX-License-Identifier: MIT */
/*
 * pool_model.c - the pool (pool.h) as a model.
 *
 * Every task is submitted, and its result folded into lane 0's tally when it
 * is called back.  A worker that died is an error of the run, though all other
 * tasks have ended then and the next run has as many workers again.
 */
#include "models.h"

#include <errno.h>
#include <stddef.h>

#include "pool.h"

static const char *absent(void)
{
	return NULL;
}

static void needs(const struct sy_batch *batch, struct sy_needs *needs)
{
	*needs = (struct sy_needs){
		.contexts = batch->inflight,
		.processes = batch->inflight,
		.mappings = 2, /* the rings, the meeting places */
	};
}

static int open_pool(void **state, struct sy_batch *batch)
{
	struct sy_pool *pool;
	int err = sy_pool_open(&pool, batch);

	if (!err)
		*state = pool;
	return err;
}

static void fold(void *data, const struct sy_pool_result *result)
{
	sy_tally_add(data, result->index, result->value, result->error);
}

static int run(void *state)
{
	struct sy_pool *pool = state;
	struct sy_batch *batch = sy_pool_batch(pool);
	uint64_t deaths = sy_pool_deaths(pool);
	int err;

	/* Of a run that failed for want of workers: they would be folded into
	   the tally of this one. */
	if (sy_pool_unfinished(pool, NULL, 0))
		return -ECHILD;
	err = sy_pool_map(pool, 0, batch->task_count, 1, fold,
	                  &batch->lanes[0].tally);
	if (!err)
		err = sy_pool_wait(pool);
	return !err && sy_pool_deaths(pool) != deaths ? -ECHILD : err;
}

static void close_pool(void *state)
{
	sy_pool_close(state);
}

const struct sy_model sy_model_pool = {
	.name = "pool",
	.summary = "worker processes started once, tasks submitted and results "
		   "called back; a context is a process",
	.absent = absent,
	.needs = needs,
	.open = open_pool,
	.run = run,
	.close = close_pool,
	.mechanisms = sy_pool_mechanisms,
};
