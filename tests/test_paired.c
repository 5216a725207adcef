/* SPDX-License-Identifier: MIT */
/*
 * test_paired.c - signed ranks, Walsh averages and Holm: what scipy says
 * (fixtures/stats/make-table.py), brute force, properties that hold for any
 * values, and refusals.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "stats/paired.h"

#include <errno.h>
#include <float.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define VALUES_MOST 400

static bool close_to(double a, double b, double share)
{
	return fabs(a - b) <= share * fabs(b);
}

static double uniform(uint64_t *random)
{
	return (double)(sy_random(random) >> 11) / 9007199254740992.0;
}

/* Steps: few different values, so that there are ties and zeros; 0: none. */
static void draw(double *values, size_t count, unsigned steps, uint64_t *random)
{
	size_t i;

	for (i = 0; i < count; i++) {
		values[i] = uniform(random) - 0.4;
		if (steps)
			values[i] = nearbyint(values[i] * steps);
	}
}

static json_t *load_table(void)
{
	json_error_t error;
	json_t *table = json_load_file(SY_FIXTURES "/stats/table.json",
	                               JSON_REJECT_DUPLICATES, &error);

	assert_non_null(table);
	return table;
}

static double number(const json_t *of, const char *name)
{
	const json_t *value = json_object_get(of, name);

	assert_true(json_is_number(value));
	return json_number_value(value);
}

static size_t numbers(const json_t *of, double *values)
{
	const json_t *array = json_object_get(of, "values");
	size_t i, count = json_array_size(array);

	assert_in_range(count, 1, VALUES_MOST);
	for (i = 0; i < count; i++)
		values[i] = json_number_value(json_array_get(array, i));
	return count;
}

static void test_signed_rank_as_scipy(void **state)
{
	json_t *table = load_table(), *one;
	json_t *cases = json_object_get(table, "signed_rank");
	double values[VALUES_MOST], greater, less;
	size_t i;

	(void)state;
	assert_in_range(json_array_size(cases), 40, 1000);
	json_array_foreach (cases, i, one) {
		size_t count = numbers(one, values);

		assert_int_equal(sy_signed_rank(values, count, &greater, &less),
		                 0);
		assert_true(close_to(greater, number(one, "greater"), 1e-9));
		assert_true(close_to(less, number(one, "less"), 1e-9));
	}
	json_decref(table);
}

static void test_hodges_lehmann_as_scipy(void **state)
{
	json_t *table = load_table(), *one;
	json_t *cases = json_object_get(table, "hodges_lehmann");
	double values[VALUES_MOST];
	struct sy_estimate found;
	size_t i;

	(void)state;
	assert_in_range(json_array_size(cases), 30, 1000);
	json_array_foreach (cases, i, one) {
		size_t count = numbers(one, values);

		assert_int_equal(sy_hodges_lehmann(values, count,
		                                   number(one, "confidence"),
		                                   &found),
		                 0);
		assert_true(close_to(found.value, number(one, "value"), 1e-12));
		assert_true(close_to(found.low, number(one, "low"), 1e-12));
		assert_true(close_to(found.high, number(one, "high"), 1e-12));
	}
	json_decref(table);
}

/* Ten differences of one sign are 2^-10, and never less. */
static void test_signed_rank_by_hand(void **state)
{
	static const double rising[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };
	/* Both ranks are 1.5: ++ +- -+ -- make 3, 1.5, 1.5, 0. */
	static const double tied[] = { 7, -7 };
	double greater, less;

	(void)state;
	assert_int_equal(sy_signed_rank(rising, 10, &greater, &less), 0);
	assert_true(greater == 1 / 1024.0 && less == 1);
	assert_int_equal(sy_signed_rank(rising, 1, &greater, &less), 0);
	assert_true(greater == 0.5 && less == 1);
	assert_int_equal(sy_signed_rank(tied, 2, &greater, &less), 0);
	assert_true(greater == 0.75 && less == 0.75);
}

