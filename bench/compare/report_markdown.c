/* SPDX-License-Identifier: MIT */
/*
 * report_markdown.c - a comparison for a pull request, in GitHub's flavour of
 * Markdown.
 *
 * Whatever comes from outside stands in a code span, in which nothing is
 * markup, nobody is mentioned and no issue is linked; a backslash escape would
 * keep neither @name nor #12 from becoming a link.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/report_parts.h"

/* The longest row of backticks in it: the fence must be longer. */
static int longest_fence(const char *text)
{
	int longest = 0, length = 0;

	for (; *text; text++) {
		length = *text == '`' ? length + 1 : 0;
		longest = length > longest ? length : longest;
	}
	return longest;
}

static void put_fence(FILE *out, int length)
{
	for (int i = 0; i < length; i++)
		fputc('`', out);
}

/*
 * https://github.github.com/gfm, "Code spans" and "Tables": a blank at both
 * ends is taken off, and a pipe ends the cell of a table even in code unless
 * it is escaped.
 */
void sy_put_code(FILE *out, const char *text, bool in_table)
{
	int fence = longest_fence(text) + 1;
	char shown[SY_VISIBLE_BYTES];

	put_fence(out, fence);
	fputc(' ', out);
	while (sy_visible_next(&text, shown)) {
		if (*shown == '|' && in_table)
			fputc('\\', out);
		fputs(shown, out);
	}
	fputc(' ', out);
	put_fence(out, fence);
}

static void put_side(FILE *out, const struct sy_comparison *c,
                     enum sy_side side)
{
	const char *path = c->sides[side].path, *name, *value;

	fprintf(out, "- %s: ", sy_side_word(side));
	sy_put_code(out, path ? path : "?", false);
	for (size_t i = 0; sy_side_fact(c, side, i, &name, &value); i++) {
		if (!value)
			continue;
		fprintf(out, ", %s ", name);
		sy_put_code(out, value, false);
	}
	fputc('\n', out);
}

static void put_effort(FILE *out, const struct sy_comparison *c)
{
	size_t pairs, sets;

	sy_count_pairs(c, &pairs, &sets);
	fprintf(out, "- %zu point%s", c->count, c->count == 1 ? "" : "s");
	if (c->live)
		fprintf(out, ", %zu pairs in %zu sets, %.1f s, seed %llu",
		        pairs, sets, (double)c->wall_ns / 1e9,
		        (unsigned long long)c->seed);
	if (c->spread >= 0)
		fprintf(out, "; noise %.1f %%%s", c->spread * 100,
		        c->noisy ? " (**NOISY**)" : "");
	else
		fputs("; noise not known", out);
	if (c->away >= AWAY_TOLD)
		fprintf(out, ", others had the PU for %.0f %% of the time",
		        c->away * 100);
	fputc('\n', out);
}

static void put_head(FILE *out, const struct sy_comparison *c)
{
	char sentence[SY_SENTENCE_BYTES];

	sy_comparison_sentence(c, sentence);
	fprintf(out, "### Switchyard comparison%s\n\n**%s**\n\n",
	        c->live ? "" : " (advisory)", sentence);
	put_side(out, c, SY_OLD);
	put_side(out, c, SY_NEW);
	if (c->machine) {
		fputs("- Machine: ", out);
		sy_put_code(out, c->machine, false);
		fputc('\n', out);
	}
	put_effort(out, c);
	if (c->unlike.text[0]) {
		fputs("- Compared although unlike: ", out);
		sy_put_code(out, c->unlike.text, false);
		fputc('\n', out);
	}
}

