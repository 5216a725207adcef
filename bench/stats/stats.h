/* SPDX-License-Identifier: MIT */
/*
 * stats.h - the statistics of samples that come in sets.  Pure functions: no
 * I/O, no global state; a random choice comes from a seed that is given.
 *
 * A sample is one slice.  Slices of one set come from the same process and
 * resemble one another, so the bootstrap resamples sets first, then slices.
 * Every int returned is 0 or a negative errno: -EINVAL for no samples or a
 * value that is not finite, -ENOMEM.
 */
#ifndef SY_STATS_H
#define SY_STATS_H

#include <stddef.h>
#include <stdint.h>

/* A value and its 95 % interval. */
struct sy_estimate {
	double value, low, high;
};

/* `count` samples; set_of[i] says which set sample i belongs to, any order. */
struct sy_samples {
	const double *values;
	const uint32_t *set_of;
	size_t count;
};

/* Small, fast, seeded: splitmix64.  State is the caller's. */
uint64_t sy_random(uint64_t *state);
/* Uniform in 0 .. bound - 1, without modulo bias; bound >= 1. */
uint64_t sy_random_below(uint64_t *state, uint64_t bound);
void sy_shuffle(uint32_t *items, size_t count, uint64_t *state);

/* The mean of the two middle ones for an even count.  Does not change values. */
int sy_median(const double *values, size_t count, double *median);

/* 1.4826 x the median of the absolute deviations from the median. */
int sy_robust_sigma(const double *values, size_t count, double *sigma);

/* Of the line through the points that has the least squares.  -EINVAL also
   where there are fewer than two different x. */
int sy_slope(const double *x, const double *y, size_t count, double *slope);

/* Median with the percentile interval of `resamples` bootstrap medians. */
int sy_bootstrap_median(const struct sy_samples *samples, unsigned resamples,
                        uint64_t seed, struct sy_estimate *estimate);

/*
 * The median of the ratios old[i] / new[i] of paired samples, both > 0, with
 * its bootstrap interval: paired by index, sets as in `old`.
 */
int sy_bootstrap_ratio(const struct sy_samples *numerator,
                       const double *denominator, unsigned resamples,
                       uint64_t seed, struct sy_estimate *ratio);

enum sy_verdict {
	SY_TOO_CLOSE, /* the interval holds 1, or the ratio is within the floor */
	SY_FASTER,    /* less time an operation */
	SY_SLOWER,
};
/* `ratio` of times an operation; `floor` 0.03: less than 3 % is never a win. */
enum sy_verdict sy_verdict(const struct sy_estimate *ratio, double floor);

/*
 * Whether the values fall into two clumps that are far apart: the widest gap
 * between the lower and upper group's middles after the best split in two
 * (least sum of squares of logarithms), each group with a fifth of the values
 * or more, at least `factor` apart and separated by more than what lies
 * inside either.  Sets the two modes' medians where it is so.
 */
int sy_modes(const double *values, size_t count, double factor, int *bimodal,
             double *lower, double *upper);

/*
 * Latencies in log-linear buckets: exact to 1/64 of the value.  Covers
 * 0 .. 2^45 ns; what is longer counts in the last bucket, with the exact
 * maximum kept.
 */
#define SY_HISTOGRAM_BUCKETS (64 * 40)
struct sy_histogram {
	uint64_t total, max;
	uint32_t counts[SY_HISTOGRAM_BUCKETS];
};
unsigned sy_histogram_bucket(uint64_t value);
/* The middle of a bucket. */
uint64_t sy_histogram_value(unsigned bucket);
void sy_histogram_add(struct sy_histogram *histogram, uint64_t value);
void sy_histogram_merge(struct sy_histogram *into,
                        const struct sy_histogram *from);
/*
 * The value below which `share` (0.5, 0.99) of the entries lie.  -ENODATA
 * where fewer than 100 entries lie beyond it: then it is not shown.
 */
int sy_histogram_percentile(const struct sy_histogram *histogram, double share,
                            uint64_t *value);

#endif /* SY_STATS_H */
