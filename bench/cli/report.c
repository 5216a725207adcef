/* SPDX-License-Identifier: MIT */
/*
 * report.c - a results object as tables and verdicts, within 80 columns;
 * what stands in them is decided by results/tables.h.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/report_parts.h"
#include "host/units.h"
#include "results/tables.h"

/* What is shown of a figure that has no interval: two digits. */
#define FEW_SPREAD 0.1

/* A name's column: that of models, or as wide as it takes. */
#define NAME_WIDTH 18
/* Columns of rates behind a wider one. */
#define FEWER_COLUMNS (SY_REPORT_COLUMNS - 1)

static int name_width(const struct sy_table *table)
{
	size_t widest = NAME_WIDTH;
	const char *row;
	json_t *cells;

	json_object_foreach ((json_t *)table->rows, row, cells)
		widest = strlen(row) > widest ? strlen(row) : widest;
	return (int)widest;
}

static void print_cell(FILE *out, const json_t *point)
{
	char text[24] = "-", marked[32];
	double rate, half;

	if (point && sy_is_measured(point)) {
		rate = sy_number_at(point, "ops_per_s", "value");
		half = rate * (sy_is_few(point)
		                       ? FEW_SPREAD
		                       : sy_spread(point, "ops_per_s"));
		sy_format_rate(rate, half, text, sizeof(text));
	} else if (point) {
		snprintf(text, sizeof(text), "%.7s",
		         sy_text_of(point, "state"));
	}
	snprintf(marked, sizeof(marked), "%s%s%s",
	         sy_is_limited(point) ? ">=" : "", text,
	         json_object_get(point, "modes") ? "*" : " ");
	fprintf(out, " %7s", marked);
}

static void print_latency(FILE *out, const json_t *point, const char *which)
{
	const json_t *ns =
		json_object_get(json_object_get(point, "latency_ns"), which);
	char text[24] = "-";

	if (ns)
		sy_format_ns(json_number_value(ns),
		             json_number_value(ns) * SY_LATENCY_EXACT, text,
		             sizeof(text));
	fprintf(out, " %7s", text);
}

/* `more`: of those whose latency is what is to be known of them. */
static const struct {
	const char *name;
	bool more;
} percentiles[] = { { "p50", false },
	            { "p90", true },
	            { "p99", false },
	            { "p99.9", true },
	            { "max", true } };
#define PERCENTILES (sizeof(percentiles) / sizeof(percentiles[0]))

/* Columns of a rate, of the spread and of a percentile. */
enum { RATE_WIDTH = 8, SPREAD_WIDTH = 6, PERCENTILE_WIDTH = 8, WIDTH = 80 };

/* Whether the i-th stands in the table; all of them only where they fit. */
static bool has_percentile(const struct sy_table *table, size_t i)
{
	size_t all = (size_t)name_width(table) +
	             table->shown_count * RATE_WIDTH + SPREAD_WIDTH +
	             PERCENTILES * PERCENTILE_WIDTH;

	return table->ends == SY_ENDS_LATENCY &&
	       (!percentiles[i].more ||
	        (!strcmp(table->latency, "lateness") && all <= WIDTH));
}

static void print_row_end(FILE *out, const struct sy_table *table,
                          const json_t *told, double widest)
{
	sy_print_spread(out, widest);
	for (size_t i = 0; i < PERCENTILES; i++)
		if (has_percentile(table, i))
			print_latency(out, told, percentiles[i].name);
	if (table->ends != SY_ENDS_EFFICIENCY)
		return;
	if (told && json_object_get(told, "efficiency"))
		fprintf(out, " %5.1f%%",
		        sy_number_at(told, "efficiency", "value") * 100);
	else
		fprintf(out, " %6s", "-");
}

/* " (ref)" behind the cells, since a name may be as wide as its column. */
static void print_reference(FILE *out, const json_t *cells)
{
	const json_t *any =
		json_object_iter_value(json_object_iter((json_t *)cells));

	fputs(sy_is_reference(any) ? "  (ref)\n" : "\n", out);
}

