/* SPDX-License-Identifier: MIT */
/*
 * test_settle.c - workloads that come in portions, say what they found, keep
 * promises and stamp some of their tasks: slices are whole portions, every run
 * is settled once the clock has stopped, and a broken promise is no number.
 *
 * The only workload here is one that notes how it is used.
 */
#include "subject_fixture.h"

#include <errno.h>

#include "workloads/job.h"
#include "workloads/steps.h"

/* A portion: so many tasks, which are so many operations. */
#define TASKS 3
#define OPERATIONS 12
/* A latency that no clock shows here. */
#define LATE_NS (3600 * UINT64_C(1000000000))

static struct {
	uint64_t settled[64]; /* task_count of each run */
	unsigned runs;
	int error;      /* of settle */
	int task_error; /* of every task */
} made;

/* Stamps what it likes, as a timer does. */
static struct sy_op made_step(struct sy_task *task)
{
	task->value = sy_task_seed(task->index);
	task->error = made.task_error;
	task->lane->begin_ns = sy_clock_ns() - LATE_NS;
	return (struct sy_op){ .kind = SY_DONE };
}

static size_t no_scratch(const struct sy_load *load)
{
	(void)load;
	return 0;
}

static int made_open(void **state, const struct sy_load *load,
                     struct sy_batch *batch)
{
	int error = sy_job_create(state, load, sizeof(*load));

	batch->step = made_step;
	batch->job = *state;
	return error;
}

static uint64_t made_expected(const struct sy_load *load, uint64_t index)
{
	(void)load;
	return sy_task_seed(index);
}

static struct sy_portion made_portion(const struct sy_load *load,
                                      uint32_t inflight)
{
	(void)load;
	(void)inflight;
	return (struct sy_portion){ TASKS, OPERATIONS };
}

static int made_settle(void *state, struct sy_batch *batch,
                       uint64_t found[SY_FINDINGS_MAX],
                       char reason[SY_BROKEN_BYTES])
{
	(void)state;
	if (made.runs < sizeof(made.settled) / sizeof(*made.settled))
		made.settled[made.runs] = batch->task_count;
	made.runs++;
	if (made.error == -EILSEQ)
		snprintf(reason, SY_BROKEN_BYTES, "one is missing");
	if (made.error)
		return made.error;
	found[0] = batch->task_count;
	found[1] = 1000 + batch->task_count;
	return 0;
}

static const char *made_explain(int error)
{
	return error == -EPROTO ? "the other side talks nonsense" : NULL;
}

static void made_close(void *state, struct sy_batch *batch)
{
	(void)batch;
	sy_job_destroy(state, sizeof(struct sy_load));
}

static const struct sy_finding findings[] = {
	{ "tasks", "tasks that were run", false },
	{ "largest", "the same and a thousand", true },
	{ .name = NULL },
};

static const struct sy_workload workload = {
	.name = "made",
	.summary = "notes how it is used",
	.stamped = true,
	.stamp_shift = 2,
	.scratch_bytes = no_scratch,
	.open = made_open,
	.expected = made_expected,
	.findings = findings,
	.portion = made_portion,
	.settle = made_settle,
	.explain = made_explain,
	.close = made_close,
};

const struct sy_workload *const sy_workloads[] = { &workload, NULL };

static int set_up(void **state)
{
	(void)state;
	memset(&made, 0, sizeof(made));
	return 0;
}

static void open_made(struct opened *o, const char *model, uint32_t inflight)
{
	opened_point(o, "made", model, inflight);
	opened_open(o, "one-pu");
}

static void assert_settled(unsigned run, uint64_t tasks)
{
	assert_true(made.runs > run);
	assert_int_equal(made.settled[run], tasks);
}

/* At least a task a lane, and never a part of a portion. */
static void test_a_slice_is_whole_portions(void **state)
{
	static const struct {
		uint64_t asked, operations, tasks;
	} cases[] = {
		{ 1, 24, 6 },     { 24, 24, 6 },   { 25, 24, 6 },
		{ 36, 36, 9 },    { 100, 96, 24 }, { 119, 108, 27 },
		{ 120, 120, 30 },
	};
	struct opened o;

	(void)state;
	open_made(&o, "serial", 4);
	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		opened_must_run(&o, cases[i].asked, 0);
		assert_int_equal(o.slice.operations, cases[i].operations);
		assert_settled(i, cases[i].tasks);
		assert_int_equal(o.slice.found[0], cases[i].tasks);
		assert_int_equal(o.slice.found[1], 1000 + cases[i].tasks);
		assert_ptr_equal(o.slice.findings, findings);
	}
	opened_close(&o);
}

