/* SPDX-License-Identifier: MIT */
/*
 * cpu.c - CPU-bound tasks: a set number of rounds of the kernel, nothing else.
 *
 * With no rounds it is the empty task: one call of the step function, which
 * is what carrying out a task costs when there is nothing in it.
 */
#include "workloads/list.h"
#include "workloads/steps.h"

#include "kernel.h"
#include "workloads/job.h"

struct sy_op sy_cpu_step(struct sy_task *task)
{
	const struct sy_load *load = task->job;

	if (task->step)
		return (struct sy_op){ .kind = SY_DONE };
	task->value = sy_task_seed(task->index);
	if (!load->rounds)
		return (struct sy_op){ .kind = SY_DONE };
	task->step = 1;
	return (struct sy_op){ .kind = SY_COMPUTE, .rounds = load->rounds };
}

static size_t cpu_scratch_bytes(const struct sy_load *load)
{
	(void)load;
	return 0;
}

static int cpu_open(void **state, const struct sy_load *load,
                    struct sy_batch *batch)
{
	int rc = sy_job_create(state, load, sizeof(*load));

	if (rc)
		return rc;
	batch->step = sy_cpu_step;
	batch->job = *state;
	return 0;
}

static uint64_t cpu_expected(const struct sy_load *load, uint64_t index)
{
	return sy_kernel(sy_task_seed(index), load->rounds);
}

static pid_t cpu_server(const void *state)
{
	(void)state;
	return 0;
}

static void cpu_close(void *state, struct sy_batch *batch)
{
	batch->job = NULL;
	sy_job_destroy(state, sizeof(struct sy_load));
}

const struct sy_workload sy_workload_cpu = {
	.name = "cpu",
	.summary = "CPU-bound tasks: a chain of multiplications",
	.stamped = false,
	.scratch_bytes = cpu_scratch_bytes,
	.open = cpu_open,
	.expected = cpu_expected,
	.server = cpu_server,
	.close = cpu_close,
};
