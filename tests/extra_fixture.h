/* SPDX-License-Identifier: MIT */
/*
 * extra_fixture.h - slices run under SWITCHYARD_EXTRA_PERCENT, and how many
 * operations really were in them: as those who carried them out have counted.
 */
#ifndef SY_EXTRA_FIXTURE_H
#define SY_EXTRA_FIXTURE_H

#include "subject_fixture.h"

#include "engine/batch.h"
#include "engine/subject_internal.h"

#define EXTRA_VARIABLE "SWITCHYARD_EXTRA_PERCENT"

static inline void extra_open(struct opened *o, const char *family,
                              const char *row, uint32_t inflight)
{
	opened_point(o, family, row, inflight);
	opened_open(o, "one-pu");
}

/* Tasks that have ended in the run, counted where each of them ends. */
static inline uint64_t tasks_done(const struct opened *o)
{
	struct sy_tally tally;

	sy_batch_tally(o->subject->batch, &tally);
	return tally.done;
}

/* The kernel's count: of a hand-off through a pipe on one PU each is one. */
static inline void assert_switches(const struct opened *o, uint64_t hand_offs)
{
	uint64_t switches =
		o->slice.usage.voluntary + o->slice.usage.involuntary;

	assert_in_range(switches, hand_offs - hand_offs / 50,
	                hand_offs + hand_offs / 50 + 20);
}

#endif /* SY_EXTRA_FIXTURE_H */
