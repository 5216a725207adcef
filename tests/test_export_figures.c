/* SPDX-License-Identifier: MIT */
/*
 * test_export_figures.c - figures, states and facts come back from every format.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "export_fixture.h"

#include <errno.h>
#include <float.h>
#include <locale.h>

#define EXAMPLE SY_FIXTURES "/../../results/example"

static const double values[] = { 0.1,     1 / 3.0,     4088.0778260869565,
	                         1e300,   2.5e-308,    123456789.125,
	                         -0.0625, DBL_MAX / 4, 5 };
#define VALUES (sizeof(values) / sizeof(values[0]))

static json_t *measured_results(void)
{
	json_t *results = empty_results();
	char name[32];

	for (size_t i = 0; i < VALUES; i++) {
		json_t *made;

		snprintf(name, sizeof(name), "m%zu", i);
		made = point(name, "cpu/inflight:4/x", name, "measured");
		json_object_set_new(made, "ns_per_op", estimate(values[i]));
		json_object_set_new(made, "ops_per_s", estimate(values[i]));
		json_object_set_new(made, "efficiency", estimate(values[i]));
		json_object_set_new(made, "slices", json_integer(9));
		json_object_set_new(made, "pus_visited",
		                    json_pack("[i i]", 0, 12));
		json_object_set_new(
			made, "latency_ns",
			json_pack("{si si}", "p99", 77, "p99.9", 88));
		add(results, "points", made);
	}
	add(results, "groups",
	    json_pack("{ss ss s[{ss s{sf sf sf} ss}]}", "group",
	              "cpu/inflight:4/x", "best", "m0", "others", "row", "m1",
	              "ratio", "value", 1.5, "low", 1.25, "high", 1.75,
	              "verdict", "slower"));
	return results;
}

static void see_measured(struct place *place, const struct rows *rows)
{
	(void)place;
	assert_int_equal(rows->count, VALUES + 1);
	for (size_t i = 0; i < VALUES; i++) {
		static const char *const columns[] = { "ns_per_op", "ops_per_s",
			                               "efficiency" };

		for (size_t k = 0; k < 3; k++)
			assert_true(strtod(cell(rows, i + 1, columns[k]),
			                   NULL) == values[i]);
		assert_true(strtod(cell(rows, i + 1, "ns_per_op_high"), NULL) ==
		            values[i] * 2);
		assert_string_equal(cell(rows, i + 1, "pus_visited"), "0 12");
		assert_string_equal(cell(rows, i + 1, "hold_awake"), "");
		assert_string_equal(cell(rows, i + 1, "inflight"), "4");
		assert_string_equal(cell(rows, i + 1, "latency_p99_ns"), "77");
		assert_string_equal(cell(rows, i + 1, "latency_p99_9_ns"),
		                    "88");
		assert_string_equal(cell(rows, i + 1, "latency_p50_ns"), "");
		assert_string_equal(cell(rows, i + 1, "noise"), "0.0125");
		assert_string_equal(cell(rows, i + 1, "interrupted"), "false");
		assert_string_equal(cell(rows, i + 1, "seed"), "7");
		assert_string_equal(cell(rows, i + 1, "best_row"), "m0");
	}
	assert_string_equal(cell(rows, 1, "verdict"), "best");
	assert_string_equal(cell(rows, 1, "ratio_to_best"), "");
	assert_string_equal(cell(rows, 2, "verdict"), "slower");
	assert_string_equal(cell(rows, 2, "ratio_to_best_low"), "1.25");
	assert_string_equal(cell(rows, 3, "verdict"), "");
}

static void test_figures_come_back_exactly(void **state)
{
	struct place *place = *state;

	put_results(place, measured_results());
	with_rows(place, place->dir, see_measured);
}

/* One that is here, or one made in `dir`; false: neither. */
static bool find_comma_locale(const char *dir)
{
	char command[256];

	if (setlocale(LC_ALL, "de_DE.UTF-8"))
		return true;
	snprintf(command, sizeof(command),
	         "localedef -i de_DE -f UTF-8 %s/de_DE.UTF-8 2>/dev/null", dir);
	if (system(command))
		return false;
	setenv("LOCPATH", dir, 1);
	return setlocale(LC_ALL, "de_DE.UTF-8");
}

