/* SPDX-License-Identifier: MIT */
/*
 * journal.h - samples.jsonl read again: the session that wrote it.
 *
 * It is read line by line, since that of a long run is larger than what a
 * driver may take of a machine's memory.
 */
#ifndef SY_JOURNAL_H
#define SY_JOURNAL_H

#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

#include "engine/measure.h"

/* The first line of a journal.  NULL: no memory. */
json_t *sy_journal_header(const char *machine_id);

struct sy_journal {
	int fd;             /* the file */
	const char *folder; /* where it lies, for people */
	const char *machine_id;
	/* What was found in it. */
	off_t whole_bytes; /* of its whole lines */
	bool torn;         /* it goes on with half a line */
	uint64_t lines;    /* whole ones */
};

/*
 * Applies every whole line to an empty session of the plan.  -EINVAL with file
 * and line where one of them cannot be; -errno of reading; -ENOMEM.
 */
int sy_journal_restore(struct sy_journal *journal, const struct sy_plan *plan,
                       struct sy_session *session, struct sy_reason *reason);

#endif /* SY_JOURNAL_H */
