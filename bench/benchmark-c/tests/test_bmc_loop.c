/* SPDX-License-Identifier: MIT */
/*
 * The loop, and every way of getting it wrong: always an error
 * row that says what was wrong, never an abort.
 */
#include "fixture.h"

static struct kept kept;
static uint64_t done;

static void count_next(struct bmc_state *state, void *data)
{
	(void)data;
	done = 0;
	for (uint64_t left; (left = bmc_next(state));)
		done += left;
	if (done != bmc_state_iterations(state))
		bmc_skip(state, "miscounted");
}

static void count_keep(struct bmc_state *state, void *data)
{
	(void)data;
	done = 0;
	while (bmc_keep_running(state))
		done++;
	if (done != bmc_state_iterations(state))
		bmc_skip(state, "miscounted");
}

static void count_batch(struct bmc_state *state, void *data)
{
	(void)data;
	done = 0;
	for (uint64_t left; (left = bmc_next_batch(state, 300));) {
		assert_true(left <= 300);
		done += left;
	}
	if (done != bmc_state_iterations(state))
		bmc_skip(state, "miscounted");
}

static void test_loops_do_what_was_asked(void **state)
{
	bmc_function *const loops[] = { count_next, count_keep, count_batch };

	(void)state;
	for (int i = 0; i < 3; i++) {
		bmc_clear();
		struct bmc_benchmark *it = registered("n", loops[i], NULL);
		assert_int_equal(bmc_iterations(it, 1000), 0);
		assert_int_equal(run_kept(&kept), 0);
		assert_string_equal(kept.rows[0].name, "n/iterations:1000");
		assert_string_equal(kept.rows[0].error, "");
		assert_int_equal(kept.rows[0].row.iterations, 1000);
		assert_int_equal(done, 1000);
	}
}

static void test_loops_run_as_long_as_they_should(void **state)
{
	(void)state;
	registered("long", good, NULL);
	assert_int_equal(set_flags(NULL, "--benchmark_min_time=0.02", NULL), 0);
	assert_int_equal(run_kept(&kept), 0);
	assert_true(kept.rows[0].row.cpu_seconds >= 0.02);
	assert_true(kept.rows[0].row.iterations > 1000);
}

static void no_loop(struct bmc_state *state, void *data)
{
	(void)state;
	(void)data;
}

static void half_a_loop(struct bmc_state *state, void *data)
{
	(void)data;
	bmc_next(state);
}

static void break_out(struct bmc_state *state, void *data)
{
	(void)data;
	while (bmc_keep_running(state))
		break;
}

static void break_out_of_batch(struct bmc_state *state, void *data)
{
	(void)data;
	bmc_next_batch(state, 1);
}

static void batch_of_none(struct bmc_state *state, void *data)
{
	(void)data;
	assert_int_equal(bmc_next_batch(state, 0), 0);
}

static void second_loop(struct bmc_state *state, void *data)
{
	good(state, data);
	assert_int_equal(bmc_next(state), 0);
}

static void mixed_loops(struct bmc_state *state, void *data)
{
	(void)data;
	bmc_next(state);
	assert_false(bmc_keep_running(state));
	assert_int_equal(bmc_next_batch(state, 1), 0);
}

static void next_while_paused(struct bmc_state *state, void *data)
{
	(void)data;
	bmc_next(state);
	bmc_pause(state);
	assert_int_equal(bmc_next(state), 0);
}

static void ends_paused(struct bmc_state *state, void *data)
{
	(void)data;
	for (bool paused = false; bmc_keep_running(state); paused = true)
		if (!paused)
			bmc_pause(state);
}

static void pause_before(struct bmc_state *state, void *data)
{
	bmc_pause(state);
	good(state, data);
}

static void pause_after(struct bmc_state *state, void *data)
{
	good(state, data);
	bmc_pause(state);
}

static void pause_twice(struct bmc_state *state, void *data)
{
	(void)data;
	bmc_next(state);
	bmc_pause(state);
	bmc_pause(state);
}

static void resume_running(struct bmc_state *state, void *data)
{
	(void)data;
	bmc_next(state);
	bmc_resume(state);
}

static void resume_before(struct bmc_state *state, void *data)
{
	(void)data;
	bmc_resume(state);
}

static void manual_unasked(struct bmc_state *state, void *data)
{
	good(state, data);
	bmc_set_iteration_time(state, 1);
}

static void no_such_arg(struct bmc_state *state, void *data)
{
	assert_int_equal(bmc_state_arg_count(state), 0);
	assert_int_equal(bmc_state_arg(state, 0), 0);
	good(state, data);
}

static void skip_before(struct bmc_state *state, void *data)
{
	bmc_skip(state, "not today");
	bmc_skip(state, "nor tomorrow");
	assert_true(bmc_skipped(state));
	good(state, data);
}

static void skip_within(struct bmc_state *state, void *data)
{
	(void)data;
	while (bmc_keep_running(state)) {
		bmc_skip(state, "in the midst");
		bmc_pause(state);
		bmc_resume(state);
	}
}

static void skip_within_next(struct bmc_state *state, void *data)
{
	(void)data;
	bmc_next(state);
	bmc_pause(state);
	bmc_skip(state, "in the midst");
	assert_int_equal(bmc_next(state), 0);
}

static void skip_after(struct bmc_state *state, void *data)
{
	good(state, data);
	bmc_skip(state, "wrong answer");
}

static void skip_without(struct bmc_state *state, void *data)
{
	(void)data;
	bmc_skip(state, NULL);
}

