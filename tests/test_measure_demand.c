/* SPDX-License-Identifier: MIT */
/*
 * test_measure_demand.c - points measured when they are asked for: with how
 * many slices, by which worker, and what is left of it.
 *
 * Where slices are counted, the worker is a script that answers always alike
 * and writes down what it was asked.
 */
#include "measure_fixture.h"

#include <sys/stat.h>

#include "engine/demand.h"

/* A slice is 100 operations in 10 ms; each answer is a line below. */
static const char script[] =
	"#!/bin/bash\n"
	"say() { printf '%%s\\n' \"$1\" >&3; }\n"
	"say '{\"hello\":{\"protocol\":2}}'; echo start >>%1$s/asked\n"
	"while read -r line <&3; do case $line in\n"
	"*open*) echo open >>%1$s/asked; say '{\"ready\":{}}' ;;\n"
	"*size*) echo size >>%1$s/asked; say '{\"sized\":100}' ;;\n"
	"*slice*) echo slice >>%1$s/asked; %2$s ;;\n"
	"*quit*) echo quit >>%1$s/asked; exit 0 ;;\n"
	"esac; done\n";

#define SAMPLE(more)                                                           \
	"say '{\"sample\":{\"operations\":100,\"elapsed_ns\":10000000,"        \
	"\"cpu_ns\":5000" more "}}'"

static struct drive d;
static struct sy_demand *demand;
static struct sy_result taken;
static char folder[64], program[80];

static void open_demand(void)
{
	for (size_t i = 0; i < d.plan.count; i++)
		assert_int_equal(resolve_here(&d.plan.points[i], &d.reason), 0);
	assert_int_equal(sy_session_init(&d.session, &d.plan), 0);
	d.before = look();
	assert_int_equal(sy_demand_open(&demand, &d.plan, &d.hooks, &d.session),
	                 0);
}

static void close_demand(void)
{
	sy_result_free(&taken);
	sy_demand_close(demand);
	end(&d);
}

/* A worker that is this script, for hand-offs: they need no calibration. */
static void open_script(const char *on_slice)
{
	FILE *file;

	make_folder(folder);
	snprintf(program, sizeof(program), "%s/worker", folder);
	file = fopen(program, "we");
	assert_non_null(file);
	fprintf(file, script, folder, on_slice);
	fclose(file);
	assert_int_equal(chmod(program, 0700), 0);
	begin(&d, 1000, 1);
	d.plan.slice_ns = 10 * MS;
	d.hooks.program = program;
	add(&d, "switch", "coroutine.ucontext");
	add(&d, "wait", "threads");
	open_demand();
}

static void close_script(void)
{
	close_demand();
	remove_folder(folder);
}

static int take(size_t index, uint64_t operations, bool fresh)
{
	sy_result_free(&taken);
	return sy_demand_take(demand, index, operations, fresh, &taken,
	                      &d.reason);
}

/* How often the workers were asked this. */
static unsigned asked(const char *what)
{
	char path[80], line[32];
	unsigned count = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%s/asked", folder);
	file = fopen(path, "re");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		count += !strcmp(line, what);
	}
	fclose(file);
	return count;
}

/* How much. */

static void test_slices_make_at_least_what_is_asked(void **state)
{
	static const struct {
		uint64_t operations;
		unsigned slices;
	} cases[] = { { 1, 1 }, { 100, 1 }, { 101, 2 }, { 1000, 10 } };
	unsigned slices = 0;

	(void)state;
	open_script(SAMPLE(""));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(take(0, cases[i].operations, false), 0);
		slices += cases[i].slices;
		assert_int_equal(asked("slice"), slices);
		assert_int_equal(taken.count, cases[i].slices);
		assert_int_equal(taken.operations, 100 * cases[i].slices);
		assert_int_equal(taken.usage.cpu_ns, 5000 * cases[i].slices);
		assert_int_equal(taken.slice_operations, 100);
	}
	close_script();
}