static void test_the_locale_does_not_matter(void **state)
{
	struct place *place = *state;
	char *plain[8], *comma[8], number[8];
	size_t i;

	put_results(place, measured_results());
	for (i = 0; sy_export_format(i); i++)
		plain[i] = exported(place, place->dir,
		                    sy_export_format(i)->name, 0);
	if (!find_comma_locale(place->dir)) {
		while (i--)
			free(plain[i]);
		print_message("skipped: no locale with a decimal comma\n");
		skip();
	}
	for (i = 0; sy_export_format(i); i++)
		comma[i] = exported(place, place->dir,
		                    sy_export_format(i)->name, 0);
	/* The caller's locale is what it was. */
	snprintf(number, sizeof(number), "%.1f", 0.5);
	setlocale(LC_ALL, "C");
	assert_string_equal(number, "0,5");
	while (i--) {
		assert_string_equal(comma[i], plain[i]);
		free(plain[i]);
		free(comma[i]);
	}
}

static void test_markdown_shows_only_finite_figures(void **state)
{
	struct place *place = *state;
	json_t *results = measured_results();
	char *text;

	json_object_set_new(results, "wall_ns", json_real(DBL_MIN));
	json_object_set_new(results, "sliced_ns", json_real(DBL_MAX));
	json_object_set_new(json_object_get(results, "sentinel"), "spread",
	                    json_real(DBL_MAX));
	put_results(place, results);
	text = exported(place, place->dir, "markdown", 0);
	assert_null(strstr(text, "nan"));
	assert_null(strstr(text, "inf"));
	assert_non_null(strstr(text, "| `m0` | 0.10 (0.050–0.20) | 10.0 % |"));
	assert_non_null(strstr(text,
	                       "- Fastest at 4 in flight: `m0`; next: `m1` "
	                       "takes 1.50 times as long (1.25–1.75)\n"));
	free(text);
}

static void test_states_have_their_reasons(void **state)
{
	struct place *place = *state;
	json_t *results = empty_results(), *made;
	char *text;

	made = point("a", "cpu/inflight:4/x", "fork", "absent");
	json_object_set_new(made, "reason", json_string("no such PU"));
	add(results, "points", made);
	add(results, "points",
	    point("b", "cpu/inflight:4/x", "pool", "stopped"));
	made = point("c", "switch/x", "threads", "invalid");
	json_object_set_new(made, "family", json_string("switch"));
	json_object_del(json_object_get(made, "params"), "inflight");
	json_object_set_new(made, "mechanism", json_string("futex"));
	json_object_set_new(made, "reason", json_string("too many switches"));
	add(results, "points", made);
	put_results(place, results);
	text = exported(place, place->dir, "markdown", 0);
	assert_non_null(strstr(text, "\n## `cpu/x`\n"));
	assert_non_null(strstr(text, "| 3: 1 absent, 1 invalid, 1 stopped |"));
	assert_non_null(strstr(text, "| `fork` | **absent** | - |"));
	assert_non_null(
		strstr(text, "- `fork`, 4 in flight, absent: no such PU\n"));
	assert_non_null(strstr(text, "- `pool`, 4 in flight, stopped: the run "
	                             "ended before it\n"));
	assert_non_null(
		strstr(text, "| `threads.futex` | **invalid** | - | - | - |"));
	assert_non_null(
		strstr(text, "- `threads.futex`, invalid: too many switches"));
	free(text);
}

static void see_interrupted(struct place *place, const struct rows *rows)
{
	(void)place;
	assert_string_equal(cell(rows, 1, "interrupted"), "true");
	assert_string_equal(cell(rows, 1, "state"), "stopped");
}

