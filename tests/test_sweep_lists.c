/* SPDX-License-Identifier: MIT */
/*
 * test_sweep_lists.c - lists and ranges have the values that they say, are
 * counted without being made, and are refused where they make no sense.
 */
#include "engine_fixture.h"

#include <errno.h>

#include "host/units.h"
#include "sweep/space.h"

static const struct sy_number_kind counts = {
	.parse = sy_parse_count,
	.form = "a whole number",
	.least = "0",
	.most = "18446744073709551615",
};

static const struct sy_number_kind times = {
	.parse = sy_parse_duration,
	.form = "a duration",
	.least = "0",
	.most = "10s",
};

static const struct sy_number_kind sizes = {
	.parse = sy_parse_size,
	.form = "a size",
	.least = "8",
	.most = "1GiB",
};

static const struct sy_number_kind powers = {
	.parse = sy_parse_count,
	.form = "a whole number",
	.least = "1",
	.most = "65536",
	.power_of_two = true,
};

static const struct sy_named words[] = {
	{ "shared", UINT64_MAX },
	{ "none", 7 },
	{ NULL, 0 },
};

static const struct sy_number_kind named = {
	.parse = sy_parse_count,
	.form = "'shared', 'none' or a number",
	.least = "0",
	.most = "100",
	.named = words,
};

static const struct sy_number_kind only_named = {
	.form = "'shared' or 'none'",
	.named = words,
};

static void assert_list(const struct sy_number_kind *kind, const char *text,
                        const uint64_t *wanted, size_t count)
{
	struct sy_numbers numbers;
	struct sy_reason reason = { "" };
	uint64_t *values;

	if (sy_numbers_read(&numbers, text, kind, &reason))
		fail_msg("'%s': %s", text, reason.text);
	assert_int_equal(numbers.count, count);
	assert_int_equal(sy_numbers_expand(&numbers, &values), 0);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(values[i], wanted[i]);
	free(values);
	sy_numbers_free(&numbers);
}

#define LIST(kind, text, ...)                                                  \
	assert_list(kind, text, (const uint64_t[]){ __VA_ARGS__ },             \
	            sizeof((const uint64_t[]){ __VA_ARGS__ }) / 8)

static void assert_refused(const struct sy_number_kind *kind, const char *text,
                           const char *why)
{
	struct sy_numbers numbers;
	struct sy_reason reason = { "" };

	if (sy_numbers_read(&numbers, text, kind, &reason) != -EINVAL)
		fail_msg("'%s' was not refused", text);
	assert_says(reason.text, why);
}

static void test_lists_have_their_values(void **state)
{
	(void)state;
	LIST(&counts, "7", 7);
	LIST(&counts, "1,2,4", 1, 2, 4);
	LIST(&counts, " 1 ,\t2 , 4 ", 1, 2, 4);
	LIST(&counts, "4,4,1", 4, 4, 1);
	LIST(&times, "0, 1.5ms,2s", 0, 1500000, 2000000000);
	LIST(&sizes, "64,4KiB", 64, 4096);
	LIST(&named, "shared,3,none", UINT64_MAX, 3, 7);
	LIST(&only_named, "none", 7);
}

static void test_ranges_step_up_to_their_end(void **state)
{
	(void)state;
	LIST(&counts, "1..16*2", 1, 2, 4, 8, 16);
	LIST(&counts, "1..17*2", 1, 2, 4, 8, 16);
	LIST(&counts, "1..15*2", 1, 2, 4, 8);
	LIST(&counts, "3..100*10", 3, 30);
	LIST(&counts, "0..30+10", 0, 10, 20, 30);
	LIST(&counts, "0..39+10", 0, 10, 20, 30);
	LIST(&counts, "5..5+1", 5);
	LIST(&counts, "5..5*2", 5);
	LIST(&counts, "0..0+1", 0);
	LIST(&counts, " 1 .. 9 * 3 ", 1, 3, 9);
	LIST(&times, "10us..1ms*10", 10000, 100000, 1000000);
	LIST(&times, "0..1ms+500us", 0, 500000, 1000000);
	LIST(&times, "1.5ms..2.5ms+0.5ms", 1500000, 2000000, 2500000);
	LIST(&sizes, "1KiB..1MiB*32", 1024, 32768, 1048576);
	LIST(&sizes, "8..1KiB+1016", 8, 1024);
	LIST(&named, "shared, 1..3+1", UINT64_MAX, 1, 2, 3);
	LIST(&counts, "1, 4..16*2, 0..20+10, 5", 1, 4, 8, 16, 0, 10, 20, 5);
}

