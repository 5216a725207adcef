/* SPDX-License-Identifier: MIT */
/* What can be registered, and the runs that come of it. */
#include "fixture.h"

#include <limits.h>
#include <math.h>

static struct kept kept;

/* All names of the runs, with a blank between them. */
static const char *run_names(void)
{
	static char names[4096];

	assert_int_equal(run_kept(&kept), 0);
	names[0] = '\0';
	for (size_t i = 0; i < kept.count; i++) {
		strcat(names, i ? " " : "");
		strcat(names, kept.rows[i].name);
	}
	return names;
}

static void test_names_that_break_json_are_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"a\"b",
		"a\\b",
		"a\nb",
		"\x1b[31m",
		"a\x7f",
		"\xff",
		"\xc3",
		"\xc0\xaf",
		"\xed\xa0\x80",
		"\xf4\x90\x80\x80",
		"\xe0\x80\xaf",
		"\xf0\x80\x80\x80",
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(bmc_register(bad[i], good, NULL, NULL),
		                 -EINVAL);
	assert_int_equal(bmc_register(NULL, good, NULL, NULL), -EINVAL);
	assert_int_equal(bmc_register("none", NULL, NULL, NULL), -EINVAL);
}

static void test_names_may_be_utf8_and_long(void **state)
{
	char name[1002];

	(void)state;
	assert_int_equal(
		bmc_register("größe/%s%n/\xf0\x9f\x90\x87", good, NULL, NULL),
		0);
	memset(name, 'a', sizeof name);
	name[1001] = '\0';
	assert_int_equal(bmc_register(name, good, NULL, NULL), -EINVAL);
	name[1000] = '\0';
	assert_int_equal(bmc_register(name, good, NULL, NULL), 0);
	assert_int_equal(run_kept(&kept), 0);
	assert_string_equal(kept.rows[0].name, "größe/%s%n/\xf0\x9f\x90\x87");
}

static void test_a_name_is_taken_once(void **state)
{
	(void)state;
	registered("one", good, NULL);
	assert_int_equal(bmc_register("one", good, NULL, NULL), -EEXIST);
	assert_int_equal(bmc_clear(), 0);
	registered("one", good, NULL);
}

static void test_args_become_names(void **state)
{
	static const char *const names[] = { "bytes", "on" };
	const int64_t args[] = { 64, -1 }, more[] = { 128, 0 };

	(void)state;
	struct bmc_benchmark *it = registered("copy", good, NULL);
	assert_int_equal(bmc_args(it, args, 2), 0);
	assert_int_equal(bmc_args(it, more, 2), 0);
	assert_int_equal(bmc_arg_names(it, names, 2), 0);
	assert_string_equal(run_names(),
	                    "copy/bytes:64/on:-1 copy/bytes:128/on:0");
}

static void test_ranges_have_limits_and_powers(void **state)
{
	(void)state;
	struct bmc_benchmark *it = registered("r", good, NULL);
	assert_int_equal(bmc_range(it, 1, 64), 0);
	assert_int_equal(bmc_range_multiplier(it, 2), 0);
	assert_int_equal(bmc_range(it, -4, 3), 0);
	assert_int_equal(bmc_range(it, 7, 7), 0);
	assert_string_equal(run_names(), "r/1 r/8 r/64 r/-4 r/-2 r/-1 r/0 "
	                                 "r/2 r/3 r/7");
}

static void test_widest_range_does_not_overflow(void **state)
{
	(void)state;
	struct bmc_benchmark *it = registered("r", good, NULL);
	assert_int_equal(bmc_range_multiplier(it, INT_MAX), 0);
	assert_int_equal(bmc_range(it, INT64_MIN, INT64_MAX), 0);
	assert_int_equal(bmc_dense_range(it, INT64_MAX - 1, INT64_MAX, 2), 0);
	assert_int_equal(bmc_dense_range(it, INT64_MIN, INT64_MAX, INT64_MAX),
	                 0);
	assert_string_equal(
		run_names(),
		"r/-9223372036854775808 r/-4611686014132420609 r/-2147483647 "
		"r/-1 r/0 r/1 r/2147483647 r/4611686014132420609 "
		"r/9223372036854775807 r/9223372036854775806");
}

