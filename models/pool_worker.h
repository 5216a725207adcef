/* SPDX-License-Identifier: MIT */
/*
 * pool_worker.h - the side of the pool that carries out the tasks, and what
 * it shares with the submitter.
 */
#ifndef SY_POOL_WORKER_H
#define SY_POOL_WORKER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "crowd.h"
#include "process.h"
#include "ring.h"

/* Lies in the shared mapping, followed by ring, crowd and workers. */
struct sy_pool_shared {
	struct sy_ring ring;
	struct sy_crowd crowd;
	_Alignas(64) _Atomic uint32_t asleep; /* 1: the submitter sleeps */
};

struct sy_pool_worker {
	struct sy_process process;
	struct sy_batch *batch;
	struct sy_pool_shared *shared;
	struct sy_places *places;
	uint32_t index;
	bool left; /* it does not count as running since an op blocked */
	_Alignas(64) _Atomic uint64_t claim; /* see ring.h */
};

/* One mapping with all that the processes of a pool share. */
struct sy_pool_memory {
	struct sy_pool_shared *shared;
	struct sy_pool_worker *workers;
	uint32_t worker_count, group_count;
	size_t bytes;
};

/* `window` is a power of two, `pus` at least 1.  -ENOMEM. */
int sy_pool_memory_create(struct sy_pool_memory *memory, uint32_t window,
                          uint32_t workers, uint32_t pus);
/* For new workers in the place of those that were killed without a job. */
void sy_pool_memory_reset(struct sy_pool_memory *memory);
/* Nothing where it was not created. */
void sy_pool_memory_destroy(struct sy_pool_memory *memory);

/* What worker `data` does, in its process, until the crowd ends. */
void sy_pool_work(void *data);

#endif /* SY_POOL_WORKER_H */
