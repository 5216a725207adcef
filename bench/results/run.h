/* SPDX-License-Identifier: MIT */
/*
 * run.h - the folder that one tour or sweep leaves on disk.
 *
 * results/<machine id>/<UTC>-<label>/, with results/latest pointing to it.
 * The journal grows by one write a record; every other file is written whole
 * or not at all (temporary name, fsync, rename).  Whoever has created or opened
 * a run holds it alone until it is closed.
 */
#ifndef SY_RUN_H
#define SY_RUN_H

#include <jansson.h>
#include <stddef.h>
#include <sys/types.h>

#include "engine/reason.h"

struct sy_run;

/* Whether a label is one: 1..40 letters, digits, '.', '_', '-'; no first '.'. */
int sy_label_check(const char *label);

/*
 * Creates the folder and its journal below `root`, which is created too where
 * its parent is there.  Any error means that results cannot be written.
 */
int sy_run_create(struct sy_run **run, const char *root, const char *machine_id,
                  const char *label, struct sy_reason *reason);

/*
 * Opens a folder that is there; nothing of it is changed.  -EWOULDBLOCK: a
 * process measures it now; other errors: it cannot be read.
 */
int sy_run_open(struct sy_run **run, const char *path,
                struct sy_reason *reason);
/* Its journal, to be read from the start with pread. */
int sy_run_journal(const struct sy_run *run);
/* Makes ready to append behind the first `bytes` of the journal; what is
   behind them goes.  An error means that it cannot be written. */
int sy_run_go_on(struct sy_run *run, off_t bytes, struct sy_reason *reason);

const char *sy_run_path(const struct sy_run *run);

/* Appends one object to samples.jsonl; reaches the disk at least once a second.
   -ENOENT: it was removed. */
int sy_run_append(struct sy_run *run, json_t *object, struct sy_reason *reason);

/* The journal reaches the disk now. */
int sy_run_sync(struct sy_run *run, struct sy_reason *reason);

/* Writes one file whole: releases the object.  `name` is a plain file name. */
int sy_run_write_json(struct sy_run *run, const char *name, json_t *object,
                      struct sy_reason *reason);
int sy_run_write_text(struct sy_run *run, const char *name, const char *text,
                      struct sy_reason *reason);

/* Points results/latest to this run; not where the run lies elsewhere. */
int sy_run_publish(struct sy_run *run, struct sy_reason *reason);

/* Syncs and closes the journal. */
int sy_run_close(struct sy_run *run, struct sy_reason *reason);

/*
 * Reads a JSON file strictly: -EINVAL with line and column, or as
 * sy_file_open.  That of a run that is open is found wherever its folder is
 * now.
 */
int sy_run_read_json(const struct sy_run *run, const char *name, json_t **json,
                     struct sy_reason *reason);
int sy_json_read(const char *dir, const char *name, json_t **json,
                 struct sy_reason *reason);

#endif /* SY_RUN_H */
