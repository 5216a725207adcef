/* SPDX-License-Identifier: MIT */
/*
 * run_internal.h - a run's descriptors, shared by what begins a run and what
 * opens one; internal to results/.
 */
#ifndef SY_RUN_INTERNAL_H
#define SY_RUN_INTERNAL_H

#include <limits.h>
#include <stdint.h>

#include "results/run.h"

#define SY_JOURNAL_NAME "samples.jsonl"

struct sy_run {
	int root_fd; /* -1: it was found where no root is */
	int dir_fd, journal_fd;
	int closed; /* -errno: the journal cannot be written */
	uint64_t synced_ns;
	char path[PATH_MAX]; /* for people */
	char real[PATH_MAX]; /* of one that was opened */
	const char *inside;  /* the part of one of these below the root */
};

/* With nothing open.  NULL: no memory. */
struct sy_run *sy_run_allocate(void);
void sy_run_release(struct sy_run *run);

/* -EWOULDBLOCK: another process has its journal.  A file system that knows no
   locks guards against nothing. */
int sy_run_lock(const struct sy_run *run);

/* A descriptor or a negative errno. */
int sy_open_dir(int parent, const char *path);

/*
 * As sy_file_open, with the reason: a file of the folder `dir`, by its
 * descriptor unless that is AT_FDCWD.
 */
int sy_run_file_open(int dir_fd, const char *dir, const char *name,
                     struct sy_reason *reason);

/* "what path: why"; returns `error`. */
int sy_run_fail(struct sy_reason *reason, int error, const char *what,
                const char *path);

#endif /* SY_RUN_INTERNAL_H */
