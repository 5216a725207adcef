/* SPDX-License-Identifier: MIT */
/*
 * export_fixture.h - a folder with made-up results, and readers of what is
 * exported, written from the formats' descriptions and not from the code that
 * writes them.
 *
 * After cmocka.h.
 */
#ifndef SY_EXPORT_FIXTURE_H
#define SY_EXPORT_FIXTURE_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "results/export_parts.h"

/* Texts that some format or reader would take for something else. */
static const char *const nasty[] = {
	"plain",
	"=1+1",
	"+1",
	"-x",
	"- x",
	"@sum",
	"a,b",
	"a\"b",
	"\"",
	"\"\"",
	"a\nb",
	"a\r\nb",
	"\n",
	"a\tb",
	"a;b",
	"a|b",
	"|",
	"| --- |",
	"\\|",
	"`a`",
	"```",
	"<script>alert(1)</script>",
	"<!-- x",
	"a --> b",
	"&amp;",
	"&#10;",
	"*a* **b**",
	"_a_ __b__",
	"[a](http://example.org)",
	"![a](b)",
	"~~a~~",
	"$a$",
	"# a",
	"1. a",
	"2)",
	"12",
	"a\\",
	"\\n",
	"\\x41",
	"\x01\x02\x1b[31m\x7f",
	" a",
	"a ",
	" ",
	"NaN",
	"true",
	"gr\xc3\xb6\xc3\x9f \xe2\x80\x93 \xe6\xbc\xa2",
};
#define NASTY (sizeof(nasty) / sizeof(nasty[0]))

struct rows {
	size_t count, columns;
	char ***cells; /* [row][column] */
};

static inline void rows_free(struct rows *rows)
{
	for (size_t i = 0; i < rows->count; i++) {
		for (size_t k = 0; rows->cells[i][k]; k++)
			free(rows->cells[i][k]);
		free(rows->cells[i]);
	}
	free(rows->cells);
	*rows = (struct rows){ 0 };
}

/* Takes the cell over; `begins` a row. */
static inline void rows_add(struct rows *rows, char *cell, bool begins)
{
	size_t used = 0;
	char **row;

	assert_non_null(cell);
	if (begins) {
		rows->cells = realloc(rows->cells,
		                      (rows->count + 1) * sizeof(char **));
		assert_non_null(rows->cells);
		rows->cells[rows->count++] = calloc(200, sizeof(char *));
	}
	row = rows->cells[rows->count - 1];
	assert_non_null(row);
	while (row[used])
		used++;
	assert_true(used < 199);
	row[used] = cell;
}

/* All rows have as many cells as the first. */
static inline void rows_check(struct rows *rows)
{
	for (size_t i = 0; i < rows->count; i++) {
		size_t columns = 0;

		while (rows->cells[i][columns])
			columns++;
		if (!i)
			rows->columns = columns;
		assert_int_equal(columns, rows->columns);
	}
}

/* One field of RFC 4180; `*at` is left at what ends it. */
static inline char *read_csv_field(const char **at)
{
	char *field = NULL, c;
	size_t bytes = 0;
	FILE *out = open_memstream(&field, &bytes);
	bool quoted = **at == '"';

	assert_non_null(out);
	*at += quoted;
	while ((c = **at) && (quoted || !strchr(",\r\n\"", c))) {
		if (quoted && c == '"' && *++*at != '"')
			break;
		fputc(c, out);
		++*at;
	}
	assert_int_equal(fclose(out), 0);
	if (quoted && !c)
		fail_msg("a quote that does not end");
	return field;
}

static inline struct rows read_csv(const char *text)
{
	struct rows rows = { 0 };
	bool begins = true;

	while (*text) {
		rows_add(&rows, read_csv_field(&text), begins);
		begins = *text != ',';
		if (begins) {
			assert_true(text[0] == '\r' && text[1] == '\n');
			text++;
		}
		text++;
	}
	assert_true(begins);
	rows_check(&rows);
	return rows;
}

