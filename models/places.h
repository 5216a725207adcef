/* SPDX-License-Identifier: MIT */
/*
 * places.h - meeting places of contexts that the kernel schedules: locks with
 * their conditions, gates, events.  Who waits sleeps on a futex.
 *
 * Between processes the memory is shared and a lock is robust: when its owner
 * dies, the next one has it and is told.  A gate is a counting semaphore that
 * knows how many units it has; a condition wakes those that have waited
 * longest, as many as it is told and no other.  `by_ns` is a deadline on
 * CLOCK_MONOTONIC, 0: none.  Every int returned is 0 or a negative errno.
 */
#ifndef SY_PLACES_H
#define SY_PLACES_H

#include "model.h"

#ifdef __cplusplus
extern "C" {
#endif

struct sy_places;

/* As many as the batch has; `between_processes`: in anonymous memory that is
   shared with every process forked from now on.  -ENOMEM. */
int sy_places_open(struct sy_places **places, const struct sy_batch *batch,
                   bool between_processes);
void sy_places_close(struct sy_places *places);

/* 0, or -EOWNERDEAD: the caller has it, and its last owner died in it. */
int sy_places_lock(struct sy_places *places, uint64_t lock);
void sy_places_unlock(struct sy_places *places, uint64_t lock);
void sy_places_acquire(struct sy_places *places, uint64_t gate);
/* -EOVERFLOW: more than were acquired; then none was released. */
int sy_places_release(struct sy_places *places, uint64_t gate, uint32_t count);
/* -ETIMEDOUT. */
int sy_places_await(struct sy_places *places, uint64_t event, uint64_t by_ns);
void sy_places_set(struct sy_places *places, uint64_t event);
void sy_places_clear(struct sy_places *places, uint64_t event);
/* As sy_places_lock, which it ends with. */
int sy_places_wait(struct sy_places *places, uint64_t lock);
/* By the one who holds the lock. */
void sy_places_notify(struct sy_places *places, uint64_t lock, uint32_t count);

#ifdef __cplusplus
}
#endif

#endif /* SY_PLACES_H */
