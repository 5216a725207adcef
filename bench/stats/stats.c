/* SPDX-License-Identifier: MIT */
/* stats.c - location, spread and the verdict on a ratio; see stats.h. */
#include "stats/stats.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "select.h"

/* Makes the robust sigma of a normal distribution its standard deviation. */
#define MAD_TO_SIGMA 1.4826

int sy_median(const double *values, size_t count, double *median)
{
	double *copy;

	if (!sy_all_finite(values, count))
		return -EINVAL;
	copy = malloc(count * sizeof(*copy));
	if (!copy)
		return -ENOMEM;
	memcpy(copy, values, count * sizeof(*copy));
	*median = sy_select_median(copy, count);
	free(copy);
	return 0;
}

int sy_robust_sigma(const double *values, size_t count, double *sigma)
{
	double *deviations;
	double middle;
	size_t i;
	int err;

	err = sy_median(values, count, &middle);
	if (err)
		return err;
	deviations = malloc(count * sizeof(*deviations));
	if (!deviations)
		return -ENOMEM;
	for (i = 0; i < count; i++)
		deviations[i] = fabs(values[i] - middle);
	/* Two values at the ends of the range differ by more than it. */
	if (sy_all_finite(deviations, count))
		*sigma = MAD_TO_SIGMA * sy_select_median(deviations, count);
	else
		err = -EINVAL;
	free(deviations);
	return err;
}

enum sy_verdict sy_verdict(const struct sy_estimate *ratio, double floor)
{
	/*
	 * The floor is a factor in both directions, so that swapping the two
	 * sides mirrors the verdict.  The comparisons are written so that a
	 * NaN is too close to call.
	 */
	if (ratio->high < 1 && ratio->value * (1 + floor) < 1)
		return SY_FASTER;
	if (ratio->low > 1 && ratio->value > 1 + floor)
		return SY_SLOWER;
	return SY_TOO_CLOSE;
}
