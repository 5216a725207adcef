/* SPDX-License-Identifier: MIT */
/*
 * meet.c - coroutines that wait for others, on their own thread or another.
 *
 * On its own thread a coroutine that is woken goes straight into the ready
 * queue.  From another one it is put into its scheduler's inbox, which is
 * looked at each budget and before each sleep; a bell, that epoll watches, is
 * rung where that one sleeps.
 *
 * A scheduler is stuck when it sleeps and all of its coroutines are stranded:
 * only another one can wake it.  Who rings the bell of a scheduler counts it
 * as live again itself.  Therefore nothing is under way any more when none is
 * live, and those that are stranded then are so for ever.
 */
#include "scheduler.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

static struct sy_coroutine *coroutine_of(struct sy_waiter *waiter)
{
	struct sy_guest *guest =
		(void *)((char *)waiter - offsetof(struct sy_guest, waiter));

	return guest->coroutine;
}

static void ring(struct sy_scheduler *scheduler)
{
	/* It is never read: each addition is an edge of its own. */
	if (scheduler->bell >= 0)
		(void)eventfd_write(scheduler->bell, 1);
}

/* On its own thread. */
static void go_on(struct sy_coroutine *coroutine)
{
	coroutine->scheduler->stranded -= coroutine->stranded;
	coroutine->stranded = false;
	sy_scheduler_wake(coroutine->scheduler, coroutine);
}

static void send_to(struct sy_scheduler *scheduler, struct sy_waiter *waiter)
{
	struct sy_inbox *inbox = &scheduler->inbox;
	uint32_t repose;

	waiter->next = __atomic_load_n(&inbox->first, __ATOMIC_RELAXED);
	while (!__atomic_compare_exchange_n(&inbox->first, &waiter->next,
	                                    waiter, true, __ATOMIC_SEQ_CST,
	                                    __ATOMIC_RELAXED))
		;
	if (__atomic_load_n(&inbox->repose, __ATOMIC_SEQ_CST) == SY_AWAKE)
		return;
	repose =
		__atomic_exchange_n(&inbox->repose, SY_AWAKE, __ATOMIC_SEQ_CST);
	if (repose == SY_STUCK)
		__atomic_add_fetch(&scheduler->supply->live, 1,
		                   __ATOMIC_SEQ_CST);
	if (repose != SY_AWAKE)
		ring(scheduler);
}

static void wake(struct sy_waiter *waiter, struct sy_waiter *by)
{
	struct sy_coroutine *coroutine = coroutine_of(waiter);

	if (coroutine->scheduler == coroutine_of(by)->scheduler)
		go_on(coroutine);
	else
		send_to(coroutine->scheduler, waiter);
}

void sy_meet_guest(struct sy_coroutine *coroutine, struct sy_guest *guest)
{
	*guest = (struct sy_guest){
		.coroutine = coroutine,
		.waiter.wake = wake,
	};
	coroutine->guest = guest;
}

static struct sy_waiter *reversed(struct sy_waiter *last)
{
	struct sy_waiter *first = NULL, *next;

	for (; last; last = next) {
		next = last->next;
		last->next = first;
		first = last;
	}
	return first;
}

void sy_meet_collect(struct sy_scheduler *scheduler)
{
	struct sy_inbox *inbox = &scheduler->inbox;
	struct sy_waiter *waiter, *next;

	if (!__atomic_load_n(&inbox->first, __ATOMIC_RELAXED))
		return;
	waiter = reversed(
		__atomic_exchange_n(&inbox->first, NULL, __ATOMIC_ACQUIRE));
	for (; waiter; waiter = next) {
		next = waiter->next;
		go_on(coroutine_of(waiter));
	}
}

void sy_meet_time_out(struct sy_coroutine *coroutine)
{
	/* Otherwise it comes by the inbox, with what it waited for. */
	if (!sy_parking_give_up(coroutine->scheduler->supply->parking,
	                        &coroutine->guest->waiter))
		return;
	coroutine->guest->waiter.result = -ETIMEDOUT;
	go_on(coroutine);
}

/* Ends the waits that would never end. */
static void lose_hope(struct sy_scheduler *scheduler)
{
	for (uint32_t i = 0; i < scheduler->count; i++) {
		struct sy_coroutine *coroutine = scheduler->all[i];

		if (!coroutine->stranded ||
		    !sy_parking_give_up(scheduler->supply->parking,
		                        &coroutine->guest->waiter))
			continue;
		coroutine->guest->waiter.result = -EDEADLK;
		go_on(coroutine);
	}
}

