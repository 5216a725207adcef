/* SPDX-License-Identifier: MIT */
/*
 * test_stats.c - what bench/stats promises: known answers from elsewhere
 * (how each was made stands beside it), properties that hold for any values,
 * and refusals.  Intervals are in test_bootstrap.c.
 */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "stats/select.h"
#include "stats/stats.h"

#include <errno.h>
#include <stdlib.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
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

/* The published sequence of splitmix64: 0 and 1234567 are its usual seeds. */
static void test_random_is_splitmix64(void **state)
{
	uint64_t zero = 0, other = 1234567;

	(void)state;
	assert_true(sy_random(&zero) == UINT64_C(0xe220a8397b1dcdaf));
	assert_true(sy_random(&zero) == UINT64_C(0x6e789e6aa1b965f4));
	assert_true(sy_random(&zero) == UINT64_C(0x06c45d188009454f));
	assert_true(sy_random(&other) == UINT64_C(6457827717110365317));
	assert_true(sy_random(&other) == UINT64_C(3203168211198807973));
}

/*
 * With 3/4 of the range as the bound, the remainder of a division would make
 * the lower third twice as likely, and a plain multiplication the multiples
 * of three.
 */
static void test_random_below_is_even(void **state)
{
	const uint64_t bound = UINT64_C(3) << 62;
	uint64_t random = 1;
	unsigned i, lower = 0, threes = 0, faces[6] = { 0 };

	(void)state;
	for (i = 0; i < 60000; i++) {
		uint64_t drawn = sy_random_below(&random, bound);

		assert_true(drawn < bound);
		lower += drawn < bound / 3;
		threes += drawn % 3 == 0;
		faces[sy_random_below(&random, 6)]++;
	}
	assert_in_range(lower, 19400, 20600);
	assert_in_range(threes, 19400, 20600);
	for (i = 0; i < 6; i++)
		assert_in_range(faces[i], 9600, 10400);
	assert_int_equal(sy_random_below(&random, 1), 0);
}

/* All 24 orders of four items, each about equally often. */
static void test_shuffle_is_even(void **state)
{
	unsigned i, j, orders = 0, seen[256] = { 0 };
	uint64_t random = 7;

	(void)state;
	for (i = 0; i < 24000; i++) {
		uint32_t items[4] = { 0, 1, 2, 3 };
		unsigned code = 0;

		sy_shuffle(items, 4, &random);
		for (j = 0; j < 4; j++)
			code = code * 4 + items[j];
		seen[code]++;
	}
	for (i = 0; i < 256; i++) {
		orders += seen[i] > 0;
		if (seen[i])
			assert_in_range(seen[i], 850, 1150);
	}
	assert_int_equal(orders, 24);
}

/* By Python 3.11: statistics.median; 1.4826 * median of abs(x - median). */
static void test_median_and_sigma_known(void **state)
{
	static const struct {
		double values[9];
		size_t count;
		double median, sigma;
	} known[] = {
		{ { 42 }, 1, 42, 0 },
		{ { 3, 8 }, 2, 5.5, 3.7065 },
		{ { 5, 5, 5, 9 }, 4, 5, 0 },
		{ { 2591.5, 2604.25, 2588, 2710.75, 2599, 2601.125, 4080,
		    2590.5, 2612 },
		  9,
		  2601.125,
		  15.752624999999998 },
		{ { 3.5, -2.25, 1e300, 7, 0.125, -1e300 },
		  6,
		  1.8125,
		  6.857024999999999 },
		{ { DBL_MAX, DBL_MAX }, 2, DBL_MAX, 0 },
	};
	double copy[9], median, sigma;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(known); i++) {
		memcpy(copy, known[i].values, sizeof(copy));
		assert_int_equal(sy_median(copy, known[i].count, &median), 0);
		assert_true(median == known[i].median);
		assert_int_equal(sy_robust_sigma(copy, known[i].count, &sigma),
		                 0);
		ASSERT_CLOSE(sigma, known[i].sigma);
		assert_memory_equal(copy, known[i].values, sizeof(copy));
	}
}

