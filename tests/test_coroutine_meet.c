/* SPDX-License-Identifier: MIT */
/*
 * test_coroutine_meet.c - what the coroutine models promise of meeting places:
 * each test runs with both switches, on one and several schedulers, whose
 * coroutines wake one another.
 */
#include "coroutine_meeting.h"
#include "sections.h"

/* Reads under the lock, parks in the middle, and writes. */
static struct sy_op step_hold(struct sy_task *task)
{
	struct job *job = job_at(task);

	switch (task->step++) {
	case 0:
		return at(SY_LOCK, 1, 0);
	case 1:
		task->local[0] = job->marks[0];
		return until(sy_clock_ns() + task->index % 3 * 10000);
	case 2:
		job->marks[0] = task->local[0] + 1;
		return at(SY_UNLOCK, 1, 0);
	default:
		return done(task, task->result == 0);
	}
}

static void check_hold(const struct sy_model *model, uint32_t pus)
{
	struct sy_batch *batch = meeting(step_hold, 16, pus, 0);

	carry_out(model, batch, 300);
	assert_int_equal(600, job_of(batch)->marks[0]);
	batch_free(batch);
}

static void test_a_lock_is_held_while_parked(void **state)
{
	(void)state;
	with_all(check_hold);
}

#define ROW 500

/* What step_row is to do; reached through a static, as it is one at a time. */
static struct sy_sections sections;

static struct sy_op step_row(struct sy_task *task)
{
	if (task->step++ == 0)
		return (struct sy_op){ SY_SECTIONS,
			               ROW,
			               { .sections = &sections } };
	return done(task, task->result == 0);
}

static void run_row(const struct sy_model *model, uint32_t pus,
                    enum sy_op_kind by, uint32_t most)
{
	struct sy_batch *batch = meeting(step_row, 7, pus, 0);
	struct job *job = job_of(batch);
	uint32_t *inside = (uint32_t *)&job->marks[6];

	sections = (struct sy_sections){
		.by = by,
		.inside_rounds = 20,
		.outside_rounds = 10,
		.cells = job->marks,
		.cell_count = 4,
		.inside = &inside[0],
		.most = &inside[1],
	};
	carry_out(model, batch, 50);
	for (int i = 0; i < 4 && by == SY_LOCK; i++)
		assert_int_equal(2 * 50 * ROW / 4, job->marks[i]);
	assert_int_equal(0, inside[0]);
	assert_in_range(inside[1], 1, most);
	batch_free(batch);
}

static void check_rows(const struct sy_model *model, uint32_t pus)
{
	run_row(model, pus, SY_LOCK, 1);
	run_row(model, pus, SY_ACQUIRE, pus < 3 ? pus : 3);
	run_row(model, pus, SY_DONE, pus);
}

static void test_sections_are_exact(void **state)
{
	(void)state;
	with_all(check_rows);
}

/* The last one releases what it has not acquired. */
static struct sy_op step_gate(struct sy_task *task)
{
	struct job *job = job_at(task);
	uint64_t inside;

	switch (task->step++) {
	case 0:
		return at(SY_ACQUIRE, 0, 0);
	case 1:
		inside = ++job->woken;
		if (inside > job->early)
			job->early = inside; /* the most there were */
		return until(sy_clock_ns() + 200000);
	case 2:
		job->woken--;
		return at(SY_RELEASE, 0, 1);
	case 3:
		if (task->result)
			job->wrong++;
		if (task->index < 99)
			return done(task, true);
		return at(SY_RELEASE, 0, 4);
	default:
		return done(task, task->result == -EOVERFLOW);
	}
}

static void check_gate(const struct sy_model *model, uint32_t pus)
{
	struct sy_batch *batch = meeting(step_gate, 20, pus, 0);

	carry_out(model, batch, 100);
	assert_int_equal(0, job_of(batch)->woken);
	assert_int_equal(0, job_of(batch)->wrong);
	assert_in_range(job_of(batch)->early, 2, 3);
	batch_free(batch);
}

static void test_a_gate_lets_in_as_many_as_it_has_units(void **state)
{
	(void)state;
	with_all(check_gate);
}