static void test_zeros_say_nothing(void **state)
{
	static const double zeros[] = { 0, -0.0, 0, 0 };
	static const double without[] = { 3, -1, 2 };
	static const double with[] = { 0, 3, 0, -1, 2, -0.0 };
	double greater, less, with_greater, with_less;

	(void)state;
	assert_int_equal(sy_signed_rank(zeros, 4, &greater, &less), 0);
	assert_true(greater == 1 && less == 1);
	assert_int_equal(sy_signed_rank(without, 3, &greater, &less), 0);
	assert_int_equal(sy_signed_rank(with, 6, &with_greater, &with_less), 0);
	assert_true(greater == with_greater && less == with_less);
}

/* Order, scale and sign, for exact and normal chances, with ties or not. */
static void test_signed_rank_properties(void **state)
{
	static const size_t counts[] = { 1, 2, 7, 30, 50, 51, 120 };
	double values[120], other[120], greater, less, o_greater, o_less;
	uint64_t random = 1;
	size_t i, j;

	(void)state;
	for (i = 0; i < 2 * LENGTH(counts); i++) {
		size_t count = counts[i / 2];

		draw(values, count, i % 2 ? 5 : 0, &random);
		assert_int_equal(sy_signed_rank(values, count, &greater, &less),
		                 0);
		assert_true(greater >= 0 && greater <= 1);
		/* Both count the sum that is there. */
		assert_true(greater + less >= 1 - 1e-9);
		for (j = 0; j < count; j++)
			other[j] = values[count - 1 - j] * 1024;
		sy_signed_rank(other, count, &o_greater, &o_less);
		assert_true(o_greater == greater && o_less == less);
		for (j = 0; j < count; j++)
			other[j] = -values[j];
		sy_signed_rank(other, count, &o_greater, &o_less);
		assert_true(o_greater == less && o_less == greater);
	}
}

/* Where the exact chances end, the normal ones go on. */
static void test_exact_meets_normal(void **state)
{
	double values[SY_EXACT_MOST + 1], greater[2], less[2];
	uint64_t random = 3;
	size_t i;

	(void)state;
	draw(values, SY_EXACT_MOST, 0, &random);
	sy_signed_rank(values, SY_EXACT_MOST, &greater[0], &less[0]);
	/* The smallest of all: each other rank is one more. */
	values[SY_EXACT_MOST] = 1e-9;
	sy_signed_rank(values, SY_EXACT_MOST + 1, &greater[1], &less[1]);
	for (i = 0; i < 2; i++)
		assert_true(greater[i] > 0.001 && greater[i] < 0.999);
	assert_true(fabs(greater[0] - greater[1]) < 0.01);
	assert_true(fabs(less[0] - less[1]) < 0.01);
}

