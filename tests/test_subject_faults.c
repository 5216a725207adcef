/* SPDX-License-Identifier: MIT */
/*
 * test_subject_faults.c - models that are wrong on purpose: each kind of
 * wrong answer is found, each failure has its reason, nothing is left.
 */
#include "subject_fixture.h"

/* The loop of serial for tasks that do nothing, and what is done to them. */
typedef void meddle_fn(struct sy_batch *batch, struct sy_task *task);

static void carry_out(struct sy_batch *batch, uint64_t index, meddle_fn *meddle)
{
	struct sy_lane *lane = &batch->lanes[0];

	sy_task_begin(batch, lane, index);
	assert_int_equal(batch->step(&lane->task).kind, SY_DONE);
	if (meddle)
		meddle(batch, &lane->task);
	sy_task_end(batch, lane);
}

static int run_right(void *state)
{
	struct sy_batch *batch = *(struct sy_batch **)state;

	for (uint64_t i = 0; i < batch->task_count; i++)
		carry_out(batch, i, NULL);
	return 0;
}

static int run_lost(void *state)
{
	struct sy_batch *batch = *(struct sy_batch **)state;

	for (uint64_t i = 1; i < batch->task_count; i++)
		carry_out(batch, i, NULL);
	return 0;
}

static int run_twice(void *state)
{
	struct sy_batch *batch = *(struct sy_batch **)state;

	carry_out(batch, 3, NULL);
	return run_right(state);
}

/* As many tasks and the same sum of values: they repeat after a period. */
static int run_other(void *state)
{
	struct sy_batch *batch = *(struct sy_batch **)state;

	for (uint64_t i = 0; i < batch->task_count; i++)
		carry_out(batch, i ? i : SY_VALUE_PERIOD, NULL);
	return 0;
}

static void one_bit(struct sy_batch *batch, struct sy_task *task)
{
	if (task->index + 1 == batch->task_count)
		task->value ^= UINT64_C(1) << 63;
}

static int run_bit(void *state)
{
	struct sy_batch *batch = *(struct sy_batch **)state;

	for (uint64_t i = 0; i < batch->task_count; i++)
		carry_out(batch, i, one_bit);
	return 0;
}

static void one_error(struct sy_batch *batch, struct sy_task *task)
{
	(void)batch;
	if (task->index == 2)
		task->error = -ECONNRESET;
}

static int run_error(void *state)
{
	struct sy_batch *batch = *(struct sy_batch **)state;

	for (uint64_t i = 0; i < batch->task_count; i++)
		carry_out(batch, i, one_error);
	return 0;
}

static int run_fails(void *state)
{
	(void)state;
	return -ECHILD;
}

static int open_fails(void **state, struct sy_batch *batch)
{
	(void)state;
	(void)batch;
	return -EAGAIN;
}

static struct sy_model model;

static void set_up(struct opened *o, int (*run)(void *))
{
	opened_point(o, "cpu", "serial", 1);
	o->point.load.rounds = 0;
	model = *sy_models[0];
	model.run = run;
	o->point.request.model = &model;
}

static void assert_run(int (*run)(void *), int error, const char *part)
{
	struct opened o;

	set_up(&o, run);
	opened_open(&o, "one-pu");
	assert_int_equal(opened_run(&o, 40, 0), error);
	if (error)
		assert_says(o.reason.text, part);
	opened_close(&o);
}

static void test_every_kind_of_wrong_answer_is_found(void **state)
{
	(void)state;
	assert_run(run_right, 0, "");
	assert_run(run_lost, -EBADMSG, "wrong checksum: 39 of 40 tasks");
	assert_run(run_twice, -EBADMSG, "wrong checksum: 41 of 40 tasks");
	assert_run(run_other, -EBADMSG, "wrong checksum: 40 of 40 tasks");
	assert_run(run_bit, -EBADMSG, "wrong checksum: 40 of 40 tasks");
}

static void test_a_wrong_answer_while_sizing_is_found(void **state)
{
	struct opened o;
	uint64_t operations = 7;

	(void)state;
	set_up(&o, run_bit);
	opened_open(&o, "one-pu");
	assert_int_equal(sy_subject_size(o.subject, MS, &operations, &o.reason),
	                 -EBADMSG);
	assert_int_equal(operations, 7);
	opened_close(&o);
}