static void test_dense_range_ends_at_its_limit(void **state)
{
	(void)state;
	struct bmc_benchmark *it = registered("d", good, NULL);
	assert_int_equal(bmc_dense_range(it, 0, 10, 4), 0);
	assert_string_equal(run_names(), "d/0 d/4 d/8");
}

static void test_products_change_the_last_fastest(void **state)
{
	const int64_t small[] = { 1, 2 }, big[] = { 10, 20, 30 };
	const int64_t *const lists[] = { small, big };
	const size_t lengths[] = { 2, 3 };
	const int64_t limits[][2] = { { 1, 8 }, { 5, 5 } };

	(void)state;
	struct bmc_benchmark *it = registered("p", good, NULL);
	assert_int_equal(bmc_args_product(it, lists, lengths, 2), 0);
	assert_int_equal(bmc_ranges(it, limits, 2), 0);
	assert_string_equal(run_names(), "p/1/10 p/1/20 p/1/30 p/2/10 p/2/20 "
	                                 "p/2/30 p/1/5 p/8/5");
}

static void test_argument_counts_must_agree(void **state)
{
	static const char *const names[] = { "a", "b" };
	static const char *const bad_names[] = { "a", "b\n" };
	const int64_t args[] = { 1, 2, 3 };

	(void)state;
	struct bmc_benchmark *it = registered("x", good, NULL);
	assert_int_equal(bmc_args(it, args, 0), -EINVAL);
	assert_int_equal(bmc_args(it, NULL, 1), -EINVAL);
	assert_int_equal(bmc_args(it, args, 2), 0);
	assert_int_equal(bmc_args(it, args, 3), -EINVAL);
	assert_int_equal(bmc_range(it, 1, 2), -EINVAL);
	assert_int_equal(bmc_arg_names(it, names, 1), -EINVAL);
	assert_int_equal(bmc_arg_names(it, bad_names, 2), -EINVAL);
	assert_int_equal(bmc_arg_names(it, names, 2), 0);
	struct bmc_benchmark *named = registered("y", good, NULL);
	assert_int_equal(bmc_arg_names(named, names, 2), 0);
	assert_int_equal(bmc_args(named, args, 1), -EINVAL);
}

static void test_ranges_the_wrong_way_round_are_refused(void **state)
{
	(void)state;
	struct bmc_benchmark *it = registered("x", good, NULL);
	assert_int_equal(bmc_range(it, 2, 1), -EINVAL);
	assert_int_equal(bmc_dense_range(it, 2, 1, 1), -EINVAL);
	assert_int_equal(bmc_dense_range(it, 1, 2, 0), -EINVAL);
	assert_int_equal(bmc_dense_range(it, 1, 2, -1), -EINVAL);
	assert_int_equal(bmc_range_multiplier(it, 1), -EINVAL);
	assert_int_equal(bmc_range_multiplier(it, -8), -EINVAL);
	assert_string_equal(run_names(), "x");
}

static void test_explosions_are_refused(void **state)
{
	static int64_t list[401];
	const int64_t *const lists[] = { list, list, list, list };
	const size_t lengths[] = { 401, 401, SIZE_MAX, 1 };
	const int64_t limits[7][2] = { { 1, INT64_MAX }, { 1, INT64_MAX },
		                       { 1, INT64_MAX }, { 1, INT64_MAX },
		                       { 1, INT64_MAX }, { 1, INT64_MAX },
		                       { 1, INT64_MAX } };

	(void)state;
	struct bmc_benchmark *it = registered("x", good, NULL);
	assert_int_equal(bmc_dense_range(it, 0, INT64_MAX, 1), -E2BIG);
	assert_int_equal(bmc_dense_range(it, INT64_MIN, INT64_MAX, 1), -E2BIG);
	assert_int_equal(bmc_args_product(it, lists, lengths, 2), -E2BIG);
	assert_int_equal(bmc_args_product(it, lists, lengths, 3), -E2BIG);
	assert_int_equal(bmc_ranges(it, limits, 7), -E2BIG);
	assert_int_equal(bmc_dense_range(it, 1, 99999, 1), 0);
	assert_int_equal(bmc_dense_range(it, 1, 2, 1), -E2BIG);
	assert_int_equal(bmc_args(it, list, 1), 0);
	assert_int_equal(bmc_args(it, list, 1), -E2BIG);
}

