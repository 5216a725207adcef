/* SPDX-License-Identifier: MIT */
/*
 * test_summary.c - from samples to results.json: estimates, efficiency, noise,
 * and no number where a point has none.
 */
#include "summary_fixture.h"

#include "stats/stats.h"

static struct made made;

static int set_up(void **state)
{
	(void)state;
	made_open(&made);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	made_close(&made);
	return 0;
}

static void test_estimates_are_medians_with_intervals(void **state)
{
	static const uint64_t ns[] = {
		100, 104, 120, 101, 102, 103, 99, 98, 105
	};
	struct sy_slice *slice;
	const json_t *point;
	double low, high;

	(void)state;
	made_add(&made, "cpu", "serial", 1, -1);
	made_begin(&made);
	for (uint32_t i = 0; i < 9; i++) {
		slice = made_slice(ns[i]);
		made_put(&made.session.points[0], slice, i / 3, i % 3);
		free(slice);
	}
	made_sum_up(&made);
	point = made_point(&made, 0);
	assert_near(number_in(point, "ns_per_op", "value"), 102);
	low = number_in(point, "ns_per_op", "low");
	high = number_in(point, "ns_per_op", "high");
	assert_true(low < 102 && low >= 98 && high > 102 && high <= 120);
	assert_near(number_in(point, "ops_per_s", "value"), 1e9 / 102);
	assert_near(number_in(point, "ops_per_s", "low"), 1e9 / high);
	assert_near(number_in(point, "ops_per_s", "high"), 1e9 / low);
	assert_null(json_object_get(point, "net_ns"));
	assert_null(json_object_get(point, "modes"));
	assert_null(json_object_get(point, "latency_ns"));
}

static void test_counts_are_an_operation(void **state)
{
	struct sy_slice *slice = made_slice(100);
	struct sy_result *result;
	const json_t *point;
	json_t *pus;

	(void)state;
	made_add(&made, "cpu", "threads", 2, -1);
	made_begin(&made);
	result = &made.session.points[0];
	slice->usage = (struct sy_usage){ 1500, 250, 90000 };
	slice->migrations = 2;
	slice->visited[0] = 1;
	made_put(result, slice, 0, 0);
	slice->visited[0] = 0;
	slice->visited[1] = 2;
	made_put(result, slice, 0, 1);
	made_put(result, slice, 3, 0);
	result->dropped = 4;
	result->slice_operations = OPERATIONS;
	made_sum_up(&made);
	point = made_point(&made, 0);
	assert_near(number_in(point, "slices", NULL), 3);
	assert_near(number_in(point, "sets", NULL), 2);
	assert_near(number_in(point, "dropped", NULL), 4);
	assert_near(number_in(point, "operations", NULL), 3 * OPERATIONS);
	assert_near(number_in(point, "slice_operations", NULL), OPERATIONS);
	assert_near(number_in(point, "switches_per_op", "voluntary"), 1.5);
	assert_near(number_in(point, "switches_per_op", "involuntary"), 0.25);
	assert_near(number_in(point, "cpu_ns_per_op", NULL), 90);
	assert_near(number_in(point, "migrations", NULL), 6);
	pus = json_object_get(point, "pus_visited");
	assert_int_equal(json_array_size(pus), 2);
	assert_int_equal(json_integer_value(json_array_get(pus, 0)), 0);
	assert_int_equal(json_integer_value(json_array_get(pus, 1)), 65);
	free(slice);
}

static void test_net_is_raw_less_the_mechanism_alone(void **state)
{
	struct sy_slice *slice = made_slice(1000);

	(void)state;
	made_add(&made, "switch", "threads.condition", 2, -1);
	made_begin(&made);
	slice->alone_operations = OPERATIONS / 4;
	slice->alone_ns = 300 * slice->alone_operations;
	for (uint32_t i = 0; i < 6; i++)
		made_put(&made.session.points[0], slice, 0, i);
	made_sum_up(&made);
	assert_near(number_in(made_point(&made, 0), "ns_per_op", "value"),
	            1000);
	assert_near(number_in(made_point(&made, 0), "net_ns", "value"), 700);
	free(slice);
}

static void test_two_modes_are_told(void **state)
{
	struct sy_slice *fast = made_slice(100), *slow = made_slice(400);

	(void)state;
	made_add(&made, "cpu", "serial", 1, -1);
	made_begin(&made);
	for (uint32_t i = 0; i < 20; i++)
		made_put(&made.session.points[0], i % 3 ? fast : slow, i / 5,
		         i % 5);
	made_sum_up(&made);
	assert_near(number_in(made_point(&made, 0), "modes", "lower"), 100);
	assert_near(number_in(made_point(&made, 0), "modes", "upper"), 400);
	free(fast);
	free(slow);
}

