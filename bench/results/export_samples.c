/* SPDX-License-Identifier: MIT */
/*
 * export_samples.c - the journal as rows, one a slice.
 *
 * The journal alone is read, so the slices of a driver that was killed can be
 * had, too.  Lines that are no slice are passed over: a journal may hold what
 * a later version adds.
 */
#include <fcntl.h>
#include <unistd.h>

#include "engine/plan.h"
#include "results/export_parts.h"
#include "results/journal_lines.h"
#include "results/run_internal.h"

static const struct sy_column columns[] = {
	{ "point", 0, NULL, "point" },
	{ "set", 0, NULL, "set" },
	{ "round", 0, NULL, "round" },
	{ "at_ns", 0, NULL, "at_ns" },
	{ "operations", 0, NULL, "operations" },
	{ "elapsed_ns", 0, NULL, "elapsed_ns" },
	{ "cpu_ns", 0, NULL, "cpu_ns" },
	{ "server_ns", 0, NULL, "server_ns" },
	{ "voluntary", 0, NULL, "voluntary" },
	{ "involuntary", 0, NULL, "involuntary" },
	{ "migrations", 0, NULL, "migrations" },
	{ "pus", 0, NULL, "pus" },
	{ "alone_operations", 0, NULL, "alone_operations" },
	{ "alone_ns", 0, NULL, "alone_ns" },
	{ "latency_max_ns", 0, NULL, "latency_max_ns" },
	{ "dropped", 0, NULL, "dropped" },
	{ "first_operations", 0, NULL, "first_operations" },
	{ "first_ns", 0, NULL, "first_ns" },
	{ "bytes", 0, NULL, "bytes" },
	{ "slab_bytes", 0, NULL, "slab_bytes" },
	{ "detail", 0, NULL, "detail" },
	{ "findings", 0, NULL, "findings" },
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

#define NO_BEGINNING "not how a journal begins"

static int check_head(const struct sy_journal_lines *lines,
                      const json_t *record, struct sy_reason *reason)
{
	const json_t *head = json_object_get(record, "journal");
	json_int_t schema = json_integer_value(json_object_get(head, "schema"));

	if (schema < 1 && lines->number == 1)
		return sy_journal_lines_wrong(lines, reason, NO_BEGINNING);
	if (schema > SY_PLAN_SCHEMA)
		return sy_journal_lines_wrong(
			lines, reason,
			"a schema that this program does not know: use "
			"a newer one");
	return 0;
}

static int put_record(FILE *out, const struct sy_dialect *dialect,
                      const struct sy_journal_lines *lines, json_t *record,
                      struct sy_reason *reason)
{
	const json_t *objects[] = { record };
	int error = json_is_object(record)
	                    ? check_head(lines, record, reason)
	                    : sy_journal_lines_wrong(lines, reason,
	                                             "not an object");

	if (error)
		return error;
	if (lines->number == 1)
		sy_put_header(out, dialect, columns, COLUMNS);
	if (!json_is_string(json_object_get(record, "point")) ||
	    !json_is_integer(json_object_get(record, "operations")))
		return 0;
	if (!json_object_get(record, "dropped"))
		json_object_set_new(record, "dropped", json_false());
	sy_put_row(out, dialect, columns, COLUMNS, objects);
	return 0;
}

static int put_lines(FILE *out, const struct sy_dialect *dialect,
                     struct sy_journal_lines *lines, size_t *cut_line,
                     struct sy_reason *reason)
{
	json_t *record;
	int more = 1;

	while (!ferror(out) &&
	       (more = sy_journal_lines_next(lines, &record, reason)) > 0) {
		int error = put_record(out, dialect, lines, record, reason);

		json_decref(record);
		if (error)
			return error;
	}
	if (!more && lines->number == 1)
		return sy_journal_lines_wrong(lines, reason, NO_BEGINNING);
	/* The driver was killed while it wrote this one. */
	if (!more && lines->torn)
		*cut_line = lines->number;
	return more < 0 ? more : 0;
}

int sy_samples_write(FILE *out, const struct sy_dialect *dialect,
                     const char *dir, size_t *cut_line,
                     struct sy_reason *reason)
{
	struct sy_journal_lines lines;
	int fd = sy_run_file_open(AT_FDCWD, dir, SY_JOURNAL_NAME, reason);
	int error;

	*cut_line = 0;
	if (fd < 0)
		return fd;
	error = sy_journal_lines_open(&lines, fd, dir, reason);
	if (!error)
		error = put_lines(out, dialect, &lines, cut_line, reason);
	sy_journal_lines_close(&lines);
	close(fd);
	return error;
}
