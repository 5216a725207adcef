/* SPDX-License-Identifier: MIT */
/*
 * handoff_semaphore.c - a POSIX semaphore for each context.
 *
 * A hand-off is a sem_post to the next and a sem_wait of one's own: one
 * switch.  Between threads it is `threads.posix`, and the same under
 * `semaphore`; between processes that share the semaphores `fork.semaphore`.
 *
 * `alone` posts and waits on one semaphore, which makes no system call: the
 * futex calls that sleep and wake stay in the net figure.
 */
#include "models.h"

#include <errno.h>

#include "relay.h"

static int create(struct sy_relay_seat *seat)
{
	return sem_init(&seat->semaphore, seat->relay->shared, 0) ? -errno : 0;
}

static void destroy(struct sy_relay_seat *seat)
{
	sem_destroy(&seat->semaphore);
}

static void give(struct sy_relay_seat *to)
{
	sem_post(&to->semaphore);
}

static int take(struct sy_relay_seat *me)
{
	return sem_wait(&me->semaphore) ? -errno : 0;
}

static int pass(struct sy_relay_seat *me)
{
	give(me->next);
	return take(me);
}

/* There is a unit to take, so that no signal stops it. */
static int alone(struct sy_relay_seat *me)
{
	give(me);
	return take(me);
}

static const struct sy_relay_way semaphore = {
	.create = create,
	.destroy = destroy,
	.give = give,
	.take = take,
	.pass = pass,
	.alone = alone,
};

const struct sy_mechanism sy_threads_posix = {
	SY_RELAY_THREADS,
	.name = "posix",
	.summary = "POSIX semaphore",
	.takes = SY_TAKES_RING | SY_TAKES_WORKING,
	.switches_min = 1,
	.switches_max = 1,
	.way = &semaphore,
};

const struct sy_mechanism sy_semaphore_posix = {
	SY_RELAY_THREADS,
	.name = "posix",
	.summary = "POSIX semaphore",
	.takes = SY_TAKES_RING | SY_TAKES_WORKING,
	.in_tour = true,
	.switches_min = 1,
	.switches_max = 1,
	.way = &semaphore,
};

const struct sy_mechanism sy_fork_semaphore = {
	SY_RELAY_PROCESSES,
	.name = "semaphore",
	.summary = "process-shared semaphore",
	.takes = SY_TAKES_RING | SY_TAKES_WORKING,
	.in_tour = true,
	.switches_min = 1,
	.switches_max = 1,
	.way = &semaphore,
};
