/* SPDX-License-Identifier: MIT */
/*
 * test_extra.c - the study's known slowdown: so many per cent more operations
 * really are carried out in a slice, by those who count them, and checked.
 */
#include "extra_fixture.h"

/* What tasks there are of so many operations that were really carried out. */
static void assert_performed(const struct opened *o, uint64_t performed)
{
	assert_int_equal(o->slice.performed, performed);
	assert_int_equal(tasks_done(o), sy_subject_tasks(&o->point, performed));
	assert_int_equal(o->subject->batch->task_count, tasks_done(o));
}

static void check_tasks(const char *family, const char *row, uint32_t inflight)
{
	struct opened o;
	uint64_t operations, performed = 0;

	extra_open(&o, family, row, inflight);
	setenv(EXTRA_VARIABLE, "0", 1);
	opened_must_run(&o, 200, 3);
	operations = o.slice.operations;
	assert_performed(&o, operations);
	setenv(EXTRA_VARIABLE, "10", 1);
	for (int i = 0; i < 10; i++) {
		opened_must_run(&o, 200, 3);
		assert_int_equal(o.slice.operations, operations);
		assert_performed(&o, o.slice.performed);
		performed += o.slice.performed;
	}
	/* Ten slices are eleven, but for what a portion still owes. */
	assert_in_range(performed,
	                operations * 11 - sy_subject_near(&o.point, 1),
	                operations * 11);
	opened_close(&o);
}

static void test_ten_per_cent_more_tasks_are_done(void **state)
{
	(void)state;
	check_tasks("cpu", "serial", 1);
	check_tasks("cpu", "coroutine", 16);
	check_tasks("io", "threads", 16);
	check_tasks("lock", "threads", 4);
	check_tasks("condition", "threads", 11);
}

static void test_latencies_of_all_of_them_are_kept(void **state)
{
	struct opened o;

	(void)state;
	extra_open(&o, "io", "coroutine", 4);
	setenv(EXTRA_VARIABLE, "100", 1);
	opened_must_run(&o, 50, 0);
	assert_performed(&o, 2 * o.slice.operations);
	assert_int_equal(o.slice.latencies.total, o.slice.performed);
	opened_close(&o);
	/* Where there is no room for the stamps of a longer slice, too. */
	opened_point(&o, "cpu", "serial", 1);
	o.point.load.rounds = 0;
	opened_open(&o, "one-pu");
	opened_must_run(&o, 10000000, 0);
	assert_int_equal(o.slice.operations, 1 << 17);
	assert_int_equal(o.slice.latencies.total, 1 << 18);
	assert_performed(&o, 1 << 18);
	opened_close(&o);
}

static void test_ten_per_cent_more_hand_offs_are_made(void **state)
{
	struct opened o;

	(void)state;
	extra_open(&o, "switch", "threads.pipe", 1);
	setenv(EXTRA_VARIABLE, "10", 1);
	opened_must_run(&o, 2000, 2);
	assert_int_equal(o.slice.operations, 2000);
	assert_int_equal(o.slice.performed, 2200);
	assert_switches(&o, 2200);
	opened_close(&o);
}

/* A hand-off that no kernel sees, counted at its function. */
static uint64_t handed_over;
static const struct sy_mechanism *real;

static int run_counted(void *state, uint64_t count)
{
	handed_over += count;
	return real->run(state, count);
}

static void test_hand_offs_of_coroutines_are_made(void **state)
{
	struct sy_mechanism counted;
	struct opened o;

	(void)state;
	opened_point(&o, "switch", "coroutine.assembly", 1);
	real = o.point.request.mechanism;
	counted = *real;
	counted.run = run_counted;
	o.point.request.mechanism = &counted;
	opened_open(&o, "one-pu");
	setenv(EXTRA_VARIABLE, "10", 1);
	opened_must_run(&o, 2000, 0);
	assert_int_equal(handed_over, 2200);
	assert_int_equal(o.slice.performed, 2200);
	opened_close(&o);
}

/* 14 hand-offs are whole there and back; 5 % of them are 0.7. */
static void test_what_is_left_is_made_up_for(void **state)
{
	struct opened o;
	uint64_t performed = 0;

	(void)state;
	extra_open(&o, "switch", "coroutine.assembly", 1);
	setenv(EXTRA_VARIABLE, "5", 1);
	for (int i = 0; i < 100; i++) {
		opened_must_run(&o, 14, 0);
		assert_int_equal(o.slice.operations, 14);
		assert_true(o.slice.performed == 14 || o.slice.performed == 16);
		performed += o.slice.performed;
	}
	assert_int_equal(performed, 1400 + 70);
	opened_close(&o);
	/* Waves are rounded up as well as down. */
	extra_open(&o, "wait", "coroutine", 8);
	setenv(EXTRA_VARIABLE, "30", 1);
	performed = 0;
	for (int i = 0; i < 10; i++) {
		opened_must_run(&o, 16, 0);
		assert_true(o.slice.performed % 8 == 0);
		performed += o.slice.performed;
	}
	assert_int_equal(performed, 160 + 48);
	opened_close(&o);
}

/* How fast a slice is sized and warmed up is not the study's. */
static void test_trials_have_no_more_than_was_asked_for(void **state)
{
	struct opened o;
	uint64_t elapsed_ns;

	(void)state;
	extra_open(&o, "cpu", "coroutine", 16);
	setenv(EXTRA_VARIABLE, "100", 1);
	assert_int_equal(
		sy_subject_trial(o.subject, 160, &elapsed_ns, &o.reason), 0);
	assert_int_equal(tasks_done(&o), 160);
	opened_close(&o);
}

static void assert_refused(const char *percent)
{
	struct opened o;

	extra_open(&o, "cpu", "serial", 1);
	if (percent)
		setenv(EXTRA_VARIABLE, percent, 1);
	else
		unsetenv(EXTRA_VARIABLE);
	assert_int_equal(opened_run(&o, 10, 0), -EINVAL);
	assert_non_null(strstr(o.reason.text, EXTRA_VARIABLE));
	assert_non_null(strstr(o.reason.text, "0 to 100"));
	opened_close(&o);
}

static void test_what_is_no_percentage_is_refused(void **state)
{
	static const char *const wrong[] = {
		"",    "101", "-1",
		"+5",  "5%",  " 5",
		"0x5", "2.5", "18446744073709551621"
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		assert_refused(wrong[i]);
	assert_refused(NULL);
}

/* All of them are a slice already. */
static void test_more_contexts_that_wait_cannot_be_had(void **state)
{
	struct opened o;

	(void)state;
	opened_point(&o, "idle", "coroutine.parked", 1);
	o.point.request.contexts = 8;
	opened_open(&o, "one-pu");
	setenv(EXTRA_VARIABLE, "0", 1);
	opened_must_run(&o, 8, 0);
	assert_int_equal(o.slice.performed, 8);
	setenv(EXTRA_VARIABLE, "1", 1);
	assert_int_equal(opened_run(&o, 8, 0), -ENOTSUP);
	opened_close(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ten_per_cent_more_tasks_are_done),
		cmocka_unit_test(test_latencies_of_all_of_them_are_kept),
		cmocka_unit_test(test_ten_per_cent_more_hand_offs_are_made),
		cmocka_unit_test(test_hand_offs_of_coroutines_are_made),
		cmocka_unit_test(test_what_is_left_is_made_up_for),
		cmocka_unit_test(test_trials_have_no_more_than_was_asked_for),
		cmocka_unit_test(test_what_is_no_percentage_is_refused),
		cmocka_unit_test(test_more_contexts_that_wait_cannot_be_had),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