static void test_ranges_stop_before_they_overflow(void **state)
{
	(void)state;
	LIST(&counts, "1..18446744073709551615*4294967296", 1, 4294967296);
	LIST(&counts, "9223372036854775808..18446744073709551615*2",
	     UINT64_C(9223372036854775808));
	LIST(&counts, "18446744073709551614..18446744073709551615+1",
	     UINT64_MAX - 1, UINT64_MAX);
	LIST(&counts, "18446744073709551615..18446744073709551615+9",
	     UINT64_MAX);
	/* Steps that are too large for 64 bits leave the first value. */
	LIST(&counts, "3..9*99999999999999999999999", 3);
	LIST(&counts, "3..9+99999999999999999999999", 3);
}

static void test_long_ranges_are_counted_without_being_made(void **state)
{
	struct sy_numbers numbers;
	struct sy_reason reason;

	(void)state;
	assert_int_equal(
		sy_numbers_read(&numbers, "0..10s+1ns", &times, &reason), 0);
	assert_int_equal(numbers.count, UINT64_C(10000000001));
	sy_numbers_free(&numbers);
	assert_int_equal(sy_numbers_read(&numbers,
	                                 "1..18446744073709551615+1, 1",
	                                 &counts, &reason),
	                 0);
	assert_int_equal(numbers.count, UINT64_MAX);
	assert_int_equal(sy_numbers_expand(&numbers, &(uint64_t *){ NULL }),
	                 -ENOMEM);
	sy_numbers_free(&numbers);
}

static void test_values_over_a_limit_are_counted(void **state)
{
	struct sy_numbers numbers;
	struct sy_reason reason;

	(void)state;
	assert_int_equal(sy_numbers_read(&numbers, "1, 1..16*2, 0..30+10, 9",
	                                 &counts, &reason),
	                 0);
	assert_int_equal(numbers.count, 11);
	assert_int_equal(sy_numbers_over(&numbers, 0), 10);
	assert_int_equal(sy_numbers_over(&numbers, 1), 8);
	assert_int_equal(sy_numbers_over(&numbers, 10), 3);
	assert_int_equal(sy_numbers_over(&numbers, 16), 2);
	assert_int_equal(sy_numbers_over(&numbers, 30), 0);
	assert_int_equal(sy_numbers_over(&numbers, UINT64_MAX), 0);
	sy_numbers_free(&numbers);
}

static void test_ranges_that_never_end_are_refused(void **state)
{
	(void)state;
	assert_refused(&counts, "1..10*1", "'1..10*1' never ends: the factor");
	assert_refused(&counts, "1..10*0", "never ends: the factor");
	assert_refused(&counts, "0..10+0", "'0..10+0' never ends: the step");
	assert_refused(&times, "0..10ms+0", "never ends: the step");
	assert_refused(&times, "0..10ms+0ms", "never ends: the step");
	assert_refused(&counts, "0..8*2", "never ends: 0 times 2");
	assert_refused(&counts, "10..1+1", "runs downwards");
	assert_refused(&counts, "10..1*2", "runs downwards");
}

static void test_what_is_no_range_is_refused(void **state)
{
	(void)state;
	assert_refused(&counts, "1..4", "'1..4' has no step");
	assert_refused(&counts, "..4+1", "'' is not a whole number");
	assert_refused(&counts, "1..+1", "'' is not a whole number");
	assert_refused(&counts, "..", "has no step");
	assert_refused(&counts, "1..4*", "'' is not a factor");
	assert_refused(&counts, "1..4+", "the step '' is not a whole number");
	assert_refused(&counts, "1..4*1.5", "'1.5' is not a factor");
	assert_refused(&counts, "1..4*-2", "'-2' is not a factor");
	assert_refused(&counts, "1..4+-2", "the step '-2'");
	assert_refused(&counts, "-4..4+1", "'-4' is not a whole number");
	assert_refused(&counts, "1..-4+1", "'-4' is not a whole number");
	assert_refused(&counts, "1..4+1+1", "the step '1+1'");
	assert_refused(&counts, "1..4*2*2", "'2*2' is not a factor");
	assert_refused(&counts, "1...5+1", "'.5' is not a whole number");
	assert_refused(&counts, "1..2..3+1", "'2..3' is not a whole number");
	assert_refused(&counts, "1-4", "'1-4' is not a whole number");
	assert_refused(&times, "1..10ms*2", "'1' is not a duration");
	assert_refused(&times, "1ms..10ms+2", "the step '2' is not a duration");
	assert_refused(&times, "1ms..10ms*2ms", "'2ms' is not a factor");
	assert_refused(&only_named, "shared..none+1", "is not 'shared' or");
	assert_refused(&named, "shared..4+1", "'shared' is not");
}

