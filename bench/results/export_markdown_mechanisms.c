/* SPDX-License-Identifier: MIT */
/*
 * export_markdown_mechanisms.c - the tables of `switch`, `spawn` and `idle`:
 * all that is known of the points of one column, or a table a figure of
 * several.
 */
#include <stdbool.h>
#include <string.h>

#include "host/units.h"
#include "results/export_parts.h"

static sy_format_fn *format_of(const struct sy_facet *facet)
{
	return facet->is_bytes ? sy_format_bytes : sy_format_ns;
}

/* A point's figure; "-" where it has not this one. */
static void put_part(FILE *out, const struct sy_facet *facet,
                     const json_t *point)
{
	const json_t *estimate = json_object_get(point, facet->key);

	fputs(" | ", out);
	if (!estimate) {
		fputc('-', out);
		return;
	}
	sy_put_markdown_estimate(out, format_of(facet), estimate,
	                         sy_is_few(point));
	if (!strcmp(facet->key, "net_ns") &&
	    json_is_true(json_object_get(point, "net_is_zero")))
		fputs(" `~0`", out);
}

static void put_ns(FILE *out, const json_t *point, const char *key)
{
	const struct sy_facet ns = { key, "", false };

	put_part(out, &ns, point);
}

static void put_name(FILE *out, const char *row, const json_t *point)
{
	fputs("| ", out);
	sy_put_markdown_code(out, row);
	if (sy_is_reference(point))
		fputs(" (`ref`)", out);
}

static void put_mode(FILE *out, const json_t *point, const char *which)
{
	double ns = sy_number_at(point, "modes", which);
	char text[24] = "-";

	if (ns > 0 && ns < 1e200)
		sy_format_ns(ns, 0.05 * ns, text, sizeof(text));
	fprintf(out, " | %s", text);
}

static void put_detail(FILE *out, const json_t *point)
{
	fputs(" | ", out);
	sy_put_markdown(out, sy_text_of(point, "detail"));
}

/* ---- one column ---- */

static void put_handoff(FILE *out, const json_t *point)
{
	if (sy_is_mixture(point)) {
		put_mode(out, point, "lower");
		put_mode(out, point, "upper");
	} else {
		put_ns(out, point, "alone_ns");
		put_ns(out, point, "net_ns");
	}
	if (sy_is_measured(point))
		fprintf(out, " | %.3f | %.3f",
		        sy_number_at(point, "switches_per_op", "voluntary"),
		        sy_number_at(point, "switches_per_op", "involuntary"));
	else
		fputs(" | - | -", out);
}

static void put_rest(FILE *out, enum sy_shape shape, const json_t *point)
{
	const struct sy_facet slab = { "slab_bytes_per_context", "", true };

	if (shape == SY_HANDOFFS) {
		put_handoff(out, point);
	} else if (shape == SY_CREATED) {
		put_ns(out, point, "first_ns");
		put_ns(out, point, "net_ns");
	} else {
		put_part(out, &slab, point);
		put_ns(out, point, "ns_per_op");
	}
	put_detail(out, point);
	fputs(" |\n", out);
}

static void put_head(FILE *out, const struct sy_table *table)
{
	if (table->shape == SY_WAITING)
		fputs("\n| mechanism | memory of a waiting context | the "
		      "kernel's objects | creating one | detail |\n"
		      "|:--|--:|--:|--:|:--|\n",
		      out);
	else if (table->shape == SY_CREATED)
		fputs("\n| mechanism | creating and ending a context | the "
		      "first in a process | net of what runs alone "
		      "| detail |\n|:--|--:|--:|--:|:--|\n",
		      out);
	else if (sy_table_has(table, "mixture"))
		fputs("\nThe contexts are not bound, so a figure is a "
		      "**mixture** of what a hand-off costs on one PU and "
		      "across two: no one cost.\n"
		      "\n| mechanism | one way, mixture | lower mode "
		      "| upper mode | voluntary switches | involuntary "
		      "switches | detail |\n|:--|--:|--:|--:|--:|--:|:--|\n",
		      out);
	else
		fputs("\n| mechanism | one way, raw | the calls alone | net "
		      "of the calls alone | voluntary switches | involuntary "
		      "switches | detail |\n|:--|--:|--:|--:|--:|--:|:--|\n",
		      out);
}

static void put_all(FILE *out, const struct sy_table *table)
{
	const struct sy_facet *facet = sy_facets(table->shape);
	const char *row;
	json_t *cells;

	put_head(out, table);
	json_object_foreach ((json_t *)table->rows, row, cells) {
		const json_t *point = json_object_get(cells, table->told);

		if (!point)
			continue;
		put_name(out, row, point);
		fputs(" | ", out);
		sy_put_markdown_figure(out, format_of(facet), point,
		                       facet->key);
		put_rest(out, table->shape, point);
	}
}

/* ---- several columns ---- */

static void put_curve(FILE *out, const struct sy_table *table,
                      const struct sy_facet *facet, const char *row,
                      const json_t *cells)
{
	put_name(out, row,
	         json_object_iter_value(json_object_iter((json_t *)cells)));
	for (size_t i = 0; i < table->shown_count; i++) {
		const json_t *point = json_object_get(cells, table->shown[i]);

		if (point && sy_is_measured(point)) {
			put_part(out, facet, point);
			continue;
		}
		fputs(" | ", out);
		sy_put_markdown_figure(out, format_of(facet), point,
		                       facet->key);
	}
	fputs(" |\n", out);
}

static void put_curves(FILE *out, const struct sy_table *table,
                       const struct sy_facet *facet)
{
	char text[SY_COLUMN_BYTES];
	const char *row;
	json_t *cells;

	fprintf(out, "\n%c%s, by %s:\n", facet->what[0] & ~0x20,
	        facet->what + 1, table->axis->label);
	fputs("\n| mechanism |", out);
	for (size_t i = 0; i < table->shown_count; i++)
		fprintf(out, " %s |",
		        sy_column_text(table->axis, table->shown[i], text,
		                       sizeof(text)));
	fputs("\n|:--|", out);
	for (size_t i = 0; i < table->shown_count; i++)
		fputs("--:|", out);
	fputc('\n', out);
	json_object_foreach ((json_t *)table->rows, row, cells)
		if (sy_row_has(table, facet, cells))
			put_curve(out, table, facet, row, cells);
}

static void put_verdicts(FILE *out, const struct sy_table *table)
{
	const char *best = sy_best_word(table->shape), *before = "\n";
	char name[SY_COLUMN_BYTES];

	for (size_t i = 0; i < table->shown_count; i++) {
		const char *column = table->shown[i];
		const json_t *group = json_object_get(table->verdicts, column);

		if (!group)
			continue;
		fprintf(out, "%s- %c%s", before, best[0] & ~0x20, best + 1);
		if (!sy_table_is_one(table))
			fprintf(out, ", %s",
			        sy_column_name(table->axis, column, name,
			                       sizeof(name)));
		fputc(':', out);
		sy_put_markdown_verdict(out, group);
		before = "";
	}
}

void sy_put_markdown_mechanisms(FILE *out, const struct sy_table *table)
{
	const struct sy_facet *facet = sy_facets(table->shape);

	if (sy_table_is_one(table)) {
		put_all(out, table);
		put_verdicts(out, table);
		return;
	}
	if (sy_table_has(table, "mixture"))
		fputs("\nThe contexts are not bound: each figure is a "
		      "**mixture**.\n",
		      out);
	put_curves(out, table, facet);
	put_verdicts(out, table);
	while ((++facet)->key)
		if (sy_table_has(table, facet->key))
			put_curves(out, table, facet);
}
