/* SPDX-License-Identifier: MIT */
/*
 * test_primitives_event.c - event: nobody passes before it is set, all pass
 * after, and clear closes again, under every model that gives tasks out in
 * their order; and what happens where not.
 */
#include "promises_fixture.h"

static struct show show_event(uint32_t waiters, uint64_t generations)
{
	return (struct show){
		.name = "event",
		.inflight = waiters + 1,
		.count = (waiters + 1) * generations,
	};
}

static void test_all_pass_when_it_is_set(void **state)
{
	(void)state;
	for (uint32_t waiters = 1; waiters < 11; waiters += 3) {
		struct show show = show_event(waiters, 7);

		assert_int_equal(perform(&show, STAGE_RIGHT), 0);
		assert_right(&show);
	}
}

static void test_an_event_that_lets_pass_is_refused(void **state)
{
	struct show show = show_event(4, 1);

	(void)state;
	assert_refused(&show, STAGE_OPEN_EVENT, "before it was set");
}

/* By those of a later generation, or at the end of the run. */
static void test_an_event_that_is_not_cleared_is_refused(void **state)
{
	struct show many = show_event(4, 5), one = show_event(4, 1);

	(void)state;
	assert_refused(&many, STAGE_STUCK_EVENT, "before it was set");
	assert_refused(&one, STAGE_STUCK_EVENT, "was cleared let one pass");
}

static void test_settle_makes_ready_for_the_next_run(void **state)
{
	struct show show = show_event(4, 3);
	struct sy_batch *batch;
	void *job;

	(void)state;
	batch = set_up(&show, NULL, &job);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(stage_run(batch, STAGE_RIGHT), 0);
		assert_int_equal(settle(&show, batch, job), 0);
	}
	assert_int_equal(stage_run(batch, STAGE_STUCK_EVENT), 0);
	assert_int_equal(settle(&show, batch, job), -EILSEQ);
	take_down(&show, batch, job);
}

/* The mark of the run before is none of this one's. */
static void test_a_mark_is_of_one_run(void **state)
{
	struct show show = show_event(4, 1);
	struct sy_batch *batch;
	void *job;

	(void)state;
	batch = set_up(&show, NULL, &job);
	assert_int_equal(stage_run(batch, STAGE_RIGHT), 0);
	assert_int_equal(settle(&show, batch, job), 0);
	assert_int_equal(stage_run(batch, STAGE_OPEN_EVENT), 0);
	assert_int_equal(settle(&show, batch, job), -EILSEQ);
	if (!strstr(show.reason, "before it was set"))
		fail_msg("'%s'", show.reason);
	take_down(&show, batch, job);
}

static void test_an_operation_is_a_broadcast(void **state)
{
	const struct sy_workload *event = sy_workload_find("event");
	const struct sy_load load = { 0 };
	struct sy_portion portion = event->portion(&load, 11);

	(void)state;
	assert_int_equal(portion.tasks, 11);
	assert_int_equal(portion.operations, 1);
	assert_int_equal(event->wants(&load), SY_WANTS_ORDER);
}

static void test_one_lane_is_refused(void **state)
{
	struct sy_batch batch = { .inflight = 1 };
	const struct sy_load load = { 0 };
	void *job = &batch;

	(void)state;
	assert_int_equal(sy_workload_find("event")->open(&job, &load, &batch),
	                 -EINVAL);
	assert_ptr_equal(job, &batch);
}

static void check_model(struct show *show, const struct sy_model *model)
{
	carry_out(show, model, 3);
}

static void test_every_model_keeps_the_promise(void **state)
{
	struct show few = show_event(1, 40), many = show_event(10, 20);

	(void)state;
	for_each_able(&few, check_model);
	for_each_able(&many, check_model);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_pass_when_it_is_set),
		cmocka_unit_test(test_an_event_that_lets_pass_is_refused),
		cmocka_unit_test(test_an_event_that_is_not_cleared_is_refused),
		cmocka_unit_test(test_settle_makes_ready_for_the_next_run),
		cmocka_unit_test(test_a_mark_is_of_one_run),
		cmocka_unit_test(test_an_operation_is_a_broadcast),
		cmocka_unit_test(test_one_lane_is_refused),
		cmocka_unit_test(test_every_model_keeps_the_promise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
