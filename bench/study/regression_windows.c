/* SPDX-License-Identifier: MIT */
/*
 * regression_windows.c - what of a recording is as long as a user's comparison.
 *
 * A visit of a point is a set of its workers.  Visits of all points follow on
 * one another, so what one of them has taken with the starts of its workers
 * and the sentinel behind it is the time from the end of the one before.
 */
#include "study/regression_parts.h"

#include <errno.h>
#include <stdlib.h>

struct visit {
	size_t point, first, count;
	uint64_t begin_ns, end_ns, wall_ns;
};

static uint64_t pair_end(const struct sy_pair *pair)
{
	return pair->at_ns + pair->elapsed_ns[SY_OLD] +
	       pair->elapsed_ns[SY_NEW];
}

static size_t find_of_point(const struct sy_compared *point, size_t index,
                            struct visit *visits)
{
	size_t count = 0;

	for (size_t i = 0; i < point->pair_count; i++) {
		const struct sy_pair *pair = &point->pairs[i];

		if (!i || pair->set != pair[-1].set)
			visits[count++] = (struct visit){
				.point = index,
				.first = i,
				.begin_ns = pair->at_ns,
			};
		visits[count - 1].count++;
		visits[count - 1].end_ns = pair_end(pair);
	}
	return count;
}

static int by_time(const void *left, const void *right)
{
	const struct visit *a = left, *b = right;

	return (a->begin_ns > b->begin_ns) - (a->begin_ns < b->begin_ns);
}

static int by_point(const void *left, const void *right)
{
	const struct visit *a = left, *b = right;

	if (a->point != b->point)
		return a->point < b->point ? -1 : 1;
	return by_time(left, right);
}

/* Before the first one is what a comparison does once. */
static void find_walls(struct visit *visits, size_t count)
{
	qsort(visits, count, sizeof(*visits), by_time);
	for (size_t i = 0; i < count; i++) {
		uint64_t from = visits[i].begin_ns;

		if (i && visits[i - 1].end_ns < from)
			from = visits[i - 1].end_ns;
		visits[i].wall_ns = visits[i].end_ns - from;
	}
	qsort(visits, count, sizeof(*visits), by_point);
}

static int find_visits(const struct sy_comparison *comparison,
                       struct visit **visits, size_t *count)
{
	size_t most = 0;

	for (size_t i = 0; i < comparison->count; i++)
		most += comparison->points[i].pair_count;
	*visits = calloc(most + 1, sizeof(**visits));
	*count = 0;
	if (!*visits)
		return -ENOMEM;
	for (size_t i = 0; i < comparison->count; i++)
		if (comparison->points[i].outcome == SY_OUTCOME_COMPARED)
			*count += find_of_point(&comparison->points[i], i,
			                        *visits + *count);
	find_walls(*visits, *count);
	return 0;
}

/* What a user's comparison of that length had is what it was judged by. */
static bool is_whole(const struct sy_comparison *comparison, uint64_t wall_ns)
{
	return comparison->budget_ns == wall_ns * comparison->count;
}

/* As many visits of one point as fit, or all of them; how many these are. */
static size_t fill(const struct visit *visits, size_t count, uint64_t wall_ns,
                   bool whole, struct sy_window *window)
{
	size_t taken = 0;

	for (; taken < count && visits[taken].point == visits->point; taken++) {
		if (!whole && window->wall_ns + visits[taken].wall_ns > wall_ns)
			break;
		window->wall_ns += visits[taken].wall_ns;
		window->count += visits[taken].count;
	}
	return taken;
}

static void cut(const struct sy_comparison *comparison,
                const struct visit *visits, size_t count, uint64_t wall_ns,
                struct sy_windows *windows)
{
	bool whole = is_whole(comparison, wall_ns);
	size_t nth = 0;

	for (size_t i = 0; i < count;) {
		struct sy_window window = {
			.point = visits[i].point,
			.pairs = comparison->points[visits[i].point].pairs +
			         visits[i].first,
		};
		size_t taken =
			fill(visits + i, count - i, wall_ns, whole, &window);

		if (i && visits[i].point != visits[i - 1].point)
			nth = 0;
		window.nth = nth;
		if (whole || window.wall_ns >= wall_ns / 4 * 3) {
			windows->items[windows->count++] = window;
			nth++;
		}
		/* One visit that is too long by itself is left out. */
		i += taken ? taken : 1;
	}
}

int sy_windows_cut(const struct sy_comparison *comparison, uint64_t wall_ns,
                   struct sy_windows *windows)
{
	struct visit *visits;
	size_t count;
	int error = find_visits(comparison, &visits, &count);

	if (error)
		return error;
	windows->count = 0;
	windows->items = calloc(count + 1, sizeof(*windows->items));
	if (windows->items)
		cut(comparison, visits, count, wall_ns, windows);
	free(visits);
	return windows->items ? 0 : -ENOMEM;
}

const struct sy_window *sy_window_find(const struct sy_windows *windows,
                                       size_t point, size_t nth)
{
	for (size_t i = 0; i < windows->count; i++)
		if (windows->items[i].point == point &&
		    windows->items[i].nth == nth)
			return &windows->items[i];
	return NULL;
}
