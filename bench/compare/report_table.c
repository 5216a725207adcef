/* SPDX-License-Identifier: MIT */
/*
 * report_table.c - a comparison on a terminal: one line a point, the worst
 * first.  All but a point's name fits 80 columns; the name stands last and is
 * never broken, so that a line can be searched for and copied.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/report_parts.h"

#define NOTE_INDENT 7
/* Verdict, change and two times; the name follows. */
#define COLUMNS "%-6s %-22s %8s %8s "

static void put_side(FILE *out, const struct sy_comparison *c,
                     enum sy_side side)
{
	const char *path = c->sides[side].path, *name, *value;
	const char *between = ": ";
	struct sy_flow flow;

	sy_flow_begin(&flow, out, 5);
	sy_flow_put(&flow, "%s  ", sy_side_word(side));
	sy_flow_visible(&flow, path ? path : "?");
	for (size_t i = 0; sy_side_fact(c, side, i, &name, &value); i++) {
		if (!value)
			continue;
		sy_flow_put(&flow, "%s%s ", between, name);
		sy_flow_visible(&flow, value);
		between = ", ";
	}
	sy_flow_end(&flow);
}

static void put_effort(struct sy_flow *flow, const struct sy_comparison *c)
{
	size_t pairs, sets;

	sy_count_pairs(c, &pairs, &sets);
	sy_flow_put(flow, "%zu point%s", c->count, c->count == 1 ? "" : "s");
	if (c->live)
		sy_flow_put(flow,
		            ", %zu pairs in %zu sets, %.1f s (%.0f %% of it "
		            "measuring), seed %llu",
		            pairs, sets, (double)c->wall_ns / 1e9,
		            c->wall_ns ? (double)c->sliced_ns /
		                                 (double)c->wall_ns * 100
		                       : 0,
		            (unsigned long long)c->seed);
	if (c->interrupted)
		sy_flow_put(flow, ", INTERRUPTED");
	if (c->spread >= 0)
		sy_flow_put(flow, "; noise %.1f %%%s", c->spread * 100,
		            c->noisy ? " (NOISY)" : "");
	else
		sy_flow_put(flow, "; noise not known");
	if (c->away >= AWAY_TOLD)
		sy_flow_put(flow, ", others had the PU for %.0f %% of the time",
		            c->away * 100);
}

static void put_head(FILE *out, const struct sy_comparison *c)
{
	struct sy_flow flow;

	put_side(out, c, SY_OLD);
	put_side(out, c, SY_NEW);
	sy_flow_begin(&flow, out, 2);
	if (!c->live)
		sy_flow_put(&flow, "advisory, from stored figures; ");
	if (c->machine) {
		sy_flow_visible(&flow, c->machine);
		sy_flow_put(&flow, "; ");
	}
	put_effort(&flow, c);
	sy_flow_end(&flow);
	if (!c->unlike.text[0])
		return;
	sy_flow_begin(&flow, out, 2);
	sy_flow_put(&flow, "compared although unlike: ");
	sy_flow_visible(&flow, c->unlike.text);
	sy_flow_end(&flow);
}

/* How many bytes of one of two texts both end with. */
static size_t end_of_both(const char *a, const char *b)
{
	size_t bytes = 0, left = strlen(a), right = strlen(b);

	while (bytes < left && bytes < right &&
	       a[left - 1 - bytes] == b[right - 1 - bytes])
		bytes++;
	return bytes;
}

/* What all names end with, from a slash on, as a placement; a suite that has
   it in every row has no room for the rest.  "" where there is none. */
static const char *common_end(const struct sy_comparison *c)
{
	const char *first = c->count ? c->points[0].name : "", *slash;
	size_t bytes = strlen(first);

	for (size_t i = 1; i < c->count; i++) {
		size_t both = end_of_both(first, c->points[i].name);

		bytes = both < bytes ? both : bytes;
	}
	slash = strchr(first + strlen(first) - bytes, '/');
	return slash && c->count > 1 ? slash : "";
}

static void put_columns(FILE *out, const char *end)
{
	fputc('\n', out);
	fprintf(out, COLUMNS, "", "change (95 %)", "OLD", "NEW");
	fputs(*end ? "point, each ending " : "point", out);
	sy_put_visible(out, end);
	fputc('\n', out);
}