static void test_percentiles_are_shown_where_enough_lie_beyond(void **state)
{
	struct sy_slice *slice = made_slice(100);
	const json_t *latency;

	(void)state;
	made_add(&made, "wait", "threads", 1, -1);
	made_begin(&made);
	for (uint64_t i = 1; i <= 2000; i++)
		sy_histogram_add(&slice->latencies, i * 1000);
	for (uint32_t i = 0; i < 10; i++)
		made_put(&made.session.points[0], slice, 0, i);
	made_sum_up(&made);
	latency = json_object_get(made_point(&made, 0), "latency_ns");
	assert_near(number_in(latency, "count", NULL), 20000);
	assert_near(number_in(latency, "max", NULL), 2000000);
	assert_in_range((uint64_t)number_in(latency, "p50", NULL), 980000,
	                1020000);
	assert_in_range((uint64_t)number_in(latency, "p90", NULL), 1770000,
	                1830000);
	assert_in_range((uint64_t)number_in(latency, "p99", NULL), 1940000,
	                2020000);
	assert_null(json_object_get(latency, "p99.9")); /* 20 beyond it */
	free(slice);
}

/* Efficiency. */

static void test_efficiency_is_against_serial_on_every_pu(void **state)
{
	(void)state;
	made_add(&made, "cpu", "serial", 2, -1);
	made_add(&made, "cpu", "threads", 2, -1);
	made_begin(&made);
	made_fill(&made.session.points[0], 120, 2, 5);
	made_fill(&made.session.points[1], 80, 2, 5);
	made_sum_up(&made);
	assert_near(number_in(made_point(&made, 0), "efficiency", "value"),
	            0.5);
	assert_near(number_in(made_point(&made, 1), "efficiency", "value"),
	            0.75);
	assert_near(number_in(made_point(&made, 1), "efficiency", "low"), 0.75);
	assert_near(number_in(made_point(&made, 1), "efficiency", "high"),
	            0.75);
}

static void test_no_efficiency_without_serial_or_beside_cpu(void **state)
{
	(void)state;
	made_add(&made, "cpu", "pool", 2, -1);
	made_add(&made, "cpu", "threads", 2, -1);
	made_add(&made, "wait", "serial", 2, -1);
	made_add(&made, "wait", "threads", 2, -1);
	made_begin(&made);
	for (size_t i = 0; i < made.plan.count; i++)
		made_fill(&made.session.points[i], 100, 1, 5);
	made_sum_up(&made);
	for (size_t i = 0; i < made.plan.count; i++)
		assert_null(
			json_object_get(made_point(&made, i), "efficiency"));
}

static void test_a_serial_that_failed_is_no_measure(void **state)
{
	struct sy_reason reason = { "broke" };

	(void)state;
	made_add(&made, "cpu", "serial", 2, -1);
	made_add(&made, "cpu", "threads", 2, -1);
	made_begin(&made);
	made_fill(&made.session.points[0], 100, 1, 5);
	made_fill(&made.session.points[1], 100, 1, 5);
	sy_result_fail(&made.session.points[0], SY_WRONG, &reason);
	made_sum_up(&made);
	assert_null(json_object_get(made_point(&made, 1), "efficiency"));
}

/* Points without a number. */

static void assert_no_number(size_t i, const char *state, const char *reason)
{
	static const char *const keys[] = { "ns_per_op", "ops_per_s",
		                            "net_ns",    "latency_ns",
		                            "modes",     "efficiency",
		                            "slices" };
	const json_t *point = made_point(&made, i);

	assert_string_equal(text_in(point, "state"), state);
	assert_string_equal(text_in(point, "reason"), reason);
	assert_string_equal(text_in(point, "name"), made.plan.points[i].name);
	for (size_t k = 0; k < sizeof(keys) / sizeof(*keys); k++)
		assert_null(json_object_get(point, keys[k]));
}

