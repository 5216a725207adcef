/* SPDX-License-Identifier: MIT */
/*
 * select.c - quickselect (Hoare's FIND): linear in the mean.  The pivot is
 * the median of three, so that sorted samples, the usual case, are fast.
 */
#include "select.h"

#include <math.h>

static void swap(double *a, double *b)
{
	double kept = *a;

	*a = *b;
	*b = kept;
}

/* Puts the median of the first, middle and last value into the middle. */
static double choose_pivot(double *values, size_t first, size_t last)
{
	size_t middle = first + (last - first) / 2;

	if (values[middle] < values[first])
		swap(&values[middle], &values[first]);
	if (values[last] < values[middle]) {
		swap(&values[last], &values[middle]);
		if (values[middle] < values[first])
			swap(&values[middle], &values[first]);
	}
	return values[middle];
}

double sy_select(double *values, size_t count, size_t rank)
{
	ptrdiff_t first = 0, last = (ptrdiff_t)count - 1;
	ptrdiff_t wanted = (ptrdiff_t)rank;

	while (first < last) {
		double pivot =
			choose_pivot(values, (size_t)first, (size_t)last);
		ptrdiff_t i = first, j = last;

		while (i <= j) {
			while (values[i] < pivot)
				i++;
			while (pivot < values[j])
				j--;
			if (i <= j)
				swap(&values[i++], &values[j--]);
		}
		if (wanted <= j)
			last = j;
		else if (wanted >= i)
			first = i;
		else
			break;
	}
	return values[rank];
}

double sy_select_median(double *values, size_t count)
{
	double upper = sy_select(values, count, count / 2);
	double lower;

	if (count % 2)
		return upper;
	/* Halved before the sum, which could overflow. */
	lower = sy_select(values, count, count / 2 - 1);
	return 0.5 * lower + 0.5 * upper;
}

double sy_select_quantile(double *values, size_t count, double share)
{
	double place = share * (double)(count - 1);
	size_t below = (size_t)place;
	double part = place - (double)below;
	double lower = sy_select(values, count, below);

	if (part == 0)
		return lower;
	return (1 - part) * lower + part * sy_select(values, count, below + 1);
}

int sy_all_finite(const double *values, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (!isfinite(values[i]))
			return 0;
	return count > 0;
}
