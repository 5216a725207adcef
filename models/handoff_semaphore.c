/* SPDX-License-Identifier: MIT */
/*
 * handoff_semaphore.c - two contexts and two POSIX semaphores.
 *
 * A hand-off is a sem_post to the other side and a sem_wait by it: one
 * switch.  Between two threads it is `semaphore.posix`, between two processes
 * that share the semaphores `fork.semaphore`; the loops are the same.  The
 * other side is parked in its sem_wait between runs.
 *
 * `alone` posts and waits on one semaphore, which makes no system call: the
 * futex calls that sleep and wake stay in the net figure.
 */
#include "models.h"

#include <errno.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "crew.h"
#include "process.h"

struct pair {
	struct sy_batch *batch;
	_Alignas(64) sem_t turn[2];    /* of either side */
	_Alignas(64) atomic_bool stop; /* threads; a process is killed */
	struct sy_crew *crew;          /* threads */
	struct sy_process process;     /* processes */
};

/* Only a signal fails sem_wait. */
static void wait_for(sem_t *semaphore)
{
	while (sem_wait(semaphore))
		;
}

static void answer(void *data, uint32_t me)
{
	struct pair *pair = data;
	struct sy_context *context = &pair->batch->contexts[me];

	for (;;) {
		wait_for(&pair->turn[1]);
		if (atomic_load_explicit(&pair->stop, memory_order_relaxed))
			break;
		sy_context_see(context);
		sem_post(&pair->turn[0]);
	}
}

static void answer_as_process(void *data)
{
	answer(data, 1);
}

static int run(void *data, uint64_t count)
{
	struct pair *pair = data;
	struct sy_context *context = &pair->batch->contexts[0];

	for (; count >= 2; count -= 2) {
		sem_post(&pair->turn[1]);
		wait_for(&pair->turn[0]);
		sy_context_see(context);
	}
	return 0;
}

static int alone(void *data, uint64_t count)
{
	struct pair *pair = data;

	for (; count; count--) {
		sem_post(&pair->turn[0]);
		wait_for(&pair->turn[0]);
	}
	return 0;
}

/* Binds the caller and makes the semaphores; all but the other side. */
static int create_pair(struct pair **pair_out, struct sy_batch *batch,
                       int shared)
{
	struct pair *pair;
	void *memory;
	int err;

	err = batch->bind(batch, 0);
	if (err)
		return err;
	err = sy_shared_create(&memory, sizeof(*pair));
	if (err)
		return err;
	pair = memory;
	pair->batch = batch;
	if (sem_init(&pair->turn[0], shared, 0)) {
		err = -errno;
		goto destroy_shared;
	}
	if (sem_init(&pair->turn[1], shared, 0)) {
		err = -errno;
		goto destroy_first;
	}
	*pair_out = pair;
	return 0;

destroy_first:
	sem_destroy(&pair->turn[0]);
destroy_shared:
	sy_shared_destroy(memory, sizeof(*pair));
	return err;
}

static void destroy_pair(struct pair *pair)
{
	sem_destroy(&pair->turn[1]);
	sem_destroy(&pair->turn[0]);
	sy_shared_destroy(pair, sizeof(*pair));
}

static int open_threads(void **pair_out, struct sy_batch *batch,
                        const struct sy_mechanism *mechanism)
{
	struct pair *pair;
	int err;

	(void)mechanism;
	err = create_pair(&pair, batch, 0);
	if (err)
		return err;
	err = sy_crew_open(&pair->crew, batch, 1, 1, answer, pair);
	if (err) {
		destroy_pair(pair);
		return err;
	}
	sy_crew_wake(pair->crew, 1);
	*pair_out = pair;
	return 0;
}

static void close_threads(void *data)
{
	struct pair *pair = data;

	atomic_store(&pair->stop, true);
	sem_post(&pair->turn[1]);
	sy_crew_close(pair->crew);
	destroy_pair(pair);
}

static int open_processes(void **pair_out, struct sy_batch *batch,
                          const struct sy_mechanism *mechanism)
{
	struct pair *pair;
	int err;

	(void)mechanism;
	err = create_pair(&pair, batch, 1);
	if (err)
		return err;
	fflush(NULL);
	err = sy_process_start(&pair->process, batch, 1, answer_as_process,
	                       pair);
	if (!err)
		err = sy_process_await(&pair->process);
	if (err) {
		sy_process_end(&pair->process);
		destroy_pair(pair);
		return err;
	}
	*pair_out = pair;
	return 0;
}

static void close_processes(void *data)
{
	struct pair *pair = data;

	sy_process_end(&pair->process);
	destroy_pair(pair);
}

const struct sy_mechanism sy_semaphore_posix = {
	.name = "posix",
	.summary = "POSIX semaphore",
	.family = SY_SWITCH,
	.in_tour = true,
	.needs = sy_pair_needs,
	.switches_min = 1,
	.switches_max = 1,
	.open = open_threads,
	.run = run,
	.alone = alone,
	.close = close_threads,
};

const struct sy_mechanism sy_fork_semaphore = {
	.name = "semaphore",
	.summary = "process-shared semaphore",
	.family = SY_SWITCH,
	.in_tour = true,
	.needs = sy_pair_needs,
	.switches_min = 1,
	.switches_max = 1,
	.open = open_processes,
	.run = run,
	.alone = alone,
	.close = close_processes,
};
