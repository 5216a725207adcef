/* SPDX-License-Identifier: MIT */
/*
 * program.h - another program, run to its end: without a shell, in a process
 * group of its own, with a limit on its time.
 */
#ifndef SY_PROGRAM_H
#define SY_PROGRAM_H

#include <stddef.h>

struct sy_program {
	const char *name;        /* for sentences: "gnuplot" */
	const char *making;      /* and what it makes: "throughput.svg" */
	char *const *argv;       /* argv[0] is its absolute path */
	int folder_fd;           /* where it runs; -1: where the caller is */
	int stdin_fd, stdout_fd; /* -1: /dev/null; the caller closes them */
	int limit_ms;
};

/* The first `name` in the absolute folders of `path`.  -ENOENT. */
int sy_program_find(const char *name, const char *path, char *program,
                    size_t bytes);

/*
 * 0: it ended with 0.  -EIO: it failed; -ETIMEDOUT: it was ended;
 * -EINTR: a signal that asks to stop waits, and is left waiting; others: it
 * could not be run.  `why` then says so with its complaints, on one line.
 * Nothing that it started in its group is left.
 */
int sy_program_run(const struct sy_program *program, char *why,
                   size_t why_bytes);

#endif /* SY_PROGRAM_H */
