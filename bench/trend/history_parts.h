/* SPDX-License-Identifier: MIT */
/* history_parts.h - what the files that read histories share; internal. */
#ifndef SY_HISTORY_PARTS_H
#define SY_HISTORY_PARTS_H

#include <sys/types.h>

#include "trend/history.h"

/* ---- folders.c: where runs are ---- */

struct sy_folder {
	char *path; /* below DIR; owned */
	dev_t device;
	ino_t inode;
	bool by_link;
	bool has_results;
};

struct sy_folders {
	struct sy_folder *items; /* each folder once, by path */
	size_t count, room;
};

/* -ENOTDIR: `dir` is a run; -errno of reading it; -ENOMEM. */
int sy_folders_find(struct sy_folders *folders, const char *dir,
                    struct sy_reason *reason);
void sy_folders_free(struct sy_folders *folders);

/* ---- told.c: one run ---- */

struct sy_measured {
	char *name; /* owned */
	struct sy_estimate ns;
};

/* Its machine and build, what it tells of itself, and what it measured. */
struct sy_run_told {
	struct sy_trend_run run;
	char *machine_id, *build_type, *sanitizer, *machine; /* owned */
	struct sy_measured *measured; /* by name, none twice */
	size_t count, room;
};

/*
 * Reads results.json and machine.json, strictly, and of the points those that
 * are wanted (sy_trend_read).  -ENOMEM; other errors: it is damaged, of
 * another schema, without a time, or cannot be read.  With the reason, and
 * nothing to be freed.
 */
int sy_run_told_read(struct sy_run_told *told, const char *path,
                     const regex_t *filter, struct sy_reason *reason);
void sy_run_told_free(struct sy_run_told *told);
void sy_trend_run_free(struct sy_trend_run *run);

/* ---- history.c ---- */

/* Room for one more of what has `size` bytes; `items` is where the pointer to
   the array stands.  -ENOMEM. */
int sy_trend_room(void *items, size_t count, size_t *room, size_t size);

#endif /* SY_HISTORY_PARTS_H */
