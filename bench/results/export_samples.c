/* SPDX-License-Identifier: MIT */
/*
 * export_samples.c - the journal as rows, one a slice.
 *
 * The journal alone is read, so the slices of a driver that was killed can be
 * had, too.  Lines that are no slice are passed over: a journal may hold what
 * a later version adds.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "engine/plan.h"
#include "results/export_parts.h"

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
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

struct journal {
	FILE *file;
	char path[PATH_MAX];
	char *line;
	size_t room, number; /* of the line, from 1 */
};

static int wrong(const struct journal *journal, struct sy_reason *reason,
                 const char *what)
{
	return sy_reason(reason, -EINVAL, "%s, line %zu: %s", journal->path,
	                 journal->number, what);
}

static int check_head(const struct journal *journal, const json_t *record,
                      struct sy_reason *reason)
{
	const json_t *head = json_object_get(record, "journal");
	json_int_t schema = json_integer_value(json_object_get(head, "schema"));

	if (schema < 1 && journal->number == 1)
		return wrong(journal, reason, "not how a journal begins");
	if (schema > SY_PLAN_SCHEMA)
		return wrong(journal, reason,
		             "a schema that this program does not know: use "
		             "a newer one");
	return 0;
}

static int put_record(FILE *out, const struct sy_dialect *dialect,
                      const struct journal *journal, json_t *record,
                      struct sy_reason *reason)
{
	const json_t *objects[] = { record };
	int error = check_head(journal, record, reason);

	if (error)
		return error;
	if (journal->number == 1)
		sy_put_header(out, dialect, columns, COLUMNS);
	if (!json_is_string(json_object_get(record, "point")) ||
	    !json_is_integer(json_object_get(record, "operations")))
		return 0;
	if (!json_object_get(record, "dropped"))
		json_object_set_new(record, "dropped", json_false());
	sy_put_row(out, dialect, columns, COLUMNS, objects);
	return 0;
}

static int put_line(FILE *out, const struct sy_dialect *dialect,
                    const struct journal *journal, size_t bytes,
                    struct sy_reason *reason)
{
	json_error_t where;
	json_t *record = json_loadb(journal->line, bytes,
	                            JSON_REJECT_DUPLICATES, &where);
	int error;

	if (!record)
		return wrong(journal, reason, where.text);
	error = json_is_object(record)
	                ? put_record(out, dialect, journal, record, reason)
	                : wrong(journal, reason, "not an object");
	json_decref(record);
	return error;
}

/* The next line; its length, 0 at the end, or a negative errno. */
static ssize_t next_line(struct journal *journal, struct sy_reason *reason)
{
	ssize_t bytes;

	errno = 0;
	bytes = getline(&journal->line, &journal->room, journal->file);
	journal->number += bytes > 0;
	if (bytes > 0 || !errno)
		return bytes > 0 ? bytes : 0;
	return sy_reason(reason, -errno, "cannot read %s: %s", journal->path,
	                 strerror(errno));
}

static int put_lines(FILE *out, const struct sy_dialect *dialect,
                     struct journal *journal, size_t *cut_line,
                     struct sy_reason *reason)
{
	ssize_t bytes;

	while (!ferror(out) && (bytes = next_line(journal, reason))) {
		int error = bytes < 0 ? (int)bytes : 0;

		/* The driver was killed while it wrote this one. */
		if (!error && journal->line[bytes - 1] != '\n')
			*cut_line = journal->number;
		else if (!error)
			error = put_line(out, dialect, journal, (size_t)bytes,
			                 reason);
		if (error)
			return error;
	}
	if (journal->number && *cut_line != 1)
		return 0;
	journal->number = 1;
	return wrong(journal, reason, "not how a journal begins");
}

int sy_samples_write(FILE *out, const struct sy_dialect *dialect,
                     const char *dir, size_t *cut_line,
                     struct sy_reason *reason)
{
	struct journal journal = { 0 };
	int error;

	*cut_line = 0;
	if (snprintf(journal.path, sizeof(journal.path), "%s/samples.jsonl",
	             dir) >= (int)sizeof(journal.path))
		return sy_reason(reason, -ENAMETOOLONG, "%.100s...: too long",
		                 dir);
	journal.file = fopen(journal.path, "re");
	if (!journal.file)
		return sy_reason(reason, -errno, "cannot read %s: %s",
		                 journal.path, strerror(errno));
	error = put_lines(out, dialect, &journal, cut_line, reason);
	free(journal.line);
	fclose(journal.file);
	return error;
}
