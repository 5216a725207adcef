/* SPDX-License-Identifier: MIT */
/*
 * pool_internal.h - the submitter's side of the pool, between pool.c,
 * pool_open.c and pool_replace.c.
 */
#ifndef SY_POOL_INTERNAL_H
#define SY_POOL_INTERNAL_H

#include "pool.h"
#include "pool_worker.h"

/* The first that a submitter has; each time it doubles. */
#define SY_POOL_PATIENCE_NS (10 * 1000 * 1000)

/* Of the job of its number: whom to tell of its end. */
struct sy_pool_call {
	sy_pool_done_fn *done;
	void *data;
	uint64_t claim; /* of the worker that takes it; 0: the job is free */
};

struct sy_pool {
	struct sy_batch *batch;
	struct sy_pool_memory memory;
	struct sy_places *places;
	bool abandoned;             /* these, since a worker died in a task */
	uint32_t window;            /* tasks submitted ahead at most */
	struct sy_pool_call *calls; /* 1 .. window */
	uint32_t *free;             /* numbers of jobs; a stack */
	uint32_t free_count;
	uint32_t missing; /* workers that died and were not replaced yet */
	uint64_t deaths;
	uint64_t called; /* tasks called back so far */
	bool calling;    /* callbacks are under way */
	bool shut, over; /* no more tasks; no more workers */
	/* When a submitter that sleeps looks whether the workers live. */
	long patience_ns;
	uint64_t looked_ns;
	uint32_t wakes; /* since then, roughly */
};

/* Calls back what has ended; whether there was anything. */
bool sy_pool_call_back(struct sy_pool *pool);
/* Calls back a job that has ended, and frees it; `calling` is set. */
void sy_pool_finish(struct sy_pool *pool, uint32_t number);

/* Starts the worker `index` and, where several are started, awaits it. */
int sy_pool_start(struct sy_pool *pool, uint32_t index);
int sy_pool_await(struct sy_pool *pool, uint32_t index);

/*
 * Reaps the workers that have died, calls back what they were at, puts others
 * in their places.  An error where none lives and none could be started.
 */
int sy_pool_look(struct sy_pool *pool);

#endif /* SY_POOL_INTERNAL_H */
