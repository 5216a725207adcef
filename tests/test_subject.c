/* SPDX-License-Identifier: MIT */
/*
 * test_subject.c - points of every family, opened, sized, run and closed:
 * what a slice shows is what has happened.
 */
#include "extra_fixture.h"

#include "engine/param.h"

static bool visited(const struct sy_slice *slice, int pu)
{
	return slice->visited[pu / 64] >> (pu % 64) & 1;
}

static int count_visited(const struct sy_slice *slice)
{
	int count = 0;

	for (int pu = 0; pu < SY_PUS_MAX; pu++)
		count += visited(slice, pu);
	return count;
}

/* Every model with every workload. */

static void assert_slice(const struct opened *o)
{
	const struct sy_slice *slice = &o->slice;
	const struct sy_workload *workload = o->point.request.workload;
	bool served = sy_request_has_server(&o->point.request);

	assert_true(slice->operations >= 40);
	assert_true(slice->elapsed_ns > 0);
	assert_true(slice->usage.cpu_ns > 0);
	assert_int_equal(slice->alone_operations, 0);
	assert_int_equal(slice->server_ns > 0, served);
	assert_int_equal(count_visited(slice), 1);
	assert_true(visited(slice, o->point.where.pus[0]));
	assert_int_equal(slice->migrations, 0);
	assert_ptr_equal(slice->findings,
	                 workload->settle ? workload->findings : NULL);
	assert_int_equal(slice->latencies.total > 0,
	                 sy_point_stamped(&o->point));
	assert_true(slice->latencies.max <= slice->elapsed_ns);
	if (workload->portion || workload->stamp_shift)
		return;
	assert_int_equal(slice->operations, 40);
	assert_int_equal(slice->latencies.total, 40);
	if (workload->stamped)
		assert_true(slice->latencies.max >= o->point.load.wait_ns);
}

static void check_point(const char *family, const char *row)
{
	struct opened o;
	uint64_t operations = 0;

	opened_point(&o, family, row, 2);
	if (sy_request_absent(&o.point.request))
		return;
	opened_open(&o, "one-pu");
	assert_int_equal(sy_subject_size(o.subject, MS, &operations, &o.reason),
	                 0);
	assert_true(operations >= (o.point.request.workload->portion ? 1 : 2));
	for (int i = 0; i < 2; i++) {
		opened_must_run(&o, 40, 3);
		assert_slice(&o);
	}
	opened_close(&o);
}

static void test_every_model_runs_every_workload(void **state)
{
	(void)state;
	for (size_t w = 0; sy_workloads[w]; w++)
		for (size_t m = 0; sy_models[m]; m++)
			check_point(sy_workloads[w]->name, sy_models[m]->name);
}

/* Every hand-off. */

static void check_handoff(const char *row, const struct sy_mechanism *handoff)
{
	struct opened o;
	double all;

	opened_point(&o, "switch", row, 1);
	opened_open(&o, "one-pu");
	opened_must_run(&o, 1001, 7);
	/* There and back: an odd one is left out. */
	assert_int_equal(o.slice.operations, 1000);
	assert_int_equal(o.slice.latencies.total, 0);
	assert_int_equal(o.slice.server_ns, 0);
	assert_int_equal(o.slice.migrations, 0);
	assert_true(visited(&o.slice, o.point.where.pus[0]));
	assert_int_equal(count_visited(&o.slice), 1);
	assert_int_equal(o.slice.alone_operations, handoff->alone ? 250 : 0);
	assert_int_equal(o.slice.alone_ns > 0, handoff->alone != NULL);
	all = (double)(o.slice.usage.voluntary + o.slice.usage.involuntary);
	assert_true(all >= 980 * handoff->switches_min);
	assert_true(o.slice.usage.voluntary <=
	            1000 * handoff->switches_max + 20);
	opened_close(&o);
}

