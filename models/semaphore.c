/* SPDX-License-Identifier: MIT */
/*
 * semaphore.c - more threads than lanes, let in by a counting semaphore.
 *
 * Each thread takes its task first, then passes the gate, a POSIX semaphore
 * with one unit a lane, and only then gets a free lane.  It gives the lane
 * back before it posts, so whoever passes the gate finds a lane.  Taking the
 * task before the gate keeps threads queued there, which is what the model
 * is about; the other way round, whoever holds a unit would run on alone.
 */
#include "models.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdlib.h>

#include "blocking.h"
#include "blocking_connection.h"
#include "crew.h"

#define THREADS_PER_LANE 4
/* More threads than this queue no differently; lanes beyond it get one each. */
#define THREADS_MAX 4096

struct gated {
	struct sy_batch *batch;
	struct sy_crew *crew;
	struct sy_places *places;
	uint32_t thread_count;

	_Alignas(64) sem_t gate;
	_Alignas(64) pthread_mutex_t mutex; /* guards what follows */
	uint64_t next;                      /* task to hand out */
	uint64_t count;                     /* tasks of this run */
	uint64_t ended;
	uint32_t free_count;
	struct sy_lane *free_lanes[]; /* last returned, first taken */
};

static uint32_t thread_count(uint32_t inflight)
{
	uint64_t wanted = (uint64_t)inflight * THREADS_PER_LANE;

	if (wanted > THREADS_MAX)
		wanted = THREADS_MAX;
	return wanted < inflight ? inflight : (uint32_t)wanted;
}

static const char *absent(void)
{
	return NULL;
}

static const char *lacks(unsigned wants)
{
	return wants & SY_WANTS_ORDER
	               ? "tasks that wait for later ones: the gate admits "
	                 "them in any order"
	               : NULL;
}

static void needs(const struct sy_batch *batch, struct sy_needs *needs)
{
	uint32_t threads = thread_count(batch->inflight);

	*needs = (struct sy_needs){
		.contexts = threads,
		.threads = threads,
		/* A stack and its guard page. */
		.mappings = 2 * (uint64_t)threads,
	};
}

/*
 * Gives `lane` back with the task that ended on it, where it is not NULL, and
 * takes the next task.  False: none is left.
 */
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
	struct sy_batch *batch = gated->batch;
	struct sy_lane *lane = NULL;
	uint64_t index = 0;
	bool last, taken;

	for (;;) {
		taken = take_task(gated, lane, &index, &last);
		if (lane)
			sem_post(&gated->gate);
		if (!taken)
			break;
		lane = take_lane(gated);
		sy_task_begin(batch, lane, index);
		sy_blocking_run(batch, gated->places, lane, NULL, NULL);
		sy_task_end(batch, lane);
		sy_context_see(&batch->contexts[context]);
	}
	if (last)
		sy_crew_finish(gated->crew);
}

/* Everything but the threads. */
static int create_gate(struct gated **gated_out, struct sy_batch *batch)
{
	size_t bytes = sizeof(struct gated) +
	               batch->inflight * sizeof(struct sy_lane *);
	struct gated *gated;
	uint32_t i;
	int err;

	/* aligned_alloc wants a multiple of the alignment. */
	gated = aligned_alloc(64, (bytes + 63) / 64 * 64);
	if (!gated)
		return -ENOMEM;
	gated->batch = batch;
	gated->thread_count = thread_count(batch->inflight);
	gated->next = 0;
	gated->count = 0;
	gated->ended = 0;
	gated->free_count = batch->inflight;
	for (i = 0; i < batch->inflight; i++)
		gated->free_lanes[i] = &batch->lanes[batch->inflight - 1 - i];
	if (sem_init(&gated->gate, 0, batch->inflight)) {
		err = -errno;
		goto free_gated;
	}
	err = -pthread_mutex_init(&gated->mutex, NULL);
	if (err)
		goto destroy_gate;
	err = sy_places_join(&gated->places, batch, false);
	if (err)
		goto destroy_mutex;
	*gated_out = gated;
	return 0;

destroy_mutex:
	pthread_mutex_destroy(&gated->mutex);
destroy_gate:
	sem_destroy(&gated->gate);
free_gated:
	free(gated);
	return err;
}

static void destroy_gate(struct gated *gated)
{
	sy_places_part(gated->places, gated->batch);
	pthread_mutex_destroy(&gated->mutex);
	sem_destroy(&gated->gate);
	free(gated);
}

static int open_semaphore(void **state, struct sy_batch *batch)
{
	struct gated *gated = NULL;
	int err;

	err = create_gate(&gated, batch);
	if (err)
		return err;
	err = sy_crew_open(&gated->crew, batch, 0, gated->thread_count, work,
	                   gated);
	if (err) {
		destroy_gate(gated);
		return err;
	}
	*state = gated;
	return 0;
}

static int run(void *state)
{
	struct gated *gated = state;
	uint64_t count = gated->batch->task_count;
	uint32_t threads = gated->thread_count;

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

static void close_semaphore(void *state)
{
	struct gated *gated = state;

	sy_crew_close(gated->crew);
	sy_connections_close(gated->batch);
	destroy_gate(gated);
}

const struct sy_model sy_model_semaphore = {
	.name = "semaphore",
	.summary = "four threads a lane, let in by a counting semaphore; "
		   "a context is a thread",
	.absent = absent,
	.lacks = lacks,
	.needs = needs,
	.open = open_semaphore,
	.run = run,
	.close = close_semaphore,
	.mechanisms = sy_semaphore_mechanisms,
};
