/* SPDX-License-Identifier: MIT */
/*
 * child.h - a program that lives as long as it is asked: lines on its standard
 * input, one line of answer for each on its standard output.
 *
 * It leads a process group of its own, and the caller is the subreaper of what
 * it leaves behind (sy_remote_prepare): all of that is killed and reaped.
 */
#ifndef SY_CHILD_H
#define SY_CHILD_H

#include <sys/types.h>

#include "engine/reason.h"

/* With its newline; an answer is a number or a sentence. */
#define SY_ANSWER_BYTES 512

struct sy_child {
	const char *name; /* for sentences: "lock.py" */
	pid_t pid;        /* 0: not running */
	int fd;           /* both of its streams */
	int stderr_fd;    /* a file in memory with its complaints */
};

/* Runs argv[0], an absolute path, where the caller is bound.  On failure pid
   is 0. */
int sy_child_start(struct sy_child *child, const char *name, char *const *argv,
                   struct sy_reason *reason);

/*
 * Sends `line`, unless it is NULL, and takes the answer, without its newline.
 * -EPIPE (it ended), -ETIMEDOUT, -EPROTO (more than a line, or one that is too
 * long), -ECANCELED (`cancel_fd` became readable), with the reason.
 */
int sy_child_ask(struct sy_child *child, const char *line, int cancel_fd,
                 int timeout_ms, char answer[SY_ANSWER_BYTES],
                 struct sy_reason *reason);

/* Ends its input, waits `timeout_ms` for its end, then kills it, and in any
   case what is left of its group.  Does nothing where it is not running. */
void sy_child_end(struct sy_child *child, int timeout_ms);

#endif /* SY_CHILD_H */
