/* SPDX-License-Identifier: MIT */
/*
 * parking.c - see parking.h.
 *
 * Whom an op lets go on it takes out of the queue under the place's guard and
 * wakes after it, so that a callback holds up nobody.  From its callback on a
 * waiter may be anywhere, on another thread too: it is not looked at again.
 */
#include "parking.h"

#include <sched.h>
#include <stdlib.h>

/* Looks at a guard before the PU is given away: its owner may have lost the
   one that it had. */
#define LOOKS 100

/* Takes `count` places from `at` on. */
static struct sy_place *divide(struct sy_place **at, uint32_t count)
{
	struct sy_place *places = *at;

	*at += count;
	return places;
}

int sy_parking_open(struct sy_parking **parking, const struct sy_batch *batch,
                    uint32_t threads)
{
	size_t count = (size_t)batch->lock_count + batch->gate_count +
	               batch->event_count;
	size_t bytes =
		sizeof(struct sy_parking) + count * sizeof(struct sy_place);
	struct sy_parking *made =
		aligned_alloc(_Alignof(struct sy_parking), bytes);
	struct sy_place *at;

	if (!made)
		return -ENOMEM;
	*made = (struct sy_parking){
		.shared = threads > 1,
		.lock_count = batch->lock_count,
		.gate_count = batch->gate_count,
		.event_count = batch->event_count,
	};
	for (size_t i = 0; i < count; i++)
		made->places[i] = (struct sy_place){ 0 };
	at = made->places;
	made->locks = divide(&at, batch->lock_count);
	made->gates = divide(&at, batch->gate_count);
	made->events = divide(&at, batch->event_count);
	for (uint32_t i = 0; i < batch->gate_count; i++)
		made->gates[i].free = made->gates[i].units =
			batch->gate_units[i];
	*parking = made;
	return 0;
}

void sy_parking_close(struct sy_parking *parking)
{
	free(parking);
}

static inline void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield");
#endif
}

void sy_place_await(struct sy_place *place)
{
	unsigned looks = 0;

	do {
		while (__atomic_load_n(&place->guard, __ATOMIC_RELAXED)) {
			if (++looks % LOOKS)
				relax();
			else
				sched_yield();
		}
	} while (__atomic_exchange_n(&place->guard, 1, __ATOMIC_ACQUIRE));
}

static void queue_put(struct sy_queue *queue, struct sy_waiter *waiter)
{
	waiter->next = NULL;
	waiter->previous = queue->last;
	waiter->queue = queue;
	if (queue->last)
		queue->last->next = waiter;
	else
		queue->first = waiter;
	queue->last = waiter;
}

static void queue_leave(struct sy_waiter *waiter)
{
	struct sy_queue *queue = waiter->queue;

	if (waiter->previous)
		waiter->previous->next = waiter->next;
	else
		queue->first = waiter->next;
	if (waiter->next)
		waiter->next->previous = waiter->previous;
	else
		queue->last = waiter->previous;
	waiter->queue = NULL;
}

bool sy_place_park(struct sy_place *place, struct sy_waiter *waiter)
{
	if (place->owner == waiter) {
		waiter->result = -EDEADLK;
		return true;
	}
	waiter->place = place;
	queue_put(&place->queue, waiter);
	return false;
}

/* Wakes a row of waiters that are in no queue any more. */
static void wake_all(struct sy_waiter *first, struct sy_waiter *by)
{
	while (first) {
		struct sy_waiter *waiter = first;

		first = waiter->next;
		waiter->wake(waiter, by);
	}
}

static int release(struct sy_parking *parking, struct sy_place *gate,
                   uint32_t count, struct sy_waiter *by)
{
	struct sy_waiter *woken = NULL, **end = &woken;
	bool acquired;

	sy_place_enter(parking, gate);
	acquired = count <= gate->units - gate->free;
	for (; acquired && count && gate->queue.first; count--) {
		*end = sy_queue_take(&gate->queue);
		end = &(*end)->next;
	}
	if (acquired)
		gate->free += count;
	*end = NULL;
	sy_place_leave(parking, gate);
	wake_all(woken, by);
	return acquired ? 0 : -EOVERFLOW;
}

/* True: the event is set. */
static bool await_event(struct sy_parking *parking, struct sy_place *event,
                        struct sy_waiter *waiter)
{
	bool set;

	sy_place_enter(parking, event);
	set = event->set;
	waiter->result = 0;
	if (!set)
		(void)sy_place_park(event, waiter);
	sy_place_leave(parking, event);
	return set;
}