static void test_lengths_out_of_range_are_refused(void **state)
{
	(void)state;
	struct bmc_benchmark *it = registered("x", good, NULL);
	assert_int_equal(bmc_iterations(it, 0), -EINVAL);
	assert_int_equal(bmc_iterations(it, UINT64_MAX), -EINVAL);
	assert_int_equal(bmc_repetitions(it, 0), -EINVAL);
	assert_int_equal(bmc_repetitions(it, UINT_MAX), -EINVAL);
	for (int i = 0; i < 4; i++) {
		const double bad[] = { 0, -1, NAN, INFINITY };
		assert_int_equal(bmc_min_time(it, bad[i]), -EINVAL);
		assert_int_equal(bmc_min_warmup_time(it, bad[i]), -EINVAL);
	}
	assert_int_equal(bmc_use_clock(it, (enum bmc_clock)9), -EINVAL);
	assert_int_equal(bmc_use_unit(it, (enum bmc_unit)9), -EINVAL);
	assert_int_equal(bmc_min_time(NULL, 1), -EINVAL);
}

static void test_iterations_exclude_times(void **state)
{
	(void)state;
	struct bmc_benchmark *it = registered("x", good, NULL);
	assert_int_equal(bmc_iterations(it, 5), 0);
	assert_int_equal(bmc_min_time(it, 1), -EBUSY);
	assert_int_equal(bmc_min_warmup_time(it, 1), -EBUSY);
	struct bmc_benchmark *timed = registered("y", good, NULL);
	assert_int_equal(bmc_min_time(timed, 1), 0);
	assert_int_equal(bmc_iterations(timed, 1), -EBUSY);
	struct bmc_benchmark *warmed = registered("z", good, NULL);
	assert_int_equal(bmc_min_warmup_time(warmed, 1), 0);
	assert_int_equal(bmc_iterations(warmed, 1), -EBUSY);
}

static void test_what_has_run_cannot_be_changed(void **state)
{
	const int64_t one = 1;

	(void)state;
	struct bmc_benchmark *it = registered("x", good, NULL);
	assert_string_equal(run_names(), "x");
	assert_int_equal(bmc_args(it, &one, 1), -EBUSY);
	assert_int_equal(bmc_use_clock(it, BMC_REAL_TIME), -EBUSY);
	registered("y", good, NULL);
	assert_string_equal(run_names(), "x y");
}

static void test_the_clock_is_in_the_name(void **state)
{
	(void)state;
	assert_int_equal(
		bmc_use_clock(registered("a", good, NULL), BMC_REAL_TIME), 0);
	assert_int_equal(bmc_use_clock(registered("b", good, NULL),
	                               BMC_PROCESS_CPU_TIME),
	                 0);
	/* The last call counts, though Google Benchmark would join them. */
	struct bmc_benchmark *twice = registered("c", good, NULL);
	assert_int_equal(bmc_use_clock(twice, BMC_MANUAL_TIME), 0);
	assert_int_equal(bmc_use_clock(twice, BMC_CPU_TIME), 0);
	assert_string_equal(run_names(), "a/real_time b/process_time c");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_names_that_break_json_are_refused,
		                       start_clean),
		cmocka_unit_test_setup(test_names_may_be_utf8_and_long,
		                       start_clean),
		cmocka_unit_test_setup(test_a_name_is_taken_once, start_clean),
		cmocka_unit_test_setup(test_args_become_names, start_clean),
		cmocka_unit_test_setup(test_ranges_have_limits_and_powers,
		                       start_clean),
		cmocka_unit_test_setup(test_widest_range_does_not_overflow,
		                       start_clean),
		cmocka_unit_test_setup(test_dense_range_ends_at_its_limit,
		                       start_clean),
		cmocka_unit_test_setup(test_products_change_the_last_fastest,
		                       start_clean),
		cmocka_unit_test_setup(test_argument_counts_must_agree,
		                       start_clean),
		cmocka_unit_test_setup(
			test_ranges_the_wrong_way_round_are_refused,
			start_clean),
		cmocka_unit_test_setup(test_explosions_are_refused,
		                       start_clean),
		cmocka_unit_test_setup(test_lengths_out_of_range_are_refused,
		                       start_clean),
		cmocka_unit_test_setup(test_iterations_exclude_times,
		                       start_clean),
		cmocka_unit_test_setup(test_what_has_run_cannot_be_changed,
		                       start_clean),
		cmocka_unit_test_setup(test_the_clock_is_in_the_name,
		                       start_clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
