/* SPDX-License-Identifier: MIT */
/*
 * plan.h - the points of a run, in groups, and how long to measure them.
 */
#ifndef SY_PLAN_H
#define SY_PLAN_H

#include <stddef.h>

#include "engine/point.h"

struct sy_plan {
	struct sy_point *points;
	size_t count, room;
	uint32_t *slots; /* of a table of names: index + 1, 0 where empty */
	size_t slot_count;
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
 * Adds a point at the end; one that is there already is not added again.
 * -ENOMEM, -ENAMETOOLONG.
 */
int sy_plan_add(struct sy_plan *plan, const struct sy_request *request);

/*
 * Puts the points of a group together, behind the first of them; groups and
 * the points of each stay in order.  To be called once all are added, before
 * anything looks at groups.  -ENOMEM.
 */
int sy_plan_arrange(struct sy_plan *plan);

/* Keeps the points that `wanted` says yes to. */
void sy_plan_keep(struct sy_plan *plan,
                  bool (*wanted)(const struct sy_point *point, void *data),
                  void *data);

/* The budget that a plan has unless it is given one: a second a point. */
uint64_t sy_plan_usual_budget(const struct sy_plan *plan);

/*
 * How long a run of the plan takes, from its start to its figures: the budget,
 * or where even one slice a point and set takes longer, about what these
 * take.
 */
uint64_t sy_plan_expected_ns(const struct sy_plan *plan);

/*
 * Whether a slice of every point can end within the limit of an answer, as far
 * as that is known from what was asked for: sections multiply.  -EINVAL with
 * the reason.
 */
int sy_plan_check(const struct sy_plan *plan, struct sy_reason *reason);

/* The points after `first` that share its group: returns the first that does
   not. */
size_t sy_plan_group_end(const struct sy_plan *plan, size_t first);
size_t sy_plan_group_count(const struct sy_plan *plan);

/* Of plan.json and of the journal, which is read with it. */
#define SY_PLAN_SCHEMA 3

/* plan.json: points, seed, times.  NULL: no memory. */
json_t *sy_plan_to_json(const struct sy_plan *plan);

/*
 * The same plan again, with the PUs that its points came out as.  On
 * failure the plan is empty.  -EINVAL with what does not fit; -ENOTSUP where it is
 * of another schema, which sy_plan_schema_check looks at alone; -ENOMEM.
 */
int sy_plan_from_json(struct sy_plan *plan, json_t *json,
                      struct sy_reason *reason);
int sy_plan_schema_check(const json_t *json, struct sy_reason *reason);

#endif /* SY_PLAN_H */
