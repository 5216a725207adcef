/* SPDX-License-Identifier: MIT */
/*
 * holm.c - Holm's correction (1979); see paired.h.  The least of m chances is
 * multiplied by m, the next by m - 1, and so on; none is corrected to less
 * than one that was smaller before, and none to more than 1.
 */
#include "stats/paired.h"

#include <errno.h>
#include <stdlib.h>

struct chance {
	double p;
	size_t at;
};

static int compare_chances(const void *a, const void *b)
{
	const struct chance *left = a, *right = b;

	return (left->p > right->p) - (left->p < right->p);
}

static int all_chances(const double *p, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (!(p[i] >= 0 && p[i] <= 1))
			return 0;
	return count > 0;
}

int sy_holm(const double *p, size_t count, double *corrected)
{
	struct chance *sorted;
	double most = 0;
	size_t i;

	if (!all_chances(p, count))
		return -EINVAL;
	sorted = malloc(count * sizeof(*sorted));
	if (!sorted)
		return -ENOMEM;
	for (i = 0; i < count; i++)
		sorted[i] = (struct chance){ p[i], i };
	qsort(sorted, count, sizeof(*sorted), compare_chances);
	for (i = 0; i < count; i++) {
		double times = sorted[i].p * (double)(count - i);

		if (times > most)
			most = times < 1 ? times : 1;
		corrected[sorted[i].at] = most;
	}
	free(sorted);
	return 0;
}
