/* SPDX-License-Identifier: MIT */
/* journal_lines.c - see journal_lines.h. */
#include "results/journal_lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/protocol.h"

/* A worker's line and what the driver adds: its name, times, a reason. */
#define LINE_MAX_BYTES (SY_LINE_BYTES + 4096)

int sy_journal_lines_open(struct sy_journal_lines *lines, int fd,
                          const char *folder, struct sy_reason *reason)
{
	*lines = (struct sy_journal_lines){
		.fd = fd,
		.folder = folder,
		.buffer = malloc(LINE_MAX_BYTES),
	};
	return lines->buffer ? 0 : sy_reason(reason, -ENOMEM, "no memory");
}

void sy_journal_lines_close(struct sy_journal_lines *lines)
{
	free(lines->buffer);
}

int sy_journal_lines_wrong(const struct sy_journal_lines *lines,
                           struct sy_reason *reason, const char *what)
{
	return sy_reason(reason, -EINVAL, "%s/samples.jsonl, line %llu: %s",
	                 lines->folder, (unsigned long long)lines->number,
	                 what);
}

/* More of the file behind what there is: 1; 0: that was all. */
static int fill(struct sy_journal_lines *lines, struct sy_reason *reason)
{
	ssize_t got;

	memmove(lines->buffer, lines->buffer + lines->begin,
	        lines->used - lines->begin);
	lines->used -= lines->begin;
	lines->begin = 0;
	do
		got = pread(lines->fd, lines->buffer + lines->used,
		            LINE_MAX_BYTES - lines->used, lines->read_bytes);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return sy_reason(reason, -errno,
		                 "cannot read %s/samples.jsonl: %s",
		                 lines->folder, strerror(errno));
	lines->used += (size_t)got;
	lines->read_bytes += got;
	return got > 0;
}

/* Whether a line ends in what follows: one that is too long to be a line, or
   what a lost power supply has left behind the last one. */
static int skip(struct sy_journal_lines *lines, struct sy_reason *reason)
{
	int more;

	do {
		if (memchr(lines->buffer + lines->begin, '\n',
		           lines->used - lines->begin))
			return sy_journal_lines_wrong(lines, reason,
			                              "too long to be one");
		lines->begin = lines->used;
		more = fill(lines, reason);
	} while (more > 0);
	return more;
}

/* The next whole line: 1; 0: there is none, but perhaps half of one. */
static int find_line(struct sy_journal_lines *lines, const char **line,
                     size_t *bytes, struct sy_reason *reason)
{
	int more = 1;

	while (more > 0) {
		char *begin = lines->buffer + lines->begin;
		char *end = memchr(begin, '\n', lines->used - lines->begin);

		if (end) {
			*line = begin;
			*bytes = (size_t)(end - begin);
			lines->begin += *bytes + 1;
			return 1;
		}
		lines->torn = lines->used > lines->begin;
		if (lines->used - lines->begin == LINE_MAX_BYTES)
			return skip(lines, reason);
		more = fill(lines, reason);
	}
	return more;
}

int sy_journal_lines_next(struct sy_journal_lines *lines, json_t **json,
                          struct sy_reason *reason)
{
	const char *line = NULL;
	json_error_t where;
	size_t bytes = 0;
	int found;

	lines->number++;
	found = find_line(lines, &line, &bytes, reason);
	if (found <= 0)
		return found;
	lines->whole_bytes += (off_t)bytes + 1;
	*json = json_loadb(line, bytes, JSON_REJECT_DUPLICATES, &where);
	return *json ? 1 : sy_journal_lines_wrong(lines, reason, where.text);
}
