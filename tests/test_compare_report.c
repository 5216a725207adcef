/* SPDX-License-Identifier: MIT */
/*
 * test_compare_report.c - what every report of a comparison says comes back
 * from it as it was, whatever the names, paths and reasons hold.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "compare_report_fixture.h"

#define NAME_COLUMN 48

static size_t columns_of(const char *line, size_t bytes)
{
	size_t columns = 0;

	for (size_t i = 0; i < bytes; i++)
		columns += (line[i] & 0xc0) != 0x80;
	return columns;
}

static char *visible(const char *text)
{
	char *seen = NULL;
	size_t bytes;
	FILE *out = open_memstream(&seen, &bytes);

	assert_non_null(out);
	sy_put_visible(out, text);
	assert_int_equal(fclose(out), 0);
	return seen;
}

static void assert_visible_back(const char *text)
{
	char *seen = visible(text), *back = read_visible(seen, strlen(seen));

	assert_string_equal(back, text);
	free(back);
	free(seen);
}

static void test_a_visible_text_is_one_text(void **state)
{
	uint64_t random = 1;

	(void)state;
	for (size_t i = 0; i < NAMES; i++)
		assert_visible_back(name_at(i));
	for (int i = 0; i < 20000; i++) {
		char text[12] = "";

		for (size_t k = 0; k + 1 < sizeof(text); k++)
			text[k] = (char)sy_random_below(&random, 256);
		assert_visible_back(text);
	}
}

static void test_hidden_characters_are_seen(void **state)
{
	static const char *const cases[][2] = {
		{ "a\nb\x1b[2J", "a\\nb\\x1b[2J" },
		{ "\xc2\x9b"
		  "2J",
		  "\\u{9b}2J" },
		{ "\xe2\x80\xae", "\\u{202e}" },
		{ "\xff\xc0\xaf", "\\xff\\xc0\\xaf" },
		{ "\xed\xa0\x80", "\\xed\\xa0\\x80" },
		{ "\xc3\xb6 \xf0\x9f\x98\x80", "\xc3\xb6 \xf0\x9f\x98\x80" },
		{ "a\\nb", "a\\\\nb" },
		{ "a::b##[c]", "a\\x3a:b\\x23#[c]" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *seen = visible(cases[i][0]);

		assert_string_equal(seen, cases[i][1]);
		free(seen);
	}
}

/* The next line, without its end. */
static size_t next_line(const char **at, const char **line)
{
	size_t bytes = strcspn(*at, "\n");

	*line = *at;
	assert_int_equal((*at)[bytes], '\n');
	*at += bytes + 1;
	return bytes;
}

static bool begins_row(const char *line, size_t bytes)
{
	return bytes > NAME_COLUMN - 1 && *line != ' ';
}

/* One row, one line: its first word, and its name at the end. */
static void check_row(const char **at, const struct sy_compared *point)
{
	const char *line;
	size_t bytes = next_line(at, &line);
	char word[10] = "", *name;

	assert_true(begins_row(line, bytes));
	assert_int_equal(sscanf(line, "%9s", word), 1);
	assert_string_equal(word, sy_row_word(point));
	name = read_visible(line + NAME_COLUMN, bytes - NAME_COLUMN);
	assert_string_equal(name, point->name);
	free(name);
	/* Notes. */
	while (!strncmp(*at, "       ", 7))
		next_line(at, &line);
}

static void test_the_table_has_each_point(void **state)
{
	const struct sy_compared **order;
	struct sy_comparison c;
	const char *at, *line;
	char *text;

	(void)state;
	make_comparison(&c);
	text = told(sy_comparison_table, &c);
	for (at = text; *at;) {
		size_t bytes = next_line(&at, &line);

		assert_printing(line, bytes);
		/* Nothing that the runner of a job would obey. */
		assert_int_not_equal(strncmp(line + strspn(line, " "), "::", 2),
		                     0);
		if (columns_of(line, bytes) > 80 && !begins_row(line, bytes))
			fail_msg("over 80 columns: %.*s", (int)bytes, line);
	}
	assert_null(strstr(text, "##["));
	order = sy_worst_first(&c);
	at = strstr(text, "change (95 %)");
	assert_non_null(at);
	next_line(&at, &line);
	for (size_t i = 0; i < c.count; i++)
		if (order[i]->outcome != SY_OUTCOME_ONE_SIDE &&
		    order[i]->outcome != SY_OUTCOME_ABSENT)
			check_row(&at, order[i]);
	assert_int_equal(*at, '\n');
	free(order);
	free(text);
	sy_comparison_free(&c);
}

