/* SPDX-License-Identifier: MIT */
/*
 * pool.c - worker processes: apply, submit with a callback, map, shut, join;
 * a worker that dies in a task; and an end without a join.
 */
#include <errno.h>
#include <signal.h>

#include "example.h"
#include "pool.h"

#define WORKERS 3u
#define DEADLY 100u

/* Task i is i squared; task 100 kills its worker. */
static struct sy_op square(struct sy_task *task)
{
	if (task->index == DEADLY)
		raise(SIGKILL);
	task->value = task->index * task->index;
	return example_done();
}

struct calls {
	unsigned count;
	uint64_t sum;
};

static void called_back(void *data, const struct sy_pool_result *result)
{
	struct calls *calls = data;

	calls->count++;
	calls->sum += result->value;
}

static void print_error(void *data, const struct sy_pool_result *result)
{
	(void)data;
	printf("task %lu: %s\n", (unsigned long)result->index,
	       strerror(-result->error));
}

static int use(struct sy_pool *pool)
{
	struct sy_pool_result result;
	struct calls calls = { 0 };
	int error = sy_pool_apply(pool, 7, &result);

	printf("apply: %lu\n", (unsigned long)result.value);
	error |= sy_pool_map(pool, 0, 100, 10, called_back, &calls);
	error |= sy_pool_wait(pool);
	printf("map: %u called back, sum %lu\n", calls.count,
	       (unsigned long)calls.sum);
	error |= sy_pool_submit(pool, DEADLY, print_error, NULL);
	error |= sy_pool_wait(pool);
	error |= sy_pool_apply(pool, 8, &result);
	printf("apply after that: %lu\n", (unsigned long)result.value);
	error |= sy_pool_submit(pool, 9, called_back, &calls);
	sy_pool_shut(pool);
	printf("submit after shut: %s\n",
	       strerror(-sy_pool_submit(pool, 10, called_back, &calls)));
	error |= sy_pool_join(pool);
	printf("join: %u called back, %u unfinished\n", calls.count,
	       sy_pool_unfinished(pool, NULL, 0));
	return error;
}

/* A task that never ends: what a program forgets that does not join. */
static struct sy_op wait_long(struct sy_task *task)
{
	(void)task;
	return (struct sy_op){ .kind = SY_SLEEP, .until_ns = UINT64_MAX / 2 };
}

static int leave(void)
{
	struct example *example = example_open(wait_long, WORKERS);
	struct calls calls = { 0 };
	uint64_t index = 0;
	struct sy_pool *pool;
	int error = sy_pool_open(&pool, &example->batch);

	if (error)
		return error;
	error = sy_pool_submit(pool, 5, called_back, &calls);
	printf("closed without a join: %u unfinished,",
	       sy_pool_unfinished(pool, &index, 1));
	printf(" task %lu\n", (unsigned long)index);
	sy_pool_close(pool);
	example_close(example);
	return error;
}

int main(void)
{
	struct example *example = example_open(square, WORKERS);
	struct sy_pool *pool;
	int error;

	example_begin();
	error = sy_pool_open(&pool, &example->batch);
	if (error)
		return example_end(1);
	error = use(pool);
	sy_pool_close(pool);
	example_close(example);
	error |= leave();
	return example_end(error);
}
