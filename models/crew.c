/* SPDX-License-Identifier: MIT */
/*
 * crew.c - see crew.h.
 *
 * Threads park on a futex, not on a condition variable: there every woken
 * thread first queues for the mutex, so that starting a run would wake them
 * one by one.
 */
#include "crew.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "futex.h"
#include "thread_stack.h"

struct hand {
	pthread_t thread;
	struct sy_crew *crew;
	uint32_t index; /* of its context */
};

struct sy_crew {
	struct sy_batch *batch;
	sy_crew_work_fn *work;
	void *data;
	uint32_t count; /* threads created */

	/* Counts the wakes; a thread parks on the one it has answered. */
	_Alignas(64) _Atomic uint32_t wakes;
	atomic_bool stop;
	_Alignas(64) _Atomic uint32_t busy; /* 1 while a run goes on */
	_Atomic uint32_t unbound; /* threads that have not bound yet */
	atomic_int error;         /* the first of bind's */
	struct hand hands[];
};

static void report(struct sy_crew *crew, int err)
{
	int none = 0;

	if (err)
		atomic_compare_exchange_strong(&crew->error, &none, err);
	if (atomic_fetch_sub(&crew->unbound, 1) == 1)
		sy_futex_wake_local(&crew->unbound, 1);
}

static void *hand_main(void *data)
{
	struct hand *hand = data;
	struct sy_crew *crew = hand->crew;
	uint32_t answered = 0;

	report(crew, crew->batch->bind(crew->batch, hand->index));
	while (!atomic_load(&crew->stop)) {
		uint32_t wakes = atomic_load(&crew->wakes);

		if (wakes == answered) {
			sy_futex_wait_local(&crew->wakes, wakes);
			continue;
		}
		answered = wakes;
		if (!atomic_load(&crew->stop))
			crew->work(crew->data, hand->index);
	}
	return NULL;
}

static int create_hands(struct sy_crew *crew, uint32_t first, uint32_t count)
{
	pthread_attr_t attr;
	int err = sy_thread_attr(&attr, 0);

	if (err)
		return err;
	while (!err && crew->count < count) {
		struct hand *hand = &crew->hands[crew->count];

		hand->crew = crew;
		hand->index = first + crew->count;
		err = -pthread_create(&hand->thread, &attr, hand_main, hand);
		if (!err)
			crew->count++;
	}
	pthread_attr_destroy(&attr);
	return err;
}

static void await_bound(struct sy_crew *crew)
{
	uint32_t unbound;

	while ((unbound = atomic_load(&crew->unbound)))
		sy_futex_wait_local(&crew->unbound, unbound);
}

int sy_crew_open(struct sy_crew **crew_out, struct sy_batch *batch,
                 uint32_t first, uint32_t count, sy_crew_work_fn *work,
                 void *data)
{
	size_t bytes = sizeof(struct sy_crew) + count * sizeof(struct hand);
	struct sy_crew *crew;
	int err;

	/* aligned_alloc wants a multiple of the alignment. */
	crew = aligned_alloc(64, (bytes + 63) / 64 * 64);
	if (!crew)
		return -ENOMEM;
	crew->batch = batch;
	crew->work = work;
	crew->data = data;
	crew->count = 0;
	atomic_init(&crew->wakes, 0);
	atomic_init(&crew->stop, false);
	atomic_init(&crew->busy, 0);
	atomic_init(&crew->unbound, count);
	atomic_init(&crew->error, 0);

	err = create_hands(crew, first, count);
	if (err)
		goto close_crew;
	await_bound(crew);
	err = atomic_load(&crew->error);
	if (err)
		goto close_crew;
	*crew_out = crew;
	return 0;

close_crew:
	sy_crew_close(crew);
	return err;
}

void sy_crew_arm(struct sy_crew *crew)
{
	atomic_store(&crew->busy, 1);
}

void sy_crew_wake(struct sy_crew *crew, uint32_t count)
{
	atomic_fetch_add(&crew->wakes, 1);
	sy_futex_wake_local(&crew->wakes, count);
}

void sy_crew_wait(struct sy_crew *crew)
{
	while (atomic_load(&crew->busy))
		sy_futex_wait_local(&crew->busy, 1);
}

void sy_crew_finish(struct sy_crew *crew)
{
	atomic_store(&crew->busy, 0);
	sy_futex_wake_local(&crew->busy, 1);
}

void sy_crew_close(struct sy_crew *crew)
{
	uint32_t i;

	atomic_store(&crew->stop, true);
	sy_crew_wake(crew, UINT32_MAX);
	for (i = 0; i < crew->count; i++)
		pthread_join(crew->hands[i].thread, NULL);
	free(crew);
}
