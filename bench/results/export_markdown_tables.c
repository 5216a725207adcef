/* SPDX-License-Identifier: MIT */
/*
 * export_markdown_tables.c - the tables of a section, models down and numbers
 * in flight across, with its verdicts and the reasons for what has no figure.
 */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "host/units.h"
#include "results/export_parts.h"

/* Columns side by side; more of them make a second table. */
#define COLUMNS SY_COLUMNS_MAX

/* ---- a cell ---- */

/* Numbers of a file can be such that rounding them would end in infinity. */
static void put_measured(FILE *out, sy_format_fn *format, double value,
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
void sy_put_markdown_estimate(FILE *out, sy_format_fn *format,
                              const json_t *estimate, bool few)
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

/* The figure of a point, or the state that it has instead. */
void sy_put_markdown_figure(FILE *out, sy_format_fn *format,
                            const json_t *point, const char *key)
{
	if (!point) {
		fputc('-', out);
		return;
	}
	if (!sy_is_measured(point)) {
		fputs("**", out);
		sy_put_markdown(out, sy_text_of(point, "state"));
		fputs("**", out);
		return;
	}
	if (sy_is_limited(point))
		fputs("`>=` ", out);
	sy_put_markdown_estimate(out, format, json_object_get(point, key),
	                         sy_is_few(point));
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
		put_measured(out, sy_format_ns, ns, ns * SY_LATENCY_EXACT);
	else
		fputc('-', out);
}

/* ---- a table ---- */

/* Under a head of a name and so many columns of figures. */
static void put_line(FILE *out, size_t columns)
{
	fputs("\n|:--|", out);
	while (columns--)
		fputs("--:|", out);
	fputc('\n', out);
}

/* Those of latency; of lateness, which is what is to be known, all. */
static const char *const percentiles[] = { "p50", "p99", "p90", "p99.9",
	                                   "max" };

static size_t latencies_of(const struct sy_table *table)
{
	if (table->ends != SY_ENDS_LATENCY)
		return 0;
	return strcmp(table->latency, "lateness") ? 2 : 5;
}

static void put_table_head(FILE *out, const struct sy_table *table)
{
	bool efficiency = table->ends == SY_ENDS_EFFICIENCY;
	size_t latencies = latencies_of(table);

	fputs("\n| model |", out);
	for (size_t i = 0; i < table->shown_count; i++)
		fprintf(out, " %s at %s in flight |", table->rate,
		        table->shown[i]);
	for (size_t i = 0; i < latencies; i++)
		fprintf(out, " %s%s%s at %s |", i ? "" : table->latency,
		        i ? "" : " ", percentiles[i], table->told);
	if (efficiency)
		fprintf(out, " efficiency at %s |", table->told);
	put_line(out, table->shown_count + latencies + efficiency);
}

static void put_row(FILE *out, const struct sy_table *table, const char *row,
                    const json_t *cells)
{
	const json_t *told = json_object_get(cells, table->told);
	const json_t *efficiency =
		json_object_get(json_object_get(told, "efficiency"), "value");

	fputs("| ", out);
	sy_put_markdown_code(out, row);
	if (sy_is_reference(told))
		fputs(" (`ref`)", out);
	for (size_t i = 0; i < table->shown_count; i++) {
		fputs(" | ", out);
		sy_put_markdown_figure(out, sy_format_rate,
		                       json_object_get(cells, table->shown[i]),
		                       "ops_per_s");
	}
	for (size_t i = 0; i < latencies_of(table); i++)
		put_latency(out, told, percentiles[i]);
	if (table->ends == SY_ENDS_EFFICIENCY) {
		fputs(" | ", out);
		sy_put_share(out, efficiency);
	}
	fputs(" |\n", out);
}

/* "- `fork`, 4096 in flight, absent: why" */
static void put_reason(FILE *out, const struct sy_table *table, const char *row,
                       const char *column, const json_t *point)
{
	char name[SY_COLUMN_BYTES];

	fputs("- ", out);
	sy_put_markdown_code(out, row);
	if (table->shape == SY_TASKS || !sy_table_is_one(table))
		fprintf(out, ", %s",
		        sy_column_name(table->axis, column, name,
		                       sizeof(name)));
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
static void put_reasons(FILE *out, const struct sy_table *table)
{
	const char *row, *column;
	json_t *cells, *point;
	bool first = true;

	json_object_foreach ((json_t *)table->rows, row, cells)
		json_object_foreach (cells, column, point) {
			if (sy_is_measured(point))
				continue;
			if (first)
				fputc('\n', out);
			first = false;
			put_reason(out, table, row, column, point);
		}
}

/* ---- verdicts ---- */

/* " `pool`; too close to call: `threads`; next: `fork`, 5.30 times (5.1–5.6)" */
void sy_put_markdown_verdict(FILE *out, const json_t *group)
{
	struct sy_next_best next;
	const char *before = "; too close to call: ";
	json_t *other;
	size_t i;

	fputc(' ', out);
	sy_put_markdown_code(out, sy_text_of(group, "best"));
	json_array_foreach (json_object_get(group, "others"), i, other) {
		if (!sy_is_close(other))
			continue;
		fputs(before, out);
		sy_put_markdown_code(out, sy_text_of(other, "row"));
		before = ", ";
	}
	if (sy_next_best(group, &next)) {
		fputs("; next: ", out);
		sy_put_markdown_code(out, next.row);
		fprintf(out, " takes %.*f times as %s (%.*f–%.*f)",
		        next.decimals, next.ratio,
		        *sy_text_of(group, "by") ? "much" : "long",
		        next.decimals, next.low, next.decimals, next.high);
	}
	fputc('\n', out);
}

static void put_verdicts(FILE *out, const struct sy_table *table)
{
	const char *before = "\n";

	for (size_t i = 0; i < table->shown_count; i++) {
		const json_t *group =
			json_object_get(table->verdicts, table->shown[i]);

		if (!group)
			continue;
		fprintf(out, "%s- Fastest at %s in flight:", before,
		        table->shown[i]);
		before = "";
		sy_put_markdown_verdict(out, group);
	}
}

/* ---- what was found ---- */

static void put_found_row(FILE *out, const struct sy_table *table,
                          const char *key, const char *row, const json_t *cells)
{
	char text[32];

	fputs("| ", out);
	sy_put_markdown_code(out, row);
	for (size_t i = 0; i < table->shown_count; i++)
		fprintf(out, " | %s",
		        sy_format_finding(
				json_object_get(cells, table->shown[i]), key,
				text, sizeof(text)));
	fputs(" |\n", out);
}

static void put_findings(FILE *out, const struct sy_table *table)
{
	const char *key = NULL, *row;
	char about[160], all[32];
	json_t *cells;

	while ((key = sy_finding_after(table, key))) {
		fputc('\n', out);
		sy_put_markdown_code(out, key);
		fputs(": ", out);
		sy_put_markdown(
			out, sy_finding_text(table, key, about, sizeof(about)));
		if (sy_finding_is_one(table, key, all, sizeof(all))) {
			fprintf(out, ": %s\n", all);
			continue;
		}
		fputs("\n\n| model |", out);
		for (size_t i = 0; i < table->shown_count; i++)
			fprintf(out, " at %s in flight |", table->shown[i]);
		put_line(out, table->shown_count);
		json_object_foreach ((json_t *)table->rows, row, cells)
			put_found_row(out, table, key, row, cells);
	}
}

/* ---- all of it ---- */

static void put_table(FILE *out, const struct sy_table *table)
{
	const char *row;
	json_t *cells;

	put_table_head(out, table);
	json_object_foreach ((json_t *)table->rows, row, cells)
		put_row(out, table, row, cells);
	put_verdicts(out, table);
	put_findings(out, table);
}

static void put_section(FILE *out, const char *name, const json_t *section)
{
	struct sy_table table = sy_table_of(name, section);

	fputs("\n## ", out);
	sy_put_markdown_code(out, table.title);
	fputc('\n', out);
	while (sy_table_next(&table, COLUMNS))
		if (table.shape == SY_TASKS)
			put_table(out, &table);
		else
			sy_put_markdown_mechanisms(out, &table);
	put_reasons(out, &table);
}

void sy_put_markdown_sections(FILE *out, const json_t *sections)
{
	const char *name;
	json_t *section;

	json_object_foreach ((json_t *)sections, name, section)
		put_section(out, name, section);
}
