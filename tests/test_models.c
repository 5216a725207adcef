/* SPDX-License-Identifier: MIT */
/*
 * test_models.c - the promises of model.h about work, each over all models.
 *
 * Failures are in test_models_failures.c, what a model holds is in
 * test_models_holdings.c.
 */
#include "models_fixture.h"

/* A fork takes a hundred times as long under ThreadSanitizer. */
#define MANY (SANITIZED ? 150 : 1000)
#define RUNS (SANITIZED ? 45 : 300)

/* Names and lookups. */

static void assert_name(const char *name, bool dotted)
{
	size_t letters = strspn(name, "abcdefghijklmnopqrstuvwxyz");

	assert_true(letters > 0);
	if (dotted && name[letters] == '.')
		assert_name(name + letters + 1, false);
	else
		assert_int_equal(name[letters], '\0');
}

static void check_names(const struct sy_model *model)
{
	const struct sy_mechanism *const *row = model->mechanisms;

	assert_name(model->name, true);
	assert_true(strlen(model->summary) > 0);
	assert_ptr_equal(sy_model_find(model->name), model);
	assert_null(sy_mechanism_find(model, SY_SWITCH, "none"));
	for (; row && *row; row++) {
		assert_name((*row)->name, false);
		assert_true(strlen((*row)->summary) > 0);
		assert_ptr_equal(
			sy_mechanism_find(model, (*row)->family, (*row)->name),
			*row);
		assert_true((*row)->switches_min <= (*row)->switches_max);
	}
}

static void test_models_are_found_by_name(void **state)
{
	const struct sy_model *const *model;

	(void)state;
	assert_string_equal(sy_models[0]->name, "serial");
	for (model = sy_models; *model; model++)
		check_names(*model);
	assert_null(sy_model_find("none"));
	assert_null(sy_model_find(""));
}

static void test_absence_has_a_reason(void **state)
{
	const struct sy_model *const *model;

	(void)state;
	assert_null(sy_models[0]->absent());
	for (model = sy_models; *model; model++)
		if ((*model)->absent())
			assert_true(strlen((*model)->absent()) > 0);
}

/* Every task once, with the right value. */

static void assert_equals_serial(const struct sy_batch *batch, uint64_t count)
{
	struct sy_batch *reference;
	struct sy_tally got, expected;

	reference = create_batch(sy_models[0], 1, batch->step, 0, 0);
	reference->job = batch->job;
	run_once(sy_models[0], reference, count, &expected);
	sy_batch_tally(batch, &got);
	assert_int_equal(expected.done, count);
	assert_int_equal(got.done, count);
	assert_int_equal(got.sum, expected.sum);
	assert_int_equal(got.proof, expected.proof);
	assert_int_equal(got.error, 0);
	sy_batch_destroy(reference);
}

static void check_counts(const struct sy_model *model)
{
	static const uint64_t counts[] = { 0, 1, 7, MANY, 2, 70, 0, 64 };
	static const uint32_t inflights[] = { 1, 2, 64 };
	size_t i, k;

	for (i = 0; i < 3; i++) {
		struct sy_batch *batch =
			create_batch(model, inflights[i], step_compute, 0, 0);
		void *state;

		assert_int_equal(model->open(&state, batch), 0);
		for (k = 0; k < sizeof(counts) / sizeof(*counts); k++) {
			batch->task_count = counts[k];
			sy_batch_reset(batch);
			assert_int_equal(model->run(state), 0);
			assert_equals_serial(batch, counts[k]);
		}
		model->close(state);
		sy_batch_destroy(batch);
	}
}

static void test_every_task_runs_once_as_serial(void **state)
{
	(void)state;
	for_each_model(check_counts);
}

/* A run leaves nothing over that the next one trips on. */
static void check_many_runs(const struct sy_model *model)
{
	struct sy_batch *batch = create_batch(model, 4, step_compute, 0, 0);
	struct sy_tally tally;
	uint64_t i, sum = 0;
	void *state;

	assert_int_equal(model->open(&state, batch), 0);
	for (i = 0; i < RUNS; i++) {
		batch->task_count = i % 9;
		sum += i % 9;
		assert_int_equal(model->run(state), 0);
	}
	model->close(state);
	sy_batch_tally(batch, &tally);
	assert_int_equal(tally.done, sum);
	sy_batch_destroy(batch);
}

static void test_runs_can_be_repeated(void **state)
{
	(void)state;
	for_each_model(check_many_runs);
}

/* Lanes. */

/* Where tasks that are alive meet. */
struct meeting {
	atomic_int alive, most;
	struct sy_lane *lanes;
	uint32_t inflight;
	int expected;     /* alive at once; they wait for one another */
	uint64_t give_up; /* ns */
};

static void come(struct meeting *meeting)
{
	int alive = atomic_fetch_add(&meeting->alive, 1) + 1;
	int most = atomic_load(&meeting->most);

	while (alive > most &&
	       !atomic_compare_exchange_weak(&meeting->most, &most, alive))
		;
}

/* The lane's scratch begins with a flag: a task holds the lane. */
static struct sy_op step_meet(struct sy_task *task)
{
	struct meeting *meeting = (struct meeting *)(uintptr_t)task->job;
	atomic_int *taken = (atomic_int *)(void *)task->lane->scratch;

