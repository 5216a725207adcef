/* SPDX-License-Identifier: MIT */
/* crowd.c - see crowd.h. */
#include "crowd.h"

#include "futex.h"

static uint32_t sets_of(uint32_t worker_count, uint32_t group_count)
{
	uint32_t most = (worker_count + group_count - 1) / group_count;

	return (most + 63) / 64;
}

size_t sy_crowd_bytes(uint32_t worker_count, uint32_t group_count)
{
	size_t sets = (size_t)group_count * sets_of(worker_count, group_count);

	return worker_count * sizeof(struct sy_crowd_worker) +
	       sets * sizeof(struct sy_crowd_set);
}

void sy_crowd_init(struct sy_crowd *crowd, uint32_t worker_count,
                   uint32_t group_count, void *memory)
{
	uint32_t i;

	crowd->worker_count = worker_count;
	crowd->group_count = group_count;
	crowd->set_count = sets_of(worker_count, group_count);
	atomic_init(&crowd->over, false);
	crowd->workers = memory;
	crowd->sets = (void *)(crowd->workers + worker_count);
	for (i = 0; i < worker_count; i++)
		sy_crowd_resume(crowd, i);
}

static struct sy_crowd_set *sets(struct sy_crowd *crowd, uint32_t group)
{
	return &crowd->sets[(size_t)group * crowd->set_count];
}

/* The set that a worker is in, and its bit there. */
static struct sy_crowd_set *place(struct sy_crowd *crowd, uint32_t worker,
                                  uint64_t *bit)
{
	uint32_t number = worker / crowd->group_count;

	*bit = UINT64_C(1) << (number % 64);
	return &sets(crowd, worker % crowd->group_count)[number / 64];
}

static bool any_runs(struct sy_crowd *crowd, uint32_t group)
{
	const struct sy_crowd_set *set = sets(crowd, group);
	uint32_t i;

	for (i = 0; i < crowd->set_count; i++)
		if (atomic_load_explicit(&set[i].running, memory_order_relaxed))
			return true;
	return false;
}

static void rouse(struct sy_crowd_worker *worker)
{
	atomic_store(&worker->awake, 1);
	sy_futex_wake(&worker->awake, 1);
}

/* Takes the first of the idle out of a set; its bit, or 0: none is idle. */
static uint64_t take_idle(struct sy_crowd_set *set)
{
	uint64_t idle = atomic_load(&set->idle);

	while (idle) {
		uint64_t bit = idle & -idle;

		idle = atomic_fetch_and(&set->idle, ~bit);
		if (idle & bit)
			return bit;
	}
	return 0;
}

/* Wakes one of a group.  False: none is idle. */
static bool wake_idle(struct sy_crowd *crowd, uint32_t group)
{
	struct sy_crowd_set *set = sets(crowd, group);
	uint32_t i, number;
	uint64_t bit = 0;

	for (i = 0; i < crowd->set_count && !bit; i++)
		bit = take_idle(&set[i]);
	if (!bit)
		return false;
	/* It counts from here on, so that nobody wakes a second one. */
	atomic_fetch_or(&set[i - 1].running, bit);
	number = (i - 1) * 64 + (uint32_t)__builtin_ctzll(bit);
	rouse(&crowd->workers[number * crowd->group_count + group]);
	return true;
}

void sy_crowd_wake(struct sy_crowd *crowd)
{
	uint32_t i;

	sy_fence();
	for (i = 0; i < crowd->group_count; i++)
		if (!any_runs(crowd, i) && wake_idle(crowd, i))
			break;
}

bool sy_crowd_park(struct sy_crowd *crowd, uint32_t worker,
                   bool (*has_work)(void *data), void *data)
{
	struct sy_crowd_worker *me = &crowd->workers[worker];
	struct sy_crowd_set *set;
	uint64_t bit;

	set = place(crowd, worker, &bit);
	atomic_store(&me->awake, 0);
	atomic_fetch_or(&set->idle, bit);
	sy_crowd_leave(crowd, worker, has_work, data);
	while (!atomic_load(&me->awake) && !atomic_load(&crowd->over))
		sy_futex_wait(&me->awake, 0, NULL);
	/* Who wakes one does both for it; who shakes all does neither. */
	if (atomic_load(&set->idle) & bit)
		atomic_fetch_and(&set->idle, ~bit);
	if (!(atomic_load(&set->running) & bit))
		atomic_fetch_or(&set->running, bit);
	return !atomic_load(&crowd->over);
}

void sy_crowd_leave(struct sy_crowd *crowd, uint32_t worker,
                    bool (*has_work)(void *data), void *data)
{
	struct sy_crowd_set *set;
	uint64_t bit;

	set = place(crowd, worker, &bit);
	atomic_fetch_and(&set->running, ~bit);
	sy_fence();
	if (has_work(data))
		sy_crowd_wake(crowd);
}

void sy_crowd_resume(struct sy_crowd *crowd, uint32_t worker)
{
	struct sy_crowd_set *set;
	uint64_t bit;

	set = place(crowd, worker, &bit);
	atomic_fetch_or(&set->running, bit);
}

void sy_crowd_leave_for_good(struct sy_crowd *crowd, uint32_t worker)
{
	struct sy_crowd_set *set;
	uint64_t bit;

	set = place(crowd, worker, &bit);
	atomic_fetch_and(&set->idle, ~bit);
	atomic_fetch_and(&set->running, ~bit);
}

void sy_crowd_shake(struct sy_crowd *crowd)
{
	uint32_t i;

	for (i = 0; i < crowd->worker_count; i++)
		rouse(&crowd->workers[i]);
}

void sy_crowd_end(struct sy_crowd *crowd)
{
	atomic_store(&crowd->over, true);
	sy_crowd_shake(crowd);
}
