/* SPDX-License-Identifier: MIT */
/*
 * stored_match.c - which point of one run is which of the other; see
 * stored_run.h.
 *
 * Both sides are sorted by name: no names that somebody made up make that slow,
 * as they can a table of hashes.
 */
#include "compare/stored_run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* By name; in the order of the run where that is the same. */
static int compare_points(const void *a, const void *b)
{
	const struct sy_stored_point *one = *(struct sy_stored_point *const *)a;
	const struct sy_stored_point *two = *(struct sy_stored_point *const *)b;
	int order = strcmp(one->name, two->name);

	return order ? order : (one > two) - (one < two);
}

static int check_names(const struct sy_stored_run *run,
                       struct sy_stored_point **sorted,
                       struct sy_reason *reason)
{
	for (size_t i = 1; i < run->count; i++)
		if (!strcmp(sorted[i - 1]->name, sorted[i]->name))
			return sy_reason(reason, -EINVAL,
			                 "%s/results.json: points[%zu] and "
			                 "points[%zu] have one name: '%.80s'",
			                 run->dir,
			                 (size_t)(sorted[i - 1] - run->points),
			                 (size_t)(sorted[i] - run->points),
			                 sorted[i]->name);
	return 0;
}

/* The run's points by name, the caller's. */
static int sort_points(const struct sy_stored_run *run,
                       struct sy_stored_point ***sorted,
                       struct sy_reason *reason)
{
	struct sy_stored_point **points =
		calloc(run->count + 1, sizeof(struct sy_stored_point *));
	int error;

	if (!points)
		return sy_reason(reason, -ENOMEM, "no memory");
	for (size_t i = 0; i < run->count; i++)
		points[i] = &run->points[i];
	qsort(points, run->count, sizeof(struct sy_stored_point *),
	      compare_points);
	error = check_names(run, points, reason);
	if (error)
		free(points);
	else
		*sorted = points;
	return error;
}

static void marry(struct sy_stored_point **old_points, size_t old_count,
                  struct sy_stored_point **new_points, size_t new_count)
{
	for (size_t i = 0, j = 0; i < old_count && j < new_count;) {
		int order = strcmp(old_points[i]->name, new_points[j]->name);

		if (!order) {
			old_points[i]->mate = new_points[j];
			new_points[j]->mate = old_points[i];
		}
		i += order <= 0;
		j += order >= 0;
	}
}

int sy_stored_match(struct sy_stored_run *old_run,
                    struct sy_stored_run *new_run, struct sy_reason *reason)
{
	struct sy_stored_point **old_points, **new_points;
	int error = sort_points(old_run, &old_points, reason);

	if (error)
		return error;
	error = sort_points(new_run, &new_points, reason);
	if (!error) {
		marry(old_points, old_run->count, new_points, new_run->count);
		free(new_points);
	}
	free(old_points);
	return error;
}