static int compare_doubles(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

/* Against qsort, with many ties, for every rank. */
static void test_select_equals_sorting(void **state)
{
	double values[50], sorted[50], copy[50];
	uint64_t random = 3;
	size_t round, count, i;

	(void)state;
	for (round = 0; round < 400; round++) {
		count = 1 + round % 50;
		for (i = 0; i < count; i++)
			values[i] =
				(double)sy_random_below(&random, 2 + round / 4);
		memcpy(sorted, values, sizeof(sorted));
		qsort(sorted, count, sizeof(*sorted), compare_doubles);
		for (i = 0; i < count; i++) {
			memcpy(copy, values, sizeof(copy));
			assert_true(sy_select(copy, count, i) == sorted[i]);
		}
	}
}

/* By Python 3.11: statistics.quantiles(v, n=40 and 10, method='inclusive'). */
static void test_quantile_known(void **state)
{
	double values[] = { 2591.5,   2604.25, 2588,   2710.75, 2599,
		            2601.125, 4080,    2590.5, 2612 };

	(void)state;
	ASSERT_CLOSE(sy_select_quantile(values, 9, 0.025), 2588.5);
	ASSERT_CLOSE(sy_select_quantile(values, 9, 0.9), 2984.6);
	assert_true(sy_select_quantile(values, 9, 1) == 4080);
	assert_true(sy_select_quantile(values, 1, 0.5) == values[0]);
}

static void test_refusals(void **state)
{
	static const double bad[] = { NAN, INFINITY, -INFINITY };
	static const uint32_t set_of[3] = { 0, 0, 0 };
	double values[3], ones[3] = { 1, 1, 1 }, median = -7, lower, upper;
	struct sy_samples samples = { values, set_of, 3 };
	struct sy_samples none = { values, set_of, 0 };
	struct sy_samples good = { ones, set_of, 3 };
	struct sy_estimate estimate = { -7, -7, -7 };
	int bimodal;
	size_t i, place;

	(void)state;
	for (i = 0; i < 9; i++) {
		place = i % 3;
		memcpy(values, ones, sizeof(values));
		values[place] = bad[i / 3];
		assert_int_equal(sy_median(values, 3, &median), -EINVAL);
		assert_int_equal(sy_robust_sigma(values, 3, &median), -EINVAL);
		assert_int_equal(
			sy_bootstrap_median(&samples, 100, 1, &estimate),
			-EINVAL);
		assert_int_equal(
			sy_bootstrap_ratio(&samples, ones, 100, 1, &estimate),
			-EINVAL);
		assert_int_equal(
			sy_bootstrap_ratio(&good, values, 100, 1, &estimate),
			-EINVAL);
		assert_int_equal(
			sy_modes(values, 3, 2, &bimodal, &lower, &upper),
			-EINVAL);
	}
	values[place] = 0;
	assert_int_equal(sy_bootstrap_ratio(&good, values, 9, 1, &estimate),
	                 -EINVAL);
	assert_int_equal(sy_bootstrap_ratio(&samples, ones, 9, 1, &estimate),
	                 -EINVAL);
	assert_int_equal(sy_modes(values, 3, 2, &bimodal, &lower, &upper),
	                 -EINVAL);
	assert_int_equal(sy_median(values, 0, &median), -EINVAL);
	assert_int_equal(sy_robust_sigma(values, 0, &median), -EINVAL);
	assert_int_equal(sy_bootstrap_median(&none, 9, 1, &estimate), -EINVAL);
	assert_int_equal(sy_bootstrap_ratio(&none, ones, 9, 1, &estimate),
	                 -EINVAL);
	assert_int_equal(sy_bootstrap_median(&good, 0, 1, &estimate), -EINVAL);
	assert_int_equal(sy_modes(values, 0, 2, &bimodal, &lower, &upper),
	                 -EINVAL);
	/* Values come back on success only. */
	assert_true(median == -7 && estimate.value == -7 && estimate.low == -7);
}

static void test_verdict(void **state)
{
	static const struct {
		struct sy_estimate ratio;
		enum sy_verdict verdict;
	} known[] = {
		{ { 1.00, 0.99, 1.01 }, SY_TOO_CLOSE },
		{ { 1.20, 0.99, 1.30 }, SY_TOO_CLOSE },
		{ { 1.20, 1.00, 1.30 }, SY_TOO_CLOSE },
		{ { 0.80, 0.70, 1.00 }, SY_TOO_CLOSE },
		{ { 1.02, 1.01, 1.03 }, SY_TOO_CLOSE },
		{ { 0.98, 0.97, 0.99 }, SY_TOO_CLOSE },
		{ { 1.04, 1.01, 1.09 }, SY_SLOWER },
		{ { 0.96, 0.91, 0.99 }, SY_FASTER },
		{ { NAN, NAN, NAN }, SY_TOO_CLOSE },
	};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(known); i++) {
		struct sy_estimate ratio = known[i].ratio;
		struct sy_estimate swapped = { 1 / ratio.value, 1 / ratio.high,
			                       1 / ratio.low };
		enum sy_verdict mirror = sy_verdict(&swapped, 0.03);

		assert_int_equal(sy_verdict(&ratio, 0.03), known[i].verdict);
		assert_int_equal(mirror == SY_SLOWER,
		                 known[i].verdict == SY_FASTER);
		assert_int_equal(mirror == SY_FASTER,
		                 known[i].verdict == SY_SLOWER);
	}
}

