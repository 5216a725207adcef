/* SPDX-License-Identifier: MIT */
/*
 * test_primitives_share.c - share: an array that everybody writes is exact
 * under a lock, raw writes that are lost are counted, and what a process
 * writes to memory of its own nobody else sees; under every model.
 */
#include "promises_fixture.h"

#include "workloads/share.h"

static struct show show_share(unsigned way)
{
	return (struct show){
		.name = "share",
		.load = { .mechanism = way, .cells = 8, .sections = 50 },
		.inflight = 4,
		.count = 30,
	};
}

/* ---- on the stage ---- */

/* 1500 writes to 8 cells: some have one more than others. */
static void test_array_is_exact(void **state)
{
	struct show show = show_share(SY_SHARE_ARRAY);

	(void)state;
	assert_int_equal(perform(&show, STAGE_RIGHT), 0);
	assert_right(&show);
	assert_int_equal(found(&show, "written"), 1500);
	assert_int_equal(found(&show, "seen"), 1500);
	assert_int_equal(found(&show, "lost"), 0);
	assert_int_equal(found(&show, "owner_deaths"), 0);
}

static void test_a_lock_that_does_not_lock_is_refused(void **state)
{
	struct show show = show_share(SY_SHARE_ARRAY);

	(void)state;
	show.load.cells = 1;
	assert_refused(&show, STAGE_OPEN_LOCK, "cell 0 of the array is wrong");
	show.load.cells = 64;
	assert_refused(&show, STAGE_LOST_SECTIONS, "of the array is wrong");
}

/* The number of writes is right, but not where they went. */
static void test_a_task_in_another_ones_place_is_found(void **state)
{
	struct show show = show_share(SY_SHARE_ARRAY);

	(void)state;
	show.load.cells = 64;
	assert_refused(&show, STAGE_DOUBLED_TASK,
	               "wrong; 1500 of 1500 writes are in it");
}

static void test_raw_writes_are_lost_and_counted(void **state)
{
	struct show show = show_share(SY_SHARE_RAW);

	(void)state;
	show.load.cells = 1;
	assert_int_equal(perform(&show, STAGE_RIGHT), 0);
	assert_right(&show);
	assert_true(found(&show, "lost") > 1000);
	assert_int_equal(found(&show, "seen") + found(&show, "lost"), 1500);
}

static void test_a_dead_owner_is_counted(void **state)
{
	struct show show = show_share(SY_SHARE_ARRAY);

	(void)state;
	assert_int_equal(perform(&show, STAGE_DEAD_OWNER), 0);
	assert_right(&show);
	assert_int_equal(found(&show, "owner_deaths"), 1);
	assert_int_equal(found(&show, "lost"), 1);
}

static void test_what_one_process_writes_it_sees(void **state)
{
	struct show show = show_share(SY_SHARE_NONE);

	(void)state;
	assert_int_equal(perform(&show, STAGE_RIGHT), 0);
	assert_right(&show);
	assert_int_equal(found(&show, "written"), 1500);
	assert_int_equal(found(&show, "seen"), 1500);
}

