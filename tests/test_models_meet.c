/* SPDX-License-Identifier: MIT */
/*
 * test_models_meet.c - the promises of model.h about locks and gates, and about
 * whose places they are, each over all models that can give it.
 */
#include "meet_fixture.h"

/* Keeps the lock across other ops. */
static struct sy_op step_lock(struct sy_task *task)
{
	struct scene *scene = scene_of(task);

	switch (task->step++) {
	case 0:
		return op_meet(SY_LOCK, 0);
	case 1:
		if (task->result)
			return op_fail(task, -EPROTO);
		enter(scene);
		task->local[0] = scene->count;
		task->result = -EDOM; /* for the next op to change */
		return (struct sy_op){ .kind = SY_COMPUTE, .rounds = 100 };
	case 2:
		return op_sleep(MS / 10);
	case 3:
		scene->count = task->local[0] + 1;
		atomic_fetch_sub(&scene->inside, 1);
		return op_meet(SY_UNLOCK, 0);
	default:
		return task->result ? op_fail(task, -EPROTO) : op_done();
	}
}

static void check_lock(const struct sy_model *model)
{
	struct scene *scene = share_scene(1);
	struct sy_batch *batch = create_meeting(model, LANES, step_lock, scene);

	run_well(model, batch, 60);
	assert_int_equal(scene->count, 60);
	assert_int_equal(atomic_load(&scene->most), 1);
	sy_batch_destroy(batch);
	munmap(scene, sizeof(*scene));
}

static void test_lock_is_kept_across_ops(void **state)
{
	(void)state;
	for_each_that_gives(0, check_lock);
}

/* Whoever is inside stays until as many were as the gate lets in. */
static struct sy_op step_gate(struct sy_task *task)
{
	struct scene *scene = scene_of(task);

	switch (task->step++) {
	case 0:
		return op_meet(SY_ACQUIRE, 0);
	case 1:
		if (task->result)
			return op_fail(task, -EPROTO);
		enter(scene);
		return op_sleep(MS);
	case 2:
		if (atomic_load(&scene->most) < scene->expected &&
		    !too_late(scene)) {
			task->step--;
			return op_sleep(MS);
		}
		atomic_fetch_sub(&scene->inside, 1);
		return op_meet(SY_RELEASE, 1);
	default:
		return task->result ? op_fail(task, -EPROTO) : op_done();
	}
}

static void check_gate(const struct sy_model *model)
{
	uint32_t expected = model->alone ? 1 : 3;
	struct scene *scene = share_scene(expected);
	struct sy_batch *batch = create_meeting(model, LANES, step_gate, scene);

	run_well(model, batch, 24);
	assert_int_equal(atomic_load(&scene->most), expected);
	sy_batch_destroy(batch);
	munmap(scene, sizeof(*scene));
}

static void test_gate_lets_in_as_many_as_it_has_units(void **state)
{
	(void)state;
	for_each_that_gives(0, check_gate);
}

/* Takes two, gives back three: none; then two, and one more. */
static struct sy_op step_release(struct sy_task *task)
{
	static const struct {
		enum sy_op_kind kind;
		uint32_t count;
		int result;
	} ops[] = {
		{ SY_RELEASE, 1, -EOVERFLOW }, { SY_ACQUIRE, 0, 0 },
		{ SY_ACQUIRE, 0, 0 },          { SY_RELEASE, 3, -EOVERFLOW },
		{ SY_RELEASE, 2, 0 },          { SY_RELEASE, 1, -EOVERFLOW }
	};
	const uint32_t count = sizeof(ops) / sizeof(*ops);

	if (task->step && task->result != ops[task->step - 1].result)
		return op_fail(task, -(int32_t)task->step);
	if (task->step == count)
		return op_done();
	task->step++;
	return op_meet(ops[task->step - 1].kind, ops[task->step - 1].count);
}

static void check_release(const struct sy_model *model)
{
	struct sy_batch *batch = create_meeting(model, 1, step_release, NULL);

	run_well(model, batch, 5);
	sy_batch_destroy(batch);
}

static void test_releasing_too_many_is_an_error(void **state)
{
	(void)state;
	for_each_that_gives(0, check_release);
}

/* Places of the caller's own. */

static struct sy_op step_outside(struct sy_task *task)
{
	switch (task->step++) {
	case 0:
		return op_meet(SY_ACQUIRE, 0);
	case 1:
		return op_meet(SY_AWAIT, 0);
	default:
		return task->result ? op_fail(task, -EPROTO) : op_done();
	}
}

static pid_t start_setter(struct sy_places *places)
{
	pid_t pid;

	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	usleep(20000);
	sy_places_set(places, 0);
	_exit(0);
}

/* A process that is none of the model's lets the tasks go on; what they took
   is the caller's to see when the model is closed. */
static void check_outside(const struct sy_model *model)
{
	struct sy_batch *batch = create_meeting(model, 3, step_outside, NULL);
	struct sy_places *places;
	pid_t setter;
	int status;

	assert_int_equal(sy_places_open(&places, batch, true), 0);
	batch->places = places;
	batch->wants = SY_WANTS_OUTSIDE;
	setter = start_setter(places);
	run_well(model, batch, 3);
	assert_int_equal(waitpid(setter, &status, 0), setter);
	assert_int_equal(status, 0);
	assert_int_equal(sy_places_release(places, 0, 3), 0);
	assert_int_equal(sy_places_release(places, 0, 1), -EOVERFLOW);
	sy_places_close(places);
	sy_batch_destroy(batch);
}

static void test_places_may_be_the_callers(void **state)
{
	(void)state;
	for_each_that_gives(SY_WANTS_OUTSIDE, check_outside);
}

static void test_what_is_lacking_has_a_reason(void **state)
{
	const struct sy_model *const *model;

	(void)state;
	for (model = sy_models; *model; model++) {
		if (!(*model)->lacks)
			continue;
		assert_null((*model)->lacks(0));
		for (unsigned wants = 1; wants < 4; wants++)
			if ((*model)->lacks(wants))
				assert_true(strlen((*model)->lacks(wants)) > 0);
	}
	/* One at a time would wait for ever. */
	assert_non_null(sy_models[0]->lacks(SY_WANTS_ORDER));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lock_is_kept_across_ops),
		cmocka_unit_test(test_gate_lets_in_as_many_as_it_has_units),
		cmocka_unit_test(test_releasing_too_many_is_an_error),
		cmocka_unit_test(test_places_may_be_the_callers),
		cmocka_unit_test(test_what_is_lacking_has_a_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
