/* SPDX-License-Identifier: MIT */
/*
 * peer_threads.c - threads.bare: a thread a lane, a mutex that hands out the
 * tasks, and the work called directly.  The threads park between runs like
 * the model's (crew.h), which is outside of what the study compares.
 */
#include "study/peer.h"

#include <pthread.h>
#include <stdlib.h>

#include "crew.h"

struct threads {
	struct sy_peer peer;
	struct sy_crew *crew;
	_Alignas(64) pthread_mutex_t mutex; /* guards what follows */
	uint64_t next, count, ended;
};

static bool take(struct threads *threads, unsigned ended, uint64_t *index,
                 bool *last)
{
	bool taken;

	pthread_mutex_lock(&threads->mutex);
	threads->ended += ended;
	taken = threads->next < threads->count;
	if (taken)
		*index = threads->next++;
	*last = ended && threads->ended == threads->count;
	pthread_mutex_unlock(&threads->mutex);
	return taken;
}

static void work(void *data, uint32_t context)
{
	struct threads *threads = data;
	struct sy_batch *batch = threads->peer.batch;
	struct sy_lane *lane = &batch->lanes[context];
	uint64_t index, value;
	unsigned ended = 0;
	bool last;

	sy_context_see(&batch->contexts[context]);
	while (take(threads, ended, &index, &last)) {
		int error = sy_peer_task(&threads->peer, lane, index, &value);

		sy_tally_add(&lane->tally, index, value, error);
		ended = 1;
	}
	if (last)
		sy_crew_finish(threads->crew);
}

static int peer_open(void **state, struct sy_batch *batch)
{
	struct threads *threads = aligned_alloc(64, sizeof(*threads));
	int rc;

	if (!threads)
		return -ENOMEM;
	memset(threads, 0, sizeof(*threads));
	rc = sy_peer_init(&threads->peer, batch);
	if (rc)
		goto free_threads;
	rc = -pthread_mutex_init(&threads->mutex, NULL);
	if (rc)
		goto free_threads;
	rc = sy_crew_open(&threads->crew, batch, 0, batch->inflight, work,
	                  threads);
	if (rc)
		goto destroy_mutex;
	*state = threads;
	return 0;
destroy_mutex:
	pthread_mutex_destroy(&threads->mutex);
free_threads:
	free(threads);
	return rc;
}

static int peer_run(void *state)
{
	struct threads *threads = state;

	if (!threads->peer.batch->task_count)
		return 0;
	sy_crew_arm(threads->crew);
	pthread_mutex_lock(&threads->mutex);
	threads->next = 0;
	threads->ended = 0;
	threads->count = threads->peer.batch->task_count;
	pthread_mutex_unlock(&threads->mutex);
	sy_crew_wake(threads->crew, threads->peer.batch->inflight);
	sy_crew_wait(threads->crew);
	return 0;
}

static void peer_close(void *state)
{
	struct threads *threads = state;

	sy_crew_close(threads->crew);
	pthread_mutex_destroy(&threads->mutex);
	free(threads);
}

static void peer_needs(const struct sy_batch *batch, struct sy_needs *needs)
{
	*needs = (struct sy_needs){
		.contexts = batch->inflight,
		.threads = batch->inflight,
		.mappings = 2 * (uint64_t)batch->inflight,
	};
}

const struct sy_model sy_peer_threads = {
	.name = "threads.bare",
	.summary = "a thread a lane, a mutex, and the work called directly",
	.absent = sy_peer_absent,
	.needs = peer_needs,
	.open = peer_open,
	.run = peer_run,
	.close = peer_close,
};
