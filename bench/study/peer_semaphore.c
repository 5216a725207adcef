/* SPDX-License-Identifier: MIT */
/*
 * peer_semaphore.c - semaphore.bare: four threads a lane and a sem_t that
 * lets as many in as there are lanes; a task is taken before the gate, a lane
 * behind it, and the work called directly.
 */
#include "study/peer.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>

#include "crew.h"

#define THREADS_PER_LANE 4u
#define THREADS_MAX 4096u

struct gated {
	struct sy_peer peer;
	struct sy_crew *crew;
	_Alignas(64) sem_t gate;
	_Alignas(64) pthread_mutex_t mutex; /* guards what follows */
	uint64_t next, count, ended;
	uint32_t free_count;
	struct sy_lane *free_lanes[];
};

static uint32_t thread_count(uint32_t inflight)
{
	uint64_t wanted = (uint64_t)inflight * THREADS_PER_LANE;

	if (wanted > THREADS_MAX)
		wanted = THREADS_MAX;
	return wanted < inflight ? inflight : (uint32_t)wanted;
}

/* Gives back the lane of the task that ended, if any, and takes a task. */
static bool take_task(struct gated *gated, struct sy_lane *lane,
                      uint64_t *index, bool *last)
{
	bool taken;

	pthread_mutex_lock(&gated->mutex);
	if (lane) {
		gated->free_lanes[gated->free_count++] = lane;
		gated->ended++;
	}
	taken = gated->next < gated->count;
	if (taken)
		*index = gated->next++;
	*last = lane && gated->ended == gated->count;
	pthread_mutex_unlock(&gated->mutex);
	return taken;
}

static struct sy_lane *take_lane(struct gated *gated)
{
	struct sy_lane *lane;

	while (sem_wait(&gated->gate))
		; /* only a signal fails it */
	pthread_mutex_lock(&gated->mutex);
	lane = gated->free_lanes[--gated->free_count];
	pthread_mutex_unlock(&gated->mutex);
	return lane;
}

static void work(void *data, uint32_t context)
{
	struct gated *gated = data;
	struct sy_lane *lane = NULL;
	uint64_t index = 0, value;
	bool last, taken;

	sy_context_see(&gated->peer.batch->contexts[context]);
	for (;;) {
		int error;

		taken = take_task(gated, lane, &index, &last);
		if (lane)
			sem_post(&gated->gate);
		if (!taken)
			break;
		lane = take_lane(gated);
		error = sy_peer_task(&gated->peer, lane, index, &value);
		sy_tally_add(&lane->tally, index, value, error);
	}
	if (last)
		sy_crew_finish(gated->crew);
}

static int gate_open(struct gated *gated, struct sy_batch *batch)
{
	int rc;

	gated->free_count = batch->inflight;
	for (uint32_t i = 0; i < batch->inflight; i++)
		gated->free_lanes[i] = &batch->lanes[batch->inflight - 1 - i];
	if (sem_init(&gated->gate, 0, batch->inflight))
		return -errno;
	rc = -pthread_mutex_init(&gated->mutex, NULL);
	if (rc)
		sem_destroy(&gated->gate);
	return rc;
}

static void gate_close(struct gated *gated)
{
	pthread_mutex_destroy(&gated->mutex);
	sem_destroy(&gated->gate);
}

static int peer_open(void **state, struct sy_batch *batch)
{
	size_t bytes = (sizeof(struct gated) +
	                batch->inflight * sizeof(struct sy_lane *) + 63) &
	               ~(size_t)63;
	struct gated *gated = aligned_alloc(64, bytes);
	int rc;

	if (!gated)
		return -ENOMEM;
	memset(gated, 0, bytes);
	rc = sy_peer_init(&gated->peer, batch);
	if (rc)
		goto free_gated;
	rc = gate_open(gated, batch);
	if (rc)
		goto free_gated;
	rc = sy_crew_open(&gated->crew, batch, 0, thread_count(batch->inflight),
	                  work, gated);
	if (rc)
		goto close_gate;
	*state = gated;
	return 0;
close_gate:
	gate_close(gated);
free_gated:
	free(gated);
	return rc;
}

static int peer_run(void *state)
{
	struct gated *gated = state;
	uint64_t count = gated->peer.batch->task_count;
	uint32_t threads = thread_count(gated->peer.batch->inflight);

	if (!count)
		return 0;
	sy_crew_arm(gated->crew);
	pthread_mutex_lock(&gated->mutex);
	gated->next = 0;
	gated->ended = 0;
	gated->count = count;
	pthread_mutex_unlock(&gated->mutex);
	sy_crew_wake(gated->crew, count < threads ? (uint32_t)count : threads);
	sy_crew_wait(gated->crew);
	return 0;
}

static void peer_close(void *state)
{
	struct gated *gated = state;

	sy_crew_close(gated->crew);
	gate_close(gated);
	free(gated);
}

static void peer_needs(const struct sy_batch *batch, struct sy_needs *needs)
{
	uint32_t threads = thread_count(batch->inflight);

	*needs = (struct sy_needs){
		.contexts = threads,
		.threads = threads,
		.mappings = 2 * (uint64_t)threads,
	};
}

const struct sy_model sy_peer_semaphore = {
	.name = "semaphore.bare",
	.summary = "four threads a lane, a sem_t, and the work called directly",
	.absent = sy_peer_absent,
	.needs = peer_needs,
	.open = peer_open,
	.run = peer_run,
	.close = peer_close,
};
