/* SPDX-License-Identifier: MIT */
/* plan.c - see plan.h. */
#include "engine/plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/identity.h"

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
	free(plan->slots);
	*plan = (struct sy_plan){ 0 };
}

/* A table of a power of two of slots, of which at most half are taken; a
   collision goes to the next slot. */
struct table {
	uint32_t *slots;
	size_t count;
};

static const char *name_of(const struct sy_point *point)
{
	return point->name;
}

static const char *group_of(const struct sy_point *point)
{
	return point->group;
}

typedef const char *text_fn(const struct sy_point *point);

/* The slot of a text: where it is, or where it would be. */
static uint32_t *find_slot(const struct sy_point *points,
                           const struct table *table, text_fn *text_of,
                           const char *text)
{
	size_t at =
		sy_hash(SY_HASH_EMPTY, text, strlen(text)) & (table->count - 1);

	while (table->slots[at] &&
	       strcmp(text_of(&points[table->slots[at] - 1]), text))
		at = (at + 1) & (table->count - 1);
	return &table->slots[at];
}

static void enter_names(struct sy_plan *plan)
{
	struct table names = { plan->slots, plan->slot_count };

	memset(plan->slots, 0, plan->slot_count * sizeof(*plan->slots));
	for (size_t i = 0; i < plan->count; i++)
		*find_slot(plan->points, &names, name_of,
		           plan->points[i].name) = (uint32_t)i + 1;
}

static int make_room(struct sy_plan *plan)
{
	size_t room = plan->room ? plan->room * 2 : 64;
	struct sy_point *points;
	uint32_t *slots;

	if (plan->count < plan->room)
		return 0;
	points = reallocarray(plan->points, room, sizeof(*points));
	if (!points)
		return -ENOMEM;
	plan->points = points;
	slots = reallocarray(plan->slots, room * 2, sizeof(*slots));
	if (!slots)
		return -ENOMEM;
	plan->slots = slots;
	plan->slot_count = room * 2;
	plan->room = room;
	enter_names(plan);
	return 0;
}

int sy_plan_add(struct sy_plan *plan, const struct sy_request *request)
{
	struct sy_point point = { .request = *request };
	struct table names;
	uint32_t *slot;
	int error = sy_point_name(&point);

	if (!error)
		error = make_room(plan);
	if (error)
		return error;
	names = (struct table){ plan->slots, plan->slot_count };
	slot = find_slot(plan->points, &names, name_of, point.name);
	if (*slot)
		return 0;
	plan->points[plan->count++] = point;
	*slot = (uint32_t)plan->count;
	return 0;
}

/*
 * Numbers the groups in the order of their first points.  `slots` of `table`
 * holds first points, `ids` the group of each point; returns their number.
 */
static uint32_t number_groups(const struct sy_plan *plan,
                              const struct table *table, uint32_t *ids)
{
	uint32_t groups = 0;

	for (size_t i = 0; i < plan->count; i++) {
		uint32_t *slot = find_slot(plan->points, table, group_of,
		                           plan->points[i].group);

		if (!*slot) {
			*slot = (uint32_t)i + 1;
			ids[i] = groups++;
		} else {
			ids[i] = ids[*slot - 1];
		}
	}
	return groups;
}

static bool is_sorted(const uint32_t *ids, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (ids[i] < ids[i - 1])
			return false;
	return true;
}

/* Sorts by group, by counting: `starts` has room for a number a group. */
static void sort_points(const struct sy_plan *plan, const uint32_t *ids,
                        size_t *starts, uint32_t groups,
                        struct sy_point *sorted)
{
	for (size_t i = 0; i < plan->count; i++)
		starts[ids[i] + 1]++;
	for (uint32_t g = 1; g < groups; g++)
		starts[g] += starts[g - 1];
	for (size_t i = 0; i < plan->count; i++)
		sorted[starts[ids[i]]++] = plan->points[i];
}

int sy_plan_arrange(struct sy_plan *plan)
{
	struct table groups = { calloc(plan->room * 2 + 1, sizeof(uint32_t)),
		                plan->room * 2 };
	uint32_t *ids = calloc(plan->count + 1, sizeof(*ids));
	size_t *starts = calloc(plan->count + 2, sizeof(*starts));
	struct sy_point *sorted = NULL;
	uint32_t count;
	int error = groups.slots && ids && starts ? 0 : -ENOMEM;

	if (error || !plan->count)
		goto release;
	count = number_groups(plan, &groups, ids);
	if (is_sorted(ids, plan->count))
		goto release;
	sorted = reallocarray(NULL, plan->room, sizeof(*sorted));
	if (!sorted) {
		error = -ENOMEM;
		goto release;
	}
	sort_points(plan, ids, starts, count, sorted);
	free(plan->points);
	plan->points = sorted;
	enter_names(plan);
release:
	free(starts);
	free(ids);
	free(groups.slots);
	return error;
}

void sy_plan_keep(struct sy_plan *plan,
                  bool (*wanted)(const struct sy_point *point, void *data),
                  void *data)
{
	size_t kept = 0;

	for (size_t i = 0; i < plan->count; i++)
		if (wanted(&plan->points[i], data))
			plan->points[kept++] = plan->points[i];
		else
			sy_point_release(&plan->points[i]);
	plan->count = kept;
	if (plan->slots)
		enter_names(plan);
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
