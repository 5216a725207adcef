/* SPDX-License-Identifier: MIT */
/*
 * pool.h - worker processes that are started once and called from outside.
 *
 * The pool carries out tasks of its batch by index: one at a time
 * (sy_pool_apply) or many at once with a callback for each (sy_pool_submit,
 * sy_pool_map, then sy_pool_wait).  One thread uses a pool: the one that
 * opened it.  Callbacks are made on that thread, from within these calls, and
 * do not call the pool themselves.
 *
 * At most batch->window tasks are submitted ahead (at least as many as there
 * are workers, where tasks want order: enum sy_wants); a call that would exceed
 * that waits, calling back, until there is room.  Once a worker has died,
 * every call returns -ECHILD and what was submitted is not called back.
 */
#ifndef SY_POOL_H
#define SY_POOL_H

#include "model.h"

#ifdef __cplusplus
extern "C" {
#endif

struct sy_pool;

struct sy_pool_result {
	uint64_t index; /* of the task */
	uint64_t value; /* that it ended with */
	int32_t error;  /* of the task */
};

typedef void sy_pool_done_fn(void *data, const struct sy_pool_result *result);

/*
 * Starts batch->inflight workers, each bound as the context of its number and
 * working on the lane of its number.  -EINVAL: the window is no power of two;
 * -ENOMEM, -EAGAIN; what bind returns; -ECHILD: a worker died.
 */
int sy_pool_open(struct sy_pool **pool, struct sy_batch *batch);
/* Kills and reaps the workers; what they were at is lost. */
void sy_pool_close(struct sy_pool *pool);

/* The batch that it was opened with. */
struct sy_batch *sy_pool_batch(struct sy_pool *pool);

/* Carries out task `index` and waits for its result. */
int sy_pool_apply(struct sy_pool *pool, uint64_t index,
                  struct sy_pool_result *result);

/* Submits task `index`; `done(data, result)` is called when it has ended. */
int sy_pool_submit(struct sy_pool *pool, uint64_t index, sy_pool_done_fn *done,
                   void *data);

/* Submits tasks `first` .. `first + count - 1`, a window at a time. */
int sy_pool_map(struct sy_pool *pool, uint64_t first, uint64_t count,
                sy_pool_done_fn *done, void *data);

/* Waits until all that was submitted has been called back. */
int sy_pool_wait(struct sy_pool *pool);

#ifdef __cplusplus
}
#endif

#endif /* SY_POOL_H */
