/* SPDX-License-Identifier: MIT */
/*
 * report_mechanisms.c - the tables of `switch`, `spawn` and `idle`.
 *
 * Where a section has one column, all that is known of its points stands in
 * one table; where it has several, each figure has a table of its own, in which
 * a row reads as a curve.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/report_parts.h"
#include "host/units.h"

/* What is left of a line behind four figures, less two blanks. */
#define DETAIL_WIDTH 19

/* " (ref)" behind the name of what is no rival. */
static void print_name(FILE *out, const char *row, const json_t *point)
{
	char name[SY_ROW_BYTES + 8];

	snprintf(name, sizeof(name), "%s%s", row,
	         sy_is_reference(point) ? " (ref)" : "");
	fprintf(out, "%-22s", name);
}

/* A point's figure, in `width` columns behind a blank; "-": it has none. */
static void print_figure(FILE *out, const struct sy_facet *facet,
                         const json_t *point, int width)
{
	const json_t *estimate = json_object_get(point, facet->key);
	double half = (sy_number_at(point, facet->key, "high") -
	               sy_number_at(point, facet->key, "low")) /
	              2;
	char text[24] = "-";

	if (!strcmp(facet->key, "net_ns") &&
	    json_is_true(json_object_get(point, "net_is_zero")))
		snprintf(text, sizeof(text), "~0");
	else if (estimate)
		sy_format_facet(facet, sy_number_at(point, facet->key, "value"),
		                half, text, sizeof(text));
	fprintf(out, " %*s", width, text);
}

/* The main figure with its mark, or the state that there is instead. */
static void print_main(FILE *out, const struct sy_facet *facet,
                       const json_t *point)
{
	if (!sy_is_measured(point)) {
		fprintf(out, " %9s\n", sy_text_of(point, "state"));
		return;
	}
	print_figure(out, facet, point, 9);
	fputc(json_object_get(point, "modes") && !facet->is_bytes ? '*' : ' ',
	      out);
	sy_print_spread(out, sy_spread_or_few(point, facet->key));
}

static void print_ns(FILE *out, const json_t *point, const char *key)
{
	const struct sy_facet ns = { key, "", false };

	print_figure(out, &ns, point, 9);
}

static void print_mode(FILE *out, const json_t *point, const char *which)
{
	double ns = sy_number_at(point, "modes", which);
	char text[24] = "-";

	if (ns > 0)
		sy_format_ns(ns, 0.05 * ns, text, sizeof(text));
	fprintf(out, " %9s", text);
}

static double switches(const json_t *point, const char *which)
{
	return sy_number_at(point, "switches_per_op", which);
}

/* Behind the row where it fits, else below it. */
static void print_detail(FILE *out, const json_t *point)
{
	const char *detail = sy_text_of(point, "detail");

	if (*detail && strlen(detail) <= DETAIL_WIDTH)
		fprintf(out, "  %s", detail);
	else if (*detail)
		fprintf(out, "\n    %s", detail);
	fputc('\n', out);
}

/* What follows the main figure of a measured point, by the family. */

static void print_handoff(FILE *out, const json_t *point, bool mixture)
{
	if (mixture) {
		print_mode(out, point, "lower");
		print_mode(out, point, "upper");
	} else {
		print_ns(out, point, "alone_ns");
		print_ns(out, point, "net_ns");
	}
	fprintf(out, " %9.3f %10.3f", switches(point, "voluntary"),
	        switches(point, "involuntary"));
	if (*sy_text_of(point, "detail"))
		fprintf(out, "\n    %s", sy_text_of(point, "detail"));
	fputc('\n', out);
}

static void print_created(FILE *out, const json_t *point)
{
	print_ns(out, point, "first_ns");
	print_ns(out, point, "net_ns");
	print_detail(out, point);
}

static void print_waiting(FILE *out, const json_t *point)
{
	const struct sy_facet slab = { "slab_bytes_per_context", "", true };

	print_figure(out, &slab, point, 9);
	print_ns(out, point, "ns_per_op");
	print_detail(out, point);
}

static bool any_mixture(const struct sy_table *table)
{
	return sy_table_has(table, "mixture");
}

/* "switch/placement:one-pu: WHAT", in as many lines as it takes. */
static void print_title(FILE *out, const struct sy_table *table,
                        const char *what)
{
	char text[2 * SY_ROW_BYTES];

	snprintf(text, sizeof(text), "%s: %s", table->title, what);
	fputc('\n', out);
	sy_print_wrapped(out, 0, 4, text);
}

static void print_columns(FILE *out, const char *main, const char *third,
                          const char *fourth, const char *rest)
{
	fprintf(out, "%-22s %9s  %5s %9s %9s%s\n", "", main, "+-", third,
	        fourth, rest);
}