/* A tally lies with the batch, and comes back. */
static void perform_in_child(struct sy_batch *batch)
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (!pid)
		_exit(stage_run(batch, STAGE_RIGHT) ? 1 : 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void test_what_a_child_writes_is_not_seen(void **state)
{
	struct show show = show_share(SY_SHARE_NONE);
	struct sy_batch *batch;
	void *job;

	(void)state;
	batch = set_up(&show, NULL, &job);
	perform_in_child(batch);
	assert_int_equal(settle(&show, batch, job), 0);
	assert_right(&show);
	assert_int_equal(found(&show, "written"), 1500);
	assert_int_equal(found(&show, "seen"), 0);
	take_down(&show, batch, job);
}

/* Memory that was shared by mistake: the child's writes are there. */
static void test_writes_that_should_not_be_seen_are_refused(void **state)
{
	struct show show = show_share(SY_SHARE_NONE);
	const struct sy_share_private *job;
	struct sy_batch *batch;
	void *opened;

	(void)state;
	batch = set_up(&show, NULL, &opened);
	job = batch->job;
	assert_ptr_equal(mmap(job->counter, job->page_bytes,
	                      PROT_READ | PROT_WRITE,
	                      MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0),
	                 job->counter);
	perform_in_child(batch);
	assert_int_equal(settle(&show, batch, opened), -EILSEQ);
	if (!strstr(show.reason, "1500 writes are seen"))
		fail_msg("'%s'", show.reason);
	take_down(&show, batch, opened);
}

static void test_settle_makes_ready_for_the_next_run(void **state)
{
	struct show show = show_share(SY_SHARE_ARRAY);
	struct sy_batch *batch;
	void *job;

	(void)state;
	show.load.cells = 1;
	batch = set_up(&show, NULL, &job);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(stage_run(batch, STAGE_RIGHT), 0);
		assert_int_equal(settle(&show, batch, job), 0);
		assert_int_equal(stage_run(batch, STAGE_OPEN_LOCK), 0);
		assert_int_equal(settle(&show, batch, job), -EILSEQ);
	}
	take_down(&show, batch, job);
}

static void test_impossible_parameters_are_refused(void **state)
{
	struct sy_batch batch = { .inflight = 1 };
	static const struct sy_load loads[] = {
		{ .sections = 0, .cells = 8 },
		{ .sections = 1, .cells = 0 },
		{ .sections = 1, .cells = 12 },
		{ .sections = 0, .mechanism = SY_SHARE_NONE },
		{ .sections = 1, .cells = 8, .mechanism = SY_SHARES },
	};
	void *job = &batch;

	(void)state;
	for (size_t i = 0; i < sizeof(loads) / sizeof(*loads); i++)
		assert_int_equal(sy_workload_find("share")->open(
					 &job, &loads[i], &batch),
		                 -EINVAL);
	assert_ptr_equal(job, &batch);
}

/* ---- under the models ---- */

static void check_array(struct show *show, const struct sy_model *model)
{
	carry_out(show, model, 3);
	assert_int_equal(found(show, "seen"), 1500);
	assert_int_equal(found(show, "lost"), 0);
}

static void test_every_model_writes_the_array(void **state)
{
	struct show show = show_share(SY_SHARE_ARRAY);

	(void)state;
	for_each_able(&show, check_array);
}

static void check_raw(struct show *show, const struct sy_model *model)
{
	carry_out(show, model, 1);
	assert_int_equal(found(show, "seen") + found(show, "lost"), 1500);
}

static void test_every_model_writes_raw(void **state)
{
	struct show show = show_share(SY_SHARE_RAW);

	(void)state;
	for_each_able(&show, check_raw);
}

static void check_none(struct show *show, const struct sy_model *model)
{
	bool processes =
		!strcmp(model->name, "fork") || !strcmp(model->name, "pool");

	carry_out(show, model, 3);
	assert_int_equal(found(show, "written"), 1500);
	assert_int_equal(found(show, "seen"), processes ? 0 : 1500);
}

static void test_only_processes_do_not_share(void **state)
{
	struct show show = show_share(SY_SHARE_NONE);

	(void)state;
	for_each_able(&show, check_none);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_array_is_exact),
		cmocka_unit_test(test_a_lock_that_does_not_lock_is_refused),
		cmocka_unit_test(test_a_task_in_another_ones_place_is_found),
		cmocka_unit_test(test_raw_writes_are_lost_and_counted),
		cmocka_unit_test(test_a_dead_owner_is_counted),
		cmocka_unit_test(test_what_one_process_writes_it_sees),
		cmocka_unit_test(test_what_a_child_writes_is_not_seen),
		cmocka_unit_test(
			test_writes_that_should_not_be_seen_are_refused),
		cmocka_unit_test(test_settle_makes_ready_for_the_next_run),
		cmocka_unit_test(test_impossible_parameters_are_refused),
		cmocka_unit_test(test_every_model_writes_the_array),
		cmocka_unit_test(test_every_model_writes_raw),
		cmocka_unit_test(test_only_processes_do_not_share),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
