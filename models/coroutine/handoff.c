/* SPDX-License-Identifier: MIT */
/*
 * handoff.c - what one switch between two coroutines costs.
 *
 * Two coroutines of one thread switch to one another from two different
 * functions, so that the processor has to predict where each goes on: a ring
 * of coroutines in one loop would hide what a wrong prediction costs.
 * The thread's own stack enters and leaves the game once a run.
 *
 * What a switch costs without switching is taken to be the same loop around
 * a call of a function that does nothing; this holds for ucontext too, whose
 * system call is part of its way of switching.
 */
#include "coroutine.h"

#include <errno.h>
#include <stdlib.h>

#include "fiber.h"
#include "models.h"
#include "stack.h"

enum { HOME, PING, PONG, FIBRES };

struct pair {
	struct sy_fiber fibers[FIBRES]; /* in a row: found by a step */
	uint64_t rounds;                /* of ping and pong, in this run */
	struct sy_batch *batch;
	struct sy_stacks stacks;
	ucontext_t home_ucontext;
	enum sy_switch_kind kind;
};

#define INLINE static inline __attribute__((always_inline))

/* Four hand-offs to fibre `there`.  A loop's own jump takes a seventh of the
   time of a switch, so it comes once in four. */
INLINE struct sy_fiber *hand_over(struct sy_fiber *self, ptrdiff_t there,
                                  enum sy_switch_kind kind)
{
	self = sy_fiber_switch(self, self + there, kind);
	self = sy_fiber_switch(self, self + there, kind);
	self = sy_fiber_switch(self, self + there, kind);
	return sy_fiber_switch(self, self + there, kind);
}

INLINE void ping(struct pair *pair, enum sy_switch_kind kind)
{
	struct sy_fiber *self = &pair->fibers[PING];
	uint64_t left;

	for (;;) {
		for (left = pair->rounds; left >= 4; left -= 4)
			self = hand_over(self, PONG - PING, kind);
		for (; left; left--)
			self = sy_fiber_switch(self, self + (PONG - PING),
			                       kind);
		self = sy_fiber_switch(self, self + (HOME - PING), kind);
	}
}

INLINE void pong(struct pair *pair, enum sy_switch_kind kind)
{
	struct sy_fiber *self = &pair->fibers[PONG];

	for (;;)
		self = hand_over(self, PING - PONG, kind);
}

static void ping_assembly(void *pair)
{
	ping(pair, SY_SWITCH_ASSEMBLY);
}

static void pong_assembly(void *pair)
{
	pong(pair, SY_SWITCH_ASSEMBLY);
}

static void ping_ucontext(void *pair)
{
	ping(pair, SY_SWITCH_UCONTEXT);
}

static void pong_ucontext(void *pair)
{
	pong(pair, SY_SWITCH_UCONTEXT);
}

static int fiber_open(struct pair *pair, struct sy_fiber *fiber,
                      void (*entry)(void *pair))
{
	struct sy_stack stack;
	int rc = sy_stack_take(&pair->stacks, &stack);

	if (rc)
		return rc;
	sy_fiber_make(fiber, pair->kind, stack.low, stack.top, entry, pair);
	return 0;
}

/* The thread's own fibre and the two that play. */
static int fibers_open(struct pair *pair, void (*first)(void *pair),
                       void (*second)(void *pair))
{
	int rc = sy_fiber_adopt(&pair->fibers[HOME], &pair->home_ucontext);

	if (rc)
		return rc;
	rc = fiber_open(pair, &pair->fibers[PING], first);
	if (rc)
		return rc;
	rc = fiber_open(pair, &pair->fibers[PONG], second);
	if (rc)
		sy_fiber_drop(&pair->fibers[PING]);
	return rc;
}

/* Both contexts are on the calling thread: bound, and noted, once. */
static int bind_both(struct sy_batch *batch)
{
	int rc = batch->bind(batch, 0);

	if (rc)
		return rc;
	batch->contexts[1].pu = batch->contexts[0].pu;
	return 0;
}

static int pair_open(void **made, struct sy_batch *batch,
                     enum sy_switch_kind kind, void (*first)(void *pair),
                     void (*second)(void *pair))
{
	struct pair *pair;
	int rc = bind_both(batch);

	if (rc)
		return rc;
	/* aligned_alloc wants a multiple of the alignment: sizeof is one. */
	pair = aligned_alloc(_Alignof(struct pair), sizeof(*pair));
	if (!pair)
		return -ENOMEM;
	pair->kind = kind;
	pair->batch = batch;
	rc = sy_stacks_open(&pair->stacks, 2, SY_GUARD_PROTECT);
	if (rc)
		goto free_pair;
	rc = fibers_open(pair, first, second);
	if (rc)
		goto close_stacks;
	*made = pair;
	return 0;

close_stacks:
	sy_stacks_close(&pair->stacks);
free_pair:
	free(pair);
	return rc;
}

static int assembly_open(void **pair, struct sy_batch *batch,
                         const struct sy_mechanism *mechanism)
{
	(void)mechanism;
	return pair_open(pair, batch, SY_SWITCH_ASSEMBLY, ping_assembly,
	                 pong_assembly);
}

static int ucontext_open(void **pair, struct sy_batch *batch,
                         const struct sy_mechanism *mechanism)
{
	(void)mechanism;
	return pair_open(pair, batch, SY_SWITCH_UCONTEXT, ping_ucontext,
	                 pong_ucontext);
}

static int pair_run(void *data, uint64_t count)
{
	struct pair *pair = data;

	pair->rounds = count / 2;
	sy_fiber_switch(&pair->fibers[HOME], &pair->fibers[PING], pair->kind);
	sy_context_see(&pair->batch->contexts[0]);
	sy_context_see(&pair->batch->contexts[1]);
	return 0;
}

static void pair_close(void *data)
{
	struct pair *pair = data;

	sy_fiber_drop(&pair->fibers[PONG]);
	sy_fiber_drop(&pair->fibers[PING]);
	sy_stacks_close(&pair->stacks);
	free(pair);
}

const struct sy_mechanism sy_coroutine_assembly = {
	.name = "assembly",
	.summary = "own switch in assembly",
	.family = SY_SWITCH,
	.in_tour = true,
	.needs = sy_pair_needs,
	.open = assembly_open,
	.run = pair_run,
	.close = pair_close,
};

const struct sy_mechanism sy_coroutine_uswitch = {
	.name = "ucontext",
	.summary = "swapcontext, a system call",
	.family = SY_SWITCH,
	.in_tour = true,
	.needs = sy_pair_needs,
	.open = ucontext_open,
	.run = pair_run,
	.close = pair_close,
};
