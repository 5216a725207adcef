/* SPDX-License-Identifier: MIT */
/*
 * plan_json.c - plan.json and back: what was asked for, and the PUs that it
 * came out as, so that a run can be gone on with as it was begun.
 */
#include <errno.h>
#include <string.h>

#include "engine/bounds.h"
#include "engine/json.h"
#include "engine/plan.h"
#include "engine/subject.h"

static json_t *point_entry(const struct sy_point *point)
{
	json_t *json = json_pack("{ss ss so}", "name", point->name, "group",
	                         point->group, "request",
	                         sy_request_to_json(&point->request));

	return point->where.count
	               ? sy_json_with(json, "point", sy_point_to_json(point))
	               : json;
}

json_t *sy_plan_to_json(const struct sy_plan *plan)
{
	json_t *points = json_array();

	for (size_t i = 0; points && i < plan->count; i++)
		points = sy_json_then(points, point_entry(&plan->points[i]));
	return json_pack("{si sI si sI sI sI si so}", "schema", SY_PLAN_SCHEMA,
	                 "seed", (json_int_t)plan->seed, "sets",
	                 (int)plan->sets, "budget_ns",
	                 (json_int_t)plan->budget_ns, "slice_ns",
	                 (json_int_t)plan->slice_ns, "limit_ns",
	                 (json_int_t)plan->limit_ns, "timer_slack_ns",
	                 SY_TIMER_SLACK_NS, "points", points);
}

/* The PUs of a point, where the plan has them: of the same point, therefore
   it has to look the same when it is written down again. */
static int take_place(struct sy_point *point, json_t *json,
                      struct sy_reason *reason)
{
	struct sy_point found;
	json_t *again;
	int error = sy_point_from_json(&found, json, reason);

	if (!error) {
		point->where = found.where;
		found.where = (struct sy_placement){ 0 };
		point->load.rounds = found.load.rounds;
		point->load.inside_rounds = found.load.inside_rounds;
		point->load.outside_rounds = found.load.outside_rounds;
		point->load.server_pu = found.load.server_pu;
		again = sy_point_to_json(point);
		if (!json_equal(again, json))
			error = sy_reason(reason, -EINVAL,
			                  "`point` is not what `request` "
			                  "asks for");
		json_decref(again);
	}
	sy_point_release(&found);
	return error;
}

static bool says(const json_t *json, const char *key, const char *text)
{
	const char *found = json_string_value(json_object_get(json, key));

	return found && !strcmp(found, text);
}

static int add_point(struct sy_plan *plan, const json_t *json,
                     struct sy_reason *reason)
{
	struct sy_request request;
	struct sy_point *point;
	json_t *place = json_object_get(json, "point");
	size_t count = plan->count;
	int error = sy_request_from_json(
		&request, json_object_get(json, "request"), reason);

	if (error)
		return error;
	error = sy_plan_add(plan, &request);
	if (error)
		return sy_reason(reason, error, "%s", strerror(-error));
	point = &plan->points[count];
	/* It is not added twice, and not behind where it stood. */
	if (plan->count == count || !says(json, "name", point->name) ||
	    !says(json, "group", point->group))
		return sy_reason(reason, -EINVAL,
		                 "`name` and `group` are of another point, or "
		                 "it is there twice");
	return place ? take_place(point, place, reason) : 0;
}

static int add_points(struct sy_plan *plan, const json_t *points,
                      struct sy_reason *reason)
{
	struct sy_reason why = { "" };
	const json_t *json;
	size_t i;

	if (!json_array_size(points))
		return sy_reason(reason, -EINVAL, "it has no points");
	json_array_foreach (points, i, json) {
		int error = add_point(plan, json, &why);

		if (error)
			return sy_reason(reason, error, "point %zu: %s", i,
			                 why.text);
	}
	return 0;
}

static int take_times(struct sy_plan *plan, json_t *json,
                      struct sy_reason *reason)
{
	json_int_t seed, sets, budget_ns, slice_ns, limit_ns, slack_ns;
	json_error_t where;

	if (json_unpack_ex(json, &where, 0, "{sI sI sI sI sI sI}", "seed",
	                   &seed, "sets", &sets, "budget_ns", &budget_ns,
	                   "slice_ns", &slice_ns, "limit_ns", &limit_ns,
	                   "timer_slack_ns", &slack_ns))
		return sy_reason(reason, -EINVAL, "%s", where.text);
	if (seed < 0 || sets < 1 || sets > SY_SETS_MAX || budget_ns < 0 ||
	    budget_ns > SY_BUDGET_MAX_NS || slice_ns < 1 ||
	    slice_ns > SY_LIMIT_MAX_NS || limit_ns < 1 ||
	    limit_ns > SY_LIMIT_MAX_NS || slack_ns != SY_TIMER_SLACK_NS)
		return sy_reason(reason, -EINVAL,
		                 "seed, sets, a time or the timer slack is out "
		                 "of range");
	plan->seed = (uint64_t)seed;
	plan->sets = (unsigned)sets;
	plan->budget_ns = (uint64_t)budget_ns;
	plan->slice_ns = (uint64_t)slice_ns;
	plan->limit_ns = (uint64_t)limit_ns;
	return 0;
}

int sy_plan_schema_check(const json_t *json, struct sy_reason *reason)
{
	const json_t *schema = json_object_get(json, "schema");
	json_int_t number = json_integer_value(schema);

	if (!json_is_integer(schema) || number < 1)
		return sy_reason(reason, -EINVAL, "it is no plan: no schema");
	if (number == SY_PLAN_SCHEMA)
		return 0;
	return sy_reason(reason, -ENOTSUP,
	                 number > SY_PLAN_SCHEMA
	                         ? "its schema is %lld, and this program "
	                           "knows those up to %d: a newer one wrote it"
	                         : "its schema is %lld, not %d: an older "
	                           "program wrote it",
	                 (long long)number, SY_PLAN_SCHEMA);
}

int sy_plan_from_json(struct sy_plan *plan, json_t *json,
                      struct sy_reason *reason)
{
	int error = sy_plan_schema_check(json, reason);

	sy_plan_init(plan);
	if (!error)
		error = take_times(plan, json, reason);
	if (!error)
		error = add_points(plan, json_object_get(json, "points"),
		                   reason);
	if (error)
		sy_plan_free(plan);
	return error;
}
