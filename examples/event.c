/* SPDX-License-Identifier: MIT */
/*
 * event.c - ten contexts wait for an event: nobody passes before it is set, all
 * pass when it is, and once cleared it is closed again.
 */
#include "example.h"

#define WAITERS 10u

enum { READY, GO, PASSED, EVENTS };

struct scene {
	unsigned announced, set, early, passed;
};

static struct sy_op op(enum sy_op_kind kind, uint64_t place)
{
	return (struct sy_op){ .kind = (uint32_t)kind, .place = place };
}

/* Whether the caller is the last of the waiters. */
static int is_last(unsigned *count)
{
	return __atomic_add_fetch(count, 1, __ATOMIC_SEQ_CST) == WAITERS;
}

static struct sy_op wait_for_it(struct sy_task *task, struct scene *scene)
{
	switch (task->step++) {
	case 0:
		if (is_last(&scene->announced))
			return op(SY_SET, READY);
		task->step++;
		/* fall through */
	case 1:
		task->step = 2;
		return op(SY_AWAIT, GO);
	case 2:
		if (!__atomic_load_n(&scene->set, __ATOMIC_SEQ_CST))
			__atomic_add_fetch(&scene->early, 1, __ATOMIC_SEQ_CST);
		if (is_last(&scene->passed))
			return op(SY_SET, PASSED);
		/* fall through */
	default:
		return example_done();
	}
}

static struct sy_op set_it(struct sy_task *task, struct scene *scene)
{
	switch (task->step++) {
	case 0:
		return op(SY_AWAIT, READY);
	case 1:
		__atomic_store_n(&scene->set, 1, __ATOMIC_SEQ_CST);
		return op(SY_SET, GO);
	case 2:
		return op(SY_AWAIT, PASSED);
	case 3:
		return op(SY_CLEAR, GO);
	case 4:
		task->deadline_ns = sy_clock_ns() + 10000000;
		return op(SY_AWAIT, GO);
	default:
		/* Open, it would not have waited for its deadline. */
		task->error = task->result ? 0 : -1;
		return example_done();
	}
}

static struct sy_op play(struct sy_task *task)
{
	struct scene *scene = (struct scene *)task->job;

	task->deadline_ns = 0;
	return task->index < WAITERS ? wait_for_it(task, scene)
	                             : set_it(task, scene);
}

int main(void)
{
	int failed = 0;

	example_begin();
	for (size_t i = 0; i < EXAMPLE_MODELS; i++) {
		struct example *example = example_open(play, WAITERS + 1);
		const struct scene *scene = (void *)example->job;
		int error;

		example->batch.event_count = EVENTS;
		example->batch.wants = SY_WANTS_ORDER;
		error = example_run(example, example_models[i]);
		printf("%s: %u passed, %u before it was set, %s\n",
		       example_models[i], scene->passed, scene->early,
		       error ? "open after clear" : "closed after clear");
		failed |= error;
		example_close(example);
	}
	return example_end(failed);
}
