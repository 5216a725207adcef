/* SPDX-License-Identifier: MIT */
/*
 * report.c - a results object as tables and verdicts, within 80 columns;
 * what stands in them is decided by results/tables.h.
 */
#include <math.h>
#include <stdlib.h>

#include "build_info.h"
#include "cli/cli.h"
#include "host/units.h"
#include "results/tables.h"

/* Columns of numbers that fit beside the name and the ends of a row. */
#define COLUMNS 5

/* Half of an interval's width, as a share of its value. */
static double spread(const json_t *point, const char *key)
{
	double value = sy_number_at(point, key, "value");

	return value > 0 ? (sy_number_at(point, key, "high") -
	                    sy_number_at(point, key, "low")) /
	                           2 / value
	                 : 0;
}

/* What is shown of a figure that has no interval: two digits. */
#define FEW_SPREAD 0.1

static void print_cell(FILE *out, const json_t *point)
{
	char text[24] = "-", marked[32];
	double rate, half;

	if (point && sy_is_measured(point)) {
		rate = sy_number_at(point, "ops_per_s", "value");
		half = rate * (sy_is_few(point) ? FEW_SPREAD
		                                : spread(point, "ops_per_s"));
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

static double spread_or_few(const json_t *point, const char *key)
{
	return sy_is_few(point) ? INFINITY : spread(point, key);
}

static void print_spread(FILE *out, double share)
{
	if (isinf(share))
		fprintf(out, " %5s", "few");
	else if (share >= 0.9995)
		fprintf(out, " %5s", ">100%");
	else if (share > 0)
		fprintf(out, " %4.1f%%", share * 100);
	else
		fprintf(out, " %5s", "-");
}

static void print_row_end(FILE *out, const struct sy_table *table,
                          const json_t *told, double widest)
{
	print_spread(out, widest);
	if (!table->is_cpu) {
		print_latency(out, told, "p50");
		print_latency(out, told, "p99");
		return;
	}
	if (told && json_object_get(told, "efficiency"))
		fprintf(out, " %5.1f%%",
		        sy_number_at(told, "efficiency", "value") * 100);
	else
		fprintf(out, " %6s", "-");
}

static void print_row(FILE *out, const struct sy_table *table, const char *row,
                      const json_t *cells)
{
	double widest = 0;

	fprintf(out, "%-18s", row);
	for (size_t i = 0; i < table->shown_count; i++) {
		const json_t *point = json_object_get(cells, table->shown[i]);

		print_cell(out, point);
		if (sy_is_measured(point))
			widest =
				fmax(widest, spread_or_few(point, "ops_per_s"));
	}
	print_row_end(out, table, json_object_get(cells, table->told), widest);
	fputc('\n', out);
}

static void print_head(FILE *out, const struct sy_table *table,
                       const char *name)
{
	fprintf(out, "\n%s\ntasks/s by tasks in flight; %s at %s\n", name,
	        table->is_cpu ? "efficiency against serial" : "latency",
	        table->told);
	fprintf(out, "%-18s", "");
	for (size_t i = 0; i < table->shown_count; i++)
		fprintf(out, " %6s ", table->shown[i]);
	if (table->is_cpu)
		fputs("    +-   eff.\n", out);
	else
		fprintf(out, "    +- %7s %7s\n", "p50", "p99");
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
static void print_verdict(FILE *out, const char *head, const json_t *group)
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
		print_verdict(
			out, head,
			json_object_get(table->verdicts, table->shown[i]));
	}
}

static void print_handoff(FILE *out, const char *row, const json_t *point)
{
	char raw[24], net[24] = "-";
	double ns = sy_number_at(point, "ns_per_op", "value");

	if (!sy_is_measured(point)) {
		fprintf(out, "%-22s %10s\n", row, sy_text_of(point, "state"));
		return;
	}
	sy_format_ns(ns, ns * spread(point, "ns_per_op"), raw, sizeof(raw));
	if (json_object_get(point, "net_ns"))
		sy_format_ns(sy_number_at(point, "net_ns", "value"),
		             (sy_number_at(point, "net_ns", "high") -
		              sy_number_at(point, "net_ns", "low")) /
		                     2,
		             net, sizeof(net));
	fprintf(out, "%-22s %10s%s", row, raw,
	        json_object_get(point, "modes") ? "*" : " ");
	print_spread(out, spread_or_few(point, "ns_per_op"));
	fprintf(out, " %10s %10.3f %11.3f\n", net,
	        sy_number_at(point, "switches_per_op", "voluntary"),
	        sy_number_at(point, "switches_per_op", "involuntary"));
}

static void print_switch(FILE *out, const struct sy_table *table,
                         const char *name)
{
	const char *row;
	json_t *cells;

	fprintf(out, "\n%s: one-way cost of a hand-off, and its switches\n",
	        name);
	fprintf(out, "%-22s %10s  %5s %10s %10s %11s\n", "", "raw", "+-", "net",
	        "voluntary", "involuntary");
	json_object_foreach ((json_t *)table->rows, row, cells)
		print_handoff(out, row, json_object_get(cells, table->told));
	print_verdict(out, "cheapest:",
	              json_object_get(table->verdicts, table->told));
}

static void print_tables(FILE *out, const json_t *results)
{
	json_t *sections = sy_sections(results), *section;
	const char *name;

	if (!sections)
		sy_complain(0, "no memory for the tables of results.json");
	json_object_foreach (sections, name, section) {
		struct sy_table table = sy_table_of(section);

		/* As many tables as the numbers in flight need. */
		while (sy_table_next(&table, COLUMNS))
			if (table.is_switch)
				print_switch(out, &table, name);
			else
				print_curves(out, &table, name);
	}
	json_decref(sections);
}

static void print_summary(FILE *out, const json_t *results)
{
	const json_t *spread_known =
		json_object_get(json_object_get(results, "sentinel"), "spread");
	double noise = json_number_value(spread_known);
	double wall_s = json_number_value(json_object_get(results, "wall_ns"));
	double share = wall_s > 0 ? json_number_value(json_object_get(
					    results, "sliced_ns")) /
	                                    wall_s
	                          : 0;
	json_int_t slices = 0;
	size_t i, modes = 0;
	json_t *point;

	json_array_foreach (json_object_get(results, "points"), i, point) {
		slices += json_integer_value(json_object_get(point, "slices"));
		modes += json_object_get(point, "modes") != NULL;
	}
	fprintf(out, "switchyard %s on %s\n", SY_VERSION,
	        sy_text_of(json_object_get(results, "machine"), "summary"));
	fprintf(out,
	        "%zu point%s, %lld slices in %.1f s (%.0f %% of it measuring), "
	        "seed %lld%s\n",
	        json_array_size(json_object_get(results, "points")),
	        json_array_size(json_object_get(results, "points")) == 1 ? ""
	                                                                 : "s",
	        (long long)slices, wall_s / 1e9, share * 100,
	        (long long)json_integer_value(json_object_get(results, "seed")),
	        json_is_true(json_object_get(results, "interrupted"))
	                ? ", INTERRUPTED"
	                : "");
	if (json_is_number(spread_known))
		fprintf(out,
		        "noise: neighbouring slices of the same kernel differ "
		        "by %.1f %%%s\n",
		        noise * 100,
		        noise > SY_NOISY ? " (NOISY: over 3 %)" : "");
	else
		fputs("noise: not known, the sentinel has too few slices\n",
		      out);
	fputs("+-: half of the 95 % interval, the widest of a row; few: under "
	      "5 "
	      "slices\n",
	      out);
	if (modes)
		fputs("*: two modes, the median lies in one of them; see "
		      "results.json\n",
		      out);
}

void sy_report(FILE *out, const json_t *results, const json_t *machine)
{
	print_summary(out, results);
	print_tables(out, results);
	sy_print_brief_findings(out, machine);
}
