/* SPDX-License-Identifier: MIT */
/*
 * parking.h - meeting places of contexts that the program itself switches:
 * coroutines and callback chains.
 *
 * Nobody sleeps here: who has to wait is put into a queue, and woken by a
 * callback.  With one thread (`threads` 1) no lock and no atomic is taken;
 * with several each place has a guard that is held for a few instructions.
 * Queues are first in, first out; a unit or a lock that is let go of while
 * somebody waits belongs to the first of them at once.
 */
#ifndef SY_PARKING_H
#define SY_PARKING_H

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

#include "model.h"

#ifdef __cplusplus
extern "C" {
#endif

struct sy_place;

/* Linked both ways, so that who gives up leaves from the middle. */
struct sy_queue {
	struct sy_waiter *first, *last;
};

/* One of those that meet; the caller's, and zeroed but for `wake`. */
struct sy_waiter {
	/*
	 * What it waited for has come, and `result` is set.  Called once for
	 * each op that parked, by the thread of whoever let it go on, which
	 * may be another one than its own.  `by` is whose op that was, and is
	 * asked no more than where it belongs.  It must not call the parking.
	 */
	void (*wake)(struct sy_waiter *waiter, struct sy_waiter *by);
	int64_t result;
	/* The parking's while it is parked; `next` is the caller's from wake
	   to its next op. */
	struct sy_waiter *next, *previous;
	struct sy_queue *queue; /* that it is in, or NULL */
	struct sy_place *place; /* that it is parked at */
};

/* A lock with its condition, a gate or an event. */
struct sy_place {
	uint32_t guard; /* 1: a thread is at the place; one thread: unused */
	uint32_t free;  /* gate: units that nobody has */
	uint32_t units; /* gate: all of them */
	bool set;       /* event */
	struct sy_waiter *owner; /* lock: who holds it, or NULL */
	struct sy_queue queue;   /* for the lock, a unit or the event */
	struct sy_queue condition;
} __attribute__((aligned(64)));

struct sy_parking {
	bool shared; /* between threads */
	uint32_t lock_count, gate_count, event_count;
	struct sy_place *locks, *gates, *events;
	struct sy_place places[];
};

/* As many as the batch has, for so many threads.  -ENOMEM. */
int sy_parking_open(struct sy_parking **parking, const struct sy_batch *batch,
                    uint32_t threads);
void sy_parking_close(struct sy_parking *parking);

/*
 * Carries out SY_LOCK .. SY_NOTIFY.  True: done, and waiter->result is set.
 * False: the waiter is parked, and will be woken.
 *
 * Results: 0; -EDEADLK: SY_LOCK by the one who holds it; -EPERM: SY_UNLOCK,
 * SY_WAIT or SY_NOTIFY by one who does not hold the lock; -EOVERFLOW: more
 * units than were acquired, and none was released; -EINVAL: there is no such
 * place or op.
 */
bool sy_parking_op(struct sy_parking *parking, const struct sy_op *op,
                   struct sy_waiter *waiter);

/*
 * For the deadline of an SY_AWAIT, or where nobody is left to wake it: takes
 * a waiter out of what it is parked in.  True: it waits no longer and is not
 * woken, its result is the caller's to set, and after SY_WAIT it does not
 * hold the lock.  False: it is being woken.
 */
bool sy_parking_give_up(struct sy_parking *parking, struct sy_waiter *waiter);

/* What follows is inline for critical sections in a row; `place` exists. */

/* Waits until no other thread is at the place. */
void sy_place_await(struct sy_place *place);
/* Parks at the lock or gate.  True: -EDEADLK, as for sy_parking_op. */
bool sy_place_park(struct sy_place *place, struct sy_waiter *waiter);

static inline void sy_place_enter(const struct sy_parking *parking,
                                  struct sy_place *place)
{
	if (parking->shared &&
	    __atomic_exchange_n(&place->guard, 1, __ATOMIC_ACQUIRE))
		sy_place_await(place);
}

static inline void sy_place_leave(const struct sy_parking *parking,
                                  struct sy_place *place)
{
	if (parking->shared)
		__atomic_store_n(&place->guard, 0, __ATOMIC_RELEASE);
}

/* Takes the first out of a queue, or NULL. */
static inline struct sy_waiter *sy_queue_take(struct sy_queue *queue)
{
	struct sy_waiter *first = queue->first;

	if (!first)
		return NULL;
	queue->first = first->next;
	if (first->next)
		first->next->previous = NULL;
	else
		queue->last = NULL;
	first->queue = NULL;
	return first;
}

/* SY_LOCK; as sy_parking_op. */
static inline bool sy_parking_lock(struct sy_parking *parking, uint64_t place,
                                   struct sy_waiter *waiter)
{
	struct sy_place *lock = &parking->locks[place];
	bool done = true;

	sy_place_enter(parking, lock);
	waiter->result = 0;
	if (!lock->owner)
		lock->owner = waiter;
	else
		done = sy_place_park(lock, waiter);
	sy_place_leave(parking, lock);
	return done;
}

/* SY_UNLOCK: 0 or -EPERM. */
static inline int sy_parking_unlock(struct sy_parking *parking, uint64_t place,
                                    struct sy_waiter *waiter)
{
	struct sy_place *lock = &parking->locks[place];
	struct sy_waiter *heir = NULL;
	bool held;

	sy_place_enter(parking, lock);
	held = lock->owner == waiter;
	if (held)
		lock->owner = heir = sy_queue_take(&lock->queue);
	sy_place_leave(parking, lock);
	if (heir)
		heir->wake(heir, waiter);
	return held ? 0 : -EPERM;
}

/* SY_ACQUIRE; as sy_parking_op. */
static inline bool sy_parking_acquire(struct sy_parking *parking,
                                      uint64_t place, struct sy_waiter *waiter)
{
	struct sy_place *gate = &parking->gates[place];
	bool done = true;

	sy_place_enter(parking, gate);
	waiter->result = 0;
	if (gate->free)
		gate->free--;
	else
		done = sy_place_park(gate, waiter);
	sy_place_leave(parking, gate);
	return done;
}

/* SY_RELEASE of one unit: 0 or -EOVERFLOW. */
static inline int sy_parking_release(struct sy_parking *parking, uint64_t place,
                                     struct sy_waiter *waiter)
{
	struct sy_place *gate = &parking->gates[place];
	struct sy_waiter *heir = NULL;
	bool acquired;

	sy_place_enter(parking, gate);
	acquired = gate->free < gate->units;
	if (acquired)
		heir = sy_queue_take(&gate->queue);
	if (acquired && !heir)
		gate->free++;
	sy_place_leave(parking, gate);
	if (heir)
		heir->wake(heir, waiter);
	return acquired ? 0 : -EOVERFLOW;
}

#ifdef __cplusplus
}
#endif

#endif /* SY_PARKING_H */
