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

#include "engine/record.h"
#include "results/journal_lines.h"

struct reader {
	struct sy_journal *journal;
	struct sy_journal_lines lines;
	struct sy_slice slice;
	struct sy_record record;
};

static int fail(const struct reader *reader, struct sy_reason *reason,
                const char *what)
{
	return sy_journal_lines_wrong(&reader->lines, reason, what);
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

	if (reader->lines.number == 1)
		return check_header(reader, json, reason);
	error = sy_record_from_json(&reader->record, plan, &session->course,
	                            json, &why);
	if (!error)
		error = sy_session_apply(session, plan, &reader->record, &why);
	if (error == -ENOMEM)
		return sy_reason(reason, error, "no memory");
	return error ? fail(reader, reason, why.text) : 0;
}

static int read_all(struct reader *reader, const struct sy_plan *plan,
                    struct sy_session *session, struct sy_reason *reason)
{
	json_t *json;
	int more;

	while ((more = sy_journal_lines_next(&reader->lines, &json, reason)) >
	       0) {
		int error = apply(reader, plan, session, json, reason);

		json_decref(json);
		if (error)
			return error;
	}
	if (!more && reader->lines.number == 1)
		return fail(reader, reason, "there is none");
	return more;
}

/* With the lines open. */
static int restore(struct reader *reader, const struct sy_plan *plan,
                   struct sy_session *session, struct sy_reason *reason)
{
	struct sy_journal *journal = reader->journal;
	int error;

	reader->record.slice = &reader->slice;
	error = read_all(reader, plan, session, reason);
	journal->whole_bytes = reader->lines.whole_bytes;
	journal->lines = reader->lines.number - 1;
	journal->torn = reader->lines.torn;
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
	int error;

	if (!reader)
		return sy_reason(reason, -ENOMEM, "no memory");
	reader->journal = journal;
	error = sy_journal_lines_open(&reader->lines, journal->fd,
	                              journal->folder, reason);
	if (!error)
		error = restore(reader, plan, session, reason);
	sy_journal_lines_close(&reader->lines);
	free(reader);
	return error;
}
