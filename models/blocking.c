/* SPDX-License-Identifier: MIT */
/*
 * blocking.c - one call an op; see blocking.h.
 *
 * A signal that interrupts a call is not an answer: the call goes on with
 * what is left of it.
 */
#include "blocking.h"

#include <errno.h>
#include <time.h>

#include "blocking_connection.h"

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

/* SY_UNLOCK, SY_SET, ...: those that have no result but 0. */
static int64_t tell(struct sy_places *places, const struct sy_op *op)
{
	switch (op->kind) {
	case SY_UNLOCK:
		sy_places_unlock(places, op->place);
		break;
	case SY_SET:
		sy_places_set(places, op->place);
		break;
	case SY_CLEAR:
		sy_places_clear(places, op->place);
		break;
	default: /* SY_NOTIFY */
		sy_places_notify(places, op->place, op->count);
		break;
	}
	return 0;
}

static int64_t meet(struct sy_places *places, struct sy_task *task,
                    const struct sy_op *op)
{
	switch (op->kind) {
	case SY_LOCK:
		return sy_places_lock(places, op->place);
	case SY_ACQUIRE:
		return sy_places_acquire(places, op->place);
	case SY_RELEASE:
		return sy_places_release(places, op->place, op->count);
	case SY_AWAIT:
		return sy_places_await(places, op->place, task->deadline_ns);
	case SY_WAIT:
		return sy_places_wait(places, op->place);
	case SY_SECTIONS:
		return sy_blocking_sections(places, task, op);
	default:
		return tell(places, op);
	}
}

bool sy_blocking_may_wait(const struct sy_op *op)
{
	const unsigned never = 1U << SY_DONE | 1U << SY_COMPUTE |
	                       1U << SY_HANGUP | 1U << SY_UNLOCK |
	                       1U << SY_RELEASE | 1U << SY_SET |
	                       1U << SY_CLEAR | 1U << SY_NOTIFY;

	if (op->kind == SY_SECTIONS)
		return op->sections->by != SY_DONE;
	return op->kind > SY_SECTIONS || !(never >> op->kind & 1);
}

bool sy_blocking_op(const struct sy_batch *batch, struct sy_places *places,
                    struct sy_lane *lane, const struct sy_op *op)
{
	struct sy_task *task = &lane->task;

	switch (op->kind) {
	case SY_SLEEP:
		sleep_until(op->until_ns);
		return true;
	case SY_SEND:
		task->result = sy_blocking_send(lane->fd, op->buf, op->count,
		                                task->deadline_ns);
		return true;
	case SY_RECV:
		task->result = sy_blocking_receive(lane->fd, op->buf, op->count,
		                                   task->deadline_ns);
		return true;
	case SY_CONNECT:
		task->result =
			sy_blocking_connect(batch, lane, task->deadline_ns);
		return true;
	case SY_HANGUP:
		/* Without an address it is not the model's to close. */
		task->result = batch->address ? 0 : -EDESTADDRREQ;
		if (batch->address)
			sy_blocking_hang_up(lane);
		return true;
	default:
		if (places && sy_places_have(places, op)) {
			task->result = meet(places, task, op);
			return true;
		}
		task->error = -EINVAL;
		return false;
	}
}
