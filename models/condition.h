/* SPDX-License-Identifier: MIT */
/*
 * condition.h - waiting for what others do under a lock, first come first go.
 *
 * Who waits takes a ticket while it holds the lock, lets go of the lock, and
 * sleeps until the head has passed its ticket; to notify is to move the head.
 * So exactly as many go on as were notified, those that have waited longest,
 * and no wake-up that was meant for another one gets through.
 *
 * The lock is the caller's: it is taken again by who went on.
 */
#ifndef SY_CONDITION_H
#define SY_CONDITION_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Tickets that share a word to sleep on: as many as a futex has bits. */
#define SY_CONDITION_SHARE 32

struct sy_condition {
	_Alignas(64) uint64_t tail; /* the next ticket; guarded by the lock */
	_Atomic uint64_t head;      /* tickets below it go on */
	_Atomic uint32_t *words;    /* a power of two of them */
	uint32_t mask;
	bool local; /* within one process */
	atomic_bool abandoned;
};

/* Words with which `waiters` at once never share one's wake-up. */
uint32_t sy_condition_words(uint32_t waiters);
/* `words`: sy_condition_words of zeroes. */
void sy_condition_init(struct sy_condition *condition, _Atomic uint32_t *words,
                       uint32_t word_count, bool local);

/* Under the lock: the ticket with which to sleep, without the lock. */
uint64_t sy_condition_enter(struct sy_condition *condition);
/* 0, or -EOWNERDEAD: not notified, and the condition is abandoned. */
int sy_condition_sleep(struct sy_condition *condition, uint64_t ticket);
/* Under the lock: the `count` that have waited longest, or all there are. */
void sy_condition_notify(struct sy_condition *condition, uint32_t count);
/* One that uses it has died: who waits goes on, with -EOWNERDEAD. */
void sy_condition_abandon(struct sy_condition *condition);

#endif /* SY_CONDITION_H */
