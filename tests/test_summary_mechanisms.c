/* SPDX-License-Identifier: MIT */
/*
 * test_summary_mechanisms.c - what results.json says of hand-offs, of created
 * and of waiting contexts beside their time.
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

/* Hand-offs stand on two PUs here: on one their switches are judged.  Eight
   slices of one set; those of `alone` and of the run are ns an operation,
   the run's with one more in each. */
static void fill_net(size_t point, uint64_t ns, uint64_t step,
                     uint64_t alone_ns)
{
	struct sy_slice *slice = made_slice(ns);

	slice->alone_operations = OPERATIONS / 4;
	slice->alone_ns = alone_ns * slice->alone_operations;
	for (uint32_t i = 0; i < 8; i++) {
		slice->elapsed_ns = (ns + i * step) * OPERATIONS;
		made_put(&made.session.points[point], slice, 0, i);
	}
	free(slice);
}

static bool flag(const json_t *json, const char *key)
{
	const json_t *value = json_object_get(json, key);

	assert_true(!value || json_is_true(value));
	return value;
}

static void test_a_net_around_zero_is_marked_and_kept(void **state)
{
	(void)state;
	made_add(&made, "switch", "threads.condition", 2, -1);
	made_add(&made, "switch", "semaphore.posix", 2, -1);
	made_begin(&made);
	fill_net(0, 100, 1, 104);
	fill_net(1, 200, 1, 104);
	made_sum_up(&made);
	assert_true(flag(made_point(&made, 0), "net_is_zero"));
	assert_true(number_in(made_point(&made, 0), "net_ns", "low") <= 0);
	assert_near(number_in(made_point(&made, 0), "alone_ns", "value"), 104);
	assert_false(flag(made_point(&made, 1), "net_is_zero"));
	assert_near(number_in(made_point(&made, 1), "net_ns", "value"), 99.5);
}

/* One that has nothing to take off has no net. */
static void test_without_calls_alone_there_is_no_net(void **state)
{
	(void)state;
	made_add(&made, "switch", "serial.call", 2, -1);
	made_begin(&made);
	made_fill(&made.session.points[0], 3, 1, 5);
	made_sum_up(&made);
	assert_null(json_object_get(made_point(&made, 0), "net_ns"));
	assert_null(json_object_get(made_point(&made, 0), "alone_ns"));
	assert_null(json_object_get(made_point(&made, 0), "net_is_zero"));
}

static void test_references_are_told_and_win_nothing(void **state)
{
	const json_t *groups;

	(void)state;
	made_add(&made, "switch", "serial.call", 2, -1);
	made_add(&made, "switch", "threads.condition", 2, -1);
	made_begin(&made);
	made_fill(&made.session.points[0], 3, 1, 5);
	made_fill(&made.session.points[1], 3000, 1, 5);
	made_sum_up(&made);
	assert_true(flag(made_point(&made, 0), "reference"));
	assert_false(flag(made_point(&made, 1), "reference"));
	groups = json_object_get(made.results, "groups");
	assert_string_equal(text_in(json_array_get(groups, 0), "best"),
	                    "threads.condition");
	assert_int_equal(json_array_size(json_object_get(
				 json_array_get(groups, 0), "others")),
	                 0);
}

static void test_what_is_not_bound_is_a_mixture(void **state)
{
	(void)state;
	made_add(&made, "switch", "threads.condition", 2, -1);
	made_add(&made, "switch", "serial.call", 2, -1);
	made_add(&made, "switch", "semaphore.posix", 2, -1);
	made_add(&made, "spawn", "threads.join", 2, -1);
	made_begin(&made);
	for (size_t i = 0; i < made.plan.count; i++)
		made.plan.points[i].where.bound = i == 2;
	made_sum_up(&made);
	assert_true(flag(made_point(&made, 0), "mixture"));
	assert_false(flag(made_point(&made, 1), "mixture"));
	assert_false(flag(made_point(&made, 2), "mixture"));
	assert_false(flag(made_point(&made, 3), "mixture"));
}

/* One value a set, whatever the number of slices. */
static void test_what_comes_first_is_once_a_set(void **state)
{
	static const uint64_t first_ns[] = { 500, 900, 700 };
	struct sy_slice *slice = made_slice(100);

	(void)state;
	made_add(&made, "spawn", "threads.join", 1, -1);
	made_begin(&made);
	slice->first_operations = 2;
	for (uint32_t set = 0; set < 3; set++)
		for (uint32_t i = 0; i < 1 + 4 * set; i++) {
			slice->first_ns = 2 * first_ns[set];
			made_put(&made.session.points[0], slice, set, i);
		}
	made_sum_up(&made);
	/* The last set has most slices, and no more weight. */
	assert_near(number_in(made_point(&made, 0), "first_ns", "value"), 700);
	assert_near(number_in(made_point(&made, 0), "ns_per_op", "value"), 100);
	free(slice);
}

/* Bytes and ns a context in all slices. */
static void fill_memory(size_t point, uint64_t bytes, uint64_t ns)
{
	struct sy_slice *slice = made_slice(ns);

	slice->bytes = bytes * OPERATIONS;
	slice->slab_bytes = 5 * OPERATIONS;
	snprintf(slice->detail, sizeof(slice->detail), "marked page");
	for (uint32_t set = 0; set < 5; set++)
		made_put(&made.session.points[point], slice, set, 0);
	free(slice);
}

