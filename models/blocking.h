/* SPDX-License-Identifier: MIT */
/*
 * blocking.h - carrying out a task in a context that may block.
 *
 * Shared by serial, threads, semaphore, fork and pool: there an op is a
 * system call that returns when it is done, or nothing but a few exchanges on
 * a meeting place (places.h) where nobody has to be waited for.
 */
#ifndef SY_BLOCKING_H
#define SY_BLOCKING_H

#include <stdbool.h>

#include "kernel.h"
#include "model.h"
#include "places.h"

/*
 * Carries out one op other than SY_DONE and SY_COMPUTE and puts its result
 * into the task.  `places` may be NULL where the tasks do not meet.  False: an
 * op or a place that is not known; the task has an error then.
 */
bool sy_blocking_op(const struct sy_batch *batch, struct sy_places *places,
                    struct sy_lane *lane, const struct sy_op *op);

/* Whether the op may have to wait for something. */
bool sy_blocking_may_wait(const struct sy_op *op);

/* SY_SECTIONS, at a place that there is: blocking_sections.c. */
int sy_blocking_sections(struct sy_places *places, struct sy_task *task,
                         const struct sy_op *op);

/*
 * Runs the ops of the task that sy_task_begin started on `lane`, up to and
 * including SY_DONE; the caller ends the task.  Before an op that may have to
 * wait it calls `before_block(data)` where that is not NULL.
 * Inline, because an empty task is little more than its step function.
 */
static inline void sy_blocking_run(struct sy_batch *batch,
                                   struct sy_places *places,
                                   struct sy_lane *lane,
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
		if (before_block && sy_blocking_may_wait(&op))
			before_block(data);
		if (!sy_blocking_op(batch, places, lane, &op))
			return;
	}
}

#endif /* SY_BLOCKING_H */