static void skip_visibly(struct bmc_state *state, void *data)
{
	(void)data;
	bmc_skip(state, "\"a\"\n\x1b\xff\xc3\xa4\\");
}

static const struct {
	bmc_function *function;
	const char *error;
} mistakes[] = {
	{ no_loop, "returned without a loop" },
	{ half_a_loop, "returned before the end of its loop" },
	{ break_out, "returned before the end of its loop" },
	{ break_out_of_batch, "returned before the end of its loop" },
	{ batch_of_none, "bmc_next_batch was asked for batches of 0" },
	{ second_loop, "bmc_next was called after the end of the loop" },
	{ mixed_loops, "bmc_keep_running was called in another kind of loop" },
	{ next_while_paused, "bmc_next was called while the time was paused" },
	{ ends_paused,
	  "bmc_keep_running was called while the time was paused" },
	{ pause_before, "bmc_pause was called while no time runs" },
	{ pause_after, "bmc_pause was called while no time runs" },
	{ pause_twice, "bmc_pause was called while no time runs" },
	{ resume_running, "bmc_resume was called without bmc_pause" },
	{ resume_before, "bmc_resume was called without bmc_pause" },
	{ manual_unasked, "a time was set without BMC_MANUAL_TIME" },
	{ no_such_arg, "there is no argument 0" },
	{ skip_before, "not today" },
	{ skip_within, "in the midst" },
	{ skip_within_next, "in the midst" },
	{ skip_after, "wrong answer" },
	{ skip_without, "skipped without a reason" },
	{ skip_visibly, "\"a\"\\x0a\\x1b\\xff\xc3\xa4\\" },
};

static void test_mistakes_are_error_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
		const struct kept_row *row =
			only_row(&kept, "m", mistakes[i].function, NULL);
		assert_true(row->is_error);
		assert_string_equal(row->error, mistakes[i].error);
		assert_int_equal(kept.totals.errors, 1);
		assert_int_equal(bmc_exit_status(0, &kept.totals), 3);
	}
}

/* In one repetition of three, each time at another place. */
static void sometimes(struct bmc_state *state, void *data)
{
	static int call;

	if (call++ % 3 == 1)
		((bmc_function *const *)data)[0](state, NULL);
	else
		good(state, NULL);
}

static void test_mistakes_in_one_repetition_do_not_abort(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
		bmc_clear();
		struct bmc_benchmark *it =
			registered("s", sometimes,
		                   (void *)(uintptr_t)&mistakes[i].function);
		assert_int_equal(bmc_iterations(it, 10), 0);
		assert_int_equal(bmc_repetitions(it, 3), 0);
		assert_int_equal(run_kept(&kept), 0);
		assert_int_equal(kept.totals.runs, 3);
		assert_int_equal(kept.totals.errors, 1);
		assert_string_equal(kept.rows[1].error, mistakes[i].error);
		/* mean, median, stddev and cv of the other two */
		assert_int_equal(kept.count, 3 + 4);
	}
}

static void fails_first(struct bmc_state *state, void *data)
{
	int *calls = data;

	if ((*calls)++ == 0)
		bmc_skip(state, "first");
	good(state, NULL);
}

/* Google Benchmark crashes when it makes figures over the others. */
static void test_after_the_first_repetition_fails_all_do(void **state)
{
	int calls = 0;

	(void)state;
	struct bmc_benchmark *it = registered("f", fails_first, &calls);
	assert_int_equal(bmc_repetitions(it, 4), 0);
	for (int run = 1; run <= 2; run++) {
		assert_int_equal(run_kept(&kept), 0);
		assert_int_equal(kept.totals.errors, run == 1 ? 4 : 0);
	}
	calls = 0;
	assert_int_equal(run_kept(&kept), 0);
	assert_int_equal(kept.count, 4);
	assert_string_equal(kept.rows[0].error, "first");
	assert_string_equal(kept.rows[3].error, "an earlier repetition failed");
}

static void fails_with_many(struct bmc_state *state, void *data)
{
	if (bmc_state_iterations(state) > 50)
		bmc_skip(state, "too many");
	good(state, data);
}

/* In the midst of looking for the number, and after a warm-up. */
static void test_failures_while_the_number_is_sought(void **state)
{
	const int64_t args[] = { 1, 2 };

	(void)state;
	struct bmc_benchmark *it = registered("f", fails_with_many, NULL);
	assert_int_equal(bmc_args(it, &args[0], 1), 0);
	assert_int_equal(bmc_args(it, &args[1], 1), 0);
	assert_int_equal(set_flags(NULL, "--benchmark_repetitions=3",
	                           "--benchmark_enable_random_interleaving",
	                           NULL),
	                 0);
	assert_int_equal(run_kept(&kept), 0);
	assert_int_equal(kept.totals.errors, 6);
	assert_int_equal(set_flags(NULL, "--benchmark_repetitions=3",
	                           "--benchmark_min_warmup_time=0.0001", NULL),
	                 0);
	assert_int_equal(run_kept(&kept), 0);
	assert_int_equal(kept.totals.errors, 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_loops_do_what_was_asked,
		                       start_clean),
		cmocka_unit_test_setup(test_loops_run_as_long_as_they_should,
		                       start_clean),
		cmocka_unit_test_setup(test_mistakes_are_error_rows,
		                       start_clean),
		cmocka_unit_test_setup(
			test_mistakes_in_one_repetition_do_not_abort,
			start_clean),
		cmocka_unit_test_setup(
			test_after_the_first_repetition_fails_all_do,
			start_clean),
		cmocka_unit_test_setup(test_failures_while_the_number_is_sought,
		                       start_clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
