/* SPDX-License-Identifier: MIT */
/*
 * test_measure.c - the driver with real workers: what comes of a run, and what
 * stops it.
 */
#include "measure_fixture.h"

/* How much is measured depends on what else this machine does. */
static void test_real_workers_are_measured(void **state)
{
	struct drive d;

	(void)state;
	begin(&d, 600, 2);
	three_models(&d);
	add(&d, "wait", "threads");
	add(&d, "switch", "threads.condition");
	assert_int_equal(measure(&d, NULL), 0);
	assert_false(d.session.interrupted);
	for (size_t i = 0; i < d.plan.count; i++)
		assert_int_equal(d.session.points[i].state, SY_MEASURED);
	assert_true(d.session.sliced_ns > 0 &&
	            d.session.sliced_ns < d.session.wall_ns);
	assert_true(d.session.kernel_round_ns > 0.1 &&
	            d.session.kernel_round_ns < 1000);
	/* A grain is so many rounds of the kernel. */
	assert_in_range(d.plan.points[0].load.rounds,
	                (uint64_t)(19999 / d.session.kernel_round_ns),
	                (uint64_t)(20001 / d.session.kernel_round_ns) + 1);
	end(&d);
}

static void test_a_point_that_does_not_fit_is_not_started(void **state)
{
	struct drive d;

	(void)state;
	begin(&d, 200, 1);
	add(&d, "cpu", "serial");
	add(&d, "cpu", "threads");
	d.plan.points[1].request.inflight = 100000000;
	assert_int_equal(measure(&d, NULL), 0);
	assert_int_equal(d.session.points[0].state, SY_MEASURED);
	assert_int_equal(d.session.points[1].state, SY_FAILED);
	assert_says(d.session.points[1].reason.text, "threads and processes");
	end(&d);
}

/* What stops it. */

static void test_cancelling_keeps_what_there_is(void **state)
{
	struct drive d;
	size_t all = 0;

	(void)state;
	begin(&d, 30000, 2);
	three_models(&d);
	d.cancel = 12;
	assert_int_equal(measure(&d, NULL), 0);
	assert_true(d.session.interrupted);
	assert_int_equal(json_array_size(d.journal), 12);
	for (size_t i = 0; i < 3; i++)
		all += d.session.points[i].count + d.session.points[i].dropped;
	for (size_t i = 0; i < 2; i++)
		all += d.session.sentinels[i].count +
		       d.session.sentinels[i].dropped;
	assert_int_equal(all, 12);
	assert_true(d.session.wall_ns < 20000 * MS);
	end(&d);
}

static void test_cancelling_before_the_start_measures_nothing(void **state)
{
	struct drive d;

	(void)state;
	begin(&d, 30000, 2);
	three_models(&d);
	assert_int_equal(eventfd_write(d.hooks.cancel_fd, 1), 0);
	assert_int_equal(measure(&d, NULL), 0);
	assert_true(d.session.interrupted);
	assert_int_equal(json_array_size(d.journal), 0);
	assert_int_equal(d.session.points[0].state, SY_PLANNED);
	end(&d);
}

static void test_progress_stops_it_between_slices(void **state)
{
	struct drive d;

	(void)state;
	begin(&d, 30000, 2);
	three_models(&d);
	d.stop = 9;
	assert_int_equal(measure(&d, NULL), 0);
	assert_true(d.session.interrupted);
	assert_int_equal(json_array_size(d.journal), 9);
	end(&d);
}

static void test_a_journal_that_cannot_be_written_ends_it(void **state)
{
	struct drive d;

	(void)state;
	begin(&d, 30000, 2);
	three_models(&d);
	d.room = 8;
	assert_int_equal(measure(&d, NULL), -ENOSPC);
	assert_string_equal(d.reason.text, "no room for a sample");
	assert_true(d.session.interrupted);
	assert_int_equal(json_array_size(d.journal), 9);
	end(&d);
}

static void test_no_worker_is_an_error_of_the_run(void **state)
{
	struct drive d;

	(void)state;
	begin(&d, 200, 1);
	three_models(&d);
	d.hooks.program = "/none";
	assert_int_equal(measure(&d, NULL), -ENOENT);
	assert_says(d.reason.text, "cannot start a worker (/none)");
	end(&d);
}

static void test_nothing_to_measure_starts_nothing(void **state)
{
	struct drive d;

	(void)state;
	begin(&d, 200, 1);
	add(&d, "cpu", "threads");
	d.hooks.program = "/none";
	assert_int_equal(measure(&d, "threads"), 0);
	assert_int_equal(json_array_size(d.journal), 0);
	end(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_real_workers_are_measured),
		cmocka_unit_test(test_a_point_that_does_not_fit_is_not_started),
		cmocka_unit_test(test_cancelling_keeps_what_there_is),
		cmocka_unit_test(
			test_cancelling_before_the_start_measures_nothing),
		cmocka_unit_test(test_progress_stops_it_between_slices),
		cmocka_unit_test(test_a_journal_that_cannot_be_written_ends_it),
		cmocka_unit_test(test_no_worker_is_an_error_of_the_run),
		cmocka_unit_test(test_nothing_to_measure_starts_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