/* Tells those that are stuck, when none is live. */
static void tell_all(struct sy_supply *supply)
{
	struct sy_scheduler *scheduler =
		__atomic_load_n(&supply->all, __ATOMIC_ACQUIRE);

	for (; scheduler; scheduler = scheduler->sibling) {
		uint32_t stuck = SY_STUCK;

		if (!__atomic_compare_exchange_n(
			    &scheduler->inbox.repose, &stuck, SY_AWAKE, false,
			    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
			continue;
		__atomic_add_fetch(&supply->live, 1, __ATOMIC_SEQ_CST);
		__atomic_store_n(&scheduler->inbox.hopeless, true,
		                 __ATOMIC_SEQ_CST);
		ring(scheduler);
	}
}

static void leave_the_live(struct sy_supply *supply)
{
	if (!__atomic_sub_fetch(&supply->live, 1, __ATOMIC_SEQ_CST))
		tell_all(supply);
}

void sy_meet_rise(struct sy_scheduler *scheduler)
{
	struct sy_inbox *inbox = &scheduler->inbox;

	if (!scheduler->meets)
		return;
	if (__atomic_exchange_n(&inbox->repose, SY_AWAKE, __ATOMIC_SEQ_CST) ==
	    SY_STUCK)
		__atomic_add_fetch(&scheduler->supply->live, 1,
		                   __ATOMIC_SEQ_CST);
	if (__atomic_exchange_n(&inbox->hopeless, false, __ATOMIC_SEQ_CST))
		lose_hope(scheduler);
	sy_meet_collect(scheduler);
}

/* Whether somebody had sent before he could see that `scheduler` sleeps, who
   is awake again then. */
static bool awake_again(struct sy_scheduler *scheduler, bool stuck)
{
	struct sy_inbox *inbox = &scheduler->inbox;

	if (!__atomic_load_n(&inbox->first, __ATOMIC_SEQ_CST))
		return false;
	/* Who saw it stuck has counted it, but it had not left the live. */
	if (__atomic_exchange_n(&inbox->repose, SY_AWAKE, __ATOMIC_SEQ_CST) ==
	            SY_AWAKE &&
	    stuck)
		__atomic_sub_fetch(&scheduler->supply->live, 1,
		                   __ATOMIC_SEQ_CST);
	sy_meet_collect(scheduler);
	return true;
}

bool sy_meet_sleep(struct sy_scheduler *scheduler)
{
	bool stuck = scheduler->stranded == scheduler->running;

	if (!scheduler->meets)
		return true;
	__atomic_store_n(&scheduler->inbox.repose, stuck ? SY_STUCK : SY_ASLEEP,
	                 __ATOMIC_SEQ_CST);
	if (awake_again(scheduler, stuck))
		return false;
	if (!stuck)
		return true;
	leave_the_live(scheduler->supply);
	if (!__atomic_load_n(&scheduler->inbox.hopeless, __ATOMIC_SEQ_CST))
		return true;
	sy_meet_rise(scheduler);
	return false;
}

void sy_meet_begin(struct sy_scheduler *scheduler)
{
	__atomic_store_n(&scheduler->inbox.hopeless, false, __ATOMIC_RELAXED);
}

void sy_meet_end(struct sy_scheduler *scheduler)
{
	if (!scheduler->meets)
		return;
	sy_meet_rise(scheduler); /* where epoll has failed */
	leave_the_live(scheduler->supply);
}

static int bell_open(struct sy_scheduler *scheduler)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };
	int bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	int rc;

	if (bell < 0)
		return -errno;
	if (epoll_ctl(scheduler->epoll, EPOLL_CTL_ADD, bell, &event)) {
		rc = -errno;
		close(bell);
		return rc;
	}
	scheduler->bell = bell;
	return 0;
}

int sy_meet_open(struct sy_scheduler *scheduler)
{
	const struct sy_batch *batch = scheduler->batch;
	struct sy_supply *supply = scheduler->supply;
	int rc = 0;

	scheduler->bell = -1;
	scheduler->meets =
		batch->lock_count || batch->gate_count || batch->event_count;
	if (scheduler->meets && supply->schedulers > 1)
		rc = bell_open(scheduler);
	if (rc)
		return rc;
	scheduler->sibling = __atomic_load_n(&supply->all, __ATOMIC_RELAXED);
	while (!__atomic_compare_exchange_n(&supply->all, &scheduler->sibling,
	                                    scheduler, true, __ATOMIC_RELEASE,
	                                    __ATOMIC_RELAXED))
		;
	return 0;
}

void sy_meet_close(struct sy_scheduler *scheduler)
{
	if (scheduler->bell >= 0)
		close(scheduler->bell);
}
