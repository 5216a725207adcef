/* SPDX-License-Identifier: MIT */
/*
 * event.c - see event.h.
 *
 * The word says whether the event is set, whether somebody may be asleep, so
 * that a set which nobody waits for is no system call, whether it is
 * abandoned, and how often it was set.  Who waits remembers that number: once
 * it has changed, the event was set meanwhile, whatever it is now.  The number
 * has 29 bits; a waiter that is woken and then not given a processor until
 * the event was set 2^29 times more sleeps once again.
 */
#include "event.h"

#include <errno.h>

#include "futex.h"

#define SET UINT32_C(1)
#define SLEEPERS UINT32_C(2)
#define ABANDONED UINT32_C(4)
#define TIME UINT32_C(8) /* that it was set */
#define TIMES (~(TIME - 1))

void sy_event_init(struct sy_event *event, bool local)
{
	atomic_init(&event->word, 0);
	event->local = local;
}

/* Whether the one that came when the event had been set `times` goes on. */
static bool over(uint32_t word, uint32_t times)
{
	return word & SET || (word & TIMES) != times;
}

int sy_event_await(struct sy_event *event, uint64_t by_ns)
{
	uint32_t word = atomic_load(&event->word);
	uint32_t times = word & TIMES;
	int err = 0;

	while (!over(word, times)) {
		if (word & ABANDONED)
			return -EOWNERDEAD;
		if (err == -ETIMEDOUT)
			return err;
		if (!(word & SLEEPERS) &&
		    !atomic_compare_exchange_weak(&event->word, &word,
		                                  word | SLEEPERS))
			continue;
		err = sy_futex_wait_bits(&event->word, word | SLEEPERS,
		                         SY_FUTEX_ALL, by_ns, event->local);
		word = atomic_load(&event->word);
	}
	return 0;
}

static void wake(struct sy_event *event)
{
	sy_futex_wake_bits(&event->word, SY_FUTEX_ALL, event->local);
}

void sy_event_set(struct sy_event *event)
{
	uint32_t word = atomic_load(&event->word);

	do {
		if (word & SET)
			return;
	} while (!atomic_compare_exchange_weak(
		&event->word, &word, ((word + TIME) & ~SLEEPERS) | SET));
	if (word & SLEEPERS)
		wake(event);
}

void sy_event_clear(struct sy_event *event)
{
	atomic_fetch_and(&event->word, ~SET);
}

void sy_event_abandon(struct sy_event *event)
{
	atomic_fetch_or(&event->word, ABANDONED);
	wake(event);
}
