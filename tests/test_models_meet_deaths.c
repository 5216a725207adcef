/* SPDX-License-Identifier: MIT */
/*
 * test_models_meet_deaths.c - a process of a model that is killed where tasks
 * meet: the run says so, the other tasks end, and nothing is left.
 *
 * Over all models that carry tasks out in processes.
 */
#include "meet_fixture.h"

#define OTHERS (LANES - 1)

/* What the task that dies has done to the others when it does. */
enum { IN_LOCK, IN_GATE, BEFORE_SET, BEFORE_NOTIFY };

static struct sy_op die(void)
{
	raise(SIGKILL);
	return op_done(); /* not reached */
}

/* Once it has what it dies with, it waits for the others to come. */
static struct sy_op step_dying(struct sy_task *task, struct scene *scene)
{
	static const uint32_t first[] = { SY_LOCK, SY_ACQUIRE, SY_SLEEP,
		                          SY_SLEEP };

	if (task->step == 1)
		return first[scene->mode] == SY_SLEEP
		               ? op_sleep(MS)
		               : op_meet(first[scene->mode], 0);
	atomic_store(&scene->ready, true);
	if (atomic_load(&scene->come) < OTHERS && !too_late(scene))
		return op_sleep(MS);
	if (task->step < 1000) { /* they wait by now */
		task->step = 1000;
		return op_sleep(20 * MS);
	}
	return die();
}

/* What the others do: the op that waits, and the one after it. */
static struct sy_op step_other(struct sy_task *task, struct scene *scene)
{
	static const uint32_t waits[] = { SY_LOCK, SY_ACQUIRE, SY_AWAIT,
		                          SY_WAIT };
	static const uint32_t then[] = { SY_UNLOCK, SY_RELEASE, SY_CLEAR,
		                         SY_UNLOCK };

	switch (task->step) {
	case 1:
		if (!atomic_load(&scene->ready) && !too_late(scene)) {
			task->step--;
			return op_sleep(MS);
		}
		return op_meet(
			scene->mode == BEFORE_NOTIFY ? SY_LOCK : SY_CLEAR, 0);
	case 2:
		atomic_fetch_add(&scene->come, 1);
		return op_meet(waits[scene->mode], 0);
	case 3:
		if (task->result == -EOWNERDEAD)
			atomic_fetch_add(&scene->woken, 1);
		else if (task->result)
			task->error = -EPROTO;
		/* Without a unit there is none to give back. */
		if (scene->mode == IN_GATE && task->result)
			return op_meet(SY_CLEAR, 0);
		return op_meet(then[scene->mode], 1);
	default:
		atomic_fetch_add(&scene->ended, 1);
		return op_done();
	}
}

static struct sy_op step_meet(struct sy_task *task)
{
	struct scene *scene = scene_of(task);

	task->step++;
	if (task->index == 0)
		return step_dying(task, scene);
	return step_other(task, scene);
}

static void check_death(const struct sy_model *model, uint32_t mode,
                        uint32_t told)
{
	struct holdings before = look();
	const uint32_t one = 1;
	struct scene *scene = share_scene(OTHERS);
	struct sy_batch *batch = create_meeting(model, LANES, step_meet, scene);
	struct sy_tally tally;
	void *state;

	scene->mode = mode;
	batch->gate_units = &one;
	batch->wants = SY_WANTS_ORDER;
	batch->task_count = LANES;
	assert_int_equal(model->open(&state, batch), 0);
	assert_int_equal(model->run(state), -ECHILD);
	sy_batch_tally(batch, &tally);
	/* The pool knows which task it was, and says so for that one. */
	if (!strcmp(model->name, "pool")) {
		assert_int_equal(tally.done, LANES);
		assert_int_equal(tally.error, -ECHILD);
	} else {
		assert_int_equal(tally.done, OTHERS);
		assert_int_equal(tally.error, 0);
	}
	assert_int_equal(atomic_load(&scene->ended), OTHERS);
	assert_int_equal(atomic_load(&scene->woken), told);
	model->close(state);
	sy_batch_destroy(batch);
	munmap(scene, sizeof(*scene));
	assert_nothing_left(before);
}

static bool has_processes(const struct sy_model *model)
{
	struct sy_batch *batch = create_batch(model, 2, step_meet, 0, 0);
	uint32_t processes = processes_of(model, batch);

	sy_batch_destroy(batch);
	return processes > 0;
}

static void check_in_lock(const struct sy_model *model)
{
	/* The next owner is told, and it alone. */
	if (has_processes(model))
		check_death(model, IN_LOCK, 1);
}

static void test_death_in_a_lock(void **state)
{
	(void)state;
	for_each_that_gives(SY_WANTS_ORDER, check_in_lock);
}

static void check_in_gate(const struct sy_model *model)
{
	if (has_processes(model))
		check_death(model, IN_GATE, OTHERS);
}

static void test_death_in_a_gate(void **state)
{
	(void)state;
	for_each_that_gives(SY_WANTS_ORDER, check_in_gate);
}

static void check_before_set(const struct sy_model *model)
{
	if (has_processes(model))
		check_death(model, BEFORE_SET, OTHERS);
}

static void test_death_before_an_event_is_set(void **state)
{
	(void)state;
	for_each_that_gives(SY_WANTS_ORDER, check_before_set);
}

static void check_before_notify(const struct sy_model *model)
{
	if (has_processes(model))
		check_death(model, BEFORE_NOTIFY, OTHERS);
}

static void test_death_before_the_others_are_notified(void **state)
{
	(void)state;
	for_each_that_gives(SY_WANTS_ORDER, check_before_notify);
}

/* A context that never comes, because it could not be bound. */

static int bind_all_but_last(struct sy_batch *batch, uint32_t index)
{
	(void)batch;
	return index == LANES - 1 ? -ENODEV : 0;
}

static struct sy_op step_await(struct sy_task *task)
{
	if (!task->step++)
		return op_meet(task->index == LANES - 1 ? SY_SET : SY_AWAIT, 0);
	return op_done();
}

static void check_bind(const struct sy_model *model)
{
	struct holdings before = look();
	struct sy_batch *batch = create_meeting(model, LANES, step_await, NULL);
	struct sy_needs needs = { 0 };
	void *state;
	int err;

	/* One that has a context for each task. */
	model->needs(batch, &needs);
	if (needs.contexts < LANES) {
		sy_batch_destroy(batch);
		return;
	}
	batch->bind = bind_all_but_last;
	batch->wants = SY_WANTS_ORDER;
	batch->task_count = LANES;
	err = model->open(&state, batch);
	if (!err) {
		err = model->run(state);
		model->close(state);
	}
	assert_int_equal(err, -ENODEV);
	sy_batch_destroy(batch);
	assert_nothing_left(before);
}

static void test_nobody_waits_for_one_that_was_not_bound(void **state)
{
	(void)state;
	for_each_that_gives(SY_WANTS_ORDER, check_bind);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_death_in_a_lock),
		cmocka_unit_test(test_death_in_a_gate),
		cmocka_unit_test(test_death_before_an_event_is_set),
		cmocka_unit_test(test_death_before_the_others_are_notified),
		cmocka_unit_test(test_nobody_waits_for_one_that_was_not_bound),
	};

	return cmocka_run_group_tests(tests, warm_up, NULL);
}
