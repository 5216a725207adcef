/* SPDX-License-Identifier: MIT */
/*
 * test_figure_layout.c - what the figures are laid out with: labels that are
 * spread, ticks, and texts that fit.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "results/figure_parts.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* By hand: the mean of a block stays where it was, its ends are cut off. */
static void test_spread_known(void **state)
{
	static const struct {
		double low, high, from[4], to[4];
		size_t count;
	} known[] = {
		{ 0, 100, { 50 }, { 50 }, 1 },
		{ 0, 100, { 10, 10 }, { 5, 15 }, 2 },
		{ 0, 100, { 10, 30, 90 }, { 10, 30, 90 }, 3 },
		{ 0, 100, { 50, 50, 53 }, { 41, 51, 61 }, 3 },
		/* The upper pair pushes into the lower one: a block of 4. */
		{ 0, 100, { 40, 40, 51, 51 }, { 30.5, 40.5, 50.5, 60.5 }, 4 },
		{ 0, 100, { 1, 1 }, { 0, 10 }, 2 },
		{ 0, 100, { 99, 100 }, { 90, 100 }, 2 },
		{ 0, 20, { 0, 0, 0, 0 }, { -5, 5, 15, 25 }, 4 },
	};
	double places[4];
	size_t i, j;

	(void)state;
	for (i = 0; i < LENGTH(known); i++) {
		memcpy(places, known[i].from, sizeof(places));
		sy_places_spread(places, known[i].count, 10, known[i].low,
		                 known[i].high);
		for (j = 0; j < known[i].count; j++)
			assert_true(fabs(places[j] - known[i].to[j]) < 1e-9);
	}
	sy_places_spread(places, 0, 10, 0, 100);
}

/* Of many: apart, inside, in order, and none moved without a reason. */
static void test_spread_has_no_overlap(void **state)
{
	double places[20], before[20], kept;
	uint64_t random = 1;
	size_t round, count, i, j;

	(void)state;
	for (round = 0; round < 5000; round++) {
		count = 1 + round % 20;
		for (i = 0; i < count; i++) {
			kept = (double)sy_random_below(&random, 300);
			for (j = i; j > 0 && places[j - 1] > kept; j--)
				places[j] = places[j - 1];
			places[j] = kept;
		}
		memcpy(before, places, sizeof(before));
		sy_places_spread(places, count, 14.5, 0, 300);
		for (i = 0; i < count; i++) {
			assert_true(places[i] > -1e-9 &&
			            places[i] < 300 + 1e-9);
			assert_true(i == 0 ||
			            places[i] - places[i - 1] > 14.5 - 1e-9);
			if ((i == 0 || before[i] - places[i - 1] > 14.5) &&
			    (i + 1 == count ||
			     places[i + 1] - before[i] > 14.5))
				assert_true(fabs(places[i] - before[i]) < 1e-9);
		}
	}
}

static void test_ticks_are_round_and_enough(void **state)
{
	static const double ranges[][2] = { { 0.9, 4e5 },     { 1e-3, 1e12 },
		                            { 9.7e3, 2.1e4 }, { 99, 101 },
		                            { 1.9e3, 2.2e4 }, { 100, 1000 } };
	struct sy_tick ticks[SY_TICKS_MAX];
	size_t i, j, count, labels;

	(void)state;
	for (i = 0; i < LENGTH(ranges); i++) {
		struct sy_axis axis = { ranges[i][0], ranges[i][1], 0, 300 };

		count = sy_axis_ticks(&axis, ticks);
		for (labels = j = 0; j < count; j++) {
			assert_true(ticks[j].value >= axis.low);
			assert_true(ticks[j].value <= axis.high);
			labels += !ticks[j].minor;
		}
		assert_in_range(labels, 3, 9);
	}
}

/* Powers of two, or even steps in the unit that they are written in. */
static void test_ticks_of_bytes(void **state)
{
	static const double ranges[][2] = { { 100, 2e5 },      { 4000, 4200 },
		                            { 4.01e6, 4.3e6 }, { 1, 1e12 },
		                            { 900, 1100 },     { 1024, 4096 } };
	struct sy_tick ticks[SY_TICKS_MAX];
	size_t i, j, count, labels;
	char text[32];

	(void)state;
	for (i = 0; i < LENGTH(ranges); i++) {
		struct sy_axis axis = { ranges[i][0], ranges[i][1], 0, 300 };

		count = sy_axis_ticks_bytes(&axis, ticks);
		for (labels = j = 0; j < count; j++) {
			assert_true(ticks[j].value >= axis.low * 0.999);
			assert_true(ticks[j].value <= axis.high * 1.001);
			labels += !ticks[j].minor;
			sy_text_bytes(ticks[j].value, text, sizeof(text));
			assert_true(strlen(text) <= 9);
		}
		assert_in_range(labels, 2, 11);
	}
	count = sy_axis_ticks_bytes(&(struct sy_axis){ 1000, 5000, 0, 300 },
	                            ticks);
	assert_int_equal(count, 3);
	assert_true(ticks[1].value == 2048);
}