static void test_every_hand_off_makes_its_switches(void **state)
{
	(void)state;
	for (size_t m = 0; sy_models[m]; m++) {
		const struct sy_mechanism *const *h = sy_models[m]->mechanisms;

		for (; h && *h && !sy_models[m]->absent(); h++) {
			char row[64];

			if ((*h)->family != SY_SWITCH || (*h)->pus_least > 1 ||
			    ((*h)->absent && (*h)->absent()))
				continue;
			snprintf(row, sizeof(row), "%s.%s", sy_models[m]->name,
			         (*h)->name);
			check_handoff(row, *h);
		}
	}
}

/* Memory of the creating process, and what there is to tell of it. */

static void check_detail(uint64_t resident_bytes, const char *detail)
{
	struct opened o;

	opened_point(&o, "spawn", "fork.cow", 1);
	o.point.request.contexts = 1;
	o.point.request.resident_bytes = resident_bytes;
	opened_open(&o, "one-pu");
	opened_must_run(&o, 8, 1);
	assert_int_equal(o.slice.operations, 8);
	assert_int_equal(o.slice.alone_operations, 2);
	assert_int_equal(o.slice.first_operations, 1);
	assert_true(o.slice.first_ns > 0);
	assert_string_equal(o.slice.detail, detail);
	assert_true(visited(&o.slice, o.point.where.pus[0]));
	assert_int_equal(count_visited(&o.slice), 1);
	opened_close(&o);
}

static void test_a_detail_is_told_where_there_is_one(void **state)
{
	(void)state;
	check_detail(0, "1 MiB of its own");
	check_detail(1 << 20, "");
}

/* How many operations there are. */

static void test_operations_are_at_least_a_task_a_lane(void **state)
{
	struct opened o;

	(void)state;
	opened_point(&o, "cpu", "threads", 6);
	opened_open(&o, "one-pu");
	opened_must_run(&o, 1, 1);
	/* A few for each, where filling and draining the lanes would weigh. */
	assert_in_range(o.slice.operations, 6, 6 * 8);
	assert_int_equal(o.slice.operations % 6, 0);
	opened_close(&o);
	opened_point(&o, "switch", "threads.condition", 1);
	opened_open(&o, "one-pu");
	opened_must_run(&o, 1, 1);
	assert_int_equal(o.slice.operations, 2);
	opened_close(&o);
}

static void test_tasks_that_wait_come_in_whole_waves(void **state)
{
	struct opened o;

	(void)state;
	opened_point(&o, "wait", "coroutine", 8);
	opened_open(&o, "one-pu");
	opened_must_run(&o, 21, 0);
	assert_int_equal(o.slice.operations, 24);
	opened_must_run(&o, 19, 0);
	assert_int_equal(o.slice.operations, 16);
	opened_close(&o);
}

/* No more than there is room for stamps; a warm-up neither. */
static void test_operations_are_at_most_what_is_stamped(void **state)
{
	struct opened o;

	(void)state;
	opened_point(&o, "cpu", "serial", 1);
	o.point.load.rounds = 0;
	opened_open(&o, "one-pu");
	opened_must_run(&o, 10000000, 10000000);
	assert_int_equal(o.slice.operations, 1 << 17);
	assert_int_equal(o.slice.latencies.total, 1 << 17);
	opened_close(&o);
	/* Without stamps there is no such bound, and no latency. */
	opened_point(&o, "cpu", "serial", 1);
	o.point.load.rounds = 0;
	o.point.request.grain_ns = 100;
	opened_open(&o, "one-pu");
	opened_must_run(&o, 200000, 0);
	assert_int_equal(o.slice.operations, 200000);
	assert_int_equal(o.slice.latencies.total, 0);
	opened_close(&o);
}

/* Other work on the machine can make any one trial long. */
static void test_a_slice_is_sized_by_time(void **state)
{
	struct opened o;
	bool near = false;

	(void)state;
	opened_point(&o, "cpu", "serial", 1);
	o.point.load.rounds = 2000;
	opened_open(&o, "one-pu");
	for (int i = 0; i < 20 && !near; i++) {
		uint64_t operations = 0;

		assert_int_equal(sy_subject_size(o.subject, 5 * MS, &operations,
		                                 &o.reason),
		                 0);
		opened_must_run(&o, operations, 1);
		near = o.slice.elapsed_ns > 4 * MS &&
		       o.slice.elapsed_ns < 7 * MS;
	}
	assert_true(near);
	opened_close(&o);
}