static void test_a_slice_that_missed_its_size_is_not_counted(void **state)
{
	(void)state;
	/* The first one is ten times too short; then it is sized to 900. */
	open_script("if [[ ! -e $0.seen ]]; then touch $0.seen; say "
	            "'{\"sample\":{\"operations\":100,\"elapsed_ns\":1000000}}'"
	            "; read -r line <&3; say '{\"sized\":900}'; else say "
	            "'{\"sample\":{\"operations\":900,\"elapsed_ns\":9000000}}'"
	            "; fi");
	assert_int_equal(take(0, 900, false), 0);
	assert_int_equal(taken.state, SY_MEASURED);
	assert_int_equal(taken.count, 1);
	assert_int_equal(taken.operations, 900);
	assert_int_equal(taken.slice_operations, 900);
	close_script();
}

/* By whom. */

static void test_one_worker_goes_on_until_a_fresh_one_is_asked_for(void **state)
{
	(void)state;
	open_script(SAMPLE(""));
	assert_int_equal(take(0, 1, true), 0);
	assert_int_equal(take(0, 1, false), 0);
	assert_int_equal(asked("start"), 1);
	assert_int_equal(take(0, 1, true), 0);
	assert_int_equal(asked("start"), 2);
	assert_int_equal(asked("quit"), 1);
	/* What a slice is sized to belongs to the point. */
	assert_int_equal(asked("size"), 1);
	assert_int_equal(take(1, 1, false), 0);
	assert_int_equal(asked("start"), 3);
	assert_int_equal(asked("size"), 2);
	assert_int_equal(look().children, d.before.children + 1);
	close_script();
}

static void test_real_workers_are_measured(void **state)
{
	(void)state;
	begin(&d, 1000, 1);
	three_models(&d);
	add(&d, "wait", "threads");
	add(&d, "switch", "threads.condition");
	open_demand();
	for (size_t i = 0; i < d.plan.count; i++) {
		assert_int_equal(take(i, 1, false), 0);
		assert_int_equal(taken.state, SY_MEASURED);
		assert_int_equal(d.session.points[i].state, SY_PLANNED);
		assert_true(taken.elapsed_ns > 0);
	}
	/* Calibrated once, before the first point that needs it. */
	assert_in_range(d.plan.points[0].load.rounds,
	                (uint64_t)(19999 / d.session.kernel_round_ns),
	                (uint64_t)(20001 / d.session.kernel_round_ns) + 1);
	assert_int_equal(take(0, 1000, true), 0);
	assert_true(taken.operations >= 1000);
	close_demand();
}

/* What cannot be measured. */

static void test_a_dead_worker_costs_its_point_for_good(void **state)
{
	(void)state;
	open_script("exit 3");
	for (int i = 0; i < 2; i++) {
		assert_int_equal(take(0, 1, true), 0);
		assert_int_equal(taken.state, SY_FAILED);
		assert_says(taken.reason.text, "status 3");
		assert_int_equal(asked("start"), 1);
	}
	assert_int_equal(d.session.points[0].state, SY_FAILED);
	assert_int_equal(take(1, 1, false), 0);
	assert_int_equal(asked("start"), 2);
	close_script();
}

static void test_a_wrong_answer_is_never_a_number(void **state)
{
	(void)state;
	open_script("say '{\"error\":{\"code\":74,\"reason\":\"wrong "
	            "checksum\"}}'");
	assert_int_equal(EBADMSG, 74);
	assert_int_equal(take(0, 1, false), 0);
	assert_int_equal(taken.state, SY_WRONG);
	assert_int_equal(taken.count, 0);
	close_script();
}

static void test_undeclared_switches_are_judged_each_time(void **state)
{
	(void)state;
	/* A coroutine declares none. */
	open_script("if [[ ! -e $0.seen ]]; then touch $0.seen; " SAMPLE(
		",\"voluntary\":100") "; else " SAMPLE("") "; fi");
	assert_int_equal(take(0, 1, false), 0);
	assert_int_equal(taken.state, SY_INVALID);
	assert_says(taken.reason.text, "1.000 switches a hand-off");
	assert_int_equal(d.session.points[0].state, SY_PLANNED);
	assert_int_equal(take(0, 1, false), 0);
	assert_int_equal(taken.state, SY_MEASURED);
	close_script();
}

