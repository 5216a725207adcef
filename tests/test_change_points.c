/* SPDX-License-Identifier: MIT */
/*
 * test_change_points.c - E-divisive: what a plain implementation elsewhere
 * says (fixtures/stats/make-table.py), properties, and refusals.
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
#include <stdlib.h>
#include <string.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define SERIES_MOST 200
#define PERMUTATIONS 1999

static double normal(uint64_t *random)
{
	double sum = 0;
	int i;

	for (i = 0; i < 12; i++)
		sum += (double)(sy_random(random) >> 11) / 9007199254740992.0;
	return sum - 6;
}

static void draw_level(double *series, size_t count, double level,
                       uint64_t *random)
{
	size_t i;

	for (i = 0; i < count; i++)
		series[i] = level + normal(random);
}

static void assert_case(const json_t *one)
{
	const json_t *values = json_object_get(one, "series");
	const json_t *points = json_object_get(one, "points");
	struct sy_change_point found[SERIES_MOST / 2];
	size_t i, count = json_array_size(values), found_count;
	double series[SERIES_MOST];

	assert_in_range(count, 4, SERIES_MOST);
	for (i = 0; i < count; i++)
		series[i] = json_number_value(json_array_get(values, i));
	assert_int_equal(
		sy_change_points(
			series, count,
			(size_t)json_integer_value(
				json_object_get(one, "least")),
			json_number_value(json_object_get(one, "alpha")),
			PERMUTATIONS, 1, found, &found_count),
		0);
	assert_int_equal(found_count, json_array_size(points));
	for (i = 0; i < found_count; i++) {
		const json_t *point = json_array_get(points, i);
		double p = json_number_value(json_array_get(point, 1));
		/* Both may be drawn: five standard deviations of two. */
		double apart = 5 * sqrt(2 * p * (1 - p) / PERMUTATIONS);

		assert_int_equal(found[i].at,
		                 json_integer_value(json_array_get(point, 0)));
		assert_true(fabs(found[i].p - p) <= apart + 1.0 / PERMUTATIONS);
	}
}

static void test_as_written_plainly(void **state)
{
	json_error_t error;
	json_t *table = json_load_file(SY_FIXTURES "/stats/table.json",
	                               JSON_REJECT_DUPLICATES, &error);
	json_t *cases, *one;
	size_t i;

	(void)state;
	assert_non_null(table);
	cases = json_object_get(table, "change_points");
	assert_in_range(json_array_size(cases), 10, 100);
	json_array_foreach (cases, i, one)
		assert_case(one);
	json_decref(table);
}

/* The levels' medians, of what lies between this change and the next. */
static void test_levels(void **state)
{
	static const double series[] = {
		1, 3, 2, 1, 3, 2, 1,  3,  2,  9,  8,  7,  9,  8,  7,
		9, 8, 7, 4, 5, 4, 44, 43, 46, 45, 47, 45, 44, 46, 45
	};
	struct sy_change_point found[LENGTH(series) / 3];
	size_t count;

	(void)state;
	assert_int_equal(sy_change_points(series, LENGTH(series), 3, 0.05, 999,
	                                  1, found, &count),
	                 0);
	assert_int_equal(count, 3);
	assert_int_equal(found[0].at, 9);
	assert_int_equal(found[1].at, 18);
	assert_int_equal(found[2].at, 21);
	assert_true(found[0].before == 2 && found[0].after == 8);
	assert_true(found[1].before == 8 && found[1].after == 4);
	assert_true(found[2].before == 4 && found[2].after == 45);
}

/* At 1 in 20, few of a hundred series without a change have one: the chance of
   13 and more is 0.001. */
static void test_no_change(void **state)
{
	struct sy_change_point found[15];
	unsigned tries, with = 0;
	uint64_t random = 17;
	double series[30];

	(void)state;
	for (tries = 0; tries < 100; tries++) {
		size_t count;

		draw_level(series, 30, 100, &random);
		sy_change_points(series, 30, 2, 0.05, 199, tries, found,
		                 &count);
		with += count > 0;
	}
	assert_in_range(with, 0, 12);
}

/* The same answer for the same seed, in other units, and upside down. */
static void test_properties(void **state)
{
	struct sy_change_point first[30], other[30];
	double series[60], moved[60];
	uint64_t random = 19;
	size_t i, count, other_count;

	(void)state;
	draw_level(series, 25, 10, &random);
	draw_level(series + 25, 35, 12, &random);
	sy_change_points(series, 60, 2, 0.05, 499, 5, first, &count);
	assert_int_equal(count, 1);
	sy_change_points(series, 60, 2, 0.05, 499, 5, other, &other_count);
	assert_int_equal(other_count, 1);
	assert_memory_equal(first, other, sizeof(*first));
	for (i = 0; i < 60; i++)
		moved[i] = -1e6 * series[i];
	sy_change_points(moved, 60, 2, 0.05, 499, 5, other, &other_count);
	assert_int_equal(other_count, 1);
	assert_int_equal(other[0].at, first[0].at);
	assert_true(other[0].p == first[0].p);
	assert_true(fabs(other[0].after + 1e6 * first[0].after) < 1e-3);
}