static void set_event(struct sy_parking *parking, struct sy_place *event,
                      struct sy_waiter *by)
{
	struct sy_waiter *woken;

	sy_place_enter(parking, event);
	event->set = true;
	woken = event->queue.first;
	event->queue = (struct sy_queue){ 0 };
	for (struct sy_waiter *i = woken; i; i = i->next)
		i->queue = NULL;
	sy_place_leave(parking, event);
	wake_all(woken, by);
}

static void clear_event(struct sy_parking *parking, struct sy_place *event)
{
	sy_place_enter(parking, event);
	event->set = false;
	sy_place_leave(parking, event);
}

/* Lets go of the lock and parks in one; true: -EPERM. */
static bool wait_for_notice(struct sy_parking *parking, struct sy_place *lock,
                            struct sy_waiter *waiter)
{
	struct sy_waiter *heir = NULL;
	bool held;

	sy_place_enter(parking, lock);
	held = lock->owner == waiter;
	waiter->result = held ? 0 : -EPERM;
	if (held) {
		waiter->place = lock;
		queue_put(&lock->condition, waiter);
		lock->owner = heir = sy_queue_take(&lock->queue);
	}
	sy_place_leave(parking, lock);
	/* Whoever comes next may have woken the waiter by now; it goes on
	   only when its own thread has left it. */
	if (heir)
		heir->wake(heir, waiter);
	return !held;
}

/* Those who are notified wait for the lock, which the notifier holds. */
static int notify(struct sy_parking *parking, struct sy_place *lock,
                  uint32_t count, const struct sy_waiter *by)
{
	bool held;

	sy_place_enter(parking, lock);
	held = lock->owner == by;
	for (; held && count && lock->condition.first; count--)
		queue_put(&lock->queue, sy_queue_take(&lock->condition));
	sy_place_leave(parking, lock);
	return held ? 0 : -EPERM;
}

static bool op_of_lock(struct sy_parking *parking, const struct sy_op *op,
                       struct sy_waiter *waiter)
{
	struct sy_place *lock = &parking->locks[op->place];

	switch (op->kind) {
	case SY_LOCK:
		return sy_parking_lock(parking, op->place, waiter);
	case SY_WAIT:
		return wait_for_notice(parking, lock, waiter);
	case SY_NOTIFY:
		waiter->result = notify(parking, lock, op->count, waiter);
		return true;
	default:
		waiter->result = sy_parking_unlock(parking, op->place, waiter);
		return true;
	}
}

static bool op_of_gate(struct sy_parking *parking, const struct sy_op *op,
                       struct sy_waiter *waiter)
{
	if (op->kind == SY_ACQUIRE)
		return sy_parking_acquire(parking, op->place, waiter);
	waiter->result =
		release(parking, &parking->gates[op->place], op->count, waiter);
	return true;
}

static bool op_of_event(struct sy_parking *parking, const struct sy_op *op,
                        struct sy_waiter *waiter)
{
	struct sy_place *event = &parking->events[op->place];

	if (op->kind == SY_AWAIT)
		return await_event(parking, event, waiter);
	if (op->kind == SY_SET)
		set_event(parking, event, waiter);
	else
		clear_event(parking, event);
	waiter->result = 0;
	return true;
}

static bool refuse(struct sy_waiter *waiter)
{
	waiter->result = -EINVAL;
	return true;
}

bool sy_parking_op(struct sy_parking *parking, const struct sy_op *op,
                   struct sy_waiter *waiter)
{
	switch (op->kind) {
	case SY_LOCK:
	case SY_UNLOCK:
	case SY_WAIT:
	case SY_NOTIFY:
		return op->place < parking->lock_count
		               ? op_of_lock(parking, op, waiter)
		               : refuse(waiter);
	case SY_ACQUIRE:
	case SY_RELEASE:
		return op->place < parking->gate_count
		               ? op_of_gate(parking, op, waiter)
		               : refuse(waiter);
	case SY_AWAIT:
	case SY_SET:
	case SY_CLEAR:
		return op->place < parking->event_count
		               ? op_of_event(parking, op, waiter)
		               : refuse(waiter);
	default:
		return refuse(waiter);
	}
}

bool sy_parking_give_up(struct sy_parking *parking, struct sy_waiter *waiter)
{
	struct sy_place *place = waiter->place;
	bool parked;

	sy_place_enter(parking, place);
	parked = waiter->queue != NULL;
	if (parked)
		queue_leave(waiter);
	sy_place_leave(parking, place);
	return parked;
}
