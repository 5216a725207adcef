/* SPDX-License-Identifier: MIT */
/*
 * handoff_condition.c - a mutex, and a condition variable for each thread.
 *
 * A hand-off is: lock, set whose turn it is, signal, wait until it is one's
 * own again, unlock.  The signal is given with the mutex held; on one PU the
 * woken thread may then run before its waker lets go of the mutex, and
 * sleep once more on that: one voluntary switch or two.
 *
 * `alone` makes the calls of a hand-off that do not wait: lock, set, signal
 * (nobody waits, so no system call), unlock.  What the kernel does to put one
 * thread to sleep and wake the other stays in the net figure.
 */
#include "models.h"

#include "relay.h"

/* Between threads only, with default attributes: it only sets memory. */
static int create(struct sy_relay_seat *seat)
{
	return -pthread_cond_init(&seat->changed, NULL);
}

static void destroy(struct sy_relay_seat *seat)
{
	pthread_cond_destroy(&seat->changed);
}

static inline void hand_to(struct sy_relay *relay, struct sy_relay_seat *to)
{
	relay->holder = to;
	pthread_cond_signal(&to->changed);
}

static inline void await_turn(struct sy_relay *relay, struct sy_relay_seat *me)
{
	while (relay->holder != me)
		pthread_cond_wait(&me->changed, &relay->mutex);
}

static void give(struct sy_relay_seat *to)
{
	struct sy_relay *relay = to->relay;

	pthread_mutex_lock(&relay->mutex);
	hand_to(relay, to);
	pthread_mutex_unlock(&relay->mutex);
}

static int take(struct sy_relay_seat *me)
{
	struct sy_relay *relay = me->relay;

	pthread_mutex_lock(&relay->mutex);
	await_turn(relay, me);
	pthread_mutex_unlock(&relay->mutex);
	return 0;
}

static int pass(struct sy_relay_seat *me)
{
	struct sy_relay *relay = me->relay;

	pthread_mutex_lock(&relay->mutex);
	hand_to(relay, me->next);
	await_turn(relay, me);
	pthread_mutex_unlock(&relay->mutex);
	return 0;
}

static int alone(struct sy_relay_seat *me)
{
	give(me);
	return 0;
}

static const struct sy_relay_way condition = {
	.create = create,
	.destroy = destroy,
	.give = give,
	.take = take,
	.pass = pass,
	.alone = alone,
};

const struct sy_mechanism sy_threads_condition = {
	SY_RELAY_THREADS,
	.name = "condition",
	.summary = "mutex and condition variable",
	.takes = SY_TAKES_RING | SY_TAKES_WORKING,
	.in_tour = true,
	.switches_min = 1,
	.switches_max = 2,
	.way = &condition,
};
