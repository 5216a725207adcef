/* SPDX-License-Identifier: MIT */
/*
 * fetch_alone.c - a request before any model exists: the task's own step
 * function, carried out op by op with sockets that do not block and poll.
 */
#include "workloads/fetch.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

/* Waits for `events`, not longer than the task may. */
static int wait_for(const struct sy_task *task, int fd, short events)
{
	struct pollfd polled = { .fd = fd, .events = events };

	for (;;) {
		uint64_t now_ns = sy_clock_ns(), left_ns;
		struct timespec left;
		int ready;

		if (now_ns >= task->deadline_ns)
			return -ETIMEDOUT;
		left_ns = task->deadline_ns - now_ns;
		left.tv_sec = (time_t)(left_ns / 1000000000);
		left.tv_nsec = (long)(left_ns % 1000000000);
		ready = ppoll(&polled, 1, &left, NULL);
		if (ready > 0)
			return 0;
		if (ready < 0 && errno != EINTR)
			return -errno;
	}
}

static int alone_connect(struct sy_task *task)
{
	const struct sy_fetch_job *job = task->job;
	const struct sockaddr *address = (const void *)&job->address;
	int error = 0, fd;
	socklen_t bytes = sizeof(error);

	fd = socket(address->sa_family,
	            SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	task->lane->fd = fd;
	if (!connect(fd, address, job->address_bytes))
		return 0;
	if (errno != EINPROGRESS)
		return -errno;
	error = wait_for(task, fd, POLLOUT);
	if (error)
		return error;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &bytes))
		return -errno;
	return -error;
}

static int64_t alone_send(struct sy_task *task, const struct sy_op *op)
{
	const char *bytes = op->buf;
	uint32_t sent = 0;

	while (sent < op->count) {
		ssize_t n = send(task->lane->fd, bytes + sent, op->count - sent,
		                 MSG_NOSIGNAL);
		int rc = 0;

		if (n >= 0)
			sent += (uint32_t)n;
		else if (errno == EAGAIN)
			rc = wait_for(task, task->lane->fd, POLLOUT);
		else if (errno != EINTR)
			rc = -errno;
		if (rc)
			return rc;
	}
	return sent;
}

static int64_t alone_receive(struct sy_task *task, const struct sy_op *op)
{
	for (;;) {
		int rc = wait_for(task, task->lane->fd, POLLIN);
		ssize_t n;

		if (rc)
			return rc;
		n = recv(task->lane->fd, op->buf, op->count, 0);
		if (n >= 0)
			return n;
		if (errno != EAGAIN && errno != EINTR)
			return -errno;
	}
}

static int64_t alone_op(struct sy_task *task, const struct sy_op *op)
{
	switch (op->kind) {
	case SY_CONNECT:
		return alone_connect(task);
	case SY_SEND:
		return alone_send(task, op);
	case SY_RECV:
		return alone_receive(task, op);
	default: /* SY_HANGUP */
		close(task->lane->fd);
		task->lane->fd = -1;
		return 0;
	}
}

int sy_fetch_alone(const struct sy_fetch_job *job, uint64_t index,
                   struct sy_response *response)
{
	struct sy_lane lane = { .task = { .index = index, .job = job },
		                .fd = -1 };
	struct sy_op op;

	lane.scratch = malloc(sizeof(*response) + job->buffer_bytes);
	if (!lane.scratch)
		return -ENOMEM;
	lane.task.lane = &lane;
	for (op = sy_fetch_step(&lane.task); op.kind != SY_DONE;
	     op = sy_fetch_step(&lane.task))
		lane.task.result = alone_op(&lane.task, &op);
	if (lane.fd >= 0)
		close(lane.fd);
	if (!lane.task.error)
		*response = *sy_fetch_response(&lane);
	free(lane.scratch);
	return lane.task.error;
}
