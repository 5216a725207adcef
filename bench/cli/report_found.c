/* SPDX-License-Identifier: MIT */
/*
 * report_found.c - what stands below a table: what was found in its tasks, and
 * why rows have no figures.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/report_parts.h"

/* The end of a text that stands for "an operation" in a narrow cell. */
#define EACH "/op"

/* Prints what was written to a stream of `text`, and frees it. */
static void print_text(FILE *out, FILE *stream, char **text)
{
	if (!stream || fclose(stream))
		sy_complain(0, "no memory for a line of results.json");
	else if (**text)
		sy_print_wrapped(out, 0, 2, *text);
	free(*text);
}

/* ---- what was found ---- */

static bool is_one(const struct sy_table *table, const char *key, char *text,
                   size_t bytes)
{
	/* Nothing to tell of is told in no table, either. */
	return sy_finding_is_one(table, key, text, bytes) || !*text;
}

/* "found in all: lost 0, kept_waiting 5.00 an operation" */
static void print_alike(FILE *out, const struct sy_table *table)
{
	char *line = NULL, value[32], label[SY_FINDING_LABEL];
	const char *key = NULL, *before = "found in all: ";
	size_t bytes = 0;
	FILE *text = open_memstream(&line, &bytes);

	while (text && (key = sy_finding_after(table, key))) {
		char *each;

		if (!is_one(table, key, value, sizeof(value)) || !*value)
			continue;
		each = strstr(value, EACH);
		if (each)
			*each = '\0';
		fprintf(text, "%s%s %s%s", before,
		        sy_finding_label(key, label, sizeof(label)), value,
		        each ? " an operation" : "");
		before = ", ";
	}
	print_text(out, text, &line);
}

/* More than this stand in tables of their own. */
#define SIDE_BY_SIDE 4

/* "lost: additions that were lost"; a table's heading. */
static void write_about(FILE *text, const struct sy_table *table,
                        const char *key)
{
	char label[SY_FINDING_LABEL];

	sy_finding_label(key, label, sizeof(label));
	fprintf(text, "%s%s: %s", label,
	        strcmp(label, key) ? ", share of operations" : "",
	        sy_finding_summary(table->family, key));
}

static void print_about(FILE *out, const struct sy_table *table,
                        const char *const *keys, size_t count)
{
	char *line = NULL;
	size_t bytes = 0;
	FILE *text = open_memstream(&line, &bytes);

	for (size_t i = 0; text && i < count; i++) {
		fputs(i ? "; " : "", text);
		write_about(text, table, keys[i]);
	}
	print_text(out, text, &line);
}

static void print_cell(FILE *out, const json_t *point, const char *key,
                       int width)
{
	char text[32];

	fprintf(out, " %*s", width,
	        sy_format_finding(point, key, text, sizeof(text)));
}

/* Under the columns of the rates. */
static void print_apart(FILE *out, const struct sy_table *table,
                        const char *key, int width)
{
	const char *row;
	json_t *cells;

	print_about(out, table, &key, 1);
	json_object_foreach ((json_t *)table->rows, row, cells) {
		fprintf(out, "%-*s", width, row);
		for (size_t i = 0; i < table->shown_count; i++)
			print_cell(out, json_object_get(cells, table->shown[i]),
			           key, 7);
		fputc('\n', out);
	}
}

/* Those of the one column that there is, in one table. */
static void print_together(FILE *out, const struct sy_table *table,
                           const char *const *keys, size_t count, int width)
{
	char label[SY_FINDING_LABEL];
	const char *row;
	json_t *cells;

	print_about(out, table, keys, count);
	fprintf(out, "%-*s", width, "");
	for (size_t i = 0; i < count; i++)
		fprintf(out, " %11s",
		        sy_finding_label(keys[i], label, sizeof(label)));
	fputc('\n', out);
	json_object_foreach ((json_t *)table->rows, row, cells) {
		fprintf(out, "%-*s", width, row);
		for (size_t i = 0; i < count; i++)
			print_cell(out, json_object_get(cells, table->shown[0]),
			           keys[i], 11);
		fputc('\n', out);
	}
}

void sy_report_found(FILE *out, const struct sy_table *table, int width)
{
	const char *keys[SIDE_BY_SIDE], *key = NULL;
	bool together = table->shown_count == 1;
	size_t count = 0;
	char text[32];

	print_alike(out, table);
	while ((key = sy_finding_after(table, key))) {
		if (is_one(table, key, text, sizeof(text)))
			continue;
		if (together && count < SIDE_BY_SIDE)
			keys[count++] = key;
		else
			print_apart(out, table, key, width);
	}
	if (count == 1)
		print_apart(out, table, keys[0], width);
	else if (count)
		print_together(out, table, keys, count, width);
}

/* ---- rows without figures ---- */

static bool any_measured(const json_t *cells)
{
	const char *column;
	json_t *point;

	json_object_foreach ((json_t *)cells, column, point)
		if (sy_is_measured(point))
			return true;
	return false;
}

/* The rows of a state and a reason, without one twice; NULL: no memory. */
static json_t *rows_of(json_t *reasons, const json_t *point)
{
	json_t *by_state, *rows;
	const char *state = sy_text_of(point, "state");
	const char *why = sy_text_of(point, "reason");

	if (!*why)
		why = "the run ended before it";
	if (!json_object_get(reasons, state))
		json_object_set_new(reasons, state, json_object());
	by_state = json_object_get(reasons, state);
	rows = json_object_get(by_state, why);
	if (!rows && !json_object_set_new(by_state, why, json_object()))
		rows = json_object_get(by_state, why);
	return rows;
}

/* {"absent": {"why": {"serial": true}}}; with the column, where a row has
   figures in others. */
static json_t *collect(const struct sy_table *table)
{
	json_t *reasons = json_object(), *cells, *point;
	const char *row, *column;
	char name[SY_ROW_BYTES + 32], value[24];

	json_object_foreach ((json_t *)table->rows, row, cells)
		json_object_foreach (cells, column, point) {
			if (sy_is_measured(point))
				continue;
			sy_column_text(table->axis, column, value,
			               sizeof(value));
			snprintf(name, sizeof(name), "%s%s%s", row,
			         any_measured(cells) ? " at " : "",
			         any_measured(cells) ? value : "");
			json_object_set_new(rows_of(reasons, point), name,
			                    json_true());
		}
	return reasons;
}

/* "absent: serial, semaphore: why" */
static void print_reason(FILE *out, const char *state, const char *why,
                         const json_t *rows)
{
	char *line = NULL;
	size_t bytes = 0;
	FILE *text = open_memstream(&line, &bytes);
	const char *row, *before = "";
	json_t *value;

	if (text)
		fprintf(text, "%s: ", state);
	json_object_foreach ((json_t *)rows, row, value) {
		if (text)
			fprintf(text, "%s%s", before, row);
		before = ", ";
	}
	if (text)
		fprintf(text, ": %s", why);
	print_text(out, text, &line);
}

void sy_report_reasons(FILE *out, const struct sy_table *table)
{
	json_t *reasons = collect(table), *by_state, *rows;
	const char *state, *why;

	json_object_foreach (reasons, state, by_state)
		json_object_foreach (by_state, why, rows)
			print_reason(out, state, why, rows);
	json_decref(reasons);
}
