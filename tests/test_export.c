/* SPDX-License-Identifier: MIT */
/*
 * test_export.c - any name comes back from every format, and what is no run
 * is refused before anything is written.
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

#define MACHINE "Model \"T\",\n|2| PUs\t<b>"

static json_t *nasty_results(void)
{
	json_t *results = empty_results();

	json_object_set_new(json_object_get(results, "machine"), "summary",
	                    json_string(MACHINE));
	for (size_t i = 0; i < NASTY; i++) {
		json_t *made = point(nasty[i], nasty[i], nasty[i], "failed");

		json_object_set_new(made, "reason", json_string(nasty[i]));
		add(results, "points", made);
		add(results, "benchmarks", entry(nasty[i]));
	}
	return results;
}

static void see_nasty(struct place *place, const struct rows *rows)
{
	static const char *const columns[] = { "name", "group", "model",
		                               "label", "reason" };

	(void)place;
	assert_int_equal(rows->count, NASTY + 1);
	for (size_t i = 0; i < NASTY; i++) {
		for (size_t k = 0; k < 5; k++)
			assert_string_equal(cell(rows, i + 1, columns[k]),
			                    nasty[i]);
		assert_string_equal(cell(rows, i + 1, "machine"), MACHINE);
		assert_string_equal(cell(rows, i + 1, "state"), "failed");
		assert_string_equal(cell(rows, i + 1, "ns_per_op"), "");
	}
}

static void test_any_name_comes_back_from_rows(void **state)
{
	struct place *place = *state;

	put_results(place, nasty_results());
	with_rows(place, place->dir, see_nasty);
}

static void test_any_name_comes_back_from_json(void **state)
{
	struct place *place = *state;
	json_t *json, *names;
	char *text;

	put_results(place, nasty_results());
	text = exported(place, place->dir, "gbench", 0);
	for (const char *c = text; *c; c++)
		assert_true(*c == '\n' || *c >= ' ');
	json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	names = json_object_get(json, "benchmarks");
	assert_int_equal(json_array_size(names), NASTY);
	for (size_t i = 0; i < NASTY; i++)
		assert_string_equal(
			sy_text_of(json_array_get(names, i), "name"), nasty[i]);
	json_decref(json);
	free(text);
}

/* Where the line that begins so goes on, and its end; NULL: none. */
static const char *line_of(const char *text, const char *start,
                           const char **end)
{
	const char *line = text;
	size_t length = strlen(start);

	while (line && strncmp(line, start, length) != 0) {
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	if (!line)
		return NULL;
	*end = line + strcspn(line, "\n");
	return line + length;
}

static void assert_shown(const char *from, const char *to, const char *wanted)
{
	char *seen = read_markdown(from, (size_t)(to - from));

	assert_string_equal(seen, wanted);
	free(seen);
}

/* Bars that end a cell. */
static size_t count_bars(const char *line, const char *end)
{
	size_t bars = 0;

	for (const char *c = line; c < end; c++) {
		bars += *c == '|';
		c += *c == '\\';
	}
	return bars;
}

static void test_any_name_comes_back_from_markdown(void **state)
{
	struct place *place = *state;
	const char *at, *line, *end;
	char *text;

	put_results(place, nasty_results());
	text = exported(place, place->dir, "markdown", 0);
	line = line_of(text, "# Switchyard on ", &end);
	assert_non_null(line);
	assert_shown(line, end, MACHINE);
	at = text;
	for (size_t i = 0; i < NASTY; i++) {
		at = line_of(at, "## ", &end);
		assert_non_null(at);
		/* "How it was measured" and the like have no marks either. */
		assert_shown(at, end, nasty[i]);
		line = line_of(at, "| model |", &end);
		assert_int_equal(count_bars(line, end), 2);
		line = line_of(at, "|:--|", &end);
		assert_int_equal(count_bars(line, end), 2);
		line = end + 1;
		assert_int_equal(count_bars(line, strchr(line, '\n')), 4);
		assert_shown(line + 2, strstr(line, " | **failed** |"),
		             nasty[i]);
		line = line_of(at, "- ", &end);
		line = strstr(line, ", 4 in flight, failed: ");
		assert_non_null(line);
		assert_shown(line + strlen(", 4 in flight, failed: "), end,
		             nasty[i]);
	}
	free(text);
}

static void refused_by_all(struct place *place, int error, const char *why)
{
	for (size_t i = 0; sy_export_format(i); i++) {
		free(exported(place, place->dir, sy_export_format(i)->name,
		              error));
		if (!strstr(place->reason.text, why))
			fail_msg("%s instead of %s", place->reason.text, why);
	}
}

static void test_what_is_no_run_is_refused(void **state)
{
	struct place *place = *state;
	json_t *results;

	refused_by_all(place, -ENOENT, "results.json: No such file");
	put_file(place, "results.json", "{\"schema\": 1, \"schema\": 1}");
	refused_by_all(place, -EINVAL, "duplicate");
	put_file(place, "results.json", "{\"schema\": 1, \"points\": [NaN]}");
	refused_by_all(place, -EINVAL, "line 1");
	put_file(place, "results.json", "{\"schema\": 1, \"points\": 1e999}");
	refused_by_all(place, -EINVAL, "line 1");
	put_file(place, "results.json", "[]");
	refused_by_all(place, -EINVAL, "no schema");
	put_file(place, "results.json", "{\"schema\": \"1\"}");
	refused_by_all(place, -EINVAL, "no schema");
	put_file(place, "results.json", "{\"schema\": 2}");
	refused_by_all(place, -EINVAL, "schema 2");
	put_file(place, "results.json", "{\"schema\": 1, \"points\": {}}");
	refused_by_all(place, -EINVAL, "no list of points");
	put_file(place, "results.json", "{\"schema\": 1, \"points\": [7]}");
	refused_by_all(place, -EINVAL, "points[0] has no name");
	results = empty_results();
	add(results, "points", json_pack("{ss}", "name", "a"));
	put_results(place, results);
	refused_by_all(place, -EINVAL, "points[0] has no group");
}

static void test_fields_of_other_types_are_empty(void **state)
{
	struct place *place = *state;
	json_t *results = empty_results(), *made;

	made = point("a", "g", "pool", "measured");
	json_object_set_new(made, "ns_per_op", json_string("x"));
	json_object_set_new(made, "slices", json_object());
	json_object_set_new(made, "latency_ns", json_array());
	json_object_set_new(made, "pus_visited", json_pack("[s i]", ",", 3));
	json_object_set_new(made, "params", json_null());
	json_object_set_new(made, "reason", json_integer(3));
	json_object_set_new(results, "groups", json_pack("[i {}]", 1));
	json_object_set_new(results, "machine", json_integer(1));
	json_object_set_new(results, "sentinel", json_array());
	add(results, "points", made);
	put_results(place, results);
	for (size_t i = 0; sy_export_format(i); i++)
		free(exported(place, place->dir, sy_export_format(i)->name, 0));
}

/* compare.py ends in a traceback where these are not as it takes them to be. */
static void test_gbench_refuses_what_breaks_its_readers(void **state)
{
	static const char *const keys[] = {
		"name",     "time_unit",    "real_time",
		"cpu_time", "family_index", "repetition_index"
	};
	struct place *place = *state;
	json_t *results, *bad;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		bad = entry("a");
		json_object_set_new(bad, keys[i], json_array());
		results = empty_results();
		add(results, "benchmarks", entry("fine"));
		add(results, "benchmarks", bad);
		put_results(place, results);
		free(exported(place, place->dir, "gbench", -EINVAL));
		assert_non_null(strstr(place->reason.text, "benchmarks[1]"));
	}
	results = empty_results();
	json_object_del(results, "context");
	put_results(place, results);
	free(exported(place, place->dir, "gbench", -EINVAL));
	assert_non_null(strstr(place->reason.text, "no context"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_any_name_comes_back_from_rows),
		TEST(test_any_name_comes_back_from_json),
		TEST(test_any_name_comes_back_from_markdown),
		TEST(test_what_is_no_run_is_refused),
		TEST(test_fields_of_other_types_are_empty),
		TEST(test_gbench_refuses_what_breaks_its_readers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
