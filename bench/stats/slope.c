/* SPDX-License-Identifier: MIT */
/* slope.c - a straight line through points. */
#include "stats/stats.h"

#include <errno.h>

#include "stats/select.h"

int sy_slope(const double *x, const double *y, size_t count, double *slope)
{
	double mean_x = 0, mean_y = 0, xy = 0, xx = 0;

	if (count < 2 || !sy_all_finite(x, count) || !sy_all_finite(y, count))
		return -EINVAL;
	for (size_t i = 0; i < count; i++) {
		mean_x += x[i] / (double)count;
		mean_y += y[i] / (double)count;
	}
	for (size_t i = 0; i < count; i++) {
		xy += (x[i] - mean_x) * (y[i] - mean_y);
		xx += (x[i] - mean_x) * (x[i] - mean_x);
	}
	if (!(xx > 0))
		return -EINVAL;
	*slope = xy / xx;
	return 0;
}
