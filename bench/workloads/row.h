/* SPDX-License-Identifier: MIT */
/*
 * row.h - tasks that are sections in a row: what lock, gate and share have in
 * common.  A task is one SY_SECTIONS op; an operation is one of its sections.
 */
#ifndef SY_ROW_H
#define SY_ROW_H

#include "workloads/promise.h"

/* How the job of such a workload begins. */
struct sy_row {
	struct sy_load load;
	struct sy_sections sections;
	uint32_t owner_deaths; /* tasks that were told of one */
};

/* Begins the task with its value, and asks for its sections. */
struct sy_op sy_row_begin(struct sy_task *task);
/* Notes how the sections ended; the task is over. */
struct sy_op sy_row_end(struct sy_task *task);
/* Both: a step function for tasks that are nothing else. */
struct sy_op sy_row_step(struct sy_task *task);

/* The kernel's rounds in and between all sections, one after another. */
uint64_t sy_row_expected(const struct sy_load *load, uint64_t index);
struct sy_portion sy_row_portion(const struct sy_load *load, uint32_t inflight);

/* The sections of a run; what their cells add up to where none is lost. */
static inline uint64_t sy_row_total(const struct sy_load *load,
                                    const struct sy_batch *batch)
{
	return batch->task_count * load->sections;
}

/* Adds up the cells, and makes them 0 for the next run. */
uint64_t sy_row_take(const struct sy_sections *sections);

#endif /* SY_ROW_H */
