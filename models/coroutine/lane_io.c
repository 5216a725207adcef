/* SPDX-License-Identifier: MIT */
/*
 * lane_io.c - see lane_ops.h.  A lane's connection, where there is more to do
 * than lane.c does at once.
 */
#include "lane_ops.h"

#include <errno.h>
#include <sys/socket.h>

#include "connection.h"
#include "lane_park.h"

/* What a receive that did not wait is charged: about a microsecond. */
#define RECEIVE_ROUNDS (SY_BUDGET_ROUNDS / 50)

/* What a call carried, or its negative errno with one name for each. */
static int64_t outcome(ssize_t carried)
{
	if (carried >= 0)
		return carried;
	return errno == EWOULDBLOCK ? -EAGAIN : -errno;
}

/* Whether the task's deadline has come: who tries without waiting would not
   learn it otherwise. */
static bool late(const struct sy_coroutine *self)
{
	uint64_t due_ns = self->lane->task.deadline_ns;

	return due_ns && sy_clock_ns() >= due_ns;
}

/* False: the deadline has come before. */
static bool await(struct sy_coroutine *self, uint32_t events)
{
	if (self->scheduler->kind == SY_SWITCH_UCONTEXT)
		return park_for(self, events, SY_SWITCH_UCONTEXT);
	return park_for(self, events, SY_LANE_SWITCH);
}

/* Others have their turn when the budget is over, though a peer never stop
   sending. */
static void give_way(struct sy_coroutine *self)
{
	sy_scheduler_charge(self->scheduler, RECEIVE_ROUNDS);
	if (self->scheduler->tasks_left > 0)
		return;
	if (self->scheduler->kind == SY_SWITCH_UCONTEXT)
		yield(self, SY_SWITCH_UCONTEXT);
	else
		yield(self, SY_LANE_SWITCH);
}

/* Waits for room; *watched: the connection's edges were changed for it. */
static int64_t await_room(struct sy_coroutine *self, bool *watched)
{
	int64_t rc = 0;

	if (!*watched && !self->roomy)
		rc = sy_events_watch(self, true);
	if (rc)
		return rc;
	*watched = !self->roomy;
	return await(self, EPOLLOUT) ? 0 : -ETIMEDOUT;
}

int64_t sy_lane_send(struct sy_coroutine *self, struct sy_op op, int64_t first)
{
	const char *bytes = op.buf;
	int64_t part = late(self) ? -ETIMEDOUT : first;
	size_t sent = 0;
	bool watched = false;

	for (;;) {
		if (part >= 0)
			sent += (size_t)part;
		else if (part == -EAGAIN)
			part = await_room(self, &watched);
		if ((part < 0 && part != -EINTR) || sent == op.count)
			break;
		part = outcome(send(self->lane->fd, bytes + sent,
		                    op.count - sent,
		                    MSG_DONTWAIT | MSG_NOSIGNAL));
	}
	if (watched)
		sy_events_watch(self, false);
	return part < 0 ? part : (int64_t)sent;
}

int64_t sy_lane_receive(struct sy_coroutine *self, struct sy_op op,
                        int64_t first)
{
	int64_t rc = late(self) ? -ETIMEDOUT : first;
	bool parked = first != 0;

	for (;;) {
		if (rc == -EAGAIN) {
			rc = await(self, EPOLLIN) ? 0 : -ETIMEDOUT;
			parked = true;
		}
		if (rc && rc != -EINTR)
			break;
		self->readable = false;
		rc = outcome(
			recv(self->lane->fd, op.buf, op.count, MSG_DONTWAIT));
		if (rc >= 0)
			break;
	}
	if (!parked)
		give_way(self);
	return rc;
}

/* How long who finds the queue of a Unix socket full leaves it alone: epoll
   tells of no room there. */
#define QUEUE_FULL_NS UINT64_C(1000000)

static void leave_alone(struct sy_coroutine *self)
{
	uint64_t until_ns = sy_clock_ns() + QUEUE_FULL_NS;

	if (self->scheduler->kind == SY_SWITCH_UCONTEXT)
		sleep_until(self, until_ns, SY_SWITCH_UCONTEXT);
	else
		sleep_until(self, until_ns, SY_LANE_SWITCH);
}

static int begin_connecting(struct sy_coroutine *self)
{
	const struct sockaddr *address = self->scheduler->batch->address;
	int rc;

	for (;;) {
		rc = late(self) ? -ETIMEDOUT : sy_connection_begin(self);
		if (rc != -EAGAIN || address->sa_family != AF_UNIX)
			return rc;
		leave_alone(self);
	}
}

int sy_lane_connect(struct sy_coroutine *self)
{
	int rc = begin_connecting(self);

	if (rc != -EINPROGRESS)
		return rc;
	rc = await(self, EPOLLOUT) ? sy_connection_finish(self) : -ETIMEDOUT;
	if (rc)
		sy_connection_end(self);
	return rc;
}

int sy_lane_hang_up(struct sy_coroutine *self)
{
	if (!self->scheduler->batch->address)
		return -EDESTADDRREQ; /* it is not the model's to close */
	sy_connection_end(self);
	return 0;
}