static void test_a_point_that_does_not_fit_is_not_started(void **state)
{
	(void)state;
	open_script(SAMPLE(""));
	d.plan.points[1].request.inflight = 100000000;
	assert_int_equal(take(1, 1, false), 0);
	assert_int_equal(taken.state, SY_FAILED);
	assert_says(taken.reason.text, "threads and processes");
	assert_int_equal(take(0, 1, false), 0);
	assert_int_equal(asked("start"), 1);
	close_script();
}

static void test_an_absent_point_keeps_its_reason(void **state)
{
	struct sy_reason reason = { "not on this machine" };

	(void)state;
	open_script(SAMPLE(""));
	sy_result_fail(&d.session.points[0], SY_ABSENT, &reason);
	assert_int_equal(take(0, 1, false), 0);
	assert_int_equal(taken.state, SY_ABSENT);
	assert_string_equal(taken.reason.text, reason.text);
	assert_int_equal(take(1, 1, false), 0);
	close_script();
}

/* What stops it. */

static void test_cancelling_ends_all_at_once(void **state)
{
	uint64_t begin_ns;

	(void)state;
	/* The second slice takes a minute, and quitting too. */
	open_script(SAMPLE("") "; trap '' TERM; sleep 60");
	assert_int_equal(take(0, 1, false), 0);
	assert_int_equal(eventfd_write(d.hooks.cancel_fd, 1), 0);
	assert_int_equal(take(0, 1, false), -ECANCELED);
	begin_ns = sy_clock_ns();
	assert_int_equal(take(1, 1, true), -ECANCELED);
	assert_int_equal(asked("start"), 1);
	close_script();
	assert_true(sy_clock_ns() - begin_ns < 1500 * MS);
}

static int stop(void *data, const struct sy_progress *progress)
{
	assert_string_equal(progress->group_name, d.plan.points[0].name);
	return *(bool *)data;
}

static void test_progress_can_stop_it(void **state)
{
	bool stopping = false;

	(void)state;
	open_script(SAMPLE(""));
	d.hooks.progress = stop;
	d.hooks.data = &stopping;
	assert_int_equal(take(0, 500, false), 0);
	stopping = true;
	assert_int_equal(take(0, 500, false), -ECANCELED);
	assert_int_equal(asked("slice"), 5);
	close_script();
}

static void test_without_a_kernel_nothing_can_be_measured(void **state)
{
	(void)state;
	begin(&d, 1000, 1);
	d.hooks.program = "/nowhere/switchyard";
	add(&d, "cpu", "serial");
	add(&d, "wait", "threads");
	open_demand();
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(take(i, 1, false), -ENOENT);
		assert_says(d.reason.text, "cannot start a worker");
	}
	close_demand();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slices_make_at_least_what_is_asked),
		cmocka_unit_test(
			test_a_slice_that_missed_its_size_is_not_counted),
		cmocka_unit_test(
			test_one_worker_goes_on_until_a_fresh_one_is_asked_for),
		cmocka_unit_test(test_real_workers_are_measured),
		cmocka_unit_test(test_a_dead_worker_costs_its_point_for_good),
		cmocka_unit_test(test_a_wrong_answer_is_never_a_number),
		cmocka_unit_test(test_undeclared_switches_are_judged_each_time),
		cmocka_unit_test(test_a_point_that_does_not_fit_is_not_started),
		cmocka_unit_test(test_an_absent_point_keeps_its_reason),
		cmocka_unit_test(test_cancelling_ends_all_at_once),
		cmocka_unit_test(test_progress_can_stop_it),
		cmocka_unit_test(test_without_a_kernel_nothing_can_be_measured),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
