/* SPDX-License-Identifier: MIT */
/*
 * journal_lines.h - samples.jsonl line by line, with what a killed driver or a
 * lost power supply has left at its end; internal to results/.
 *
 * The journal of a long run is larger than what may be taken of a machine's
 * memory, and one that somebody has changed may have a line of any length.
 */
#ifndef SY_JOURNAL_LINES_H
#define SY_JOURNAL_LINES_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "engine/reason.h"

struct sy_journal_lines {
	int fd;             /* the caller's; read from its start */
	const char *folder; /* where it lies, for people */
	char *buffer;
	size_t begin, used;
	off_t read_bytes; /* from the file */
	/* What was found so far. */
	uint64_t number;   /* of the line that was asked for last, from 1 */
	off_t whole_bytes; /* of whole lines */
	bool torn;         /* at the end: that line is there in part */
};

/* -ENOMEM. */
int sy_journal_lines_open(struct sy_journal_lines *lines, int fd,
                          const char *folder, struct sy_reason *reason);
void sy_journal_lines_close(struct sy_journal_lines *lines);

/*
 * The next whole line, for the caller to release: 1.  0: there is none.
 * -EINVAL, with its number, where it is no JSON; -errno of reading.
 */
int sy_journal_lines_next(struct sy_journal_lines *lines, json_t **json,
                          struct sy_reason *reason);

/* "where: what" of that line; returns -EINVAL. */
int sy_journal_lines_wrong(const struct sy_journal_lines *lines,
                           struct sy_reason *reason, const char *what);

#endif /* SY_JOURNAL_LINES_H */
