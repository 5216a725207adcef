/* SPDX-License-Identifier: MIT */
/*
 * array.c - an array in memory that processes share, under a lock that they
 * share: every sum is exact.
 */
#include "example.h"

#define WORKERS 4u
#define WRITES 10000u
#define CELLS 10u

static struct sy_op write_cells(struct sy_task *task)
{
	long *cells = (long *)task->job;

	if (task->step == 2 * WRITES)
		return example_done();
	if (task->step++ % 2 == 0)
		return (struct sy_op){ .kind = SY_LOCK };
	cells[task->step / 2 % CELLS] += 1;
	return (struct sy_op){ .kind = SY_UNLOCK };
}

int main(void)
{
	static const char *const models[] = { "fork", "pool" };
	int failed = 0;

	example_begin();
	for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++) {
		struct example *example = example_open(write_cells, WORKERS);
		const long *cells = (const long *)example->job;

		example->batch.lock_count = 1;
		failed |= example_run(example, models[i]);
		printf("%s:", models[i]);
		for (unsigned cell = 0; cell < CELLS; cell++)
			printf(" %ld", cells[cell]);
		puts("");
		example_close(example);
	}
	return example_end(failed);
}
