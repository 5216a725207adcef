/* SPDX-License-Identifier: MIT */
/*
 * paired.h - the statistics of a change: paired differences, families of
 * tests, and levels that shift.  Pure functions like those of stats.h, with
 * the same errors: -EINVAL for no values or one that is not finite, -ENOMEM.
 */
#ifndef SY_PAIRED_H
#define SY_PAIRED_H

#include "stats/stats.h"

/*
 * Wilcoxon's signed-rank test of differences against a middle of 0, one-sided:
 * `*greater` is the chance of ranks as positive as these where there is no
 * difference, `*less` of ranks as negative.  Zeros are dropped (Wilcoxon), ties
 * share their ranks.  Exact up to SY_EXACT_MOST differences that are not zero,
 * ties included; beyond that the normal approximation, corrected for ties and
 * continuity.  Nothing but zeros: both are 1.
 */
#define SY_EXACT_MOST 50
int sy_signed_rank(const double *differences, size_t count, double *greater,
                   double *less);

/*
 * The Hodges-Lehmann estimate: the median of all averages of two values, each
 * with itself too (Walsh averages); and the interval of `confidence` (0.95)
 * between two of them that the signed-rank distribution names.  Fewer values
 * than such an interval needs (6 for 0.95) give the smallest and the largest.
 */
int sy_hodges_lehmann(const double *values, size_t count, double confidence,
                      struct sy_estimate *estimate);

/* The chances of a family of `count` tests, in their order, corrected by Holm:
   rejecting those below alpha errs in any of them with at most alpha. */
int sy_holm(const double *p, size_t count, double *corrected);

/* A place at which a series changes its level. */
struct sy_change_point {
	size_t at;            /* the first value of the new level */
	double p;             /* by permutation */
	double before, after; /* medians of the two levels */
};

/*
 * E-divisive (Matteson and James 2014), exponent 1: the split that is most
 * unlike, by permutations within the segments found so far, until the chance
 * is `alpha` or more.  `least` values a level, 2 at least.  The points rise;
 * `points` has room for count / least.  Order of n^2 a split and permutation.
 */
int sy_change_points(const double *series, size_t count, size_t least,
                     double alpha, unsigned permutations, uint64_t seed,
                     struct sy_change_point *points, size_t *point_count);

#endif /* SY_PAIRED_H */
