/* SPDX-License-Identifier: MIT */
/*
 * peer_pool.c - pool.bare: processes started once, two rings in shared memory
 * and futexes for who sleeps, with the work called directly.
 *
 * The rings and the rule of whom to wake are the pool's own (ring.h,
 * crowd.h).  There are no callbacks: the submitter adds the results up.
 */
#include "study/peer.h"

#include <stdio.h>
#include <stdlib.h>

#include "crowd.h"
#include "futex.h"
#include "process.h"
#include "ring.h"

struct worker {
	struct sy_process process;
	struct pool *pool;
	uint32_t index;
};

/* Lies in a shared mapping, with all that it points to. */
struct pool {
	struct sy_peer peer;
	size_t bytes;
	struct sy_rings rings;
	struct sy_crowd crowd;
	_Alignas(64) _Atomic uint32_t asleep; /* 1: the submitter sleeps */
	struct worker *workers;
};

static const struct timespec look_every = { .tv_nsec = 100 * 1000 * 1000 };

static bool has_job(void *rings)
{
	return sy_has_job(rings);
}

static void wake_submitter(struct pool *pool)
{
	/* Changed by both sides: who comes second sees what the first did. */
	if (atomic_exchange(&pool->asleep, 0))
		sy_futex_wake(&pool->asleep, 1);
}

/* A blocking exchange lets another worker go on meanwhile. */
static void task(struct worker *worker, const struct sy_ring_job *job)
{
	struct pool *pool = worker->pool;
	struct sy_lane *lane = &pool->peer.batch->lanes[worker->index];
	struct sy_ring_result result = { .index = job->index };

	if (!pool->peer.job) {
		result.value = sy_peer_compute(&pool->peer, job->index);
	} else {
		sy_crowd_leave(&pool->crowd, worker->index, has_job,
		               &pool->rings);
		result.error = sy_peer_task(&pool->peer, lane, job->index,
		                            &result.value);
		sy_crowd_resume(&pool->crowd, worker->index);
	}
	sy_push_result(&pool->rings, &result);
}

static void work(void *data)
{
	struct worker *worker = data;
	struct pool *pool = worker->pool;
	struct sy_ring_job job;
	bool woken = false;

	for (;;) {
		if (!sy_pop_job(&pool->rings, &job)) {
			wake_submitter(pool);
			sy_crowd_park(&pool->crowd, worker->index, has_job,
			              &pool->rings);
			sy_context_see(
				&pool->peer.batch->contexts[worker->index]);
			woken = true;
			continue;
		}
		if (woken && pool->crowd.group_count > 1 &&
		    sy_has_job(&pool->rings))
			sy_crowd_wake(&pool->crowd);
		woken = false;
		task(worker, &job);
	}
}

/* Until a worker found no more jobs, or one of them died. */
static int await_results(struct pool *pool)
{
	atomic_exchange(&pool->asleep, 1);
	if (!sy_has_result(&pool->rings))
		sy_futex_wait(&pool->asleep, 1, &look_every);
	if (!atomic_exchange(&pool->asleep, 0) || sy_has_result(&pool->rings))
		return 0;
	for (uint32_t i = 0; i < pool->peer.batch->inflight; i++) {
		if (!sy_process_alive(pool->workers[i].process.pid))
			return -ECHILD;
	}
	return 0;
}

static uint32_t add_up(struct pool *pool, struct sy_tally *tally)
{
	struct sy_ring_result result;
	uint32_t count = 0;

	for (; sy_pop_result(&pool->rings, &result); count++)
		sy_tally_add(tally, result.index, result.value, result.error);
	return count;
}

static int peer_run(void *state)
{
	struct pool *pool = state;
	struct sy_batch *batch = pool->peer.batch;
	struct sy_tally tally = { 0 };
	uint64_t next = 0;
	uint32_t ahead = 0, ended;
	int rc = 0;

	while (!rc && tally.done < batch->task_count) {
		if (ahead < batch->window && next < batch->task_count) {
			for (;
			     ahead < batch->window && next < batch->task_count;
			     ahead++)
				sy_push_job(&pool->rings,
				            (struct sy_ring_job){
						    .index = next++ });
			sy_crowd_wake(&pool->crowd);
		}
		ended = add_up(pool, &tally);
		ahead -= ended;
		if (!ended)
			rc = await_results(pool);
	}
	batch->lanes[0].tally = tally;
	return rc;
}

static int workers_start(struct pool *pool)
{
	uint32_t count = pool->peer.batch->inflight;
	int rc = 0;

	fflush(NULL);
	for (uint32_t i = 0; !rc && i < count; i++) {
		struct worker *worker = &pool->workers[i];

		worker->pool = pool;
		worker->index = i;
		rc = sy_process_start(&worker->process, pool->peer.batch, i,
		                      work, worker);
	}
	for (uint32_t i = 0; !rc && i < count; i++)
		rc = sy_process_await(&pool->workers[i].process);
	return rc;
}

static void peer_close(void *state)
{
	struct pool *pool = state;

	for (uint32_t i = 0; i < pool->peer.batch->inflight; i++)
		sy_process_end(&pool->workers[i].process);
	sy_shared_destroy(pool, pool->bytes);
}

static size_t round_up(size_t bytes)
{
	return (bytes + 127) / 128 * 128;
}

static int pool_create(struct pool **made, const struct sy_peer *peer)
{
	uint32_t workers = peer->batch->inflight;
	uint32_t pus = peer->batch->pu_count;
	uint32_t groups = pus < workers ? pus : workers;
	size_t rings_at = round_up(sizeof(struct pool));
	size_t crowd_at =
		rings_at + round_up(sy_rings_bytes(peer->batch->window));
	size_t workers_at =
		crowd_at + round_up(sy_crowd_bytes(workers, groups));
	size_t bytes = workers_at + workers * sizeof(struct worker);
	void *memory;
	int rc = sy_shared_create(&memory, bytes);

	if (rc)
		return rc;
	*made = memory;
	(*made)->peer = *peer;
	(*made)->bytes = bytes;
	(*made)->workers = (void *)((char *)memory + workers_at);
	sy_rings_init(&(*made)->rings, peer->batch->window,
	              (char *)memory + rings_at);
	sy_crowd_init(&(*made)->crowd, workers, groups,
	              (char *)memory + crowd_at);
	return 0;
}

static int peer_open(void **state, struct sy_batch *batch)
{
	struct sy_peer peer;
	struct pool *pool;
	int rc = sy_peer_init(&peer, batch);

	if (!rc)
		rc = pool_create(&pool, &peer);
	if (rc)
		return rc;
	rc = workers_start(pool);
	if (rc)
		peer_close(pool);
	else
		*state = pool;
	return rc;
}

static void peer_needs(const struct sy_batch *batch, struct sy_needs *needs)
{
	*needs = (struct sy_needs){ .contexts = batch->inflight,
		                    .processes = batch->inflight,
		                    .mappings = 1 };
}

const struct sy_model sy_peer_pool = {
	.name = "pool.bare",
	.summary = "worker processes, two rings, and the work called directly",
	.absent = sy_peer_absent,
	.needs = peer_needs,
	.open = peer_open,
	.run = peer_run,
	.close = peer_close,
};
