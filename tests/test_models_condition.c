/* SPDX-License-Identifier: MIT */
/*
 * test_models_condition.c - the promises of model.h about conditions, each over
 * all models that can give it.
 */
#include "meet_fixture.h"

/* Conditions. */

/*
 * A waiter.  Its number, taken under the lock, is its place in the queue: it
 * goes on only when so many were notified.
 */
static struct sy_op step_wait(struct sy_task *task, struct scene *scene)
{
	switch (task->step) {
	case 1:
		return op_meet(SY_LOCK, 0);
	case 2:
		task->local[0] = atomic_fetch_add(&scene->come, 1);
		return op_meet(SY_WAIT, 0);
	case 3:
		if (task->result ||
		    task->local[0] >= atomic_load(&scene->notified))
			task->error = -EPROTO;
		atomic_fetch_add(&scene->woken, 1);
		scene->count++;
		return op_meet(SY_UNLOCK, 0);
	default:
		return op_done();
	}
}

/* Notifies local[0] of them, and sees that so many wake and no more. */
static struct sy_op step_notify(struct sy_task *task, struct scene *scene)
{
	switch (task->step) {
	case 1:
		if (atomic_load(&scene->come) < scene->expected &&
		    !too_late(scene)) {
			task->step--;
			return op_sleep(MS);
		}
		return op_meet(SY_LOCK, 0);
	case 2:
		task->local[0] = scene->mode + 1;
		atomic_fetch_add(&scene->notified, scene->mode + 1);
		return op_meet(SY_NOTIFY, scene->mode + 1);
	case 3:
		return op_meet(SY_UNLOCK, 0);
	case 4:
		if (atomic_load(&scene->woken) <
		            atomic_load(&scene->notified) &&
		    !too_late(scene)) {
			task->step--;
			return op_sleep(MS);
		}
		return op_sleep(10 * MS);
	case 5:
		if (atomic_load(&scene->woken) != atomic_load(&scene->notified))
			task->error = -EPROTO;
		if (atomic_load(&scene->notified) >= scene->expected)
			return op_done();
		/* Once more, for the next ones. */
		task->step = 1;
		return op_meet(SY_LOCK, 0);
	default:
		return op_done();
	}
}

static struct sy_op step_condition(struct sy_task *task)
{
	struct scene *scene = scene_of(task);

	task->step++;
	if (task->index == scene->expected)
		return step_notify(task, scene);
	return step_wait(task, scene);
}

/* By one, by two, and by seven at once. */
static void check_condition(const struct sy_model *model)
{
	static const uint32_t modes[] = { 0, 1, LANES - 2 };

	for (int i = 0; i < 3; i++) {
		struct scene *scene = share_scene(LANES - 1);
		struct sy_batch *batch =
			create_meeting(model, LANES, step_condition, scene);

		scene->mode = modes[i];
		batch->wants = SY_WANTS_ORDER;
		if (modes[i] == 1)
			scene->expected = LANES - 2; /* an even number */
		run_well(model, batch, scene->expected + 1);
		assert_int_equal(scene->count, scene->expected);
		sy_batch_destroy(batch);
		munmap(scene, sizeof(*scene));
	}
}

static void test_as_many_wake_as_were_notified(void **state)
{
	(void)state;
	for_each_that_gives(SY_WANTS_ORDER, check_condition);
}

/* Waits for `ready`, which is false at the first notice. */
static struct sy_op step_wait_for(struct sy_task *task, struct scene *scene)
{
	switch (task->step) {
	case 1:
		return op_meet(SY_LOCK, 0);
	case 2:
		atomic_fetch_add(&scene->come, 1);
		return op_meet(SY_WAIT, 0);
	case 3:
		atomic_fetch_add(&scene->woken, 1);
		if (!atomic_load(&scene->ready)) {
			task->step--;
			return op_meet(SY_WAIT, 0);
		}
		atomic_fetch_add(&scene->ended, 1);
		return op_meet(SY_UNLOCK, 0);
	default:
		return op_done();
	}
}

static struct sy_op step_tell(struct sy_task *task, struct scene *scene)
{
	/* Who holds the lock knows that those that came wait. */
	switch (task->step) {
	case 1:
	case 4:
		if ((atomic_load(&scene->come) < scene->expected ||
		     atomic_load(&scene->woken) < scene->count) &&
		    !too_late(scene)) {
			task->step--;
			return op_sleep(MS);
		}
		return op_meet(SY_LOCK, 0);
	case 2:
		scene->count = scene->expected;
		return op_meet(SY_NOTIFY, UINT32_MAX);
	case 3:
	case 6:
		return op_meet(SY_UNLOCK, 0);
	case 5:
		if (atomic_load(&scene->ended))
			task->error = -EPROTO;
		atomic_store(&scene->ready, true);
		return op_meet(SY_NOTIFY, UINT32_MAX);
	default:
		return op_done();
	}
}

static struct sy_op step_predicate(struct sy_task *task)
{
	struct scene *scene = scene_of(task);

	task->step++;
	if (task->index == scene->expected)
		return step_tell(task, scene);
	return step_wait_for(task, scene);
}

static void check_predicate(const struct sy_model *model)
{
	struct scene *scene = share_scene(LANES - 1);
	struct sy_batch *batch =
		create_meeting(model, LANES, step_predicate, scene);

	batch->wants = SY_WANTS_ORDER;
	run_well(model, batch, LANES);
	assert_int_equal(atomic_load(&scene->woken), 2 * (LANES - 1));
	sy_batch_destroy(batch);
	munmap(scene, sizeof(*scene));
}

static void test_false_predicate_keeps_waiting(void **state)
{
	(void)state;
	for_each_that_gives(SY_WANTS_ORDER, check_predicate);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_as_many_wake_as_were_notified),
		cmocka_unit_test(test_false_predicate_keeps_waiting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
