/* SPDX-License-Identifier: MIT */
/*
 * What a run says beside its time: counters, labels, aggregates; and that the
 * JSON is JSON whatever it says.
 */
#include "fixture.h"

#include <float.h>
#include <jansson.h>
#include <math.h>
#include <unistd.h>

static struct kept kept;

struct wanted {
	const char *name;
	double value;
	unsigned flags;
};

static void one_counter(struct bmc_state *state, void *data)
{
	const struct wanted *wanted = data;

	good(state, NULL);
	bmc_set_counter(state, wanted->name, wanted->value, wanted->flags);
}

/* Four iterations that took two seconds, by their own account. */
static const struct kept_row *counted(bmc_function *function,
                                      const struct wanted *wanted)
{
	bmc_clear();
	struct bmc_benchmark *it =
		registered("c", function, (void *)(uintptr_t)wanted);
	assert_int_equal(bmc_iterations(it, 4), 0);
	assert_int_equal(bmc_use_clock(it, BMC_MANUAL_TIME), 0);
	assert_int_equal(run_kept(&kept), 0);
	assert_int_equal(kept.count, 1);
	return &kept.rows[0];
}

static void timed_counter(struct bmc_state *state, void *data)
{
	one_counter(state, data);
	bmc_set_iteration_time(state, 2);
}

