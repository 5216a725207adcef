/* SPDX-License-Identifier: MIT */
/*
 * overflow.c - see broken.h: a coroutine that calls itself until its stack
 * has overflowed, into the best guard that there is or into a canary.
 */
#include <errno.h>
#include <stdlib.h>

#include "broken.h"
#include "coroutine/fiber.h"
#include "coroutine/stack.h"

/* How far into a canary: the stack below stays as it was. */
#define INTO_GUARD 1024

struct overflowing {
	struct sy_fiber home, fiber;
	ucontext_t home_ucontext;
	struct sy_stacks stacks;
	struct sy_stack stack;
	const unsigned char *limit; /* how far down it goes */
	volatile unsigned depth;
};

static const char *absent(void)
{
	return NULL;
}

static void needs(const struct sy_batch *batch, struct sy_needs *needs)
{
	(void)batch;
	*needs = (struct sy_needs){ .contexts = 1 };
}

/* A frame of 256 bytes at a time, until one lies below `limit`. */
static __attribute__((noinline)) unsigned descend(const unsigned char *limit)
{
	volatile unsigned char frame[256];

	frame[0] = frame[255] = 1;
	if ((const unsigned char *)frame < limit)
		return 1;
	return descend(limit) + frame[0];
}

static void overflow(void *data)
{
	struct overflowing *state = data;

	for (;;) {
		state->depth = descend(state->limit);
		sy_fiber_switch(&state->fiber, &state->home,
		                SY_SWITCH_UCONTEXT);
	}
}

/* The second of two stacks: what lies below it is a stack too. */
static int stack_open(struct overflowing *state, enum sy_guard guard)
{
	int rc = sy_fiber_adopt(&state->home, &state->home_ucontext);

	if (!rc)
		rc = sy_stacks_open(&state->stacks, 2, 0, guard);
	if (rc)
		return rc;
	sy_stack_take(&state->stacks, &state->stack);
	sy_stack_take(&state->stacks, &state->stack);
	sy_fiber_make(&state->fiber, SY_SWITCH_UCONTEXT, state->stack.low,
	              state->stack.top, overflow, state);
	return 0;
}

static int overflow_open(void **made, struct sy_batch *batch,
                         enum sy_guard guard)
{
	struct overflowing *state =
		aligned_alloc(_Alignof(struct overflowing), sizeof(*state));
	int rc = state ? batch->bind(batch, 0) : -ENOMEM;

	if (!rc)
		rc = stack_open(state, guard);
	if (rc) {
		free(state);
		return rc;
	}
	state->limit =
		guard == SY_GUARD_CANARY ? state->stack.low - INTO_GUARD : NULL;
	*made = state;
	return 0;
}

static int guard_open(void **state, struct sy_batch *batch)
{
	return overflow_open(state, batch, sy_guard_for(2, 0));
}

static int canary_open(void **state, struct sy_batch *batch)
{
	return overflow_open(state, batch, SY_GUARD_CANARY);
}

static int overflow_run(void *data)
{
	struct overflowing *state = data;

	sy_fiber_switch(&state->home, &state->fiber, SY_SWITCH_UCONTEXT);
	return sy_stacks_check(&state->stacks);
}

static void overflow_close(void *data)
{
	struct overflowing *state = data;

	sy_fiber_drop(&state->fiber);
	sy_stacks_close(&state->stacks);
	free(state);
}

static void row_needs(const struct sy_mechanism *mechanism,
                      const struct sy_batch *batch, struct sy_needs *row)
{
	(void)mechanism;
	needs(batch, row);
}

static int guard_row_open(void **state, struct sy_batch *batch,
                          const struct sy_mechanism *mechanism)
{
	(void)mechanism;
	return guard_open(state, batch);
}

static int canary_row_open(void **state, struct sy_batch *batch,
                           const struct sy_mechanism *mechanism)
{
	(void)mechanism;
	return canary_open(state, batch);
}

static int row_run(void *state, uint64_t count)
{
	(void)count;
	return overflow_run(state);
}

/* In the process that holds waiting contexts. */
static const struct sy_mechanism guard_row = {
	.name = "recursion",
	.summary = "one of them overflows",
	.family = SY_IDLE,
	.needs = row_needs,
	.open = guard_row_open,
	.run = row_run,
	.close = overflow_close,
};

static const struct sy_mechanism canary_row = {
	.name = "recursion",
	.summary = "one of them overflows",
	.family = SY_IDLE,
	.needs = row_needs,
	.open = canary_row_open,
	.run = row_run,
	.close = overflow_close,
};

static const struct sy_mechanism *const guard_rows[] = { &guard_row, NULL };
static const struct sy_mechanism *const canary_rows[] = { &canary_row, NULL };

const struct sy_model sy_broken_overflow = {
	.name = "broken.overflow",
	.summary = "a coroutine recurses into its guard page",
	.absent = absent,
	.needs = needs,
	.open = guard_open,
	.run = overflow_run,
	.close = overflow_close,
	.mechanisms = guard_rows,
};

const struct sy_model sy_broken_canary = {
	.name = "broken.canary",
	.summary = "a coroutine recurses into its canary",
	.absent = absent,
	.needs = needs,
	.open = canary_open,
	.run = overflow_run,
	.close = overflow_close,
	.mechanisms = canary_rows,
};