static void print_head(FILE *out, const struct sy_table *table)
{
	if (table->shape == SY_WAITING) {
		print_title(out, table, "memory of a waiting context");
		print_columns(out, "memory", "slab", "creating", "");
	} else if (table->shape == SY_CREATED) {
		print_title(out, table, "time to create and end a context");
		print_columns(out, "time", "first", "net", "");
	} else if (any_mixture(table)) {
		print_title(out, table,
		            "not bound, so a mixture of what a hand-off costs "
		            "on one PU and across two, and no one cost");
		print_columns(out, "mixture", "lower", "upper",
		              " voluntary  involunt.");
	} else {
		print_title(out, table,
		            "one-way cost of a hand-off, and its switches");
		print_columns(out, "raw", "own", "net",
		              " voluntary  involunt.");
	}
}

static void print_all(FILE *out, const struct sy_table *table)
{
	const struct sy_facet *facet = sy_facets(table->shape);
	const char *row;
	json_t *cells;

	print_head(out, table);
	json_object_foreach ((json_t *)table->rows, row, cells) {
		const json_t *point = json_object_get(cells, table->told);

		print_name(out, row, point);
		print_main(out, facet, point);
		if (!sy_is_measured(point))
			continue;
		if (table->shape == SY_WAITING)
			print_waiting(out, point);
		else if (table->shape == SY_CREATED)
			print_created(out, point);
		else
			print_handoff(out, point, any_mixture(table));
	}
}

/* ---- several columns ---- */

/* In ten columns; the mark of two modes takes one of a time. */
static void print_cell(FILE *out, const struct sy_facet *facet,
                       const json_t *point)
{
	int width = facet->is_bytes ? 9 : 8;

	if (point && !sy_is_measured(point))
		fprintf(out, " %*.*s", width, width,
		        sy_text_of(point, "state"));
	else
		print_figure(out, facet, point, width);
	if (!facet->is_bytes)
		fputc(json_object_get(point, "modes") ? '*' : ' ', out);
}

/* Any cell of a row will do to tell what the row is. */
static const json_t *any_cell(const json_t *cells)
{
	return json_object_iter_value(json_object_iter((json_t *)cells));
}

static void print_curve(FILE *out, const struct sy_table *table,
                        const struct sy_facet *facet, const char *row,
                        const json_t *cells)
{
	double widest = 0;

	print_name(out, row, any_cell(cells));
	for (size_t i = 0; i < table->shown_count; i++) {
		const json_t *point = json_object_get(cells, table->shown[i]);

		print_cell(out, facet, point);
		if (json_object_get(point, facet->key))
			widest = fmax(widest,
			              sy_spread_or_few(point, facet->key));
	}
	sy_print_spread(out, widest);
	fputc('\n', out);
}

static void print_curves(FILE *out, const struct sy_table *table,
                         const struct sy_facet *facet)
{
	const char *row;
	json_t *cells;
	char text[SY_COLUMN_BYTES], what[200];

	snprintf(what, sizeof(what), "%s, by %s%s", facet->what,
	         table->axis->label,
	         any_mixture(table) ? "; not bound, so a mixture of what it "
	                              "is on one PU and across two"
	                            : "");
	print_title(out, table, what);
	fprintf(out, "%-22s", "");
	for (size_t i = 0; i < table->shown_count; i++)
		fprintf(out, facet->is_bytes ? " %9s" : " %8s ",
		        sy_column_text(table->axis, table->shown[i], text,
		                       sizeof(text)));
	fprintf(out, " %5s\n", "+-");
	json_object_foreach ((json_t *)table->rows, row, cells)
		if (sy_row_has(table, facet, cells))
			print_curve(out, table, facet, row, cells);
}

/* What a mechanism says of itself, once a row. */
static void print_details(FILE *out, const struct sy_table *table)
{
	const char *row;
	json_t *cells;

	json_object_foreach ((json_t *)table->rows, row, cells) {
		const json_t *point = json_object_get(cells, table->told);

		if (*sy_text_of(point, "detail"))
			fprintf(out, "  %s: %s\n", row,
			        sy_text_of(point, "detail"));
	}
}

static void print_verdicts(FILE *out, const struct sy_table *table)
{
	const char *best = sy_best_word(table->shape);
	char name[SY_COLUMN_BYTES], head[SY_COLUMN_BYTES + 24];

	for (size_t i = 0; i < table->shown_count; i++) {
		const char *column = table->shown[i];

		sy_column_name(table->axis, column, name, sizeof(name));
		if (sy_table_is_one(table))
			snprintf(head, sizeof(head), "%s:", best);
		else
			snprintf(head, sizeof(head), "%s, %s:", best, name);
		sy_print_verdict(out, head,
		                 json_object_get(table->verdicts, column));
	}
}

void sy_report_mechanisms(FILE *out, const struct sy_table *table)
{
	const struct sy_facet *facet = sy_facets(table->shape);

	if (sy_table_is_one(table)) {
		print_all(out, table);
		print_verdicts(out, table);
		return;
	}
	print_curves(out, table, facet);
	print_details(out, table);
	print_verdicts(out, table);
	while ((++facet)->key)
		if (sy_table_has(table, facet->key))
			print_curves(out, table, facet);
}
