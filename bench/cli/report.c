/* SPDX-License-Identifier: MIT */
/*
 * report.c - a results object as tables and verdicts, within 80 columns.
 *
 * A table is a family with its parameters; its columns are the numbers in
 * flight, its rows the models, so that a row reads as a curve.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "build_info.h"
#include "cli/cli.h"
#include "host/units.h"
#include "results/estimate.h"

/* Columns of numbers that fit beside the name and the ends of a row. */
#define COLUMNS_MAX 5
/* A latency bucket is this wide, as a share of its value. */
#define LATENCY_EXACT (1 / 64.0)

static const char *text_of(const json_t *json, const char *key)
{
	const char *text = json_string_value(json_object_get(json, key));

	return text ? text : "";
}

static double part(const json_t *json, const char *key, const char *which)
{
	return json_number_value(
		json_object_get(json_object_get(json, key), which));
}

static json_int_t inflight_of(const json_t *point)
{
	return json_integer_value(
		json_object_get(json_object_get(point, "params"), "inflight"));
}

static bool measured(const json_t *point)
{
	return !strcmp(text_of(point, "state"), "measured");
}

/* Half of an interval's width, as a share of its value. */
static double spread(const json_t *point, const char *key)
{
	double value = part(point, key, "value");

	return value > 0
	               ? (part(point, key, "high") - part(point, key, "low")) /
	                         2 / value
	               : 0;
}

/* The group's name without the number in flight: what a table is about. */
static void table_key(const json_t *point, char *key, size_t bytes)
{
	const char *group = text_of(point, "group");
	const char *inflight = strstr(group, "/inflight:");
	const char *rest = inflight ? strchr(inflight + 1, '/') : NULL;
	int head = inflight ? (int)(inflight - group) : (int)strlen(group);

	snprintf(key, bytes, "%.*s%s", head, group, rest ? rest : "");
}

struct table {
	const char *key;
	const json_t *points; /* its own, in the order of the run */
	const json_t *groups; /* of all tables, by name */
	const char *family;
	json_int_t columns[COLUMNS_MAX]; /* numbers in flight, ascending */
	size_t column_count;
	json_int_t after; /* the last one of the table before, or -1 */
};

static const json_t *cell(const struct table *table, const char *model,
                          json_int_t inflight)
{
	size_t i;
	json_t *point;

	json_array_foreach ((json_t *)table->points, i, point)
		if (inflight_of(point) == inflight &&
		    !strcmp(text_of(point, "model"), model))
			return point;
	return NULL;
}

/* Keeps the lowest numbers in flight over `after`, in order. */
static void add_column(struct table *table, json_int_t inflight)
{
	size_t at = 0;

	while (at < table->column_count && table->columns[at] < inflight)
		at++;
	if (inflight <= table->after || at == COLUMNS_MAX ||
	    (at < table->column_count && table->columns[at] == inflight))
		return;
	if (table->column_count < COLUMNS_MAX)
		table->column_count++;
	for (size_t i = table->column_count - 1; i > at; i--)
		table->columns[i] = table->columns[i - 1];
	table->columns[at] = inflight;
}

static void print_cell(FILE *out, const json_t *point)
{
	char text[24] = "-", marked[32];
	double rate, half;

	if (point && measured(point)) {
		rate = part(point, "ops_per_s", "value");
		half = rate * spread(point, "ops_per_s");
		sy_format_rate(rate, half, text, sizeof(text));
	} else if (point) {
		snprintf(text, sizeof(text), "%.7s", text_of(point, "state"));
	}
	snprintf(marked, sizeof(marked), "%s%s%s",
	         point && json_is_true(json_object_get(
				  json_object_get(point, "server"), "limited"))
	                 ? ">="
	                 : "",
	         text, point && json_object_get(point, "modes") ? "*" : " ");
	fprintf(out, " %7s", marked);
}

/*
 * The column at which more is told: of efficiency 64 in flight or the last, of
 * latency the last, where most tasks stand behind it.
 */
static json_int_t told_column(const struct table *table)
{
	if (strcmp(table->family, "cpu"))
		return table->columns[table->column_count - 1];
	for (size_t i = 0; i < table->column_count; i++)
		if (table->columns[i] == 64)
			return 64;
	return table->columns[table->column_count - 1];
}

