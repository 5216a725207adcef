/* SPDX-License-Identifier: MIT */
/*
 * routines_wait.c - what routines wait for: time and descriptors.
 *
 * A descriptor is watched for one event at a time (EPOLLONESHOT), so that one
 * that nobody waits for wakes nobody.  Who waits with a deadline is in a heap
 * that knows each one's place, so that it can be taken out again.
 */
#include "routines_internal.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include "model.h"

#define NS_PER_MS UINT64_C(1000000)

int sy_routines_wait_open(struct sy_routines *set)
{
	set->epoll = epoll_create1(EPOLL_CLOEXEC);
	return set->epoll < 0 ? -errno : 0;
}

void sy_routines_wait_close(struct sy_routines *set)
{
	close(set->epoll);
}

/* ---- the heap ---- */

static void place(struct sy_routines *set, uint32_t at,
                  struct sy_routine *routine)
{
	set->due[at] = routine;
	routine->place = at;
}

static void rise(struct sy_routines *set, uint32_t at,
                 struct sy_routine *routine)
{
	for (; at > 1 && set->due[at / 2]->due_ns > routine->due_ns; at /= 2)
		place(set, at, set->due[at / 2]);
	place(set, at, routine);
}

static void sink(struct sy_routines *set, uint32_t at,
                 struct sy_routine *routine)
{
	uint32_t child;

	while ((child = 2 * at) <= set->due_count) {
		if (child < set->due_count &&
		    set->due[child + 1]->due_ns < set->due[child]->due_ns)
			child++;
		if (set->due[child]->due_ns >= routine->due_ns)
			break;
		place(set, at, set->due[child]);
		at = child;
	}
	place(set, at, routine);
}

static void due_add(struct sy_routines *set, struct sy_routine *routine,
                    uint64_t due_ns)
{
	routine->due_ns = due_ns;
	rise(set, ++set->due_count, routine);
}

static void due_remove(struct sy_routines *set, struct sy_routine *routine)
{
	uint32_t at = routine->place;
	struct sy_routine *last = set->due[set->due_count--];

	routine->place = 0;
	if (last == routine)
		return;
	sink(set, at, last);
	rise(set, last->place, last);
}

/* ---- waiting ---- */

static void come(struct sy_routines *set, struct sy_routine *routine,
                 int result)
{
	if (routine->place)
		due_remove(set, routine);
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
	uint64_t now = sy_clock_ns();

	while (set->due_count && set->due[1]->due_ns <= now) {
		struct sy_routine *routine = set->due[1];
		bool timed_out = routine->fd >= 0;

		if (timed_out)
			unwatch(set, routine->fd);
		come(set, routine, timed_out ? -ETIMEDOUT : 0);
	}
}

/* Until the first is due, in whole milliseconds: never too short. */
static int timeout_ms(const struct sy_routines *set)
{
	uint64_t now, ms;

	if (!set->due_count)
		return -1;
	now = sy_clock_ns();
	if (set->due[1]->due_ns <= now)
		return 0;
	ms = (set->due[1]->due_ns - now + NS_PER_MS - 1) / NS_PER_MS;
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
	due_add(set, set->running, until_ns);
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
		due_add(set, self, by_ns);
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
	int error = 0, rc = sy_routine_await(set, fd, EPOLLOUT, by_ns);
	socklen_t bytes = sizeof(error);

	if (!rc && getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &bytes))
		rc = -errno;
	return rc ? rc : -error;
}

int sy_routine_connect(struct sy_routines *set, const struct sockaddr *address,
                       socklen_t bytes, uint64_t by_ns, int *fd)
{
	int one = 1, rc = 0;
	int new = socket(address->sa_family,
	                 SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (new < 0)
		return -errno;
	if (address->sa_family != AF_UNIX)
		setsockopt(new, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
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
