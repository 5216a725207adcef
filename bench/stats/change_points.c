/* SPDX-License-Identifier: MIT */
/*
 * change_points.c - E-divisive; see paired.h.
 *
 * How unlike two neighbouring stretches are is the mean distance between their
 * values, twice, less the mean distances within each, weighted by their sizes.
 * Of a segment each end of the left stretch and each end of the right one is
 * tried, so that a second change further right does not hide the first.
 *
 * Sums of distances within a stretch are kept for each beginning, and grow
 * with each end by a running sum: a segment of n values takes n^2 / 2 steps
 * and no matrix.  A series of 500 takes about 0.3 ms a permutation at first,
 * and less the more levels are found.
 */
#include "stats/paired.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "select.h"

/* Values are scaled to 0 .. 1: a statistic that is nearer than this is equal,
   whatever order its sums were added in. */
#define EQUAL 1e-12

struct search {
	size_t count, least;
	double *values;   /* from 0 to 1, in their order */
	double *shuffled; /* within the segments */
	double *within;   /* from each place to where the pass has come */
	double *before;   /* from the segment's beginning up to each place */
	double *inverse;  /* 1 / (n - 1) */
	size_t *starts;   /* of the segments, rising, and the count behind */
	size_t segments;
	uint64_t random;
};

/* `at` is 0 where nothing can be split. */
struct split {
	size_t at;
	double unlike;
};

static void search_close(struct search *search)
{
	free(search->values);
	free(search->shuffled);
	free(search->within);
	free(search->before);
	free(search->inverse);
	free(search->starts);
}

/* The caller closes the search, on failure too. */
static int search_open(struct search *search, const double *series)
{
	size_t count = search->count, i;

	search->values = malloc(count * sizeof(double));
	search->shuffled = malloc(count * sizeof(double));
	search->within = malloc(count * sizeof(double));
	search->before = malloc((count + 1) * sizeof(double));
	search->inverse = malloc((count + 1) * sizeof(double));
	search->starts = malloc((count + 1) * sizeof(size_t));
	if (!search->values || !search->shuffled || !search->within ||
	    !search->before || !search->inverse || !search->starts)
		return -ENOMEM;
	memcpy(search->values, series, count * sizeof(double));
	for (i = 2; i <= count; i++)
		search->inverse[i] = 1 / (double)(i - 1);
	search->starts[0] = 0;
	search->starts[1] = count;
	search->segments = 1;
	return 0;
}

/* To 0 .. 1, halved first since the range may overflow; 0: all are equal. */
static int scale(double *values, size_t count)
{
	double least = values[0], most = values[0], range;
	size_t i;

	for (i = 1; i < count; i++) {
		least = values[i] < least ? values[i] : least;
		most = values[i] > most ? values[i] : most;
	}
	range = 0.5 * most - 0.5 * least;
	if (range == 0)
		return 0;
	for (i = 0; i < count; i++)
		values[i] = (0.5 * values[i] - 0.5 * least) / range;
	return 1;
}

/* Takes values[last] into the sums of distances. */
static void take_value(struct search *search, const double *values, size_t last)
{
	double sum = 0;
	size_t i;

	search->within[last] = 0;
	for (i = last; i-- > 0;) {
		sum += fabs(values[last] - values[i]);
		search->within[i] += sum;
	}
	search->before[last + 1] = search->within[0];
}

/* Tries each split of values[0 .. end - 1]. */
static void try_splits(const struct search *search, size_t end,
                       struct split *best)
{
	const double *before = search->before, *within = search->within;
	double share = 2 / (double)end;
	size_t at;

	for (at = search->least; at + search->least <= end; at++) {
		double left = before[at], right = within[at];
		double across = before[end] - left - right;
		double unlike =
			across -
			left * (double)(end - at) * search->inverse[at] -
			right * (double)at * search->inverse[end - at];

		if (share * unlike > best->unlike) {
			best->unlike = share * unlike;
			best->at = at;
		}
	}
}

