/* SPDX-License-Identifier: MIT */
/*
 * test_primitives_gate.c - gate: no more inside than it has units, and all of
 * these back in the end, under every model; and what happens where not.
 */
#include "promises_fixture.h"

static struct show show_gate(uint32_t units, uint32_t inflight)
{
	return (struct show){
		.name = "gate",
		.load = { .inside_rounds = 3,
		          .outside_rounds = 2,
		          .sections = 20,
		          .units = units },
		.inflight = inflight,
		.count = 30,
	};
}

/* The tutorial's: twenty of whom five are inside, each asleep. */
static struct show show_sleepers(void)
{
	struct show show = show_gate(5, 20);

	show.load.wait_ns = MS;
	show.load.sections = 2;
	show.count = 40;
	return show;
}

/* ---- on the stage ---- */

static void test_as_many_as_there_are_units_are_inside(void **state)
{
	(void)state;
	for (uint32_t units = 1; units < 6; units++) {
		struct show show = show_gate(units, 6);

		assert_int_equal(perform(&show, STAGE_RIGHT), 0);
		assert_right(&show);
		assert_int_equal(found(&show, "most_inside"), units);
	}
}

static void test_sleepers_inside_are_counted(void **state)
{
	struct show show = show_sleepers();

	(void)state;
	assert_int_equal(perform(&show, STAGE_RIGHT), 0);
	assert_right(&show);
	assert_int_equal(found(&show, "most_inside"), 5);
}

/* What would count cannot be in the way of what is measured. */
static void test_nobody_counts_where_all_have_a_unit(void **state)
{
	struct show show = show_gate(4, 4);

	(void)state;
	assert_int_equal(perform(&show, STAGE_RIGHT), 0);
	assert_right(&show);
	assert_int_equal(found(&show, "most_inside"), 0);
}

static void test_a_gate_that_lets_one_more_in_is_refused(void **state)
{
	struct show show = show_gate(3, 6), sleepers = show_sleepers();

	(void)state;
	assert_refused(&show, STAGE_WIDE_GATE,
	               "4 were at once inside a gate of 3");
	assert_refused(&sleepers, STAGE_WIDE_GATE,
	               "6 were at once inside a gate of 5");
}

static void test_a_unit_that_is_not_back_is_found(void **state)
{
	struct show show = show_gate(3, 6), few = show_gate(4, 3);
	struct show sleepers = show_sleepers();

	(void)state;
	assert_refused(&show, STAGE_LEAKY_GATE, "was not full");
	assert_refused(&few, STAGE_LEAKY_GATE, "was not full");
	assert_refused(&sleepers, STAGE_LEAKY_GATE, "was not full");
}

/* The last task of each run looks, and of no other. */
static void test_settle_makes_ready_for_the_next_run(void **state)
{
	struct show show = show_gate(3, 6);
	struct sy_batch *batch;
	void *job;

	(void)state;
	batch = set_up(&show, NULL, &job);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(stage_run(batch, STAGE_RIGHT), 0);
		assert_int_equal(settle(&show, batch, job), 0);
		assert_int_equal(found(&show, "most_inside"), 3);
		assert_int_equal(stage_run(batch, STAGE_LEAKY_GATE), 0);
		assert_int_equal(settle(&show, batch, job), -EILSEQ);
	}
	take_down(&show, batch, job);
}

static void test_impossible_parameters_are_refused(void **state)
{
	struct sy_batch batch = { .inflight = 1 };
	struct sy_load no_units = { .sections = 1 };
	struct sy_load no_sections = { .units = 1 };
	const struct sy_workload *gate = sy_workload_find("gate");
	void *job = &batch;

	(void)state;
	assert_int_equal(gate->open(&job, &no_units, &batch), -EINVAL);
	assert_int_equal(gate->open(&job, &no_sections, &batch), -EINVAL);
	assert_ptr_equal(job, &batch);
}

/* ---- under the models ---- */

static void check_most(struct show *show, const struct sy_model *model)
{
	carry_out(show, model, 2);
	assert_true(found(show, "most_inside") <= show->load.units);
	if (show->inflight > show->load.units)
		assert_true(found(show, "most_inside") > 0);
}

static void test_every_model_keeps_the_gate(void **state)
{
	struct show show = show_gate(2, 5), one = show_gate(1, 4);
	struct show wide = show_gate(4, 4);

	(void)state;
	for_each_able(&show, check_most);
	for_each_able(&one, check_most);
	for_each_able(&wide, check_most);
}

static void check_sleepers(struct show *show, const struct sy_model *model)
{
	carry_out(show, model, 1);
	if (!model->alone)
		assert_in_range(found(show, "most_inside"), 2, 5);
	else
		assert_int_equal(found(show, "most_inside"), 1);
}

/* Who sleeps inside leaves the PU to others: they meet in the gate. */
static void test_sleepers_of_every_model_meet_in_the_gate(void **state)
{
	struct show show = show_sleepers();

	(void)state;
	show.load.wait_ns = 5 * MS;
	for_each_able(&show, check_sleepers);
}

/* More than was acquired cannot be given back. */
static struct sy_op release_too_many(struct sy_task *task)
{
	switch (task->step++) {
	case 0:
		return (struct sy_op){ .kind = SY_ACQUIRE };
	case 1:
		return (struct sy_op){ .kind = SY_RELEASE, .count = 2 };
	case 2:
		task->value = task->result == -EOVERFLOW;
		return (struct sy_op){ .kind = SY_RELEASE, .count = 1 };
	case 3:
		task->value += task->result == 0;
		return (struct sy_op){ .kind = SY_RELEASE, .count = 1 };
	default:
		task->value += task->result == -EOVERFLOW;
		return (struct sy_op){ .kind = SY_DONE };
	}
}

static void check_release(struct show *show, const struct sy_model *model)
{
	struct sy_batch *batch = create_batch(model, 1, release_too_many, 0, 0);
	uint32_t *units = share(sizeof(*units));
	struct sy_tally tally;

	(void)show;
	*units = 3;
	batch->gate_count = 1;
	batch->gate_units = units;
	run_once(model, batch, 4, &tally);
	assert_int_equal(tally.error, 0);
	assert_int_equal(tally.done, 4);
	assert_int_equal(tally.sum, 12);
	sy_batch_destroy(batch);
	munmap(units, sizeof(*units));
}

static void test_releasing_more_than_was_acquired_is_an_error(void **state)
{
	struct show show = show_gate(3, 1);

	(void)state;
	for_each_able(&show, check_release);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_as_many_as_there_are_units_are_inside),
		cmocka_unit_test(test_sleepers_inside_are_counted),
		cmocka_unit_test(test_nobody_counts_where_all_have_a_unit),
		cmocka_unit_test(test_a_gate_that_lets_one_more_in_is_refused),
		cmocka_unit_test(test_a_unit_that_is_not_back_is_found),
		cmocka_unit_test(test_settle_makes_ready_for_the_next_run),
		cmocka_unit_test(test_impossible_parameters_are_refused),
		cmocka_unit_test(test_every_model_keeps_the_gate),
		cmocka_unit_test(test_sleepers_of_every_model_meet_in_the_gate),
		cmocka_unit_test(
			test_releasing_more_than_was_acquired_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
