/* SPDX-License-Identifier: MIT */
/*
 * spawn_threads.c - threads that are created, run once and are joined.
 *
 * `threads.join` is pthread_create and pthread_join.  One at a time, the
 * thread has nothing to wait for.  In a burst, the threads wait on a futex
 * until all have been created, so that they are alive at once, and are then
 * let go together.
 *
 * A thread of `semaphore.gated` passes a counting semaphore on its way, as a
 * thread of the model does.  One at a time, it finds a unit there and makes no
 * system call.  A burst queues for a unit that comes when all have been
 * created, and each thread hands it to the next.
 *
 * The size of the stacks is always set, see thread_stack.h.
 */
#include "models.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>

#include "futex.h"
#include "spawned.h"
#include "thread_stack.h"

struct thread {
	pthread_t id;
	struct crowd *crowd;
	uint32_t index; /* of its context */
};

struct crowd {
	struct sy_batch *batch;
	pthread_attr_t attr;
	uint32_t burst;
	_Alignas(64) _Atomic uint32_t open; /* join: 1, and they go on */
	atomic_int error;                   /* the first of bind's */
	_Alignas(64) sem_t gate;            /* gated */
	struct thread threads[];            /* `burst` */
};

typedef void *thread_main_fn(void *thread);

static void needs(const struct sy_mechanism *mechanism,
                  const struct sy_batch *batch, struct sy_needs *needs)
{
	uint32_t burst = sy_spawn_burst(batch);

	(void)mechanism;
	*needs = (struct sy_needs){
		.contexts = burst,
		.threads = burst,
		/* A stack and its guard page. */
		.mappings = 2 * (uint64_t)burst,
	};
}

static void begin(struct thread *thread)
{
	int err = sy_spawn_begin(thread->crowd->batch, thread->index), none = 0;

	if (err)
		atomic_compare_exchange_strong(&thread->crowd->error, &none,
		                               err);
}

static void *join_main(void *data)
{
	struct thread *thread = data;
	struct crowd *crowd = thread->crowd;

	begin(thread);
	while (!atomic_load(&crowd->open))
		sy_futex_wait_local(&crowd->open, 0);
	return NULL;
}

static void *gated_main(void *data)
{
	struct thread *thread = data;
	struct crowd *crowd = thread->crowd;

	begin(thread);
	while (sem_wait(&crowd->gate))
		; /* only a signal fails it */
	sem_post(&crowd->gate);
	return NULL;
}

/* The first `count`; how many there are even on failure. */
static int create(struct crowd *crowd, uint32_t count, thread_main_fn *thread,
                  uint32_t *created)
{
	int err = 0;

	for (*created = 0; *created < count; ++*created) {
		struct thread *new = &crowd->threads[*created];

		sy_spawn_prepare(crowd->batch, *created);
		err = -pthread_create(&new->id, &crowd->attr, thread, new);
		if (err)
			break;
	}
	return err;
}

/* All of them end, whatever there is to tell of one. */
static int join(struct crowd *crowd, uint32_t count)
{
	int err = 0;
	uint32_t i;

	for (i = 0; i < count; i++)
		pthread_join(crowd->threads[i].id, NULL);
	err = atomic_load(&crowd->error);
	for (i = 0; i < count && !err; i++)
		err = sy_spawn_check(crowd->batch, i);
	return err;
}

/* With one at a time the gate stands open all the time. */
static int join_burst(struct crowd *crowd, uint32_t count)
{
	uint32_t created;
	int err, ended;

	atomic_store(&crowd->open, crowd->burst == 1);
	err = create(crowd, count, join_main, &created);
	if (crowd->burst > 1) {
		atomic_store(&crowd->open, 1);
		sy_futex_wake_local(&crowd->open, created);
	}
	ended = join(crowd, created);
	return err ? err : ended;
}

static int gated_burst(struct crowd *crowd, uint32_t count)
{
	uint32_t created;
	int err, ended;

	err = create(crowd, count, gated_main, &created);
	if (crowd->burst > 1)
		sem_post(&crowd->gate);
	ended = join(crowd, created);
	/* The unit comes back from the last of them. */
	if (crowd->burst > 1)
		sem_trywait(&crowd->gate);
	return err ? err : ended;
}

static int run(struct crowd *crowd, uint64_t count,
               int (*burst)(struct crowd *crowd, uint32_t count))
{
	int err = 0;

	atomic_store(&crowd->error, 0);
	while (count && !err) {
		uint32_t now =
			count < crowd->burst ? (uint32_t)count : crowd->burst;

		err = burst(crowd, now);
		count -= now;
	}
	return err;
}

static int run_join(void *state, uint64_t count)
{
	return run(state, count, join_burst);
}

static int run_gated(void *state, uint64_t count)
{
	return run(state, count, gated_burst);
}

static int create_crowd(void **state, struct sy_batch *batch)
{
	uint32_t burst = sy_spawn_burst(batch), i;
	size_t bytes = sizeof(struct crowd) + burst * sizeof(struct thread);
	struct crowd *crowd;
	int err;

	/* aligned_alloc wants a multiple of the alignment. */
	crowd = aligned_alloc(64, (bytes + 63) / 64 * 64);
	if (!crowd)
		return -ENOMEM;
	crowd->batch = batch;
	crowd->burst = burst;
	for (i = 0; i < burst; i++) {
		crowd->threads[i].crowd = crowd;
		crowd->threads[i].index = i;
	}
	atomic_init(&crowd->open, 0);
	atomic_init(&crowd->error, 0);
	err = sy_thread_attr(&crowd->attr, batch->setting.stack_bytes);
	if (err)
		goto free_crowd;
	if (sem_init(&crowd->gate, 0, burst == 1)) {
		err = -errno;
		goto destroy_attr;
	}
	*state = crowd;
	return 0;

destroy_attr:
	pthread_attr_destroy(&crowd->attr);
free_crowd:
	free(crowd);
	return err;
}

static int open_crowd(void **state, struct sy_batch *batch,
                      const struct sy_mechanism *mechanism)
{
	int err = sy_spawn_open(batch);

	(void)mechanism;
	return err ? err : create_crowd(state, batch);
}

static void close_crowd(void *state)
{
	struct crowd *crowd = state;

	sem_destroy(&crowd->gate);
	pthread_attr_destroy(&crowd->attr);
	free(crowd);
}

const struct sy_mechanism sy_threads_join = {
	.name = "join",
	.summary = "pthread_create and pthread_join",
	.family = SY_SPAWN,
	.takes = SY_TAKES_BURST | SY_TAKES_STACK,
	.in_tour = true,
	.needs = needs,
	.open = open_crowd,
	.run = run_join,
	.close = close_crowd,
};

const struct sy_mechanism sy_semaphore_gated = {
	.name = "gated",
	.summary = "a thread that passes a counting semaphore",
	.family = SY_SPAWN,
	.takes = SY_TAKES_BURST | SY_TAKES_STACK,
	.in_tour = true,
	.needs = needs,
	.open = open_crowd,
	.run = run_gated,
	.close = close_crowd,
};
