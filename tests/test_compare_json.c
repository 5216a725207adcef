/* SPDX-License-Identifier: MIT */
/*
 * test_compare_json.c - a comparison as JSON, its one sentence, and its
 * figures with the digits that they deserve.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "compare_report_fixture.h"

#include <math.h>
#include <sys/wait.h>

/* Written and read back, as somebody else would. */
static json_t *read_back(const struct sy_comparison *c)
{
	json_t *json = sy_comparison_to_json(c), *back;
	json_error_t error;
	char *text;

	assert_non_null(json);
	text = json_dumps(json, JSON_INDENT(1));
	assert_non_null(text);
	back = json_loads(text, JSON_REJECT_DUPLICATES, &error);
	if (!back)
		fail_msg("line %d: %s", error.line, error.text);
	assert_true(json_equal(json, back));
	free(text);
	json_decref(json);
	return back;
}

static const char *text_at(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static json_int_t whole_at(const json_t *object, const char *key)
{
	assert_true(json_is_integer(json_object_get(object, key)));
	return json_integer_value(json_object_get(object, key));
}

/* U+FFFD for each byte that is not UTF-8; the last four names of nastier that
   are not, by hand. */
static const char *replaced(const char *text)
{
	static const char *const cases[][2] = {
		{ "\xff", "\xef\xbf\xbd" },
		{ "a\xc3", "a\xef\xbf\xbd" },
		{ "\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xf4\x90\x80\x80",
		  "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xe2\x82x", "\xef\xbf\xbd\xef\xbf\xbdx" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (!strcmp(text, cases[i][0]))
			return cases[i][1];
	return text;
}

static json_int_t column_of(const json_t *columns, const json_t *pair,
                            const char *name)
{
	json_t *column;
	size_t i;

	json_array_foreach ((json_t *)columns, i, column)
		if (!strcmp(json_string_value(column), name))
			return json_integer_value(json_array_get(pair, i));
	fail_msg("no column %s", name);
	return 0;
}

static void check_pair(const json_t *columns, const json_t *row,
                       const struct sy_pair *pair)
{
	assert_int_equal(json_array_size(columns), json_array_size(row));
	assert_int_equal(column_of(columns, row, "set"), pair->set);
	assert_int_equal(column_of(columns, row, "round"), pair->round);
	assert_int_equal(json_is_true(json_array_get(row, 2)), pair->new_first);
	assert_int_equal(column_of(columns, row, "at_ns"), pair->at_ns);
	assert_int_equal(column_of(columns, row, "operations"),
	                 pair->operations);
	assert_int_equal(column_of(columns, row, "performed_old"),
	                 pair->performed[SY_OLD]);
	assert_int_equal(column_of(columns, row, "performed_new"),
	                 pair->performed[SY_NEW]);
	assert_int_equal(column_of(columns, row, "elapsed_ns_old"),
	                 pair->elapsed_ns[SY_OLD]);
	assert_int_equal(column_of(columns, row, "elapsed_ns_new"),
	                 pair->elapsed_ns[SY_NEW]);
	assert_int_equal(column_of(columns, row, "voluntary_old"), 10);
	assert_int_equal(column_of(columns, row, "voluntary_new"), 11);
	assert_int_equal(column_of(columns, row, "involuntary_old"), 12);
	assert_int_equal(column_of(columns, row, "involuntary_new"), 13);
	assert_int_equal(column_of(columns, row, "cpu_ns_old"), 14);
	assert_int_equal(column_of(columns, row, "cpu_ns_new"), 15);
}

static void check_point(const json_t *json, const json_t *told_of,
                        const struct sy_compared *point)
{
	const json_t *pairs = json_object_get(told_of, "pairs");
	bool compared = point->outcome == SY_OUTCOME_COMPARED;

	assert_string_equal(text_at(told_of, "name"), replaced(point->name));
	assert_string_equal(text_at(told_of, "outcome"),
	                    sy_outcome_name(point->outcome));
	assert_int_equal(json_array_size(pairs), point->pair_count);
	assert_int_equal(json_is_null(json_object_get(told_of, "change")),
	                 !compared);
	assert_int_equal(json_is_null(json_object_get(told_of, "gates")),
	                 !compared);
	if (!compared)
		return;
	assert_string_equal(text_at(told_of, "change"),
	                    sy_change_name(point->change));
	check_pair(json_object_get(json, "pair_columns"),
	           json_array_get(pairs, 0), &point->pairs[0]);
}

static void test_json_has_all_of_it(void **state)
{
	struct sy_comparison c;
	json_t *json, *points;
	const json_t *sides;

	(void)state;
	make_comparison(&c);
	json = read_back(&c);
	assert_int_equal(whole_at(json, "schema"), 1);
	assert_int_equal(whole_at(json, "seed"), 7);
	assert_int_equal(whole_at(json, "wall_ns"), 12300000000);
	assert_int_equal(whole_at(json, "status"), sy_judge_status(&c, false));
	assert_true(json_is_false(json_object_get(json, "advisory")));
	sides = json_object_get(json, "sides");
	assert_string_equal(text_at(json_object_get(sides, "old"), "path"),
	                    c.sides[SY_OLD].path);
	assert_true(json_equal(
		json_object_get(json_object_get(sides, "new"), "told"),
		c.sides[SY_NEW].told));
	points = json_object_get(json, "points");
	assert_int_equal(json_array_size(points), c.count);
	for (size_t i = 0; i < c.count; i++)
		check_point(json, json_array_get(points, i), &c.points[i]);
	json_decref(json);
	sy_comparison_free(&c);
}

/* JSON has neither, and a reader must not take a 0 for a figure. */
static void test_what_is_not_known_is_null(void **state)
{
	struct sy_comparison c;
	const json_t *point, *ratio, *shown;
	json_t *json;

	(void)state;
	make_comparison(&c);
	c.spread = -1;
	c.points[1].outcome = SY_OUTCOME_COMPARED;
	c.points[1].gates[SY_GATE_TIME].there = true;
	c.points[1].gates[SY_GATE_TIME].ratio =
		(struct sy_estimate){ NAN, -INFINITY, INFINITY };
	json = read_back(&c);
	point = json_array_get(json_object_get(json, "points"), 1);
	ratio = json_object_get(
		json_object_get(json_object_get(point, "gates"), "time"),
		"ratio");
	assert_true(json_is_null(json_object_get(ratio, "value")));
	assert_true(json_is_null(json_object_get(ratio, "low")));
	assert_true(json_is_null(json_object_get(ratio, "high")));
	shown = json_object_get(json_object_get(point, "shown"), "old");
	assert_true(json_is_null(json_object_get(shown, "latency_p99_ns")));
	assert_true(json_is_null(
		json_object_get(json_object_get(json, "sentinel"), "spread")));
	json_decref(json);
	sy_comparison_free(&c);
}

/* By a reader that is not the library which wrote it. */
static void test_python_reads_it(void **state)
{
	struct sy_comparison c;
	json_t *json;
	FILE *python;

	(void)state;
	if (system("command -v python3 >/dev/null"))
		skip();
	make_comparison(&c);
	json = sy_comparison_to_json(&c);
	assert_non_null(json);
	python = popen("python3 -c 'import json, sys\n"
	               "c = json.loads(sys.stdin.buffer.read().decode())\n"
	               "w = len(c[\"pair_columns\"])\n"
	               "p = [r for q in c[\"points\"] for r in q[\"pairs\"]]\n"
	               "sys.exit(not p or any(len(r) != w for r in p))'",
	               "we");
	assert_non_null(python);
	assert_int_equal(json_dumpf(json, python, 0), 0);
	assert_int_equal(pclose(python), 0);
	json_decref(json);
	sy_comparison_free(&c);
}

static void test_digits_follow_the_interval(void **state)
{
	static const struct {
		struct sy_estimate ratio;
		const char *text;
	} cases[] = {
		{ { 1.052, 1.046, 1.059 }, "+5.2 % (4.6..5.9)" },
		{ { 0.948, 0.941, 0.954 }, "-5.2 % (-5.9..-4.6)" },
		{ { 1.0521, 1.0514, 1.0529 }, "+5.21 % (5.14..5.29)" },
		{ { 1.52, 1.41, 1.64 }, "+52 % (41..64)" },
		{ { 12.13, 11.04, 13.2 }, "12.13x (11.0..13.2)" },
		{ { 1, 1, 1 }, "+0.0 % (0.0..0.0)" },
		{ { 0.9997, 0.9996, 1.07 }, "+0.0 % (0.0..7.0)" },
		{ { 0.997, 0.996, 1.17 }, "+0 % (0..17)" },
		{ { 1.05, NAN, NAN }, "+5.0 %" },
		{ { NAN, 1, 1 }, "-" },
	};
	char text[SY_CELL_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sy_finding_gate gate = {
			.there = true,
			.ratio = cases[i].ratio,
		};

		sy_format_change(&gate, text);
		assert_string_equal(text, cases[i].text);
		gate.there = false;
		sy_format_change(&gate, text);
		assert_string_equal(text, "-");
	}
}

static void assert_sentence(const struct sy_comparison *c, const char *wanted)
{
	char text[SY_SENTENCE_BYTES];

	sy_comparison_sentence(c, text);
	assert_string_equal(text, wanted);
}

/* Three points that were compared, with these changes. */
static void make_three(struct sy_comparison *c)
{
	sy_comparison_init(c);
	assert_int_equal(sy_comparison_reserve(c, 3), 0);
	c->live = true;
	for (size_t i = 0; i < 3; i++) {
		c->points[i].name = strdup("cpu/x/placement:one-pu");
		assert_non_null(c->points[i].name);
		make_compared(&c->points[i], 0);
	}
}

static void test_the_sentence(void **state)
{
	struct sy_comparison c;

	(void)state;
	make_three(&c);
	assert_sentence(&c, "No point is slower: 3 SAME.");
	c.points[0].change = c.points[0].gates[SY_GATE_TIME].change =
		SY_CHANGE_SLOWER;
	assert_sentence(&c, "1 of 3 points is slower, at worst by 5.2 %: "
	                    "2 SAME.");
	c.points[0].change = SY_CHANGE_NOISY;
	assert_sentence(&c, "No point is known to be slower, but of 1 nothing "
	                    "can be said: 1 NOISY, 2 SAME.");
	c.points[0].change = SY_CHANGE_SLOWER;
	/* By its switches alone: the time is not told as what was slower. */
	c.points[0].gates[SY_GATE_TIME].change = SY_CHANGE_SAME;
	assert_sentence(&c, "1 of 3 points is slower: 2 SAME.");
	c.live = false;
	c.points[1].change = SY_CHANGE_FASTER;
	c.points[2].outcome = SY_OUTCOME_FAILED;
	assert_sentence(&c, "Advisory, from stored figures: 1 of 2 points is "
	                    "slower: 1 FAILED, 1 FASTER.");
	c.live = c.interrupted = true;
	for (size_t i = 0; i < 3; i++)
		c.points[i].outcome = SY_OUTCOME_PLANNED;
	assert_sentence(&c, "Interrupted. No point was compared: 3 not "
	                    "reached.");
	sy_comparison_free(&c);
}

/* By what is bad, then by how much slower, then as in the suite. */
static void test_the_worst_comes_first(void **state)
{
	static const struct {
		enum sy_outcome outcome;
		enum sy_change change;
		double ratio;
		size_t place;
	} points[] = {
		{ SY_OUTCOME_ABSENT, SY_CHANGE_SAME, 0, 10 },
		{ SY_OUTCOME_COMPARED, SY_CHANGE_SAME, 1.01, 7 },
		{ SY_OUTCOME_COMPARED, SY_CHANGE_FASTER, 0.5, 6 },
		{ SY_OUTCOME_ONE_SIDE, SY_CHANGE_SAME, 0, 9 },
		{ SY_OUTCOME_COMPARED, SY_CHANGE_NOISY, 1.5, 4 },
		{ SY_OUTCOME_COMPARED, SY_CHANGE_NOISY, 1.5, 5 },
		{ SY_OUTCOME_COMPARED, SY_CHANGE_SLOWER, 1.1, 1 },
		{ SY_OUTCOME_FAILED, SY_CHANGE_SAME, 0, 3 },
		{ SY_OUTCOME_COMPARED, SY_CHANGE_SLOWER, 1.2, 0 },
		{ SY_OUTCOME_WRONG, SY_CHANGE_SAME, 0, 2 },
		{ SY_OUTCOME_COMPARED, SY_CHANGE_SAME, 0.99, 8 },
	};
	const size_t count = sizeof(points) / sizeof(points[0]);
	const struct sy_compared **order;
	struct sy_comparison c;

	(void)state;
	sy_comparison_init(&c);
	assert_int_equal(sy_comparison_reserve(&c, count), 0);
	for (size_t i = 0; i < count; i++) {
		c.points[i].outcome = points[i].outcome;
		c.points[i].change = points[i].change;
		c.points[i].gates[SY_GATE_TIME].there = true;
		c.points[i].gates[SY_GATE_TIME].ratio.value = points[i].ratio;
	}
	order = sy_worst_first(&c);
	assert_non_null(order);
	for (size_t i = 0; i < count; i++)
		assert_ptr_equal(order[points[i].place], &c.points[i]);
	free(order);
	sy_comparison_free(&c);
}

/* What they have in common stands once, in the head of the column. */
static void test_a_common_end_stands_once(void **state)
{
	struct sy_comparison c;
	char *text;

	(void)state;
	make_three(&c);
	free(c.points[2].name);
	c.points[2].name = strdup("io/yx/placement:one-pu");
	text = told(sy_comparison_table, &c);
	assert_non_null(strstr(text, "point, each ending /placement:one-pu\n"));
	assert_non_null(strstr(text, " us cpu/x\n"));
	assert_non_null(strstr(text, " us io/yx\n"));
	free(text);
	sy_comparison_free(&c);
}

static void test_stored_figures_are_advisory(void **state)
{
	struct sy_comparison c;
	char *text;

	(void)state;
	make_three(&c);
	c.live = false;
	strcpy(c.unlike.text, "build_type: Release, Debug");
	text = told(sy_comparison_table, &c);
	assert_non_null(strstr(text, "\nadvisory, from stored figures; "));
	assert_non_null(strstr(text, "\nAdvisory, from stored figures: "));
	assert_non_null(strstr(
		text,
		"\ncompared although unlike: build_type: Release, Debug"));
	free(text);
	text = told(sy_comparison_markdown, &c);
	assert_non_null(strstr(text, "### Switchyard comparison (advisory)"));
	assert_non_null(strstr(text, "**Advisory, from stored figures: "));
	free(text);
	sy_comparison_free(&c);
}

static void test_what_never_gates_is_told_where_it_tells(void **state)
{
	struct sy_comparison c;
	char *text;

	(void)state;
	make_three(&c);
	/* As the time has grown: nothing new. */
	c.points[0].shown[SY_NEW].cpu_ns = 1052;
	/* A tail by less than three floors. */
	c.points[0].shown[SY_OLD].latency_p99_ns = 1000;
	c.points[0].shown[SY_NEW].latency_p99_ns = 1100;
	c.points[1].shown[SY_NEW].cpu_ns = 1300;
	c.points[1].shown[SY_OLD].bytes = 1000;
	c.points[1].shown[SY_NEW].bytes = 1052;
	c.points[2].shown[SY_NEW].cpu_ns = 1000;
	c.points[2].gates[SY_GATE_TIME].ratio = (struct sy_estimate){ 1, 1, 1 };
	text = told(sy_comparison_table, &c);
	assert_non_null(
		strstr(text, "\n       also: cpu time +30 %, memory +5 % (not "
	                     "gating)\n"));
	assert_null(strstr(strstr(text, "also:") + 1, "also:"));
	free(text);
	sy_comparison_free(&c);
}

static void test_switches_that_moved_are_told(void **state)
{
	struct sy_comparison c;
	char *text;

	(void)state;
	make_three(&c);
	c.points[1].is_handoff = true;
	c.points[1].change = SY_CHANGE_SLOWER;
	c.points[1].gates[SY_GATE_SWITCHES] = (struct sy_finding_gate){
		.there = true,
		.ratio = { 0.9, 0.9, 0.9 },
		.change = SY_CHANGE_SLOWER,
	};
	c.points[1].shown[SY_NEW].voluntary = 1.9;
	text = told(sy_comparison_table, &c);
	assert_non_null(
		strstr(text, "\n       voluntary switches 1.00 -> 1.90"));
	free(text);
	text = told(sy_comparison_markdown, &c);
	assert_non_null(strstr(text, "; switches 1.00 -> 1.90 |"));
	free(text);
	text = told(sy_comparison_annotations, &c);
	assert_non_null(strstr(text, ", voluntary switches 1.00 -> 1.90\n"));
	free(text);
	sy_comparison_free(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json_has_all_of_it),
		cmocka_unit_test(test_what_is_not_known_is_null),
		cmocka_unit_test(test_python_reads_it),
		cmocka_unit_test(test_digits_follow_the_interval),
		cmocka_unit_test(test_the_sentence),
		cmocka_unit_test(test_the_worst_comes_first),
		cmocka_unit_test(test_a_common_end_stands_once),
		cmocka_unit_test(test_stored_figures_are_advisory),
		cmocka_unit_test(test_what_never_gates_is_told_where_it_tells),
		cmocka_unit_test(test_switches_that_moved_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
