/* SPDX-License-Identifier: MIT */
/*
 * whole_file.h - a file that somebody named, written whole or not at all.
 *
 * It grows under a temporary name beside its own and is renamed at the end.
 * What is no regular file (a device, a FIFO) is written to as it is, and so is
 * what this process has as its standard output or error.
 */
#ifndef SY_WHOLE_FILE_H
#define SY_WHOLE_FILE_H

#include <limits.h>
#include <signal.h>
#include <stdio.h>

struct sy_whole_file {
	FILE *stream; /* where to write; the caller leaves it open */
	int dir_fd;   /* the caller's, where the paths begin; or AT_FDCWD */
	char path[PATH_MAX], temporary[PATH_MAX];
	sigset_t mask; /* of the caller, until the file is closed */
};

/*
 * 0 or a negative errno, with nothing left open or behind.  Until the file is
 * closed, signals that would end the process and leave half of it wait.
 */
int sy_whole_file_open(struct sy_whole_file *file, const char *path);
/* A plain file of a folder; once it is closed, it is on the disk there. */
int sy_whole_file_open_at(struct sy_whole_file *file, int dir_fd,
                          const char *name);

/*
 * Puts the file in its place; where `error` is set or writing has failed it
 * leaves what was there before.  Returns `error`, or how writing failed.
 */
int sy_whole_file_close(struct sy_whole_file *file, int error);

/* What has gone wrong in a stream so far, after a flush: 0 or negative errno. */
int sy_stream_error(FILE *stream);

#endif /* SY_WHOLE_FILE_H */
