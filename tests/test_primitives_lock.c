/* SPDX-License-Identifier: MIT */
/*
 * test_primitives_lock.c - lock: the number that it guards is exact, under every
 * model; and what happens where it is not.
 */
#include "promises_fixture.h"

enum { WAY_LOCK, WAY_NONE };

static struct show show_lock(unsigned way)
{
	return (struct show){
		.name = "lock",
		.load = { .mechanism = way,
		          .inside_rounds = 3,
		          .outside_rounds = 2,
		          .sections = 50 },
		.inflight = 4,
		.count = 24,
	};
}

/* ---- on the stage ---- */

static void test_lock_is_exact(void **state)
{
	struct show show = show_lock(WAY_LOCK);

	(void)state;
	assert_int_equal(perform(&show, STAGE_RIGHT), 0);
	assert_right(&show);
	assert_int_equal(found(&show, "lost"), 0);
	assert_int_equal(found(&show, "owner_deaths"), 0);
}

static void test_a_lock_that_does_not_lock_is_refused(void **state)
{
	struct show show = show_lock(WAY_LOCK);

	(void)state;
	assert_refused(&show, STAGE_OPEN_LOCK, "after 1200 additions");
	assert_refused(&show, STAGE_LOST_SECTIONS, "after 1200 additions");
}

/* All lanes add to what all of them have read. */
static void test_additions_by_nothing_are_lost_and_counted(void **state)
{
	struct show show = show_lock(WAY_NONE);

	(void)state;
	assert_int_equal(perform(&show, STAGE_RIGHT), 0);
	assert_right(&show);
	assert_int_equal(found(&show, "lost"), 900);
	show.inflight = 1;
	assert_int_equal(perform(&show, STAGE_RIGHT), 0);
	assert_int_equal(found(&show, "lost"), 0);
}

/* It is told of, and its section may be missing. */
static void test_a_dead_owner_is_counted(void **state)
{
	struct show show = show_lock(WAY_LOCK);

	(void)state;
	assert_int_equal(perform(&show, STAGE_DEAD_OWNER), 0);
	assert_right(&show);
	assert_int_equal(found(&show, "owner_deaths"), 1);
	assert_int_equal(found(&show, "lost"), 1);
}

/* The next run starts from nothing, after a broken one too. */
static void test_settle_makes_ready_for_the_next_run(void **state)
{
	struct show show = show_lock(WAY_LOCK);
	struct sy_batch *batch;
	void *job;

	(void)state;
	batch = set_up(&show, NULL, &job);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(stage_run(batch, STAGE_RIGHT), 0);
		assert_int_equal(settle(&show, batch, job), 0);
		assert_int_equal(stage_run(batch, STAGE_OPEN_LOCK), 0);
		assert_int_equal(settle(&show, batch, job), -EILSEQ);
	}
	take_down(&show, batch, job);
}

static void test_an_operation_is_a_section(void **state)
{
	struct show show = show_lock(WAY_LOCK);
	const struct sy_workload *lock = sy_workload_find("lock");
	struct sy_portion portion = lock->portion(&show.load, show.inflight);

	(void)state;
	assert_int_equal(portion.tasks, 1);
	assert_int_equal(portion.operations, 50);
}

static void test_impossible_parameters_are_refused(void **state)
{
	struct sy_batch batch = { .inflight = 1 };
	struct sy_load none = { .sections = 0 };
	struct sy_load beyond = { .sections = 1, .mechanism = WAY_NONE + 1 };
	const struct sy_workload *lock = sy_workload_find("lock");
	void *job = &batch;

	(void)state;
	assert_int_equal(lock->open(&job, &none, &batch), -EINVAL);
	assert_int_equal(lock->open(&job, &beyond, &batch), -EINVAL);
	assert_ptr_equal(job, &batch);
}

/* ---- under the models ---- */

static void check_exact(struct show *show, const struct sy_model *model)
{
	carry_out(show, model, 3);
	assert_int_equal(found(show, "lost"), 0);
	assert_int_equal(found(show, "owner_deaths"), 0);
}

static void test_every_model_is_exact_under_the_lock(void **state)
{
	struct show show = show_lock(WAY_LOCK);

	(void)state;
	show.load.sections = 200;
	for_each_able(&show, check_exact);
	show.inflight = 1;
	for_each_able(&show, check_exact);
}

static void check_bounds(struct show *show, const struct sy_model *model)
{
	carry_out(show, model, 1);
	assert_true(found(show, "lost") < show->count * show->load.sections);
	if (model->alone)
		assert_int_equal(found(show, "lost"), 0);
}

static void test_every_model_adds_by_nothing(void **state)
{
	struct show show = show_lock(WAY_NONE);

	(void)state;
	for_each_able(&show, check_bounds);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lock_is_exact),
		cmocka_unit_test(test_a_lock_that_does_not_lock_is_refused),
		cmocka_unit_test(
			test_additions_by_nothing_are_lost_and_counted),
		cmocka_unit_test(test_a_dead_owner_is_counted),
		cmocka_unit_test(test_settle_makes_ready_for_the_next_run),
		cmocka_unit_test(test_an_operation_is_a_section),
		cmocka_unit_test(test_impossible_parameters_are_refused),
		cmocka_unit_test(test_every_model_is_exact_under_the_lock),
		cmocka_unit_test(test_every_model_adds_by_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