static void test_an_interrupted_run_says_so(void **state)
{
	struct place *place = *state;
	json_t *results = empty_results(), *json;
	char *text;

	json_object_set_new(results, "interrupted", json_true());
	add(results, "points", point("a", "g", "pool", "stopped"));
	put_results(place, results);
	with_rows(place, place->dir, see_interrupted);
	text = exported(place, place->dir, "markdown", 0);
	assert_non_null(strstr(text, "\n> **Interrupted:** "));
	free(text);
	text = exported(place, place->dir, "gbench", 0);
	json = json_loads(text, 0, NULL);
	assert_string_equal(
		sy_text_of(json_object_get(json, "context"), "interrupted"),
		"true");
	assert_int_equal(json_object_size(json), 2);
	json_decref(json);
	free(text);
}

static void test_findings_are_those_of_the_run(void **state)
{
	struct place *place = *state;
	char *text;

	put_results(place, empty_results());
	text = exported(place, place->dir, "markdown", 0);
	assert_null(strstr(text, "harms"));
	free(text);
	put_file(place, "machine.json",
	         "{\"build\": {\"version\": \"9.8\"}, \"findings\": [{"
	         "\"name\": \"load\", \"level\": \"warning\", \"value\": "
	         "\"3|1\", \"meaning\": \"It <b>takes.\", \"brief\": true},"
	         "{\"name\": \"smt\", \"level\": \"ok\", \"brief\": false}]}");
	text = exported(place, place->dir, "markdown", 0);
	assert_non_null(strstr(text,
	                       "\n## What harms the figures\n\n- warning, "
	                       "`load`: 3\\|1. It &lt;b&gt;takes.\n\n"));
	assert_non_null(strstr(text, "| Program | switchyard 9.8 of "));
	free(text);
	put_file(place, "machine.json", "{\"build\": ");
	text = exported(place, place->dir, "markdown", -EINVAL);
	assert_non_null(strstr(place->reason.text, "machine.json, line 1"));
	free(text);
}

static json_t *read_example(void)
{
	json_t *results = json_load_file(EXAMPLE "/results.json", 0, NULL);

	assert_non_null(results);
	return results;
}

static void see_example(struct place *place, const struct rows *rows)
{
	json_t *results = read_example(), *one;
	size_t i;

	(void)place;
	json_array_foreach (json_object_get(results, "points"), i, one) {
		const json_t *ns = json_object_get(
			json_object_get(one, "ns_per_op"), "low");

		assert_string_equal(cell(rows, i + 1, "name"),
		                    sy_text_of(one, "name"));
		assert_true(strtod(cell(rows, i + 1, "ns_per_op_low"), NULL) ==
		            json_number_value(ns));
	}
	assert_int_equal(rows->count, i + 1);
	json_decref(results);
}

static void test_the_example_is_exported(void **state)
{
	json_t *results = read_example(), *json, *one;
	size_t i;
	char *text;

	with_rows(*state, EXAMPLE, see_example);
	text = exported(*state, EXAMPLE, "gbench", 0);
	json = json_loads(text, 0, NULL);
	free(text);
	assert_int_equal(json_object_size(json), 2);
	assert_true(json_equal(json_object_get(json, "benchmarks"),
	                       json_object_get(results, "benchmarks")));
	assert_true(json_equal(json_object_get(json, "context"),
	                       json_object_get(results, "context")));
	json_decref(json);
	text = exported(*state, EXAMPLE, "markdown", 0);
	json_array_foreach (json_object_get(results, "points"), i, one) {
		char row[SY_ROW_BYTES], cells[SY_ROW_BYTES + 16];

		sy_row_of(one, row);
		/* A yardstick is marked as one. */
		snprintf(cells, sizeof(cells), "\n| `%s`%s | ", row,
		         json_is_true(json_object_get(one, "reference"))
		                 ? " (`ref`)"
		                 : "");
		if (!strstr(text, cells))
			fail_msg("no row %s", row);
	}
	free(text);
	json_decref(results);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_figures_come_back_exactly),
		TEST(test_the_locale_does_not_matter),
		TEST(test_markdown_shows_only_finite_figures),
		TEST(test_states_have_their_reasons),
		TEST(test_an_interrupted_run_says_so),
		TEST(test_findings_are_those_of_the_run),
		TEST(test_the_example_is_exported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
