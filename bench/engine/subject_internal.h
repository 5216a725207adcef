/* SPDX-License-Identifier: MIT */
/*
 * subject_internal.h - what subject.c and sizing.c share.
 */
#ifndef SY_SUBJECT_INTERNAL_H
#define SY_SUBJECT_INTERNAL_H

#include "engine/subject.h"

struct sy_subject {
	const struct sy_point *point;
	struct sy_batch *batch;
	void *model;    /* of the model's open, or the pair of the hand-off */
	void *workload; /* of the workload's open */
	struct sy_usage_watch *watch;
	struct sy_awake *awake;
	uint64_t *values; /* SY_VALUE_PERIOD expected ones, on demand */
	struct sy_tally expected;
	uint64_t expected_count; /* what `expected` is for */
};

/* Latencies kept of a slice: every task's, where the point is stamped. */
uint64_t sy_subject_stamps(const struct sy_point *point);

/* The number of operations nearest to `count` that a run may have. */
uint64_t sy_subject_allowed(const struct sy_subject *s, uint64_t count);

/* One run between two readings of the clock, checked. */
int sy_subject_trial(struct sy_subject *s, uint64_t count, uint64_t *elapsed_ns,
                     struct sy_reason *reason);

#endif /* SY_SUBJECT_INTERNAL_H */
