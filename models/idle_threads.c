/* SPDX-License-Identifier: MIT */
/*
 * idle_threads.c - `threads.parked`: threads that wait on a futex.
 *
 * A thread counts itself right before it waits, and a run returns when as many
 * have as were asked for.  Those that were created stay until close, also
 * where a run failed.
 */
#include "models.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "futex.h"
#include "spawned.h"
#include "thread_stack.h"

struct thread {
	pthread_t id;
	struct parked *parked;
	uint32_t index; /* of its context */
};

struct parked {
	struct sy_batch *batch;
	pthread_attr_t attr;
	pid_t process; /* that all contexts are threads of, as bind noted it */
	uint32_t capacity; /* threads that may be asked for */
	uint32_t created;
	_Alignas(64) _Atomic uint32_t stop;    /* 1: they end */
	_Alignas(64) _Atomic uint32_t counted; /* by the threads themselves */
	_Atomic uint32_t wanted;               /* of them by the run */
	atomic_int error;                      /* the first of bind's */
	struct thread threads[];               /* `capacity` */
};

static void needs(const struct sy_mechanism *mechanism,
                  const struct sy_batch *batch, struct sy_needs *needs)
{
	uint32_t contexts = sy_spawn_burst(batch);

	(void)mechanism;
	*needs = (struct sy_needs){
		.contexts = contexts,
		.threads = contexts,
		/* A stack and its guard page. */
		.mappings = 2 * (uint64_t)contexts,
	};
}

/* One that could not be bound waits like the others, for close. */
static void *thread_main(void *data)
{
	struct thread *thread = data;
	struct parked *parked = thread->parked;
	int err = sy_spawn_begin(parked->batch, thread->index), none = 0;

	if (err)
		atomic_compare_exchange_strong(&parked->error, &none, err);
	if (atomic_fetch_add(&parked->counted, 1) + 1 ==
	    atomic_load(&parked->wanted))
		sy_futex_wake_local(&parked->counted, 1);
	while (!atomic_load(&parked->stop))
		sy_futex_wait_local(&parked->stop, 0);
	return NULL;
}

static int create_one(struct parked *parked)
{
	uint32_t index = parked->created;
	struct thread *thread = &parked->threads[index];
	int err;

	thread->parked = parked;
	thread->index = index;
	sy_spawn_prepare(parked->batch, index);
	parked->batch->contexts[index].process = parked->process;
	err = -pthread_create(&thread->id, &parked->attr, thread_main, thread);
	if (!err)
		parked->created++;
	return err;
}

static int run(void *state, uint64_t count)
{
	struct parked *parked = state;
	uint32_t first = parked->created, counted, i;
	int err = 0;

	if (count > parked->capacity)
		return -EINVAL;
	atomic_store(&parked->wanted, (uint32_t)count);
	while (!err && parked->created < count)
		err = create_one(parked);
	if (err)
		return err;
	while ((counted = atomic_load(&parked->counted)) < count)
		sy_futex_wait_local(&parked->counted, counted);
	err = atomic_load(&parked->error);
	for (i = first; !err && i < count; i++)
		err = sy_spawn_check(parked->batch, i);
	return err;
}

static int open_parked(void **state, struct sy_batch *batch,
                       const struct sy_mechanism *mechanism)
{
	uint32_t capacity = sy_spawn_burst(batch);
	size_t bytes = sizeof(struct parked) + capacity * sizeof(struct thread);
	struct parked *parked;
	int err;

	(void)mechanism;
	err = sy_spawn_open(batch);
	if (err)
		return err;
	/* aligned_alloc wants a multiple of the alignment. */
	parked = aligned_alloc(64, (bytes + 63) / 64 * 64);
	if (!parked)
		return -ENOMEM;
	parked->batch = batch;
	parked->process = batch->contexts[0].process;
	parked->capacity = capacity;
	parked->created = 0;
	atomic_init(&parked->stop, 0);
	atomic_init(&parked->counted, 0);
	atomic_init(&parked->wanted, 0);
	atomic_init(&parked->error, 0);
	err = sy_thread_attr(&parked->attr, batch->setting.stack_bytes);
	if (err)
		free(parked);
	else
		*state = parked;
	return err;
}

static void close_parked(void *state)
{
	struct parked *parked = state;
	uint32_t i;

	atomic_store(&parked->stop, 1);
	sy_futex_wake_local(&parked->stop, UINT32_MAX);
	for (i = 0; i < parked->created; i++)
		pthread_join(parked->threads[i].id, NULL);
	pthread_attr_destroy(&parked->attr);
	free(parked);
}

const struct sy_mechanism sy_threads_parked = {
	.name = "parked",
	.summary = "threads that wait on a futex",
	.family = SY_IDLE,
	.takes = SY_TAKES_STACK,
	.needs = needs,
	.open = open_parked,
	.run = run,
	.close = close_parked,
};
