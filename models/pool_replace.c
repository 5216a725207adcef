/* SPDX-License-Identifier: MIT */
/*
 * pool_replace.c - workers that die: what they were at, and who comes in
 * their place.
 *
 * The one task that a worker had begun ends with -ECHILD.  Those of its chain
 * that it had ended are called back with their values, and those that it had
 * not begun go to the end of the ring.
 */
#include "pool_internal.h"

#include <errno.h>
#include <stdio.h>
#include <sys/wait.h>

#include "places.h"

/* One call for all: whether a child of the caller has ended, ours or not. */
static bool child_ended(void)
{
	siginfo_t info = { .si_pid = 0 };

	if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT))
		return true; /* there is none, so ours are gone */
	return info.si_pid != 0;
}

/* Whoever claims it may have taken it, or lost it to the one that died. */
static bool living_claim(const struct sy_pool *pool, uint64_t claim)
{
	const struct sy_pool_worker *workers = pool->memory.workers;
	uint32_t i;

	for (i = 0; i < pool->memory.worker_count; i++)
		if (workers[i].process.pid &&
		    atomic_load_explicit(&workers[i].claim,
		                         memory_order_acquire) == claim)
			return true;
	return false;
}

static uint32_t state_of(const struct sy_pool *pool, uint32_t number)
{
	return atomic_load_explicit(
		&pool->memory.shared->ring.jobs[number].state,
		memory_order_acquire);
}

/* Who has begun a task of this claim that has not ended: 0 nobody, or not
   for the moment. */
static uint32_t at_work(const struct sy_pool *pool, uint64_t claim)
{
	uint32_t number, state;

	for (number = 1; number <= pool->window; number++) {
		if (pool->calls[number].claim != claim)
			continue;
		state = state_of(pool, number);
		if (state && state != SY_JOB_ENDED)
			return state;
	}
	return 0;
}

/* A job of a worker that died. */
static void settle_job(struct sy_pool *pool, uint32_t number)
{
	struct sy_ring *ring = &pool->memory.shared->ring;
	struct sy_job *job = &ring->jobs[number];
	uint32_t state = state_of(pool, number);

	if (!state) {
		sy_set_job(ring, number, job->index, 0);
		pool->calls[number].claim = sy_next_claim(ring);
		sy_push_job(ring, number);
		return;
	}
	if (state != SY_JOB_ENDED) {
		job->value = 0;
		job->error = -ECHILD;
		/* What others wait for may have died with it. */
		pool->abandoned = true;
		sy_places_abandon(pool->places);
	}
	sy_pool_finish(pool, number);
}

/*
 * What worker `dead` had taken: read in the order that ring.h asks for.
 * False: somebody else who lives may have taken it, and will say so soon.
 */
static bool settle(struct sy_pool *pool, uint32_t dead)
{
	uint64_t claim = atomic_load(&pool->memory.workers[dead].claim);
	uint32_t number, by;
	bool contested;

	/* One is more than the position, so this is one in the ring. */
	if (!claim || claim > atomic_load(&pool->memory.shared->ring.head))
		return true;
	contested = living_claim(pool, claim);
	sy_pool_call_back(pool);
	by = at_work(pool, claim);
	if (by != dead + 1 && contested)
		return by != 0;

	pool->calling = true;
	for (number = 1; number <= pool->window; number++)
		if (pool->calls[number].claim == claim)
			settle_job(pool, number);
	pool->calling = false;
	return true;
}

/* A connection of its own is gone with it. */
static void clear_place(struct sy_pool *pool, uint32_t index)
{
	struct sy_pool_worker *worker = &pool->memory.workers[index];

	atomic_store(&worker->claim, 0);
	worker->left = false;
	if (pool->batch->address)
		pool->batch->lanes[index].fd = -1;
	sy_crowd_leave_for_good(&pool->memory.shared->crowd, index);
}

static int replace(struct sy_pool *pool, uint32_t index)
{
	int err;

	if (!settle(pool, index))
		return -EAGAIN;
	clear_place(pool, index);
	sy_crowd_resume(&pool->memory.shared->crowd, index);
	fflush(NULL);
	err = sy_pool_start(pool, index);
	if (!err)
		err = sy_pool_await(pool, index);
	if (err) {
		sy_process_end(&pool->memory.workers[index].process);
		clear_place(pool, index);
		return err;
	}
	pool->missing--;
	return 0;
}

/* All of them first, so that no claim is taken for that of a living one. */
static void reap(struct sy_pool *pool)
{
	uint32_t i;

	for (i = 0; i < pool->memory.worker_count; i++) {
		struct sy_process *process = &pool->memory.workers[i].process;

		if (!process->pid || sy_process_alive(process->pid))
			continue;
		sy_process_end(process);
		pool->missing++;
		pool->deaths++;
	}
}

int sy_pool_look(struct sy_pool *pool)
{
	uint32_t i, count = pool->memory.worker_count;
	int err = 0;

	pool->looked_ns = sy_clock_ns();
	if (!pool->missing && !child_ended())
		return 0;
	reap(pool);
	if (!pool->missing)
		return 0;
	for (i = 0; i < count; i++) {
		int one = 0;

		if (!pool->memory.workers[i].process.pid)
			one = replace(pool, i);
		err = err ? err : one;
	}
	sy_crowd_shake(&pool->memory.shared->crowd);
	return pool->missing < count ? 0 : err;
}
