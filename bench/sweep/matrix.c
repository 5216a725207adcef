/* SPDX-License-Identifier: MIT */
/* matrix.c - see matrix.h. */
#include "sweep/matrix.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool is_matrix(const struct sy_point *point)
{
	return !strcmp(point->request.placement, SY_MATRIX);
}

static uint64_t matrices(const struct sy_plan *plan)
{
	uint64_t count = 0;

	for (size_t i = 0; i < plan->count; i++)
		count += is_matrix(&plan->points[i]);
	return count;
}

/* The first family of the space that is not `switch`, or NULL. */
static const char *other_family(const struct sy_space *space)
{
	for (enum sy_family f = SY_SWITCH + 1; f <= SY_IDLE; f++)
		if (sy_space_has_family(space, sy_family_name(f)))
			return sy_family_name(f);
	for (size_t w = 0; sy_workloads[w]; w++)
		if (sy_space_has_family(space, sy_workloads[w]->name))
			return sy_workloads[w]->name;
	return NULL;
}

int sy_matrix_check(const struct sy_space *space, struct sy_reason *reason)
{
	const char *other = other_family(space);

	if (!other ||
	    !sy_words_have(&space->words[SY_KEY_PLACEMENT], SY_MATRIX))
		return 0;
	return sy_reason(reason, -EINVAL,
	                 "'" SY_MATRIX "' is of hand-offs only, and '%s' is "
	                 "among the workloads; choose the workload 'switch' "
	                 "alone",
	                 other);
}

bool sy_matrix_any(const struct sy_plan *plan)
{
	return matrices(plan) > 0;
}

uint64_t sy_matrix_count(const struct sy_plan *plan, unsigned pus)
{
	uint64_t count = matrices(plan);
	uint64_t cells = sy_multiply_capped(pus, pus);

	return sy_add_capped(plan->count - count,
	                     sy_multiply_capped(count, cells));
}

/* `request` is the caller's to be written to. */
static int add_cells(struct sy_plan *plan, struct sy_request *request,
                     const struct sy_placement *all)
{
	int error = 0;

	for (unsigned i = 0; i < all->count; i++)
		for (unsigned j = 0; j < all->count && !error; j++) {
			int from = all->pus[i], to = all->pus[j];

			snprintf(request->placement, SY_PLACEMENT_BYTES,
			         i == j ? "%d" : "%d,%d", from, to);
			error = sy_plan_add(plan, request);
		}
	return error;
}

static int add_all(struct sy_plan *made, const struct sy_plan *plan,
                   const struct sy_placement *all)
{
	int error = 0;

	for (size_t i = 0; i < plan->count && !error; i++) {
		struct sy_request request = plan->points[i].request;

		error = is_matrix(&plan->points[i])
		                ? add_cells(made, &request, all)
		                : sy_plan_add(made, &request);
	}
	return error;
}

int sy_matrix_expand(struct sy_plan *plan, const struct sy_topology *topology)
{
	struct sy_plan made = *plan;
	struct sy_placement all;
	char why[128];
	/* Those that may be used, in the order of OS indices. */
	int error = sy_placement_make(&all, topology, "none", why, sizeof(why));

	if (error)
		return error;
	made.points = NULL;
	made.slots = NULL;
	made.count = made.room = made.slot_count = 0;
	error = add_all(&made, plan, &all);
	sy_placement_free(&all);
	if (error) {
		sy_plan_free(&made);
		return error;
	}
	sy_plan_free(plan);
	*plan = made;
	return 0;
}
