/* SPDX-License-Identifier: MIT */
/*
 * routines_wait.c - what routines wait for: time and descriptors.
 *
 * A descriptor is watched for one event at a time (EPOLLONESHOT), so that one
 * that nobody waits for wakes nobody.
 */
#include "routines_internal.h"

#include <errno.h>
#include <stddef.h>
#include <unistd.h>

#include "model.h"
#include "stream_socket.h"

#define NS_PER_MS UINT64_C(1000000)

int sy_routines_wait_open(struct sy_routines *set)
{
	/* Those of the set, and the thread. */
	int rc = sy_timers_open(&set->timers, set->most + 1);

	if (rc)
		return rc;
	set->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (set->epoll >= 0)
		return 0;
	rc = -errno;
	sy_timers_close(&set->timers);
	return rc;
}

void sy_routines_wait_close(struct sy_routines *set)
{
	close(set->epoll);
	sy_timers_close(&set->timers);
}

/* ---- waiting ---- */

static void come(struct sy_routines *set, struct sy_routine *routine,
                 int result)
{
	routine->deadline.due_ns = 0;
	routine->fd = -1;
	set->kernel_waits--;
	sy_routine_wake(routine, result);
}

/* Nobody is woken for it any more. */
static void unwatch(struct sy_routines *set, int fd)
{
	struct epoll_event nothing = { 0 };

	epoll_ctl(set->epoll, EPOLL_CTL_MOD, fd, &nothing);
}

static void look_at_time(struct sy_routines *set)
{
	uint64_t now = sy_clock_ns(), due;

	while ((due = sy_timers_next(&set->timers)) && due <= now) {
		struct sy_deadline *deadline;
		struct sy_routine *routine;
		bool timed_out;

		sy_timers_pop(&set->timers, &deadline);
		routine = (void *)((char *)deadline -
		                   offsetof(struct sy_routine, deadline));
		timed_out = routine->fd >= 0;
		if (timed_out)
			unwatch(set, routine->fd);
		come(set, routine, timed_out ? -ETIMEDOUT : 0);
	}
}

/* Until the first is due, in whole milliseconds: never too short. */
static int timeout_ms(struct sy_routines *set)
{
	uint64_t due = sy_timers_next(&set->timers), now, ms;

	if (!due)
		return -1;
	now = sy_clock_ns();
	if (due <= now)
		return 0;
	ms = (due - now + NS_PER_MS - 1) / NS_PER_MS;
	return ms < INT32_MAX ? (int)ms : INT32_MAX;
}

void sy_routines_look(struct sy_routines *set, bool block)
{
	int count = epoll_wait(set->epoll, set->events, SY_ROUTINE_EVENTS,
	                       block ? timeout_ms(set) : 0);

	for (int i = 0; i < count; i++) {
		struct sy_routine *routine = set->events[i].data.ptr;

		if (routine->fd >= 0)
			come(set, routine, 0);
	}
	look_at_time(set);
}

int sy_routine_sleep(struct sy_routines *set, uint64_t until_ns)
{
	set->kernel_waits++;
	/* 0 would be none. */
	sy_timers_set(&set->timers, until_ns ? until_ns : 1,
	              &set->running->deadline);
	return sy_routine_park(set);
}

int sy_routine_await(struct sy_routines *set, int fd, uint32_t events,
                     uint64_t by_ns)
{
	struct sy_routine *self = set->running;
	struct epoll_event event = { .events = events | EPOLLONESHOT,
		                     .data.ptr = self };

	if (epoll_ctl(set->epoll, EPOLL_CTL_MOD, fd, &event) &&
	    (errno != ENOENT ||
	     epoll_ctl(set->epoll, EPOLL_CTL_ADD, fd, &event)))
		return -errno;
	self->fd = fd;
	set->kernel_waits++;
	if (by_ns)
		sy_timers_set(&set->timers, by_ns, &self->deadline);
	return sy_routine_park(set);
}

void sy_routine_forget(struct sy_routines *set, int fd)
{
	epoll_ctl(set->epoll, EPOLL_CTL_DEL, fd, NULL);
}

/* ---- sockets ---- */

/* What became of a connection that was begun. */
static int connected(struct sy_routines *set, int fd, uint64_t by_ns)
{
	int rc = sy_routine_await(set, fd, EPOLLOUT, by_ns);

	return rc ? rc : sy_stream_socket_error(fd);
}

int sy_routine_connect(struct sy_routines *set, const struct sockaddr *address,
                       socklen_t bytes, uint64_t by_ns, int *fd)
{
	int new = sy_stream_socket(address, SOCK_NONBLOCK), rc = 0;

	if (new < 0)
		return new;
	if (connect(new, address, bytes))
		rc = errno == EINPROGRESS ? connected(set, new, by_ns) : -errno;
	if (rc) {
		sy_routine_forget(set, new);
		close(new);
		return rc;
	}
	*fd = new;
	return 0;
}

int sy_routine_send(struct sy_routines *set, int fd, const void *from,
                    size_t bytes, uint64_t by_ns)
{
	const unsigned char *at = from;

	while (bytes) {
		ssize_t sent = send(fd, at, bytes, MSG_NOSIGNAL | MSG_DONTWAIT);
		int rc = 0;

		if (sent >= 0) {
			at += sent;
			bytes -= (size_t)sent;
		} else if (errno == EAGAIN) {
			rc = sy_routine_await(set, fd, EPOLLOUT, by_ns);
		} else if (errno != EINTR) {
			rc = -errno;
		}
		if (rc)
			return rc;
	}
	return 0;
}

int sy_routine_receive(struct sy_routines *set, int fd, void *to, size_t bytes,
                       uint64_t by_ns, size_t *received)
{
	for (;;) {
		ssize_t come = recv(fd, to, bytes, MSG_DONTWAIT);
		int rc = 0;

		if (come >= 0) {
			*received = (size_t)come;
			return 0;
		}
		if (errno == EAGAIN)
			rc = sy_routine_await(set, fd, EPOLLIN, by_ns);
		else if (errno != EINTR)
			rc = -errno;
		if (rc)
			return rc;
	}
}