static void test_failures_are_told(void **state)
{
	(void)state;
	assert_run(run_error, -ECONNRESET, "a task failed: ");
	assert_run(run_fails, -ECHILD, "the model failed: ");
}

static void test_a_warm_up_that_fails_is_told(void **state)
{
	struct opened o;

	(void)state;
	set_up(&o, run_fails);
	opened_open(&o, "one-pu");
	assert_int_equal(opened_run(&o, 40, 1), -ECHILD);
	assert_says(o.reason.text, "the model failed: ");
	opened_close(&o);
}

/* What cannot be set up is named, and what was set up before goes. */
static void test_what_cannot_be_opened_is_named(void **state)
{
	struct opened o;

	(void)state;
	opened_point(&o, "io", "threads", 4);
	model = *o.point.request.model;
	model.open = open_fails;
	o.point.request.model = &model;
	o.point.request.hold_awake = true;
	assert_int_equal(opened_try(&o, "one-pu"), -EAGAIN);
	assert_null(o.subject);
	assert_says(o.reason.text, "cannot set up the model's contexts: ");
	assert_says(o.reason.text, strerror(EAGAIN));
	opened_close(&o);
}

static void test_a_pu_that_is_not_there_is_told(void **state)
{
	struct opened o;

	(void)state;
	opened_point(&o, "cpu", "threads", 2);
	if (resolve_here(&o.point, &o.reason))
		fail_msg("%s", o.reason.text);
	o.point.where.pus[0] = SY_PUS_MAX - 1;
	o.before = look();
	assert_true(sy_subject_open(&o.subject, &o.point, &o.reason) < 0);
	assert_null(o.subject);
	assert_says(o.reason.text, "cannot set up binding");
	opened_close(&o);
}

static void test_no_descriptors_for_the_connections_is_told(void **state)
{
	struct rlimit limit, less;
	struct opened o;
	int error;

	(void)state;
	opened_point(&o, "io", "eventloop", 64);
	getrlimit(RLIMIT_NOFILE, &limit);
	assert_int_equal(resolve_here(&o.point, &o.reason), 0);
	o.before = look();
	less = (struct rlimit){ 40, limit.rlim_max };
	setrlimit(RLIMIT_NOFILE, &less);
	error = sy_subject_open(&o.subject, &o.point, &o.reason);
	setrlimit(RLIMIT_NOFILE, &limit);
	assert_int_equal(error, -EMFILE);
	assert_says(o.reason.text, "cannot set up the workload");
	opened_close(&o);
}

/* A process of a pool, idle between two slices. */
static void test_a_process_that_died_is_missed(void **state)
{
	struct opened o;
	char path[64];
	FILE *file;
	int pid;

	(void)state;
	opened_point(&o, "cpu", "pool", 2);
	opened_open(&o, "one-pu");
	opened_must_run(&o, 40, 0);
	snprintf(path, sizeof(path), "/proc/self/task/%d/children", getpid());
	file = fopen(path, "re");
	assert_non_null(file);
	assert_int_equal(fscanf(file, "%d", &pid), 1);
	fclose(file);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(
		waitid(P_PID, (id_t)pid, &(siginfo_t){ 0 }, WEXITED | WNOWAIT),
		0);
	assert_int_equal(opened_run(&o, 40, 0), -ESRCH);
	assert_says(o.reason.text, "a process of the model died");
	opened_close(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_kind_of_wrong_answer_is_found),
		cmocka_unit_test(test_a_wrong_answer_while_sizing_is_found),
		cmocka_unit_test(test_failures_are_told),
		cmocka_unit_test(test_a_warm_up_that_fails_is_told),
		cmocka_unit_test(test_what_cannot_be_opened_is_named),
		cmocka_unit_test(test_a_pu_that_is_not_there_is_told),
		cmocka_unit_test(
			test_no_descriptors_for_the_connections_is_told),
		cmocka_unit_test(test_a_process_that_died_is_missed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
