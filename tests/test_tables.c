/* SPDX-License-Identifier: MIT */
/* test_tables.c - sections, columns and verdicts of made-up results. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "results/tables.h"

/* Adds a point of this family, model and number in flight. */
static void add(json_t *results, const char *family, const char *model,
                int inflight)
{
	char group[80];

	snprintf(group, sizeof(group), "%s/inflight:%d/wait:1ms", family,
	         inflight);
	assert_int_equal(json_array_append_new(
				 json_object_get(results, "points"),
				 json_pack("{ss ss ss s{si}}", "group", group,
	                                   "family", family, "model", model,
	                                   "params", "inflight", inflight)),
	                 0);
}

static json_t *made_results(void)
{
	json_t *results = json_pack("{s[] s[]}", "points", "groups");

	assert_non_null(results);
	return results;
}

static void check_shown(const struct sy_table *table, size_t count,
                        const char *const *shown, const char *told)
{
	assert_int_equal(table->shown_count, count);
	for (size_t i = 0; i < count; i++)
		assert_string_equal(table->shown[i], shown[i]);
	assert_string_equal(table->told, told);
}

/* The one section, which has tables of columns 1 16 64, 4096 and no more. */
static void check_columns(const char *family, const char *told)
{
	static const int inflight[] = { 4096, 64, 1, 16, 64 };
	static const char *const first[] = { "1", "16", "64" };
	static const char *const second[] = { "4096" };
	json_t *results = made_results(), *sections;
	struct sy_table table;

	for (size_t i = 0; i < sizeof(inflight) / sizeof(inflight[0]); i++)
		add(results, family, i ? "pool" : "fork", inflight[i]);
	sections = sy_sections(results);
	assert_int_equal(json_object_size(sections), 1);
	table = sy_table_of("name",
	                    json_object_iter_value(json_object_iter(sections)));
	assert_true(sy_table_next(&table, 3));
	check_shown(&table, 3, first, "64");
	assert_true(sy_table_next(&table, 3));
	check_shown(&table, 1, second, "4096");
	assert_false(sy_table_next(&table, 3));

	table = sy_table_of("name",
	                    json_object_iter_value(json_object_iter(sections)));
	assert_true(sy_table_next(&table, SY_COLUMNS_MAX));
	assert_string_equal(table.told, told);
	assert_false(sy_table_next(&table, SY_COLUMNS_MAX));
	json_decref(sections);
	json_decref(results);
}

static void test_columns_rise_and_none_is_left_out(void **state)
{
	(void)state;
	check_columns("cpu", "64");
	check_columns("wait", "4096");
}

static void test_rows_are_found_in_the_order_of_the_run(void **state)
{
	json_t *results = made_results(), *sections, *section, *rows;

	(void)state;
	add(results, "wait", "threads", 1);
	add(results, "wait", "fork", 4);
	add(results, "wait", "threads", 4);
	add(results, "io", "fork", 4);
	sections = sy_sections(results);
	assert_int_equal(json_object_size(sections), 2);
	section = json_object_get(sections, "wait/wait:1ms");
	rows = json_object_get(section, "rows");
	assert_int_equal(json_object_size(rows), 2);
	assert_string_equal(json_object_iter_key(json_object_iter(rows)),
	                    "threads");
	assert_ptr_equal(json_object_get(json_object_get(rows, "fork"), "4"),
	                 json_array_get(json_object_get(results, "points"), 1));
	assert_null(json_object_get(json_object_get(rows, "fork"), "1"));
	json_decref(sections);
	json_decref(results);
}

/* A point of a mechanism: `tags` are how its group has the parameters. */
static void add_mechanism(json_t *results, const char *family, const char *tags,
                          const char *first, int first_value,
                          const char *second, json_int_t second_value)
{
	char group[120];

	snprintf(group, sizeof(group), "%s%s/placement:x", family, tags);
	assert_int_equal(
		json_array_append_new(
			json_object_get(results, "points"),
			json_pack("{ss ss ss ss s{si sI}}", "group", group,
	                          "family", family, "model", "fork",
	                          "mechanism", "m", "params", first,
	                          first_value, second, second_value)),
		0);
}

/* The one section there is, by its name. */
static struct sy_table only_table(json_t *sections, const char *name)
{
	struct sy_table table;

	if (json_object_size(sections) != 1 || !json_object_get(sections, name))
		fail_msg("%zu sections, the first %s",
		         json_object_size(sections),
		         json_object_iter_key(json_object_iter(sections)));
	table = sy_table_of(name, json_object_get(sections, name));
	assert_true(sy_table_next(&table, SY_COLUMNS_MAX));
	return table;
}

static void check_name(const struct sy_table *table, size_t column,
                       const char *name)
{
	char text[SY_COLUMN_BYTES];

	assert_string_equal(sy_column_name(table->axis, table->shown[column],
	                                   text, sizeof(text)),
	                    name);
}

