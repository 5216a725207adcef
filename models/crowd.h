/* SPDX-License-Identifier: MIT */
/*
 * crowd.h - which workers of a pool are awake, and whom to wake.
 *
 * Workers are grouped by the PU that they are bound to.  The rule is that a
 * PU on which a worker is running needs no other: a group is given one more
 * worker only while none of it runs.  Waking as many workers as there are
 * jobs would cost a context switch a job (200 times the work on one PU).
 *
 * What keeps work from being forgotten: a submitter publishes, then looks who
 * runs; a worker that stops running says so, then looks for work.  Whoever
 * comes second sees the other, and wakes somebody.
 *
 * Of the idle workers of a group the one with the lowest number is woken, so
 * that it is the same few whose caches are warm.
 *
 * A worker is a bit in each of two sets, which it may set or clear twice, so
 * that one that has died anywhere in here is put right without knowing where:
 * see sy_crowd_leave_for_good and sy_crowd_shake.
 */
#ifndef SY_CROWD_H
#define SY_CROWD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sy_crowd_worker {
	_Alignas(64) _Atomic uint32_t awake; /* parked while 0 */
};

/* Of 64 workers of a group. */
struct sy_crowd_set {
	_Alignas(64) _Atomic uint64_t idle;
	_Atomic uint64_t running; /* on the PU, not blocked and not parked */
};

/* Lies in memory that the workers share. */
struct sy_crowd {
	uint32_t worker_count, group_count;
	uint32_t set_count; /* of each group, one behind the other */
	atomic_bool over;   /* nobody parks any more */
	struct sy_crowd_set *sets;
	struct sy_crowd_worker *workers; /* worker i in group i % group_count */
};

size_t sy_crowd_bytes(uint32_t worker_count, uint32_t group_count);
/* `memory`: sy_crowd_bytes of zeroes, aligned to 64; all workers run. */
void sy_crowd_init(struct sy_crowd *crowd, uint32_t worker_count,
                   uint32_t group_count, void *memory);

/* There is work: wakes a worker of one group where none runs, if any is idle. */
void sy_crowd_wake(struct sy_crowd *crowd);

/*
 * Worker `worker` found no work.  It goes to the idle; then, where `has_work`
 * has changed its mind, somebody is woken; it sleeps until it is woken itself.
 * False: it is over.
 */
bool sy_crowd_park(struct sy_crowd *crowd, uint32_t worker,
                   bool (*has_work)(void *data), void *data);

/*
 * The worker is about to block: it no longer counts as running, and hands its
 * PU on where there is work.  After it, `resume` makes it count again.
 */
void sy_crowd_leave(struct sy_crowd *crowd, uint32_t worker,
                    bool (*has_work)(void *data), void *data);
void sy_crowd_resume(struct sy_crowd *crowd, uint32_t worker);

/*
 * For a worker that has died: it is neither idle nor running; the one in its
 * place begins with `resume`.  It may have been about to wake another one,
 * which nobody knows of any more: `shake` wakes all, who look for work and
 * park again.
 */
void sy_crowd_leave_for_good(struct sy_crowd *crowd, uint32_t worker);
void sy_crowd_shake(struct sy_crowd *crowd);

/* Whoever is parked, or wants to park from now on, is told that it is over. */
void sy_crowd_end(struct sy_crowd *crowd);

#endif /* SY_CROWD_H */
