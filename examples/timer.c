/* SPDX-License-Identifier: MIT */
/*
 * timer.c - run after a while, unless cancelled: a wait with a deadline for an
 * event that cancels it.
 */
#include <errno.h>

#include "example.h"

#define AFTER_NS UINT64_C(30000000)

enum { NEVER_SET, CANCEL, EVENTS };

struct timers {
	unsigned ran, early, cancelled;
};

static struct sy_op wait_for(struct sy_task *task, uint64_t event,
                             struct timers *timers)
{
	if (!task->step++) {
		task->deadline_ns = sy_clock_ns() + AFTER_NS;
		return (struct sy_op){ .kind = SY_AWAIT, .place = event };
	}
	if (task->result != -ETIMEDOUT)
		__atomic_add_fetch(&timers->cancelled, 1, __ATOMIC_SEQ_CST);
	else if (sy_clock_ns() < task->deadline_ns)
		__atomic_add_fetch(&timers->early, 1, __ATOMIC_SEQ_CST);
	else
		__atomic_add_fetch(&timers->ran, 1, __ATOMIC_SEQ_CST);
	return example_done();
}

static struct sy_op play(struct sy_task *task)
{
	struct timers *timers = (struct timers *)task->job;

	if (task->index < 2)
		return wait_for(task, task->index == 0 ? NEVER_SET : CANCEL,
		                timers);
	task->deadline_ns = 0;
	if (!task->step++)
		return (struct sy_op){ .kind = SY_SET, .place = CANCEL };
	return example_done();
}

int main(void)
{
	int failed = 0;

	example_begin();
	for (size_t i = 0; i < EXAMPLE_MODELS; i++) {
		struct example *example = example_open(play, 3);
		const struct timers *timers = (void *)example->job;

		example->batch.event_count = EVENTS;
		example->batch.wants = SY_WANTS_ORDER;
		failed |= example_run(example, example_models[i]);
		printf("%s: %u ran, %u of them early, %u cancelled\n",
		       example_models[i], timers->ran, timers->early,
		       timers->cancelled);
		example_close(example);
	}
	return example_end(failed);
}
