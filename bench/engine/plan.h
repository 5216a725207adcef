/* SPDX-License-Identifier: MIT */
/*
 * plan.h - the points of a run, in groups, and how long to measure them.
 */
#ifndef SY_PLAN_H
#define SY_PLAN_H

#include <stddef.h>

#include "engine/point.h"

struct sy_plan {
	struct sy_point *points; /* those of a group stand together */
	size_t count, room;
	uint64_t seed;
	unsigned sets;      /* fresh sets of workers a point */
	uint64_t budget_ns; /* wall time for all of it */
	uint64_t slice_ns;  /* wall time of one slice */
	uint64_t limit_ns;  /* the longest that an answer may take */
};

/* An empty plan with the defaults of a run. */
void sy_plan_init(struct sy_plan *plan);
void sy_plan_free(struct sy_plan *plan);

/*
 * Adds a point behind the last one of its group; one that is there already
 * is not added again.  -ENOMEM, -ENAMETOOLONG.
 */
int sy_plan_add(struct sy_plan *plan, const struct sy_request *request);

/* The points after `first` that share its group: returns the first that does
   not. */
size_t sy_plan_group_end(const struct sy_plan *plan, size_t first);
size_t sy_plan_group_count(const struct sy_plan *plan);

/* plan.json: points, seed, times.  NULL: no memory. */
json_t *sy_plan_to_json(const struct sy_plan *plan);

#endif /* SY_PLAN_H */