static void test_what_is_no_value_is_refused(void **state)
{
	(void)state;
	assert_refused(&counts, "", "has an empty item");
	assert_refused(&counts, "1,,2", "'1,,2' has an empty item");
	assert_refused(&counts, "1, ,2", "has an empty item");
	assert_refused(&counts, "4,", "has an empty item");
	assert_refused(&counts, "four", "'four' is not a whole number");
	assert_refused(&counts, "1 2", "'1 2' is not a whole number");
	assert_refused(&times, "10parsecs", "'10parsecs' is not a duration");
	assert_refused(&times, "1us..10parsecs*2", "'10parsecs' is not");
	assert_refused(&times, "11s", "11s is out of range: 0 to 10s");
	assert_refused(&times, "1s..11s+1s", "11s is out of range");
	assert_refused(&sizes, "7", "7 is out of range: 8 to 1GiB");
	assert_refused(&sizes, "0..64*2", "0 is out of range");
	assert_refused(&counts, "99999999999999999999", "is out of range");
	assert_refused(&only_named, "some", "'some' is not 'shared' or 'none'");
	assert_refused(&named, "101", "out of range: 0 to 100");
}

static void test_powers_of_two_are_asked_for(void **state)
{
	(void)state;
	LIST(&powers, "1..65536*256", 1, 256, 65536);
	LIST(&powers, "2..4+2", 2, 4);
	assert_refused(&powers, "1024,3", "3 is not a power of two");
	assert_refused(&powers, "1..65536+1", "3 is not a power of two");
	assert_refused(&powers, "1..65536*3", "3 is not a power of two");
}

static void assert_words(const char *text, bool placements,
                         const char *const *wanted)
{
	struct sy_words list;
	struct sy_reason reason;
	size_t i = 0;

	assert_int_equal(
		placements ? sy_words_read_placements(&list, text, &reason)
			   : sy_words_read(&list, text, &reason),
		0);
	for (; i < list.count; i++) {
		assert_non_null(wanted[i]);
		assert_string_equal(list.items[i], wanted[i]);
		assert_true(sy_words_have(&list, wanted[i]));
	}
	assert_null(wanted[i]);
	assert_false(sy_words_have(&list, "nothing"));
	sy_words_free(&list);
}

#define WORDS(text, placements, ...)                                           \
	assert_words(text, placements,                                         \
	             (const char *const[]){ __VA_ARGS__, NULL })

static void test_pu_numbers_side_by_side_are_one_placement(void **state)
{
	(void)state;
	WORDS("a, b ,c", false, "a", "b", "c");
	WORDS("0,2-3", false, "0", "2-3");
	WORDS("0,2-3", true, "0,2-3");
	WORDS(" 0 , 2-3 ", true, "0,2-3");
	WORDS("one-pu,0, 1,2,spread", true, "one-pu", "0,1,2", "spread");
	WORDS("10,11, none, 12", true, "10,11", "none", "12");
	WORDS("none", true, "none");
}

static void test_a_slip_is_told_from_another_word(void **state)
{
	const char *const tries[][2] = {
		{ "inflght", "inflight" },
		{ "grian", "grain" },
		{ "Model", "model" },
		{ "models", "model" },
		{ "hold_awake", "hold-awake" },
		{ "xyzzy", NULL },
		{ "", NULL },
		{ "a", NULL },
		{ "inflight-of-tasks", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(tries) / sizeof(tries[0]); i++) {
		struct sy_nearest nearest = { .word = tries[i][0] };

		for (enum sy_key key = 0; key < SY_KEYS; key++)
			sy_nearest_try(&nearest, sy_key_name(key));
		if (tries[i][1])
			assert_string_equal(nearest.found, tries[i][1]);
		else
			assert_null(nearest.found);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists_have_their_values),
		cmocka_unit_test(test_ranges_step_up_to_their_end),
		cmocka_unit_test(test_ranges_stop_before_they_overflow),
		cmocka_unit_test(
			test_long_ranges_are_counted_without_being_made),
		cmocka_unit_test(test_values_over_a_limit_are_counted),
		cmocka_unit_test(test_ranges_that_never_end_are_refused),
		cmocka_unit_test(test_what_is_no_range_is_refused),
		cmocka_unit_test(test_what_is_no_value_is_refused),
		cmocka_unit_test(test_powers_of_two_are_asked_for),
		cmocka_unit_test(
			test_pu_numbers_side_by_side_are_one_placement),
		cmocka_unit_test(test_a_slip_is_told_from_another_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
