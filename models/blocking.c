/* SPDX-License-Identifier: MIT */
/*
 * blocking.c - one system call an op; see blocking.h.
 *
 * A signal that interrupts a call is not an answer: the call goes on with
 * what is left of it.
 */
#include "blocking.h"

#include <errno.h>
#include <sys/socket.h>
#include <time.h>

static void sleep_until(uint64_t until_ns)
{
	struct timespec until = {
		.tv_sec = (time_t)(until_ns / UINT64_C(1000000000)),
		.tv_nsec = (long)(until_ns % UINT64_C(1000000000)),
	};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) ==
	       EINTR)
		;
}

static int64_t send_all(int fd, const unsigned char *buf, size_t count)
{
	size_t sent = 0;

	while (sent < count) {
		ssize_t n = send(fd, buf + sent, count - sent, MSG_NOSIGNAL);

		if (n >= 0)
			sent += (size_t)n;
		else if (errno != EINTR)
			return -errno;
	}
	return (int64_t)sent;
}

static int64_t receive_some(int fd, void *buf, size_t count)
{
	ssize_t n;

	do
		n = recv(fd, buf, count, 0);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

bool sy_blocking_op(struct sy_lane *lane, const struct sy_op *op)
{
	struct sy_task *task = &lane->task;

	switch (op->kind) {
	case SY_SLEEP:
		sleep_until(op->until_ns);
		return true;
	case SY_SEND:
		task->result = send_all(lane->fd, op->buf, op->count);
		return true;
	case SY_RECV:
		task->result = receive_some(lane->fd, op->buf, op->count);
		return true;
	default:
		task->error = -EINVAL;
		return false;
	}
}