	if (!task->step++) {
		if (atomic_exchange(taken, 1) ||
		    task->lane->index >= meeting->inflight ||
		    task->lane != &meeting->lanes[task->lane->index] ||
		    &task->lane->task != task)
			task->error = -EBUSY;
		come(meeting);
	} else if (atomic_load(&meeting->most) >= meeting->expected ||
	           sy_clock_ns() > meeting->give_up) {
		atomic_fetch_sub(&meeting->alive, 1);
		atomic_store(taken, 0);
		return (struct sy_op){ .kind = SY_DONE };
	}
	return (struct sy_op){ .kind = SY_SLEEP,
		               .until_ns = sy_clock_ns() + MS };
}

static void check_lanes(const struct sy_model *model)
{
	int expected = model->alone ? 1 : 8;
	struct meeting *meeting = share(sizeof(*meeting));
	struct sy_batch *batch = create_batch(model, 8, step_meet, 0, 0);
	struct sy_tally tally;

	meeting->lanes = batch->lanes;
	meeting->inflight = 8;
	meeting->expected = expected;
	meeting->give_up = sy_clock_ns() + 5000 * MS;
	batch->job = meeting;
	run_once(model, batch, 40, &tally);
	assert_int_equal(tally.done, 40);
	assert_int_equal(tally.error, 0);
	assert_int_equal(atomic_load(&meeting->alive), 0);
	/* As many at once as there are lanes: a sleeper keeps none waiting. */
	assert_int_equal(atomic_load(&meeting->most), expected);
	sy_batch_destroy(batch);
	munmap(meeting, sizeof(*meeting));
}

static void test_live_tasks_fill_the_lanes_and_share_none(void **state)
{
	(void)state;
	for_each_model(check_lanes);
}

/* Ops. */

static struct sy_op step_sleep(struct sy_task *task)
{
	if (!task->step++) {
		task->local[0] = sy_clock_ns() + 3 * MS;
		return (struct sy_op){ .kind = SY_SLEEP,
			               .until_ns = task->local[0] };
	}
	if (sy_clock_ns() < task->local[0])
		task->error = -ETIME; /* too early */
	return (struct sy_op){ .kind = SY_DONE };
}

static void check_sleep(const struct sy_model *model)
{
	struct sy_batch *batch = create_batch(model, 16, step_sleep, 0, 0);
	struct sy_tally tally;

	run_once(model, batch, 48, &tally);
	assert_int_equal(tally.done, 48);
	assert_int_equal(tally.error, 0);
	sy_batch_destroy(batch);
}

static void test_sleep_never_ends_early(void **state)
{
	(void)state;
	for_each_model(check_sleep);
}

static void on_alarm(int number)
{
	(void)number;
}

static void test_signals_cut_no_op_short(void **state)
{
	struct sigaction act = { .sa_handler = on_alarm }, old;
	struct itimerval every = { { 0, 700 }, { 0, 700 } }, never = { 0 };

	(void)state;
	sigaction(SIGALRM, &act, &old);
	setitimer(ITIMER_REAL, &every, NULL);
	for_each_model(check_sleep);
	setitimer(ITIMER_REAL, &never, NULL);
	sigaction(SIGALRM, &old, NULL);
}

static struct sy_op step_stamp(struct sy_task *task)
{
	if (task->step++)
		return (struct sy_op){ .kind = SY_DONE };
	return (struct sy_op){ .kind = SY_SLEEP,
		               .until_ns = sy_clock_ns() + 2 * MS };
}

static void check_stamps(const struct sy_model *model)
{
	struct sy_batch *batch = create_batch(model, 4, step_stamp, 10, 1);
	struct sy_tally tally;
	uint64_t i;

	for (i = 0; i < 10; i++)
		batch->latencies_ns[i] = UINT64_MAX;
	run_once(model, batch, 17, &tally);
	assert_int_equal(tally.done, 17);
	/* Tasks 0, 2, .. 16; there was no eighteenth. */
	for (i = 0; i < 9; i++)
		assert_in_range(batch->latencies_ns[i], 2 * MS, 5000 * MS);
	assert_true(batch->latencies_ns[9] == UINT64_MAX);
	sy_batch_destroy(batch);
}

static void test_latencies_are_stamped(void **state)
{
	(void)state;
	for_each_model(check_stamps);
}

static struct sy_op step_fail(struct sy_task *task)
{
	task->value = 1;
	if (task->index == 5)
		task->error = -EPROTO;
	return (struct sy_op){ .kind = SY_DONE };
}

static void check_task_error(const struct sy_model *model)
{
	struct sy_batch *batch = create_batch(model, 2, step_fail, 0, 0);
	struct sy_tally tally;

	run_once(model, batch, 20, &tally); /* run itself succeeds */
	assert_int_equal(tally.done, 20);
	assert_int_equal(tally.sum, 20);
	assert_int_equal(tally.error, -EPROTO);
	sy_batch_destroy(batch);
}

static void test_task_error_is_in_the_tally(void **state)
{
	(void)state;
	for_each_model(check_task_error);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_models_are_found_by_name),
		cmocka_unit_test(test_absence_has_a_reason),
		cmocka_unit_test(test_every_task_runs_once_as_serial),
		cmocka_unit_test(test_runs_can_be_repeated),
		cmocka_unit_test(test_live_tasks_fill_the_lanes_and_share_none),
		cmocka_unit_test(test_sleep_never_ends_early),
		cmocka_unit_test(test_signals_cut_no_op_short),
		cmocka_unit_test(test_latencies_are_stamped),
		cmocka_unit_test(test_task_error_is_in_the_tally),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
