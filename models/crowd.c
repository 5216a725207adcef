/* SPDX-License-Identifier: MIT */
/* crowd.c - see crowd.h. */
#include "crowd.h"

#include "futex.h"

#define NUMBER UINT64_C(0xffffffff)
#define CHANGE (UINT64_C(1) << 32)

size_t sy_crowd_bytes(uint32_t worker_count, uint32_t group_count)
{
	return worker_count * sizeof(struct sy_crowd_worker) +
	       group_count * sizeof(struct sy_crowd_group);
}

void sy_crowd_init(struct sy_crowd *crowd, uint32_t worker_count,
                   uint32_t group_count, void *memory)
{
	uint32_t i;

	crowd->group_count = group_count;
	crowd->workers = memory;
	crowd->groups = (void *)(crowd->workers + worker_count);
	for (i = 0; i < worker_count; i++)
		atomic_fetch_add(&crowd->groups[i % group_count].running, 1);
}

static struct sy_crowd_group *group_of(struct sy_crowd *crowd, uint32_t worker)
{
	return &crowd->groups[worker % crowd->group_count];
}

static void push_idle(struct sy_crowd *crowd, uint32_t worker)
{
	struct sy_crowd_group *group = group_of(crowd, worker);
	uint64_t top = atomic_load(&group->idle);
	uint64_t next;

	do {
		atomic_store(&crowd->workers[worker].below,
		             (uint32_t)(top & NUMBER));
		next = ((top & ~NUMBER) + CHANGE) | (worker + 1);
	} while (!atomic_compare_exchange_weak(&group->idle, &top, next));
}

/* Wakes the group's last idle worker.  False: none is idle. */
static bool wake_idle(struct sy_crowd *crowd, struct sy_crowd_group *group)
{
	uint64_t top = atomic_load(&group->idle);
	struct sy_crowd_worker *worker;
	uint64_t next;

	do {
		if (!(top & NUMBER))
			return false;
		worker = &crowd->workers[(top & NUMBER) - 1];
		next = ((top & ~NUMBER) + CHANGE) | atomic_load(&worker->below);
	} while (!atomic_compare_exchange_weak(&group->idle, &top, next));

	/* It counts from here on, so that nobody wakes a second one. */
	atomic_fetch_add(&group->running, 1);
	atomic_store(&worker->awake, 1);
	sy_futex_wake(&worker->awake, 1);
	return true;
}

void sy_crowd_wake(struct sy_crowd *crowd)
{
	uint32_t i;

	sy_fence();
	for (i = 0; i < crowd->group_count; i++) {
		struct sy_crowd_group *group = &crowd->groups[i];

		if (atomic_load_explicit(&group->running,
		                         memory_order_relaxed) <= 0 &&
		    wake_idle(crowd, group))
			break;
	}
}

void sy_crowd_park(struct sy_crowd *crowd, uint32_t worker,
                   bool (*has_work)(void *data), void *data)
{
	struct sy_crowd_worker *me = &crowd->workers[worker];

	atomic_store(&me->awake, 0);
	push_idle(crowd, worker);
	atomic_fetch_sub(&group_of(crowd, worker)->running, 1);
	sy_fence();
	if (has_work(data))
		sy_crowd_wake(crowd);
	while (!atomic_load(&me->awake))
		sy_futex_wait(&me->awake, 0, NULL);
}

void sy_crowd_leave(struct sy_crowd *crowd, uint32_t worker,
                    bool (*has_work)(void *data), void *data)
{
	atomic_fetch_sub(&group_of(crowd, worker)->running, 1);
	sy_fence();
	if (has_work(data))
		sy_crowd_wake(crowd);
}

void sy_crowd_resume(struct sy_crowd *crowd, uint32_t worker)
{
	atomic_fetch_add(&group_of(crowd, worker)->running, 1);
}
