/* SPDX-License-Identifier: MIT */
/*
 * scheduler.c - see scheduler.h.  Making a scheduler and its coroutines,
 * dealing tasks, and running until all are done.
 */
#include "scheduler.h"

#include <errno.h>
#include <stdlib.h>

#include "connection.h"

/* At most so many tasks are taken at a time where tasks do not wait. */
#define CHUNK_MAX 1024

/*
 * Guided: half of an even share of what is left, so that the last tasks are
 * dealt one by one and big ones balance.  Tasks that wait (and all before
 * that is known) are taken for free coroutines only: they would lie here
 * while another scheduler has coroutines to spare.
 */
static uint64_t chunk_size(const struct sy_scheduler *scheduler, uint64_t left)
{
	uint64_t chunk = left / scheduler->supply->schedulers / 2;
	uint64_t most = CHUNK_MAX;

	if (scheduler->supply->schedulers == 1)
		return left;
	/* It would lie here, and be waited for, while others have lanes. */
	if (scheduler->batch->wants & SY_WANTS_ORDER)
		return 1;
	if (scheduler->has_parked)
		most = scheduler->running - scheduler->parked;
	if (chunk > most)
		chunk = most;
	return chunk ? chunk : 1;
}

bool sy_scheduler_refill(struct sy_scheduler *scheduler)
{
	struct sy_supply *supply = scheduler->supply;
	uint64_t first = __atomic_load_n(&supply->next, __ATOMIC_RELAXED);
	uint64_t chunk;

	if (first >= supply->count)
		return false;
	chunk = chunk_size(scheduler, supply->count - first);
	scheduler->has_parked = scheduler->parked != 0;
	first = __atomic_fetch_add(&supply->next, chunk, __ATOMIC_RELAXED);
	if (first >= supply->count)
		return false;
	if (chunk > supply->count - first)
		chunk = supply->count - first;
	scheduler->next_task = first;
	scheduler->end_task = first + chunk;
	return true;
}

/* Makes the coroutine of `lane` at the upper end of its stack. */
static int coroutine_make(struct sy_scheduler *scheduler, struct sy_lane *lane,
                          void (*entry)(void *coroutine))
{
	struct sy_coroutine *coroutine;
	struct sy_stack stack;
	int rc = sy_stack_take(&scheduler->stacks, &stack);

	if (rc)
		return rc;
	stack.top -= sizeof(*coroutine);
	coroutine = (void *)stack.top;
	*coroutine = (struct sy_coroutine){
		.scheduler = scheduler,
		.lane = lane,
		.stack = stack,
	};
	sy_meet_guest(coroutine, &scheduler->guests[scheduler->count]);
	rc = sy_events_register(coroutine, false);
	if (rc)
		return rc;
	sy_fiber_make(&coroutine->fiber, scheduler->kind, stack.low, stack.top,
	              entry, coroutine);
	scheduler->all[scheduler->count++] = coroutine;
	return 0;
}

static void coroutines_drop(struct sy_scheduler *scheduler)
{
	for (uint32_t i = 0; i < scheduler->count; i++)
		sy_fiber_drop(&scheduler->all[i]->fiber);
}

/* Every n-th lane, beginning with lane `index`. */
static int coroutines_make(struct sy_scheduler *scheduler, uint32_t index,
                           void (*entry)(void *coroutine))
{
	struct sy_batch *batch = scheduler->batch;
	uint64_t step = scheduler->supply->schedulers;
	int rc = 0;

	for (uint64_t i = index; !rc && i < batch->inflight; i += step)
		rc = coroutine_make(scheduler, &batch->lanes[i], entry);
	if (rc)
		coroutines_drop(scheduler);
	return rc;
}

