/* SPDX-License-Identifier: MIT */
/*
 * spawn_pool.c - `pool.worker`: what a worker of the pool takes until it is
 * ready for tasks, and until it is gone.
 *
 * The workers are the pool's own (pool_worker.c), with rings in which there
 * never is a job: forked, bound through the batch wherever they belong, told
 * to be ready, parked, then killed and reaped as the pool does.  The memory
 * that they share exists once and is not in the figure.
 */
#include "models.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "pool_worker.h"
#include "spawned.h"

struct staff {
	struct sy_batch *batch;
	struct sy_pool_memory memory;
	uint32_t burst;
};

static void needs(const struct sy_mechanism *mechanism,
                  const struct sy_batch *batch, struct sy_needs *needs)
{
	uint32_t burst = sy_spawn_burst(batch);

	(void)mechanism;
	*needs = (struct sy_needs){
		.contexts = burst,
		.processes = burst,
		.mappings = 1, /* the rings */
		/* Page tables of what the parent has: 8 bytes a page. */
		.bytes = burst *
		         (SY_CHILD_BYTES + batch->setting.resident_bytes / 512),
	};
}

static int start(struct staff *staff, uint32_t index)
{
	struct sy_pool_worker *worker = &staff->memory.workers[index];

	worker->batch = staff->batch;
	worker->shared = staff->memory.shared;
	worker->index = index;
	sy_spawn_prepare(staff->batch, index);
	return sy_process_start(&worker->process, staff->batch, index,
	                        sy_pool_work, worker);
}

static int run_burst(struct staff *staff, uint32_t count)
{
	struct sy_pool_worker *workers = staff->memory.workers;
	uint32_t i;
	int err = 0;

	/* The last ones were killed where they had parked. */
	sy_pool_memory_reset(&staff->memory);
	for (i = 0; !err && i < count; i++)
		err = start(staff, i);
	for (i = 0; !err && i < count; i++)
		err = sy_process_await(&workers[i].process);
	for (i = 0; !err && i < count; i++)
		err = sy_spawn_check(staff->batch, i);
	for (i = 0; i < count; i++)
		sy_process_end(&workers[i].process);
	return err;
}

static int run(void *state, uint64_t count)
{
	struct staff *staff = state;
	int err = 0;

	fflush(NULL);
	while (count && !err) {
		uint32_t now =
			count < staff->burst ? (uint32_t)count : staff->burst;

		err = run_burst(staff, now);
		count -= now;
	}
	return err;
}

static int open_staff(void **state, struct sy_batch *batch,
                      const struct sy_mechanism *mechanism)
{
	struct staff *staff;
	int err;

	(void)mechanism;
	err = sy_spawn_open(batch);
	if (err)
		return err;
	staff = calloc(1, sizeof(*staff));
	if (!staff)
		return -ENOMEM;
	staff->batch = batch;
	staff->burst = sy_spawn_burst(batch);
	err = sy_pool_memory_create(&staff->memory, 1, staff->burst,
	                            batch->pu_count);
	if (err) {
		free(staff);
		return err;
	}
	*state = staff;
	return 0;
}

static void close_staff(void *state)
{
	struct staff *staff = state;

	sy_pool_memory_destroy(&staff->memory);
	free(staff);
}

const struct sy_mechanism sy_pool_worker = {
	.name = "worker",
	.summary = "a worker process of the pool, until it is ready for tasks",
	.family = SY_SPAWN,
	.takes = SY_TAKES_BURST,
	.in_tour = true,
	.needs = needs,
	.open = open_staff,
	.run = run,
	.close = close_staff,
};
