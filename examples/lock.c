/* SPDX-License-Identifier: MIT */
/*
 * lock.c - a hundred contexts change one number, under a lock: it is exact.
 *
 * The same tasks under threads, processes, coroutines and an event loop.
 */
#include "example.h"

#define CONTEXTS 100u
#define TIMES 1000u

static struct sy_op add(struct sy_task *task)
{
	long *number = (long *)task->job;

	if (task->step == 2 * TIMES)
		return example_done();
	if (task->step++ % 2 == 0)
		return (struct sy_op){ .kind = SY_LOCK };
	*number += 1;
	return (struct sy_op){ .kind = SY_UNLOCK };
}

int main(void)
{
	int failed = 0;

	example_begin();
	for (size_t i = 0; i < EXAMPLE_MODELS; i++) {
		struct example *example = example_open(add, CONTEXTS);
		const long *number = (const long *)example->job;

		example->batch.lock_count = 1;
		failed |= example_run(example, example_models[i]);
		printf("%s: %ld\n", example_models[i], *number);
		example_close(example);
	}
	return example_end(failed);
}
