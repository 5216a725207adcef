/* SPDX-License-Identifier: MIT */
/*
 * spawn.h - creating coroutines: what spawn.c carries out and spawn_rows.c
 * opens.
 */
#ifndef SY_SPAWN_H
#define SY_SPAWN_H

#include "fiber.h"
#include "model.h"
#include "stack.h"

#ifdef __cplusplus
extern "C" {
#endif

struct sy_spawned;

struct sy_spawner {
	struct sy_fiber home; /* the thread that calls run */
	struct sy_context *context;
	size_t stack_bytes;
	uint32_t burst;
	enum sy_guard guard;
	struct sy_stacks *pools; /* pooled: one; fresh: one each */
	struct sy_spawned *spawned[];
};

/* The run of each row: -ENOMEM, and -EFAULT where a canary was written over.
   What was created is ended in any case. */
int sy_spawn_pooled(void *spawner, uint64_t count);
int sy_spawn_malloc(void *spawner, uint64_t count);
int sy_spawn_fresh(void *spawner, uint64_t count);

#ifdef __cplusplus
}
#endif

#endif /* SY_SPAWN_H */