/* Undoes the escapes of one field of so many bytes. */
static inline char *read_tsv_field(const char *text, size_t bytes)
{
	char *field = calloc(1, bytes + 1), *end = field;

	assert_non_null(field);
	for (size_t i = 0; i < bytes; i++) {
		unsigned code;

		assert_false((unsigned char)text[i] < ' ' || text[i] == 0x7f);
		if (text[i] != '\\') {
			*end++ = text[i];
			continue;
		}
		i++;
		assert_true(i < bytes);
		if (text[i] == 'x') {
			assert_int_equal(sscanf(text + i + 1, "%2x", &code), 1);
			*end++ = (char)code;
			i += 2;
			continue;
		}
		assert_non_null(strchr("tnr\\", text[i]));
		*end++ = text[i] == 't'   ? '\t'
		         : text[i] == 'n' ? '\n'
		         : text[i] == 'r' ? '\r'
		                          : '\\';
	}
	return field;
}

static inline struct rows read_tsv(const char *text)
{
	struct rows rows = { 0 };
	bool begins = true;

	while (*text) {
		size_t bytes = strcspn(text, "\t\n");

		rows_add(&rows, read_tsv_field(text, bytes), begins);
		text += bytes;
		assert_true(*text);
		begins = *text++ == '\n';
	}
	rows_check(&rows);
	return rows;
}

static inline size_t read_entity(const char *text, char **end)
{
	static const struct {
		const char *name;
		char c;
	} known[] = { { "&lt;", '<' }, { "&gt;", '>' }, { "&amp;", '&' } };
	unsigned code;
	int used = 0;

	for (size_t i = 0; i < 3; i++)
		if (!strncmp(text, known[i].name, strlen(known[i].name))) {
			*(*end)++ = known[i].c;
			return strlen(known[i].name);
		}
	assert_int_equal(sscanf(text, "&#%u;%n", &code, &used), 1);
	assert_true(used > 0);
	*(*end)++ = (char)code;
	return (size_t)used;
}

/*
 * What a reader sees of Markdown that has no marks of its own: a whole code
 * span, or text in which everything that could be a mark is escaped.
 */
static inline char *read_markdown(const char *text, size_t bytes)
{
	char *seen = calloc(1, bytes + 1), *end = seen, *copy;

	assert_non_null(seen);
	if (bytes > 2 && *text == '`' && text[bytes - 1] == '`') {
		memcpy(seen, text + 1, bytes - 2);
		assert_null(strpbrk(seen, "`|\n"));
		return seen;
	}
	copy = strndup(text, bytes);
	assert_non_null(copy);
	for (size_t i = 0; i < bytes;) {
		if (copy[i] == '&') {
			i += read_entity(copy + i, &end);
		} else if (copy[i] == '\\') {
			assert_true(i + 1 < bytes);
			*end++ = copy[i + 1];
			i += 2;
		} else {
			if (strchr("`|<>*_[]~$#!\r\n\t", copy[i]))
				fail_msg("%c is not escaped in %s", copy[i],
				         copy);
			*end++ = copy[i++];
		}
	}
	free(copy);
	return seen;
}

/* ---- a run ---- */

struct place {
	char dir[64];
	struct sy_reason reason;
};

static inline int set_up(void **state)
{
	struct place *place = calloc(1, sizeof(*place));

	if (!place)
		return -1;
	strcpy(place->dir, "/tmp/sy-export-XXXXXX");
	*state = place;
	return mkdtemp(place->dir) ? 0 : -1;
}

static inline int tear_down(void **state)
{
	struct place *place = *state;
	char command[96];
	int status;

	/* A path of mkdtemp: nothing in it that a shell would read. */
	snprintf(command, sizeof(command), "rm -rf %s", place->dir);
	status = system(command);
	free(place);
	return status;
}

