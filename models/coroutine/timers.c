/* SPDX-License-Identifier: MIT */
/* timers.c - see timers.h. */
#include "timers.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#define CHILDREN 4

static struct sy_deadline *deadline_of(const struct sy_timer *timer)
{
	uintptr_t bits = (uintptr_t)timer->sleeper;

	return bits & SY_TIMER_MARK ? (void *)(bits - SY_TIMER_MARK) : NULL;
}

/* Only a deadline is looked for in the heap, and has to know where it is. */
static void put(struct sy_timer *heap, uint32_t i, struct sy_timer timer)
{
	struct sy_deadline *deadline = deadline_of(&timer);

	heap[i] = timer;
	if (__builtin_expect(deadline != NULL, 0))
		deadline->slot = i + 1;
}

int sy_timers_open(struct sy_timers *timers, uint32_t capacity)
{
	struct sy_timer *heap = malloc(capacity * sizeof(*heap));

	if (!heap)
		return -ENOMEM;
	*timers = (struct sy_timers){ .heap = heap, .capacity = capacity };
	return 0;
}

void sy_timers_close(struct sy_timers *timers)
{
	free(timers->heap);
}

/* Moves the hole at `i` up to where `timer` belongs. */
static void rise(struct sy_timer *heap, uint32_t i, struct sy_timer timer)
{
	while (i && heap[(i - 1) / CHILDREN].due_ns > timer.due_ns) {
		put(heap, i, heap[(i - 1) / CHILDREN]);
		i = (i - 1) / CHILDREN;
	}
	put(heap, i, timer);
}

void sy_timers_add(struct sy_timers *timers, uint64_t due_ns, void *sleeper)
{
	uint32_t i = timers->count++;

	assert(timers->count <= timers->capacity);
	rise(timers->heap, i, (struct sy_timer){ due_ns, sleeper });
}

void sy_timers_set(struct sy_timers *timers, uint64_t due_ns,
                   struct sy_deadline *deadline)
{
	struct sy_timer timer = { due_ns, (void *)((uintptr_t)deadline |
		                                   SY_TIMER_MARK) };

	deadline->due_ns = due_ns;
	if (!deadline->slot)
		sy_timers_add(timers, due_ns, timer.sleeper);
	else if (due_ns < timers->heap[deadline->slot - 1].due_ns)
		rise(timers->heap, deadline->slot - 1, timer);
}

/* The child of node `i` that is due first, or `count` where it has none. */
static uint32_t first_child(const struct sy_timers *timers, uint32_t i)
{
	uint32_t child = i * CHILDREN + 1;
	uint32_t end = child + CHILDREN;
	uint32_t first = child;

	if (child >= timers->count)
		return timers->count;
	if (end > timers->count)
		end = timers->count;
	while (++child < end)
		if (timers->heap[child].due_ns < timers->heap[first].due_ns)
			first = child;
	return first;
}

/* Takes out heap[0], where there is one. */
static struct sy_timer take_first(struct sy_timers *timers)
{
	struct sy_timer *heap = timers->heap;
	struct sy_timer taken = heap[0], last = heap[--timers->count];
	uint32_t i = 0;

	/* Moves the hole down to where the last timer belongs. */
	for (uint32_t child = first_child(timers, 0);
	     child < timers->count && heap[child].due_ns < last.due_ns;
	     child = first_child(timers, i)) {
		put(heap, i, heap[child]);
		i = child;
	}
	put(heap, i, last);
	return taken;
}

void sy_timers_settle(struct sy_timers *timers)
{
	while (timers->count) {
		struct sy_timer *first = &timers->heap[0];
		struct sy_deadline *deadline = deadline_of(first);

		if (!deadline || deadline->due_ns == first->due_ns)
			return;
		/* Taken back, or set again for later. */
		take_first(timers);
		deadline->slot = 0;
		if (deadline->due_ns)
			sy_timers_set(timers, deadline->due_ns, deadline);
	}
}

void *sy_timers_pop(struct sy_timers *timers, struct sy_deadline **deadline)
{
	struct sy_timer taken = take_first(timers);

	*deadline = deadline_of(&taken);
	if (!*deadline)
		return taken.sleeper;
	**deadline = (struct sy_deadline){ 0 };
	return NULL;
}
