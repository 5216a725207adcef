/* SPDX-License-Identifier: MIT */
/*
 * lane.c - see lane.h.
 *
 * All that a task of the first ops passes through is inlined into one function
 * for each kind of switch, so that neither pays for the choice.  What is not
 * on that way is called, and nothing is shown to it by address: an op stays in
 * its registers.
 */
#include "lane.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "kernel.h"
#include "lane_ops.h"
#include "lane_park.h"

/* Nearly always a request is sent at once. */
INLINE int64_t send_all(struct sy_coroutine *self, const struct sy_op *op)
{
	int64_t sent;

	if (self->lane->task.deadline_ns)
		return sy_lane_send(self, *op, 0);
	sent = send(self->lane->fd, op->buf, op->count,
	            MSG_DONTWAIT | MSG_NOSIGNAL);
	return sent == op->count
	               ? sent
	               : sy_lane_send(self, *op, sent < 0 ? -errno : sent);
}

/*
 * `asked`: directly after a send, where nothing can have come yet, and a try
 * would cost a system call to learn it.  An edge that came already, or the
 * end of the stream, which makes one edge only, is tried for all the same.
 */
INLINE int64_t receive(struct sy_coroutine *self, const struct sy_op *op,
                       bool asked, enum sy_switch_kind kind)
{
	int64_t got;

	if (!asked || self->readable || self->ended)
		return sy_lane_receive(self, *op, 0);
	if (!park_for(self, EPOLLIN, kind))
		return -ETIMEDOUT;
	self->readable = false;
	got = recv(self->lane->fd, op->buf, op->count, MSG_DONTWAIT);
	return got >= 0 ? got : sy_lane_receive(self, *op, -errno);
}

/* Carries out one op that is not SY_DONE; `asked` as in receive.  False: the
   task ends with an error, as it is none that this model knows. */
INLINE bool carry_out(struct sy_coroutine *self, const struct sy_op *op,
                      bool asked, enum sy_switch_kind kind)
{
	struct sy_task *task = &self->lane->task;

	switch (op->kind) {
	case SY_COMPUTE:
		task->value = sy_kernel(task->value, op->rounds);
		sy_scheduler_charge(self->scheduler, op->rounds);
		break;
	case SY_SLEEP:
		sleep_until(self, op->until_ns, kind);
		break;
	case SY_SEND:
		task->result = send_all(self, op);
		break;
	case SY_RECV:
		task->result = receive(self, op, asked, kind);
		break;
	default:
		return sy_lane_op(self, *op);
	}
	return true;
}

INLINE void task_run(struct sy_coroutine *self, enum sy_switch_kind kind)
{
	struct sy_scheduler *scheduler = self->scheduler;
	struct sy_batch *batch = scheduler->batch;
	struct sy_lane *lane = self->lane;
	struct sy_task *task = &lane->task;
	struct sy_op op;
	bool asked = false;

	sy_task_begin(batch, lane, scheduler->next_task++);
	while ((op = batch->step(task)).kind != SY_DONE) {
		if (!carry_out(self, &op, asked, kind))
			break;
		asked = op.kind == SY_SEND && task->result >= 0;
	}
	sy_task_end(batch, lane);
}

INLINE void live(struct sy_coroutine *self, enum sy_switch_kind kind)
{
	for (;;) {
		while (self->scheduler->next_task < self->scheduler->end_task ||
		       sy_scheduler_refill(self->scheduler)) {
			task_run(self, kind);
			self = yield(self, kind);
		}
		/* Until the next run. */
		self->scheduler->running--;
		stop(self, kind);
	}
}

static void live_own(void *coroutine)
{
	live(coroutine, SY_LANE_SWITCH);
}

static void live_ucontext(void *coroutine)
{
	live(coroutine, SY_SWITCH_UCONTEXT);
}

void (*sy_lane_entry(enum sy_switch_kind kind))(void *coroutine)
{
	return kind == SY_SWITCH_UCONTEXT ? live_ucontext : live_own;
}
