/* SPDX-License-Identifier: MIT */
/*
 * journal.c - see journal.h.
 *
 * A driver that was killed or a disk that lost power leaves at most half a
 * last line, which was never answered for.  Anything else that is not as a
 * driver writes it was changed by somebody, and is refused with its place.
 */
#include "results/journal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/protocol.h"
#include "engine/record.h"

/* A worker's line and what the driver adds: its name, times, a reason. */
#define LINE_MAX_BYTES (SY_LINE_BYTES + 4096)

struct reader {
	struct sy_journal *journal;
	char *buffer; /* LINE_MAX_BYTES */
	size_t begin, used;
	off_t read_bytes; /* from the file */
	struct sy_slice slice;
	struct sy_record record;
};

static int fail(const struct reader *reader, struct sy_reason *reason,
                const char *what)
{
	return sy_reason(reason, -EINVAL, "%s/samples.jsonl, line %llu: %s",
	                 reader->journal->folder,
	                 (unsigned long long)reader->journal->lines + 1, what);
}

/* More of the file behind what there is: 1; 0: that was all. */
static int fill(struct reader *reader, struct sy_reason *reason)
{
	ssize_t got;

	memmove(reader->buffer, reader->buffer + reader->begin,
	        reader->used - reader->begin);
	reader->used -= reader->begin;
	reader->begin = 0;
	do
		got = pread(reader->journal->fd, reader->buffer + reader->used,
		            LINE_MAX_BYTES - reader->used, reader->read_bytes);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return sy_reason(reason, -errno,
		                 "cannot read %s/samples.jsonl: %s",
		                 reader->journal->folder, strerror(errno));
	reader->used += (size_t)got;
	reader->read_bytes += got;
	return got > 0;
}

/* Whether a line ends in what follows: one that is too long to be a line, or
   what a lost power supply has left behind the last one. */
static int skip(struct reader *reader, struct sy_reason *reason)
{
	int more;

	do {
		if (memchr(reader->buffer + reader->begin, '\n',
		           reader->used - reader->begin))
			return fail(reader, reason, "too long to be one");
		reader->begin = reader->used;
		more = fill(reader, reason);
	} while (more > 0);
	return more;
}

/* The next whole line: 1; 0: there is none, but perhaps half of one. */
static int next_line(struct reader *reader, const char **line, size_t *bytes,
                     struct sy_reason *reason)
{
	int more = 1;

	while (more > 0) {
		char *begin = reader->buffer + reader->begin;
		char *end = memchr(begin, '\n', reader->used - reader->begin);

		if (end) {
			*line = begin;
			*bytes = (size_t)(end - begin);
			reader->begin += *bytes + 1;
			return 1;
		}
		reader->journal->torn = reader->used > reader->begin;
		if (reader->used - reader->begin == LINE_MAX_BYTES)
			return skip(reader, reason);
		more = fill(reader, reason);
	}
	return more;
}

static int check_header(const struct reader *reader, const json_t *json,
                        struct sy_reason *reason)
{
	const json_t *header = json_object_get(json, "journal");
	const char *id =
		json_string_value(json_object_get(header, "machine_id"));
	struct sy_reason why;

	if (!header)
		return fail(reader, reason, "a journal begins otherwise");
	if (sy_plan_schema_check(header, &why))
		return fail(reader, reason, why.text);
	if (!id || strcmp(id, reader->journal->machine_id))
		return fail(reader, reason,
		            "not of the machine that machine.json tells of");
	return 0;
}

static int apply(struct reader *reader, const struct sy_plan *plan,
                 struct sy_session *session, const json_t *json,
                 struct sy_reason *reason)
{
	struct sy_reason why = { "" };
	int error;

	if (!reader->journal->lines)
		return check_header(reader, json, reason);
	error = sy_record_from_json(&reader->record, plan, &session->course,
	                            json, &why);
	if (!error)
		error = sy_session_apply(session, plan, &reader->record, &why);
	if (error == -ENOMEM)
		return sy_reason(reason, error, "no memory");
	return error ? fail(reader, reason, why.text) : 0;
}

static int take_line(struct reader *reader, const struct sy_plan *plan,
                     struct sy_session *session, const char *line, size_t bytes,
                     struct sy_reason *reason)
{
	json_error_t where;
	json_t *json = json_loadb(line, bytes, JSON_REJECT_DUPLICATES, &where);
	int error = json ? apply(reader, plan, session, json, reason)
	                 : fail(reader, reason, where.text);

	json_decref(json);
	reader->journal->lines++;
	reader->journal->whole_bytes += (off_t)bytes + 1;
	return error;
}

static int read_all(struct reader *reader, const struct sy_plan *plan,
                    struct sy_session *session, struct sy_reason *reason)
{
	const char *line = NULL;
	size_t bytes = 0;
	int error = 0, more;

	do {
		more = next_line(reader, &line, &bytes, reason);
		if (more > 0)
			error = take_line(reader, plan, session, line, bytes,
			                  reason);
	} while (more > 0 && !error);
	if (more < 0)
		return more;
	if (!error && !reader->journal->lines)
		return fail(reader, reason, "there is none");
	return error;
}

json_t *sy_journal_header(const char *machine_id)
{
	return json_pack("{s{si ss}}", "journal", "schema", SY_PLAN_SCHEMA,
	                 "machine_id", machine_id);
}

int sy_journal_restore(struct sy_journal *journal, const struct sy_plan *plan,
                       struct sy_session *session, struct sy_reason *reason)
{
	struct reader *reader = calloc(1, sizeof(*reader));
	int error = -ENOMEM;

	journal->whole_bytes = 0;
	journal->lines = 0;
	journal->torn = false;
	if (reader) {
		reader->journal = journal;
		reader->record.slice = &reader->slice;
		reader->buffer = malloc(LINE_MAX_BYTES);
	}
	if (reader && reader->buffer)
		error = read_all(reader, plan, session, reason);
	else
		sy_reason(reason, error, "no memory");
	if (reader)
		free(reader->buffer);
	free(reader);
	return error;
}
