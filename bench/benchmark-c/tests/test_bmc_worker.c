/* SPDX-License-Identifier: MIT */
/*
 * test_bmc_worker.c - what a program needs whose work is done elsewhere: CPU
 * time that is told, names without the clock, an end, figures taken back.
 */
#include "fixture.h"

#include <math.h>

/* A second of real time and half of one of CPU time an iteration. */
static void elsewhere(struct bmc_state *state, void *data)
{
	const double seconds = (double)bmc_state_iterations(state);

	(void)data;
	while (bmc_next(state))
		bmc_set_iteration_time(state, seconds);
	bmc_set_cpu_time(state, seconds / 4);
	bmc_set_cpu_time(state, seconds / 4);
}

static void bad_cpu_time(struct bmc_state *state, void *data)
{
	while (bmc_next(state))
		bmc_set_iteration_time(state, 1);
	bmc_set_cpu_time(state, *(double *)data);
}

struct calls {
	int count, at;
};

/* Does so at call number `at`. */
static void stops(struct bmc_state *state, void *data)
{
	struct calls *calls = data;

	if (++calls->count == calls->at)
		bmc_stop(state);
	good(state, NULL);
}

static void rejects(struct bmc_state *state, void *data)
{
	struct calls *calls = data;

	if (++calls->count == calls->at)
		bmc_reject(state, "a wrong\nanswer");
	good(state, NULL);
}

static void fails_then_rejects(struct bmc_state *state, void *data)
{
	struct calls *calls = data;

	if (calls->count == 1)
		bmc_skip(state, "at first");
	rejects(state, data);
}

static void timed(const char *name, bmc_function *function, void *data)
{
	bmc_use_clock(registered(name, function, data), BMC_MANUAL_TIME);
}

static void test_told_cpu_time_is_shown(void **state)
{
	struct kept kept = { .count = 0 };

	(void)state;
	timed("elsewhere", elsewhere, NULL);
	assert_int_equal(set_flags(NULL, QUICK, NULL), 0);
	assert_int_equal(run_kept(&kept), 0);
	assert_int_equal(kept.count, 1);
	assert_true(kept.rows[0].row.real_time == 1e9);
	assert_true(kept.rows[0].row.cpu_time == 0.5e9);
	assert_int_equal(kept.rows[0].counter_count, 0);
}

static void test_told_cpu_time_is_in_the_aggregates(void **state)
{
	struct kept kept = { .count = 0 };

	(void)state;
	timed("elsewhere", elsewhere, NULL);
	assert_int_equal(
		set_flags(NULL, QUICK, "--benchmark_repetitions=3", NULL), 0);
	assert_int_equal(run_kept(&kept), 0);
	assert_int_equal(kept.count, 7);
	for (size_t i = 0; i < kept.count; i++) {
		const struct kept_row *row = &kept.rows[i];
		const bool spread = !strcmp(row->aggregate, "stddev") ||
		                    !strcmp(row->aggregate, "cv");

		assert_true(fabs(row->row.cpu_time - (spread ? 0 : 0.5e9)) < 1);
		assert_int_equal(row->counter_count, 0);
	}
}

static void test_a_cpu_time_that_is_none_is_an_error(void **state)
{
	double times[] = { -1, NAN, INFINITY };
	struct kept kept = { .count = 0 };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(bmc_clear(), 0);
		timed("bad", bad_cpu_time, &times[i]);
		assert_int_equal(run_kept(&kept), 0);
		assert_true(kept.rows[0].is_error);
		assert_non_null(strstr(kept.rows[0].error, "CPU time"));
	}
}

static void test_plain_names_have_no_clock(void **state)
{
	struct kept kept = { .count = 0 };

	(void)state;
	timed("elsewhere", elsewhere, NULL);
	assert_int_equal(run_kept(&kept), 0);
	assert_string_equal(kept.rows[0].name, "elsewhere/manual_time");
	assert_int_equal(bmc_plain_names(true), 0);
	assert_int_equal(
		set_flags(NULL, QUICK, "--benchmark_repetitions=2", NULL), 0);
	assert_int_equal(run_kept(&kept), 0);
	assert_string_equal(kept.rows[0].name, "elsewhere");
	assert_string_equal(kept.rows[2].name, "elsewhere_mean");
}