/* Only a study's program heeds the variable. */
static void test_the_program_carries_out_what_was_asked_for(void **state)
{
	struct opened o;

	(void)state;
	setenv(EXTRA_VARIABLE, "10", 1);
	extra_open(&o, "cpu", "coroutine", 16);
	opened_must_run(&o, 1600, 3);
	assert_int_equal(o.slice.operations, 1600);
	assert_int_equal(o.slice.performed, 1600);
	assert_int_equal(tasks_done(&o), 1600);
	opened_close(&o);
	extra_open(&o, "switch", "threads.pipe", 1);
	opened_must_run(&o, 2000, 2);
	assert_int_equal(o.slice.performed, 2000);
	assert_switches(&o, 2000);
	opened_close(&o);
	unsetenv(EXTRA_VARIABLE);
}

/* What is counted. */

static void check_switches(const char *row)
{
	struct opened o;

	opened_point(&o, "wait", row, 4);
	opened_open(&o, "one-pu");
	opened_must_run(&o, 200, 4);
	/* A sleep is a switch, in whatever thread or process. */
	if (o.slice.usage.voluntary < 190)
		fail_msg("%s: %llu", row,
		         (unsigned long long)o.slice.usage.voluntary);
	opened_close(&o);
}

static void test_switches_of_threads_and_processes_count(void **state)
{
	(void)state;
	check_switches("serial");
	check_switches("threads");
	check_switches("semaphore");
	check_switches("pool");
	check_switches("fork");
}

/* A batch of tasks that compute shows up as time, wherever it is done. */
static void check_cpu_time(const char *row)
{
	struct opened o;

	opened_point(&o, "cpu", row, 2);
	o.point.load.rounds = 100000;
	opened_open(&o, "one-pu");
	opened_must_run(&o, 40, 0);
	/* Some 5 ms; the counters of a task that others push aside stand. */
	if (o.slice.usage.cpu_ns < 2 * MS)
		fail_msg("%s: %llu ns", row,
		         (unsigned long long)o.slice.usage.cpu_ns);
	opened_close(&o);
}

static void test_cpu_time_of_threads_and_processes_counts(void **state)
{
	(void)state;
	check_cpu_time("serial");
	check_cpu_time("threads");
	check_cpu_time("pool");
	check_cpu_time("fork");
}

static void check_spread(const char *row)
{
	struct opened o;

	opened_point(&o, "wait", row, 8);
	opened_open(&o, "spread");
	opened_must_run(&o, 40, 0);
	assert_int_equal(count_visited(&o.slice), o.point.where.count);
	for (unsigned i = 0; i < o.point.where.count; i++)
		assert_true(visited(&o.slice, o.point.where.pus[i]));
	assert_int_equal(o.slice.migrations, 0);
	opened_close(&o);
}

static void test_all_pus_of_a_placement_are_visited(void **state)
{
	int pus[SY_PUS_MAX];

	(void)state;
	if (allowed_pus(pus, SY_PUS_MAX) > 8)
		skip(); /* there are eight contexts */
	check_spread("threads");
	check_spread("pool");
}

/* The loop of serial, moved to another PU before each task. */
static int pus_of_hop[2];

static int run_hop(void *state)
{
	struct sy_batch *batch = *(struct sy_batch **)state;

	for (uint64_t i = 0; i < batch->task_count; i++) {
		cpu_set_t one;

		CPU_ZERO(&one);
		CPU_SET((size_t)pus_of_hop[i % 2], &one);
		sched_setaffinity(0, sizeof(one), &one);
		sy_context_see(&batch->contexts[0]);
		sy_task_begin(batch, batch->lanes, i);
		while (batch->step(&batch->lanes->task).kind != SY_DONE)
			;
		sy_task_end(batch, batch->lanes);
	}
	return 0;
}

