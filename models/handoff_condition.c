/* SPDX-License-Identifier: MIT */
/*
 * handoff_condition.c - two threads, a mutex and two condition variables.
 *
 * A hand-off is: lock, set whose turn it is, signal, wait until it is one's
 * own again, unlock.  The signal is given with the mutex held; on one PU the
 * woken thread may then run before its waker lets go of the mutex, and
 * sleep once more on that: one voluntary switch or two.
 *
 * `alone` makes the calls of a hand-off that do not wait: lock, set, signal
 * (nobody waits, so no system call), unlock.  What the kernel does to put one
 * thread to sleep and wake the other stays in the net figure.
 */
#include "models.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "crew.h"

struct pair {
	struct sy_batch *batch;
	struct sy_crew *crew;
	pthread_mutex_t mutex;     /* guards what follows */
	pthread_cond_t changed[2]; /* to that side's turn */
	uint32_t turn;
	bool stop;
};

static void pass(struct pair *pair, uint32_t me)
{
	pthread_mutex_lock(&pair->mutex);
	pair->turn = !me;
	pthread_cond_signal(&pair->changed[!me]);
	while (pair->turn != me)
		pthread_cond_wait(&pair->changed[me], &pair->mutex);
	pthread_mutex_unlock(&pair->mutex);
}

/* The peer: waits for its first turn, which is where it is between runs. */
static void answer(void *data, uint32_t me)
{
	struct pair *pair = data;
	bool stop;

	pthread_mutex_lock(&pair->mutex);
	while (pair->turn != me)
		pthread_cond_wait(&pair->changed[me], &pair->mutex);
	stop = pair->stop;
	pthread_mutex_unlock(&pair->mutex);
	while (!stop) {
		sy_context_see(&pair->batch->contexts[me]);
		pass(pair, me);
		stop = pair->stop; /* its turn: the other does not write */
	}
}

static int create_primitives(struct pair *pair)
{
	int err;

	err = -pthread_mutex_init(&pair->mutex, NULL);
	if (err)
		return err;
	err = -pthread_cond_init(&pair->changed[0], NULL);
	if (err)
		goto destroy_mutex;
	err = -pthread_cond_init(&pair->changed[1], NULL);
	if (err)
		goto destroy_first;
	return 0;

destroy_first:
	pthread_cond_destroy(&pair->changed[0]);
destroy_mutex:
	pthread_mutex_destroy(&pair->mutex);
	return err;
}

static void destroy_primitives(struct pair *pair)
{
	pthread_cond_destroy(&pair->changed[1]);
	pthread_cond_destroy(&pair->changed[0]);
	pthread_mutex_destroy(&pair->mutex);
}

static int open_pair(void **pair_out, struct sy_batch *batch,
                     const struct sy_mechanism *mechanism)
{
	struct pair *pair;
	int err;

	(void)mechanism;
	err = batch->bind(batch, 0);
	if (err)
		return err;
	pair = calloc(1, sizeof(*pair));
	if (!pair)
		return -ENOMEM;
	pair->batch = batch;
	err = create_primitives(pair);
	if (err)
		goto free_pair;
	err = sy_crew_open(&pair->crew, batch, 1, 1, answer, pair);
	if (err)
		goto destroy_primitives;
	sy_crew_wake(pair->crew, 1);
	*pair_out = pair;
	return 0;

destroy_primitives:
	destroy_primitives(pair);
free_pair:
	free(pair);
	return err;
}

static int run(void *data, uint64_t count)
{
	struct pair *pair = data;

	for (; count >= 2; count -= 2) {
		sy_context_see(&pair->batch->contexts[0]);
		pass(pair, 0);
	}
	return 0;
}

static int alone(void *data, uint64_t count)
{
	struct pair *pair = data;

	for (; count; count--) {
		pthread_mutex_lock(&pair->mutex);
		pair->turn = 0;
		pthread_cond_signal(&pair->changed[0]);
		pthread_mutex_unlock(&pair->mutex);
	}
	return 0;
}

static void close_pair(void *data)
{
	struct pair *pair = data;

	pthread_mutex_lock(&pair->mutex);
	pair->stop = true;
	pair->turn = 1;
	pthread_cond_signal(&pair->changed[1]);
	pthread_mutex_unlock(&pair->mutex);
	sy_crew_close(pair->crew);
	destroy_primitives(pair);
	free(pair);
}

const struct sy_mechanism sy_threads_condition = {
	.name = "condition",
	.summary = "mutex and condition variable",
	.family = SY_SWITCH,
	.in_tour = true,
	.needs = sy_pair_needs,
	.switches_min = 1,
	.switches_max = 2,
	.open = open_pair,
	.run = run,
	.alone = alone,
	.close = close_pair,
};
