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

struct sy_session {
	struct sy_result *points; /* one for each of the plan */
	struct sy_result sentinels[2];
	double kernel_round_ns; /* calibrated; what grains became rounds by */
	uint64_t wall_ns;       /* all of it, workers started and stopped */
	uint64_t sliced_ns;     /* the part in which something was timed */
	bool interrupted; /* by cancel_fd, or the plan's end not reached */
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
	/* Writes one sample down (takes the object); an error ends it all. */
	int (*journal)(void *data, json_t *sample, struct sy_reason *reason);
	/* Between slices; nonzero stops as cancel_fd does. */
	int (*progress)(void *data, const struct sy_progress *progress);
	void *data;
};

/*
 * Measures until the budget is spent.  The points' placements have been
 * resolved; those that were not (where.count is 0) are skipped and their
 * results left as they are.  The session is filled in any case and freed by
 * sy_session_free.  An error of a point is that point's; what is returned is
 * an error of the run (-ENOMEM, the journal's, no worker can be started).
 */
int sy_measure(struct sy_plan *plan, const struct sy_hooks *hooks,
               struct sy_session *session, struct sy_reason *reason);

/* An empty session for the plan.  -ENOMEM. */
int sy_session_init(struct sy_session *session, const struct sy_plan *plan);
void sy_session_free(struct sy_session *session, const struct sy_plan *plan);

#endif /* SY_MEASURE_H */
