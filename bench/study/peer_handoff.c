/* SPDX-License-Identifier: MIT */
/*
 * peer_handoff.c - bare hand-offs: the loops that one writes to time a
 * mechanism, two threads or two processes, nothing noted on the way.
 *
 * Context 0 is the caller; context 1 waits for its turn between runs.
 */
#include "models.h"
#include "study/peer.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "futex.h"
#include "process.h"

struct pair {
	struct sy_batch *batch;
	pthread_t thread;
	struct sy_process process;
	sem_t bound; /* the thread is bound, or `error` says why not */
	int error;
	atomic_bool stop; /* looked at by the peer when its turn comes */
	void (*answer)(struct pair *pair);

	_Alignas(64) pthread_mutex_t mutex; /* guards `turn` of condition */
	pthread_cond_t changed[2];
	int turn;
	_Alignas(64) sem_t sem[2];
	_Alignas(64) _Atomic uint32_t word; /* of futex: whose turn */
};

static void pass_condition(struct pair *pair, int me)
{
	pthread_mutex_lock(&pair->mutex);
	pair->turn = !me;
	pthread_cond_signal(&pair->changed[!me]);
	while (pair->turn != me)
		pthread_cond_wait(&pair->changed[me], &pair->mutex);
	pthread_mutex_unlock(&pair->mutex);
}

static int run_condition(void *data, uint64_t count)
{
	for (; count; count -= 2)
		pass_condition(data, 0);
	return 0;
}

static void answer_condition(struct pair *pair)
{
	pthread_mutex_lock(&pair->mutex);
	while (pair->turn != 1)
		pthread_cond_wait(&pair->changed[1], &pair->mutex);
	pthread_mutex_unlock(&pair->mutex);
	while (!pair->stop)
		pass_condition(pair, 1);
}

static void end_condition(struct pair *pair)
{
	pthread_mutex_lock(&pair->mutex);
	pair->turn = 1;
	pthread_cond_signal(&pair->changed[1]);
	pthread_mutex_unlock(&pair->mutex);
}

/* Only a signal fails sem_wait. */
static inline void await(sem_t *sem)
{
	while (sem_wait(sem))
		;
}

static int run_semaphore(void *data, uint64_t count)
{
	struct pair *pair = data;

	for (; count; count -= 2) {
		sem_post(&pair->sem[1]);
		await(&pair->sem[0]);
	}
	return 0;
}

static void answer_semaphore(struct pair *pair)
{
	for (;;) {
		await(&pair->sem[1]);
		if (atomic_load_explicit(&pair->stop, memory_order_relaxed))
			return;
		sem_post(&pair->sem[0]);
	}
}

static void end_semaphore(struct pair *pair)
{
	sem_post(&pair->sem[1]);
}

static inline void await_word(struct pair *pair, uint32_t me)
{
	while (atomic_load(&pair->word) != me)
		sy_futex_wait(&pair->word, !me, NULL);
}

static inline void pass_word(struct pair *pair, uint32_t to)
{
	atomic_store(&pair->word, to);
	sy_futex_wake(&pair->word, 1);
}

static int run_futex(void *data, uint64_t count)
{
	struct pair *pair = data;

	for (; count; count -= 2) {
		pass_word(pair, 1);
		await_word(pair, 0);
	}
	return 0;
}

static void answer_futex(struct pair *pair)
{
	for (;;) {
		await_word(pair, 1);
		pass_word(pair, 0);
	}
}

/* Binds the caller and makes everything but the other side. */
static int pair_create(struct pair **made, struct sy_batch *batch, int shared,
                       void (*answer)(struct pair *pair))
{
	struct pair *pair;
	void *memory;
	int rc = batch->bind(batch, 0);

	if (!rc)
		rc = sy_shared_create(&memory, sizeof(*pair));
	if (rc)
		return rc;
	pair = memory;
	pair->batch = batch;
	pair->answer = answer;
	/* None of these can fail under Linux: they only set memory. */
	sem_init(&pair->bound, shared, 0);
	sem_init(&pair->sem[0], shared, 0);
	sem_init(&pair->sem[1], shared, 0);
	pthread_mutex_init(&pair->mutex, NULL);
	pthread_cond_init(&pair->changed[0], NULL);
	pthread_cond_init(&pair->changed[1], NULL);
	sy_context_see(&batch->contexts[0]);
	*made = pair;
	return 0;
}

static void pair_destroy(struct pair *pair)
{
	sy_shared_destroy(pair, sizeof(*pair));
}

static void *thread_main(void *data)
{
	struct pair *pair = data;
	int error = pair->batch->bind(pair->batch, 1);

	pair->error = error;
	sy_context_see(&pair->batch->contexts[1]);
	sem_post(&pair->bound);
	if (!error)
		pair->answer(pair);
	return NULL;
}