/* "WORD PLACE: name: reason", at its end. */
static void test_the_table_says_why(void **state)
{
	struct sy_comparison c;
	char *text;

	(void)state;
	sy_comparison_init(&c);
	assert_int_equal(sy_comparison_reserve(&c, 2), 0);
	c.live = true;
	c.points[0].name = strdup("io/x");
	c.points[0].outcome = SY_OUTCOME_FAILED;
	c.points[0].side = SY_NEW;
	strcpy(c.points[0].reason.text, "the worker died of signal 11");
	c.points[1].name = strdup("cpu/y");
	c.points[1].outcome = SY_OUTCOME_ONE_SIDE;
	c.points[1].side = SY_OLD;
	text = told(sy_comparison_table, &c);
	assert_non_null(strstr(
		text, "\nFAILED on NEW: io/x: the worker died of signal 11\n"));
	assert_non_null(strstr(text, "\nONLY in OLD: cpu/y\n"));
	free(text);
	text = told(sy_comparison_markdown, &c);
	assert_non_null(strstr(text, "\n- FAILED on NEW: ` io/x `: ` the "
	                             "worker died of signal 11 `\n"));
	assert_non_null(strstr(text, "\n- ONLY in OLD: ` cpu/y `\n"));
	free(text);
	sy_comparison_free(&c);
}

static void check_markdown_row(const char **at, const struct sy_compared *point)
{
	const char *line;
	size_t bytes = next_line(at, &line);
	char **cells = read_cells(line, bytes), *name;
	char change[SY_CELL_BYTES], side[SY_CELL_BYTES];

	assert_non_null(cells[4]);
	assert_null(cells[5]);
	assert_non_null(strstr(cells[0], sy_row_word(point)));
	sy_format_change(&point->gates[SY_GATE_TIME], change);
	assert_string_equal(cells[1], point->outcome == SY_OUTCOME_COMPARED
	                                      ? change
	                                      : sy_row_place(point));
	for (enum sy_side i = 0; i < SY_SIDES; i++) {
		sy_format_side(point, i, side);
		assert_string_equal(cells[2 + i], side);
	}
	name = read_code(cells[4], strlen(cells[4]));
	assert_string_equal(name, point->name);
	free(name);
	free_cells(cells);
}

/* Behind "- WORD PLACE: " a code span, ": " and another. */
static void check_markdown_reason(const char *line, size_t bytes,
                                  const struct sy_compared *point)
{
	char *copy = strndup(line, bytes), *at, *between, *text;

	assert_non_null(copy);
	at = strchr(copy, '`');
	assert_non_null(at);
	for (between = at + strspn(at, "`"); strncmp(between, "`: `", 4);)
		assert_true(*++between);
	text = read_code(at, (size_t)(between + 1 - at));
	assert_string_equal(text, point->name);
	free(text);
	text = read_code(between + 3, strlen(between + 3));
	assert_string_equal(text, point->reason.text);
	free(text);
	free(copy);
}

static void test_markdown_has_each_point(void **state)
{
	const struct sy_compared **order;
	struct sy_comparison c;
	const char *at, *line;
	size_t bytes;
	char *text;

	(void)state;
	make_comparison(&c);
	text = told(sy_comparison_markdown, &c);
	order = sy_worst_first(&c);
	at = strstr(text, "|---|---|--:|--:|---|\n");
	assert_non_null(at);
	next_line(&at, &line);
	for (size_t i = 0; i < c.count; i++)
		check_markdown_row(&at, order[i]);
	assert_int_equal(next_line(&at, &line), 0);
	for (size_t i = 0; i < c.count; i++) {
		if (order[i]->outcome == SY_OUTCOME_COMPARED ||
		    order[i]->outcome == SY_OUTCOME_PLANNED)
			continue;
		bytes = next_line(&at, &line);
		check_markdown_reason(line, bytes, order[i]);
	}
	assert_int_equal(next_line(&at, &line), 0);
	assert_int_equal(strncmp(at, "<details>", 9), 0);
	free(order);
	free(text);
	sy_comparison_free(&c);
}

