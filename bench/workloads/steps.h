/* SPDX-License-Identifier: MIT */
/*
 * steps.h - the parts of the workloads that a program of its own can be
 * written with: what the yardsticks without ops are made of, so that they do
 * the same work and check the same answers.
 */
#ifndef SY_STEPS_H
#define SY_STEPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "workloads/workload.h"

/* The step functions: which workload a batch holds is told by comparing. */
struct sy_op sy_cpu_step(struct sy_task *task);
struct sy_op sy_wait_step(struct sy_task *task);
struct sy_op sy_io_step(struct sy_task *task);

/* The job of cpu and wait is a struct sy_load; this is the job of io. */
struct sy_io_job {
	struct sy_load load;
	/* The right value of a task by its index modulo the period. */
	uint64_t values[SY_VALUE_PERIOD];
};

/* What the value of a task starts from. */
static inline uint64_t sy_task_seed(uint64_t index)
{
	return (index % SY_VALUE_PERIOD + 1) * UINT64_C(0x9e3779b97f4a7c15);
}

/* A multiple of a cache line, so that request and reply share none. */
static inline size_t sy_io_room(uint32_t bytes)
{
	return ((size_t)bytes + 63) & ~(size_t)63;
}

/* Where the reply goes in a lane's scratch; the request lies at its start. */
static inline unsigned char *sy_io_reply(const struct sy_load *load,
                                         unsigned char *scratch)
{
	return scratch + sy_io_room(load->request_bytes);
}

/* Makes a lane's request, filled at open, the one of task `index`. */
static inline void sy_io_address(unsigned char *scratch, uint64_t index)
{
	memcpy(scratch, &index, sizeof(index));
}

/*
 * Checks a whole reply and sets the task's value from what it holds.
 * -EBADMSG: it answers another task, or its body is not the right one.
 */
int sy_io_check(const struct sy_io_job *job, const unsigned char *reply,
                uint64_t index, uint64_t *value);

#endif /* SY_STEPS_H */
