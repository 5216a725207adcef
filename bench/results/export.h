/* SPDX-License-Identifier: MIT */
/*
 * export.h - a run in the formats that other tools read.
 *
 * What a run's files hold is data from outside: names, reasons and labels are
 * escaped as each format has it, and nothing that is not finite is written.
 * Numbers have all the digits that bring the same double back, and a '.'
 * whatever the locale.  A format is one file and one line in export.c.
 *
 * Every int returned is 0 or a negative errno with the reason: -EINVAL for
 * files that are not those of a run, -ENOMEM, or what reading them gave.
 * Errors of writing stay in the stream, where the caller asks for them.
 */
#ifndef SY_EXPORT_H
#define SY_EXPORT_H

#include <jansson.h>
#include <stddef.h>
#include <stdio.h>

#include "engine/reason.h"

/* A run as its files tell it; `results` has been checked. */
struct sy_export {
	const char *dir;
	const json_t *results;
};

struct sy_export_format {
	const char *name;
	/* Writes nothing where it fails. */
	int (*write)(FILE *out, const struct sy_export *run,
	             struct sy_reason *reason);
	/* Rows and columns, for the slices; NULL: has none. */
	const struct sy_dialect *dialect;
};

/* In the order in which they are listed; NULL behind the last one. */
const struct sy_export_format *sy_export_format(size_t index);

/* The results of the run in this folder.  Writes nothing where it fails. */
int sy_export_run(FILE *out, const struct sy_export_format *format,
                  const char *dir, struct sy_reason *reason);

/*
 * Every slice of the journal, line by line, so that a run of any length fits;
 * the rows before a line that is wrong have been written.  For a format with
 * a dialect.  `*cut_line` is the number of a last line that was cut off and
 * left out, or 0.
 */
int sy_export_samples(FILE *out, const struct sy_export_format *format,
                      const char *dir, size_t *cut_line,
                      struct sy_reason *reason);

#endif /* SY_EXPORT_H */
