/* SPDX-License-Identifier: MIT */
/*
 * ready.h - who of one thread's fibres is ready to run: first in, first out.
 *
 * A fibre is in the queue once at most, so one with as many slots as there
 * are fibres, rounded up to a power of two, is never full.
 */
#ifndef SY_READY_H
#define SY_READY_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "fiber.h"

#ifdef __cplusplus
extern "C" {
#endif

struct sy_ready {
	struct sy_fiber **slots;
	uint32_t head, tail; /* counted up; apart: somebody is ready */
	uint32_t mask;       /* the number of slots less one */
};

/* Room for `count` fibres, >= 1.  -ENOMEM. */
static inline int sy_ready_open(struct sy_ready *ready, uint32_t count)
{
	size_t slots = 1;

	while (slots < count)
		slots *= 2;
	*ready = (struct sy_ready){ .mask = (uint32_t)(slots - 1) };
	ready->slots = (struct sy_fiber **)calloc(slots, sizeof(void *));
	return ready->slots ? 0 : -ENOMEM;
}

static inline void sy_ready_close(struct sy_ready *ready)
{
	free(ready->slots);
}

static inline void sy_ready_push(struct sy_ready *ready, struct sy_fiber *fiber)
{
	ready->slots[ready->tail++ & ready->mask] = fiber;
}

/* Takes the first, or NULL. */
static inline struct sy_fiber *sy_ready_take(struct sy_ready *ready)
{
	if (ready->head == ready->tail)
		return NULL;
	return ready->slots[ready->head++ & ready->mask];
}

/* Puts a fibre that runs at the end, and takes the first: itself where
   nobody else is ready. */
static inline struct sy_fiber *sy_ready_rotate(struct sy_ready *ready,
                                               struct sy_fiber *running)
{
	sy_ready_push(ready, running);
	return ready->slots[ready->head++ & ready->mask];
}

#ifdef __cplusplus
}
#endif

#endif /* SY_READY_H */
