/* SPDX-License-Identifier: MIT */
/*
 * test_primitives_condition.c - condition: exactly as many wake as are
 * notified, those who waited longest, and who finds what it waits for false
 * waits on; under every model that gives tasks out in their order.
 */
#include "promises_fixture.h"

static struct show show_condition(uint32_t waiters, uint32_t notify,
                                  uint64_t generations)
{
	return (struct show){
		.name = "condition",
		.load = { .notify = notify },
		.inflight = waiters + 1,
		.count = (waiters + 1) * generations,
	};
}

/* Of those notified without a token, so many in each generation. */
static void test_so_many_wake_as_are_notified(void **state)
{
	(void)state;
	for (uint32_t waiters = 1; waiters < 8; waiters++) {
		for (uint32_t notify = 1; notify <= waiters; notify++) {
			struct show show = show_condition(waiters, notify, 5);

			assert_int_equal(perform(&show, STAGE_RIGHT), 0);
			assert_right(&show);
			assert_int_equal(found(&show, "kept_waiting"),
			                 5 * notify);
		}
	}
}

static void test_a_condition_that_wakes_one_more_is_refused(void **state)
{
	struct show one = show_condition(4, 1, 2),
		    two = show_condition(6, 2, 2);

	(void)state;
	assert_refused(&one, STAGE_EAGER_NOTIFY, "had not been notified");
	assert_refused(&two, STAGE_EAGER_NOTIFY, "had not been notified");
}

static void test_a_condition_that_wakes_others_is_refused(void **state)
{
	struct show show = show_condition(4, 1, 2);

	(void)state;
	assert_refused(&show, STAGE_LAST_NOTIFY, "had not been notified");
}

/* An event that lets pass sends the notifier on before all of them wait, or
   before those that it notified have reported. */
static void test_a_notifier_that_went_on_too_early_is_refused(void **state)
{
	struct show one = show_condition(4, 1, 1),
		    six = show_condition(8, 6, 1);

	(void)state;
	assert_refused(&one, STAGE_HASTY_EVENT, "not as many were woken");
	assert_refused(&six, STAGE_FICKLE_EVENT, "not as many were woken");
}

static void test_settle_makes_ready_for_the_next_run(void **state)
{
	struct show show = show_condition(5, 2, 3);
	struct sy_batch *batch;
	void *job;

	(void)state;
	batch = set_up(&show, NULL, &job);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(stage_run(batch, STAGE_RIGHT), 0);
		assert_int_equal(settle(&show, batch, job), 0);
		assert_int_equal(stage_run(batch, STAGE_EAGER_NOTIFY), 0);
		assert_int_equal(settle(&show, batch, job), -EILSEQ);
	}
	take_down(&show, batch, job);
}

static void test_an_operation_is_a_generation(void **state)
{
	const struct sy_workload *condition = sy_workload_find("condition");
	const struct sy_load load = { .notify = 1 };
	struct sy_portion portion = condition->portion(&load, 5);

	(void)state;
	assert_int_equal(portion.tasks, 5);
	assert_int_equal(portion.operations, 1);
	assert_int_equal(condition->wants(&load), SY_WANTS_ORDER);
}

static void test_impossible_parameters_are_refused(void **state)
{
	struct sy_batch alone = { .inflight = 1 }, three = { .inflight = 4 };
	const struct sy_load one = { .notify = 1 }, none = { .notify = 0 };
	const struct sy_load all = { .notify = 4 };
	const struct sy_workload *condition = sy_workload_find("condition");
	void *job = &alone;

	(void)state;
	assert_int_equal(condition->open(&job, &one, &alone), -EINVAL);
	assert_int_equal(condition->open(&job, &none, &three), -EINVAL);
	assert_int_equal(condition->open(&job, &all, &three), -EINVAL);
	assert_ptr_equal(job, &alone);
}

static void check_model(struct show *show, const struct sy_model *model)
{
	uint64_t generations = show->count / show->inflight;

	carry_out(show, model, 3);
	assert_int_equal(found(show, "kept_waiting"),
	                 generations * show->load.notify);
}

static void test_every_model_keeps_the_promise(void **state)
{
	struct show one = show_condition(1, 1, 30);
	struct show some = show_condition(9, 2, 10);
	struct show all = show_condition(6, 6, 10);

	(void)state;
	for_each_able(&one, check_model);
	for_each_able(&some, check_model);
	for_each_able(&all, check_model);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_so_many_wake_as_are_notified),
		cmocka_unit_test(
			test_a_condition_that_wakes_one_more_is_refused),
		cmocka_unit_test(test_a_condition_that_wakes_others_is_refused),
		cmocka_unit_test(
			test_a_notifier_that_went_on_too_early_is_refused),
		cmocka_unit_test(test_settle_makes_ready_for_the_next_run),
		cmocka_unit_test(test_an_operation_is_a_generation),
		cmocka_unit_test(test_impossible_parameters_are_refused),
		cmocka_unit_test(test_every_model_keeps_the_promise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
