/* SPDX-License-Identifier: MIT */
/*
 * coroutine.c - stackful coroutines, one a lane, on one scheduler a PU.
 *
 * Scheduler 0 runs on the thread that calls run; each other has a thread of
 * its own, which makes its scheduler itself (so that its memory is near it)
 * and sleeps between runs.  Lanes are dealt round-robin; tasks come from one
 * supply.  A coroutine lives from open to close and parks between runs.
 */
#include "coroutine.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "lane.h"
#include "overflow.h"
#include "scheduler.h"

/* A thread beside the coroutines' stacks needs little; the checking tools
   need more. */
#define THREAD_STACK_BYTES ((size_t)256 * 1024)

struct member {
	struct sy_scheduler scheduler;
	struct crew *crew;
	uint32_t index; /* of the scheduler and of its context */
	pthread_t thread;
} __attribute__((aligned(128))); /* off one another's cache lines */

struct crew {
	struct sy_supply supply;
	struct sy_batch *batch;
	enum sy_switch_kind kind;
	uint32_t started; /* members with a thread; the caller's is not one */
	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t orders, reports;
	uint64_t run; /* counted up to start one */
	bool leaving;
	uint32_t busy; /* threads that have not reported yet */
	int error;     /* the first that one of them met */
	struct member members[];
};

static uint32_t scheduler_count(const struct sy_batch *batch)
{
	return batch->pu_count < batch->inflight ? batch->pu_count
	                                         : batch->inflight;
}

static int member_open(struct member *member)
{
	struct crew *crew = member->crew;

	return sy_scheduler_open(&member->scheduler, crew->batch, &crew->supply,
	                         member->index, crew->kind,
	                         sy_lane_entry(crew->kind));
}

/* Tells that a thread has done what it was asked to. */
static void report(struct crew *crew, int rc)
{
	pthread_mutex_lock(&crew->lock);
	if (rc && !crew->error)
		crew->error = rc;
	if (!--crew->busy)
		pthread_cond_signal(&crew->reports);
	pthread_mutex_unlock(&crew->lock);
}

/* Sleeps until run number `run` begins.  False: it will not. */
static bool await_run(struct crew *crew, uint64_t run)
{
	bool begins;

	pthread_mutex_lock(&crew->lock);
	while (crew->run < run && !crew->leaving)
		pthread_cond_wait(&crew->orders, &crew->lock);
	begins = !crew->leaving;
	pthread_mutex_unlock(&crew->lock);
	return begins;
}

/* A scheduler on this thread, from the first report to the end. */
static void member_work(struct member *member)
{
	struct crew *crew = member->crew;
	int rc = crew->batch->bind(crew->batch, member->index);

	if (!rc)
		rc = member_open(member);
	report(crew, rc);
	if (rc)
		return;
	for (uint64_t run = 1; await_run(crew, run); run++)
		report(crew, sy_scheduler_run(&member->scheduler));
	sy_scheduler_close(&member->scheduler);
}

static void *member_main(void *data)
{
	struct member *member = data;
	struct sy_signal_stack signals;
	int rc = sy_signal_stack_open(&signals);

	if (rc) {
		report(member->crew, rc);
		return NULL;
	}
	member_work(member);
	sy_signal_stack_close(&signals);
	return NULL;
}

/* Waits for all threads, and takes the first error that one reported. */
static int await_reports(struct crew *crew)
{
	int rc;

	pthread_mutex_lock(&crew->lock);
	while (crew->busy)
		pthread_cond_wait(&crew->reports, &crew->lock);
	rc = crew->error;
	crew->error = 0;
	pthread_mutex_unlock(&crew->lock);
	return rc;
}

static void threads_join(struct crew *crew)
{
	pthread_mutex_lock(&crew->lock);
	crew->leaving = true;
	pthread_cond_broadcast(&crew->orders);
	pthread_mutex_unlock(&crew->lock);
	for (uint32_t i = 1; i <= crew->started; i++)
		pthread_join(crew->members[i].thread, NULL);
}

/* Starts as many as can be; crew->started says how many. */
static int threads_start(struct crew *crew, const pthread_attr_t *attr)
{
	int rc = 0;

	for (uint32_t i = 1; !rc && i < crew->supply.schedulers; i++) {
		struct member *member = &crew->members[i];

		pthread_mutex_lock(&crew->lock);
		crew->busy++;
		pthread_mutex_unlock(&crew->lock);
		rc = -pthread_create(&member->thread, attr, member_main,
		                     member);
		if (rc)
			report(crew, rc);
		else
			crew->started++;
	}
	return rc;
}

/* Starts the threads; on failure those that were started are joined. */
static int threads_open(struct crew *crew)
{
	pthread_attr_t attr;
	int rc = -pthread_attr_init(&attr);

	if (rc)
		return rc;
	rc = -pthread_attr_setstacksize(&attr, THREAD_STACK_BYTES);
	if (!rc)
		rc = threads_start(crew, &attr);
	if (!rc)
		rc = await_reports(crew);
	if (rc)
		threads_join(crew);
	pthread_attr_destroy(&attr);
	return rc;
}

