/* SPDX-License-Identifier: MIT */
/*
 * process.h - child processes that never outlive the thread that forks them.
 *
 * A child is killed by the kernel when the thread that forked it ends
 * (PR_SET_PDEATHSIG), leaves by _exit, and shares with its parent what both
 * find in a shared mapping.  The caller empties its output streams
 * (fflush(NULL)) before it forks, as a child must not print them again.
 */
#ifndef SY_PROCESS_H
#define SY_PROCESS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model.h"

/* fork() that binds the child's life to the caller's.  -EAGAIN, -ENOMEM. */
int sy_process_fork(pid_t *pid);

/* What a process of its own does; when it returns, the process ends. */
typedef void sy_process_work_fn(void *data);

/*
 * A process that is one context of a batch from its start to its end.  Lies
 * in a shared mapping.
 */
struct sy_process {
	pid_t pid;             /* 0: not started, or ended */
	_Atomic uint32_t told; /* 1: it is bound, or bind's errno is there */
	int error;             /* of bind */
	struct sy_context *context;
};

/*
 * Starts `process` as context `index`: it binds itself and does its work.
 * The others of the same mapping are awaited after all were started.
 */
int sy_process_start(struct sy_process *process, struct sy_batch *batch,
                     uint32_t index, sy_process_work_fn *work, void *data);

/* Waits until it is bound: 0, bind's error, or -ECHILD if it died. */
int sy_process_await(struct sy_process *process);

/* Whether a child lives; it stays to be waited for if it does not. */
bool sy_process_alive(pid_t pid);

/* Waits until it has ended and reaps it; nothing where it was not started. */
void sy_process_reap(struct sy_process *process);
/* The same, but kills it first. */
void sy_process_end(struct sy_process *process);

/* Anonymous memory, zeroed, that children share.  -ENOMEM. */
int sy_shared_create(void **memory, size_t bytes);
void sy_shared_destroy(void *memory, size_t bytes);

#endif /* SY_PROCESS_H */