/* The one that takes less memory took more time. */
static void test_waiting_contexts_are_compared_by_memory(void **state)
{
	const json_t *group, *other;

	(void)state;
	made_add(&made, "idle", "threads.parked", 1, -1);
	made_add(&made, "idle", "fork.parked", 1, -1);
	made_begin(&made);
	fill_memory(0, 24000, 900);
	fill_memory(1, 96000, 300);
	made_sum_up(&made);
	assert_near(
		number_in(made_point(&made, 0), "bytes_per_context", "value"),
		24000);
	assert_near(number_in(made_point(&made, 0), "slab_bytes_per_context",
	                      "value"),
	            5);
	assert_near(number_in(made_point(&made, 0), "ns_per_op", "value"), 900);
	assert_string_equal(text_in(made_point(&made, 0), "detail"),
	                    "marked page");
	group = json_array_get(json_object_get(made.results, "groups"), 0);
	assert_string_equal(text_in(group, "best"), "threads.parked");
	assert_string_equal(text_in(group, "by"), "bytes_per_context");
	other = json_array_get(json_object_get(group, "others"), 0);
	assert_near(number_in(other, "ratio", "value"), 4);
	assert_string_equal(text_in(other, "verdict"), "larger");
}

static void test_others_are_compared_by_time(void **state)
{
	const json_t *group;

	(void)state;
	made_add(&made, "spawn", "threads.join", 1, -1);
	made_add(&made, "spawn", "fork.wait", 1, -1);
	made_begin(&made);
	made_fill(&made.session.points[0], 300, 1, 5);
	made_fill(&made.session.points[1], 600, 1, 5);
	made_sum_up(&made);
	group = json_array_get(json_object_get(made.results, "groups"), 0);
	assert_null(json_object_get(group, "by"));
	assert_string_equal(
		text_in(json_array_get(json_object_get(group, "others"), 0),
	                "verdict"),
		"slower");
	assert_null(json_object_get(made_point(&made, 0), "first_ns"));
	assert_null(json_object_get(made_point(&made, 0), "bytes_per_context"));
}

/* As counters of Google Benchmark: a set is a repetition. */
static void test_counters_are_those_of_the_set(void **state)
{
	struct sy_slice *slice = made_slice(100);
	const json_t *entries, *median;

	(void)state;
	made_add(&made, "idle", "threads.parked", 1, -1);
	made_begin(&made);
	for (uint32_t set = 0; set < 3; set++)
		for (uint32_t i = 0; i < 3; i++) {
			slice->bytes = (1000 * (set + 1) + i) * OPERATIONS;
			slice->slab_bytes = 7 * OPERATIONS;
			made_put(&made.session.points[0], slice, set, i);
		}
	made_sum_up(&made);
	entries = json_object_get(made.results, "benchmarks");
	for (size_t set = 0; set < 3; set++) {
		const json_t *entry = json_array_get(entries, set);

		assert_near(number_in(entry, "bytes_per_context", NULL),
		            1000.0 * ((double)set + 1) + 1);
		assert_near(number_in(entry, "slab_bytes_per_context", NULL),
		            7);
		assert_null(json_object_get(entry, "net_ns"));
		assert_null(json_object_get(entry, "first_ns"));
	}
	median = json_array_get(entries, 3);
	assert_near(number_in(median, "bytes_per_context", NULL), 2001);
	assert_null(json_object_get(json_array_get(entries, 4),
	                            "bytes_per_context"));
	free(slice);
}

static void test_first_and_net_are_counters(void **state)
{
	struct sy_slice *slice = made_slice(100);
	const json_t *entries;

	(void)state;
	made_add(&made, "spawn", "threads.join", 1, -1);
	made_add(&made, "switch", "threads.condition", 2, -1);
	made_begin(&made);
	slice->first_operations = 1;
	for (uint32_t set = 0; set < 2; set++) {
		slice->first_ns = 1000 * (set + 1);
		made_put(&made.session.points[0], slice, set, 0);
	}
	fill_net(1, 200, 0, 104);
	made_sum_up(&made);
	entries = json_object_get(made.results, "benchmarks");
	assert_near(number_in(json_array_get(entries, 0), "first_ns", NULL),
	            1000);
	assert_near(number_in(json_array_get(entries, 1), "first_ns", NULL),
	            2000);
	/* Two repetitions and two aggregates of the first. */
	assert_near(number_in(json_array_get(entries, 4), "net_ns", NULL), 96);
	free(slice);
}

static void test_parameters_and_caches_are_told(void **state)
{
	json_t *pus;

	(void)state;
	json_object_set_new(json_object_get(made.machine, "cpu"), "l1d_bytes",
	                    json_integer(32768));
	json_object_set_new(json_object_get(made.machine, "cpu"), "l3_bytes",
	                    json_null());
	made_add(&made, "switch", "threads.condition", 2, -1);
	made_begin(&made);
	made_sum_up(&made);
	pus = json_object_get(json_object_get(made_point(&made, 0), "params"),
	                      "pus");
	assert_int_equal(json_array_size(pus), 2);
	assert_int_equal(json_integer_value(json_array_get(pus, 1)), 1);
	assert_near(number_in(json_object_get(made.results, "machine"),
	                      "caches", "l1d_bytes"),
	            32768);
	assert_null(json_object_get(
		json_object_get(json_object_get(made.results, "machine"),
	                        "caches"),
		"l3_bytes"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_net_around_zero_is_marked_and_kept),
		TEST(test_without_calls_alone_there_is_no_net),
		TEST(test_references_are_told_and_win_nothing),
		TEST(test_what_is_not_bound_is_a_mixture),
		TEST(test_what_comes_first_is_once_a_set),
		TEST(test_waiting_contexts_are_compared_by_memory),
		TEST(test_others_are_compared_by_time),
		TEST(test_counters_are_those_of_the_set),
		TEST(test_first_and_net_are_counters),
		TEST(test_parameters_and_caches_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
