/* SPDX-License-Identifier: MIT */
/*
 * export_markdown_tables.c - the tables of a section, models down and numbers
 * in flight across, with its verdicts and the reasons for what has no figure.
 */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "host/units.h"
#include "results/estimate.h"
#include "results/export_parts.h"

/* Numbers in flight side by side; more of them make a second table. */
#define COLUMNS_MAX 6
/* A latency bucket is this wide, as a share of its value. */
#define LATENCY_EXACT (1 / 64.0)

typedef char *format_fn(double value, double half, char *buf, size_t bytes);

/* ---- a cell ---- */

/* Numbers of a file can be such that rounding them would end in infinity. */
static void put_measured(FILE *out, format_fn *format, double value,
                         double half)
{
	char text[32];

	if (fabs(value) > 1e200)
		fputc('-', out);
	else
		fputs(format(fabs(value) < 1e-200 ? 0 : value, half, text,
		             sizeof(text)),
		      out);
}

/* "9.95k (9.41k–10.1k)" */
static void put_estimate(FILE *out, format_fn *format, const json_t *estimate,
                         bool few)
{
	double value = json_number_value(json_object_get(estimate, "value"));
	double low = json_number_value(json_object_get(estimate, "low"));
	double high = json_number_value(json_object_get(estimate, "high"));
	double half = (high - low) / 2;

	put_measured(out, format, value, half);
	if (few) {
		fputs(" (`few`)", out);
		return;
	}
	fputs(" (", out);
	put_measured(out, format, low, half);
	fputs("–", out);
	put_measured(out, format, high, half);
	fputc(')', out);
}

static bool is_measured(const json_t *point)
{
	return !strcmp(sy_text_of(point, "state"), "measured");
}

/* The figure of a point, or the state that it has instead. */
static void put_figure(FILE *out, format_fn *format, const json_t *point,
                       const char *key)
{
	if (!point) {
		fputc('-', out);
		return;
	}
	if (!is_measured(point)) {
		fputs("**", out);
		sy_put_markdown(out, sy_text_of(point, "state"));
		fputs("**", out);
		return;
	}
	if (json_is_true(json_object_get(json_object_get(point, "server"),
	                                 "limited")))
		fputs("`>=` ", out);
	put_estimate(out, format, json_object_get(point, key),
	             json_integer_value(json_object_get(point, "slices")) <
	                     SY_SLICES_LEAST);
	if (json_object_get(point, "modes"))
		fputs(" `*`", out);
}

static void put_latency(FILE *out, const json_t *point, const char *which)
{
	const json_t *found =
		json_object_get(json_object_get(point, "latency_ns"), which);
	double ns = json_number_value(found);

	fputs(" | ", out);
	if (found)
		put_measured(out, sy_format_ns, ns, ns * LATENCY_EXACT);
	else
		fputc('-', out);
}

/* ---- a table ---- */

struct table {
	const json_t *rows, *columns, *groups;
	bool is_cpu;
	json_int_t shown[COLUMNS_MAX]; /* numbers in flight, rising */
	size_t shown_count;
	json_int_t told; /* the one that the last columns are of */
};

/* The numbers in flight over `after`, as many as fit; false: none. */
static bool choose_columns(struct table *table, json_int_t after)
{
	json_t *point;
	const char *key;

	table->shown_count = 0;
	while (table->shown_count < COLUMNS_MAX) {
		json_int_t next = after;

		json_object_foreach ((json_t *)table->columns, key, point)
			if (sy_inflight_of(point) > after &&
			    (next == after || sy_inflight_of(point) < next))
				next = sy_inflight_of(point);
		if (next == after)
			break;
		table->shown[table->shown_count++] = after = next;
	}
	if (!table->shown_count)
		return false;
	table->told = table->shown[table->shown_count - 1];
	for (size_t i = 0; table->is_cpu && i < table->shown_count; i++)
		if (table->shown[i] == 64)
			table->told = 64;
	return true;
}

