/* SPDX-License-Identifier: MIT */
/*
 * meet_fixture.h - what the tests of tasks that meet share: the models that
 * carry such tasks out, and a batch with meeting places.
 */
#ifndef SY_MEET_FIXTURE_H
#define SY_MEET_FIXTURE_H

#include "models_fixture.h"

#include "places.h"

#define LANES 8
/* Nothing takes as long; after it a test has failed. */
#define LONG_NS (20000 * MS)

static inline bool lacks(const struct sy_model *model, unsigned wants)
{
	return model->lacks && model->lacks(wants);
}

/* Calls `test` for every model that can run such tasks here. */
static inline void for_each_that_gives(unsigned wants,
                                       void (*test)(const struct sy_model *))
{
	const struct sy_model *const *model;

	for (model = sy_models; *model; model++) {
		if ((*model)->absent() || lacks(*model, wants))
			continue;
		print_message("           %s\n", (*model)->name);
		test(*model);
	}
}

/* What a library keeps for good once it was used is not the models'. */
static inline int warm_up(void **state)
{
	const struct sy_model *const *model;

	(void)state;
	for (model = sy_models; *model; model++) {
		struct sy_batch *batch;
		struct sy_tally tally;

		if ((*model)->absent())
			continue;
		batch = create_batch(*model, 1, step_compute, 0, 0);
		run_once(*model, batch, 1, &tally);
		sy_batch_destroy(batch);
	}
	return 0;
}

static inline uint32_t processes_of(const struct sy_model *model,
                                    const struct sy_batch *batch)
{
	struct sy_needs needs = { 0 };

	model->needs(batch, &needs);
	return needs.processes;
}

static const uint32_t three = 3;

/* With a place of each kind, the gate of three units. */
static inline struct sy_batch *create_meeting(const struct sy_model *model,
                                              uint32_t inflight,
                                              sy_step_fn *step, const void *job)
{
	struct sy_batch *batch = create_batch(model, inflight, step, 0, 0);

	batch->job = job;
	batch->lock_count = 1;
	batch->event_count = 1;
	batch->gate_count = 1;
	batch->gate_units = &three;
	return batch;
}

/* Opens, runs `count` tasks, closes: all have ended, and none in error. */
static inline void run_well(const struct sy_model *model,
                            struct sy_batch *batch, uint64_t count)
{
	struct sy_tally tally;

	sy_batch_reset(batch);
	run_once(model, batch, count, &tally);
	assert_int_equal(tally.error, 0);
	assert_int_equal(tally.done, count);
}

/* What tasks see of one another. */

struct scene {
	atomic_uint inside, most, come, woken, ended;
	atomic_uint notified;
	atomic_bool ready;
	uint32_t expected; /* at once, who wait for one another */
	uint64_t give_up;  /* ns */
	uint64_t count;    /* guarded by the lock */
	uint32_t mode;
};

static inline struct scene *share_scene(uint32_t expected)
{
	struct scene *scene = share(sizeof(*scene));

	scene->expected = expected;
	scene->give_up = sy_clock_ns() + LONG_NS;
	return scene;
}

static inline struct scene *scene_of(const struct sy_task *task)
{
	return (struct scene *)(uintptr_t)task->job;
}

static inline void enter(struct scene *scene)
{
	unsigned now = atomic_fetch_add(&scene->inside, 1) + 1;
	unsigned most = atomic_load(&scene->most);

	while (now > most &&
	       !atomic_compare_exchange_weak(&scene->most, &most, now))
		;
}

static inline bool too_late(const struct scene *scene)
{
	return sy_clock_ns() > scene->give_up;
}

/* Ops, as a step function returns them. */

static inline struct sy_op op_done(void)
{
	return (struct sy_op){ .kind = SY_DONE };
}

static inline struct sy_op op_meet(enum sy_op_kind kind, uint32_t count)
{
	return (struct sy_op){ .kind = kind, .count = count, .place = 0 };
}

static inline struct sy_op op_sleep(uint64_t ns)
{
	return (struct sy_op){ .kind = SY_SLEEP,
		               .until_ns = sy_clock_ns() + ns };
}

static inline struct sy_op op_fail(struct sy_task *task, int32_t error)
{
	task->error = error;
	return op_done();
}

#endif /* SY_MEET_FIXTURE_H */
