/* SPDX-License-Identifier: MIT */
/*
 * promises.c - see broken.h: each carries tasks out on the stage, and breaks
 * one promise of a meeting place.
 */
#include "broken.h"

#include <errno.h>
#include <stddef.h>

#include "../stage.h"

static const char *absent(void)
{
	return NULL;
}

static void needs(const struct sy_batch *batch, struct sy_needs *needs)
{
	(void)batch;
	*needs = (struct sy_needs){ .contexts = 1 };
}

static int open_stage(void **state, struct sy_batch *batch)
{
	int error = batch->bind(batch, 0);

	if (!error)
		*state = batch;
	return error;
}

static int run_on_stage(struct sy_batch *batch, enum stage_fault fault)
{
	sy_context_see(&batch->contexts[0]);
	return stage_run(batch, fault);
}

static void close_stage(void *state)
{
	(void)state;
}

#define BROKEN(WORD, FAULT, SUMMARY)                                           \
	static int run_##WORD(void *state)                                     \
	{                                                                      \
		return run_on_stage(state, FAULT);                             \
	}                                                                      \
	const struct sy_model sy_broken_##WORD = {                             \
		.name = "broken." #WORD,                                       \
		.summary = SUMMARY,                                            \
		.absent = absent,                                              \
		.needs = needs,                                                \
		.open = open_stage,                                            \
		.run = run_##WORD,                                             \
		.close = close_stage,                                          \
	}

BROKEN(lock, STAGE_OPEN_LOCK, "everybody gets the lock");
BROKEN(gate, STAGE_WIDE_GATE, "a gate lets one more in");
BROKEN(event, STAGE_STUCK_EVENT, "an event stays set");
BROKEN(notify, STAGE_EAGER_NOTIFY, "a condition wakes one more");
BROKEN(timer, STAGE_EARLY_TIMER, "a timer runs at once");
BROKEN(cancel, STAGE_DEAF_TIMER, "a timer that was cancelled runs");