static void test_flags_do_what_they_say(void **state)
{
	static const struct {
		unsigned flags;
		double value; /* of 12 */
	} expected[] = {
		{ BMC_COUNTER_DEFAULT, 12 },
		{ BMC_COUNTER_RATE, 6 },
		{ BMC_COUNTER_AVG_THREADS, 12 },
		{ BMC_COUNTER_ITERATION_INVARIANT, 48 },
		{ BMC_COUNTER_AVG_ITERATIONS, 3 },
		{ BMC_COUNTER_INVERT, 1. / 12 },
		{ BMC_COUNTER_BINARY, 12 },
		{ BMC_COUNTER_RATE | BMC_COUNTER_ITERATION_INVARIANT |
		          BMC_COUNTER_INVERT | BMC_COUNTER_BINARY,
		  1. / 24 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
		const struct wanted wanted = { "n", 12, expected[i].flags };
		const struct kept_row *row = counted(timed_counter, &wanted);
		assert_string_equal(row->error, "");
		assert_int_equal(row->counter_count, 1);
		assert_string_equal(row->counters[0].name, "n");
		assert_int_equal(row->counters[0].flags, expected[i].flags);
		assert_true(fabs(row->counters[0].value - expected[i].value) <
		            1e-12);
	}
}

static void set_all(struct bmc_state *state, void *data)
{
	good(state, data);
	bmc_set_iteration_time(state, 2);
	bmc_set_items(state, 100);
	bmc_set_bytes(state, 4096);
	bmc_set_label(state, "first");
	bmc_set_label(state, "\"q\" \\ \t\x01\xfe\xe2\x82\xac");
}

static void test_items_and_bytes_are_rates(void **state)
{
	(void)state;
	const struct kept_row *row = counted(set_all, NULL);
	assert_int_equal(row->counter_count, 2);
	assert_string_equal(row->counters[0].name, "bytes_per_second");
	assert_true(row->counters[0].value == 2048);
	assert_true(row->counters[0].flags & BMC_COUNTER_BINARY);
	assert_string_equal(row->counters[1].name, "items_per_second");
	assert_true(row->counters[1].value == 50);
	assert_string_equal(row->label, "\"q\" \\ \\x09\\x01\\xfe\xe2\x82\xac");
}

static void test_bad_counters_are_error_rows(void **state)
{
	static const struct {
		struct wanted wanted;
		const char *error;
	} bad[] = {
		{ { "n", NAN, 0 }, "counter 'n' is not a finite number" },
		{ { "n", INFINITY, 0 }, "counter 'n' is not a finite number" },
		{ { "n", 0, BMC_COUNTER_INVERT },
		  "counter 'n' is not a finite number" },
		{ { "n", DBL_MAX, BMC_COUNTER_ITERATION_INVARIANT },
		  "counter 'n' is not a finite number" },
		{ { "n", 1, 1u << 6 },
		  "counter 'n' has flags that do not "
		  "exist" },
		{ { "", 1, 0 }, "the name of a counter is empty" },
		{ { NULL, 1, 0 }, "the name of a counter is empty" },
		{ { "a\"", 1, 0 },
		  "the name of a counter has a quote or a backslash" },
		{ { "a\x01", 1, 0 },
		  "the name of a counter has a control character" },
		{ { "\xff", 1, 0 }, "the name of a counter is not UTF-8" },
		{ { "iterations", 1, 0 },
		  "the name of a counter is a key of the row already" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		const struct kept_row *row =
			counted(timed_counter, &bad[i].wanted);
		assert_string_equal(row->error, bad[i].error);
		assert_int_equal(row->counter_count, 0);
		assert_int_equal(kept.totals.errors, 1);
	}
}

/* Other flags in every second call, as Google Benchmark aborts for. */
static void changing_flags(struct bmc_state *state, void *data)
{
	static int calls;

	(void)data;
	good(state, NULL);
	bmc_set_counter(state, "n", 1,
	                calls++ % 2 ? BMC_COUNTER_RATE : BMC_COUNTER_DEFAULT);
}

static void test_a_counter_keeps_its_flags(void **state)
{
	(void)state;
	struct bmc_benchmark *it = registered("c", changing_flags, NULL);
	assert_int_equal(bmc_repetitions(it, 4), 0);
	assert_int_equal(bmc_iterations(it, 1), 0);
	assert_int_equal(run_kept(&kept), 0);
	assert_int_equal(kept.totals.errors, 2);
	assert_string_equal(kept.rows[1].error,
	                    "counter 'n' had other flags in another run");
}

static void test_aggregates_follow_repetitions(void **state)
{
	const struct wanted wanted = { "n", 5, BMC_COUNTER_DEFAULT };

	(void)state;
	struct bmc_benchmark *it =
		registered("a", one_counter, (void *)(uintptr_t)&wanted);
	assert_int_equal(bmc_repetitions(it, 3), 0);
	assert_int_equal(bmc_use_unit(it, BMC_US), 0);
	assert_int_equal(run_kept(&kept), 0);
	assert_int_equal(kept.totals.runs, 3);
	assert_int_equal(kept.totals.benchmarks, 1);
	assert_int_equal(kept.count, 3 + 4);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(kept.rows[i].row.repetition, i);
		assert_int_equal(kept.rows[i].row.repetitions, 3);
		assert_int_equal(kept.rows[i].row.unit, BMC_US);
		assert_string_equal(kept.rows[i].aggregate, "");
	}
	assert_string_equal(kept.rows[3].aggregate, "mean");
	assert_string_equal(kept.rows[3].name, "a/repeats:3_mean");
	assert_true(kept.rows[3].counters[0].value == 5);
	assert_false(kept.rows[3].row.percentage);
	assert_string_equal(kept.rows[6].aggregate, "cv");
	assert_true(kept.rows[6].row.percentage);
	assert_true(kept.rows[6].counters[0].value == 0);
}

static void fails_once(struct bmc_state *state, void *data)
{
	int *calls = data;

	if ((*calls)++ == 1)
		bmc_skip(state, "once");
	good(state, NULL);
}

static void test_aggregates_only_keeps_errors(void **state)
{
	int calls = 0;

	(void)state;
	struct bmc_benchmark *it = registered("a", fails_once, &calls);
	assert_int_equal(bmc_repetitions(it, 3), 0);
	assert_int_equal(bmc_iterations(it, 1), 0);
	assert_int_equal(bmc_aggregates_only(it, true), 0);
	registered("b", good, NULL);
	assert_int_equal(set_flags(NULL, QUICK,
	                           "--benchmark_report_aggregates_only", NULL),
	                 0);
	assert_int_equal(run_kept(&kept), 0);
	assert_int_equal(kept.count, 1 + 4 + 1);
	assert_string_equal(kept.rows[0].error, "once");
	assert_string_equal(kept.rows[1].aggregate, "mean");
	/* One repetition has no aggregates. */
	assert_string_equal(kept.rows[5].name, "b");
	assert_int_equal(kept.totals.runs, 4);
}

static void mean_of_nothing(struct bmc_state *state, void *data)
{
	static int calls;

	(void)data;
	good(state, NULL);
	bmc_set_iteration_time(state, 0);
	bmc_set_counter(state, "plus_minus", calls++ % 2 ? 1 : -1,
	                BMC_COUNTER_DEFAULT);
	bmc_set_counter(state, "huge", DBL_MAX, BMC_COUNTER_DEFAULT);
}

/* A JSON file, read by a parser that takes neither NaN nor duplicate keys. */
static json_t *parsed(const char *path)
{
	json_error_t error;
	json_t *json = json_load_file(path, JSON_REJECT_DUPLICATES, &error);

	if (!json)
		print_error("%s:%d: %s\n", path, error.line, error.text);
	assert_non_null(json);
	return json;
}

static json_t *run_to_file(const char *flag)
{
	char path[] = "/tmp/test_bmc_XXXXXX", out[64];
	const int file = mkstemp(path);

	assert_true(file >= 0);
	close(file);
	snprintf(out, sizeof out, "--benchmark_out=%s", path);
	assert_int_equal(set_flags(NULL, QUICK, out, flag, NULL), 0);
	assert_int_equal(run_kept(&kept), 0);
	json_t *json = parsed(path);
	unlink(path);
	return json;
}

static void test_nan_never_reaches_the_json(void **state)
{
	(void)state;
	struct bmc_benchmark *it = registered("z", mean_of_nothing, NULL);
	assert_int_equal(bmc_use_clock(it, BMC_MANUAL_TIME), 0);
	assert_int_equal(bmc_iterations(it, 1), 0);
	assert_int_equal(bmc_repetitions(it, 4), 0);
	json_t *json = run_to_file(NULL);
	assert_int_equal(json_array_size(json_object_get(json, "benchmarks")),
	                 4 + 4);
	json_decref(json);
	for (size_t i = 0; i < kept.count; i++)
		assert_true(isfinite(kept.rows[i].row.real_time));
	/* The spread is 1 about a mean of 0, which has no ratio. */
	assert_string_equal(kept.rows[7].aggregate, "cv");
	assert_int_equal(kept.rows[7].counter_count, 0);
}

static void nasty(struct bmc_state *state, void *data)
{
	set_all(state, data);
	if (bmc_state_arg(state, 0))
		bmc_skip(state, "\"q\" \\ \t\x01\xfe\xe2\x82\xac");
}

static void test_what_is_said_survives_the_json(void **state)
{
	const char *said = "\"q\" \\ \\x09\\x01\\xfe\xe2\x82\xac";

	(void)state;
	assert_int_equal(bmc_add_context("nasty", "\"q\" \\ \n\xfe"), 0);
	struct bmc_benchmark *it = registered("ä b'c,d;e<f>%s%n", nasty, NULL);
	assert_int_equal(bmc_use_clock(it, BMC_MANUAL_TIME), 0);
	assert_int_equal(bmc_dense_range(it, 0, 1, 1), 0);
	json_t *json = run_to_file("--benchmark_context=given=by=flag,b=");
	const json_t *context = json_object_get(json, "context");
	assert_string_equal(
		json_string_value(json_object_get(context, "nasty")),
		"\"q\" \\ \\x0a\\xfe");
	assert_string_equal(
		json_string_value(json_object_get(context, "given")),
		"by=flag");
	const json_t *rows = json_object_get(json, "benchmarks");
	const json_t *fine = json_array_get(rows, 0);
	assert_string_equal(json_string_value(json_object_get(fine, "name")),
	                    "ä b'c,d;e<f>%s%n/0/manual_time");
	assert_string_equal(json_string_value(json_object_get(fine, "label")),
	                    said);
	assert_string_equal(json_string_value(json_object_get(
				    json_array_get(rows, 1), "error_message")),
	                    said);
	json_decref(json);
}

static void test_context_is_added_once(void **state)
{
	char why[BMC_WHY_BYTES];

	(void)state;
	assert_int_equal(bmc_add_context("key", "value"), 0);
	assert_int_equal(bmc_add_context("key", "other"), -EEXIST);
	assert_int_equal(bmc_add_context("num_cpus", "3"), -EEXIST);
	assert_int_equal(bmc_add_context("json_schema_version", "3"), -EEXIST);
	assert_int_equal(bmc_add_context("a\"b", "3"), -EINVAL);
	assert_int_equal(bmc_add_context(NULL, "3"), -EINVAL);
	assert_int_equal(bmc_add_context("none", NULL), -EINVAL);
	assert_int_equal(set_flags(why, "--benchmark_context=key=1", NULL),
	                 -EINVAL);
	assert_non_null(strstr(why, "has already: key"));
}

static bmc_function first_counter, second_counter;

static void first_counter(struct bmc_state *state, void *data)
{
	good(state, data);
	bmc_set_counter(state, "one", 1, BMC_COUNTER_DEFAULT);
}

static void second_counter(struct bmc_state *state, void *data)
{
	good(state, data);
	bmc_set_counter(state, "two", 2, BMC_COUNTER_DEFAULT);
}

/* Google Benchmark aborts where a later row has a counter of its own. */
static void test_csv_may_have_other_counters_in_every_row(void **state)
{
	char path[] = "/tmp/test_bmc_XXXXXX", out[64], line[512];
	const int file = mkstemp(path);

	(void)state;
	assert_true(file >= 0);
	registered("a", first_counter, NULL);
	registered("b", second_counter, NULL);
	snprintf(out, sizeof out, "--benchmark_out=%s", path);
	assert_int_equal(
		set_flags(NULL, QUICK, out, "--benchmark_out_format=csv", NULL),
		0);
	assert_int_equal(run_kept(&kept), 0);
	FILE *csv = fdopen(file, "r");
	int lines = 0;
	for (; fgets(line, sizeof line, csv); lines++)
		if (lines == 0)
			assert_non_null(strstr(line, "\"one\",\"two\""));
	assert_int_equal(lines, 3);
	fclose(csv);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_flags_do_what_they_say,
		                       start_clean),
		cmocka_unit_test_setup(test_items_and_bytes_are_rates,
		                       start_clean),
		cmocka_unit_test_setup(test_bad_counters_are_error_rows,
		                       start_clean),
		cmocka_unit_test_setup(test_a_counter_keeps_its_flags,
		                       start_clean),
		cmocka_unit_test_setup(test_aggregates_follow_repetitions,
		                       start_clean),
		cmocka_unit_test_setup(test_aggregates_only_keeps_errors,
		                       start_clean),
		cmocka_unit_test_setup(test_nan_never_reaches_the_json,
		                       start_clean),
		cmocka_unit_test_setup(test_what_is_said_survives_the_json,
		                       start_clean),
		cmocka_unit_test_setup(test_context_is_added_once, start_clean),
		cmocka_unit_test_setup(
			test_csv_may_have_other_counters_in_every_row,
			start_clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
