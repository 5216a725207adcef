/* SPDX-License-Identifier: MIT */
/*
 * handoff_futex.c - two processes and a futex that says whose turn it is.
 *
 * A hand-off is: set the turn, futex wake, futex wait until the turn comes
 * back: one switch.  The other process is parked in its wait between runs.
 *
 * `alone` makes the same two system calls on a word of its own: a wake of
 * nobody and a wait for what is no longer so.  The net figure is without the
 * cost of entering the kernel twice.
 */
#include "models.h"

#include <stdio.h>

#include "futex.h"
#include "process.h"

struct pair {
	struct sy_batch *batch;
	struct sy_process process;
	_Alignas(64) _Atomic uint32_t turn;   /* context whose turn it is */
	_Alignas(64) _Atomic uint32_t nobody; /* of `alone` */
};

static void await_turn(struct pair *pair, uint32_t me)
{
	while (atomic_load(&pair->turn) != me)
		sy_futex_wait(&pair->turn, !me, NULL);
	sy_context_see(&pair->batch->contexts[me]);
}

static void pass(struct pair *pair, uint32_t me)
{
	atomic_store(&pair->turn, !me);
	sy_futex_wake(&pair->turn, 1);
	await_turn(pair, me);
}

static void answer(void *data)
{
	struct pair *pair = data;

	await_turn(pair, 1);
	for (;;)
		pass(pair, 1);
}

static int open_pair(void **pair_out, struct sy_batch *batch,
                     const struct sy_mechanism *mechanism)
{
	struct pair *pair;
	void *memory;
	int err;

	(void)mechanism;
	err = batch->bind(batch, 0);
	if (err)
		return err;
	err = sy_shared_create(&memory, sizeof(*pair));
	if (err)
		return err;
	pair = memory;
	pair->batch = batch;
	fflush(NULL);
	err = sy_process_start(&pair->process, batch, 1, answer, pair);
	if (!err)
		err = sy_process_await(&pair->process);
	if (err) {
		sy_process_end(&pair->process);
		sy_shared_destroy(memory, sizeof(*pair));
		return err;
	}
	*pair_out = pair;
	return 0;
}

static int run(void *data, uint64_t count)
{
	struct pair *pair = data;

	for (; count >= 2; count -= 2)
		pass(pair, 0);
	return 0;
}

static int alone(void *data, uint64_t count)
{
	struct pair *pair = data;

	for (; count; count--) {
		atomic_store(&pair->nobody, 0);
		sy_futex_wake(&pair->nobody, 1);
		sy_futex_wait(&pair->nobody, 1, NULL);
	}
	return 0;
}

static void close_pair(void *data)
{
	struct pair *pair = data;

	sy_process_end(&pair->process);
	sy_shared_destroy(pair, sizeof(*pair));
}

const struct sy_mechanism sy_pool_futex = {
	.name = "futex",
	.summary = "process-shared futex",
	.family = SY_SWITCH,
	.in_tour = true,
	.needs = sy_pair_needs,
	.switches_min = 1,
	.switches_max = 1,
	.open = open_pair,
	.run = run,
	.alone = alone,
	.close = close_pair,
};
