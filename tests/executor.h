/* SPDX-License-Identifier: MIT */
/*
 * executor.h - the plainest way to carry out ops, to test workloads with: one
 * thread, all lanes, non-blocking calls and ppoll.  Independent of models/.
 */
#ifndef SY_EXECUTOR_H
#define SY_EXECUTOR_H

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "kernel.h"
#include "model.h"

struct executor_lane {
	struct sy_op op;
	uint32_t sent;
	bool live;
};

/* Carries out the lane's op; false: it has to wait. */
static bool executor_op(struct sy_lane *lane, struct executor_lane *own)
{
	struct sy_task *task = &lane->task;
	char *buf = own->op.buf;
	ssize_t n;

	switch (own->op.kind) {
	case SY_COMPUTE:
		task->value = sy_kernel(task->value, own->op.rounds);
		return true;
	case SY_SLEEP:
		return sy_clock_ns() >= own->op.until_ns;
	case SY_SEND:
		n = send(lane->fd, buf + own->sent, own->op.count - own->sent,
		         MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n < 0 && errno == EAGAIN)
			return false;
		own->sent += n > 0 ? (uint32_t)n : 0;
		task->result = n < 0 ? -errno : (int64_t)own->sent;
		return n < 0 || own->sent == own->op.count;
	default:
		n = recv(lane->fd, buf, own->op.count, MSG_DONTWAIT);
		if (n < 0 && errno == EAGAIN)
			return false;
		task->result = n < 0 ? -errno : n;
		return true;
	}
}

/* Goes on until the lane has to wait or no task is left. */
static void executor_lane_run(struct sy_batch *batch, struct sy_lane *lane,
                              struct executor_lane *own, uint64_t *next)
{
	for (;;) {
		if (!own->live) {
			if (*next == batch->task_count)
				return;
			sy_task_begin(batch, lane, (*next)++);
			own->live = true;
		} else if (!executor_op(lane, own)) {
			return;
		}
		own->op = batch->step(&lane->task);
		own->sent = 0;
		if (own->op.kind == SY_DONE) {
			sy_task_end(batch, lane);
			own->live = false;
		}
	}
}

/* Waits until a lane may go on; false: no lane has a task. */
static bool executor_wait(struct sy_batch *batch,
                          const struct executor_lane *own, struct pollfd *polls)
{
	uint64_t now = sy_clock_ns(), until = UINT64_MAX;
	struct timespec timeout;
	bool live = false;

	for (uint32_t i = 0; i < batch->inflight; i++) {
		polls[i] = (struct pollfd){ .fd = -1 };
		if (!own[i].live)
			continue;
		live = true;
		if (own[i].op.kind == SY_SLEEP) {
			if (own[i].op.until_ns < until)
				until = own[i].op.until_ns;
			continue;
		}
		polls[i].fd = batch->lanes[i].fd;
		polls[i].events = own[i].op.kind == SY_SEND ? POLLOUT : POLLIN;
	}
	until = until > now ? until - now : 0;
	timeout.tv_sec = (time_t)(until / 1000000000 % 1000000);
	timeout.tv_nsec = (long)(until % 1000000000);
	if (live)
		ppoll(polls, batch->inflight, &timeout, NULL);
	return live;
}

/* Carries out every task of the batch. */
static int executor_run(struct sy_batch *batch)
{
	struct executor_lane *own = calloc(batch->inflight, sizeof(*own));
	struct pollfd *polls = calloc(batch->inflight, sizeof(*polls));
	uint64_t next = 0;
	int rc = own && polls ? 0 : -ENOMEM;

	while (!rc) {
		for (uint32_t i = 0; i < batch->inflight; i++)
			executor_lane_run(batch, &batch->lanes[i], &own[i],
			                  &next);
		if (!executor_wait(batch, own, polls))
			break;
	}
	free(own);
	free(polls);
	return rc;
}

#endif /* SY_EXECUTOR_H */
