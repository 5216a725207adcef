/* SPDX-License-Identifier: MIT */
/* ring.c - see ring.h. */
#include "ring.h"

size_t sy_rings_bytes(uint32_t capacity)
{
	return capacity *
	       (sizeof(struct sy_job_slot) + sizeof(struct sy_result_slot));
}

void sy_rings_init(struct sy_rings *rings, uint32_t capacity, void *slots)
{
	rings->mask = capacity - 1;
	rings->jobs = slots;
	rings->results = (void *)(rings->jobs + capacity);
	atomic_init(&rings->jobs_head, 0);
	atomic_init(&rings->results_tail, 0);
	rings->jobs_tail = 0;
	rings->results_head = 0;
}

/*
 * Reads the slot before it takes it: once the head has moved on, the slot may
 * be written again, and then the head is not the one that was read.  A head
 * that is out of date sees the sequence of a later lap, never of an earlier
 * one; only an earlier one means that the ring is empty.
 */
bool sy_pop_job(struct sy_rings *rings, struct sy_ring_job *job)
{
	uint64_t head =
		atomic_load_explicit(&rings->jobs_head, memory_order_relaxed);

	for (;;) {
		struct sy_job_slot *slot = &rings->jobs[head & rings->mask];
		uint32_t sequence = atomic_load_explicit(&slot->sequence,
		                                         memory_order_acquire);
		int32_t ahead = (int32_t)(sequence - (uint32_t)(head + 1));

		if (ahead < 0)
			return false;
		if (ahead > 0) {
			head = atomic_load_explicit(&rings->jobs_head,
			                            memory_order_relaxed);
			continue;
		}
		job->index = atomic_load_explicit(&slot->index,
		                                  memory_order_relaxed);
		job->call =
			atomic_load_explicit(&slot->call, memory_order_relaxed);
		if (atomic_compare_exchange_weak_explicit(
			    &rings->jobs_head, &head, head + 1,
			    memory_order_relaxed, memory_order_relaxed))
			return true;
	}
}
