/* SPDX-License-Identifier: MIT */
/* trend.c - what is said of changes that were found; see trend.h. */
#include "trend/trend.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *sy_trend_state_name(enum sy_trend_state state)
{
	static const char *const names[] = {
		[SY_TREND_STEADY] = "steady",
		[SY_TREND_TOO_FEW] = "too_few",
		[SY_TREND_SMALL] = "small",
		[SY_TREND_CHANGED] = "changed",
	};

	return names[state];
}

enum sy_trend_state sy_trend_state_of(const struct sy_history *history,
                                      const struct sy_trend_point *point)
{
	if (sy_trend_newest(point))
		return SY_TREND_CHANGED;
	if (point->change_count)
		return SY_TREND_SMALL;
	return point->count < history->fewest ? SY_TREND_TOO_FEW
	                                      : SY_TREND_STEADY;
}

double sy_trend_ratio(const struct sy_trend_change *change)
{
	return change->after / change->before;
}

bool sy_trend_is_news(const struct sy_trend_change *change)
{
	return fabs(log(sy_trend_ratio(change))) > log1p(SY_TREND_FLOOR);
}

const struct sy_trend_change *
sy_trend_newest(const struct sy_trend_point *point)
{
	for (size_t i = point->change_count; i-- > 0;)
		if (sy_trend_is_news(&point->changes[i]))
			return &point->changes[i];
	return NULL;
}

const struct sy_trend_run *
sy_trend_run_before(const struct sy_history *history,
                    const struct sy_trend_point *point,
                    const struct sy_trend_change *change)
{
	return &history->runs[point->values[change->at - 1].run];
}

const struct sy_trend_run *
sy_trend_run_after(const struct sy_history *history,
                   const struct sy_trend_point *point,
                   const struct sy_trend_change *change)
{
	return &history->runs[point->values[change->at].run];
}

bool sy_trend_differs(const struct sy_trend_run *before,
                      const struct sy_trend_run *after, enum sy_told told)
{
	const char *left = before->told[told], *right = after->told[told];

	if (told == SY_TOLD_COMMIT && before->dirty != after->dirty)
		return true;
	return left && right && strcmp(left, right);
}

/* Of all values that were looked at. */
static int only_level(const struct sy_trend_point *point, double *ns)
{
	size_t count = point->count - point->first;
	double *values = calloc(count + 1, sizeof(*values));
	int error;

	if (!values)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		values[i] = point->values[point->first + i].ns.value;
	error = sy_median(values, count, ns);
	free(values);
	return error;
}

int sy_trend_level(const struct sy_trend_point *point, size_t i,
                   struct sy_trend_level *level)
{
	const struct sy_trend_change *changes = point->changes;
	struct sy_trend_level found = {
		.from = i ? changes[i - 1].at : point->first,
		.to = i < point->change_count ? changes[i].at : point->count,
	};
	int error = 0;

	if (!point->change_count)
		error = only_level(point, &found.ns);
	else
		found.ns = i ? changes[i - 1].after : changes[0].before;
	if (!error)
		*level = found;
	return error;
}

static uint32_t newest_run(const struct sy_trend_point *point)
{
	return point->values[sy_trend_newest(point)->at].run;
}

static int compare(const void *a, const void *b)
{
	const struct sy_trend_point *left = *(struct sy_trend_point *const *)a;
	const struct sy_trend_point *right = *(struct sy_trend_point *const *)b;
	double first = fabs(log(sy_trend_ratio(sy_trend_newest(left))));
	double second = fabs(log(sy_trend_ratio(sy_trend_newest(right))));

	if (newest_run(left) != newest_run(right))
		return newest_run(left) > newest_run(right) ? -1 : 1;
	if (first > second || first < second)
		return first > second ? -1 : 1;
	return strcmp(left->name, right->name);
}

const struct sy_trend_point **sy_trend_changed(const struct sy_history *history,
                                               size_t *count)
{
	/* One more, so that none is no failure. */
	const struct sy_trend_point **changed = calloc(
		history->point_count + 1, sizeof(struct sy_trend_point *));
	size_t found = 0;

	if (!changed)
		return NULL;
	for (size_t i = 0; i < history->point_count; i++)
		if (sy_trend_newest(&history->points[i]))
			changed[found++] = &history->points[i];
	qsort(changed, found, sizeof(struct sy_trend_point *), compare);
	*count = found;
	return changed;
}

void sy_trend_count(const struct sy_history *history, size_t counts[4])
{
	memset(counts, 0, 4 * sizeof(*counts));
	for (size_t i = 0; i < history->point_count; i++)
		counts[sy_trend_state_of(history, &history->points[i])]++;
}
