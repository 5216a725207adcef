/* SPDX-License-Identifier: MIT */
/*
 * ring.h - what goes between a pool's submitter and its workers, in memory
 * that its processes share: a ring of jobs, and a list of those that ended.
 *
 * A job is one task, or several in a chain that a worker carries out one
 * after another.  Slots of the ring are numbered by positions: slot p holds a
 * job when its upper half is p + 1, so that nobody reads a counter that the
 * other side writes.  Nothing here waits and nothing ever is full: there are
 * as many jobs as slots, and the submitter reuses one when it has ended.
 *
 * A worker may die between any two instructions and leaves nothing half done
 * that others would wait for.  Before it takes a position it says so in its
 * claim, and it claims the next one when all of this one are on the list of
 * the ended, onto which they come at once.  Therefore, of somebody who reads
 * first the head, then the claims, then that list: a position below the head
 * that no living worker claims, and whose tasks are not on the list, was
 * taken by one that has died.  How far it came the jobs say.
 */
#ifndef SY_RING_H
#define SY_RING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Jobs are numbered from 1; 0 is none, which ends a chain. */
struct sy_job {
	uint64_t index; /* of the task */
	uint64_t value; /* that it ended with */
	int32_t error;
	uint32_t next; /* in the chain; then in the list of the ended */
	/* 0: nobody has begun; the number of the worker that has, from 1 on;
	   SY_JOB_ENDED: value and error are there. */
	_Atomic uint32_t state;
};

#define SY_JOB_ENDED UINT32_MAX

/* Each end on lines of its own: it is written by one side. */
struct sy_ring {
	uint64_t mask;       /* capacity - 1 */
	struct sy_job *jobs; /* 1 .. capacity; [0] is not used */
	/* The low half of position + 1, and the number of a job. */
	_Atomic uint64_t *slots;
	_Alignas(128) _Atomic uint64_t head;  /* workers */
	_Alignas(128) _Atomic uint32_t ended; /* the last to end; all to take */
	_Alignas(128) uint64_t tail;          /* submitter */
};

/* Bytes of jobs and slots; `capacity` is a power of two. */
size_t sy_ring_bytes(uint32_t capacity);
/* `memory`: sy_ring_bytes of zeroes, aligned to 64. */
void sy_ring_init(struct sy_ring *ring, uint32_t capacity, void *memory);

/* The submitter's ends. */

/* Says what job `number` is, and that `next` follows it in the chain. */
static inline void sy_set_job(struct sy_ring *ring, uint32_t number,
                              uint64_t index, uint32_t next)
{
	struct sy_job *job = &ring->jobs[number];

	job->index = index;
	job->next = next;
	atomic_store_explicit(&job->state, 0, memory_order_relaxed);
}

/* The claim of the worker that takes what is pushed next. */
static inline uint64_t sy_next_claim(const struct sy_ring *ring)
{
	return ring->tail + 1;
}

/* Job `number`, with all that its chain has. */
static inline void sy_push_job(struct sy_ring *ring, uint32_t number)
{
	uint64_t tail = ring->tail++;

	atomic_store_explicit(&ring->slots[tail & ring->mask],
	                      (tail + 1) << 32 | number, memory_order_release);
}

static inline bool sy_has_ended(struct sy_ring *ring)
{
	return atomic_load_explicit(&ring->ended, memory_order_acquire);
}

/* All jobs that ended since the last time, in that order; 0: none. */
uint32_t sy_take_ended(struct sy_ring *ring);

/* The workers' ends. */

/* How far slot `head` is ahead: < 0 it is empty, > 0 `head` is out of date. */
static inline int32_t sy_slot_ahead(uint64_t slot, uint64_t head)
{
	return (int32_t)((uint32_t)(slot >> 32) - (uint32_t)(head + 1));
}

/* True as well where the head moved on meanwhile. */
static inline bool sy_has_job(struct sy_ring *ring)
{
	uint64_t head = atomic_load_explicit(&ring->head, memory_order_relaxed);
	uint64_t slot = atomic_load_explicit(&ring->slots[head & ring->mask],
	                                     memory_order_acquire);

	return sy_slot_ahead(slot, head) >= 0;
}

/*
 * Takes the first job of the ring; 0: there is none.  `claim` is the worker's
 * own, position + 1, and 0 where it has nothing.
 */
uint32_t sy_pop_job(struct sy_ring *ring, _Atomic uint64_t *claim);

/* A chain of jobs that all ended, `last` first; `first` ended first. */
static inline void sy_push_ended(struct sy_ring *ring, uint32_t last,
                                 uint32_t first)
{
	uint32_t before =
		atomic_load_explicit(&ring->ended, memory_order_relaxed);

	do
		ring->jobs[first].next = before;
	while (!atomic_compare_exchange_weak_explicit(
		&ring->ended, &before, last, memory_order_release,
		memory_order_relaxed));
}

#endif /* SY_RING_H */