static void put_row(FILE *out, const struct sy_comparison *c,
                    const struct sy_compared *point)
{
	char change[SY_CELL_BYTES], old[SY_CELL_BYTES], new[SY_CELL_BYTES];
	bool bad = point->outcome == SY_OUTCOME_FAILED ||
	           point->outcome == SY_OUTCOME_WRONG ||
	           (point->outcome == SY_OUTCOME_COMPARED &&
	            point->change == SY_CHANGE_SLOWER);

	sy_format_change(&point->gates[SY_GATE_TIME], change);
	if (point->outcome != SY_OUTCOME_COMPARED)
		snprintf(change, sizeof(change), "%s", sy_row_place(point));
	sy_format_side(point, SY_OLD, old);
	sy_format_side(point, SY_NEW, new);
	fprintf(out, "| %s%s%s | %s", bad ? "**" : "", sy_row_word(point),
	        bad ? "**" : "", change);
	if (sy_switches_moved(c, point))
		fprintf(out, "; switches %.2f -> %.2f",
		        point->shown[SY_OLD].voluntary,
		        point->shown[SY_NEW].voluntary);
	fprintf(out, " | %s | %s | ", old, new);
	sy_put_code(out, point->name, true);
	fputs(" |\n", out);
}

static void put_reasons(FILE *out, const struct sy_compared *const *order,
                        size_t count)
{
	bool any = false;

	for (size_t i = 0; i < count; i++) {
		const struct sy_compared *point = order[i];

		if (point->outcome == SY_OUTCOME_COMPARED ||
		    point->outcome == SY_OUTCOME_PLANNED)
			continue;
		fprintf(out, "%s- %s %s: ", any ? "" : "\n", sy_row_word(point),
		        sy_row_place(point));
		any = true;
		sy_put_code(out, point->name, false);
		if (point->reason.text[0]) {
			fputs(": ", out);
			sy_put_code(out, point->reason.text, false);
		}
		fputc('\n', out);
	}
}

static bool has_aside(const struct sy_compared *point, enum sy_aside aside)
{
	return sy_aside_value(&point->shown[SY_OLD], aside) > 0 ||
	       sy_aside_value(&point->shown[SY_NEW], aside) > 0;
}

static void put_aside(FILE *out, const struct sy_compared *point,
                      enum sy_aside aside)
{
	char old[SY_CELL_BYTES], new[SY_CELL_BYTES];

	if (!has_aside(point, aside)) {
		fputs(" |", out);
		return;
	}
	sy_format_aside(sy_aside_value(&point->shown[SY_OLD], aside), aside,
	                old);
	sy_format_aside(sy_aside_value(&point->shown[SY_NEW], aside), aside,
	                new);
	fprintf(out, " %s -> %s |", old, new);
}

/* GitHub shows a table inside HTML behind an empty line. */
static void put_asides(FILE *out, const struct sy_compared *const *order,
                       size_t count)
{
	fputs("\n<details><summary>Shown, never gating</summary>\n\n| Point |",
	      out);
	for (enum sy_aside aside = 0; aside < SY_ASIDES; aside++)
		fprintf(out, " %s |", sy_aside_name(aside));
	fputs("\n|---|", out);
	for (enum sy_aside aside = 0; aside < SY_ASIDES; aside++)
		fputs("---|", out);
	fputc('\n', out);
	for (size_t i = 0; i < count; i++) {
		if (order[i]->outcome != SY_OUTCOME_COMPARED)
			continue;
		fputs("| ", out);
		sy_put_code(out, order[i]->name, true);
		fputs(" |", out);
		for (enum sy_aside aside = 0; aside < SY_ASIDES; aside++)
			put_aside(out, order[i], aside);
		fputc('\n', out);
	}
	fputs("\n</details>\n", out);
}

void sy_comparison_markdown(FILE *out, const struct sy_comparison *c)
{
	const struct sy_compared **order = sy_worst_first(c);

	put_head(out, c);
	if (!order) {
		fputs("\nno memory for the table\n", out);
		return;
	}
	fputs("\n| Verdict | Change (95 %) | OLD | NEW | Point |\n"
	      "|---|---|--:|--:|---|\n",
	      out);
	for (size_t i = 0; i < c->count; i++)
		put_row(out, c, order[i]);
	put_reasons(out, order, c->count);
	put_asides(out, order, c->count);
	free(order);
}
