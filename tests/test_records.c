/* SPDX-License-Identifier: MIT */
/*
 * test_records.c - what a driver wrote down is the session that it measured,
 * with results.json and all.
 */
#include "resume_fixture.h"

static void test_records_tell_a_whole_run(void **state)
{
	struct drive d;

	(void)state;
	begin_five(&d, 0);
	carry_out(&d, STEADY, NULL);
	assert_complete(&d);
	assert_int_equal(count_of(&d, "done"), 4);
	end(&d);
}

/* Sized again, dropped, kept though long, failed, wrong, not here. */
static void test_records_tell_of_trouble(void **state)
{
	struct drive d;

	(void)state;
	begin_five(&d, 0);
	d.plan.limit_ns = 400 * MS;
	add(&d, "cpu", "semaphore");
	carry_out(&d,
	          STEADY
	          "[[ $model == serial ]] && elapsed=100000 "
	          "sized=$((100 << slices))\n"
	          "[[ $model == threads ]] && ((slices == 1)) && exit 3\n"
	          "if [[ $model == pool ]] && ((slices == 1)); then "
	          "say '{\"error\":{\"code\":74,\"reason\":\"wrong\"}}'; "
	          "continue; fi",
	          "semaphore");
	assert_true(d.session.points[0].dropped >= 2);
	assert_int_equal(d.session.points[1].state, SY_FAILED);
	assert_int_equal(d.session.points[2].state, SY_WRONG);
	assert_told(&d);
	end(&d);
}

/* Slices of half a second that take two however they are sized. */
static void test_records_tell_how_long_slices_are(void **state)
{
	struct drive d;

	(void)state;
	begin_five(&d, 0);
	carry_out(&d, STEADY "[[ $model == pool ]] && elapsed=2000000000",
	          NULL);
	assert_int_equal(d.session.points[2].usual_ns, 4 * SLICE_MS * MS);
	assert_int_equal(d.session.points[0].usual_ns, 0);
	assert_int_equal(d.session.points[2].dropped, 0);
	assert_told(&d);
	end(&d);
}

static void test_records_tell_of_a_run_that_was_stopped(void **state)
{
	struct drive d;

	(void)state;
	begin_five(&d, 11);
	carry_out(&d, STEADY, NULL);
	assert_true(d.session.interrupted);
	assert_told(&d);
	end(&d);
	/* By a worker that is asked no more. */
	begin_five(&d, 0);
	d.cancel = 11;
	carry_out(&d,
	          STEADY "[[ $model == pool ]] && elapsed=100000 "
	                 "sized=$((100 << slices))",
	          NULL);
	assert_true(d.session.interrupted);
	assert_told(&d);
	end(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_records_tell_a_whole_run),
		cmocka_unit_test(test_records_tell_of_trouble),
		cmocka_unit_test(test_records_tell_how_long_slices_are),
		cmocka_unit_test(test_records_tell_of_a_run_that_was_stopped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