/* `lowers` values about `low`, the rest about `high`, all within 10 %. */
static int is_bimodal(double low, double high, size_t lowers, size_t count)
{
	double values[40], lower = 0, upper = 0;
	uint64_t random = 5;
	size_t i;
	int bimodal = -1;

	for (i = 0; i < count; i++)
		values[i * 7 % count] = (i < lowers ? low : high) *
		                        (0.95 + 0.1 * uniform(&random));
	assert_int_equal(sy_modes(values, count, 2, &bimodal, &lower, &upper),
	                 0);
	if (bimodal == 1) {
		assert_true(fabs(lower / low - 1) < 0.06);
		assert_true(fabs(upper / high - 1) < 0.06);
	} else {
		assert_true(lower == 0 && upper == 0);
	}
	return bimodal;
}

static void test_modes(void **state)
{
	(void)state;
	assert_int_equal(is_bimodal(3, 59, 20, 40), 1);
	assert_int_equal(is_bimodal(3e6, 59e6, 20, 40), 1);
	assert_int_equal(is_bimodal(3, 59, 8, 40), 1);
	assert_int_equal(is_bimodal(3, 59, 32, 40), 1);
	/* Outliers are not a mode; nor are modes that are near one another. */
	assert_int_equal(is_bimodal(3, 59, 3, 40), 0);
	assert_int_equal(is_bimodal(3, 59, 37, 40), 0);
	assert_int_equal(is_bimodal(3, 5, 20, 40), 0);
	assert_int_equal(is_bimodal(3, 3, 20, 40), 0);
	/* Two values of each are too few to speak of clumps. */
	assert_int_equal(is_bimodal(3, 59, 2, 4), 0);
	assert_int_equal(is_bimodal(3, 59, 1, 1), 0);
	assert_int_equal(is_bimodal(3, 59, 1, 2), 0);
}

/* Spread out over two decades, but without a gap: one mode. */
static void test_wide_is_not_bimodal(void **state)
{
	double values[60], lower, upper;
	uint64_t random = 9;
	unsigned round, i;
	int bimodal, found = 0;

	(void)state;
	for (round = 0; round < 200; round++) {
		for (i = 0; i < 60; i++)
			values[i] = exp(round % 2 ? 1.2 * normal(&random)
			                          : 5 * uniform(&random));
		assert_int_equal(
			sy_modes(values, 60, 2, &bimodal, &lower, &upper), 0);
		found += bimodal;
	}
	assert_int_equal(found, 0);
}

/* Every bucket's middle is its own; order is kept; the error is under 1/128. */
static void test_histogram_buckets(void **state)
{
	uint64_t random = 1, value, middle;
	unsigned i;

	(void)state;
	for (i = 0; i < SY_HISTOGRAM_BUCKETS; i++)
		assert_int_equal(sy_histogram_bucket(sy_histogram_value(i)), i);
	for (i = 0; i < 200000; i++) {
		value = sy_random(&random) >> (20 + i % 44);
		middle = sy_histogram_value(sy_histogram_bucket(value));
		assert_true(value < 128 ? middle == value
		                        : fabs((double)middle - (double)value) *
		                                          128 <=
		                                  (double)value);
		assert_true(sy_histogram_bucket(value) <=
		            sy_histogram_bucket(value + 1));
	}
	assert_int_equal(sy_histogram_bucket(UINT64_MAX),
	                 SY_HISTOGRAM_BUCKETS - 1);
}

