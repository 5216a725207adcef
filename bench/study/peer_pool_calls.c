/* SPDX-License-Identifier: MIT */
/*
 * peer_pool_calls.c - the pool's calls, each as a model: pool.apply waits for
 * every task, pool.submit calls back for each, pool.map hands them out in
 * chunks.  They are the calls of the tutorial, to be held beside its own.
 */
#include "study/peer.h"

#include "models.h"
#include "pool.h"

static void fold(void *data, const struct sy_pool_result *result)
{
	sy_tally_add(data, result->index, result->value, result->error);
}

static int calls_open(void **state, struct sy_batch *batch)
{
	struct sy_pool *pool;
	int rc = sy_pool_open(&pool, batch);

	if (!rc)
		*state = pool;
	return rc;
}

static int apply_run(void *state)
{
	struct sy_pool *pool = state;
	struct sy_batch *batch = sy_pool_batch(pool);
	struct sy_pool_result result;
	int rc = 0;

	for (uint64_t i = 0; i < batch->task_count && !rc; i++) {
		rc = sy_pool_apply(pool, i, &result);
		if (!rc)
			fold(&batch->lanes[0].tally, &result);
	}
	return rc;
}

static int submit_run(void *state)
{
	struct sy_pool *pool = state;
	struct sy_batch *batch = sy_pool_batch(pool);
	int rc = 0;

	for (uint64_t i = 0; i < batch->task_count && !rc; i++)
		rc = sy_pool_submit(pool, i, fold, &batch->lanes[0].tally);
	return rc ? rc : sy_pool_wait(pool);
}

static int map_run(void *state)
{
	struct sy_pool *pool = state;
	struct sy_batch *batch = sy_pool_batch(pool);
	int rc = sy_pool_map(pool, 0, batch->task_count, 0, fold,
	                     &batch->lanes[0].tally);

	return rc ? rc : sy_pool_wait(pool);
}

static void calls_close(void *state)
{
	sy_pool_close(state);
}

static void calls_needs(const struct sy_batch *batch, struct sy_needs *needs)
{
	sy_model_pool.needs(batch, needs);
}

const struct sy_model sy_peer_pool_apply = {
	.name = "pool.apply",
	.summary = "the pool, each task waited for",
	.absent = sy_peer_absent,
	.needs = calls_needs,
	.open = calls_open,
	.run = apply_run,
	.close = calls_close,
};

const struct sy_model sy_peer_pool_submit = {
	.name = "pool.submit",
	.summary = "the pool, tasks submitted one by one and called back",
	.absent = sy_peer_absent,
	.needs = calls_needs,
	.open = calls_open,
	.run = submit_run,
	.close = calls_close,
};

const struct sy_model sy_peer_pool_map = {
	.name = "pool.map",
	.summary = "the pool, tasks handed out in chunks",
	.absent = sy_peer_absent,
	.needs = calls_needs,
	.open = calls_open,
	.run = map_run,
	.close = calls_close,
};
