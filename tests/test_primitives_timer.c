/* SPDX-License-Identifier: MIT */
/*
 * test_primitives_timer.c - timer: none runs before its time, one that was
 * cancelled never runs, under every model; and what happens where not.
 */
#include "promises_fixture.h"

/* In groups of four lanes: two run, one cancels, one is cancelled. */
static struct show show_timer(uint64_t wait_ns, uint32_t inflight,
                              uint64_t count)
{
	return (struct show){
		.name = "timer",
		.load = { .wait_ns = wait_ns },
		.inflight = inflight,
		.count = count,
	};
}

/* A wait so long that nobody is late in it. */
#define LONG (400 * MS)

static void test_a_fourth_is_cancelled(void **state)
{
	struct show show = show_timer(LONG, 8, 8);

	(void)state;
	assert_int_equal(perform(&show, STAGE_RIGHT), 0);
	assert_right(&show);
	assert_int_equal(found(&show, "run"), 6);
	assert_int_equal(found(&show, "cancelled"), 2);
	assert_int_equal(found(&show, "too_late"), 0);
}

/* Alone with its time, each runs. */
static void test_nobody_cancels_on_one_lane(void **state)
{
	struct show show = show_timer(MS, 1, 12);

	(void)state;
	assert_int_equal(perform(&show, STAGE_RIGHT), 0);
	assert_right(&show);
	assert_int_equal(found(&show, "run"), 12);
	assert_int_equal(found(&show, "cancelled"), 0);
}

/* No wait at all: who cancels comes too late or finds nobody. */
static void test_a_time_that_is_over_at_once(void **state)
{
	struct show show = show_timer(0, 8, 400);

	(void)state;
	assert_int_equal(perform(&show, STAGE_RIGHT), 0);
	assert_right(&show);
	assert_int_equal(found(&show, "run") + found(&show, "cancelled"), 400);
}

static void test_a_timer_that_runs_early_is_refused(void **state)
{
	struct show show = show_timer(LONG, 8, 8);

	(void)state;
	assert_refused(&show, STAGE_EARLY_TIMER, "before their time");
}

static void test_a_cancelled_timer_that_runs_is_refused(void **state)
{
	struct show show = show_timer(LONG, 8, 8);

	(void)state;
	assert_refused(&show, STAGE_DEAF_TIMER, "2 timers ran that had been");
}

static void test_a_timer_that_nobody_cancelled_runs(void **state)
{
	struct show show = show_timer(LONG, 8, 8);

	(void)state;
	assert_refused(&show, STAGE_OPEN_EVENT, "8 timers did not run");
}

/* Of every second task; from its deadline on, so no more than what the run
   took beside the waits of the two. */
static void test_latency_is_lateness(void **state)
{
	uint64_t late_ns[1], begin_ns, took_ns;
	struct show show = show_timer(100 * MS, 1, 2);

	(void)state;
	show.stamp_shift = sy_workload_find("timer")->stamp_shift;
	show.latencies_ns = late_ns;
	assert_int_equal(show.stamp_shift, 1);
	begin_ns = sy_clock_ns();
	assert_int_equal(perform(&show, STAGE_RIGHT), 0);
	took_ns = sy_clock_ns() - begin_ns;
	assert_true(took_ns >= 150 * MS);
	assert_true(late_ns[0] <= took_ns - 150 * MS);
}

static void test_settle_makes_ready_for_the_next_run(void **state)
{
	struct show show = show_timer(LONG / 4, 4, 4);
	struct sy_batch *batch;
	void *job;

	(void)state;
	batch = set_up(&show, NULL, &job);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(stage_run(batch, STAGE_EARLY_TIMER), 0);
		assert_int_equal(settle(&show, batch, job), -EILSEQ);
		assert_int_equal(stage_run(batch, STAGE_RIGHT), 0);
		assert_int_equal(settle(&show, batch, job), 0);
		assert_int_equal(
			found(&show, "run") + found(&show, "cancelled"), 4);
	}
	take_down(&show, batch, job);
}

static void check_model(struct show *show, const struct sy_model *model)
{
	carry_out(show, model, 2);
	assert_int_equal(found(show, "run") + found(show, "cancelled"),
	                 show->count);
	assert_true(found(show, "cancelled") <= show->count / 4);
	if (model->alone)
		assert_int_equal(found(show, "cancelled"), 0);
}

static void test_every_model_keeps_the_promise(void **state)
{
	struct show brief = show_timer(MS / 5, 6, 120);
	struct show over = show_timer(0, 6, 60);

	(void)state;
	for_each_able(&brief, check_model);
	for_each_able(&over, check_model);
}

/* With time enough, one in four. */
static void check_cancelled(struct show *show, const struct sy_model *model)
{
	if (model->alone)
		return;
	carry_out(show, model, 1);
	assert_int_equal(found(show, "cancelled"), 2);
}

static void test_timers_of_every_model_are_cancelled(void **state)
{
	struct show show = show_timer(LONG, 8, 8);

	(void)state;
	for_each_able(&show, check_cancelled);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_fourth_is_cancelled),
		cmocka_unit_test(test_nobody_cancels_on_one_lane),
		cmocka_unit_test(test_a_time_that_is_over_at_once),
		cmocka_unit_test(test_a_timer_that_runs_early_is_refused),
		cmocka_unit_test(test_a_cancelled_timer_that_runs_is_refused),
		cmocka_unit_test(test_a_timer_that_nobody_cancelled_runs),
		cmocka_unit_test(test_latency_is_lateness),
		cmocka_unit_test(test_settle_makes_ready_for_the_next_run),
		cmocka_unit_test(test_every_model_keeps_the_promise),
		cmocka_unit_test(test_timers_of_every_model_are_cancelled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