static struct split split_segment(struct search *search, const double *values,
                                  size_t count)
{
	struct split best = { 0, -INFINITY };
	size_t end;

	if (count / 2 < search->least)
		return best;
	for (end = 1; end <= count; end++) {
		take_value(search, values, end - 1);
		try_splits(search, end, &best);
	}
	return best;
}

/* Of all segments; `at` counts from the series' beginning. */
static struct split split_best(struct search *search, const double *values)
{
	struct split best = { 0, -INFINITY };
	size_t i;

	for (i = 0; i < search->segments; i++) {
		size_t start = search->starts[i];
		struct split split = split_segment(
			search, values + start, search->starts[i + 1] - start);

		if (split.at && split.unlike > best.unlike) {
			best.at = start + split.at;
			best.unlike = split.unlike;
		}
	}
	return best;
}

/* Fisher and Yates, each segment by itself. */
static void shuffle_segments(struct search *search)
{
	size_t i, left;

	for (i = 0; i < search->segments; i++) {
		double *values = search->shuffled + search->starts[i];

		left = search->starts[i + 1] - search->starts[i];
		for (; left > 1; left--) {
			size_t chosen =
				(size_t)sy_random_below(&search->random, left);
			double kept = values[chosen];

			values[chosen] = values[left - 1];
			values[left - 1] = kept;
		}
	}
}

/*
 * The chance that values in no order, segment by segment, can be split as
 * well.  1 as soon as it is clear that it will not be under alpha: the search
 * ends there, so nobody learns how far it was.
 */
static double chance_of(struct search *search, double unlike, double alpha,
                        unsigned permutations)
{
	double of = (double)permutations + 1, as_unlike = 1;
	unsigned i;

	memcpy(search->shuffled, search->values,
	       search->count * sizeof(double));
	for (i = 0; i < permutations; i++) {
		shuffle_segments(search);
		if (split_best(search, search->shuffled).unlike >=
		    unlike - EQUAL * (double)search->count)
			as_unlike++;
		if (as_unlike / of >= alpha)
			return 1;
	}
	return as_unlike / of;
}

/* Puts a new start, and its point, where they belong. */
static void add_point(struct search *search, size_t at, double p,
                      struct sy_change_point *points)
{
	size_t i = search->segments++;

	search->starts[i + 1] = search->starts[i];
	for (; search->starts[i - 1] > at; i--) {
		search->starts[i] = search->starts[i - 1];
		points[i - 1] = points[i - 2];
	}
	search->starts[i] = at;
	points[i - 1].at = at;
	points[i - 1].p = p;
}

static double level_of(struct search *search, const double *series, size_t i)
{
	size_t start = search->starts[i];
	size_t count = search->starts[i + 1] - start;

	memcpy(search->shuffled, series + start, count * sizeof(double));
	return sy_select_median(search->shuffled, count);
}

static void find_points(struct search *search, double alpha,
                        unsigned permutations, struct sy_change_point *points)
{
	for (;;) {
		struct split best = split_best(search, search->values);
		double p;

		if (!best.at)
			return;
		p = chance_of(search, best.unlike, alpha, permutations);
		if (p >= alpha)
			return;
		add_point(search, best.at, p, points);
	}
}

int sy_change_points(const double *series, size_t count, size_t least,
                     double alpha, unsigned permutations, uint64_t seed,
                     struct sy_change_point *points, size_t *point_count)
{
	struct search search = { .count = count,
		                 .least = least,
		                 .random = seed };
	size_t i;
	int err;

	if (!sy_all_finite(series, count) || least < 2 || !permutations ||
	    !(alpha > 0 && alpha <= 1))
		return -EINVAL;
	err = search_open(&search, series);
	if (err)
		goto close_search;
	if (scale(search.values, count))
		find_points(&search, alpha, permutations, points);
	*point_count = search.segments - 1;
	for (i = 0; i < *point_count; i++) {
		points[i].before = level_of(&search, series, i);
		points[i].after = level_of(&search, series, i + 1);
	}
close_search:
	search_close(&search);
	return err;
}
