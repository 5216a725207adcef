/* SPDX-License-Identifier: MIT */
/*
 * test_coroutine_wait.c - how long coroutines wait for one another: until a
 * deadline, not for ever, and asleep.
 */
#include "coroutine_meeting.h"

#include <time.h>

/*
 * Waits for an event that is not set, with a deadline; then for one that is
 * set before its deadline; that one, when it comes, wakes nobody.
 */
static struct sy_op step_deadline(struct sy_task *task)
{
	struct job *job = job_at(task);

	switch (task->step++) {
	case 0:
		task->local[0] = task->deadline_ns = sy_clock_ns() + 2 * MS;
		return at(SY_AWAIT, 90, 0);
	case 1:
		if (task->result != -ETIMEDOUT ||
		    sy_clock_ns() < task->local[0])
			job->wrong++;
		task->deadline_ns = sy_clock_ns() + 100000 * MS;
		return at(task->index ? SY_AWAIT : SY_SET, 1, 0);
	case 2:
		if (task->result)
			job->wrong++;
		task->deadline_ns = 0;
		return until(sy_clock_ns() + MS);
	default:
		return done(task, true);
	}
}

static void check_deadline(const struct sy_model *model, uint32_t pus)
{
	struct sy_batch *batch =
		meeting(step_deadline, 10, pus, SY_WANTS_ORDER);

	carry_out(model, batch, 100);
	assert_int_equal(0, job_of(batch)->wrong);
	batch_free(batch);
}

/* The event is set at about the time of the deadline. */
static struct sy_op step_race(struct sy_task *task)
{
	struct job *job = job_at(task);

	switch (task->step++) {
	case 0:
		if (task->index % 4 == 0)
			return until(sy_clock_ns() + 20000);
		task->deadline_ns =
			sy_clock_ns() + 15000 + task->index * 7919 % 10000;
		return at(SY_AWAIT, 0, 0);
	case 1:
		if (task->index % 4 == 0)
			return at(SY_SET, 0, 0);
		if (task->result)
			job->early++;
		if (task->result && task->result != -ETIMEDOUT)
			job->wrong++;
		task->deadline_ns = 0;
		return at(SY_CLEAR, 0, 0);
	default:
		return done(task, !task->result);
	}
}

static void check_race(const struct sy_model *model, uint32_t pus)
{
	struct sy_batch *batch = meeting(step_race, 12, pus, 0);

	carry_out(model, batch, 2000);
	assert_int_equal(0, job_of(batch)->wrong);
	assert_in_range(job_of(batch)->early, 1, 3000);
	batch_free(batch);
}

static void test_a_deadline_ends_a_wait(void **state)
{
	(void)state;
	with_all(check_deadline);
	with_all(check_race);
}

/* Two that hold a lock each and want the other's, and one that nobody sets an
   event for. */
static struct sy_op step_stuck(struct sy_task *task)
{
	struct job *job = job_at(task);

	if (task->index == 2)
		return at(SY_AWAIT, 5, 0);
	switch (task->step++) {
	case 0:
		return at(SY_LOCK, task->index, 0);
	case 1:
		job->woken++;
		return until(sy_clock_ns());
	case 2:
		if (job->woken >= 2)
			return at(SY_LOCK, 1 - task->index, 0);
		task->step--;
		return until(sy_clock_ns() + MS / 10);
	default:
		return done(task, false); /* it was let in */
	}
}

static void check_stuck(const struct sy_model *model, uint32_t pus)
{
	struct sy_batch *batch = meeting(step_stuck, 4, pus, SY_WANTS_ORDER);
	uint64_t ended = 0;
	void *state = NULL;

	batch->task_count = 3;
	assert_int_equal(0, model->open(&state, batch));
	assert_int_equal(0, model->run(state));
	for (uint32_t i = 0; i < 4; i++) {
		const struct sy_tally *tally = &batch->lanes[i].tally;

		ended += tally->done;
		assert_int_equal(tally->done ? -EDEADLK : 0, tally->error);
	}
	assert_int_equal(3, ended);
	model->close(state);
	batch_free(batch);
}

static void test_a_deadlock_is_an_error(void **state)
{
	(void)state;
	with_all(check_stuck);
}

static uint64_t used_ns(void)
{
	struct timespec used;

	assert_int_equal(0, clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used));
	return (uint64_t)used.tv_sec * 1000 * MS + (uint64_t)used.tv_nsec;
}

static struct sy_op step_long(struct sy_task *task)
{
	switch (task->step++) {
	case 0:
		return at(SY_LOCK, 0, 0);
	case 1:
		return until(sy_clock_ns() + 100 * MS);
	case 2:
		return at(SY_UNLOCK, 0, 0);
	default:
		return done(task, !task->result);
	}
}

static void check_idle(const struct sy_model *model, uint32_t pus)
{
	struct sy_batch *batch = meeting(step_long, 4, pus, 0);
	uint64_t before_ns = used_ns();

	/* 800 ms, of which one that looks again and again uses all. */
	carry_out(model, batch, 4);
	assert_true(used_ns() - before_ns < 300 * MS);
	batch_free(batch);
}

static void test_who_waits_takes_no_processor(void **state)
{
	(void)state;
	with_all(check_idle);
}

static void test_places_outside_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		assert_null(models[i]->lacks(SY_WANTS_ORDER));
		assert_non_null(models[i]->lacks(SY_WANTS_OUTSIDE));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_deadline_ends_a_wait),
		cmocka_unit_test(test_a_deadlock_is_an_error),
		cmocka_unit_test(test_who_waits_takes_no_processor),
		cmocka_unit_test(test_places_outside_are_refused),
	};

	alarm(HANG_S);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
