/* SPDX-License-Identifier: MIT */
/*
 * pool.h - worker processes that are started once and called from outside.
 *
 * The pool carries out tasks of its batch by index: one at a time
 * (sy_pool_apply) or many at once with a callback for each (sy_pool_submit,
 * sy_pool_map, then sy_pool_wait).  One thread uses a pool: the one that
 * opened it.  Callbacks are made on that thread, from within these calls, once
 * for each task; a callback that calls the pool is told -EDEADLK.
 *
 * At most batch->window tasks are submitted ahead (at least as many as there
 * are workers, where tasks want order: enum sy_wants); a call that would exceed
 * that waits, calling back, until there is room.
 *
 * A worker that dies, by whatever, costs the one task that it was at, whose
 * error is -ECHILD; another is started in its place, bound as it was and on
 * its lane.  This is found out while a call of the pool waits, after 10 to
 * 100 ms.  While another cannot be started the rest go on, and it is tried
 * again; where nobody is left, the calls that wait return why.  What was
 * submitted then stays so, and waiting once more tries once more.  A death in
 * a task abandons the places (places.h) until all has been called back.
 *
 * An end without a hurry is shut, join, close.  A close alone leaves tasks
 * unfinished, which can be asked for before.
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
	int32_t error;  /* of the task; -ECHILD: its worker has died */
};

typedef void sy_pool_done_fn(void *data, const struct sy_pool_result *result);

/*
 * Starts batch->inflight workers, each bound as the context of its number and
 * working on the lane of its number.  -EINVAL: the window is no power of two;
 * -ENOMEM, -EAGAIN; what bind returns; -ECHILD: a worker died.
 */
int sy_pool_open(struct sy_pool **pool, struct sy_batch *batch);
/* Kills and reaps the workers there are; what they were at is lost. */
void sy_pool_close(struct sy_pool *pool);

/* The batch that it was opened with. */
struct sy_batch *sy_pool_batch(struct sy_pool *pool);

/*
 * Carries out task `index` and waits for its result.  This and the next two:
 * -ESHUTDOWN after a shut; -EAGAIN, -ENOMEM or what bind returns where no
 * worker is left and none can be started.
 */
int sy_pool_apply(struct sy_pool *pool, uint64_t index,
                  struct sy_pool_result *result);

/* Submits task `index`; `done(data, result)` is called when it has ended. */
int sy_pool_submit(struct sy_pool *pool, uint64_t index, sy_pool_done_fn *done,
                   void *data);

/*
 * Submits tasks `first` .. `first + count - 1`, a window at a time.  A worker
 * is given `chunk` of them at once, at most a window, and they are called back
 * when all of these have ended; 0: four chunks a worker.  1 where tasks wait
 * for one another.
 */
int sy_pool_map(struct sy_pool *pool, uint64_t first, uint64_t count,
                uint32_t chunk, sy_pool_done_fn *done, void *data);

/* Waits until all that was submitted has been called back. */
int sy_pool_wait(struct sy_pool *pool);

/* From now on no task is taken; what was submitted goes on. */
void sy_pool_shut(struct sy_pool *pool);
/* Shuts, waits for all that was submitted, and lets the workers end. */
int sy_pool_join(struct sy_pool *pool);

/*
 * The number of tasks that were submitted and not called back; the indices of
 * the first `most` of them, in no order, go to `indices`.
 */
uint32_t sy_pool_unfinished(const struct sy_pool *pool, uint64_t *indices,
                            uint32_t most);

/* Workers found dead since it was opened. */
uint64_t sy_pool_deaths(const struct sy_pool *pool);

#ifdef __cplusplus
}
#endif

#endif /* SY_POOL_H */