/* Who there is, and the queue of who is ready. */
static int tables_make(struct sy_scheduler *scheduler, uint32_t lanes)
{
	int rc = sy_ready_open(&scheduler->ready, lanes);

	if (rc)
		return rc;
	scheduler->all = malloc(lanes * sizeof(struct sy_coroutine *));
	if (!scheduler->all)
		goto close_ready;
	scheduler->guests = aligned_alloc(_Alignof(struct sy_guest),
	                                  lanes * sizeof(struct sy_guest));
	if (!scheduler->guests)
		goto free_all;
	return 0;

free_all:
	free(scheduler->all);
close_ready:
	sy_ready_close(&scheduler->ready);
	return -ENOMEM;
}

static void tables_free(struct sy_scheduler *scheduler)
{
	free(scheduler->guests);
	free(scheduler->all);
	sy_ready_close(&scheduler->ready);
}

int sy_scheduler_open(struct sy_scheduler *scheduler, struct sy_batch *batch,
                      struct sy_supply *supply, uint32_t index,
                      enum sy_switch_kind kind, void (*entry)(void *coroutine))
{
	uint32_t lanes = (batch->inflight - index - 1) / supply->schedulers + 1;
	int rc;

	*scheduler = (struct sy_scheduler){
		.has_parked = true, /* not known yet */
		.batch = batch,
		.context = &batch->contexts[index],
		.supply = supply,
		.kind = kind,
	};
	if (!sy_note_room(batch->inflight))
		return -EAGAIN;
	rc = tables_make(scheduler, lanes);
	if (rc)
		return rc;
	rc = sy_fiber_adopt(&scheduler->home, &scheduler->home_ucontext);
	if (rc)
		goto free_tables;
	/* A lane has a deadline beside a sleep, though it be taken back. */
	rc = sy_timers_open(&scheduler->timers, 2 * lanes);
	if (rc)
		goto free_tables;
	rc = sy_events_open(scheduler);
	if (rc)
		goto close_timers;
	rc = sy_meet_open(scheduler);
	if (rc)
		goto close_events;
	rc = sy_stacks_open(&scheduler->stacks, lanes, 0,
	                    sy_guard_for(batch->inflight, 0));
	if (rc)
		goto close_meet;
	rc = coroutines_make(scheduler, index, entry);
	if (rc)
		goto close_stacks;
	return 0;

close_stacks:
	sy_stacks_close(&scheduler->stacks);
close_meet:
	sy_meet_close(scheduler);
close_events:
	sy_events_close(scheduler);
close_timers:
	sy_timers_close(&scheduler->timers);
free_tables:
	tables_free(scheduler);
	return rc;
}

/* Those that tasks made. */
static void connections_drop(struct sy_scheduler *scheduler)
{
	if (!scheduler->batch->address)
		return;
	for (uint32_t i = 0; i < scheduler->count; i++)
		sy_connection_end(scheduler->all[i]);
}

void sy_scheduler_close(struct sy_scheduler *scheduler)
{
	connections_drop(scheduler);
	coroutines_drop(scheduler);
	sy_stacks_close(&scheduler->stacks);
	sy_meet_close(scheduler);
	sy_events_close(scheduler);
	sy_timers_close(&scheduler->timers);
	tables_free(scheduler);
}

int sy_scheduler_run(struct sy_scheduler *scheduler)
{
	uint64_t tasks = scheduler->supply->count;
	uint32_t lanes = scheduler->count;

	if (scheduler->error)
		return scheduler->error;
	if (lanes > tasks)
		lanes = (uint32_t)tasks;
	for (uint32_t i = 0; i < lanes; i++)
		sy_scheduler_ready(scheduler, scheduler->all[i]);
	scheduler->running = lanes;
	sy_meet_begin(scheduler);
	sy_scheduler_poll(scheduler);
	if (lanes)
		sy_fiber_switch(&scheduler->home, sy_scheduler_next(scheduler),
		                scheduler->kind);
	sy_meet_end(scheduler);
	sy_context_see(scheduler->context);
	return scheduler->error ? scheduler->error
	                        : sy_stacks_check(&scheduler->stacks);
}
