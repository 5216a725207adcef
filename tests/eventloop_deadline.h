/* SPDX-License-Identifier: MIT */
/*
 * eventloop_deadline.h - tasks with deadlines, for the tests of both event
 * loops.
 */
#ifndef SY_EVENTLOOP_DEADLINE_H
#define SY_EVENTLOOP_DEADLINE_H

#include <stdbool.h>

#include "eventloop_server.h"

#define SHORT_NS (15 * NS_PER_MS)
#define LONG_NS (30000 * NS_PER_MS)

static inline void set_deadline(struct sy_task *task, uint64_t ns)
{
	task->deadline_ns = sy_clock_ns() + ns;
}

/* It timed out, and not early. */
static inline void expect_timeout(struct sy_task *task)
{
	expect(task, -ETIMEDOUT);
	if (sy_clock_ns() < task->deadline_ns)
		task->error = -ETIME;
}

/* The end of each task: connects anew and has a request answered, so that
   what was given up has left nothing behind.  From step 100 on. */
static inline struct sy_op again_step(struct sy_task *task)
{
	switch (task->step++) {
	case 100:
		set_deadline(task, LONG_NS);
		return plain_op(SY_HANGUP);
	case 101:
		expect(task, 0);
		return plain_op(SY_CONNECT);
	case 102:
		expect(task, 0);
		if (task->error)
			return done_op();
		return request_op(task, 'e', 0);
	case 103:
		expect(task, REQUEST);
		return reply_op(task);
	case 104:
		if (!replied(task)) {
			task->step = 104;
			return reply_op(task);
		}
		return plain_op(SY_HANGUP);
	default:
		expect(task, 0);
		return done_op();
	}
}

static inline struct sy_op go_to_again(struct sy_task *task)
{
	task->step = 100;
	return again_step(task);
}

#endif /* SY_EVENTLOOP_DEADLINE_H */
