/* SPDX-License-Identifier: MIT */
/*
 * broken.c - see broken.h.
 *
 * All are the loop of serial with one fault.  The faults are such that a
 * weaker check would miss them: the wrong value is off by one bit, and the
 * task run in another's place has the same value and leaves the same count.
 */
#include "broken.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "blocking.h"
#include "workloads/workload.h"

/* Finding out a point's size takes 11 runs at most, a slice two. */
#define RIGHT_RUNS 16

static const char *absent(void)
{
	return NULL;
}

static const char *never_here(void)
{
	return "no machine has it";
}

static void needs(const struct sy_batch *batch, struct sy_needs *needs)
{
	(void)batch;
	*needs = (struct sy_needs){ .contexts = 1 };
}

struct broken {
	struct sy_batch *batch;
	uint64_t runs;
};

static int open_broken(void **state, struct sy_batch *batch)
{
	struct broken *broken = calloc(1, sizeof(*broken));
	int error = broken ? batch->bind(batch, 0) : -ENOMEM;

	if (error) {
		free(broken);
		return error;
	}
	broken->batch = batch;
	*state = broken;
	return 0;
}

static int open_fails(void **state, struct sy_batch *batch)
{
	(void)state;
	(void)batch;
	return -ENOMEM;
}

static void carry_out(struct broken *broken, uint64_t index, uint64_t wrong)
{
	struct sy_batch *batch = broken->batch;
	struct sy_lane *lane = &batch->lanes[0];

	sy_task_begin(batch, lane, index);
	sy_blocking_run(batch, NULL, lane, NULL, NULL);
	lane->task.value ^= wrong;
	sy_task_end(batch, lane);
	sy_context_see(&batch->contexts[0]);
}

/* Tasks first .. end - 1 as they should be. */
static void carry_out_all(struct broken *broken, uint64_t first, uint64_t end)
{
	for (uint64_t i = first; i < end; i++)
		carry_out(broken, i, 0);
}

static int run_value(void *state)
{
	struct broken *broken = state;

	carry_out(broken, 0, UINT64_C(1) << 63);
	carry_out_all(broken, 1, broken->batch->task_count);
	return 0;
}

static int run_late(void *state)
{
	struct broken *broken = state;
	uint64_t wrong = broken->runs++ >= RIGHT_RUNS;

	carry_out(broken, 0, wrong);
	carry_out_all(broken, 1, broken->batch->task_count);
	return 0;
}

static int run_lost(void *state)
{
	struct broken *broken = state;

	carry_out_all(broken, 0, broken->batch->task_count - 1);
	return 0;
}

static int run_twice(void *state)
{
	struct broken *broken = state;

	carry_out(broken, 0, 0);
	carry_out_all(broken, 0, broken->batch->task_count);
	return 0;
}

static int run_other(void *state)
{
	struct broken *broken = state;

	carry_out(broken, SY_VALUE_PERIOD, 0);
	carry_out_all(broken, 1, broken->batch->task_count);
	return 0;
}

static int run_crash(void *state)
{
	(void)state;
	abort();
}

static int run_hang(void *state)
{
	(void)state;
	while (pause()) /* it only ever returns -1 */
		;
	return 0;
}

static void close_broken(void *state)
{
	free(state);
}

/* A hand-off that hands nothing over. */
static int run_nothing(void *pair, uint64_t count)
{
	const volatile uint64_t *word = pair;

	while (count--)
		(void)*word;
	return 0;
}

static void pair_needs(const struct sy_mechanism *mechanism,
                       const struct sy_batch *batch, struct sy_needs *needs)
{
	(void)mechanism;
	(void)batch;
	needs->contexts = 2;
}

static int open_pair(void **pair, struct sy_batch *batch,
                     const struct sy_mechanism *mechanism)
{
	int error = batch->bind(batch, 0);

	(void)mechanism;
	if (!error)
		*pair = batch;
	return error;
}

static void close_pair(void *pair)
{
	(void)pair;
}

static const struct sy_mechanism no_switch = {
	.name = "none",
	.summary = "claims a switch and makes none",
	.family = SY_SWITCH,
	.in_tour = true,
	.switches_min = 1,
	.switches_max = 1,
	.needs = pair_needs,
	.open = open_pair,
	.run = run_nothing,
	.close = close_pair,
};

static const struct sy_mechanism *const mechanisms[] = { &no_switch, NULL };

/* What they have in common. */
#define PARTS .absent = absent, .needs = needs, .close = close_broken

const struct sy_model sy_broken_value = {
	.name = "broken.value",
	.summary = "a bit of one value is wrong",
	PARTS,
	.open = open_broken,
	.run = run_value,
};

const struct sy_model sy_broken_late = {
	.name = "broken.late",
	.summary = "a bit of one value is wrong, but not at first",
	PARTS,
	.open = open_broken,
	.run = run_late,
};

const struct sy_model sy_broken_lost = {
	.name = "broken.lost",
	.summary = "the last task is not run",
	PARTS,
	.open = open_broken,
	.run = run_lost,
};

const struct sy_model sy_broken_twice = {
	.name = "broken.twice",
	.summary = "the first task is run twice",
	PARTS,
	.open = open_broken,
	.run = run_twice,
};

const struct sy_model sy_broken_other = {
	.name = "broken.other",
	.summary = "a task of the same value is run in the first one's place",
	PARTS,
	.open = open_broken,
	.run = run_other,
};

const struct sy_model sy_broken_crash = {
	.name = "broken.crash",
	.summary = "aborts in run",
	PARTS,
	.open = open_broken,
	.run = run_crash,
};

const struct sy_model sy_broken_hang = {
	.name = "broken.hang",
	.summary = "run does not return",
	PARTS,
	.open = open_broken,
	.run = run_hang,
};

const struct sy_model sy_broken_open = {
	.name = "broken.open",
	.summary = "finds no memory to open",
	PARTS,
	.open = open_fails,
	.run = run_hang,
};

const struct sy_model sy_broken_switches = {
	.name = "broken.switches",
	.summary = "claims switches that it does not make",
	PARTS,
	.open = open_broken,
	.run = run_lost,
	.mechanisms = mechanisms,
};

const struct sy_model sy_broken_absent = {
	.name = "broken.absent",
	.summary = "is on no machine",
	.absent = never_here,
	.needs = needs,
	.open = open_fails,
	.run = run_hang,
	.close = close_broken,
};
