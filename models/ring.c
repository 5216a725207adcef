/* SPDX-License-Identifier: MIT */
/* ring.c - see ring.h. */
#include "ring.h"

static size_t jobs_bytes(uint32_t capacity)
{
	return ((size_t)capacity + 1) * sizeof(struct sy_job);
}

size_t sy_ring_bytes(uint32_t capacity)
{
	return jobs_bytes(capacity) + capacity * sizeof(uint64_t);
}

void sy_ring_init(struct sy_ring *ring, uint32_t capacity, void *memory)
{
	ring->mask = capacity - 1;
	ring->jobs = memory;
	ring->slots = (void *)((char *)memory + jobs_bytes(capacity));
	atomic_init(&ring->head, 0);
	atomic_init(&ring->ended, 0);
	ring->tail = 0;
}

/*
 * Reads the slot before it takes it: once the head has moved on, the slot may
 * be written again, and then the head is not the one that was read.  A head
 * that is out of date sees the number of a later lap, never of an earlier
 * one; only an earlier one means that the ring is empty.
 *
 * The claim is there before the head moves, and the list of the ended before
 * the claim does: both are released by what follows them.
 */
uint32_t sy_pop_job(struct sy_ring *ring, _Atomic uint64_t *claim)
{
	uint64_t head = atomic_load_explicit(&ring->head, memory_order_relaxed);

	for (;;) {
		uint64_t slot = atomic_load_explicit(
			&ring->slots[head & ring->mask], memory_order_acquire);
		int32_t ahead = sy_slot_ahead(slot, head);

		if (ahead < 0)
			break;
		if (ahead > 0) {
			head = atomic_load_explicit(&ring->head,
			                            memory_order_relaxed);
			continue;
		}
		atomic_store_explicit(claim, head + 1, memory_order_release);
		if (atomic_compare_exchange_weak_explicit(
			    &ring->head, &head, head + 1, memory_order_release,
			    memory_order_relaxed))
			return (uint32_t)slot;
	}
	atomic_store_explicit(claim, 0, memory_order_release);
	return 0;
}

/* They were put on one after another, so the last is the first to be found. */
uint32_t sy_take_ended(struct sy_ring *ring)
{
	uint32_t number =
		atomic_exchange_explicit(&ring->ended, 0, memory_order_acquire);
	uint32_t later = 0;

	while (number) {
		struct sy_job *job = &ring->jobs[number];
		uint32_t earlier = job->next;

		job->next = later;
		later = number;
		number = earlier;
	}
	return later;
}
