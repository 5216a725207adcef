/* SPDX-License-Identifier: MIT */
/*
 * blocking.h - carrying out a task in a context that may block.
 *
 * Shared by serial, threads, semaphore, fork and pool: there an op is a
 * system call that returns when it is done.
 */
#ifndef SY_BLOCKING_H
#define SY_BLOCKING_H

#include "model.h"

/*
 * Runs the ops of the task that sy_task_begin started on `lane`, up to and
 * including SY_DONE; the caller ends the task.  Before an op that may block
 * (not SY_COMPUTE) it calls `before_block(data)` where that is not NULL.
 */
void sy_blocking_run(struct sy_batch *batch, struct sy_lane *lane,
                     void (*before_block)(void *data), void *data);

#endif /* SY_BLOCKING_H */