static void test_migrations_of_a_slice_are_its_own(void **state)
{
	struct sy_model hop = *sy_models[0];
	struct opened o;

	(void)state;
	if (allowed_pus(pus_of_hop, 2) < 2)
		skip(); /* nowhere to go */
	opened_point(&o, "cpu", "serial", 1);
	o.point.load.rounds = 0;
	hop.run = run_hop;
	o.point.request.model = &hop;
	opened_open(&o, "none");
	for (int i = 0; i < 3; i++) {
		opened_must_run(&o, 9, 3);
		assert_int_equal(o.slice.migrations, 8);
		assert_int_equal(count_visited(&o.slice), 2);
	}
	opened_close(&o);
}

static void test_spinners_come_and_go(void **state)
{
	struct opened o;

	(void)state;
	opened_point(&o, "cpu", "threads", 2);
	o.point.request.hold_awake = true;
	opened_open(&o, "one-pu");
	assert_int_equal(look().children, o.before.children + 1);
	opened_must_run(&o, 40, 1);
	assert_slice(&o);
	opened_close(&o);
}

/* The PUs that children are bound to, one each. */
static void find_spinners(cpu_set_t *held)
{
	char path[64];
	FILE *file;
	int child;

	CPU_ZERO(held);
	snprintf(path, sizeof(path), "/proc/self/task/%d/children", getpid());
	file = fopen(path, "re");
	assert_non_null(file);
	while (fscanf(file, "%d", &child) == 1) {
		cpu_set_t own;

		assert_int_equal(sched_getscheduler(child), SCHED_IDLE);
		assert_int_equal(sched_getaffinity(child, sizeof(own), &own),
		                 0);
		assert_int_equal(CPU_COUNT(&own), 1);
		CPU_OR(held, held, &own);
	}
	fclose(file);
}

/* Contexts that are not bound may be on any PU, so all are held awake. */
static void test_unbound_contexts_find_every_pu_awake(void **state)
{
	struct opened o;
	cpu_set_t held;

	(void)state;
	opened_point(&o, "cpu", "threads", 2);
	o.point.request.hold_awake = true;
	opened_open(&o, "none");
	assert_int_equal(look().children,
	                 o.before.children + CPU_COUNT(&o.affinity));
	find_spinners(&held);
	assert_true(CPU_EQUAL(&held, &o.affinity));
	opened_must_run(&o, 40, 1);
	assert_int_equal(o.slice.operations, 40);
	opened_close(&o);
}

/* What libraries keep for good once they were used is not the models'. */
static int warm_up(void **state)
{
	(void)state;
	for (size_t m = 0; sy_models[m]; m++) {
		struct opened o;

		if (sy_models[m]->absent())
			continue;
		opened_point(&o, "io", sy_models[m]->name, 2);
		opened_open(&o, "one-pu");
		sy_subject_close(o.subject);
		sy_point_release(&o.point);
		sched_setaffinity(0, sizeof(o.affinity), &o.affinity);
	}
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_model_runs_every_workload),
		cmocka_unit_test(test_every_hand_off_makes_its_switches),
		cmocka_unit_test(test_a_detail_is_told_where_there_is_one),
		cmocka_unit_test(test_operations_are_at_least_a_task_a_lane),
		cmocka_unit_test(test_tasks_that_wait_come_in_whole_waves),
		cmocka_unit_test(test_operations_are_at_most_what_is_stamped),
		cmocka_unit_test(test_a_slice_is_sized_by_time),
		cmocka_unit_test(
			test_the_program_carries_out_what_was_asked_for),
		cmocka_unit_test(test_switches_of_threads_and_processes_count),
		cmocka_unit_test(test_cpu_time_of_threads_and_processes_counts),
		cmocka_unit_test(test_all_pus_of_a_placement_are_visited),
		cmocka_unit_test(test_migrations_of_a_slice_are_its_own),
		cmocka_unit_test(test_spinners_come_and_go),
		cmocka_unit_test(test_unbound_contexts_find_every_pu_awake),
	};

	return cmocka_run_group_tests(tests, warm_up, NULL);
}