/* 1..n in two halves that are merged: the p-th percentile is p n / 100. */
static void test_histogram_percentiles(void **state)
{
	static struct sy_histogram odd, even, small;
	uint64_t i, value = 0;

	(void)state;
	for (i = 1; i <= 100000; i++)
		sy_histogram_add(i % 2 ? &odd : &even, i);
	/* 0.07 x 700 is 49, and 49.00000000000001 as doubles. */
	for (i = 1; i <= 700; i++)
		sy_histogram_add(&small, i);
	sy_histogram_merge(&odd, &even);
	assert_true(odd.total == 100000 && odd.max == 100000);
	assert_int_equal(sy_histogram_percentile(&odd, 0.5, &value), 0);
	assert_in_range(value, 49219, 50781);
	assert_int_equal(sy_histogram_percentile(&odd, 0.99, &value), 0);
	assert_in_range(value, 97453, 100000);
	/* 99900 is the last rank with 100 entries beyond it. */
	assert_int_equal(sy_histogram_percentile(&odd, 0.999, &value), 0);
	assert_int_equal(sy_histogram_percentile(&odd, 0.99901, &value),
	                 -ENODATA);
	assert_int_equal(sy_histogram_percentile(&small, 0.07, &value), 0);
	assert_int_equal(value, 49);
	assert_int_equal(sy_histogram_percentile(&odd, 1, &value), -EINVAL);
	assert_int_equal(sy_histogram_percentile(&odd, NAN, &value), -EINVAL);
}

static void test_histogram_of_few_and_long(void **state)
{
	static struct sy_histogram few;
	uint64_t value = 77;
	unsigned i;

	(void)state;
	assert_int_equal(sy_histogram_percentile(&few, 0.5, &value), -ENODATA);
	for (i = 0; i < 199; i++)
		sy_histogram_add(&few, UINT64_C(1) << 50);
	assert_int_equal(sy_histogram_percentile(&few, 0.5, &value), -ENODATA);
	assert_int_equal(value, 77);
	sy_histogram_add(&few, 3);
	assert_int_equal(sy_histogram_percentile(&few, 0.005, &value), 0);
	assert_int_equal(value, 3);
	assert_true(few.max == UINT64_C(1) << 50);
	/* A full bucket does not come round to nothing. */
	few.counts[3] = UINT32_MAX;
	sy_histogram_add(&few, 3);
	assert_true(few.counts[3] == UINT32_MAX && few.total == 200);
}

static void test_slope_is_that_of_the_line(void **state)
{
	const double x[] = { 0, 1, 2, 3, 4 };
	const double line[] = { 7, 10, 13, 16, 19 };
	/* numpy.polyfit([0, 1, 2, 3, 4], [1, 3, 2, 5, 4], 1) is 0.8, 1.4 */
	const double off[] = { 1, 3, 2, 5, 4 };
	double slope;

	(void)state;
	assert_int_equal(sy_slope(x, line, 5, &slope), 0);
	ASSERT_CLOSE(slope, 3.0);
	assert_int_equal(sy_slope(x, line, 2, &slope), 0);
	ASSERT_CLOSE(slope, 3.0);
	assert_int_equal(sy_slope(x, off, 5, &slope), 0);
	ASSERT_CLOSE(slope, 0.8);
}

static void test_slope_of_what_has_none_is_refused(void **state)
{
	const double same[] = { 5, 5, 5 }, y[] = { 1, 2, 3 };
	const double odd[] = { 1, NAN, 3 };
	double slope = 77;

	(void)state;
	assert_int_equal(sy_slope(y, y, 0, &slope), -EINVAL);
	assert_int_equal(sy_slope(y, y, 1, &slope), -EINVAL);
	assert_int_equal(sy_slope(same, y, 3, &slope), -EINVAL);
	assert_int_equal(sy_slope(odd, y, 3, &slope), -EINVAL);
	assert_int_equal(sy_slope(y, odd, 3, &slope), -EINVAL);
	assert_true(slope == 77);
	/* Ties in one coordinate are points as others are. */
	assert_int_equal(sy_slope((double[]){ 1, 1, 2 }, (double[]){ 0, 2, 4 },
	                          3, &slope),
	                 0);
	ASSERT_CLOSE(slope, 3.0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slope_is_that_of_the_line),
		cmocka_unit_test(test_slope_of_what_has_none_is_refused),
		cmocka_unit_test(test_random_is_splitmix64),
		cmocka_unit_test(test_random_below_is_even),
		cmocka_unit_test(test_shuffle_is_even),
		cmocka_unit_test(test_median_and_sigma_known),
		cmocka_unit_test(test_select_equals_sorting),
		cmocka_unit_test(test_quantile_known),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_verdict),
		cmocka_unit_test(test_modes),
		cmocka_unit_test(test_wide_is_not_bimodal),
		cmocka_unit_test(test_histogram_buckets),
		cmocka_unit_test(test_histogram_percentiles),
		cmocka_unit_test(test_histogram_of_few_and_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