/* What a warm-up found is in no figure. */
static void test_a_warm_up_is_settled_and_forgotten(void **state)
{
	struct opened o;

	(void)state;
	open_made(&o, "threads", 4);
	opened_must_run(&o, 240, 13);
	assert_int_equal(made.runs, 2);
	assert_settled(0, 2 * TASKS);
	assert_settled(1, 60);
	assert_int_equal(o.slice.found[0], 60);
	/* One that would be as long as the slice, where all has run before. */
	opened_must_run(&o, 24, 13);
	assert_int_equal(made.runs, 3);
	assert_settled(2, 6);
	opened_close(&o);
}

static void test_every_run_of_a_sizing_is_settled(void **state)
{
	struct opened o;
	uint64_t operations = 0;

	(void)state;
	open_made(&o, "serial", 4);
	assert_int_equal(sy_subject_size(o.subject, MS, &operations, &o.reason),
	                 0);
	assert_true(operations >= 24);
	assert_int_equal(operations % OPERATIONS, 0);
	assert_true(made.runs >= 3);
	assert_settled(0, 6);
	opened_close(&o);
}

/* Of one task in four, in the order of their indices; the step function says
   when it began. */
static void test_latencies_are_of_those_that_are_stamped(void **state)
{
	struct opened o;

	(void)state;
	open_made(&o, "coroutine.ucontext", 4);
	opened_must_run(&o, 36, 0);
	assert_int_equal(o.slice.latencies.total, 3); /* of 0, 4 and 8 */
	assert_true(o.slice.latencies.max >= LATE_NS);
	opened_must_run(&o, 48, 0);
	assert_int_equal(o.slice.latencies.total, 3); /* of 0, 4 and 8 */
	opened_must_run(&o, 60, 0);
	assert_int_equal(o.slice.latencies.total, 4);
	opened_close(&o);
}

static void test_a_broken_promise_is_no_number(void **state)
{
	struct opened o;

	(void)state;
	made.error = -EILSEQ;
	open_made(&o, "serial", 4);
	assert_int_equal(opened_run(&o, 240, 0), -EILSEQ);
	assert_string_equal(o.reason.text,
	                    "a promise was broken: one is missing");
	opened_close(&o);
}

/* In the warm-up as in the slice. */
static void test_a_promise_holds_for_a_warm_up_too(void **state)
{
	struct opened o;

	(void)state;
	made.error = -EILSEQ;
	open_made(&o, "serial", 4);
	assert_int_equal(opened_run(&o, 240, 1), -EILSEQ);
	assert_int_equal(made.runs, 1);
	assert_settled(0, TASKS);
	opened_close(&o);
}

static void test_what_else_settling_needs_may_fail(void **state)
{
	struct opened o;

	(void)state;
	made.error = -ENOMEM;
	open_made(&o, "serial", 4);
	assert_int_equal(opened_run(&o, 240, 0), -ENOMEM);
	assert_says(o.reason.text, "cannot make ready for the next run: ");
	assert_says(o.reason.text, strerror(ENOMEM));
	opened_close(&o);
}

static void test_an_error_is_told_in_the_workload_s_words(void **state)
{
	struct opened o;

	(void)state;
	open_made(&o, "serial", 4);
	made.task_error = -EPROTO;
	assert_int_equal(opened_run(&o, 240, 0), -EPROTO);
	assert_string_equal(o.reason.text,
	                    "a task failed: the other side talks nonsense");
	assert_int_equal(made.runs, 0);
	made.task_error = -EIO;
	assert_int_equal(opened_run(&o, 240, 0), -EIO);
	assert_says(o.reason.text, strerror(EIO));
	opened_close(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_a_slice_is_whole_portions, set_up),
		cmocka_unit_test_setup(test_a_warm_up_is_settled_and_forgotten,
		                       set_up),
		cmocka_unit_test_setup(test_every_run_of_a_sizing_is_settled,
		                       set_up),
		cmocka_unit_test_setup(
			test_latencies_are_of_those_that_are_stamped, set_up),
		cmocka_unit_test_setup(test_a_broken_promise_is_no_number,
		                       set_up),
		cmocka_unit_test_setup(test_a_promise_holds_for_a_warm_up_too,
		                       set_up),
		cmocka_unit_test_setup(test_what_else_settling_needs_may_fail,
		                       set_up),
		cmocka_unit_test_setup(
			test_an_error_is_told_in_the_workload_s_words, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
