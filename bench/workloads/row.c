/* SPDX-License-Identifier: MIT */
/* row.c - see row.h. */
#include "workloads/row.h"

#include <errno.h>

#include "kernel.h"
#include "workloads/steps.h"

struct sy_op sy_row_begin(struct sy_task *task)
{
	const struct sy_row *row = task->job;

	task->value = sy_task_seed(task->index);
	task->step = 1;
	return (struct sy_op){ .kind = SY_SECTIONS,
		               .count = row->load.sections,
		               .sections = &row->sections };
}

struct sy_op sy_row_end(struct sy_task *task)
{
	struct sy_row *row = (struct sy_row *)task->job;

	if (task->result == -EOWNERDEAD)
		sy_count(&row->owner_deaths);
	else if (task->result < 0)
		task->error = (int32_t)task->result;
	return (struct sy_op){ .kind = SY_DONE };
}

struct sy_op sy_row_step(struct sy_task *task)
{
	return task->step ? sy_row_end(task) : sy_row_begin(task);
}

uint64_t sy_row_expected(const struct sy_load *load, uint64_t index)
{
	uint64_t rounds = load->inside_rounds + load->outside_rounds;

	return sy_kernel(sy_task_seed(index), rounds * load->sections);
}

struct sy_portion sy_row_portion(const struct sy_load *load, uint32_t inflight)
{
	(void)inflight;
	return (struct sy_portion){ .tasks = 1, .operations = load->sections };
}

uint64_t sy_row_take(const struct sy_sections *sections)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < sections->cell_count; i++)
		sum += __atomic_exchange_n(&sections->cells[i], 0,
		                           __ATOMIC_RELAXED);
	return sum;
}
