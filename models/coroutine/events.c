/* SPDX-License-Identifier: MIT */
/*
 * events.c - what the coroutines of a scheduler wait for: sockets and time.
 *
 * Each connection is registered once, edge-triggered, so that waiting for it
 * costs no system call of its own.  An edge that comes while its coroutine
 * does not wait is remembered there; the end of a stream, after which there
 * are no more edges, for good.
 */
#include "scheduler.h"

#include <errno.h>
#include <linux/time_types.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define NS_PER_S UINT64_C(1000000000)

/* Linux 5.11; one number for all architectures since 5.1 (but for alpha). */
#ifndef SYS_epoll_pwait2
#define SYS_epoll_pwait2 441
#endif

/* The peer will send no more: EPOLLHUP and EPOLLERR are always reported. */
#define ENDED (EPOLLRDHUP | EPOLLHUP | EPOLLERR)

/* epoll_wait with nanoseconds; NULL waits without end. */
static int epoll_wait_ns(struct sy_scheduler *scheduler,
                         const struct __kernel_timespec *timeout)
{
	return (int)syscall(SYS_epoll_pwait2, scheduler->epoll,
	                    scheduler->events, SY_EVENTS_MAX, timeout, NULL,
	                    (size_t)0);
}

/* A timer that epoll reports, for kernels without epoll_pwait2. */
static int alarm_open(struct sy_scheduler *scheduler)
{
	struct epoll_event event = { .events = EPOLLIN };
	int rc;
	int alarm = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);

	if (alarm < 0)
		return -errno;
	if (epoll_ctl(scheduler->epoll, EPOLL_CTL_ADD, alarm, &event)) {
		rc = -errno;
		close(alarm);
		return rc;
	}
	scheduler->alarm = alarm;
	return 0;
}

int sy_events_open(struct sy_scheduler *scheduler)
{
	const struct __kernel_timespec at_once = { 0, 0 };
	int rc = 0;

	scheduler->alarm = -1;
	scheduler->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (scheduler->epoll < 0)
		return -errno;
	if (epoll_wait_ns(scheduler, &at_once) < 0 && errno == ENOSYS)
		rc = alarm_open(scheduler);
	if (rc)
		close(scheduler->epoll);
	return rc;
}

void sy_events_close(struct sy_scheduler *scheduler)
{
	if (scheduler->alarm >= 0)
		close(scheduler->alarm);
	close(scheduler->epoll);
}

static int control(struct sy_coroutine *coroutine, int what, uint32_t extra)
{
	struct epoll_event event = {
		.events = EPOLLIN | EPOLLRDHUP | EPOLLET | extra,
		.data.ptr = coroutine,
	};

	return epoll_ctl(coroutine->scheduler->epoll, what, coroutine->lane->fd,
	                 &event)
	               ? -errno
	               : 0;
}

int sy_events_register(struct sy_coroutine *coroutine, bool roomy)
{
	coroutine->roomy = roomy;
	if (coroutine->lane->fd < 0)
		return 0;
	return control(coroutine, EPOLL_CTL_ADD, roomy ? EPOLLOUT : 0);
}

int sy_events_watch(struct sy_coroutine *coroutine, bool sending)
{
	/* A change reports again what holds already: no edge is lost. */
	return control(coroutine, EPOLL_CTL_MOD, sending ? EPOLLOUT : 0);
}

static void notice(struct sy_coroutine *coroutine, uint32_t events)
{
	if (events & ENDED)
		coroutine->ended = true;
	if (events & EPOLLIN && coroutine->awaits != EPOLLIN)
		coroutine->readable = true;
	if (!(events & (coroutine->awaits | ENDED)) || !coroutine->awaits)
		return;
	coroutine->awaits = 0;
	coroutine->scheduler->io_parked--;
	sy_scheduler_wake(coroutine->scheduler, coroutine);
}

static void notice_all(struct sy_scheduler *scheduler, int count)
{
	for (int i = 0; i < count; i++) {
		struct epoll_event *event = &scheduler->events[i];

		/* Alarm and bell are without a coroutine. */
		if (event->data.ptr)
			notice(event->data.ptr, event->events);
	}
}

