/* SPDX-License-Identifier: MIT */
/*
 * handoff_futex.c - a word that says whose turn it is, and a futex call each
 * to wake and to wait.
 *
 * A hand-off is: name the next in its word, futex wake, futex wait until one's
 * own word names oneself: one switch.  Two contexts share a word, as one would
 * write it; in a larger ring each has its own, so that a wake reaches the one
 * that is meant.  Threads use private futexes, processes shared ones,
 * which the kernel has to look up the mapping for.  `pool.futex` and
 * `fork.futex` are the same: what two processes of either would do.
 *
 * `alone` makes the same two system calls: a wake of nobody and a wait for
 * what is no longer so.  The net figure is without the cost of entering the
 * kernel twice.
 */
#include "models.h"

#include "futex.h"
#include "relay.h"

#define NOBODY UINT32_MAX

static int create(struct sy_relay_seat *seat)
{
	struct sy_relay *relay = seat->relay;

	seat->word = relay->count == 2 ? &relay->seats[0].own : &seat->own;
	seat->index = sy_relay_index(seat);
	atomic_init(&seat->own, NOBODY);
	return 0;
}

static void destroy(struct sy_relay_seat *seat)
{
	(void)seat;
}

/*
 * Written once for both and made apart by the compiler: after a switch every
 * branch is a wrong guess, and two of them are a hundredth of a hand-off.
 */
#define INLINE static inline __attribute__((always_inline))

INLINE void wake(_Atomic uint32_t *word, bool shared)
{
	if (shared)
		sy_futex_wake(word, 1);
	else
		sy_futex_wake_local(word, 1);
}

INLINE int sleep_on(_Atomic uint32_t *word, uint32_t value, bool shared)
{
	return shared ? sy_futex_wait(word, value, NULL)
	              : sy_futex_wait_local(word, value);
}

/* The kernel orders the store before its look at who sleeps. */
INLINE void give(struct sy_relay_seat *to, bool shared)
{
	atomic_store_explicit(to->word, to->index, memory_order_release);
	wake(to->word, shared);
}

INLINE int take(struct sy_relay_seat *me, bool shared)
{
	uint32_t seen;

	for (;;) {
		seen = atomic_load_explicit(me->word, memory_order_acquire);
		if (seen == me->index)
			return 0;
		if (sleep_on(me->word, seen, shared) == -EINTR)
			return -EINTR;
	}
}

INLINE int pass(struct sy_relay_seat *me, bool shared)
{
	atomic_store_explicit(me->word, NOBODY, memory_order_relaxed);
	give(me->next, shared);
	return take(me, shared);
}

/* On a word that nobody sleeps on; another context may sleep on its own. */
INLINE int alone(struct sy_relay_seat *me, bool shared)
{
	_Atomic uint32_t *word = &me->relay->turn;

	atomic_store_explicit(word, me->index, memory_order_release);
	wake(word, shared);
	sleep_on(word, NOBODY, shared);
	return 0;
}

#define FUTEX(kind, shared)                                                    \
	static void give_##kind(struct sy_relay_seat *to)                      \
	{                                                                      \
		give(to, shared);                                              \
	}                                                                      \
	static int take_##kind(struct sy_relay_seat *me)                       \
	{                                                                      \
		return take(me, shared);                                       \
	}                                                                      \
	static int pass_##kind(struct sy_relay_seat *me)                       \
	{                                                                      \
		return pass(me, shared);                                       \
	}                                                                      \
	static int alone_##kind(struct sy_relay_seat *me)                      \
	{                                                                      \
		return alone(me, shared);                                      \
	}                                                                      \
	static const struct sy_relay_way futex_##kind = {                      \
		.create = create,                                              \
		.destroy = destroy,                                            \
		.give = give_##kind,                                           \
		.take = take_##kind,                                           \
		.pass = pass_##kind,                                           \
		.alone = alone_##kind,                                         \
	}

FUTEX(private, false);
FUTEX(shared, true);

const struct sy_mechanism sy_threads_futex = {
	SY_RELAY_THREADS,           .name = "futex",
	.summary = "private futex", .takes = SY_TAKES_RING | SY_TAKES_WORKING,
	.switches_min = 1,          .switches_max = 1,
	.way = &futex_private,
};

const struct sy_mechanism sy_fork_futex = {
	SY_RELAY_PROCESSES,
	.name = "futex",
	.summary = "process-shared futex",
	.takes = SY_TAKES_RING | SY_TAKES_WORKING,
	.switches_min = 1,
	.switches_max = 1,
	.way = &futex_shared,
};

const struct sy_mechanism sy_pool_futex = {
	SY_RELAY_PROCESSES,
	.name = "futex",
	.summary = "process-shared futex",
	.takes = SY_TAKES_RING | SY_TAKES_WORKING,
	.in_tour = true,
	.switches_min = 1,
	.switches_max = 1,
	.way = &futex_shared,
};
