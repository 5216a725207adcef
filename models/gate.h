/* SPDX-License-Identifier: MIT */
/*
 * gate.h - a counting semaphore that knows how many units it has.
 *
 * The units that are free and the number of those that wait lie in one word,
 * so that whoever releases learns from the same exchange whether anybody has
 * to be woken.  Where nobody waits, acquire and release are one exchange each,
 * inline: what sem_wait and sem_post are, without the call.
 *
 * A unit is not owned, so that one which a dead process held is lost.  Once
 * the gate was told of a death (sy_gate_abandon) nobody waits there any more.
 */
#ifndef SY_GATE_H
#define SY_GATE_H

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* The word: units that are free, whether it was abandoned, who waits. */
#define SY_GATE_UNITS UINT64_C(0x7fffffff)
#define SY_GATE_ABANDONED UINT64_C(0x80000000)
#define SY_GATE_WAITER UINT64_C(0x100000000)

struct sy_gate {
	_Alignas(64) _Atomic uint64_t word;
	uint32_t units; /* that it has, at most INT32_MAX */
	bool local;     /* within one process */
};

void sy_gate_init(struct sy_gate *gate, uint32_t units, bool local);
/* One that uses it has died: who waits goes on, with -EOWNERDEAD. */
void sy_gate_abandon(struct sy_gate *gate);

/* What acquire and release do where they cannot do it at once. */
int sy_gate_wait(struct sy_gate *gate);
void sy_gate_wake(struct sy_gate *gate, uint32_t count);

/* 0, or -EOWNERDEAD: it would have had to wait, and the gate is abandoned. */
static inline int sy_gate_acquire(struct sy_gate *gate)
{
	uint64_t word = atomic_load_explicit(&gate->word, memory_order_relaxed);

	if (__builtin_expect((word & SY_GATE_UNITS) != 0, 1) &&
	    __builtin_expect(atomic_compare_exchange_weak_explicit(
				     &gate->word, &word, word - 1,
				     memory_order_acquire,
				     memory_order_relaxed),
	                     1))
		return 0;
	return sy_gate_wait(gate);
}

/* -EOVERFLOW: more than were acquired; then none was released. */
static inline int sy_gate_release(struct sy_gate *gate, uint32_t count)
{
	uint64_t word = atomic_load_explicit(&gate->word, memory_order_relaxed);

	do {
		if ((word & SY_GATE_UNITS) + count > gate->units)
			return -EOVERFLOW;
	} while (!atomic_compare_exchange_weak_explicit(
		&gate->word, &word, word + count, memory_order_release,
		memory_order_relaxed));
	if (__builtin_expect(word >= SY_GATE_WAITER, 0))
		sy_gate_wake(gate, count);
	return 0;
}

#endif /* SY_GATE_H */
