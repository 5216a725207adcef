/* SPDX-License-Identifier: MIT */
/*
 * usage.h - what the kernel counted: context switches and CPU time.
 *
 * RUSAGE_CHILDREN knows only children that were reaped, so the live processes
 * of a model are read one by one; otherwise a pool would seem to switch never.
 */
#ifndef SY_USAGE_H
#define SY_USAGE_H

#include <stdint.h>

#include "model.h"

struct sy_usage {
	uint64_t voluntary;   /* context switches: the context gave way */
	uint64_t involuntary; /* it was made to */
	uint64_t cpu_ns;      /* user + system */
};

struct sy_usage_watch;

/*
 * Watches the calling process, its reaped children and the processes that
 * the contexts name now.  -ENOMEM, -EMFILE, -ENOENT.
 */
int sy_usage_open(struct sy_usage_watch **watch, const struct sy_batch *batch);
void sy_usage_close(struct sy_usage_watch *watch);

/*
 * Counts since these processes began, before what is measured and behind it.
 * Reading a child takes 10 us of the caller's own time, which is kept outside
 * of what lies between the two.  -ESRCH where one has died.
 */
int sy_usage_begin(const struct sy_usage_watch *watch, struct sy_usage *usage);
int sy_usage_end(const struct sy_usage_watch *watch, struct sy_usage *usage);

/* `later` less `earlier`. */
struct sy_usage sy_usage_since(const struct sy_usage *later,
                               const struct sy_usage *earlier);

/* Of the caller's children that were waited for, and of theirs. */
void sy_usage_children(struct sy_usage *usage);

/* CPU time of one process so far, 0 where it is gone. */
uint64_t sy_usage_process_ns(pid_t process);

#endif /* SY_USAGE_H */
