/* SPDX-License-Identifier: MIT */
/*
 * handoff_turn.c - one word that says whose turn it is, which all look at.
 *
 * A hand-off is a store to that word.  Who is not named there looks again,
 * after sched_yield (`yield`) or after a pause of the processor (`spin`).
 * A thread that yields stays runnable, so the kernel counts its switch as
 * involuntary: on one PU there is one a hand-off, none of them voluntary, and
 * more where the kernel's queue has another order than the ring: then a
 * yield reaches threads whose turn it is not.  `spin` makes no switch, and
 * needs a PU for each of its two contexts.
 *
 * Neither yields nor spins between runs.  The word then names nobody and
 * the others sleep on it.  A run wakes them at its beginning and ends when the
 * last has gone to sleep: both are in its time, once a run, and count as one
 * voluntary switch of each of them.
 *
 * `alone` stores to a word and calls sched_yield, with nobody to yield to, or
 * stores and loads it.
 */
#include "models.h"

#include <errno.h>
#include <sched.h>

#include "futex.h"
#include "relay.h"

#if defined(__x86_64__) || defined(__i386__)
static inline void pause_briefly(void)
{
	__builtin_ia32_pause();
}
#elif defined(__aarch64__)
static inline void pause_briefly(void)
{
	__asm__ volatile("yield");
}
#else
static inline void pause_briefly(void)
{
}
#endif

/* Asks whether the kernel lets us; it cannot fail by itself. */
static int create_yield(struct sy_relay_seat *seat)
{
	atomic_init(&seat->own, 0);
	return sched_yield() ? -errno : 0;
}

static int create_spin(struct sy_relay_seat *seat)
{
	atomic_init(&seat->own, 0);
	return 0;
}

static void destroy(struct sy_relay_seat *seat)
{
	(void)seat;
}

static void sleep_parked(struct sy_relay *relay)
{
	atomic_fetch_add(&relay->parked, 1);
	while (atomic_load(&relay->turn) == SY_RELAY_PARKED)
		sy_futex_wait_local(&relay->turn, SY_RELAY_PARKED);
	atomic_fetch_sub(&relay->parked, 1);
}

/* The caller has the turn when a run begins and when it ends. */
static void rouse(struct sy_relay *relay)
{
	atomic_store(&relay->turn, 0);
	sy_futex_wake_local(&relay->turn, UINT32_MAX);
}

static void park(struct sy_relay *relay)
{
	atomic_store(&relay->turn, SY_RELAY_PARKED);
	while (atomic_load(&relay->parked) != relay->count - 1)
		sched_yield();
}

static void give(struct sy_relay_seat *to)
{
	atomic_store_explicit(&to->relay->turn, sy_relay_index(to),
	                      memory_order_release);
}

static inline int await_turn(struct sy_relay_seat *seat, bool yields)
{
	struct sy_relay *relay = seat->relay;
	uint32_t me = sy_relay_index(seat), turn;

	for (;;) {
		turn = atomic_load_explicit(&relay->turn, memory_order_acquire);
		if (turn == me)
			return 0;
		if (turn == SY_RELAY_PARKED)
			sleep_parked(relay);
		else if (yields)
			sched_yield();
		else
			pause_briefly();
	}
}

static int take_yielding(struct sy_relay_seat *me)
{
	return await_turn(me, true);
}

static int pass_yielding(struct sy_relay_seat *me)
{
	give(me->next);
	return await_turn(me, true);
}

static int take_spinning(struct sy_relay_seat *me)
{
	return await_turn(me, false);
}

static int pass_spinning(struct sy_relay_seat *me)
{
	give(me->next);
	return await_turn(me, false);
}

/* The word that the others sleep on is left alone. */
static int alone_spinning(struct sy_relay_seat *me)
{
	atomic_store_explicit(&me->own, 1, memory_order_release);
	(void)atomic_load_explicit(&me->own, memory_order_acquire);
	return 0;
}

static int alone_yielding(struct sy_relay_seat *me)
{
	alone_spinning(me);
	sched_yield();
	return 0;
}

static const struct sy_relay_way yield = {
	.create = create_yield,
	.destroy = destroy,
	.give = give,
	.take = take_yielding,
	.pass = pass_yielding,
	.alone = alone_yielding,
	.rouse = rouse,
	.park = park,
};

static const struct sy_relay_way spin = {
	.create = create_spin,
	.destroy = destroy,
	.give = give,
	.take = take_spinning,
	.pass = pass_spinning,
	.alone = alone_spinning,
	.rouse = rouse,
	.park = park,
};

const struct sy_mechanism sy_threads_yield = {
	SY_RELAY_THREADS,
	.name = "yield",
	.summary = "sched_yield until it is one's turn",
	.takes = SY_TAKES_RING | SY_TAKES_WORKING,
	.switches_min = 1,
	.switches_max = 1,
	.way = &yield,
};

const struct sy_mechanism sy_threads_spin = {
	SY_RELAY_THREADS,
	.name = "spin",
	.summary = "busy waiting until it is one's turn",
	.takes = SY_TAKES_WORKING,
	.pus_least = 2,
	.switches_min = 0,
	.switches_max = 0,
	.way = &spin,
};