static int open_threads(void **made, struct sy_batch *batch,
                        void (*answer)(struct pair *pair))
{
	struct pair *pair = NULL;
	int rc = pair_create(&pair, batch, 0, answer);

	if (rc)
		return rc;
	rc = -pthread_create(&pair->thread, NULL, thread_main, pair);
	if (rc)
		goto destroy_pair;
	await(&pair->bound);
	rc = pair->error;
	if (rc) {
		pthread_join(pair->thread, NULL);
		goto destroy_pair;
	}
	*made = pair;
	return 0;
destroy_pair:
	pair_destroy(pair);
	return rc;
}

static int open_condition(void **made, struct sy_batch *batch,
                          const struct sy_mechanism *mechanism)
{
	(void)mechanism;
	return open_threads(made, batch, answer_condition);
}

static int open_posix(void **made, struct sy_batch *batch,
                      const struct sy_mechanism *mechanism)
{
	(void)mechanism;
	return open_threads(made, batch, answer_semaphore);
}

static void close_condition(void *data)
{
	struct pair *pair = data;

	pair->stop = true;
	end_condition(pair);
	pthread_join(pair->thread, NULL);
	pair_destroy(pair);
}

static void close_posix(void *data)
{
	struct pair *pair = data;

	pair->stop = true;
	end_semaphore(pair);
	pthread_join(pair->thread, NULL);
	pair_destroy(pair);
}

static void process_main(void *data)
{
	struct pair *pair = data;

	sy_context_see(&pair->batch->contexts[1]);
	pair->answer(pair);
}

static void close_process(void *data)
{
	struct pair *pair = data;

	sy_process_end(&pair->process);
	pair_destroy(pair);
}

static int open_processes(void **made, struct sy_batch *batch,
                          void (*answer)(struct pair *pair))
{
	struct pair *pair = NULL;
	int rc = pair_create(&pair, batch, 1, answer);

	if (rc)
		return rc;
	rc = sy_process_start(&pair->process, batch, 1, process_main, pair);
	if (!rc)
		rc = sy_process_await(&pair->process);
	if (rc)
		close_process(pair);
	else
		*made = pair;
	return rc;
}

static int open_semaphore(void **made, struct sy_batch *batch,
                          const struct sy_mechanism *mechanism)
{
	(void)mechanism;
	return open_processes(made, batch, answer_semaphore);
}

static int open_futex(void **made, struct sy_batch *batch,
                      const struct sy_mechanism *mechanism)
{
	(void)mechanism;
	return open_processes(made, batch, answer_futex);
}

static const struct sy_mechanism bare_condition = {
	.name = "condition",
	.summary = "two threads, a mutex and two condition variables",
	.switches_min = 1,
	.switches_max = 2,
	.open = open_condition,
	.run = run_condition,
	.close = close_condition,
	.family = SY_SWITCH,
	.needs = sy_pair_needs,
};

static const struct sy_mechanism bare_posix = {
	.name = "posix",
	.summary = "two threads and two POSIX semaphores",
	.switches_min = 1,
	.switches_max = 1,
	.open = open_posix,
	.run = run_semaphore,
	.close = close_posix,
	.family = SY_SWITCH,
	.needs = sy_pair_needs,
};

static const struct sy_mechanism bare_semaphore = {
	.name = "semaphore",
	.summary = "two processes and two shared POSIX semaphores",
	.switches_min = 1,
	.switches_max = 1,
	.open = open_semaphore,
	.run = run_semaphore,
	.close = close_process,
	.family = SY_SWITCH,
	.needs = sy_pair_needs,
};

static const struct sy_mechanism bare_futex = {
	.name = "futex",
	.summary = "two processes and a shared futex",
	.switches_min = 1,
	.switches_max = 1,
	.open = open_futex,
	.run = run_futex,
	.close = close_process,
	.family = SY_SWITCH,
	.needs = sy_pair_needs,
};

static const struct sy_mechanism bare_boost = {
	.name = "boost",
	.summary = "jump_fcontext of Boost.Context, from two places",
	.switches_min = 0,
	.switches_max = 0,
	.open = sy_boost_open,
	.run = sy_boost_run,
	.close = sy_boost_close,
	.family = SY_SWITCH,
	.needs = sy_pair_needs,
};

static const struct sy_mechanism *const mechanisms[] = {
	&bare_condition, &bare_posix, &bare_semaphore,
	&bare_futex,     &bare_boost, NULL,
};

/* There are hand-offs only: it carries out no tasks. */
static int bare_open(void **state, struct sy_batch *batch)
{
	(void)state;
	(void)batch;
	return -ENOTSUP;
}

static int bare_run(void *state)
{
	(void)state;
	return -ENOTSUP;
}

static void bare_close(void *state)
{
	(void)state;
}

const struct sy_model sy_peer_bare = {
	.name = "bare",
	.summary = "hand-offs as one writes them to time a mechanism",
	.absent = sy_peer_absent,
	.needs = sy_peer_needs_single,
	.open = bare_open,
	.run = bare_run,
	.close = bare_close,
	.mechanisms = mechanisms,
};
