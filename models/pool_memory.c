/* SPDX-License-Identifier: MIT */
/* pool_memory.c - how the memory of a pool is divided; see pool_worker.h. */
#include "pool_worker.h"

#include <string.h>

static size_t round_up(size_t bytes)
{
	return (bytes + 127) / 128 * 128;
}

int sy_pool_memory_create(struct sy_pool_memory *memory, uint32_t window,
                          uint32_t workers, uint32_t pus)
{
	uint32_t groups = pus < workers ? pus : workers;
	size_t ring_at = round_up(sizeof(struct sy_pool_shared));
	size_t crowd_at = ring_at + round_up(sy_ring_bytes(window));
	size_t workers_at =
		crowd_at + round_up(sy_crowd_bytes(workers, groups));
	size_t bytes = workers_at + workers * sizeof(struct sy_pool_worker);
	void *mapped;
	int err;

	err = sy_shared_create(&mapped, bytes);
	if (err)
		return err;
	memory->shared = mapped;
	memory->workers = (void *)((char *)mapped + workers_at);
	memory->worker_count = workers;
	memory->group_count = groups;
	memory->bytes = bytes;
	sy_ring_init(&memory->shared->ring, window, (char *)mapped + ring_at);
	sy_crowd_init(&memory->shared->crowd, workers, groups,
	              (char *)mapped + crowd_at);
	return 0;
}

void sy_pool_memory_reset(struct sy_pool_memory *memory)
{
	struct sy_crowd *crowd = &memory->shared->crowd;
	void *at = crowd->workers; /* where its memory begins */

	memset(at, 0,
	       sy_crowd_bytes(memory->worker_count, memory->group_count));
	sy_crowd_init(crowd, memory->worker_count, memory->group_count, at);
}

void sy_pool_memory_destroy(struct sy_pool_memory *memory)
{
	if (memory->shared)
		sy_shared_destroy(memory->shared, memory->bytes);
	memory->shared = NULL;
}
