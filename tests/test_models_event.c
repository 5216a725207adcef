/* SPDX-License-Identifier: MIT */
/*
 * test_models_event.c - the promises of model.h about events, each over all
 * models that can give it.
 */
#include "meet_fixture.h"

/* Events. */

enum { MEET, CLEAR, EXPIRE };

/* The last of those in flight sets it, when all others have come. */
static struct sy_op step_set(struct sy_task *task, struct scene *scene)
{
	switch (task->step) {
	case 1:
		if (atomic_load(&scene->come) < scene->expected &&
		    !too_late(scene)) {
			task->step--;
			return op_sleep(MS);
		}
		return op_sleep(5 * MS); /* they wait by now */
	case 2:
		if (atomic_load(&scene->ended))
			return op_fail(task, -EPROTO);
		atomic_store(&scene->ready, true);
		return op_meet(SY_SET, 0);
	default:
		return op_done();
	}
}

static struct sy_op step_await(struct sy_task *task, struct scene *scene)
{
	if (task->step == 1) {
		atomic_fetch_add(&scene->come, 1);
		return op_meet(SY_AWAIT, 0);
	}
	if (task->result || !atomic_load(&scene->ready))
		return op_fail(task, -EPROTO);
	atomic_fetch_add(&scene->ended, 1);
	return op_done();
}

/* The event is closed: who comes waits, to the deadline. */
static struct sy_op step_expire(struct sy_task *task)
{
	if (task->step == 1) {
		task->deadline_ns = sy_clock_ns() + 5 * MS;
		return op_meet(SY_AWAIT, 0);
	}
	if (task->result != -ETIMEDOUT || sy_clock_ns() < task->deadline_ns)
		return op_fail(task, -EPROTO);
	return op_done();
}

static struct sy_op step_event(struct sy_task *task)
{
	struct scene *scene = scene_of(task);

	task->step++;
	task->deadline_ns = 0;
	if (scene->mode == CLEAR)
		return task->step == 1 ? op_meet(SY_CLEAR, 0) : op_done();
	if (scene->mode == EXPIRE)
		return step_expire(task);
	if (task->index == scene->expected)
		return step_set(task, scene);
	return step_await(task, scene);
}

static void run_mode(const struct sy_model *model, void *state,
                     struct sy_batch *batch, uint32_t mode, uint64_t count)
{
	struct scene *scene = (struct scene *)(uintptr_t)batch->job;
	struct sy_tally tally;

	scene->mode = mode;
	atomic_store(&scene->come, 0);
	atomic_store(&scene->ended, 0);
	batch->task_count = count;
	sy_batch_reset(batch);
	assert_int_equal(model->run(state), 0);
	sy_batch_tally(batch, &tally);
	assert_int_equal(tally.done, count);
	assert_int_equal(tally.error, 0);
}

static void check_event(const struct sy_model *model)
{
	struct scene *scene = share_scene(LANES - 1);
	struct sy_batch *batch =
		create_meeting(model, LANES, step_event, scene);
	void *state;

	batch->wants = SY_WANTS_ORDER;
	assert_int_equal(model->open(&state, batch), 0);
	run_mode(model, state, batch, EXPIRE, 20);
	for (int i = 0; i < 3; i++) {
		atomic_store(&scene->ready, false);
		run_mode(model, state, batch, MEET, LANES);
		assert_int_equal(atomic_load(&scene->ended), LANES - 1);
		run_mode(model, state, batch, CLEAR, 1);
		run_mode(model, state, batch, EXPIRE, 3);
	}
	model->close(state);
	sy_batch_destroy(batch);
	munmap(scene, sizeof(*scene));
}

static void test_event_lets_all_pass_when_set_and_none_before(void **state)
{
	(void)state;
	for_each_that_gives(SY_WANTS_ORDER, check_event);
}

/* More in flight than are submitted ahead, where that is heeded. */
static void check_narrow_window(const struct sy_model *model)
{
	struct scene *scene = share_scene(LANES - 1);
	struct sy_batch *batch =
		create_meeting(model, LANES, step_event, scene);

	batch->wants = SY_WANTS_ORDER;
	batch->window = 2;
	run_well(model, batch, LANES);
	assert_int_equal(atomic_load(&scene->ended), LANES - 1);
	sy_batch_destroy(batch);
	munmap(scene, sizeof(*scene));
}

static void test_as_many_are_given_out_as_there_are_lanes(void **state)
{
	(void)state;
	for_each_that_gives(SY_WANTS_ORDER, check_narrow_window);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_event_lets_all_pass_when_set_and_none_before),
		cmocka_unit_test(test_as_many_are_given_out_as_there_are_lanes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