static int crew_make(struct crew **made, struct sy_batch *batch,
                     enum sy_switch_kind kind)
{
	uint32_t schedulers = scheduler_count(batch);
	size_t bytes = sizeof(struct crew) + schedulers * sizeof(struct member);
	struct crew *crew;
	int rc;

	crew = aligned_alloc(_Alignof(struct crew), bytes);
	if (!crew)
		return -ENOMEM;
	*crew = (struct crew){ .batch = batch, .kind = kind };
	rc = sy_parking_open(&crew->supply.parking, batch, schedulers);
	if (rc) {
		free(crew);
		return rc;
	}
	crew->supply.schedulers = schedulers;
	for (uint32_t i = 0; i < schedulers; i++) {
		crew->members[i].crew = crew;
		crew->members[i].index = i;
	}
	pthread_mutex_init(&crew->lock, NULL);
	pthread_cond_init(&crew->orders, NULL);
	pthread_cond_init(&crew->reports, NULL);
	*made = crew;
	return 0;
}

static void crew_free(struct crew *crew)
{
	pthread_cond_destroy(&crew->reports);
	pthread_cond_destroy(&crew->orders);
	pthread_mutex_destroy(&crew->lock);
	sy_parking_close(crew->supply.parking);
	free(crew);
}

static int crew_open(void **state, struct sy_batch *batch,
                     enum sy_switch_kind kind)
{
	struct crew *crew;
	int rc = crew_make(&crew, batch, kind);

	if (rc)
		return rc;
	rc = member_open(&crew->members[0]);
	if (rc)
		goto free_crew;
	rc = threads_open(crew);
	if (rc)
		goto close_first;
	*state = crew;
	return 0;

close_first:
	sy_scheduler_close(&crew->members[0].scheduler);
free_crew:
	crew_free(crew);
	return rc;
}

/* Lets the threads begin, on a supply that is new. */
static void order_run(struct crew *crew)
{
	crew->supply.count = crew->batch->task_count;
	/* The lock below publishes it. */
	crew->supply.next = 0;
	crew->supply.live = crew->supply.schedulers;
	if (!crew->started)
		return;
	pthread_mutex_lock(&crew->lock);
	crew->busy = crew->started;
	crew->run++;
	pthread_cond_broadcast(&crew->orders);
	pthread_mutex_unlock(&crew->lock);
}

static int crew_run(void *state)
{
	struct crew *crew = state;
	int rc, rc_others;

	order_run(crew);
	rc = sy_scheduler_run(&crew->members[0].scheduler);
	rc_others = await_reports(crew);
	return rc ? rc : rc_others;
}

static void crew_close(void *state)
{
	struct crew *crew = state;

	threads_join(crew);
	sy_scheduler_close(&crew->members[0].scheduler);
	crew_free(crew);
}

static void crew_needs(const struct sy_batch *batch, struct sy_needs *needs)
{
	uint32_t schedulers = scheduler_count(batch);
	enum sy_guard guard = sy_guard_for(batch->inflight, 0);

	*needs = (struct sy_needs){
		.contexts = schedulers,
		.threads = schedulers - 1,
		/* epoll, a timerfd on old kernels, and a bell where coroutines
		   wait for those of other schedulers. */
		.descriptors = (schedulers > 1 ? UINT64_C(3) : UINT64_C(2)) *
		               schedulers,
		/* A slab, a thread's stack with its guard, and five blocks
		   that malloc may map; a guard may split the slab. */
		.mappings =
			UINT64_C(8) * schedulers +
			(uint64_t)sy_guard_mappings(guard) * batch->inflight,
	};
}

static const char *own_absent(void)
{
	return SY_LANE_SWITCH_ABSENT;
}

static int own_open(void **state, struct sy_batch *batch)
{
	return crew_open(state, batch, SY_LANE_SWITCH);
}

static const char *ucontext_absent(void)
{
	return NULL;
}

static int ucontext_open(void **state, struct sy_batch *batch)
{
	return crew_open(state, batch, SY_SWITCH_UCONTEXT);
}

static const char *crew_lacks(unsigned wants)
{
	return wants & SY_WANTS_OUTSIDE
	               ? "its coroutines meet in queues of their own, which no "
	                 "other process can reach"
	               : NULL;
}

const struct sy_model sy_model_coroutine = {
	.name = "coroutine",
	.summary = "stackful coroutines switched in assembly, one scheduler "
		   "a PU; a context is a stack",
	.absent = own_absent,
	.lacks = crew_lacks,
	.needs = crew_needs,
	.open = own_open,
	.run = crew_run,
	.close = crew_close,
	.mechanisms = sy_coroutine_mechanisms,
};

const struct sy_model sy_model_coroutine_ucontext = {
	.name = "coroutine.ucontext",
	.summary = "the same coroutines switched by swapcontext, which makes "
		   "a system call each time",
	.absent = ucontext_absent,
	.lacks = crew_lacks,
	.needs = crew_needs,
	.open = ucontext_open,
	.run = crew_run,
	.close = crew_close,
};