static void test_what_points_differ_in_stands_side_by_side(void **state)
{
	json_t *results = made_results(), *sections;
	struct sy_table table;

	(void)state;
	add_mechanism(results, "switch", "/ring:16", "ring", 16,
	              "working_set_bytes", 0);
	add_mechanism(results, "switch", "", "ring", 0, "working_set_bytes", 0);
	sections = sy_sections(results);
	table = only_table(sections, "switch/placement:x");
	assert_int_equal(table.shape, SY_HANDOFFS);
	assert_int_equal(table.shown_count, 2);
	check_name(&table, 0, "ring pair");
	check_name(&table, 1, "ring 16");
	assert_false(sy_table_is_one(&table));
	assert_string_equal(table.title, "switch/placement:x");
	json_decref(sections);
	/* With working sets, too, each of these has a section. */
	add_mechanism(results, "switch", "/working_set:4096", "ring", 0,
	              "working_set_bytes", 4096);
	sections = sy_sections(results);
	assert_int_equal(json_object_size(sections), 2);
	assert_non_null(json_object_get(sections,
	                                "switch/working_set:4096/placement:x"));
	json_decref(sections);
	json_decref(results);
}

static void test_the_second_parameter_where_the_first_is_one(void **state)
{
	json_t *results = made_results(), *sections;
	struct sy_table table;

	(void)state;
	add_mechanism(results, "spawn", "/burst:10/resident:1048576", "burst",
	              10, "resident_bytes", 1048576);
	add_mechanism(results, "spawn", "/burst:10", "burst", 10,
	              "resident_bytes", 0);
	sections = sy_sections(results);
	table = only_table(sections, "spawn/burst:10/placement:x");
	assert_int_equal(table.shape, SY_CREATED);
	assert_int_equal(table.shown_count, 2);
	check_name(&table, 0, "resident none");
	check_name(&table, 1, "resident 1MiB");
	json_decref(sections);
	json_decref(results);
}

/* Another family's points say nothing of it. */
static void test_one_column_is_called_by_its_group(void **state)
{
	json_t *results = made_results(), *sections;
	struct sy_table table;

	(void)state;
	add_mechanism(results, "idle", "/contexts:1000", "contexts", 1000,
	              "stack_bytes", 0);
	add_mechanism(results, "spawn", "/burst:1", "burst", 1,
	              "resident_bytes", 0);
	add_mechanism(results, "spawn", "/burst:2", "burst", 2,
	              "resident_bytes", 0);
	sections = sy_sections(results);
	table = sy_table_of("idle/placement:x",
	                    json_object_get(sections, "idle/placement:x"));
	assert_int_equal(table.shape, SY_WAITING);
	assert_true(sy_table_is_one(&table));
	assert_string_equal(table.title, "idle/contexts:1000/placement:x");
	assert_false(sy_table_has(&table, "ns_per_op"));
	assert_true(sy_table_has(&table, "model"));
	json_decref(sections);
	json_decref(results);
}

static json_t *other(const char *row, double ratio, const char *verdict)
{
	return json_pack("{ss s{sf sf sf} ss}", "row", row, "ratio", "value",
	                 ratio, "low", ratio / 2, "high", ratio * 2, "verdict",
	                 verdict);
}

static void test_next_best_is_the_nearest_that_can_be_called(void **state)
{
	json_t *group = json_pack("{ss s[oooo]}", "best", "pool", "others",
	                          other("far", 3, "slower"),
	                          other("close", 1.01, "too close to call"),
	                          other("near", 1.09, "slower"),
	                          other("middle", 2, "slower"));
	json_t *others = json_object_get(group, "others");
	struct sy_next_best next;

	(void)state;
	assert_true(sy_next_best(group, &next));
	assert_string_equal(next.row, "near");
	assert_true(next.ratio == 1.09 && next.low < next.ratio);
	assert_true(next.high > next.ratio);
	assert_int_equal(next.decimals, 3);
	json_array_remove(others, 2);
	assert_true(sy_next_best(group, &next));
	assert_string_equal(next.row, "middle");
	assert_int_equal(next.decimals, 2);
	json_array_remove(others, 2);
	json_array_remove(others, 0);
	assert_false(sy_next_best(group, &next));
	json_decref(group);
}

static void test_only_a_group_with_rivals_has_a_verdict(void **state)
{
	json_t *results = made_results(), *sections;
	struct sy_table table;

	(void)state;
	add(results, "wait", "pool", 1);
	add(results, "wait", "pool", 4);
	json_object_set_new(results, "groups",
	                    json_pack("[{ss s[]} {ss s[o]}]", "group",
	                              "wait/inflight:1/wait:1ms", "others",
	                              "group", "wait/inflight:4/wait:1ms",
	                              "others", other("fork", 2, "slower")));
	sections = sy_sections(results);
	table = sy_table_of("name", json_object_get(sections, "wait/wait:1ms"));
	assert_null(json_object_get(table.verdicts, "1"));
	assert_ptr_equal(json_object_get(table.verdicts, "4"),
	                 json_array_get(json_object_get(results, "groups"), 1));
	json_decref(sections);
	json_decref(results);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_columns_rise_and_none_is_left_out),
		cmocka_unit_test(test_rows_are_found_in_the_order_of_the_run),
		cmocka_unit_test(
			test_what_points_differ_in_stands_side_by_side),
		cmocka_unit_test(
			test_the_second_parameter_where_the_first_is_one),
		cmocka_unit_test(test_one_column_is_called_by_its_group),
		cmocka_unit_test(
			test_next_best_is_the_nearest_that_can_be_called),
		cmocka_unit_test(test_only_a_group_with_rivals_has_a_verdict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
