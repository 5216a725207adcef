/* SPDX-License-Identifier: MIT */
/* What is in the time and what is not: clocks, pauses, set-up, children. */
#include "fixture.h"

#include <math.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct kept kept;

static void manual(struct bmc_state *state, void *data)
{
	const double *seconds = data;

	for (uint64_t left; (left = bmc_next(state));)
		if (!isinf(*seconds) || *seconds > 0)
			bmc_set_iteration_time(state, *seconds);
}

static const struct kept_row *run_manual(bmc_function *function, double seconds)
{
	bmc_clear();
	struct bmc_benchmark *it = registered("m", function, &seconds);
	assert_int_equal(bmc_use_clock(it, BMC_MANUAL_TIME), 0);
	assert_int_equal(bmc_iterations(it, 4), 0);
	assert_int_equal(run_kept(&kept), 0);
	assert_int_equal(kept.count, 1);
	return &kept.rows[0];
}

static void manual_too_early(struct bmc_state *state, void *data)
{
	bmc_set_iteration_time(state, 1);
	good(state, data);
}

static void test_manual_time_is_what_was_set(void **state)
{
	(void)state;
	const struct kept_row *row = run_manual(manual, 2e-6);
	assert_string_equal(row->error, "");
	assert_true(fabs(row->row.real_seconds - 2e-6) < 1e-15);
	assert_true(fabs(row->row.real_time - 500) < 1e-6);
}

static void test_manual_time_must_be_a_time(void **state)
{
	const double bad[] = { NAN, INFINITY, -1 };

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_string_equal(run_manual(manual, bad[i])->error,
		                    "a time was set that is not one");
	assert_string_equal(run_manual(manual, -INFINITY)->error,
	                    "did not set its manual time");
	assert_string_equal(run_manual(manual_too_early, 1)->error,
	                    "a time was set outside the loop");
}

static void sleep_ms(long ms)
{
	const struct timespec time = { 0, ms * 1000000 };

	nanosleep(&time, NULL);
}

static void sleep_paused(struct bmc_state *state, void *data)
{
	(void)data;
	while (bmc_keep_running(state)) {
		bmc_pause(state);
		sleep_ms(20);
		bmc_resume(state);
	}
}

static void sleep_counted(struct bmc_state *state, void *data)
{
	(void)data;
	while (bmc_keep_running(state))
		sleep_ms(20);
}

static double real_seconds(bmc_function *function, enum bmc_clock clock)
{
	bmc_clear();
	struct bmc_benchmark *it = registered("s", function, NULL);
	assert_int_equal(bmc_use_clock(it, clock), 0);
	assert_int_equal(run_kept(&kept), 0);
	assert_string_equal(kept.rows[0].error, "");
	return kept.rows[0].row.real_seconds;
}

static void test_a_pause_is_not_counted(void **state)
{
	(void)state;
	assert_true(real_seconds(sleep_counted, BMC_REAL_TIME) >= 0.02);
	assert_true(real_seconds(sleep_paused, BMC_REAL_TIME) < 0.02);
	assert_true(real_seconds(sleep_counted, BMC_CPU_TIME) >= 0.02);
	assert_true(kept.rows[0].row.cpu_seconds < 0.02);
}

struct stages {
	int setups, calls, teardowns;
	bool skip;
};

static void stage_setup(struct bmc_state *state, void *data)
{
	struct stages *stages = data;

	stages->setups++;
	assert_int_equal(bmc_state_arg(state, 0), 7);
	sleep_ms(20);
	if (stages->skip)
		bmc_skip(state, "no set-up");
}

static void stage_call(struct bmc_state *state, void *data)
{
	((struct stages *)data)->calls++;
	good(state, NULL);
}

static void stage_teardown(struct bmc_state *state, void *data)
{
	struct stages *stages = data;

	stages->teardowns++;
	assert_int_equal(stages->teardowns, stages->calls);
	sleep_ms(20);
	bmc_set_counter(state, "late", 1, BMC_COUNTER_DEFAULT);
}

static void run_stages(struct stages *stages)
{
	const int64_t seven = 7;

	bmc_clear();
	struct bmc_benchmark *it = registered("s", stage_call, stages);
	assert_int_equal(bmc_setup(it, stage_setup, stage_teardown), 0);
	assert_int_equal(bmc_args(it, &seven, 1), 0);
	assert_int_equal(bmc_use_clock(it, BMC_REAL_TIME), 0);
	assert_int_equal(run_kept(&kept), 0);
}

static void test_setup_and_teardown_are_outside_the_time(void **state)
{
	struct stages stages = { 0 };

	(void)state;
	run_stages(&stages);
	assert_true(stages.calls > 0);
	assert_int_equal(stages.setups, stages.calls);
	assert_int_equal(stages.teardowns, stages.calls);
	assert_true(kept.rows[0].row.real_seconds < 0.02);
	assert_string_equal(kept.rows[0].counters[0].name, "late");
}

static void test_a_setup_can_skip(void **state)
{
	struct stages stages = { .skip = true };

	(void)state;
	run_stages(&stages);
	assert_int_equal(stages.calls + stages.teardowns, 0);
	assert_string_equal(kept.rows[0].error, "no set-up");
}

static void loop_in_setup(struct bmc_state *state, void *data)
{
	(void)data;
	assert_int_equal(bmc_next(state), 0);
}

static void test_the_loop_is_in_the_function(void **state)
{
	(void)state;
	assert_int_equal(
		bmc_setup(registered("a", good, NULL), loop_in_setup, NULL), 0);
	assert_int_equal(
		bmc_setup(registered("b", good, NULL), NULL, loop_in_setup), 0);
	assert_int_equal(run_kept(&kept), 0);
	for (int i = 0; i < 2; i++)
		assert_string_equal(kept.rows[i].error,
		                    "bmc_next was called outside the function");
}

static void fork_and_return(struct bmc_state *state, void *data)
{
	const pid_t child = fork();
	int status = 0;

	assert_true(child >= 0);
	if (child > 0)
		assert_int_equal(waitpid(child, &status, 0), child);
	*(int *)data = status;
	good(state, NULL);
}

static void test_a_child_that_returns_ends_there(void **state)
{
	int status = 0;

	(void)state;
	assert_false(only_row(&kept, "f", fork_and_return, &status)->is_error);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 127);
}

static void test_a_warm_up_is_not_ignored(void **state)
{
	int calls = 0;

	(void)state;
	struct stages stages = { 0 };
	struct bmc_benchmark *it = registered("w", stage_call, &stages);
	assert_int_equal(bmc_min_warmup_time(it, 0.01), 0);
	assert_int_equal(run_kept(&kept), 0);
	calls = stages.calls;
	/* One call is the run; a warm-up takes several until it is warm. */
	assert_true(calls >= 3);
	assert_non_null(strstr(kept.rows[0].name, "min_warmup_time:0.010"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_manual_time_is_what_was_set,
		                       start_clean),
		cmocka_unit_test_setup(test_manual_time_must_be_a_time,
		                       start_clean),
		cmocka_unit_test_setup(test_a_pause_is_not_counted,
		                       start_clean),
		cmocka_unit_test_setup(
			test_setup_and_teardown_are_outside_the_time,
			start_clean),
		cmocka_unit_test_setup(test_a_setup_can_skip, start_clean),
		cmocka_unit_test_setup(test_the_loop_is_in_the_function,
		                       start_clean),
		cmocka_unit_test_setup(test_a_child_that_returns_ends_there,
		                       start_clean),
		cmocka_unit_test_setup(test_a_warm_up_is_not_ignored,
		                       start_clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
