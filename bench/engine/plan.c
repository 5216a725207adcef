/* SPDX-License-Identifier: MIT */
/* plan.c - see plan.h. */
#include "engine/plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/subject.h"

void sy_plan_init(struct sy_plan *plan)
{
	*plan = (struct sy_plan){
		.seed = 1,
		.sets = 5,
		.slice_ns = 10000000,
		.limit_ns = UINT64_C(20000000000),
	};
}

void sy_plan_free(struct sy_plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		sy_point_release(&plan->points[i]);
	free(plan->points);
	*plan = (struct sy_plan){ 0 };
}

static int make_room(struct sy_plan *plan)
{
	size_t room = plan->room ? plan->room * 2 : 64;
	struct sy_point *points;

	if (plan->count < plan->room)
		return 0;
	points = realloc(plan->points, room * sizeof(*points));
	if (!points)
		return -ENOMEM;
	plan->points = points;
	plan->room = room;
	return 0;
}

int sy_plan_add(struct sy_plan *plan, const struct sy_request *request)
{
	struct sy_point point = { .request = *request };
	size_t at = plan->count;
	int error = sy_point_name(&point);

	if (!error)
		error = make_room(plan);
	if (error)
		return error;
	for (size_t i = 0; i < plan->count; i++) {
		if (!strcmp(plan->points[i].name, point.name))
			return 0;
		if (!strcmp(plan->points[i].group, point.group))
			at = i + 1;
	}
	memmove(&plan->points[at + 1], &plan->points[at],
	        (plan->count - at) * sizeof(point));
	plan->points[at] = point;
	plan->count++;
	return 0;
}

size_t sy_plan_group_end(const struct sy_plan *plan, size_t first)
{
	size_t i = first;

	while (i < plan->count &&
	       !strcmp(plan->points[i].group, plan->points[first].group))
		i++;
	return i;
}

size_t sy_plan_group_count(const struct sy_plan *plan)
{
	size_t groups = 0;

	for (size_t i = 0; i < plan->count; i = sy_plan_group_end(plan, i))
		groups++;
	return groups;
}

json_t *sy_plan_to_json(const struct sy_plan *plan)
{
	json_t *points = json_array();

	for (size_t i = 0; points && i < plan->count; i++) {
		const struct sy_point *point = &plan->points[i];
		json_t *json = json_pack("{ss ss}", "name", point->name,
		                         "group", point->group);

		if (json && point->where.count)
			json_object_set_new(json, "point",
			                    sy_point_to_json(point));
		json_array_append_new(points, json);
	}
	return json_pack("{si sI si sI sI sI si so}", "schema", 1, "seed",
	                 (json_int_t)plan->seed, "sets", (int)plan->sets,
	                 "budget_ns", (json_int_t)plan->budget_ns, "slice_ns",
	                 (json_int_t)plan->slice_ns, "limit_ns",
	                 (json_int_t)plan->limit_ns, "timer_slack_ns",
	                 SY_TIMER_SLACK_NS, "points", points);
}
