/* SPDX-License-Identifier: MIT */
/*
 * modes.c - whether samples come from two regimes, as hand-offs between
 * processors do: 3 us where none sleeps, 60 us where one must be woken.
 *
 * The sorted logarithms are split where the sum of squares of both halves is
 * least (Ward's criterion, exact in one dimension).  A single slow slice is
 * an outlier and not a regime, so a clump has at least three values, and its
 * width is taken between its tenth and ninetieth percentile.
 */
#include "stats/stats.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "select.h"

#define CLUMP_MIN 3
#define CLUMP_SHARE 5 /* a clump is a fifth of the values or more */

static int compare_doubles(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

/* The sorted logarithms of values that are all finite and above 0. */
static int sorted_logs(const double *values, size_t count, double **logs)
{
	double *sorted;
	size_t i;

	if (!sy_all_finite(values, count))
		return -EINVAL;
	for (i = 0; i < count; i++)
		if (values[i] <= 0)
			return -EINVAL;
	sorted = malloc(count * sizeof(*sorted));
	if (!sorted)
		return -ENOMEM;
	for (i = 0; i < count; i++)
		sorted[i] = log(values[i]);
	qsort(sorted, count, sizeof(*sorted), compare_doubles);
	*logs = sorted;
	return 0;
}

/*
 * How many values lie below the best split, with `least` or more on either
 * side.  The least sum of squares within is the greatest between: for two
 * groups, n_lower n_upper (difference of the means)^2 / n.
 */
static size_t best_split(const double *logs, size_t count, size_t least)
{
	double total = 0, below = 0, best = -1;
	size_t i, split = least;

	/* Relative to the middle, so that the sums lose no digits. */
	for (i = 0; i < count; i++)
		total += logs[i] - logs[count / 2];
	for (i = 1; i + least <= count; i++) {
		double lower = (double)i, upper = (double)(count - i);
		double apart, between;

		below += logs[i - 1] - logs[count / 2];
		if (i < least)
			continue;
		apart = (total - below) / upper - below / lower;
		between = lower * upper * apart * apart;
		if (between > best) {
			best = between;
			split = i;
		}
	}
	return split;
}

/* Whether more lies between the two groups than inside either. */
static int far_apart(double *lower, size_t lowers, double *upper, size_t uppers)
{
	double lower_from = sy_select_quantile(lower, lowers, 0.1);
	double lower_to = sy_select_quantile(lower, lowers, 0.9);
	double upper_from = sy_select_quantile(upper, uppers, 0.1);
	double upper_to = sy_select_quantile(upper, uppers, 0.9);
	double gap = upper_from - lower_to;

	return gap > lower_to - lower_from && gap > upper_to - upper_from;
}

int sy_modes(const double *values, size_t count, double factor, int *bimodal,
             double *lower, double *upper)
{
	size_t least = (count + CLUMP_SHARE - 1) / CLUMP_SHARE;
	size_t split;
	double *logs, low, high;
	int err;

	err = sorted_logs(values, count, &logs);
	if (err)
		return err;
	*bimodal = 0;
	if (least < CLUMP_MIN)
		least = CLUMP_MIN;
	if (count < 2 * least)
		goto free_logs;
	split = best_split(logs, count, least);
	low = sy_select_median(logs, split);
	high = sy_select_median(logs + split, count - split);
	if (high - low >= log(factor) &&
	    far_apart(logs, split, logs + split, count - split)) {
		*bimodal = 1;
		*lower = exp(low);
		*upper = exp(high);
	}
free_logs:
	free(logs);
	return 0;
}
