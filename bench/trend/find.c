/* SPDX-License-Identifier: MIT */
/*
 * find.c - the changes of a history's points; see trend.h.
 *
 * Points are screened with few permutations first.  What passes is tested with
 * as many as its threshold needs, and has to pass that, too: the screen can
 * only take alarms away, and spares the points that did not change, which are
 * most, the long test.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/paired.h"
#include "trend/trend.h"

#define SCREEN_ALPHA 0.05
#define SCREEN_PERMUTATIONS 199
#define PERMUTATIONS_LEAST 999
/* Twice what one chance under the threshold takes, so that a single arrangement
   that is as unlike does not hide a change; and what goes with it. */
#define PERMUTATIONS_PER_CHANCE 2
#define FAR_UNDER 4

/*
 * A shift in the middle of n values, however large, is as unlike in two of
 * their n over n/2 arrangements, it and its mirror.  The fewest values with
 * which that is so far under alpha that permutations can show it.
 */
static size_t fewest_for(double alpha)
{
	double arrangements = 2; /* of 2 values */
	size_t n = 2;

	while (n < 2 * SY_TREND_LEAST ||
	       2 / arrangements >= alpha / FAR_UNDER) {
		n++;
		arrangements *= (double)n / (double)(n - n / 2);
	}
	return n;
}

static size_t looked_at(const struct sy_trend_point *point)
{
	return point->count < SY_TREND_MOST ? point->count : SY_TREND_MOST;
}

/* The share of a point: of all that have as many values as a point that is
   alone would need, so of no fewer than are tested in the end. */
static double share_alpha(struct sy_history *history)
{
	size_t least = fewest_for(SY_TREND_ALPHA), tested = 0;
	double alpha;

	for (size_t i = 0; i < history->point_count; i++)
		tested += looked_at(&history->points[i]) >= least;
	alpha = SY_TREND_ALPHA / (double)(tested ? tested : 1);
	history->fewest = fewest_for(alpha);
	return alpha;
}

static unsigned permutations_for(double alpha)
{
	double wanted = ceil(PERMUTATIONS_PER_CHANCE / alpha);

	return wanted > PERMUTATIONS_LEAST ? (unsigned)fmin(wanted, 1e9)
	                                   : PERMUTATIONS_LEAST;
}

/* A point's chance is its own: FNV-1a of its name, and the seed. */
static uint64_t seed_of(const struct sy_trend_point *point, uint64_t seed)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (const char *c = point->name; *c; c++)
		hash = (hash ^ (unsigned char)*c) * UINT64_C(0x100000001b3);
	return hash ^ seed;
}

struct work {
	double series[SY_TREND_MOST];
	struct sy_change_point found[SY_TREND_MOST / SY_TREND_LEAST + 1];
	size_t count, found_count;
	double alpha;
};

static int search(struct work *work, uint64_t seed)
{
	int error = sy_change_points(work->series, work->count, SY_TREND_LEAST,
	                             SCREEN_ALPHA, SCREEN_PERMUTATIONS, seed,
	                             work->found, &work->found_count);

	if (error || !work->found_count)
		return error;
	return sy_change_points(work->series, work->count, SY_TREND_LEAST,
	                        work->alpha, permutations_for(work->alpha),
	                        seed, work->found, &work->found_count);
}

/* Levels are medians of times, which those of logarithms are but for the mean
   of the two in the middle: computed from what is shown. */
static int level_of(const struct sy_trend_point *point, size_t from, size_t to,
                    double *scratch, double *ns)
{
	for (size_t i = from; i < to; i++)
		scratch[i - from] = point->values[i].ns.value;
	return sy_median(scratch, to - from, ns);
}

static int keep_found(struct sy_trend_point *point, struct work *work)
{
	struct sy_trend_change *changes;
	size_t count = work->found_count;
	double level = 0;
	int error = 0;

	if (!count)
		return 0;
	changes = calloc(count, sizeof(*changes));
	if (!changes)
		return -ENOMEM;
	for (size_t i = 0; i <= count && !error; i++) {
		size_t from = i ? work->found[i - 1].at : 0;
		size_t to = i < count ? work->found[i].at : work->count;

		error = level_of(point, point->first + from, point->first + to,
		                 work->series, &level);
		if (i)
			changes[i - 1].after = level;
		if (i < count)
			changes[i] = (struct sy_trend_change){
				.at = point->first + to,
				.p = work->found[i].p,
				.before = level,
			};
	}
	if (error) {
		free(changes);
		return error;
	}
	point->changes = changes;
	point->change_count = count;
	return 0;
}

static int find_of(struct sy_trend_point *point, size_t fewest,
                   struct work *work, uint64_t seed)
{
	int error;

	work->count = looked_at(point);
	point->first = point->count - work->count;
	if (work->count < fewest)
		return 0;
	for (size_t i = 0; i < work->count; i++)
		work->series[i] = log(point->values[point->first + i].ns.value);
	error = search(work, seed_of(point, seed));
	return error ? error : keep_found(point, work);
}

int sy_trend_find(struct sy_history *history, uint64_t seed)
{
	struct work *work = calloc(1, sizeof(*work));
	int error = work ? 0 : -ENOMEM;

	if (work)
		work->alpha = share_alpha(history);
	for (size_t i = 0; i < history->point_count && !error; i++)
		error = find_of(&history->points[i], history->fewest, work,
		                seed);
	free(work);
	return error;
}