static void print_row(FILE *out, const struct sy_table *table, const char *row,
                      const json_t *cells)
{
	double widest = 0;

	fprintf(out, "%-*s", name_width(table), row);
	for (size_t i = 0; i < table->shown_count; i++) {
		const json_t *point = json_object_get(cells, table->shown[i]);

		print_cell(out, point);
		if (sy_is_measured(point))
			widest = fmax(widest,
			              sy_spread_or_few(point, "ops_per_s"));
	}
	print_row_end(out, table, json_object_get(cells, table->told), widest);
	print_reference(out, cells);
}

static void print_head(FILE *out, const struct sy_table *table,
                       const char *name)
{
	fputc('\n', out);
	sy_print_wrapped(out, 0, 4, name);
	fprintf(out, "%s by tasks in flight", table->rate);
	if (table->ends == SY_ENDS_EFFICIENCY)
		fprintf(out, "; efficiency against serial at %s", table->told);
	else if (table->ends == SY_ENDS_LATENCY)
		fprintf(out, "; %s at %s", table->latency, table->told);
	fprintf(out, "\n%-*s", name_width(table), "");
	for (size_t i = 0; i < table->shown_count; i++)
		fprintf(out, " %6s ", table->shown[i]);
	fputs("    +-", out);
	for (size_t i = 0; i < PERCENTILES; i++)
		if (has_percentile(table, i))
			fprintf(out, " %7s", percentiles[i].name);
	fputs(table->ends == SY_ENDS_EFFICIENCY ? "   eff.\n" : "\n", out);
}

/* "pool; too close to call: threads; next: fork takes 5.30x (5.10..5.60)" */
static void write_verdict(FILE *text, const json_t *group)
{
	const char *before = "; too close to call: ";
	struct sy_next_best next;
	json_t *other;
	size_t i;

	fputs(sy_text_of(group, "best"), text);
	json_array_foreach (json_object_get(group, "others"), i, other) {
		if (!sy_is_close(other))
			continue;
		fprintf(text, "%s%s", before, sy_text_of(other, "row"));
		before = ", ";
	}
	if (sy_next_best(group, &next))
		fprintf(text, "; next: %s takes %.*fx (%.*f..%.*f)", next.row,
		        next.decimals, next.ratio, next.decimals, next.low,
		        next.decimals, next.high);
}

/* Behind "64 in flight:" or such, in as many lines as it takes. */
void sy_print_verdict(FILE *out, const char *head, const json_t *group)
{
	char *line = NULL;
	size_t bytes;
	FILE *text;

	if (!group)
		return;
	text = open_memstream(&line, &bytes);
	if (text) {
		fprintf(text, "%s ", head);
		write_verdict(text, group);
	}
	if (!text || fclose(text)) {
		sy_complain(0, "no memory for a verdict of results.json");
	} else {
		fputs("  ", out);
		sy_print_wrapped(out, 2, 6, line);
	}
	free(line);
}

static void print_curves(FILE *out, const struct sy_table *table,
                         const char *name)
{
	const char *row;
	json_t *cells;
	char head[40];

	print_head(out, table, name);
	json_object_foreach ((json_t *)table->rows, row, cells)
		print_row(out, table, row, cells);
	for (size_t i = 0; i < table->shown_count; i++) {
		snprintf(head, sizeof(head), "%s in flight:", table->shown[i]);
		sy_print_verdict(
			out, head,
			json_object_get(table->verdicts, table->shown[i]));
	}
	sy_report_found(out, table, name_width(table));
}

/* As many columns as fit behind the names. */
static size_t columns_of(const struct sy_table *table)
{
	return table->shape == SY_TASKS && name_width(table) > NAME_WIDTH
	               ? FEWER_COLUMNS
	               : SY_REPORT_COLUMNS;
}

static void print_tables(FILE *out, const json_t *results)
{
	json_t *sections = sy_sections(results), *section;
	const char *name;

	if (!sections)
		sy_complain(0, "no memory for the tables of results.json");
	json_object_foreach (sections, name, section) {
		struct sy_table table = sy_table_of(name, section);

		/* As many tables as the columns need. */
		while (sy_table_next(&table, columns_of(&table)))
			if (table.shape == SY_TASKS)
				print_curves(out, &table, name);
			else
				sy_report_mechanisms(out, &table);
		sy_report_reasons(out, &table);
	}
	json_decref(sections);
}

void sy_report(FILE *out, const json_t *results, const json_t *machine)
{
	sy_report_head(out, results);
	print_tables(out, results);
	sy_print_brief_findings(out, machine);
}
