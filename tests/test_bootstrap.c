/* SPDX-License-Identifier: MIT */
/*
 * test_bootstrap.c - intervals: known answers (how each was made stands beside
 * it), properties that hold for any values, and the share of intervals that
 * hold the truth in a seeded simulation.
 */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "stats/stats.h"

#define ASSERT_CLOSE(a, b) assert_true(fabs((a) - (b)) <= 1e-9 * fabs(b))

static double uniform(uint64_t *random)
{
	return ((double)(sy_random(random) >> 11) + 0.5) / 9007199254740992.0;
}

/* Box and Muller, one of the two. */
static double normal(uint64_t *random)
{
	double radius = sqrt(-2 * log(uniform(random)));

	return radius * cos(2 * 3.14159265358979324 * uniform(random));
}

/*
 * The bootstrap median of n distinct values is at most the k-th with the
 * probability P(Bin(n, k/n) > n/2), summed in exact fractions: for n = 29 it
 * passes 2.5 % at k = 10 and 97.5 % at k = 20, both by over 0.8 %.  For 1..6,
 * all resamples counted with their multinomial weights, the median is at most
 * 1 in 0.9 %, at most 1.5 in 3.5 % of them, and the other side mirrors it.
 */
static void test_bootstrap_one_set_known(void **state)
{
	double values[29];
	uint32_t set_of[29] = { 0 };
	struct sy_samples samples = { values, set_of, 29 };
	struct sy_estimate estimate;
	size_t i;

	(void)state;
	for (i = 0; i < 29; i++)
		values[i] = (double)(1 + i * 12 % 29);
	assert_int_equal(sy_bootstrap_median(&samples, 20000, 5, &estimate), 0);
	assert_true(estimate.value == 15);
	assert_true(estimate.low == 10);
	assert_true(estimate.high == 20);
	for (i = 0; i < 6; i++)
		values[i] = (double)(6 - i);
	samples.count = 6;
	assert_int_equal(sy_bootstrap_median(&samples, 20000, 5, &estimate), 0);
	assert_true(estimate.value == 3.5);
	assert_true(estimate.low == 1.5);
	assert_true(estimate.high == 5.5);
}

/*
 * Three sets of 30 equal values.  The median is that of the three drawn
 * sets, 1 with probability 7/27; samples drawn without regard to sets would
 * answer 2..2, as P(Bin(90, 1/3) > 45) is under 0.1 %.
 */
static void test_bootstrap_draws_sets_first(void **state)
{
	double values[90];
	uint32_t set_of[90], all_one[90] = { 0 };
	struct sy_samples samples = { values, set_of, 90 };
	struct sy_estimate estimate;
	uint32_t i;

	(void)state;
	for (i = 0; i < 90; i++) {
		set_of[i] = 1000 * (i % 3);
		values[i] = 1 + i % 3;
	}
	assert_int_equal(sy_bootstrap_median(&samples, 2000, 5, &estimate), 0);
	assert_true(estimate.value == 2);
	assert_true(estimate.low == 1 && estimate.high == 3);
	samples.set_of = all_one;
	assert_int_equal(sy_bootstrap_median(&samples, 2000, 5, &estimate), 0);
	assert_true(estimate.low == 2 && estimate.high == 2);
}

static void test_bootstrap_of_one_and_two(void **state)
{
	static const double values[2] = { 4, 10 };
	static const uint32_t set_of[2] = { 3, 3 };
	struct sy_samples samples = { values, set_of, 1 };
	struct sy_estimate estimate;

	(void)state;
	assert_int_equal(sy_bootstrap_median(&samples, 500, 1, &estimate), 0);
	assert_true(estimate.value == 4 && estimate.low == 4 &&
	            estimate.high == 4);
	samples.count = 2;
	assert_int_equal(sy_bootstrap_median(&samples, 500, 1, &estimate), 0);
	assert_true(estimate.value == 7 && estimate.low == 4 &&
	            estimate.high == 10);
}

/* Set sizes of 12, 24 and 24; the values of a set have a level in common. */
static void make_samples(double *values, uint32_t *set_of, uint64_t seed)
{
	uint64_t random = seed;
	uint32_t i;

	for (i = 0; i < 60; i++) {
		set_of[i] = i < 12 ? 9 : i % 2;
		values[i] = 100 + 5 * set_of[i] + normal(&random);
	}
}