static int compare_doubles(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

/* Of all averages, made and sorted. */
static double brute_middle(const double *values, size_t count)
{
	size_t all = count * (count + 1) / 2, made = 0, i, j;
	double *averages = malloc(all * sizeof(*averages)), middle;

	assert_non_null(averages);
	for (i = 0; i < count; i++)
		for (j = i; j < count; j++)
			averages[made++] = 0.5 * values[i] + 0.5 * values[j];
	qsort(averages, all, sizeof(*averages), compare_doubles);
	middle = averages[(all - 1) / 2];
	if (all % 2 == 0)
		middle = 0.5 * middle + 0.5 * averages[all / 2];
	free(averages);
	return middle;
}

static void test_selection_is_brute_force(void **state)
{
	uint64_t random = 5;
	double values[300];
	size_t i;

	(void)state;
	for (i = 0; i < 200; i++) {
		size_t count = 1 + (size_t)sy_random_below(&random, i + 1);
		struct sy_estimate found;

		draw(values, count, i % 3 ? 0 : 6, &random);
		assert_int_equal(sy_hodges_lehmann(values, count, 0.95, &found),
		                 0);
		assert_true(found.value == brute_middle(values, count));
		assert_true(found.low <= found.value &&
		            found.value <= found.high);
	}
}

/* Up to six values the ends are the outermost averages: with five the chance of
   no positive rank is 1 / 32, over 0.025, and there is nothing further out. */
static void test_ends_of_few_values(void **state)
{
	static const double few[] = { 3, -1, 8, 2, 0, 5, 100 };
	struct sy_estimate found;
	size_t count;

	(void)state;
	for (count = 1; count <= 6; count++) {
		double least = few[0], most = few[0];
		size_t i;

		for (i = 1; i < count; i++) {
			least = fmin(least, few[i]);
			most = fmax(most, few[i]);
		}
		sy_hodges_lehmann(few, count, 0.95, &found);
		assert_true(found.low == least && found.high == most);
	}
	/* Of seven the third from each end, since 5 / 128 is over 0.025 and
	   3 / 128 is not: -1, -0.5, 0, ... 52.5, 54, 100. */
	sy_hodges_lehmann(few, 7, 0.95, &found);
	assert_true(found.low == 0 && found.high == 52.5);
}

static void test_estimate_properties(void **state)
{
	static const double shares[] = { 0.5, 0.8, 0.9, 0.95, 0.99 };
	double values[130], other[130];
	struct sy_estimate found, moved, wider;
	uint64_t random = 7;
	size_t i, j, count;

	(void)state;
	for (i = 0; i < 40; i++) {
		count = 1 + (size_t)sy_random_below(&random, 130);
		draw(values, count, i % 4 ? 0 : 9, &random);
		sy_hodges_lehmann(values, count, 0.95, &found);
		for (j = 0; j < count; j++)
			other[j] = -4 * values[count - 1 - j];
		sy_hodges_lehmann(other, count, 0.95, &moved);
		assert_true(moved.value == -4 * found.value);
		assert_true(moved.low == -4 * found.high);
		assert_true(moved.high == -4 * found.low);
		for (j = 0; j + 1 < LENGTH(shares); j++) {
			sy_hodges_lehmann(values, count, shares[j], &found);
			sy_hodges_lehmann(values, count, shares[j + 1], &wider);
			assert_true(wider.low <= found.low);
			assert_true(wider.high >= found.high);
		}
	}
}

/* The largest doubles have averages, and no zero is negative. */
static void test_estimate_at_the_edges(void **state)
{
	static const double large[] = { DBL_MAX, DBL_MAX, -DBL_MAX };
	static const double zeros[] = { -0.0, 0, -0.0 };
	struct sy_estimate found;

	(void)state;
	assert_int_equal(sy_hodges_lehmann(large, 3, 0.95, &found), 0);
	assert_true(found.value > DBL_MAX / 4 && found.high == DBL_MAX);
	assert_int_equal(sy_hodges_lehmann(zeros, 3, 0.95, &found), 0);
	assert_true(found.value == 0 && !signbit(found.value));
	assert_true(!signbit(found.low) && !signbit(found.high));
}

/* A thousand intervals of 20 values hold the middle about 950 times, give or
   take 7. */
static void test_interval_holds_the_middle(void **state)
{
	unsigned tries, held = 0;
	uint64_t random = 11;
	double values[20];

	(void)state;
	for (tries = 0; tries < 1000; tries++) {
		struct sy_estimate found;

		draw(values, 20, 0, &random);
		sy_hodges_lehmann(values, 20, 0.95, &found);
		held += found.low <= 0.1 && 0.1 <= found.high;
	}
	assert_in_range(held, 920, 975);
}

/* The first is the example of R's and of many a textbook's p.adjust. */
static void test_holm_by_hand(void **state)
{
	static const double p[] = { 0.01, 0.02, 0.03, 0.04, 0.05 };
	static const double holm[] = { 0.05, 0.08, 0.09, 0.09, 0.09 };
	static const double mixed[] = { 0.01, 0.04, 0.03, 0.005 };
	static const double mixed_holm[] = { 0.03, 0.06, 0.06, 0.02 };
	double corrected[5];
	size_t i;

	(void)state;
	assert_int_equal(sy_holm(p, 5, corrected), 0);
	for (i = 0; i < 5; i++)
		assert_true(close_to(corrected[i], holm[i], 1e-12));
	assert_int_equal(sy_holm(mixed, 4, corrected), 0);
	for (i = 0; i < 4; i++)
		assert_true(close_to(corrected[i], mixed_holm[i], 1e-12));
	assert_int_equal(sy_holm(p, 1, corrected), 0);
	assert_true(corrected[0] == 0.01);
}

/* By the definition: for each, the largest of (m - rank) p over those that are
   not larger. */
static double holm_of(const double *p, size_t count, size_t of)
{
	double most = 0;
	size_t i, j;

	for (i = 0; i < count; i++) {
		size_t under = 0;

		if (p[i] > p[of])
			continue;
		for (j = 0; j < count; j++)
			under += p[j] < p[i];
		most = fmax(most, (double)(count - under) * p[i]);
	}
	return fmin(most, 1);
}

static void test_holm_properties(void **state)
{
	uint64_t random = 13;
	double p[40], corrected[40];
	size_t i, j, k;

	(void)state;
	for (i = 0; i < 50; i++) {
		size_t count = 1 + (size_t)sy_random_below(&random, 40);

		for (j = 0; j < count; j++) {
			p[j] = pow(uniform(&random), 3);
			if (i % 2)
				p[j] = nearbyint(p[j] * 8) / 8;
		}
		assert_int_equal(sy_holm(p, count, corrected), 0);
		for (j = 0; j < count; j++) {
			assert_true(close_to(corrected[j], holm_of(p, count, j),
			                     1e-12));
			assert_true(corrected[j] >= p[j] && corrected[j] <= 1);
			for (k = 0; k < count; k++)
				assert_true(p[j] < p[k] ||
				            corrected[j] >= corrected[k]);
		}
	}
}

static void test_refusals(void **state)
{
	static const double wrong[] = { NAN, INFINITY, -INFINITY };
	static const double chances[] = { NAN, -0.1, 1.1, INFINITY };
	static const double shares[] = { 0, 1, -1, 2, NAN };
	double values[] = { 1, 2, 3 }, a = 7, b = 7;
	struct sy_estimate found = { 7, 7, 7 };
	size_t i;

	(void)state;
	assert_int_equal(sy_signed_rank(values, 0, &a, &b), -EINVAL);
	assert_int_equal(sy_hodges_lehmann(values, 0, 0.95, &found), -EINVAL);
	assert_int_equal(sy_holm(values, 0, &a), -EINVAL);
	for (i = 0; i < LENGTH(wrong); i++) {
		values[1] = wrong[i];
		assert_int_equal(sy_signed_rank(values, 3, &a, &b), -EINVAL);
		assert_int_equal(sy_hodges_lehmann(values, 3, 0.95, &found),
		                 -EINVAL);
	}
	for (i = 0; i < LENGTH(chances); i++)
		assert_int_equal(sy_holm(&chances[i], 1, &a), -EINVAL);
	for (i = 0; i < LENGTH(shares); i++)
		assert_int_equal(
			sy_hodges_lehmann(values, 1, shares[i], &found),
			-EINVAL);
	assert_true(a == 7 && b == 7);
	assert_true(found.value == 7 && found.low == 7 && found.high == 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_signed_rank_as_scipy),
		cmocka_unit_test(test_hodges_lehmann_as_scipy),
		cmocka_unit_test(test_signed_rank_by_hand),
		cmocka_unit_test(test_zeros_say_nothing),
		cmocka_unit_test(test_signed_rank_properties),
		cmocka_unit_test(test_exact_meets_normal),
		cmocka_unit_test(test_selection_is_brute_force),
		cmocka_unit_test(test_ends_of_few_values),
		cmocka_unit_test(test_estimate_properties),
		cmocka_unit_test(test_estimate_at_the_edges),
		cmocka_unit_test(test_interval_holds_the_middle),
		cmocka_unit_test(test_holm_by_hand),
		cmocka_unit_test(test_holm_properties),
		cmocka_unit_test(test_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