/* From a weak change on it matters which orders are drawn. */
static void test_seed_matters(void **state)
{
	struct sy_change_point found[10];
	double series[20], p[2] = { 0, 0 };
	uint64_t random = 23, seed;
	size_t count;

	(void)state;
	draw_level(series, 20, 0, &random);
	for (seed = 0; seed < 2; seed++) {
		sy_change_points(series, 20, 10, 1, 999, seed, found, &count);
		assert_int_equal(count, 1);
		p[seed] = found[0].p;
	}
	assert_true(p[0] != p[1] && fabs(p[0] - p[1]) < 0.15);
}

static void test_least(void **state)
{
	static const double step[] = { 1, 1.1, 1.2, 1.05, 1.15, 5, 5.1 };
	struct sy_change_point found[3];
	size_t count;

	(void)state;
	assert_int_equal(
		sy_change_points(step, 7, 2, 0.3, 999, 1, found, &count), 0);
	assert_true(count >= 1 && found[count - 1].at == 5);
	/* Two values are no level of three, and six no two of four. */
	assert_int_equal(sy_change_points(step, 7, 3, 1, 999, 1, found, &count),
	                 0);
	assert_true(count <= 1 && (!count || found[0].at <= 4));
	assert_int_equal(sy_change_points(step, 7, 4, 1, 999, 1, found, &count),
	                 0);
	assert_int_equal(count, 0);
	assert_int_equal(sy_change_points(step, 7, SIZE_MAX / 2 + 1, 1, 9, 1,
	                                  found, &count),
	                 0);
	assert_int_equal(count, 0);
}

/* One and two values, equal ones, and the largest range there is. */
static void test_edges(void **state)
{
	double series[40];
	struct sy_change_point found[20];
	size_t i, count;

	(void)state;
	for (i = 0; i < 40; i++)
		series[i] = 3.25;
	for (i = 1; i <= 40; i++) {
		assert_int_equal(
			sy_change_points(series, i, 2, 1, 99, 1, found, &count),
			0);
		assert_int_equal(count, 0);
	}
	for (i = 0; i < 40; i++)
		series[i] = i < 20 ? -DBL_MAX : DBL_MAX;
	assert_int_equal(
		sy_change_points(series, 40, 2, 0.05, 99, 1, found, &count), 0);
	assert_int_equal(count, 1);
	assert_int_equal(found[0].at, 20);
	assert_true(found[0].before == -DBL_MAX && found[0].after == DBL_MAX);
}

/* 99 permutations never come under 1 in 100. */
static void test_too_few_permutations(void **state)
{
	double series[] = { 1, 2, 1, 2, 1, 2, 81, 82, 81, 82, 81, 82 };
	struct sy_change_point found[6];
	size_t count;

	(void)state;
	sy_change_points(series, 12, 2, 0.01, 99, 1, found, &count);
	assert_int_equal(count, 0);
	sy_change_points(series, 12, 2, 0.0101, 99, 1, found, &count);
	assert_int_equal(count, 1);
	assert_true(found[0].p == 0.01);
}

static void test_refusals(void **state)
{
	static const double wrong[] = { NAN, INFINITY, -INFINITY };
	static const double alphas[] = { 0, -1, 1.5, NAN };
	double series[] = { 1, 2, 3, 4, 5 };
	struct sy_change_point found[2];
	size_t i, count = 77;

	(void)state;
	assert_int_equal(
		sy_change_points(series, 0, 2, 0.05, 99, 1, found, &count),
		-EINVAL);
	assert_int_equal(
		sy_change_points(series, 5, 1, 0.05, 99, 1, found, &count),
		-EINVAL);
	assert_int_equal(
		sy_change_points(series, 5, 2, 0.05, 0, 1, found, &count),
		-EINVAL);
	for (i = 0; i < LENGTH(alphas); i++)
		assert_int_equal(sy_change_points(series, 5, 2, alphas[i], 99,
		                                  1, found, &count),
		                 -EINVAL);
	for (i = 0; i < LENGTH(wrong); i++) {
		series[4] = wrong[i];
		assert_int_equal(sy_change_points(series, 5, 2, 0.05, 99, 1,
		                                  found, &count),
		                 -EINVAL);
	}
	assert_int_equal(count, 77);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_as_written_plainly),
		cmocka_unit_test(test_levels),
		cmocka_unit_test(test_no_change),
		cmocka_unit_test(test_properties),
		cmocka_unit_test(test_seed_matters),
		cmocka_unit_test(test_least),
		cmocka_unit_test(test_edges),
		cmocka_unit_test(test_too_few_permutations),
		cmocka_unit_test(test_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