static void print_latency(FILE *out, const json_t *point, const char *which)
{
	const json_t *ns =
		json_object_get(json_object_get(point, "latency_ns"), which);
	char text[24] = "-";

	if (ns)
		sy_format_ns(json_number_value(ns),
		             json_number_value(ns) * LATENCY_EXACT, text,
		             sizeof(text));
	fprintf(out, " %7s", text);
}

/* Too few slices say nothing about how sure a figure is. */
static double spread_or_few(const json_t *point, const char *key)
{
	if (json_integer_value(json_object_get(point, "slices")) <
	    SY_SLICES_LEAST)
		return INFINITY;
	return spread(point, key);
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

static void print_row_end(FILE *out, const struct table *table,
                          const json_t *told, double widest)
{
	print_spread(out, widest);
	if (strcmp(table->family, "cpu")) {
		print_latency(out, told, "p50");
		print_latency(out, told, "p99");
		return;
	}
	if (told && json_object_get(told, "efficiency"))
		fprintf(out, " %5.1f%%",
		        part(told, "efficiency", "value") * 100);
	else
		fprintf(out, " %6s", "-");
}

static void print_row(FILE *out, const struct table *table, const char *model)
{
	double widest = 0;

	fprintf(out, "%-18s", model);
	for (size_t i = 0; i < table->column_count; i++) {
		const json_t *point = cell(table, model, table->columns[i]);

		print_cell(out, point);
		if (point && measured(point))
			widest =
				fmax(widest, spread_or_few(point, "ops_per_s"));
	}
	print_row_end(out, table, cell(table, model, told_column(table)),
	              widest);
	fputc('\n', out);
}

static void print_head(FILE *out, const struct table *table)
{
	long long told = (long long)told_column(table);
	bool cpu = !strcmp(table->family, "cpu");

	fprintf(out, "\n%s\ntasks/s by tasks in flight; %s at %lld\n",
	        table->key, cpu ? "efficiency against serial" : "latency",
	        told);
	fprintf(out, "%-18s", "");
	for (size_t i = 0; i < table->column_count; i++)
		fprintf(out, " %6lld ", (long long)table->columns[i]);
	if (cpu)
		fputs("    +-   eff.\n", out);
	else
		fprintf(out, "    +- %7s %7s\n", "p50", "p99");
}

/* Each model once, in the order of the points. */
static void print_rows(FILE *out, const struct table *table)
{
	const json_t *point, *earlier;
	size_t i, j;

	json_array_foreach ((json_t *)table->points, i, point) {
		bool seen = false;

		for (j = 0; j < i && !seen; j++) {
			earlier = json_array_get(table->points, j);
			seen = !strcmp(text_of(earlier, "model"),
			               text_of(point, "model"));
		}
		if (!seen)
			print_row(out, table, text_of(point, "model"));
	}
}

static void print_wrapped(FILE *out, const char *text)
{
	fputs("  ", out);
	sy_print_wrapped(out, 2, 6, text);
}

/* "64 in flight: pool; too close to call: threads; next: fork takes 5.3x (5..6)" */
static void print_verdict(FILE *out, const char *head, const json_t *group)
{
	const json_t *others = json_object_get(group, "others"), *other;
	char close[240] = "", nearest[120] = "", line[500];
	double nearest_ratio = INFINITY;
	size_t i;

	json_array_foreach ((json_t *)others, i, other) {
		double ratio = part(other, "ratio", "value");
		size_t used = strlen(close);

		if (!strcmp(text_of(other, "verdict"), "too close to call")) {
			snprintf(close + used, sizeof(close) - used, "%s%s",
			         used ? ", " : "; too close to call: ",
			         text_of(other, "row"));
		} else if (ratio < nearest_ratio) {
			nearest_ratio = ratio;
			snprintf(nearest, sizeof(nearest),
			         ratio < 1.1 ? "; next: %s takes %.3fx "
			                       "(%.3f..%.3f)"
			                     : "; next: %s takes %.2fx "
			                       "(%.2f..%.2f)",
			         text_of(other, "row"), ratio,
			         part(other, "ratio", "low"),
			         part(other, "ratio", "high"));
		}
	}
	snprintf(line, sizeof(line), "%s %s%s%s", head, text_of(group, "best"),
	         close, nearest);
	print_wrapped(out, line);
}

static const json_t *group_of(const struct table *table, const json_t *point)
{
	return json_object_get(table->groups, text_of(point, "group"));
}

static void print_verdicts(FILE *out, const struct table *table)
{
	for (size_t c = 0; c < table->column_count; c++) {
		const json_t *group = NULL;
		json_t *point;
		char head[40];
		size_t i;

		json_array_foreach ((json_t *)table->points, i, point)
			if (inflight_of(point) == table->columns[c])
				group = group_of(table, point);
		snprintf(head, sizeof(head),
		         "%lld in flight:", (long long)table->columns[c]);
		if (group && json_array_size(json_object_get(group, "others")))
			print_verdict(out, head, group);
	}
}

static void print_handoff(FILE *out, const json_t *point)
{
	char raw[24], net[24] = "-", row[64];
	double ns = part(point, "ns_per_op", "value");

	snprintf(row, sizeof(row), "%s.%s", text_of(point, "model"),
	         text_of(point, "mechanism"));
	if (!measured(point)) {
		fprintf(out, "%-22s %10s\n", row, text_of(point, "state"));
		return;
	}
	sy_format_ns(ns, ns * spread(point, "ns_per_op"), raw, sizeof(raw));
	if (json_object_get(point, "net_ns"))
		sy_format_ns(part(point, "net_ns", "value"),
		             (part(point, "net_ns", "high") -
		              part(point, "net_ns", "low")) /
		                     2,
		             net, sizeof(net));
	fprintf(out, "%-22s %10s%s", row, raw,
	        json_object_get(point, "modes") ? "*" : " ");
	print_spread(out, spread_or_few(point, "ns_per_op"));
	fprintf(out, " %10s %10.3f %11.3f\n", net,
	        part(point, "switches_per_op", "voluntary"),
	        part(point, "switches_per_op", "involuntary"));
}

static void print_switch(FILE *out, const struct table *table)
{
	const json_t *group = group_of(table, json_array_get(table->points, 0));
	json_t *point;
	size_t i;

	fprintf(out, "\n%s: one-way cost of a hand-off, and its switches\n",
	        table->key);
	fprintf(out, "%-22s %10s  %5s %10s %10s %11s\n", "", "raw", "+-", "net",
	        "voluntary", "involuntary");
	json_array_foreach ((json_t *)table->points, i, point)
		print_handoff(out, point);
	if (group && json_array_size(json_object_get(group, "others")))
		print_verdict(out, "cheapest:", group);
}

static void print_table(FILE *out, const struct table *table)
{
	if (!strcmp(table->family, "switch")) {
		print_switch(out, table);
		return;
	}
	print_head(out, table);
	print_rows(out, table);
	print_verdicts(out, table);
}

/* As many tables as the numbers in flight need. */
static void print_family(FILE *out, struct table *table)
{
	const json_t *point;
	size_t i;

	for (;;) {
		table->column_count = 0;
		json_array_foreach ((json_t *)table->points, i, point)
			add_column(table, inflight_of(point));
		if (!table->column_count)
			return;
		print_table(out, table);
		table->after = table->columns[table->column_count - 1];
	}
}

/* The points of each table, by its key and in the order of their first. */
static json_t *sort_points(const json_t *results)
{
	json_t *tables = json_object(), *point, *own;
	char key[SY_NAME_BYTES];
	size_t i;

	json_array_foreach (json_object_get(results, "points"), i, point) {
		table_key(point, key, sizeof(key));
		own = json_object_get(tables, key);
		if (!own) {
			own = json_array();
			json_object_set_new(tables, key, own);
		}
		json_array_append(own, point);
	}
	return tables;
}

static json_t *sort_groups(const json_t *results)
{
	json_t *groups = json_object(), *group;
	size_t i;

	json_array_foreach (json_object_get(results, "groups"), i, group)
		json_object_set(groups, text_of(group, "group"), group);
	return groups;
}

static void print_tables(FILE *out, const json_t *results)
{
	json_t *tables = sort_points(results), *points;
	json_t *groups = sort_groups(results);
	const char *key;

	json_object_foreach (tables, key, points) {
		struct table table = {
			.key = key,
			.points = points,
			.groups = groups,
			.family = text_of(json_array_get(points, 0), "family"),
			.after = -1,
		};

		print_family(out, &table);
	}
	json_decref(groups);
	json_decref(tables);
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
	        text_of(json_object_get(results, "machine"), "summary"));
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
		        noise * 100, noise > 0.03 ? " (NOISY: over 3 %)" : "");
	else
		fputs("noise: not known, the kernel has too few slices\n", out);
	fputs("+-: half of the 95 % interval, the widest of a row\n", out);
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
