/* SPDX-License-Identifier: MIT */
/*
 * condition.c - see condition.h.
 *
 * Ticket t sleeps on word t / 32, and of those that sleep there it is bit
 * t % 32: one call wakes those of 32 tickets that were notified, and leaves
 * the others asleep.  A word is changed after the head was moved and before
 * its sleepers are woken, so that whoever found the head where it was does not
 * fall asleep on the changed word.
 */
#include "condition.h"

#include <errno.h>

#include "futex.h"

uint32_t sy_condition_words(uint32_t waiters)
{
	/* Tickets in a row may begin and end in the middle of a word. */
	uint64_t wanted = (uint64_t)waiters / SY_CONDITION_SHARE + 2;
	uint32_t words = 1;

	while (words < wanted)
		words *= 2;
	return words;
}

void sy_condition_init(struct sy_condition *condition, _Atomic uint32_t *words,
                       uint32_t word_count, bool local)
{
	condition->tail = 0;
	atomic_init(&condition->head, 0);
	condition->words = words;
	condition->mask = word_count - 1;
	condition->local = local;
	atomic_init(&condition->abandoned, false);
}

uint64_t sy_condition_enter(struct sy_condition *condition)
{
	return condition->tail++;
}

int sy_condition_sleep(struct sy_condition *condition, uint64_t ticket)
{
	_Atomic uint32_t *word =
		&condition
			 ->words[ticket / SY_CONDITION_SHARE & condition->mask];
	uint32_t bit = UINT32_C(1) << ticket % SY_CONDITION_SHARE;
	uint32_t seen;

	for (;;) {
		seen = atomic_load(word);
		if (atomic_load(&condition->head) > ticket)
			return 0;
		if (atomic_load(&condition->abandoned))
			return -EOWNERDEAD;
		sy_futex_wait_bits(word, seen, bit, 0, condition->local);
	}
}

/* Wakes tickets `first` .. `end` - 1, which are of one word. */
static void wake_word(struct sy_condition *condition, uint64_t first,
                      uint64_t end)
{
	_Atomic uint32_t *word =
		&condition->words[first / SY_CONDITION_SHARE & condition->mask];
	uint32_t count = (uint32_t)(end - first);
	uint32_t bits = UINT32_MAX >> (SY_CONDITION_SHARE - count);

	atomic_fetch_add(word, 1);
	sy_futex_wake_bits(word, bits << first % SY_CONDITION_SHARE,
	                   condition->local);
}

void sy_condition_notify(struct sy_condition *condition, uint32_t count)
{
	uint64_t first = atomic_load(&condition->head);
	uint64_t end = condition->tail, next;

	if (end - first > count)
		end = first + count;
	atomic_store(&condition->head, end);
	for (; first < end; first = next) {
		next = (first / SY_CONDITION_SHARE + 1) * SY_CONDITION_SHARE;
		if (next > end)
			next = end;
		wake_word(condition, first, next);
	}
}

void sy_condition_abandon(struct sy_condition *condition)
{
	uint32_t i;

	atomic_store(&condition->abandoned, true);
	for (i = 0; i <= condition->mask; i++) {
		atomic_fetch_add(&condition->words[i], 1);
		sy_futex_wake_bits(&condition->words[i], SY_FUTEX_ALL,
		                   condition->local);
	}
}
