/* SPDX-License-Identifier: MIT */
/*
 * signed_rank.c - Wilcoxon's test; see paired.h.
 *
 * Where there is no difference, each rank is positive or negative with equal
 * chance.  The sums that come of it are counted rank by rank: with one rank
 * more, a sum is had without it or with it.  Ties share the mean of their
 * ranks, which may be a half; doubled, all are whole, and the counts hold for
 * the ties that are there and not for a table without any.
 */
#include "stats/signed_rank.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "select.h"

struct ranked {
	double size;
	bool positive;
};

struct ranks {
	size_t count;
	double positive; /* the doubled ranks of positive differences, summed */
	double ties;     /* t^3 - t, summed over the groups of ties */
	unsigned doubled[SY_EXACT_MOST];
};

void sy_rank_sums(const unsigned *doubled, size_t count,
                  double ways[SY_RANK_SUMS])
{
	size_t i, sum, most = 0;

	memset(ways, 0, SY_RANK_SUMS * sizeof(*ways));
	ways[0] = 1;
	for (i = 0; i < count; i++) {
		most += doubled[i];
		/* From above, so that each rank is taken once. */
		for (sum = most; sum >= doubled[i]; sum--)
			ways[sum] += ways[sum - doubled[i]];
	}
}

static int compare_sizes(const void *a, const void *b)
{
	const struct ranked *left = a, *right = b;

	return (left->size > right->size) - (left->size < right->size);
}

/* Those that are not zero, by size; their number. */
static size_t sort_by_size(const double *differences, size_t count,
                           struct ranked *ranked)
{
	size_t i, kept = 0;

	for (i = 0; i < count; i++) {
		if (differences[i] == 0)
			continue;
		ranked[kept].size = fabs(differences[i]);
		ranked[kept++].positive = differences[i] > 0;
	}
	qsort(ranked, kept, sizeof(*ranked), compare_sizes);
	return kept;
}

/* ranked[first .. end - 1] are equal and share the mean of their ranks. */
static void rank_ties(const struct ranked *ranked, size_t first, size_t end,
                      struct ranks *ranks)
{
	double group = (double)(end - first);
	size_t i;

	for (i = first; i < end; i++) {
		if (ranked[i].positive)
			ranks->positive += (double)(first + 1 + end);
		if (i < SY_EXACT_MOST)
			ranks->doubled[i] = (unsigned)(first + 1 + end);
	}
	ranks->ties += group * group * group - group;
}

static int rank_differences(const double *differences, size_t count,
                            struct ranks *ranks)
{
	struct ranked *ranked = malloc(count * sizeof(*ranked));
	size_t first, end;

	if (!ranked)
		return -ENOMEM;
	memset(ranks, 0, sizeof(*ranks));
	ranks->count = sort_by_size(differences, count, ranked);
	for (first = 0; first < ranks->count; first = end) {
		for (end = first + 1; end < ranks->count; end++)
			if (ranked[end].size > ranked[first].size)
				break;
		rank_ties(ranked, first, end, ranks);
	}
	free(ranked);
	return 0;
}

static void chances_exact(const struct ranks *ranks, double *greater,
                          double *less)
{
	size_t most = ranks->count * (ranks->count + 1), sum;
	double ways[SY_RANK_SUMS], above = 0, below = 0;

	sy_rank_sums(ranks->doubled, ranks->count, ways);
	for (sum = 0; sum <= most; sum++) {
		if ((double)sum >= ranks->positive)
			above += ways[sum];
		if ((double)sum <= ranks->positive)
			below += ways[sum];
	}
	*greater = ldexp(above, -(int)ranks->count);
	*less = ldexp(below, -(int)ranks->count);
}

/* The chance of more than z standard deviations. */
static double normal_above(double z)
{
	return 0.5 * erfc(z / sqrt(2));
}

static void chances_normal(const struct ranks *ranks, double *greater,
                           double *less)
{
	double n = (double)ranks->count;
	double away = ranks->positive / 2 - n * (n + 1) / 4;
	double variance = n * (n + 1) * (2 * n + 1) / 24 - ranks->ties / 48;
	double sigma = sqrt(variance);

	/* A sum is a step one wide of a smooth curve: half of it is added. */
	*greater = normal_above((away - 0.5) / sigma);
	*less = normal_above((-away - 0.5) / sigma);
}

int sy_signed_rank(const double *differences, size_t count, double *greater,
                   double *less)
{
	struct ranks ranks;
	int err;

	if (!sy_all_finite(differences, count))
		return -EINVAL;
	err = rank_differences(differences, count, &ranks);
	if (err)
		return err;
	if (ranks.count <= SY_EXACT_MOST)
		chances_exact(&ranks, greater, less);
	else
		chances_normal(&ranks, greater, less);
	return 0;
}
