/* SPDX-License-Identifier: MIT */
/*
 * process.c - processes do not share data: what they change in ordinary memory
 * nobody else sees, while threads and coroutines change the one number.
 */
#include "example.h"

#define CONTEXTS 10u

static struct sy_op add(struct sy_task *task)
{
	unsigned *number = *(unsigned *const *)task->job;

	__atomic_add_fetch(number, 1, __ATOMIC_SEQ_CST);
	return example_done();
}

int main(void)
{
	static const char *const models[] = { "threads", "coroutine",
		                              "eventloop", "fork", "pool" };
	int failed = 0;

	example_begin();
	for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++) {
		struct example *example = example_open(add, CONTEXTS);
		unsigned *number = calloc(1, sizeof(*number));

		if (!number)
			return example_end(1);
		memcpy(example->job, &number, sizeof(number));
		failed |= example_run(example, models[i]);
		printf("%s: %u of 10 changes are seen\n", models[i], *number);
		free(number);
		example_close(example);
	}
	return example_end(failed);
}
