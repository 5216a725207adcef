/* SPDX-License-Identifier: MIT */
/*
 * spawn.c - what creating a coroutine, running it once and ending it costs.
 *
 * A context is a stack with the record of its fibre at the upper end.  It is
 * created, switched to, notes where it runs and switches back for the last
 * time; when all of a burst have, they are ended and their stacks given back.
 * That is two switches each.  The rows differ in where a stack comes from:
 *
 * pooled  a pool of as many as the burst has, mapped and guarded before: what
 *         is left is a list, the record and the two switches;
 * malloc  malloc and free, with a canary of 256 bytes at the lower end, which
 *         is the only guard that a block of a heap can have;
 * fresh   a mapping of its own, its guard, the kernel's page fault at the
 *         first push, and unmapping.
 */
#include "spawn.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lane.h"

/* Frames here are smaller: none jumps over it. */
#define CANARY_BYTES ((size_t)256)

enum source { POOLED, MALLOC, FRESH };

/* What is created; at the upper end of its own stack. */
struct sy_spawned {
	struct sy_fiber fiber;
	struct sy_spawner *spawner;
	struct sy_stack stack;
} __attribute__((aligned(64)));

#define INLINE static inline __attribute__((always_inline))

static void live(void *data)
{
	struct sy_spawned *self = data;

	sy_context_see(self->spawner->context);
	sy_fiber_end(&self->fiber, &self->spawner->home, SY_LANE_SWITCH);
}

static int block_take(size_t bytes, struct sy_stack *stack)
{
	unsigned char *block = malloc(bytes);

	if (!block)
		return -ENOMEM;
	memset(block, 0, CANARY_BYTES);
	stack->low = block + CANARY_BYTES;
	stack->top = block + bytes - (uintptr_t)(block + bytes) % 64;
	return 0;
}

/* What has overflowed into the heap is not given back to it. */
static int block_give(const struct sy_stack *stack)
{
	unsigned char *block = stack->low - CANARY_BYTES;
	uint64_t words[CANARY_BYTES / sizeof(uint64_t)], any = 0;

	memcpy(words, block, sizeof(words));
	for (size_t i = 0; i < CANARY_BYTES / sizeof(uint64_t); i++)
		any |= words[i];
	if (any)
		return -EFAULT;
	free(block);
	return 0;
}

static int mapping_take(struct sy_spawner *s, uint32_t index,
                        struct sy_stack *stack)
{
	int rc = sy_stacks_open(&s->pools[index], 1, s->stack_bytes, s->guard);

	return rc ? rc : sy_stack_take(&s->pools[index], stack);
}

static int mapping_give(struct sy_spawner *s, uint32_t index,
                        const struct sy_stack *stack)
{
	int rc = sy_stack_give(&s->pools[index], stack);

	sy_stacks_close(&s->pools[index]);
	return rc;
}

INLINE int stack_take(struct sy_spawner *s, uint32_t index, enum source source,
                      struct sy_stack *stack)
{
	if (source == POOLED)
		return sy_stack_take(s->pools, stack);
	if (source == MALLOC)
		return block_take(s->stack_bytes, stack);
	return mapping_take(s, index, stack);
}

INLINE int stack_give(struct sy_spawner *s, uint32_t index, enum source source,
                      const struct sy_stack *stack)
{
	if (source == POOLED)
		return sy_stack_give(s->pools, stack);
	if (source == MALLOC)
		return block_give(stack);
	return mapping_give(s, index, stack);
}

/* Creates one, and lets it run. */
INLINE int create(struct sy_spawner *s, uint32_t index, enum source source)
{
	struct sy_spawned *spawned;
	struct sy_stack stack;
	int rc = stack_take(s, index, source, &stack);

	if (rc)
		return rc;
	spawned = (void *)(stack.top - sizeof(*spawned));
	spawned->spawner = s;
	spawned->stack = stack;
	sy_fiber_make(&spawned->fiber, SY_LANE_SWITCH, stack.low,
	              (void *)spawned, live, spawned);
	s->spawned[index] = spawned;
	sy_fiber_switch(&s->home, &spawned->fiber, SY_LANE_SWITCH);
	return 0;
}

INLINE int end(struct sy_spawner *s, uint32_t index, enum source source)
{
	struct sy_spawned *spawned = s->spawned[index];
	struct sy_stack stack = spawned->stack;

	sy_fiber_drop(&spawned->fiber);
	return stack_give(s, index, source, &stack);
}

/* On failure too, what was created is ended. */
INLINE int burst(struct sy_spawner *s, uint32_t count, enum source source)
{
	uint32_t created = 0;
	int rc = 0, failed;

	while (!rc && created < count) {
		rc = create(s, created, source);
		created += !rc;
	}
	for (uint32_t i = 0; i < created; i++) {
		failed = end(s, i, source);
		rc = rc ? rc : failed;
	}
	return rc;
}

INLINE int spawn(struct sy_spawner *s, uint64_t count, enum source source)
{
	int rc = 0;

	while (!rc && count) {
		uint32_t some = count < s->burst ? (uint32_t)count : s->burst;

		rc = burst(s, some, source);
		count -= some;
	}
	return rc;
}

int sy_spawn_pooled(void *spawner, uint64_t count)
{
	return spawn(spawner, count, POOLED);
}

int sy_spawn_malloc(void *spawner, uint64_t count)
{
	return spawn(spawner, count, MALLOC);
}

int sy_spawn_fresh(void *spawner, uint64_t count)
{
	return spawn(spawner, count, FRESH);
}
