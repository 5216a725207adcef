/* SPDX-License-Identifier: MIT */
/*
 * gate.c - twenty contexts, five inside at once: a bounded semaphore.
 *
 * Releasing more than was acquired is an error, not a sixth place.
 */
#include "example.h"

#define CONTEXTS 20u
#define INSIDE 5u

struct room {
	unsigned inside, most, passed;
};

static void enter(struct room *room)
{
	unsigned now = __atomic_add_fetch(&room->inside, 1, __ATOMIC_SEQ_CST);
	unsigned most = __atomic_load_n(&room->most, __ATOMIC_SEQ_CST);

	while (now > most &&
	       !__atomic_compare_exchange_n(&room->most, &most, now, false,
	                                    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
		;
}

static struct sy_op visit(struct sy_task *task)
{
	struct room *room = (struct room *)task->job;

	switch (task->step++) {
	case 0:
		return (struct sy_op){ .kind = SY_ACQUIRE };
	case 1:
		enter(room);
		return (struct sy_op){ .kind = SY_SLEEP,
			               .until_ns = sy_clock_ns() + 5000000 };
	case 2:
		__atomic_sub_fetch(&room->inside, 1, __ATOMIC_SEQ_CST);
		return (struct sy_op){ .kind = SY_RELEASE, .count = 1 };
	default:
		__atomic_add_fetch(&room->passed, 1, __ATOMIC_SEQ_CST);
		return example_done();
	}
}

static struct sy_op release(struct sy_task *task)
{
	if (!task->step++)
		return (struct sy_op){ .kind = SY_RELEASE, .count = 1 };
	task->error = (int32_t)task->result;
	return example_done();
}

static int run(const char *model, sy_step_fn *step, uint32_t count,
               struct room *room)
{
	struct example *example = example_open(step, count);
	int error;

	example->batch.gate_count = 1;
	example->units[0] = INSIDE;
	error = example_run(example, model);
	memcpy(room, example->job, sizeof(*room));
	example_close(example);
	return error;
}

int main(void)
{
	int failed = 0;

	example_begin();
	for (size_t i = 0; i < EXAMPLE_MODELS; i++) {
		struct room room;

		failed |= run(example_models[i], visit, CONTEXTS, &room);
		printf("%s: %u passed, %s five inside\n", example_models[i],
		       room.passed, room.most <= INSIDE ? "at most" : "over");
		printf("%s: one release too many: %s\n", example_models[i],
		       strerror(-run(example_models[i], release, 1, &room)));
	}
	return example_end(failed);
}
