/* SPDX-License-Identifier: MIT */
/*
 * lane.c - see lane.h.
 *
 * All that a task passes through is inlined into one function for each kind
 * of switch, so that neither pays for the choice.
 */
#include "lane.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "kernel.h"
#include "scheduler.h"

#define INLINE static inline __attribute__((always_inline))

/* Lets the others run, and goes on when its turn has come.  Returns `self`,
   for the reason given at sy_fiber_switch. */
INLINE struct sy_coroutine *yield(struct sy_coroutine *self,
                                  enum sy_switch_kind kind)
{
	struct sy_scheduler *scheduler = self->scheduler;
	struct sy_coroutine *next;

	if (--scheduler->tasks_left <= 0)
		sy_scheduler_poll(scheduler);
	next = sy_scheduler_take(scheduler);
	if (!next)
		return self;
	sy_scheduler_ready(scheduler, self);
	return (struct sy_coroutine *)(void *)sy_fiber_switch(
		&self->fiber, &next->fiber, kind);
}

/* Leaves the processor until somebody makes it ready. */
INLINE void stop(struct sy_coroutine *self, enum sy_switch_kind kind)
{
	struct sy_fiber *next = sy_scheduler_next(self->scheduler);

	/* It may have been woken before it left. */
	if (next != &self->fiber)
		sy_fiber_switch(&self->fiber, next, kind);
}

INLINE void park(struct sy_coroutine *self, enum sy_switch_kind kind)
{
	self->scheduler->has_parked = true;
	self->scheduler->parked++;
	stop(self, kind);
}

INLINE void park_for(struct sy_coroutine *self, uint32_t awaits,
                     enum sy_switch_kind kind)
{
	self->awaits = awaits;
	self->scheduler->io_parked++;
	park(self, kind);
}

INLINE void sleep_until(struct sy_coroutine *self, uint64_t until_ns,
                        enum sy_switch_kind kind)
{
	if (sy_clock_ns() >= until_ns)
		return;
	sy_timers_add(&self->scheduler->timers, until_ns, self);
	park(self, kind);
}

/* What send and recv mean by -1: try again, wait, or give up with -errno. */
INLINE int64_t refused(int error)
{
	return error == EWOULDBLOCK ? -EAGAIN : -error;
}

INLINE int64_t send_all(struct sy_coroutine *self, const struct sy_op *op,
                        enum sy_switch_kind kind)
{
	const char *bytes = op->buf;
	size_t sent = 0;
	int64_t rc = 0;
	bool watched = false;

	while (sent < op->count) {
		ssize_t part =
			send(self->lane->fd, bytes + sent, op->count - sent,
		             MSG_DONTWAIT | MSG_NOSIGNAL);

		if (part >= 0) {
			sent += (size_t)part;
			continue;
		}
		rc = refused(errno);
		if (rc == -EINTR)
			continue;
		if (rc != -EAGAIN)
			break;
		rc = watched ? 0 : sy_events_watch(self, true);
		if (rc)
			break;
		watched = true;
		park_for(self, EPOLLOUT, kind);
	}
	if (watched)
		sy_events_watch(self, false);
	return sent == op->count ? (int64_t)sent : rc;
}

/*
 * `asked`: directly after a send, where nothing can have come yet, and a try
 * would cost a system call to learn it.  An edge that came already, or the
 * end of the stream, which makes one edge only, is tried for all the same.
 */
INLINE int64_t receive(struct sy_coroutine *self, const struct sy_op *op,
                       bool asked, enum sy_switch_kind kind)
{
	int64_t rc;

	if (asked && !self->readable && !self->ended)
		park_for(self, EPOLLIN, kind);
	for (;;) {
		self->readable = false;
		rc = recv(self->lane->fd, op->buf, op->count, MSG_DONTWAIT);
		if (rc >= 0)
			return rc;
		rc = refused(errno);
		if (rc == -EAGAIN)
			park_for(self, EPOLLIN, kind);
		else if (rc != -EINTR)
			return rc;
	}
}

/* Carries out one op that is not SY_DONE; `asked` as in receive.  False: it
   is none that this model knows. */
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
		task->result = send_all(self, op, kind);
		break;
	case SY_RECV:
		task->result = receive(self, op, asked, kind);
		break;
	default:
		task->error = -EINVAL;
		return false;
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
