/* SPDX-License-Identifier: MIT */
/*
 * ring.h - the two rings of the pool, in memory that its processes share.
 *
 * Jobs go from one submitter to many workers, results from many workers to
 * the submitter.  Slots are numbered: slot p of a ring is ready when its
 * sequence is p + 1, so that nobody reads a counter that the other side
 * writes.  Nothing here waits and nothing ever is full: the submitter keeps
 * at most `capacity` jobs between push_job and pop_result, which is what
 * makes the slot that either side is about to write free.
 */
#ifndef SY_RING_H
#define SY_RING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sy_ring_job {
	uint64_t index; /* of the task */
	uint32_t call;  /* of the submitter's own, comes back in the result */
};

struct sy_ring_result {
	uint64_t index;
	uint64_t value;
	int32_t error;
	uint32_t call;
};

/*
 * A worker may look into a slot that the submitter already writes again; it
 * then fails to take it.  So the fields are atomic, though in no order.
 */
struct sy_job_slot {
	_Atomic uint32_t sequence; /* the low half of p + 1 */
	_Atomic uint32_t call;
	_Atomic uint64_t index;
};

struct sy_result_slot {
	_Atomic uint64_t sequence; /* p + 1 */
	struct sy_ring_result result;
};

/* Each end on a line of its own: it is written by one side. */
struct sy_rings {
	uint64_t mask; /* capacity - 1 */
	struct sy_job_slot *jobs;
	struct sy_result_slot *results;
	_Alignas(128) _Atomic uint64_t jobs_head; /* workers */
	_Alignas(128) _Atomic uint64_t results_tail;
	_Alignas(128) uint64_t jobs_tail; /* submitter */
	uint64_t results_head;
};

/* Bytes of the slots of both rings; `capacity` is a power of two. */
size_t sy_rings_bytes(uint32_t capacity);
/* `slots`: sy_rings_bytes of zeroes, aligned to 64. */
void sy_rings_init(struct sy_rings *rings, uint32_t capacity, void *slots);

/* The submitter's ends. */
static inline void sy_push_job(struct sy_rings *rings, struct sy_ring_job job)
{
	uint64_t tail = rings->jobs_tail++;
	struct sy_job_slot *slot = &rings->jobs[tail & rings->mask];

	atomic_store_explicit(&slot->index, job.index, memory_order_relaxed);
	atomic_store_explicit(&slot->call, job.call, memory_order_relaxed);
	atomic_store_explicit(&slot->sequence, (uint32_t)(tail + 1),
	                      memory_order_release);
}

static inline bool sy_has_result(struct sy_rings *rings)
{
	uint64_t head = rings->results_head;

	return atomic_load_explicit(
		       &rings->results[head & rings->mask].sequence,
		       memory_order_acquire) == head + 1;
}

static inline bool sy_pop_result(struct sy_rings *rings,
                                 struct sy_ring_result *result)
{
	if (!sy_has_result(rings))
		return false;
	*result = rings->results[rings->results_head++ & rings->mask].result;
	return true;
}

/* The workers' ends.  True as well where the head moved on meanwhile. */
static inline bool sy_has_job(struct sy_rings *rings)
{
	uint64_t head =
		atomic_load_explicit(&rings->jobs_head, memory_order_relaxed);
	uint32_t sequence =
		atomic_load_explicit(&rings->jobs[head & rings->mask].sequence,
	                             memory_order_acquire);

	return (int32_t)(sequence - (uint32_t)(head + 1)) >= 0;
}

bool sy_pop_job(struct sy_rings *rings, struct sy_ring_job *job);

static inline void sy_push_result(struct sy_rings *rings,
                                  const struct sy_ring_result *result)
{
	uint64_t tail = atomic_fetch_add_explicit(&rings->results_tail, 1,
	                                          memory_order_relaxed);
	struct sy_result_slot *slot = &rings->results[tail & rings->mask];

	slot->result = *result;
	atomic_store_explicit(&slot->sequence, tail + 1, memory_order_release);
}

#endif /* SY_RING_H */
