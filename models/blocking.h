/* SPDX-License-Identifier: MIT */
/*
 * blocking.h - carrying out a task in a context that may block.
 *
 * Shared by serial, threads, semaphore, fork and pool: there an op is a
 * system call that returns when it is done.
 */
#ifndef SY_BLOCKING_H
#define SY_BLOCKING_H

#include <stdbool.h>

#include "kernel.h"
#include "model.h"

/*
 * Carries out one op that may block and puts its result into the task.
 * False: an op that is not known; the task has an error then.
 */
bool sy_blocking_op(struct sy_lane *lane, const struct sy_op *op);

/*
 * Runs the ops of the task that sy_task_begin started on `lane`, up to and
 * including SY_DONE; the caller ends the task.  Before an op that may block
 * (not SY_COMPUTE) it calls `before_block(data)` where that is not NULL.
 * Inline, because an empty task is little more than its step function.
 */
static inline void sy_blocking_run(struct sy_batch *batch, struct sy_lane *lane,
                                   void (*before_block)(void *data), void *data)
{
	struct sy_task *task = &lane->task;

	for (;;) {
		struct sy_op op = batch->step(task);

		if (op.kind == SY_DONE)
			return;
		if (op.kind == SY_COMPUTE) {
			task->value = sy_kernel(task->value, op.rounds);
			continue;
		}
		if (before_block)
			before_block(data);
		if (!sy_blocking_op(lane, &op))
			return;
	}
}

#endif /* SY_BLOCKING_H */