static void test_ticks_at_values_keep_apart(void **state)
{
	static const double values[] = { 1, 2, 4, 8, 16, 32, 64 };
	static const int minor[] = { 0, 1, 1, 0, 1, 1, 0 };
	struct sy_axis axis = { 1, 64, 0, 60 };
	struct sy_tick ticks[SY_TICKS_MAX];
	size_t i;

	(void)state;
	assert_int_equal(sy_axis_ticks_at(&axis, values, 7, 29, ticks), 7);
	for (i = 0; i < 7; i++)
		assert_int_equal(ticks[i].minor, minor[i]);
}

/* jansson refuses what is no UTF-8. */
static int is_utf8(const char *text)
{
	json_t *string = json_string(text);
	int accepted = string != NULL;

	json_decref(string);
	return accepted;
}

static void test_text_is_cut_between_characters(void **state)
{
	char fitted[SY_TEXT_BYTES], lines[3][SY_TEXT_BYTES];
	char text[SY_TEXT_BYTES] = "";
	double width;
	int i;

	(void)state;
	for (width = 5; width < 200; width += 0.7) {
		sy_text_fit("wait µs — ünï→日本語 µµµ", 13, width, fitted);
		assert_true(sy_text_width(fitted, 13) <= fmax(width, 13));
		assert_true(is_utf8(fitted));
	}
	sy_text_fit("short", 13, 100, fitted);
	assert_string_equal(fitted, "short");
	assert_int_equal(sy_text_wrap("one two\nthree", 10, 1000, lines, 3), 2);
	assert_string_equal(lines[0], "one two");
	assert_string_equal(lines[1], "three");
	assert_int_equal(sy_text_wrap("aaaa bbbb cccc dddd", 10, 45, lines, 2),
	                 2);
	assert_string_equal(lines[0], "aaaa");
	assert_string_equal(lines[1], "bbbb c…");
	for (i = 0; i < 400; i++)
		sy_text_add(text, "%s", i % 7 ? "x→" : "µ");
	assert_in_range(strlen(text), SY_TEXT_BYTES - 4, SY_TEXT_BYTES - 1);
	assert_true(is_utf8(text));
}

static void test_units(void **state)
{
	struct sy_estimate ns = { 2591, 2580, 2600 };
	char text[64];

	(void)state;
	sy_text_duration(100e3, text, sizeof(text));
	assert_string_equal(text, "100 µs");
	sy_text_duration(1e9, text, sizeof(text));
	assert_string_equal(text, "1 s");
	sy_text_rate(2e4, text, sizeof(text));
	assert_string_equal(text, "20k");
	sy_text_count(4096, text, sizeof(text));
	assert_string_equal(text, "4k");
	sy_text_count(1000, text, sizeof(text));
	assert_string_equal(text, "1000");
	sy_text_size(65536, text, sizeof(text));
	assert_string_equal(text, "64 KiB");
	sy_text_thousands(100, text, sizeof(text));
	assert_string_equal(text, "100");
	sy_text_thousands(1234567, text, sizeof(text));
	assert_string_equal(text, "1 234 567");
	sy_text_thousands(1234567, text, 6);
	assert_string_equal(text, "1 234");
	sy_text_bytes(1536, text, sizeof(text));
	assert_string_equal(text, "1.5 KiB");
	sy_text_bytes(1023.96, text, sizeof(text));
	assert_string_equal(text, "1 KiB");
	sy_text_bytes(512, text, sizeof(text));
	assert_string_equal(text, "512 B");
	sy_text_measured_ns(&ns, text, sizeof(text));
	assert_string_equal(text, "2.59 µs");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_spread_known),
		cmocka_unit_test(test_spread_has_no_overlap),
		cmocka_unit_test(test_ticks_are_round_and_enough),
		cmocka_unit_test(test_ticks_of_bytes),
		cmocka_unit_test(test_ticks_at_values_keep_apart),
		cmocka_unit_test(test_text_is_cut_between_characters),
		cmocka_unit_test(test_units),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