static void put_table_head(FILE *out, const struct table *table)
{
	fputs("\n| model |", out);
	for (size_t i = 0; i < table->shown_count; i++)
		fprintf(out, " tasks/s at %lld in flight |",
		        (long long)table->shown[i]);
	if (table->is_cpu)
		fprintf(out, " efficiency at %lld |", (long long)table->told);
	else
		fprintf(out, " latency p50 at %lld | p99 at %lld |",
		        (long long)table->told, (long long)table->told);
	fputs("\n|:--|", out);
	for (size_t i = 0; i < table->shown_count + (table->is_cpu ? 1 : 2);
	     i++)
		fputs("--:|", out);
	fputc('\n', out);
}

static void put_row(FILE *out, const struct table *table, const char *row,
                    const json_t *cells)
{
	char column[SY_COLUMN_BYTES];
	const json_t *told =
		json_object_get(cells, sy_column_of(table->told, column));
	const json_t *efficiency =
		json_object_get(json_object_get(told, "efficiency"), "value");

	fputs("| ", out);
	sy_put_markdown_code(out, row);
	for (size_t i = 0; i < table->shown_count; i++) {
		fputs(" | ", out);
		sy_column_of(table->shown[i], column);
		put_figure(out, sy_format_rate, json_object_get(cells, column),
		           "ops_per_s");
	}
	if (!table->is_cpu) {
		put_latency(out, told, "p50");
		put_latency(out, told, "p99");
	} else {
		fputs(" | ", out);
		sy_put_share(out, efficiency);
	}
	fputs(" |\n", out);
}

/* "- `fork`, 4096 in flight, absent: why" */
static void put_reason(FILE *out, const char *row, const char *column,
                       const json_t *point)
{
	fputs("- ", out);
	sy_put_markdown_code(out, row);
	if (sy_inflight_of(point))
		fprintf(out, ", %s in flight", column);
	fputs(", ", out);
	sy_put_markdown(out, sy_text_of(point, "state"));
	fputs(": ", out);
	if (json_object_get(point, "reason"))
		sy_put_markdown(out, sy_text_of(point, "reason"));
	else
		fputs("the run ended before it", out);
	fputc('\n', out);
}

/* One line for each cell without a figure. */
static void put_reasons(FILE *out, const json_t *rows)
{
	const char *row, *column;
	json_t *cells, *point;
	bool first = true;

	json_object_foreach ((json_t *)rows, row, cells)
		json_object_foreach (cells, column, point) {
			if (is_measured(point))
				continue;
			if (first)
				fputc('\n', out);
			first = false;
			put_reason(out, row, column, point);
		}
}

/* ---- verdicts ---- */

static bool is_close(const json_t *other)
{
	return !strcmp(sy_text_of(other, "verdict"), "too close to call");
}

static double ratio_of(const json_t *other, const char *which)
{
	return json_number_value(
		json_object_get(json_object_get(other, "ratio"), which));
}

/* Of those that are not too close, the one with the least ratio, or NULL. */
static const json_t *next_best(const json_t *others)
{
	const json_t *next = NULL;
	json_t *other;
	size_t i;

	json_array_foreach ((json_t *)others, i, other)
		if (!is_close(other) &&
		    (!next ||
		     ratio_of(other, "value") < ratio_of(next, "value")))
			next = other;
	return next;
}

/* " `pool`; too close to call: `threads`; next: `fork`, 5.30 times (5.1–5.6)" */
static void put_verdict(FILE *out, const json_t *group)
{
	const json_t *others = json_object_get(group, "others");
	const json_t *next = next_best(others);
	const char *before = "; too close to call: ";
	json_t *other;
	size_t i;

	fputc(' ', out);
	sy_put_markdown_code(out, sy_text_of(group, "best"));
	json_array_foreach ((json_t *)others, i, other) {
		if (!is_close(other))
			continue;
		fputs(before, out);
		sy_put_markdown_code(out, sy_text_of(other, "row"));
		before = ", ";
	}
	if (next) {
		int decimals = ratio_of(next, "value") < 1.1 ? 3 : 2;

		fputs("; next: ", out);
		sy_put_markdown_code(out, sy_text_of(next, "row"));
		fprintf(out, " takes %.*f times as long (%.*f–%.*f)", decimals,
		        ratio_of(next, "value"), decimals,
		        ratio_of(next, "low"), decimals,
		        ratio_of(next, "high"));
	}
	fputc('\n', out);
}