static void time_out(struct sy_coroutine *coroutine)
{
	if (!coroutine->awaits) {
		sy_meet_time_out(coroutine);
		return;
	}
	coroutine->awaits = 0;
	coroutine->timed_out = true;
	coroutine->scheduler->io_parked--;
	sy_scheduler_wake(coroutine->scheduler, coroutine);
}

static void fire_first(struct sy_scheduler *scheduler)
{
	struct sy_deadline *deadline;
	void *sleeper = sy_timers_pop(&scheduler->timers, &deadline);
	struct sy_guest *guest;

	if (sleeper) {
		sy_scheduler_wake(scheduler, sleeper);
		return;
	}
	guest = (void *)((char *)deadline -
	                 offsetof(struct sy_guest, deadline));
	time_out(guest->coroutine);
}

/* Wakes those whose time has come, never one whose has not.  Called where
   there are timers. */
static void fire(struct sy_scheduler *scheduler)
{
	struct sy_timers *timers = &scheduler->timers;
	uint64_t now_ns = sy_clock_ns();
	uint64_t due_ns;

	for (due_ns = sy_timers_next(timers); due_ns && due_ns <= now_ns;
	     due_ns = sy_timers_next(timers))
		fire_first(scheduler);
}

static void budget_begin(struct sy_scheduler *scheduler)
{
	scheduler->tasks_left = SY_BUDGET_TASKS;
	scheduler->rounds_left = SY_BUDGET_ROUNDS;
	sy_context_see(scheduler->context);
}

void sy_scheduler_poll(struct sy_scheduler *scheduler)
{
	if (scheduler->io_parked)
		notice_all(scheduler,
		           epoll_wait(scheduler->epoll, scheduler->events,
		                      SY_EVENTS_MAX, 0));
	if (scheduler->timers.count)
		fire(scheduler);
	if (scheduler->meets)
		sy_meet_collect(scheduler);
	budget_begin(scheduler);
}

/* Waits by the alarm, which is set to the first timer. */
static int wait_by_alarm(struct sy_scheduler *scheduler)
{
	struct itimerspec set = { { 0, 0 }, { 0, 0 } };
	uint64_t due_ns = sy_timers_next(&scheduler->timers);

	if (due_ns) {
		set.it_value.tv_sec = (time_t)(due_ns / NS_PER_S);
		set.it_value.tv_nsec = (long)(due_ns % NS_PER_S);
	}
	/* Setting it also takes back what it has reported. */
	if (timerfd_settime(scheduler->alarm, TFD_TIMER_ABSTIME, &set, NULL))
		return -1;
	return epoll_wait(scheduler->epoll, scheduler->events, SY_EVENTS_MAX,
	                  -1);
}

static int wait_by_timeout(struct sy_scheduler *scheduler)
{
	struct __kernel_timespec timeout = { 0, 0 };
	uint64_t due_ns = sy_timers_next(&scheduler->timers);
	uint64_t now_ns;

	if (!due_ns)
		return epoll_wait_ns(scheduler, NULL);
	now_ns = sy_clock_ns();
	if (due_ns > now_ns) {
		timeout.tv_sec = (long long)((due_ns - now_ns) / NS_PER_S);
		timeout.tv_nsec = (long long)((due_ns - now_ns) % NS_PER_S);
	}
	return epoll_wait_ns(scheduler, &timeout);
}

/* Waits until something has happened that may make a coroutine ready. */
static int wait_once(struct sy_scheduler *scheduler)
{
	int count;

	if (!sy_meet_sleep(scheduler)) {
		budget_begin(scheduler);
		return 0;
	}
	count = scheduler->alarm < 0 ? wait_by_timeout(scheduler)
	                             : wait_by_alarm(scheduler);
	if (count < 0 && errno != EINTR)
		return -errno;
	sy_meet_rise(scheduler);
	notice_all(scheduler, count);
	if (scheduler->timers.count)
		fire(scheduler);
	budget_begin(scheduler);
	return 0;
}

struct sy_fiber *sy_scheduler_next(struct sy_scheduler *scheduler)
{
	struct sy_coroutine *next = sy_scheduler_take(scheduler);

	while (!next && scheduler->running && !scheduler->error) {
		scheduler->error = wait_once(scheduler);
		next = sy_scheduler_take(scheduler);
	}
	return next ? &next->fiber : &scheduler->home;
}
