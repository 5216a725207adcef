/* SPDX-License-Identifier: MIT */
/*
 * compare_report_fixture.h - made comparisons, and readers of what is told of
 * them, written from the formats' descriptions and not from what writes them.
 *
 * After cmocka.h.
 */
#ifndef SY_COMPARE_REPORT_FIXTURE_H
#define SY_COMPARE_REPORT_FIXTURE_H

#include "export_fixture.h"

#include "compare/judge.h"
#include "compare/report_parts.h"

/* Beside those of export_fixture.h: what a shell, a terminal, GitHub or its
   runner would take for something else, and what is not UTF-8. */
static const char *const nastier[] = {
	"",
	"$(reboot)",
	"`reboot`",
	"a`b``c```d",
	"``",
	"@octocat closes #12",
	"::error::x",
	"##[error]x",
	"%0A::error::x",
	"a%25b, c: d",
	"::set-output name=a::b",
	"</details>",
	"</code>|x",
	"a\\|b",
	"\\",
	"\x1b]0;title\x07\x1b[2J",
	"a\rb",
	"c1 \xc2\x9b"
	"31m",
	"turned \xe2\x80\xae round",
	"line\xe2\x80\xa8separator",
	"\xff",
	"a\xc3",
	"\xc0\xaf",
	"\xed\xa0\x80",
	"\xf4\x90\x80\x80",
	"\xe2\x82"
	"x",
	"switch/a.very.long.name/with:many/parts:of/placement:one-pu/"
	"and_more:1/"
	"and_more:2/and_more:3",
	"a_name_without_any_slash_that_is_longer_than_a_whole_line_of_a_"
	"terminal_"
	"that_has_eighty_columns",
};
#define NASTIER (sizeof(nastier) / sizeof(nastier[0]))
#define NAMES (NASTY + NASTIER)

static inline const char *name_at(size_t i)
{
	return i < NASTY ? nasty[i] : nastier[i - NASTY];
}

static inline void make_compared(struct sy_compared *point, size_t i)
{
	static const enum sy_change changes[] = {
		SY_CHANGE_SAME,
		SY_CHANGE_SLOWER,
		SY_CHANGE_NOISY,
		SY_CHANGE_FASTER,
	};
	struct sy_pair pair = {
		.set = 1,
		.round = (uint32_t)i,
		.new_first = i % 2,
		.at_ns = 5000 + i,
		.operations = 1000,
		.performed = { 1000, 1001 },
		.elapsed_ns = { 1230000, 1290000 + i },
		.voluntary = { 10, 11 },
		.involuntary = { 12, 13 },
		.cpu_ns = { 14, 15 },
	};
	double ratio = 1.052 + (double)i / 1000;

	point->outcome = SY_OUTCOME_COMPARED;
	point->change = changes[i / 6 % 4];
	point->sets = 2;
	point->gates[SY_GATE_TIME] = (struct sy_finding_gate){
		.there = true,
		.ratio = { ratio, ratio - 0.006, ratio + 0.007 },
		.p = { 1e-9, 1 },
		.corrected = { 2.4e-8, 1 },
		.change = point->change,
	};
	for (enum sy_side side = 0; side < SY_SIDES; side++)
		point->shown[side] = (struct sy_shown){
			.ns = 1230 + 60 * (double)side,
			.cpu_ns = 1000,
			.voluntary = 1,
			.involuntary = 0.01,
		};
	assert_int_equal(sy_pair_add(&point->pairs, &point->pair_count,
	                             &point->pair_room, &pair),
	                 0);
}

/* Every name, every outcome and every change. */
static inline void make_comparison(struct sy_comparison *c)
{
	sy_comparison_init(c);
	assert_int_equal(sy_comparison_reserve(c, NAMES), 0);
	c->live = true;
	c->wall_ns = 12300000000;
	c->sliced_ns = 6000000000;
	c->seed = 7;
	c->spread = 0.012;
	c->machine = strdup("A CPU with | and `x`, 2 PUs");
	c->machine_id = strdup("0123");
	c->sides[SY_OLD].path = strdup("./old`|<b>\n\x1b[2J");
	c->sides[SY_NEW].path = strdup("./new");
	c->sides[SY_OLD].told = json_pack("{ss ss}", "git_commit", "abc|`d",
	                                  "compiler", "GNU 12");
	c->sides[SY_NEW].told =
		json_pack("{ss ss}", "git_commit", "def", "compiler", "GNU 12");
	for (size_t i = 0; i < c->count; i++) {
		struct sy_compared *point = &c->points[i];
		enum sy_outcome outcome = (enum sy_outcome)(i % 6);

		point->name = strdup(name_at(i));
		assert_non_null(point->name);
		point->side = i / 2 % 2 ? SY_NEW : SY_OLD;
		if (outcome == SY_OUTCOME_COMPARED) {
			make_compared(point, i);
			continue;
		}
		point->outcome = outcome;
		snprintf(point->reason.text, sizeof(point->reason.text),
		         "reason %zu: %s", i, name_at(NAMES - 1 - i));
	}
}

