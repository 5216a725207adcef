/* SPDX-License-Identifier: MIT */
/*
 * gate.c - see gate.h.
 *
 * Who waits sleeps on the half of the word that holds the free units, while
 * that is 0.  Whether the gate is abandoned lies in the same half, so that
 * nobody goes to sleep on a gate that has just been given up.
 */
#include "gate.h"

#include "futex.h"

/* The half of the word with the units. */
static _Atomic uint32_t *units_of(struct sy_gate *gate)
{
	_Atomic uint32_t *halves = (void *)&gate->word;

	return &halves[__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__];
}

void sy_gate_init(struct sy_gate *gate, uint32_t units, bool local)
{
	atomic_init(&gate->word, units);
	gate->units = units;
	gate->local = local;
}

void sy_gate_abandon(struct sy_gate *gate)
{
	atomic_fetch_or(&gate->word, SY_GATE_ABANDONED);
	sy_futex_wake_bits(units_of(gate), SY_FUTEX_ALL, gate->local);
}

int sy_gate_wait(struct sy_gate *gate)
{
	uint64_t word = atomic_fetch_add_explicit(&gate->word, SY_GATE_WAITER,
	                                          memory_order_relaxed) +
	                SY_GATE_WAITER;

	for (;;) {
		if (word & SY_GATE_UNITS) {
			if (atomic_compare_exchange_weak_explicit(
				    &gate->word, &word,
				    word - 1 - SY_GATE_WAITER,
				    memory_order_acquire, memory_order_relaxed))
				return 0;
			continue;
		}
		if (word & SY_GATE_ABANDONED) {
			atomic_fetch_sub(&gate->word, SY_GATE_WAITER);
			return -EOWNERDEAD;
		}
		sy_futex_wait_bits(units_of(gate), 0, SY_FUTEX_ALL, 0,
		                   gate->local);
		word = atomic_load_explicit(&gate->word, memory_order_relaxed);
	}
}

void sy_gate_wake(struct sy_gate *gate, uint32_t count)
{
	if (gate->local)
		sy_futex_wake_local(units_of(gate), count);
	else
		sy_futex_wake(units_of(gate), count);
}
