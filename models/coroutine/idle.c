/* SPDX-License-Identifier: MIT */
/*
 * idle.c - coroutines that have run and wait: what they take of memory.
 *
 * Of each there is the top page of its stack, with the record of its fibre in
 * it, and 4 bytes in its pool; the rest of the stack is address space.  There
 * is no table of them.  Stacks come in slabs, whose guards are made when the
 * first of them is needed: a guard too has its entry in a page of the page
 * table, which must not be there before the coroutines are.
 */
#include "coroutine.h"

#include <errno.h>
#include <stdlib.h>

#include "lane.h"
#include "stack.h"

/* Stacks of a slab: at 32 KiB each they fill four pages of the page table. */
#define SLAB_STACKS 256

struct parked {
	struct sy_fiber fiber;
	struct idle *idle;
} __attribute__((aligned(64)));

struct idle {
	struct sy_fiber home; /* the thread that calls run */
	struct sy_context *context;
	size_t stack_bytes;
	enum sy_guard guard; /* the weakest of all slabs */
	uint32_t most;
	uint32_t count;  /* of coroutines that there are */
	uint32_t opened; /* slabs; all but the last are in use */
	struct sy_stacks slabs[];
};

static uint32_t slab_count(uint32_t contexts)
{
	return contexts / SLAB_STACKS + (contexts % SLAB_STACKS != 0);
}

/* Notes where it runs and waits, until it is dropped. */
static void live(void *data)
{
	struct parked *self = data;

	sy_context_see(self->idle->context);
	for (;;)
		sy_fiber_switch(&self->fiber, &self->idle->home,
		                SY_LANE_SWITCH);
}

static struct parked *parked_on(const struct sy_stack *stack)
{
	return (struct parked *)(void *)(stack->top - sizeof(struct parked));
}

static int slab_open(struct idle *idle)
{
	struct sy_stacks *slab = &idle->slabs[idle->opened];
	uint32_t left = idle->most - idle->opened * SLAB_STACKS;
	int rc = sy_stacks_open(slab, left < SLAB_STACKS ? left : SLAB_STACKS,
	                        idle->stack_bytes, idle->guard);

	if (rc)
		return rc;
	idle->guard = slab->guard;
	idle->opened++;
	return 0;
}

/* One more coroutine, which runs and waits. */
static int add(struct idle *idle)
{
	uint32_t slab = idle->count / SLAB_STACKS;
	struct parked *parked;
	struct sy_stack stack;
	int rc = slab < idle->opened ? 0 : slab_open(idle);

	if (!rc)
		rc = sy_stack_take(&idle->slabs[slab], &stack);
	if (rc)
		return rc;
	parked = parked_on(&stack);
	parked->idle = idle;
	sy_fiber_make(&parked->fiber, SY_LANE_SWITCH, stack.low, (void *)parked,
	              live, parked);
	idle->count++;
	sy_fiber_switch(&idle->home, &parked->fiber, SY_LANE_SWITCH);
	return sy_stack_check(&idle->slabs[slab], stack.index);
}

static int idle_run(void *state, uint64_t count)
{
	struct idle *idle = state;
	int rc = 0;

	if (count > idle->most)
		return -EINVAL;
	while (!rc && idle->count < count)
		rc = add(idle);
	return rc;
}

static int idle_open(void **state, struct sy_batch *batch,
                     const struct sy_mechanism *mechanism)
{
	uint32_t most = batch->setting.contexts;
	size_t bytes = sizeof(struct idle) +
	               slab_count(most) * sizeof(struct sy_stacks);
	struct idle *idle;
	int rc = batch->bind(batch, 0);

	(void)mechanism;
	if (rc)
		return rc;
	if (!sy_note_room(most))
		return -EAGAIN;
	/* aligned_alloc wants a multiple of the alignment. */
	idle = aligned_alloc(_Alignof(struct idle), (bytes + 63) / 64 * 64);
	if (!idle)
		return -ENOMEM;
	*idle = (struct idle){ .context = &batch->contexts[0],
		               .guard = sy_guard_for(most, 0),
		               .most = most };
	rc = sy_stack_round(batch->setting.stack_bytes, &idle->stack_bytes);
	if (!rc)
		rc = sy_fiber_adopt(&idle->home, NULL);
	if (rc)
		free(idle);
	else
		*state = idle;
	return rc;
}

static void idle_close(void *state)
{
	struct idle *idle = state;

	for (uint32_t i = 0; i < idle->count; i++) {
		struct sy_stack stack = sy_stack_at(
			&idle->slabs[i / SLAB_STACKS], i % SLAB_STACKS);

		sy_fiber_drop(&parked_on(&stack)->fiber);
	}
	for (uint32_t i = 0; i < idle->opened; i++)
		sy_stacks_close(&idle->slabs[i]);
	free(idle);
}

static const char *idle_detail(const void *state)
{
	const struct idle *idle = state;

	return sy_guard_name(idle->guard);
}

static void idle_needs(const struct sy_mechanism *mechanism,
                       const struct sy_batch *batch, struct sy_needs *needs)
{
	uint32_t most = batch->setting.contexts;
	size_t stack_bytes;

	(void)mechanism;
	needs->contexts = 1;
	if (sy_stack_round(batch->setting.stack_bytes, &stack_bytes))
		return; /* open says so */
	sy_stacks_needs(most, stack_bytes, needs);
	needs->mappings += slab_count(most);
}

const struct sy_mechanism sy_coroutine_parked = {
	.name = "parked",
	.summary = "coroutines that have run and wait, a page each",
	.family = SY_IDLE,
	.takes = SY_TAKES_STACK,
	.needs = idle_needs,
	.open = idle_open,
	.run = idle_run,
	.detail = idle_detail,
	.close = idle_close,
};
