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
 *
 * A process that dies takes its units of gates with it, and sets no event and
 * notifies nobody any more.  Whoever learns of the death abandons the places:
 * from then on nobody waits at a gate, an event or a condition; who did or
 * would goes on with -EOWNERDEAD.  Locks need no such thing.
 */
#ifndef SY_PLACES_H
#define SY_PLACES_H

#include <errno.h>
#include <pthread.h>

#include "model.h"

#ifdef __cplusplus
extern "C" {
#endif

struct sy_gate; /* gate.h */
struct sy_places;

/* As many as the batch has; `between_processes`: in anonymous memory that is
   shared with every process forked from now on.  -ENOMEM; -EINVAL: a gate of
   more than INT32_MAX units. */
int sy_places_open(struct sy_places **places, const struct sy_batch *batch,
                   bool between_processes);
/* Nobody is at them any more. */
void sy_places_close(struct sy_places *places);

/* What a model opens: the caller's (SY_WANTS_OUTSIDE), or its own. */
int sy_places_join(struct sy_places **places, const struct sy_batch *batch,
                   bool between_processes);
/* Closes them where they are the model's own. */
void sy_places_part(struct sy_places *places, const struct sy_batch *batch);

/* A process that used them has died, or one that others wait for will not
   come: for good, or until they are renewed. */
void sy_places_abandon(struct sy_places *places);
/* Nobody is at them: they are again as they were when they were opened.  Not
   the caller's, which stay as they are. */
void sy_places_renew(struct sy_places *places, const struct sy_batch *batch);

/* Whether the op is one of SY_LOCK .. SY_SECTIONS at a place that there is. */
bool sy_places_have(const struct sy_places *places, const struct sy_op *op);

/* 0, or -EOWNERDEAD: the caller has it, and its last owner died in it. */
int sy_places_lock(struct sy_places *places, uint64_t lock);
void sy_places_unlock(struct sy_places *places, uint64_t lock);
/* 0, or -EOWNERDEAD: the caller has none. */
int sy_places_acquire(struct sy_places *places, uint64_t gate);
/* -EOVERFLOW: more than were acquired; then none was released. */
int sy_places_release(struct sy_places *places, uint64_t gate, uint32_t count);
/* -ETIMEDOUT, -EOWNERDEAD: it is not set. */
int sy_places_await(struct sy_places *places, uint64_t event, uint64_t by_ns);
void sy_places_set(struct sy_places *places, uint64_t event);
void sy_places_clear(struct sy_places *places, uint64_t event);
/* As sy_places_lock, which it ends with; -EOWNERDEAD also where it was not
   notified.  The caller holds the lock again in either case. */
int sy_places_wait(struct sy_places *places, uint64_t lock);
/* By the one who holds the lock. */
void sy_places_notify(struct sy_places *places, uint64_t lock, uint32_t count);

/*
 * The bare primitives, for loops that look them up once.  A lock that is
 * robust is taken by sy_places_take, which says what sy_places_lock says;
 * another one by pthread_mutex_lock, which does not fail.
 */
pthread_mutex_t *sy_places_mutex(struct sy_places *places, uint64_t lock);
struct sy_gate *sy_places_gate(struct sy_places *places, uint64_t gate);
bool sy_places_robust(const struct sy_places *places);

static inline int sy_places_take(pthread_mutex_t *mutex)
{
	int err = pthread_mutex_lock(mutex);

	if (__builtin_expect(err == EOWNERDEAD, 0))
		pthread_mutex_consistent(mutex);
	return -err;
}

#ifdef __cplusplus
}
#endif

#endif /* SY_PLACES_H */
