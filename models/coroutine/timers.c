/* SPDX-License-Identifier: MIT */
/* timers.c - see timers.h. */
#include "timers.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#define CHILDREN 4

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

void sy_timers_add(struct sy_timers *timers, uint64_t due_ns, void *sleeper)
{
	struct sy_timer *heap = timers->heap;
	uint32_t i = timers->count++;

	assert(timers->count <= timers->capacity);
	/* Moves the hole up to where the new timer belongs. */
	while (i && heap[(i - 1) / CHILDREN].due_ns > due_ns) {
		heap[i] = heap[(i - 1) / CHILDREN];
		i = (i - 1) / CHILDREN;
	}
	heap[i] = (struct sy_timer){ due_ns, sleeper };
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

void *sy_timers_pop(struct sy_timers *timers)
{
	struct sy_timer *heap = timers->heap;
	void *sleeper = heap[0].sleeper;
	struct sy_timer last = heap[--timers->count];
	uint32_t i = 0;

	/* Moves the hole down to where the last timer belongs. */
	for (uint32_t child = first_child(timers, 0);
	     child < timers->count && heap[child].due_ns < last.due_ns;
	     child = first_child(timers, i)) {
		heap[i] = heap[child];
		i = child;
	}
	heap[i] = last;
	return sleeper;
}
