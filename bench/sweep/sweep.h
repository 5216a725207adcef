/* SPDX-License-Identifier: MIT */
/*
 * sweep.h - a sweep file, read and checked: sections of keys with values.
 *
 * docs/sweeps.md has the format.  A sweep that was read is right: every value
 * is one of its key, and every section makes points.  What is wrong is told
 * with file, line, section and key.  Every int returned is 0 or a negative
 * errno.
 */
#ifndef SY_SWEEP_H
#define SY_SWEEP_H

#include "sweep/space.h"

#define SY_SECTION_BYTES 41

/* What belongs to a run rather than to its points: in [defaults] only. */
enum sy_run_key {
	SY_RUN_BUDGET,
	SY_RUN_SETS,
	SY_RUN_SEED,
	SY_RUN_LIMIT,
	SY_RUN_LABEL,
	SY_RUN_KEYS,
};

/* "budget" */
const char *sy_run_key_name(enum sy_run_key key);

struct sy_section {
	char name[SY_SECTION_BYTES];
	unsigned line;       /* of its head */
	char *text[SY_KEYS]; /* owned; NULL: not in this section */
	unsigned lines[SY_KEYS];
};

struct sy_sweep {
	struct sy_section defaults; /* its line is 0 where there are none */
	char *run[SY_RUN_KEYS];     /* owned; of [defaults], not checked */
	unsigned run_lines[SY_RUN_KEYS];
	struct sy_section *sections; /* those with points */
	size_t count;
};

/*
 * Reads a file.  -EINVAL where it is no sweep; the errno of open and read,
 * -EISDIR, -ENOTSUP (a device, a pipe), -EFBIG, -ENOMEM; with the reason,
 * which begins with the path.  Never waits for a file to have something.
 */
int sy_sweep_read(struct sy_sweep *sweep, const char *path,
                  struct sy_reason *reason);

/* The same for `length` bytes at `text`; `path` is for the reason. */
int sy_sweep_parse(struct sy_sweep *sweep, const char *path, const char *text,
                   size_t length, struct sy_reason *reason);
void sy_sweep_free(struct sy_sweep *sweep);

/* What a section says, its own or by default; valid as long as the sweep. */
void sy_sweep_values(const struct sy_sweep *sweep,
                     const struct sy_section *section,
                     struct sy_values *values);

/* NULL: there is none of this name. */
const struct sy_section *sy_sweep_find(const struct sy_sweep *sweep,
                                       const char *name);

/*
 * Reads a file of text as a whole.  `text` has a 0 behind its `length` bytes
 * and is the caller's to free.  Errors as of sy_sweep_read.
 */
int sy_text_read(const char *path, size_t most, char **text, size_t *length,
                 struct sy_reason *reason);

/* The end of a path that is too long for a message. */
const char *sy_path_end(const char *path);

#endif /* SY_SWEEP_H */