static void test_stopping_keeps_the_rows_before_and_calls_nobody(void **state)
{
	struct calls one = { 0, 2 }, two = { 0, 0 }, zero = { 0, 0 };
	struct kept kept = { .count = 0 };

	(void)state;
	registered("zero", stops, &zero);
	registered("one", stops, &one);
	registered("two", stops, &two);
	assert_int_equal(
		set_flags(NULL, QUICK, "--benchmark_repetitions=3", NULL), 0);
	assert_int_equal(run_kept(&kept), 0);
	assert_int_equal(kept.begins, 1);
	assert_int_equal(kept.ends, 1);
	assert_int_equal(zero.count, 3);
	assert_int_equal(one.count, 2);
	assert_int_equal(two.count, 0);
	assert_int_equal(kept.totals.errors, 0);
	assert_int_equal(kept.totals.runs, 4);
	for (size_t i = 0; i < kept.count; i++) {
		assert_false(kept.rows[i].is_error);
		assert_null(strstr(kept.rows[i].name, "two"));
	}
	/* The next run is a new one. */
	one.at = 0;
	assert_int_equal(run_kept(&kept), 0);
	assert_int_equal(kept.totals.runs, 9);
}

static void test_stopping_at_once_makes_no_row(void **state)
{
	struct calls one = { 0, 1 };
	struct kept kept = { .count = 0 };

	(void)state;
	registered("one", stops, &one);
	assert_int_equal(run_kept(&kept), 0);
	assert_int_equal(kept.count, 0);
	assert_int_equal(kept.ends, 1);
	assert_int_equal(bmc_exit_status(0, &kept.totals), 0);
}

static void test_rejecting_takes_earlier_figures_back(void **state)
{
	struct calls calls = { 0, 3 }, none = { 0, 0 };
	struct kept kept = { .count = 0 };

	(void)state;
	registered("rejects", rejects, &calls);
	registered("good", rejects, &none);
	assert_int_equal(
		set_flags(NULL, QUICK, "--benchmark_repetitions=4", NULL), 0);
	assert_int_equal(run_kept(&kept), 0);
	/* Its runs without aggregates; those of the other with them. */
	assert_int_equal(kept.totals.errors, 4);
	assert_int_equal(kept.count, 4 + 4 + 4);
	for (size_t i = 0; i < 4; i++) {
		assert_string_equal(kept.rows[i].error, "a wrong\\x0aanswer");
		assert_true(kept.rows[i].row.real_time == 0);
	}
	for (size_t i = 4; i < kept.count; i++)
		assert_false(kept.rows[i].is_error);
	assert_int_equal(bmc_exit_status(0, &kept.totals), 3);
}

static void test_rejecting_is_the_reason_of_every_row(void **state)
{
	struct calls calls = { 0, 3 };
	struct kept kept = { .count = 0 };

	(void)state;
	registered("rejects", fails_then_rejects, &calls);
	assert_int_equal(
		set_flags(NULL, QUICK, "--benchmark_repetitions=4", NULL), 0);
	assert_int_equal(run_kept(&kept), 0);
	assert_int_equal(kept.totals.errors, 4);
	for (size_t i = 0; i < 4; i++)
		assert_string_equal(kept.rows[i].error, "a wrong\\x0aanswer");
}

static int end_clean(void **state)
{
	(void)state;
	return bmc_plain_names(false);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start_clean, end_clean)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_told_cpu_time_is_shown),
		TEST(test_told_cpu_time_is_in_the_aggregates),
		TEST(test_a_cpu_time_that_is_none_is_an_error),
		TEST(test_plain_names_have_no_clock),
		TEST(test_stopping_keeps_the_rows_before_and_calls_nobody),
		TEST(test_stopping_at_once_makes_no_row),
		TEST(test_rejecting_takes_earlier_figures_back),
		TEST(test_rejecting_is_the_reason_of_every_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