static void test_a_point_that_failed_has_a_reason_and_no_number(void **state)
{
	static const enum sy_state states[] = { SY_ABSENT, SY_FAILED,
		                                SY_WRONG };
	static const char *const names[] = { "absent", "failed", "wrong" };
	static const char *const models[] = { "threads", "pool", "fork" };
	struct sy_reason later = { "later" };
	size_t i;

	(void)state;
	made_add(&made, "cpu", "serial", 1, -1);
	for (i = 0; i < 3; i++)
		made_add(&made, "cpu", models[i], 1, -1);
	made_add(&made, "cpu", "semaphore", 1, -1);
	made_begin(&made);
	made_fill(&made.session.points[0], 100, 1, 5);
	for (i = 0; i < 3; i++) {
		struct sy_reason reason;

		/* It had been measured until then. */
		if (states[i] != SY_ABSENT)
			made_fill(&made.session.points[i + 1], 10, 1, 5);
		sy_reason(&reason, 0, "as %s", models[i]);
		sy_result_fail(&made.session.points[i + 1], states[i], &reason);
		sy_result_fail(&made.session.points[i + 1], SY_FAILED, &later);
	}
	made_sum_up(&made);
	assert_no_number(1, names[0], "as threads");
	assert_no_number(2, names[1], "as pool");
	assert_no_number(3, names[2], "as fork");
	assert_no_number(4, "stopped", "(none)");
	assert_string_equal(text_in(made_point(&made, 0), "state"), "measured");
	assert_near(number_in(made_point(&made, 0), "ns_per_op", "value"), 100);
}

/* The whole. */

static void test_noise_is_of_neighbours(void **state)
{
	struct sy_result *a = &made.session.sentinels[0];
	struct sy_result *b = &made.session.sentinels[1];

	(void)state;
	made_begin(&made);
	assert_true(sy_summary_noise(&made.session) < 0);
	/* The machine's speed drifts; b misses one round of a, a one of b. */
	for (uint32_t i = 0; i < 20; i++) {
		struct sy_slice *slice = made_slice(1000 + 400 * (i % 7));

		if (i != 5)
			made_put(a, slice, i / 10, i % 10 * 4);
		if (i != 3)
			made_put(b, slice, i / 10, i % 10 * 4);
		free(slice);
	}
	made_sum_up(&made);
	assert_near(number_in(made.results, "sentinel", "pairs"), 18);
	assert_true(number_in(made.results, "sentinel", "spread") < 1e-9);
}

static void test_noise_is_the_spread_of_ratios(void **state)
{
	(void)state;
	made_begin(&made);
	for (uint32_t i = 0; i < 40; i++) {
		struct sy_slice *a = made_slice(1000);
		struct sy_slice *b = made_slice(i % 2 ? 1000 : 1020);

		made_put(&made.session.sentinels[0], a, 0, i);
		made_put(&made.session.sentinels[1], b, 0, i);
		free(a);
		free(b);
	}
	/* 1.4826 times half of the 2 % between the two. */
	assert_in_range((uint64_t)(1e6 * sy_summary_noise(&made.session) + 0.5),
	                14000, 15000);
}

static void test_no_sentinel_is_no_noise(void **state)
{
	(void)state;
	made_begin(&made);
	made_sum_up(&made);
	assert_true(json_is_null(json_object_get(
		json_object_get(made.results, "sentinel"), "spread")));
	assert_near(number_in(made.results, "sentinel", "pairs"), 0);
}

static void test_the_run_is_told(void **state)
{
	const json_t *machine;

	(void)state;
	made_add(&made, "cpu", "serial", 1, -1);
	made_begin(&made);
	made.plan.seed = 77;
	made.session.kernel_round_ns = 1.5;
	made.session.wall_ns = 9;
	made.session.sliced_ns = 8;
	made_sum_up(&made);
	assert_near(number_in(made.results, "schema", NULL), 1);
	assert_near(number_in(made.results, "seed", NULL), 77);
	assert_near(number_in(made.results, "wall_ns", NULL), 9);
	assert_near(number_in(made.results, "sliced_ns", NULL), 8);
	assert_near(number_in(made.results, "kernel_round_ns", NULL), 1.5);
	assert_string_equal(text_in(made.results, "machine_id"),
	                    "feedfacecafebeef");
	assert_true(
		json_is_false(json_object_get(made.results, "interrupted")));
	machine = json_object_get(made.results, "machine");
	assert_string_equal(text_in(machine, "summary"),
	                    "Model T, 2 PUs, guest of kvm, Linux 6.1.0");
	json_decref(made.results);
	made.session.interrupted = true;
	made_sum_up(&made);
	assert_true(json_is_true(json_object_get(made.results, "interrupted")));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_estimates_are_medians_with_intervals),
		TEST(test_counts_are_an_operation),
		TEST(test_net_is_raw_less_the_mechanism_alone),
		TEST(test_two_modes_are_told),
		TEST(test_percentiles_are_shown_where_enough_lie_beyond),
		TEST(test_efficiency_is_against_serial_on_every_pu),
		TEST(test_no_efficiency_without_serial_or_beside_cpu),
		TEST(test_a_serial_that_failed_is_no_measure),
		TEST(test_a_point_that_failed_has_a_reason_and_no_number),
		TEST(test_noise_is_of_neighbours),
		TEST(test_noise_is_the_spread_of_ratios),
		TEST(test_no_sentinel_is_no_noise),
		TEST(test_the_run_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