/* Tasks that do not wait, of which a scheduler likes to take many at a time;
   then rounds, of which the last one sets the event that all others wait for:
   without order no lane would be left for it. */
#define HASTY 1000
static struct sy_op step_event(struct sy_task *task)
{
	struct job *job = job_at(task);
	uint64_t round = (task->index - HASTY) / 10;

	if (task->index < HASTY)
		return done(task, true);
	if (task->index % 10 < 9 && task->step++ == 0)
		return at(SY_AWAIT, round, 0);
	if (task->index % 10 < 9)
		return done(task, !task->result && job->last_until_ns > round);
	if (task->step++)
		return done(task, !task->result);
	job->last_until_ns = round + 1;
	return at(SY_SET, round, 0);
}

static void check_event(const struct sy_model *model, uint32_t pus)
{
	struct sy_batch *batch = meeting(step_event, 10, pus, SY_WANTS_ORDER);

	for (int i = 0; i < 5; i++) {
		void *state = NULL;

		job_of(batch)->last_until_ns = 0;
		assert_int_equal(0, model->open(&state, batch));
		run_checked(model, state, batch, HASTY + 1000);
		model->close(state);
	}
	batch_free(batch);
}

static void test_an_event_lets_all_go_on_in_order(void **state)
{
	(void)state;
	with_all(check_event);
}

#define WAITERS 6

/* They go on in the order in which they came; marks: how many have come, have
   gone on, and have been notified. */
static struct sy_op step_waiter(struct sy_task *task)
{
	uint64_t *marks = job_at(task)->marks;

	switch (task->step++) {
	case 0:
		return at(SY_LOCK, 0, 0);
	case 1:
		task->local[0] = marks[0]++;
		return at(SY_WAIT, 0, 0);
	case 2:
		if (task->result || marks[1]++ != task->local[0] ||
		    marks[1] > marks[2])
			task->error = -EILSEQ;
		return at(SY_UNLOCK, 0, 0);
	default:
		return done(task, true);
	}
}

/* Notifies two when all wait, and two more when those have gone on. */
static struct sy_op step_notifier(struct sy_task *task)
{
	uint64_t *marks = job_at(task)->marks;

	switch (task->step++) {
	case 0:
		task->local[0] = 0;
		return at(SY_LOCK, 0, 0);
	case 1:
		if (marks[0] == WAITERS && marks[1] == marks[2] &&
		    marks[2] < WAITERS) {
			marks[2] += 2;
			return at(SY_NOTIFY, 0, 2);
		}
		task->local[0] = marks[1] == WAITERS;
		task->step++;
		return at(SY_UNLOCK, 0, 0);
	case 2:
		return at(SY_UNLOCK, 0, 0);
	case 3:
		return until(sy_clock_ns() + MS);
	default:
		if (task->result || task->local[0])
			return done(task, !task->result);
		task->step = 1;
		return at(SY_LOCK, 0, 0);
	}
}

static struct sy_op step_condition(struct sy_task *task)
{
	return task->index < WAITERS ? step_waiter(task) : step_notifier(task);
}

static void check_condition(const struct sy_model *model, uint32_t pus)
{
	struct sy_batch *batch =
		meeting(step_condition, WAITERS + 1, pus, SY_WANTS_ORDER);
	void *state = NULL;

	assert_int_equal(0, model->open(&state, batch));
	for (int i = 0; i < 10; i++) {
		memset(job_of(batch)->marks, 0, sizeof(job_of(batch)->marks));
		run_checked(model, state, batch, WAITERS + 1);
	}
	model->close(state);
	batch_free(batch);
}

static void test_a_condition_lets_go_on_who_was_notified(void **state)
{
	(void)state;
	with_all(check_condition);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_lock_is_held_while_parked),
		cmocka_unit_test(test_sections_are_exact),
		cmocka_unit_test(test_a_gate_lets_in_as_many_as_it_has_units),
		cmocka_unit_test(test_an_event_lets_all_go_on_in_order),
		cmocka_unit_test(test_a_condition_lets_go_on_who_was_notified),
	};

	alarm(HANG_S);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