typedef void tell_fn(FILE *out, const struct sy_comparison *c);

/* What a report says; the caller's.  Inlined, gcc 12 takes the text for the
   variable that holds its address. */
__attribute__((noinline, unused)) static char *
told(tell_fn *tell, const struct sy_comparison *c)
{
	char *text = NULL;
	size_t bytes = 0;
	FILE *out = open_memstream(&text, &bytes);

	assert_non_null(out);
	tell(out, c);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(strlen(text), bytes);
	return text;
}

/* Nothing that moves a cursor or ends a line. */
static inline void assert_printing(const char *text, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
			fail_msg("a control character in %s", text);
}

static inline void put_utf8(FILE *out, unsigned code)
{
	if (code < 0x80) {
		fputc((int)code, out);
	} else if (code < 0x800) {
		fprintf(out, "%c%c", 0xc0 | code >> 6, 0x80 | (code & 0x3f));
	} else {
		assert_true(code < 0x10000);
		fprintf(out, "%c%c%c", 0xe0 | code >> 12,
		        0x80 | (code >> 6 & 0x3f), 0x80 | (code & 0x3f));
	}
}

/* The bytes that a visible text stands for; the caller's. */
static inline char *read_visible(const char *text, size_t bytes)
{
	char *seen = NULL;
	size_t length;
	FILE *out = open_memstream(&seen, &length);

	assert_non_null(out);
	assert_printing(text, bytes);
	for (size_t i = 0; i < bytes; i++) {
		unsigned code;
		int used = 0;

		if (text[i] != '\\') {
			fputc(text[i], out);
			continue;
		}
		i++;
		if (sscanf(text + i, "x%2x%n", &code, &used) == 1) {
			fputc((int)code, out);
			i += (size_t)used - 1;
		} else if (sscanf(text + i, "u{%x}%n", &code, &used) == 1) {
			put_utf8(out, code);
			i += (size_t)used - 1;
		} else {
			assert_non_null(strchr("tnr\\", text[i]));
			fputc(text[i] == 't'   ? '\t'
			      : text[i] == 'n' ? '\n'
			      : text[i] == 'r' ? '\r'
			                       : '\\',
			      out);
		}
	}
	assert_int_equal(fclose(out), 0);
	return seen;
}

/*
 * A code span that is all of a text: https://github.github.com/gfm,
 * "Code spans".  Its content, escapes undone; the caller's.
 */
static inline char *read_code(const char *text, size_t bytes)
{
	size_t fence = strspn(text, "`"), run = 0;
	const char *content = text + fence;

	assert_true(fence > 0 && bytes > 2 * fence);
	bytes -= 2 * fence;
	assert_int_equal(strspn(content + bytes, "`"), fence);
	for (size_t i = 0; i <= bytes; i++) {
		if (i < bytes && content[i] == '`') {
			run++;
			continue;
		}
		/* It would end here. */
		assert_int_not_equal(run, fence);
		run = 0;
	}
	if (strspn(content, " ") < bytes && *content == ' ' &&
	    content[bytes - 1] == ' ')
		return read_visible(content + 1, bytes - 2);
	/* Nothing but blanks: two of them are ours. */
	return read_visible(content, bytes - 2);
}

/* The cells of a row, as they are before their content is read: the row ends
   with NULL.  https://github.github.com/gfm, "Tables" */
static inline char **read_cells(const char *line, size_t bytes)
{
	char **cells = calloc(20, sizeof(char *));
	size_t count = 0, used = 0;

	assert_non_null(cells);
	assert_true(bytes > 2 && line[0] == '|' && line[bytes - 1] == '|');
	for (size_t i = 1; i < bytes; i++) {
		if (!cells[count])
			cells[count] = calloc(1, bytes);
		assert_non_null(cells[count]);
		if (line[i] == '\\' && line[i + 1] == '|') {
			cells[count][used++] = line[++i];
		} else if (line[i] == '|') {
			char *cell = cells[count++];
			size_t blank = strspn(cell, " ");

			while (used && cell[used - 1] == ' ')
				cell[--used] = '\0';
			memmove(cell, cell + (blank > used ? used : blank),
			        strlen(cell) + 1 -
			                (blank > used ? used : blank));
			used = 0;
			assert_true(count < 19);
		} else {
			cells[count][used++] = line[i];
		}
	}
	return cells;
}

static inline void free_cells(char **cells)
{
	for (size_t i = 0; cells[i]; i++)
		free(cells[i]);
	free(cells);
}

#endif /* SY_COMPARE_REPORT_FIXTURE_H */
