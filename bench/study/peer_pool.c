/* SPDX-License-Identifier: MIT */
/*
 * peer_pool.c - pool.bare: processes started once, a ring in shared memory
 * and futexes for who sleeps, with the work called directly.
 *
 * The ring and the rule of whom to wake are the pool's own (ring.h, crowd.h).
 * There are no callbacks, and nobody learns which task a worker was at when it
 * died: the submitter adds the results up.
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
	_Alignas(64) _Atomic uint64_t claim; /* of no use here */
};

/* Lies in a shared mapping, with all that it points to. */
struct pool {
	struct sy_peer peer;
	size_t bytes;
	struct sy_ring ring;
	struct sy_crowd crowd;
	_Alignas(64) _Atomic uint32_t asleep; /* 1: the submitter sleeps */
	struct worker *workers;
	uint32_t *free; /* numbers of jobs; a stack */
};

static const struct timespec look_every = { .tv_nsec = 100 * 1000 * 1000 };

static bool has_job(void *ring)
{
	return sy_has_job(ring);
}

static void wake_submitter(struct pool *pool)
{
	/* Changed by both sides: who comes second sees what the first did. */
	if (atomic_exchange(&pool->asleep, 0))
		sy_futex_wake(&pool->asleep, 1);
}

/* A blocking exchange lets another worker go on meanwhile. */
static void task(struct worker *worker, uint32_t number)
{
	struct pool *pool = worker->pool;
	struct sy_lane *lane = &pool->peer.batch->lanes[worker->index];
	struct sy_job *job = &pool->ring.jobs[number];

	if (!pool->peer.job) {
		job->value = sy_peer_compute(&pool->peer, job->index);
	} else {
		sy_crowd_leave(&pool->crowd, worker->index, has_job,
		               &pool->ring);
		job->error = sy_peer_task(&pool->peer, lane, job->index,
		                          &job->value);
		sy_crowd_resume(&pool->crowd, worker->index);
	}
	sy_push_ended(&pool->ring, number, number);
}

static void work(void *data)
{
	struct worker *worker = data;
	struct pool *pool = worker->pool;
	bool woken = false;

	for (;;) {
		uint32_t job = sy_pop_job(&pool->ring, &worker->claim);

		if (!job) {
			wake_submitter(pool);
			sy_crowd_park(&pool->crowd, worker->index, has_job,
			              &pool->ring);
			sy_context_see(
				&pool->peer.batch->contexts[worker->index]);
			woken = true;
			continue;
		}
		if (woken && pool->crowd.group_count > 1 &&
		    sy_has_job(&pool->ring))
			sy_crowd_wake(&pool->crowd);
		woken = false;
		task(worker, job);
	}
}

/* Until a worker found no more jobs, or one of them died. */
static int await_results(struct pool *pool)
{
	atomic_exchange(&pool->asleep, 1);
	if (!sy_has_ended(&pool->ring))
		sy_futex_wait(&pool->asleep, 1, &look_every);
	if (!atomic_exchange(&pool->asleep, 0) || sy_has_ended(&pool->ring))
		return 0;
	for (uint32_t i = 0; i < pool->peer.batch->inflight; i++) {
		if (!sy_process_alive(pool->workers[i].process.pid))
			return -ECHILD;
	}
	return 0;
}

/* What has ended is free again: it lies on top of those that are. */
static uint32_t add_up(struct pool *pool, struct sy_tally *tally,
                       uint32_t *free, uint32_t free_count)
{
	uint32_t number = sy_take_ended(&pool->ring);

	while (number) {
		const struct sy_job *job = &pool->ring.jobs[number];

		sy_tally_add(tally, job->index, job->value, job->error);
		free[free_count++] = number;
		number = job->next;
	}
	return free_count;
}

static void submit(struct pool *pool, uint32_t number, uint64_t index)
{
	sy_set_job(&pool->ring, number, index, 0);
	sy_push_job(&pool->ring, number);
}

static int peer_run(void *state)
{
	struct pool *pool = state;
	struct sy_batch *batch = pool->peer.batch;
	struct sy_tally tally = { 0 };
	uint64_t next = 0;
	uint32_t free_count = batch->window, before;
	int rc = 0;

	while (!rc && tally.done < batch->task_count) {
		if (free_count && next < batch->task_count) {
			while (free_count && next < batch->task_count)
				submit(pool, pool->free[--free_count], next++);
			sy_crowd_wake(&pool->crowd);
		}
		before = free_count;
		free_count = add_up(pool, &tally, pool->free, free_count);
		if (free_count == before)
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
	uint32_t window = peer->batch->window;
	uint32_t workers = peer->batch->inflight;
	uint32_t pus = peer->batch->pu_count;
	uint32_t groups = pus < workers ? pus : workers;
	size_t ring_at = round_up(sizeof(struct pool));
	size_t crowd_at = ring_at + round_up(sy_ring_bytes(window));
	size_t workers_at =
		crowd_at + round_up(sy_crowd_bytes(workers, groups));
	size_t free_at = workers_at + round_up(workers * sizeof(struct worker));
	size_t bytes = free_at + window * sizeof(uint32_t);
	void *memory;
	int rc = sy_shared_create(&memory, bytes);

	if (rc)
		return rc;
	*made = memory;
	(*made)->peer = *peer;
	(*made)->bytes = bytes;
	(*made)->workers = (void *)((char *)memory + workers_at);
	(*made)->free = (void *)((char *)memory + free_at);
	for (uint32_t i = 0; i < window; i++)
		(*made)->free[i] = i + 1;
	sy_ring_init(&(*made)->ring, window, (char *)memory + ring_at);
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
