/* SPDX-License-Identifier: MIT */
/*
 * test_gbench.c - the part of results.json that Google Benchmark's tools read.
 */
#include "summary_fixture.h"

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

static const json_t *entry(size_t i)
{
	return json_array_get(json_object_get(made.results, "benchmarks"), i);
}

/* What Google Benchmark's reporter writes of every entry. */
static void assert_fields(const json_t *json, const char *run_name,
                          const char *suffix, const char *run_type)
{
	char name[SY_NAME_BYTES + 20];

	snprintf(name, sizeof(name), "%s%s", run_name, suffix);
	assert_string_equal(text_in(json, "name"), name);
	assert_string_equal(text_in(json, "run_name"), run_name);
	assert_string_equal(text_in(json, "run_type"), run_type);
	assert_string_equal(text_in(json, "time_unit"), "ns");
	number_in(json, "family_index", NULL);
	number_in(json, "per_family_instance_index", NULL);
	number_in(json, "repetitions", NULL);
	number_in(json, "threads", NULL);
	number_in(json, "iterations", NULL);
	number_in(json, "real_time", NULL);
	number_in(json, "cpu_time", NULL);
}

static void assert_repetition(size_t i, const char *name, int index, double ns)
{
	assert_fields(entry(i), name, "", "iteration");
	assert_near(number_in(entry(i), "repetitions", NULL), 3);
	assert_near(number_in(entry(i), "repetition_index", NULL), index);
	assert_near(number_in(entry(i), "real_time", NULL), ns);
	assert_near(number_in(entry(i), "items_per_second", NULL), 1e9 / ns);
	assert_near(number_in(entry(i), "iterations", NULL), OPERATIONS);
	/* Of this set alone: tests over repetitions compare these, too. */
	assert_near(number_in(entry(i), "cpu_time", NULL), 50 + 10 * index);
}

static void assert_aggregate(size_t i, const char *name, const char *what,
                             double ns, double cpu_ns)
{
	char suffix[20];

	snprintf(suffix, sizeof(suffix), "_%s", what);
	assert_fields(entry(i), name, suffix, "aggregate");
	assert_string_equal(text_in(entry(i), "aggregate_name"), what);
	assert_string_equal(text_in(entry(i), "aggregate_unit"), "time");
	assert_null(json_object_get(entry(i), "repetition_index"));
	assert_near(number_in(entry(i), "real_time", NULL), ns);
	assert_near(number_in(entry(i), "cpu_time", NULL), cpu_ns);
}

static void test_a_set_is_a_repetition(void **state)
{
	/* Medians 100, 200, 300; of all 200; they deviate by 100. */
	static const uint64_t ns[] = { 90,  100, 110, 200, 200,
		                       150, 280, 300, 320 };
	struct sy_result *result;
	const char *name;

	(void)state;
	made_add(&made, "cpu", "serial", 1, -1);
	made_begin(&made);
	result = &made.session.points[0];
	result->slice_operations = OPERATIONS;
	for (uint32_t i = 0; i < 9; i++) {
		struct sy_slice *slice = made_slice(ns[i]);

		/* On average of a set 50, 60, 70. */
		slice->usage.cpu_ns =
			(50 + i / 3 * 10 + (i % 3) * 5 - 5) * OPERATIONS;
		made_put(result, slice, i / 3 * 2, i % 3);
		free(slice);
	}
	made_sum_up(&made);
	name = made.plan.points[0].name;
	for (int i = 0; i < 3; i++)
		assert_repetition((size_t)i, name, i, 100 * (i + 1));
	assert_aggregate(3, name, "median", 200, 60);
	assert_aggregate(4, name, "stddev", 100, 10);
	assert_null(entry(5));
}

static void test_a_point_that_failed_is_an_error(void **state)
{
	struct sy_reason reason = { "broke" };
	static const enum sy_state states[] = { SY_ABSENT, SY_FAILED,
		                                SY_WRONG };
	static const char *const models[] = { "threads", "pool", "fork" };

	(void)state;
	made_add(&made, "cpu", "serial", 1, -1); /* never came to be measured */
	for (size_t i = 0; i < 3; i++)
		made_add(&made, "cpu", models[i], 1, -1);
	made_begin(&made);
	made_fill(&made.session.points[3], 10, 1, 5);
	for (size_t i = 0; i < 3; i++)
		sy_result_fail(&made.session.points[i + 1], states[i], &reason);
	made_sum_up(&made);
	for (size_t i = 0; i < 3; i++) {
		assert_fields(entry(i), made.plan.points[i + 1].name, "",
		              "iteration");
		assert_true(json_is_true(
			json_object_get(entry(i), "error_occurred")));
		assert_string_equal(text_in(entry(i), "error_message"),
		                    "broke");
		assert_near(number_in(entry(i), "real_time", NULL), 0);
	}
	assert_null(entry(3));
}

static void set_cpu(const char *key, json_t *value)
{
	json_object_set_new(json_object_get(made.machine, "cpu"), key, value);
}

static void test_the_context_is_the_machine_s(void **state)
{
	const json_t *context;

	(void)state;
	json_object_set_new(made.machine, "caches",
	                    json_pack("[{ss si si si}, {ss sn si si}]", "type",
	                              "Data", "level", 1, "size", 4096,
	                              "num_sharing", 2, "type", "Unified",
	                              "level", "size", 4096, "num_sharing", 2));
	json_object_set_new(made.machine, "load",
	                    json_pack("{sf sf sf}", "one_minute", 0.5,
	                              "five_minutes", 0.25, "fifteen_minutes",
	                              0.125));
	set_cpu("mhz", json_integer(2596));
	made_begin(&made);
	made_sum_up(&made);
	context = json_object_get(made.results, "context");
	assert_near(number_in(context, "num_cpus", NULL), 2);
	assert_string_equal(text_in(context, "executable"), "switchyard");
	assert_int_equal(strlen(text_in(context, "date")), 25);
	assert_true(
		!strcmp(text_in(context, "library_build_type"), "release") ||
		!strcmp(text_in(context, "library_build_type"), "debug"));
	assert_int_equal(json_array_size(json_object_get(context, "caches")),
	                 1);
	assert_int_equal(json_array_size(json_object_get(context, "load_avg")),
	                 3);
	assert_near(number_in(context, "mhz_per_cpu", NULL), 2596);
	assert_true(
		json_is_false(json_object_get(context, "cpu_scaling_enabled")));
}

static void test_a_governor_scales_the_clock_rate(void **state)
{
	const json_t *context;

	(void)state;
	set_cpu("governor", json_string("powersave"));
	set_cpu("frequency_max_khz", json_string("3600000"));
	set_cpu("mhz", json_integer(800));
	made_begin(&made);
	made_sum_up(&made);
	context = json_object_get(made.results, "context");
	assert_near(number_in(context, "mhz_per_cpu", NULL), 3600);
	assert_true(
		json_is_true(json_object_get(context, "cpu_scaling_enabled")));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_set_is_a_repetition),
		TEST(test_a_point_that_failed_is_an_error),
		TEST(test_the_context_is_the_machine_s),
		TEST(test_a_governor_scales_the_clock_rate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