/* Points on one side and on none stand below the table alone. */
static bool has_row(const struct sy_compared *point)
{
	return point->outcome != SY_OUTCOME_ONE_SIDE &&
	       point->outcome != SY_OUTCOME_ABSENT;
}

static void put_row(FILE *out, const struct sy_compared *point, size_t end)
{
	char change[SY_CELL_BYTES], old[SY_CELL_BYTES], new[SY_CELL_BYTES];

	sy_format_change(&point->gates[SY_GATE_TIME], change);
	if (point->outcome != SY_OUTCOME_COMPARED)
		snprintf(change, sizeof(change), "%s", sy_row_place(point));
	sy_format_side(point, SY_OLD, old);
	sy_format_side(point, SY_NEW, new);
	fprintf(out, COLUMNS, sy_row_word(point), change, old, new);
	sy_put_visible_part(out, point->name, strlen(point->name) - end);
	fputc('\n', out);
}

/* What it is judged by beside its time. */
static void put_switches(FILE *out, const struct sy_comparison *c,
                         const struct sy_compared *point)
{
	if (sy_switches_moved(c, point))
		fprintf(out, "%*svoluntary switches %.2f -> %.2f (%s)\n",
		        NOTE_INDENT, "", point->shown[SY_OLD].voluntary,
		        point->shown[SY_NEW].voluntary,
		        sy_change_word(point->gates[SY_GATE_SWITCHES].change));
}

static void put_asides(FILE *out, const struct sy_comparison *c,
                       const struct sy_compared *point)
{
	struct sy_flow flow;
	bool any = false;
	double change;

	sy_flow_begin(&flow, out, NOTE_INDENT);
	for (enum sy_aside aside = 0; aside < SY_ASIDES; aside++) {
		if (!sy_aside_tells(c, point, aside, &change))
			continue;
		if (any)
			sy_flow_put(&flow, ", ");
		else
			sy_flow_put(&flow, "%*salso: ", NOTE_INDENT, "");
		sy_flow_put(&flow, "%s %+.0f %%", sy_aside_name(aside),
		            change * 100);
		any = true;
	}
	if (!any)
		return;
	sy_flow_put(&flow, " (not gating)");
	sy_flow_end(&flow);
}

/* Why a point has no figures, whole. */
static void put_reason(FILE *out, const struct sy_compared *point)
{
	struct sy_flow flow;

	sy_flow_begin(&flow, out, 4);
	sy_flow_put(&flow, "%s %s: ", sy_row_word(point), sy_row_place(point));
	sy_flow_visible(&flow, point->name);
	if (point->reason.text[0]) {
		sy_flow_put(&flow, ": ");
		sy_flow_visible(&flow, point->reason.text);
	}
	sy_flow_end(&flow);
}

static void put_reasons(FILE *out, const struct sy_compared *const *order,
                        size_t count)
{
	bool any = false;

	for (size_t i = 0; i < count; i++) {
		if (order[i]->outcome == SY_OUTCOME_COMPARED ||
		    order[i]->outcome == SY_OUTCOME_PLANNED)
			continue;
		if (!any)
			fputc('\n', out);
		any = true;
		put_reason(out, order[i]);
	}
}

static void put_sentence(FILE *out, const struct sy_comparison *c)
{
	char sentence[SY_SENTENCE_BYTES];
	struct sy_flow flow;

	sy_comparison_sentence(c, sentence);
	fputc('\n', out);
	sy_flow_begin(&flow, out, 0);
	sy_flow_visible(&flow, sentence);
	sy_flow_end(&flow);
}

void sy_comparison_table(FILE *out, const struct sy_comparison *c)
{
	const struct sy_compared **order = sy_worst_first(c);
	const char *end = common_end(c);

	put_head(out, c);
	if (!order) {
		fputs("\nno memory for the table\n", out);
		return;
	}
	put_columns(out, end);
	for (size_t i = 0; i < c->count; i++) {
		if (!has_row(order[i]))
			continue;
		put_row(out, order[i], strlen(end));
		put_switches(out, c, order[i]);
		put_asides(out, c, order[i]);
	}
	put_reasons(out, order, c->count);
	put_sentence(out, c);
	free(order);
}