/* By seed; by scale; by order of the samples; with the sides swapped. */
static void test_bootstrap_properties(void **state)
{
	double values[60], scaled[60], ones[60];
	uint32_t set_of[60], reversed[60];
	struct sy_samples samples = { values, set_of, 60 };
	struct sy_samples changed = { scaled, reversed, 60 };
	struct sy_estimate a, b, c;
	size_t i;

	(void)state;
	make_samples(values, set_of, 17);
	for (i = 0; i < 60; i++) {
		scaled[i] = 8 * values[59 - i];
		reversed[i] = set_of[59 - i];
		ones[i] = 1;
	}
	assert_int_equal(sy_bootstrap_median(&samples, 2000, 3, &a), 0);
	assert_int_equal(sy_bootstrap_median(&samples, 2000, 3, &b), 0);
	assert_memory_equal(&a, &b, sizeof(a));
	/* Few resamples: with many, the interval's ends settle on a sample. */
	assert_int_equal(sy_bootstrap_median(&samples, 40, 3, &b), 0);
	assert_int_equal(sy_bootstrap_median(&samples, 40, 4, &c), 0);
	assert_true(b.low != c.low || b.high != c.high);
	assert_int_equal(sy_bootstrap_median(&changed, 2000, 3, &b), 0);
	assert_true(b.value == 8 * a.value && b.low == 8 * a.low &&
	            b.high == 8 * a.high);
	assert_int_equal(sy_bootstrap_ratio(&samples, ones, 2000, 3, &b), 0);
	assert_memory_equal(&a, &b, sizeof(a));
}

/* By Python 3.11: statistics.median of x / y over the pairs. */
static void test_ratio_known_and_swapped(void **state)
{
	static const double a[5] = { 12.5, 13.25, 11.75, 12, 14.5 };
	static const double b[5] = { 10, 12.5, 9.5, 11, 10.75 };
	static const uint32_t set_of[5] = { 0 };
	struct sy_samples over = { a, set_of, 5 }, under = { b, set_of, 5 };
	struct sy_estimate ratio, swapped;

	(void)state;
	assert_int_equal(sy_bootstrap_ratio(&over, b, 4000, 1, &ratio), 0);
	assert_int_equal(sy_bootstrap_ratio(&under, a, 4000, 1, &swapped), 0);
	ASSERT_CLOSE(ratio.value, 1.236842105263158);
	ASSERT_CLOSE(ratio.low, 1.06);
	ASSERT_CLOSE(ratio.high, 1.3488372093023255);
	ASSERT_CLOSE(swapped.value, 1 / ratio.value);
	ASSERT_CLOSE(swapped.low, 1 / ratio.high);
	ASSERT_CLOSE(swapped.high, 1 / ratio.low);
}

/*
 * Pairs share what the machine does at the time, so it must cancel: both
 * sides move by a factor of three together and the ratio stays 1.1.
 */
static void test_ratio_is_paired(void **state)
{
	double a[40], b[40];
	uint32_t set_of[40];
	struct sy_samples over = { a, set_of, 40 };
	struct sy_estimate ratio;
	uint64_t random = 11;
	uint32_t i;

	(void)state;
	for (i = 0; i < 40; i++) {
		set_of[i] = i / 20;
		b[i] = 10 + 20 * uniform(&random);
		a[i] = 1.1 * b[i];
	}
	assert_int_equal(sy_bootstrap_ratio(&over, b, 500, 1, &ratio), 0);
	ASSERT_CLOSE(ratio.low, 1.1);
	ASSERT_CLOSE(ratio.high, 1.1);
}

struct world {
	uint32_t sets, slices;
	double set_sigma; /* a slice has 1 */
	int ignore_sets;
};

/* How many of 400 intervals hold the true median, 50. */
static unsigned covered(const struct world *world)
{
	double values[400];
	uint32_t set_of[400], i, trial;
	struct sy_samples samples = { values, set_of,
		                      world->sets * world->slices };
	struct sy_estimate estimate;
	uint64_t random = 2024;
	unsigned held = 0;

	for (trial = 0; trial < 400; trial++) {
		double level = 50;

		for (i = 0; i < world->sets * world->slices; i++) {
			if (i % world->slices == 0)
				level = 50 + world->set_sigma * normal(&random);
			values[i] = level + normal(&random);
			set_of[i] = world->ignore_sets ? 0 : i / world->slices;
		}
		assert_int_equal(
			sy_bootstrap_median(&samples, 400, trial, &estimate),
			0);
		held += estimate.low <= 50 && 50 <= estimate.high;
	}
	return held;
}

/*
 * 95 % of 400 is 380, with a standard error of 4.4.  Three sets that do not
 * differ, twenty that do, and the same twenty taken for one: resampling
 * slices alone would hold the truth in about half of the cases.
 */
static void test_interval_covers_the_truth(void **state)
{
	static const struct world alike = { 3, 15, 0, 0 };
	static const struct world unlike = { 20, 15, 1, 0 };
	static const struct world blind = { 20, 15, 1, 1 };
	static const struct world few = { 3, 15, 1, 0 };

	(void)state;
	assert_in_range(covered(&alike), 368, 399);
	assert_in_range(covered(&unlike), 360, 395);
	assert_in_range(covered(&blind), 100, 280);
	/* The limit that bootstrap.c owns up to: three that differ. */
	assert_in_range(covered(&few), 260, 360);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bootstrap_one_set_known),
		cmocka_unit_test(test_bootstrap_draws_sets_first),
		cmocka_unit_test(test_bootstrap_of_one_and_two),
		cmocka_unit_test(test_bootstrap_properties),
		cmocka_unit_test(test_ratio_known_and_swapped),
		cmocka_unit_test(test_ratio_is_paired),
		cmocka_unit_test(test_interval_covers_the_truth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
