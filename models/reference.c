/* SPDX-License-Identifier: MIT */
/*
 * reference.c - what a hand-off is to be held against: a call of a function,
 * a reading of the clock, a system call that does nothing.
 *
 * Nothing is handed over.  They are rows beside the hand-offs, so that they
 * are taken in the same minutes on the same PU.
 */
#include "models.h"

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "kernel.h"

static void needs(const struct sy_mechanism *mechanism,
                  const struct sy_batch *batch, struct sy_needs *needs)
{
	(void)mechanism;
	(void)batch;
	needs->contexts = 1;
}

static int open_reference(void **state, struct sy_batch *batch,
                          const struct sy_mechanism *mechanism)
{
	int err = batch->bind(batch, 0);

	(void)mechanism;
	if (!err)
		*state = batch;
	return err;
}

static void close_reference(void *state)
{
	(void)state;
}

/* Out of line in another file, and 0 rounds: it returns what it is given. */
static int run_call(void *state, uint64_t count)
{
	struct sy_batch *batch = state;
	uint64_t value = 1;

	for (; count; count--)
		value = sy_kernel(value, 0);
	sy_context_see(&batch->contexts[0]);
	return value == 1 ? 0 : -1;
}

static int run_clock(void *state, uint64_t count)
{
	struct sy_batch *batch = state;
	struct timespec now;

	for (; count; count--)
		clock_gettime(CLOCK_MONOTONIC, &now);
	sy_context_see(&batch->contexts[0]);
	return 0;
}

/* getppid is not kept by the C library, nor can it be: a parent may die. */
static int run_syscall(void *state, uint64_t count)
{
	struct sy_batch *batch = state;

	for (; count; count--)
		syscall(SYS_getppid);
	sy_context_see(&batch->contexts[0]);
	return 0;
}

#define REFERENCE(NAME, SUMMARY, RUN)                                          \
	{                                                                      \
		.name = NAME, .summary = SUMMARY, .family = SY_SWITCH,         \
		.in_tour = true, .reference = true, .needs = needs,            \
		.open = open_reference, .run = RUN, .close = close_reference,  \
	}

const struct sy_mechanism sy_serial_call =
	REFERENCE("call", "a function call", run_call);
const struct sy_mechanism sy_serial_clock =
	REFERENCE("clock", "a reading of the clock", run_clock);
const struct sy_mechanism sy_serial_syscall =
	REFERENCE("syscall", "a bare system call", run_syscall);
