/* SPDX-License-Identifier: MIT */
/*
 * threads_each.c - a new POSIX thread for each task, as a program does that
 * starts one wherever it has something to do.
 *
 * `threads.each` has at most `inflight` of them alive; lane i and context i
 * belong to slot i, and a thread takes the slot of one that has ended and was
 * joined.  `threads.joined` joins each thread before it starts the next, which
 * is start and join in one loop: it has all that a thread costs, and one task
 * in flight, whatever was asked for.
 *
 * Who has ended puts its slot onto a list that the caller takes as a whole.
 * Each thread is bound for itself.  A thread that cannot be started, or bound,
 * ends the run with that error when those before it have ended.
 */
#include "models.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "blocking.h"
#include "blocking_connection.h"
#include "futex.h"
#include "thread_stack.h"

struct each;

struct slot {
	pthread_t thread;
	struct each *each;
	uint64_t index; /* of the task */
	uint32_t number;
	uint32_t next; /* in the list, the number + 1, or 0 */
	int error;     /* of bind */
};

struct each {
	struct sy_batch *batch;
	struct sy_places *places;
	pthread_attr_t attr;
	uint32_t slot_count; /* threads alive at once */
	uint32_t free_count;
	int error;                           /* the first of this run */
	uint32_t *free;                      /* numbers of slots; a stack */
	_Alignas(64) _Atomic uint32_t ended; /* the list; 0: nobody has */
	struct slot slots[];
};

static const char *absent(void)
{
	return NULL;
}

static const char *joined_lacks(unsigned wants)
{
	return wants & SY_WANTS_ORDER
	               ? "tasks that wait for later ones: each is joined "
	                 "before the next is started"
	               : NULL;
}

static void needs_of(uint32_t threads, struct sy_needs *needs)
{
	*needs = (struct sy_needs){
		.contexts = threads,
		.threads = threads,
		/* A stack and its guard page. */
		.mappings = 2 * (uint64_t)threads,
	};
}

static void needs_each(const struct sy_batch *batch, struct sy_needs *needs)
{
	needs_of(batch->inflight, needs);
}

static void needs_joined(const struct sy_batch *batch, struct sy_needs *needs)
{
	(void)batch;
	needs_of(1, needs);
}

/* The caller sleeps only where the list is empty. */
static void tell(struct each *each, struct slot *slot)
{
	uint32_t before = atomic_load(&each->ended);

	do
		slot->next = before;
	while (!atomic_compare_exchange_weak(&each->ended, &before,
	                                     slot->number + 1));
	if (!before)
		sy_futex_wake_local(&each->ended, 1);
}

static void *carry_out(void *data)
{
	struct slot *slot = data;
	struct each *each = slot->each;
	struct sy_batch *batch = each->batch;
	struct sy_lane *lane = &batch->lanes[slot->number];
	struct sy_context *context = &batch->contexts[slot->number];

	slot->error = batch->bind(batch, slot->number);
	if (!slot->error) {
		/* Another thread than the last of this slot. */
		context->pu_seen = -1;
		sy_context_see(context);
		sy_task_begin(batch, lane, slot->index);
		sy_blocking_run(batch, each->places, lane, NULL, NULL);
		sy_task_end(batch, lane);
		sy_context_see(context);
	}
	tell(each, slot);
	return NULL;
}

/* No task is started from now on; the others are not to wait for it. */
static void fail(struct each *each, int err)
{
	if (!each->error)
		each->error = err;
	sy_places_abandon(each->places);
}

static void start(struct each *each, uint64_t index)
{
	struct slot *slot = &each->slots[each->free[each->free_count - 1]];
	int err;

	slot->index = index;
	err = -pthread_create(&slot->thread, &each->attr, carry_out, slot);
	if (err)
		fail(each, err);
	else
		each->free_count--;
}

/* Waits until somebody has ended; joins all that have. */
static void join_ended(struct each *each)
{
	uint32_t number;

	while (!(number = atomic_exchange(&each->ended, 0)))
		sy_futex_wait_local(&each->ended, 0);
	while (number) {
		struct slot *slot = &each->slots[number - 1];

		pthread_join(slot->thread, NULL);
		if (slot->error)
			fail(each, slot->error);
		each->free[each->free_count++] = slot->number;
		number = slot->next;
	}
}

static int run(void *state)
{
	struct each *each = state;
	uint64_t count = each->batch->task_count;
	uint64_t next = 0;

	each->error = 0;
	for (;;) {
		while (next < count && each->free_count && !each->error)
			start(each, next++);
		if (each->free_count == each->slot_count)
			return each->error;
		join_ended(each);
	}
}

static struct each *create(uint32_t slot_count)
{
	size_t bytes = sizeof(struct each) + slot_count * sizeof(struct slot);
	struct each *each;
	uint32_t i;

	/* aligned_alloc wants a multiple of the alignment. */
	each = aligned_alloc(64, (bytes + 63) / 64 * 64);
	if (!each)
		return NULL;
	each->free = malloc(slot_count * sizeof(*each->free));
	if (!each->free) {
		free(each);
		return NULL;
	}
	each->slot_count = each->free_count = slot_count;
	atomic_init(&each->ended, 0);
	for (i = 0; i < slot_count; i++) {
		each->slots[i] = (struct slot){ .each = each, .number = i };
		each->free[i] = slot_count - 1 - i;
	}
	return each;
}

static void destroy(struct each *each)
{
	free(each->free);
	free(each);
}

static int open_slots(void **state, struct sy_batch *batch, uint32_t slot_count)
{
	struct each *each = create(slot_count);
	int err;

	if (!each)
		return -ENOMEM;
	each->batch = batch;
	err = sy_thread_attr(&each->attr, 0);
	if (err)
		goto destroy_each;
	err = sy_places_join(&each->places, batch, false);
	if (err)
		goto destroy_attr;
	*state = each;
	return 0;

destroy_attr:
	pthread_attr_destroy(&each->attr);
destroy_each:
	destroy(each);
	return err;
}

static int open_each(void **state, struct sy_batch *batch)
{
	return open_slots(state, batch, batch->inflight);
}

static int open_joined(void **state, struct sy_batch *batch)
{
	return open_slots(state, batch, 1);
}

static void close_each(void *state)
{
	struct each *each = state;

	sy_connections_close(each->batch);
	sy_places_part(each->places, each->batch);
	pthread_attr_destroy(&each->attr);
	destroy(each);
}

const struct sy_model sy_model_threads_each = {
	.name = "threads.each",
	.summary = "a new POSIX thread a task, joined as they end; a context "
		   "is a thread",
	.by_name = true,
	.absent = absent,
	.needs = needs_each,
	.open = open_each,
	.run = run,
	.close = close_each,
};

const struct sy_model sy_model_threads_joined = {
	.name = "threads.joined",
	.summary = "a new POSIX thread a task, joined before the next one is "
		   "started: start and join in a loop",
	.by_name = true,
	.alone = true,
	.absent = absent,
	.lacks = joined_lacks,
	.needs = needs_joined,
	.open = open_joined,
	.run = run,
	.close = close_each,
};
