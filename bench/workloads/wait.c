/* SPDX-License-Identifier: MIT */
/*
 * wait.c - many sleepers: each task sleeps once and then looks at the clock.
 *
 * The deadline is absolute and counts from the task's first step.  A model
 * that goes on before it fails the task with -ETIME; how late it goes on is
 * the task's latency, which is measured, not judged.
 */
#include "workloads/list.h"
#include "workloads/steps.h"

#include <errno.h>

#include "workloads/job.h"

enum { WAIT_SLEEP, WAIT_OVER };

struct sy_op sy_wait_step(struct sy_task *task)
{
	const struct sy_load *load = task->job;

	if (task->step == WAIT_SLEEP) {
		task->local[0] = sy_clock_ns() + load->wait_ns;
		task->step = WAIT_OVER;
		return (struct sy_op){ .kind = SY_SLEEP,
			               .until_ns = task->local[0] };
	}
	if (sy_clock_ns() < task->local[0])
		task->error = -ETIME;
	task->value = sy_task_seed(task->index);
	return (struct sy_op){ .kind = SY_DONE };
}

static size_t wait_scratch_bytes(const struct sy_load *load)
{
	(void)load;
	return 0;
}

static int wait_open(void **state, const struct sy_load *load,
                     struct sy_batch *batch)
{
	int rc = sy_job_create(state, load, sizeof(*load));

	if (rc)
		return rc;
	batch->step = sy_wait_step;
	batch->job = *state;
	return 0;
}

static uint64_t wait_expected(const struct sy_load *load, uint64_t index)
{
	(void)load;
	return sy_task_seed(index);
}

static pid_t wait_server(const void *state)
{
	(void)state;
	return 0;
}

static void wait_close(void *state, struct sy_batch *batch)
{
	batch->job = NULL;
	sy_job_destroy(state, sizeof(struct sy_load));
}

const struct sy_workload sy_workload_wait = {
	.name = "wait",
	.summary = "sleepers: each task waits for a deadline of its own",
	.stamped = true,
	.scratch_bytes = wait_scratch_bytes,
	.open = wait_open,
	.expected = wait_expected,
	.server = wait_server,
	.close = wait_close,
};
