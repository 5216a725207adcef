/* SPDX-License-Identifier: MIT */
/*
 * export_parts.h - what the files that export share; internal to results/ and
 * its tests.
 */
#ifndef SY_EXPORT_PARTS_H
#define SY_EXPORT_PARTS_H

#include "results/export.h"
#include "results/tables.h"

extern const struct sy_export_format sy_export_gbench, sy_export_csv,
	sy_export_tsv, sy_export_markdown, sy_export_claims;

/* What results.json says of itself. */
#define SY_EXPORT_SCHEMA 1

/* ---- export_text.c: text and numbers as each format has them ---- */

/* In quotes where RFC 4180 asks for them, or where a reader could trim. */
void sy_put_csv(FILE *out, const char *text);
/* \t, \n, \r, \\, and \xHH for other control characters. */
void sy_put_tsv(FILE *out, const char *text);
/* Nothing in it is read as Markdown or HTML, nor ends a table's cell. */
void sy_put_markdown(FILE *out, const char *text);
/* As code where a code span can hold it, else as the above. */
void sy_put_markdown_code(FILE *out, const char *text);
/* The shortest of 15 to 17 digits that brings the same double back. */
void sy_put_number(FILE *out, double number);

/* ---- export_table.c: rows of separated values ---- */

struct sy_dialect {
	char separator;
	const char *line_end;
	void (*put_text)(FILE *out, const char *text);
};

/* objects[source][object][key], or objects[source][key] without `object`. */
struct sy_column {
	const char *name;
	unsigned source;
	const char *object, *key;
};

void sy_put_header(FILE *out, const struct sy_dialect *dialect,
                   const struct sy_column *columns, size_t count);
/* What is not there, and what is no value, is an empty field. */
void sy_put_row(FILE *out, const struct sy_dialect *dialect,
                const struct sy_column *columns, size_t count,
                const json_t *const *objects);

/* ---- export_samples.c ---- */

/* As sy_export_samples. */
int sy_samples_write(FILE *out, const struct sy_dialect *dialect,
                     const char *dir, size_t *cut_line,
                     struct sy_reason *reason);

/* ---- export_markdown.c ---- */

/* "12.3 %"; "-" where it is no number that can be a share. */
void sy_put_share(FILE *out, const json_t *share);

/* ---- export_markdown_tables.c ---- */

/* A heading, tables, verdicts and reasons each; as sy_sections. */
void sy_put_markdown_sections(FILE *out, const json_t *sections);

/* As those of host/units.h. */
typedef char *sy_format_fn(double value, double half, char *buf, size_t bytes);
/* "9.95k (9.41k–10.1k)" */
void sy_put_markdown_estimate(FILE *out, sy_format_fn *format,
                              const json_t *estimate, bool few);
/* The same of a point, or the state that it has instead. */
void sy_put_markdown_figure(FILE *out, sy_format_fn *format,
                            const json_t *point, const char *key);
/* What comes behind "Fastest:", to the end of the line. */
void sy_put_markdown_verdict(FILE *out, const json_t *group);

/* ---- export_markdown_mechanisms.c ---- */

/* The columns that are shown, with their verdicts. */
void sy_put_markdown_mechanisms(FILE *out, const struct sy_table *table);

#endif /* SY_EXPORT_PARTS_H */