/* Nothing of GitHub's stands outside a code span: what is there is ours. */
static void test_markdown_has_no_other_marks(void **state)
{
	struct sy_comparison c;
	size_t fence = 0;
	char *text;

	(void)state;
	make_comparison(&c);
	text = told(sy_comparison_markdown, &c);
	for (const char *at = text; *at; at++) {
		size_t run = strspn(at, "`");

		if (run) {
			if (!fence)
				fence = run;
			else if (run == fence)
				fence = 0;
			at += run - 1;
			continue;
		}
		if (fence)
			assert_int_not_equal(*at, '\n');
		else if (strchr("@\\$", *at) || !strncmp(at, "#1", 2) ||
		         !strncmp(at, "</code", 6))
			fail_msg("a mark outside of code: %.20s", at);
	}
	assert_int_equal(fence, 0);
	free(text);
	sy_comparison_free(&c);
}

/* https://docs.github.com/actions/reference/workflow-commands: %XX undone. */
static char *undo_percent(const char *text, size_t bytes)
{
	char *back = calloc(1, bytes + 1), *end = back;

	assert_non_null(back);
	for (size_t i = 0; i < bytes; i++) {
		unsigned code;

		if (text[i] == '%') {
			assert_int_equal(sscanf(text + i, "%%%2X", &code), 1);
			assert_non_null(strchr("%\r\n:,", (int)code));
			*end++ = (char)code;
			i += 2;
		} else {
			*end++ = text[i];
		}
	}
	return back;
}

/* "::LEVEL title=WORD NAME::MESSAGE" */
static void check_annotation(const char *line, size_t bytes,
                             const struct sy_compared *point)
{
	const char *level = point->outcome == SY_OUTCOME_WRONG ||
	                                    point->change == SY_CHANGE_SLOWER
	                            ? "error"
	                            : "warning";
	char head[40], *title, *back;
	size_t length;

	assert_printing(line, bytes);
	snprintf(head, sizeof(head), "::%s title=%s ", level,
	         sy_row_word(point));
	assert_int_equal(strncmp(line, head, strlen(head)), 0);
	line += strlen(head);
	length = strcspn(line, ":");
	assert_int_equal(strncmp(line + length, "::", 2), 0);
	assert_int_equal(strcspn(line, ","),
	                 strcspn(line + length, ",") + length);
	title = undo_percent(line, length);
	back = read_visible(title, strlen(title));
	assert_string_equal(back, point->name);
	free(back);
	free(title);
}

static bool is_annotated(const struct sy_compared *point)
{
	if (point->outcome == SY_OUTCOME_COMPARED)
		return point->change == SY_CHANGE_SLOWER ||
		       point->change == SY_CHANGE_NOISY;
	return point->outcome == SY_OUTCOME_FAILED ||
	       point->outcome == SY_OUTCOME_WRONG;
}

static void test_annotations_have_each_bad_point(void **state)
{
	const struct sy_compared **order;
	struct sy_comparison c;
	const char *at, *line;
	char *text;

	(void)state;
	make_comparison(&c);
	text = told(sy_comparison_annotations, &c);
	order = sy_worst_first(&c);
	at = text;
	for (size_t i = 0; i < c.count; i++) {
		size_t bytes;

		if (!is_annotated(order[i]))
			continue;
		bytes = next_line(&at, &line);
		check_annotation(line, bytes, order[i]);
	}
	assert_int_equal(*at, '\0');
	free(order);
	free(text);
	sy_comparison_free(&c);
}

/* Where all is NOISY, one line says so. */
static void test_noise_is_annotated_once(void **state)
{
	struct sy_comparison c;
	char *text;

	(void)state;
	sy_comparison_init(&c);
	assert_int_equal(sy_comparison_reserve(&c, 2), 0);
	c.live = c.noisy = true;
	c.spread = 0.051;
	for (size_t i = 0; i < 2; i++) {
		c.points[i].name = strdup("cpu/x");
		make_compared(&c.points[i], 0);
		c.points[i].change = SY_CHANGE_NOISY;
	}
	text = told(sy_comparison_annotations, &c);
	assert_string_equal(text,
	                    "::warning title=NOISY::This machine is too noisy "
	                    "to tell, the kernel differs from itself by 5.1 "
	                    "%25: 2 NOISY.\n");
	free(text);
	sy_comparison_free(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_visible_text_is_one_text),
		cmocka_unit_test(test_hidden_characters_are_seen),
		cmocka_unit_test(test_the_table_has_each_point),
		cmocka_unit_test(test_the_table_says_why),
		cmocka_unit_test(test_markdown_has_each_point),
		cmocka_unit_test(test_markdown_has_no_other_marks),
		cmocka_unit_test(test_annotations_have_each_bad_point),
		cmocka_unit_test(test_noise_is_annotated_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
