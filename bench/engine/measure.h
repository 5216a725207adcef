/* SPDX-License-Identifier: MIT */
/*
 * measure.h - the driver: every point of a plan, slice by slice.
 *
 * For each set and group it starts one fresh worker a point, all alive at
 * once, and asks them for slices one after another in a seeded random order.
 * Two sentinels, the pure kernel against itself, take part in every group:
 * their disagreement is the machine's noise.
 */
#ifndef SY_MEASURE_H
#define SY_MEASURE_H

#include "engine/plan.h"
#include "engine/result.h"

#define SY_SENTINELS 2

/* How far a run has come; sy_session_apply alone changes it. */
struct sy_course {
	unsigned drivers; /* that have measured; more than one: resumed */
	bool ended;       /* the last of them said so */
	unsigned set;     /* of the plan, that is gone through */
	size_t next;      /* the first point of it whose turn has not ended */
	size_t turn_end;  /* it is the turn of next..turn_end-1; 0: nobody's */
	/* Of the group's time when that turn began.  Where its driver was
	   stopped in it: what is left now for the same group; 0: none was. */
	uint64_t left_ns;
	uint64_t turn_ns; /* when the turn began */
	uint32_t round;   /* the last one of the turn */
	/* CLOCK_MONOTONIC of the last driver: its first record and its last
	   one, and its last sample. */
	uint64_t begun_ns, last_ns, sample_ns;
	uint64_t spent_ns; /* by the drivers before it */
};

struct sy_session {
	struct sy_result *points; /* one for each of the plan */
	struct sy_result sentinels[SY_SENTINELS];
	double kernel_round_ns; /* calibrated; what grains became rounds by */
	uint64_t wall_ns;       /* all of it, workers started and stopped */
	uint64_t sliced_ns;     /* the part in which something was timed */
	bool interrupted;       /* the plan's end was not reached */
	struct sy_course course;
};

struct sy_progress {
	unsigned set, sets;
	size_t group, groups;
	const char *group_name;
	uint64_t begin_ns, budget_ns; /* CLOCK_MONOTONIC at the start */
};

/* What the driver is given by a front end. */
struct sy_hooks {
	const char *program; /* path of the worker's program */
	int cancel_fd;       /* readable: stop, keep what there is; or -1 */
	/* Writes one record down (takes the object); an error ends it all. */
	int (*journal)(void *data, json_t *record, struct sy_reason *reason);
	/* Between slices; nonzero stops as cancel_fd does. */
	int (*progress)(void *data, const struct sy_progress *progress);
	void *data;
	bool sink;    /* what workers print is kept for reasons: remote.h */
	int hello_ms; /* the longest that a hello may take; 0: SY_HELLO_MS */
};

/*
 * Measures until the budget is spent.  The points' placements have been
 * resolved; those that were not (where.count is 0) are skipped and their
 * results left as they are.  The session is filled in any case and freed by
 * sy_session_free; one that was restored from a journal goes on where that
 * ends.  An error of a point is that point's; what is returned is an error of
 * the run (-ENOMEM, the journal's, no worker can be started).
 */
int sy_measure(struct sy_plan *plan, const struct sy_hooks *hooks,
               struct sy_session *session, struct sy_reason *reason);

/* An empty session for the plan.  -ENOMEM. */
int sy_session_init(struct sy_session *session, const struct sy_plan *plan);
void sy_session_free(struct sy_session *session, const struct sy_plan *plan);

#endif /* SY_MEASURE_H */
