/* SPDX-License-Identifier: MIT */
/*
 * subject_internal.h - what subject*.c and sizing.c share.
 */
#ifndef SY_SUBJECT_INTERNAL_H
#define SY_SUBJECT_INTERNAL_H

#include "engine/resident.h"
#include "engine/subject.h"

struct sy_subject {
	const struct sy_point *point;
	struct sy_batch *batch;
	void *model;    /* of the model's open, or the pair of the hand-off */
	void *workload; /* of the workload's open */
	struct sy_usage_watch *watch;
	struct sy_awake *awake;
	struct sy_resident resident;
	uint64_t first_ns, first_operations; /* spawn; 0: not yet */
	bool ran;                            /* anything, since open */
	uint64_t *values; /* SY_VALUE_PERIOD expected ones, on demand */
	struct sy_tally expected;
	uint64_t expected_count; /* what `expected` is for */
	int64_t extra_owed;      /* extra.h */
};

/* So many operations in whole portions, rounded up: how many these are, and
   how many tasks. */
uint64_t sy_subject_whole(const struct sy_point *point, uint64_t operations);
uint64_t sy_subject_tasks(const struct sy_point *point, uint64_t operations);

/* Latencies kept of a slice where the point is stamped: every task's, or that
   of one in 1 << shift; and those of so many tasks. */
uint64_t sy_subject_stamps(const struct sy_point *point);
uint32_t sy_subject_stamp_shift(const struct sy_point *point);
uint64_t sy_subject_stamped(const struct sy_point *point, uint64_t tasks);

/* The number of operations nearest to `count` that a run can carry out, and
   where there is also room for the stamps of twice as many: it may have. */
uint64_t sy_subject_near(const struct sy_point *point, uint64_t count);
uint64_t sy_subject_allowed(const struct sy_subject *s, uint64_t count);

/* Makes ready for a run, and takes over what its contexts noted. */
void sy_subject_reset(struct sy_subject *s);
void sy_subject_collect(const struct sy_subject *s, struct sy_slice *slice);

/* subject_mechanism.c, each nothing for a point that has no part in it. */

/*
 * Times the first contexts that are created in the process, which pay for what
 * all later ones find; once.  Before anything else is run, but not in open:
 * there the other points of the group are getting ready at the same time.
 */
int sy_subject_first(struct sy_subject *s, struct sy_reason *reason);
/* After a run: the mechanism alone, and what it tells of itself. */
int sy_subject_mechanism(struct sy_subject *s, struct sy_slice *slice,
                         struct sy_reason *reason);
/* Carries out a slice of contexts that wait: a holder's. */
int sy_subject_hold(struct sy_subject *s, struct sy_slice *slice,
                    struct sy_reason *reason);

/* One run between two readings of the clock, checked. */
int sy_subject_trial(struct sy_subject *s, uint64_t count, uint64_t *elapsed_ns,
                     struct sy_reason *reason);

#endif /* SY_SUBJECT_INTERNAL_H */