static const json_t *group_of(const struct table *table, json_int_t inflight)
{
	char column[SY_COLUMN_BYTES];
	const json_t *point =
		json_object_get(table->columns, sy_column_of(inflight, column));
	const json_t *group =
		json_object_get(table->groups, sy_text_of(point, "group"));

	return json_array_size(json_object_get(group, "others")) ? group : NULL;
}

static void put_verdicts(FILE *out, const struct table *table)
{
	const char *before = "\n";

	for (size_t i = 0; i < table->shown_count; i++) {
		const json_t *group = group_of(table, table->shown[i]);

		if (!group)
			continue;
		fprintf(out, "%s- Fastest at %lld in flight:", before,
		        (long long)table->shown[i]);
		before = "";
		put_verdict(out, group);
	}
}

/* ---- hand-offs ---- */

static void put_handoff(FILE *out, const char *row, const json_t *point)
{
	const json_t *net = json_object_get(point, "net_ns");
	const json_t *switches = json_object_get(point, "switches_per_op");

	fputs("| ", out);
	sy_put_markdown_code(out, row);
	fputs(" | ", out);
	put_figure(out, sy_format_ns, point, "ns_per_op");
	fputs(" | ", out);
	if (net)
		put_estimate(out, sy_format_ns, net, false);
	else
		fputc('-', out);
	if (is_measured(point))
		fprintf(out, " | %.3f | %.3f |\n",
		        json_number_value(
				json_object_get(switches, "voluntary")),
		        json_number_value(
				json_object_get(switches, "involuntary")));
	else
		fputs(" | - | - |\n", out);
}

static void put_handoffs(FILE *out, const struct table *table)
{
	const json_t *group = group_of(table, 0), *point;
	const char *row;
	json_t *cells;

	fputs("\n| mechanism | one way, raw | net of the calls alone "
	      "| voluntary switches | involuntary switches |\n"
	      "|:--|--:|--:|--:|--:|\n",
	      out);
	json_object_foreach ((json_t *)table->rows, row, cells) {
		point = json_object_get(cells, "0");
		if (point)
			put_handoff(out, row, point);
	}
	if (group) {
		fputs("\n- Cheapest:", out);
		put_verdict(out, group);
	}
}

/* ---- all of it ---- */

static void put_section(FILE *out, const char *name, const json_t *section,
                        const json_t *groups)
{
	struct table table = {
		.rows = json_object_get(section, "rows"),
		.columns = json_object_get(section, "columns"),
		.groups = groups,
	};
	const char *family, *row;
	json_int_t after = -1;
	json_t *cells;

	family = sy_text_of(json_object_iter_value(
				    json_object_iter((json_t *)table.columns)),
	                    "family");
	table.is_cpu = !strcmp(family, "cpu");
	fputs("\n## ", out);
	sy_put_markdown_code(out, name);
	fputc('\n', out);
	if (!strcmp(family, "switch")) {
		put_handoffs(out, &table);
		put_reasons(out, table.rows);
		return;
	}
	for (; choose_columns(&table, after);
	     after = table.shown[table.shown_count - 1]) {
		put_table_head(out, &table);
		json_object_foreach ((json_t *)table.rows, row, cells)
			put_row(out, &table, row, cells);
		put_verdicts(out, &table);
	}
	put_reasons(out, table.rows);
}

void sy_put_markdown_sections(FILE *out, const json_t *sections,
                              const json_t *groups)
{
	const char *name;
	json_t *section;

	json_object_foreach ((json_t *)sections, name, section)
		put_section(out, name, section, groups);
}