static inline void put_file(const struct place *place, const char *name,
                            const char *text)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", place->dir, name);
	file = fopen(path, "we");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

/* Releases the results. */
static inline void put_results(const struct place *place, json_t *results)
{
	char *text = json_dumps(results, 0);

	assert_non_null(text);
	put_file(place, "results.json", text);
	free(text);
	json_decref(results);
}

static inline json_t *estimate(double value)
{
	return json_pack("{sf sf sf}", "value", value, "low", value * 0.5,
	                 "high", value * 2);
}

static inline json_t *entry(const char *name)
{
	return json_pack("{ss si si ss ss si ss si sf sf}", "name", name,
	                 "family_index", 0, "repetition_index", 0, "run_name",
	                 name, "run_type", "iteration", "repetitions", 1,
	                 "time_unit", "ns", "iterations", 10, "real_time", 1.5,
	                 "cpu_time", 0.1);
}

static inline json_t *point(const char *name, const char *group,
                            const char *model, const char *state)
{
	return json_pack("{ss ss ss ss ss ss s{ss si si}}", "name", name,
	                 "group", group, "family", "cpu", "model", model,
	                 "label", model, "state", state, "params", "placement",
	                 "one-pu", "pu_count", 1, "inflight", 4);
}

static inline json_t *empty_results(void)
{
	return json_pack("{s{ss} s[] si ss s{ss si} si sI sI sb s{sf si} s[] "
	                 "s[]}",
	                 "context", "date", "2026-01-02T03:04:05+00:00",
	                 "benchmarks", "schema", 1, "machine_id",
	                 "feedfacecafebeef", "machine", "summary", "Model T",
	                 "pus", 2, "seed", 7, "wall_ns", (json_int_t)2000000000,
	                 "sliced_ns", (json_int_t)1000000000, "interrupted", 0,
	                 "sentinel", "spread", 0.0125, "pairs", 9, "points",
	                 "groups");
}

static inline void add(json_t *results, const char *list, json_t *item)
{
	assert_int_equal(
		json_array_append_new(json_object_get(results, list), item), 0);
}

static inline const struct sy_export_format *format(const char *name)
{
	const struct sy_export_format *found;

	for (size_t i = 0; (found = sy_export_format(i)); i++)
		if (!strcmp(found->name, name))
			return found;
	fail_msg("no format %s", name);
	return NULL;
}

/* What is written; the caller's.  Nothing where it fails. */
static inline char *exported(struct place *place, const char *dir,
                             const char *name, int wanted)
{
	char *buffer = NULL;
	size_t bytes = 0;
	FILE *out = open_memstream(&buffer, &bytes);
	int error;

	assert_non_null(out);
	error = sy_export_run(out, format(name), dir, &place->reason);
	assert_int_equal(fclose(out), 0);
	if (error != wanted)
		fail_msg("%s: %d instead of %d: %s", name, error, wanted,
		         error ? place->reason.text : "");
	assert_int_equal(strlen(buffer), error ? 0 : bytes);
	return buffer;
}

static inline const char *cell(const struct rows *rows, size_t row,
                               const char *name)
{
	for (size_t k = 0; k < rows->columns; k++)
		if (!strcmp(rows->cells[0][k], name))
			return rows->cells[row][k];
	fail_msg("no column %s", name);
	return NULL;
}

/* By both formats of separated values. */
typedef void rows_fn(struct place *place, const struct rows *rows);

static inline void with_rows(struct place *place, const char *dir, rows_fn *see)
{
	char *text = exported(place, dir, "csv", 0);
	struct rows rows = read_csv(text);

	see(place, &rows);
	rows_free(&rows);
	free(text);
	text = exported(place, dir, "tsv", 0);
	rows = read_tsv(text);
	see(place, &rows);
	rows_free(&rows);
	free(text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif /* SY_EXPORT_FIXTURE_H */
