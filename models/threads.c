/* SPDX-License-Identifier: MIT */
/*
 * threads.c - one POSIX thread a lane; a mutex hands out the tasks.
 *
 * The threads are created in open and parked between runs.  The mutex is
 * taken once a task: the thread that takes it reports the task that it ended
 * and takes the next one, and never holds it while a task runs, so a thread
 * that blocks in an op keeps no other from its work.  What its tasks add up
 * to a thread keeps to itself until it finds no more: three sums in memory
 * cost as much as the rest of an empty task.
 */
#include "models.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "blocking.h"
#include "blocking_connection.h"
#include "crew.h"

struct threads {
	struct sy_batch *batch;
	struct sy_crew *crew;
	struct sy_places *places;

	_Alignas(64) pthread_mutex_t mutex; /* guards what follows */
	uint64_t next;                      /* task to hand out */
	uint64_t count;                     /* tasks of this run */
	uint64_t ended;
};

static void merge(struct sy_tally *into, const struct sy_tally *from)
{
	into->done += from->done;
	into->sum += from->sum;
	into->proof += from->proof;
	if (!into->error)
		into->error = from->error;
}

static const char *absent(void)
{
	return NULL;
}

static void needs(const struct sy_batch *batch, struct sy_needs *needs)
{
	*needs = (struct sy_needs){
		.contexts = batch->inflight,
		.threads = batch->inflight,
		/* A stack and its guard page. */
		.mappings = 2 * (uint64_t)batch->inflight,
	};
}

/*
 * Reports `ended` tasks, 0 or 1, and takes the next.  False: none is left,
 * and `tally` was put into the lane before the run can end.  A thread that
 * ended nothing leaves the lane alone: it may be late, and the run over.
 */
static bool take(struct threads *threads, unsigned ended, struct sy_lane *lane,
                 const struct sy_tally *tally, uint64_t *index)
{
	bool taken, last;

	pthread_mutex_lock(&threads->mutex);
	threads->ended += ended;
	taken = threads->next < threads->count;
	if (taken)
		*index = threads->next++;
	else if (ended)
		merge(&lane->tally, tally);
	last = ended && threads->ended == threads->count;
	pthread_mutex_unlock(&threads->mutex);
	if (last)
		sy_crew_finish(threads->crew);
	return taken;
}

static void work(void *data, uint32_t context)
{
	struct threads *threads = data;
	struct sy_batch *batch = threads->batch;
	struct sy_lane *lane = &batch->lanes[context];
	struct sy_tally tally = { 0 };
	unsigned ended = 0;
	uint64_t index = 0;

	while (take(threads, ended, lane, &tally, &index)) {
		sy_task_begin(batch, lane, index);
		sy_blocking_run(batch, threads->places, lane, NULL, NULL);
		sy_task_stamp(batch, lane);
		sy_tally_add(&tally, index, lane->task.value, lane->task.error);
		sy_context_see(&batch->contexts[context]);
		ended = 1;
	}
}

static int open_threads(void **state, struct sy_batch *batch)
{
	struct threads *threads;
	int err;

	threads = aligned_alloc(64, sizeof(*threads));
	if (!threads)
		return -ENOMEM;
	threads->batch = batch;
	threads->next = 0;
	threads->count = 0;
	threads->ended = 0;
	err = -pthread_mutex_init(&threads->mutex, NULL);
	if (err)
		goto free_threads;
	err = sy_places_join(&threads->places, batch, false);
	if (err)
		goto destroy_mutex;
	err = sy_crew_open(&threads->crew, batch, 0, batch->inflight, work,
	                   threads);
	if (err)
		goto part;
	*state = threads;
	return 0;

part:
	sy_places_part(threads->places, batch);
destroy_mutex:
	pthread_mutex_destroy(&threads->mutex);
free_threads:
	free(threads);
	return err;
}

static int run(void *state)
{
	struct threads *threads = state;
	uint64_t count = threads->batch->task_count;
	uint32_t inflight = threads->batch->inflight;

	if (!count)
		return 0;
	sy_crew_arm(threads->crew);
	pthread_mutex_lock(&threads->mutex);
	threads->next = 0;
	threads->ended = 0;
	threads->count = count;
	pthread_mutex_unlock(&threads->mutex);
	sy_crew_wake(threads->crew,
	             count < inflight ? (uint32_t)count : inflight);
	sy_crew_wait(threads->crew);
	return 0;
}

static void close_threads(void *state)
{
	struct threads *threads = state;

	sy_crew_close(threads->crew);
	sy_connections_close(threads->batch);
	sy_places_part(threads->places, threads->batch);
	pthread_mutex_destroy(&threads->mutex);
	free(threads);
}

const struct sy_model sy_model_threads = {
	.name = "threads",
	.summary = "one POSIX thread a lane, tasks handed out under a mutex; "
		   "a context is a thread",
	.absent = absent,
	.needs = needs,
	.open = open_threads,
	.run = run,
	.close = close_threads,
	.mechanisms = sy_threads_mechanisms,
};
