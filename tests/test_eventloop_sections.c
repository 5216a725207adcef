/* SPDX-License-Identifier: MIT */
/*
 * test_eventloop_sections.c - critical sections in a row in both event loops,
 * places that are not there, and runs in which everybody waits.
 */
#include "eventloop_fixture.h"

#include <stdbool.h>

#include "sections.h"

#define CELLS 16
#define SECTIONS 700

struct work {
	struct sy_sections sections;
	uint64_t cells[CELLS];
	uint32_t inside, most;
	uint64_t at_lock, at_unlock; /* sections, as the holder saw them */
	bool over;                   /* atomic */
};

static struct work *work_of(const struct sy_task *task)
{
	return (struct work *)(uintptr_t)task->job;
}

static struct sy_op op_at(uint32_t kind, uint64_t place)
{
	return (struct sy_op){ .kind = kind, .count = 1, .place = place };
}

static struct sy_op sleep_op(uint64_t ns)
{
	return (struct sy_op){ .kind = SY_SLEEP,
		               .until_ns = sy_clock_ns() + ns };
}

static struct sy_op sections_op(const struct sy_task *task)
{
	return (struct sy_op){ .kind = SY_SECTIONS,
		               .count = SECTIONS,
		               .sections = &work_of(task)->sections };
}

static const uint32_t units[] = { 2 };

static void make_work(struct fixture *fixture, struct work *work,
                      const struct sy_model *model, uint32_t inflight,
                      uint32_t loops)
{
	make_batch(fixture, model, inflight, loops, 64);
	memset(work, 0, sizeof(*work));
	work->sections = (struct sy_sections){
		.by = SY_LOCK,
		.cells = work->cells,
		.cell_count = CELLS,
		.inside = &work->inside,
		.most = &work->most,
	};
	fixture->batch->job = work;
	fixture->batch->lock_count = 1;
	fixture->batch->gate_count = 1;
	fixture->batch->gate_units = units;
	fixture->batch->event_count = 1;
	fixture->batch->wants = SY_WANTS_ORDER;
}

static uint64_t sum_of_cells(const struct work *work)
{
	uint64_t sum = 0;
	uint32_t i;

	for (i = 0; i < CELLS; i++)
		sum += __atomic_load_n(&work->cells[i], __ATOMIC_RELAXED);
	return sum;
}

static struct sy_op sections_step(struct sy_task *task)
{
	if (!task->step++)
		return sections_op(task);
	task->error = (int32_t)task->result;
	return (struct sy_op){ .kind = SY_DONE };
}

/* Each adds to the cell that its number says: all of them get as many. */
static void check_cells(const struct work *work, uint64_t tasks)
{
	uint32_t i;

	for (i = 0; i < CELLS; i++)
		assert_int_equal(work->cells[i], tasks * SECTIONS / CELLS);
	assert_int_equal(work->inside, 0);
}

static void check_sections(const struct sy_model *model, enum sy_op_kind by,
                           uint64_t rounds, uint32_t loops)
{
	struct fixture fixture;
	struct work work;

	make_work(&fixture, &work, model, 8, loops);
	work.sections.by = by;
	work.sections.inside_rounds = work.sections.outside_rounds = rounds;
	if (by == SY_ACQUIRE && loops > 1)
		work.sections.cell_count = 1; /* lost where two are inside */
	open_model(&fixture, sections_step);
	run_tasks(&fixture, 160);
	if (by != SY_ACQUIRE || loops == 1)
		check_cells(&work, 160);
	assert_in_range(work.most, 1, by == SY_ACQUIRE ? loops : 1);
	close_fixture(&fixture);
}

static void test_sections_under_a_lock_lose_nothing(void **model)
{
	check_sections(*model, SY_LOCK, 0, 1);
	check_sections(*model, SY_LOCK, 300, 1);
	check_sections(*model, SY_LOCK, 0, 2);
	check_sections(*model, SY_LOCK, 50, 2);
}

static void test_sections_behind_a_gate(void **model)
{
	check_sections(*model, SY_ACQUIRE, 0, 1);
	check_sections(*model, SY_ACQUIRE, 50, 2);
}

/* Nothing guards them, and on one loop nothing need. */
static void test_sections_by_nothing(void **model)
{
	check_sections(*model, SY_DONE, 0, 1);
	check_sections(*model, SY_DONE, 300, 1);
}

/* Task 0 holds the lock and sleeps, four times; the others want it. */
static struct sy_op holder_step(struct sy_task *task)
{
	struct work *work = work_of(task);

	switch (task->index ? 4 : task->step++ % 4) {
	case 0:
		return op_at(SY_LOCK, 0);
	case 1:
		work->at_lock = sum_of_cells(work);
		return sleep_op(5 * NS_PER_MS);
	case 2:
		work->at_unlock = sum_of_cells(work);
		if (work->at_lock != work->at_unlock)
			task->error = -EILSEQ;
		return op_at(SY_UNLOCK, 0);
	case 3:
		if (task->step == 16)
			return (struct sy_op){ .kind = SY_DONE };
		return sleep_op(NS_PER_MS / 4);
	default:
		return sections_step(task);
	}
}

static void test_a_holder_that_sleeps_holds_up_all(void **model)
{
	struct fixture fixture;
	struct work work;
	uint32_t loops, i;

	for (loops = 1; loops <= 2; loops++) {
		make_work(&fixture, &work, *model, 12, loops);
		work.sections.inside_rounds = 100;
		open_model(&fixture, holder_step);
		for (i = 0; i < 3; i++)
			run_tasks(&fixture, 65);
		check_cells(&work, 3 * 64);
		assert_int_equal(work.most, 1);
		close_fixture(&fixture);
	}
}

/* The last task sleeps and says when it is over; the others go on with ops
   that never wait until then. */
static struct sy_op busy_step(struct sy_task *task)
{
	struct work *work = work_of(task);

	if (task->index == 3 && !task->step++)
		return sleep_op(5 * NS_PER_MS);
	if (task->index == 3)
		__atomic_store_n(&work->over, true, __ATOMIC_RELAXED);
	if (__atomic_load_n(&work->over, __ATOMIC_RELAXED))
		return (struct sy_op){ .kind = SY_DONE };
	if (task->index == 2)
		return op_at(SY_SET, 0);
	return sections_op(task);
}

static void test_ops_that_never_wait_let_others_go_on(void **model)
{
	struct fixture fixture;
	struct work work;

	make_work(&fixture, &work, *model, 4, 1);
	open_model(&fixture, busy_step);
	run_tasks(&fixture, 4);
	close_fixture(&fixture);
}

/* --- places that are not there --- */

static struct sy_op nowhere_step(struct sy_task *task)
{
	struct work *work = work_of(task);

	if (task->step++)
		return (struct sy_op){ .kind = SY_DONE };
	work->sections.by = SY_LOCK;
	work->sections.place = 7;
	if (task->index == 0)
		return sections_op(task);
	return op_at(task->index == 1 ? SY_SECTIONS + 1 : SY_LOCK, 0);
}

static void check_unknown(struct fixture *fixture, uint64_t tasks)
{
	struct sy_tally tally;

	fixture->batch->task_count = tasks;
	sy_batch_reset(fixture->batch);
	assert_int_equal(fixture->model->run(fixture->state), 0);
	sy_batch_tally(fixture->batch, &tally);
	assert_int_equal(tally.done, tasks);
	assert_int_equal(tally.error, -EINVAL);
}

static void test_a_place_that_is_not_there_ends_the_task(void **model)
{
	struct fixture fixture;
	struct work work;

	make_work(&fixture, &work, *model, 1, 1);
	open_model(&fixture, nowhere_step);
	check_unknown(&fixture, 2);
	close_fixture(&fixture);
	make_work(&fixture, &work, *model, 4, 2);
	fixture.batch->lock_count = 0;
	fixture.batch->gate_count = 0;
	fixture.batch->event_count = 0;
	open_model(&fixture, nowhere_step);
	check_unknown(&fixture, 9);
	close_fixture(&fixture);
}

/* --- everybody waits --- */

/* Takes the lock and ends with it; who comes later waits for ever. */
static struct sy_op keep_lock_step(struct sy_task *task)
{
	if (!task->step++)
		return op_at(SY_LOCK, 0);
	return (struct sy_op){ .kind = SY_DONE };
}

/* All but a few await what nobody sets; those few sleep before they end. */
static struct sy_op await_step(struct sy_task *task)
{
	if (task->step++)
		return (struct sy_op){ .kind = SY_DONE };
	return task->index % 3 ? op_at(SY_AWAIT, 0) : sleep_op(2 * NS_PER_MS);
}

/* One has the lock and awaits the event, the others want the lock. */
static struct sy_op sections_behind_step(struct sy_task *task)
{
	if (task->index)
		return sections_step(task);
	return op_at(task->step++ ? SY_AWAIT : SY_LOCK, 0);
}

static void check_deadlock(const struct sy_model *model, sy_step_fn *step,
                           uint32_t lanes, uint64_t tasks, uint32_t loops)
{
	struct fixture fixture;
	struct work work;

	make_work(&fixture, &work, model, lanes, loops);
	open_model(&fixture, step);
	fixture.batch->task_count = tasks;
	assert_int_equal(model->run(fixture.state), -EDEADLK);
	assert_int_equal(model->run(fixture.state), -EDEADLK);
	close_fixture(&fixture);
}

static void test_a_run_where_all_wait_ends(void **model)
{
	uint32_t loops;

	check_deadlock(*model, keep_lock_step, 2, 2, 1);
	for (loops = 1; loops <= 2; loops++) {
		check_deadlock(*model, keep_lock_step, 9, 100, loops);
		check_deadlock(*model, await_step, 9, 9, loops);
		check_deadlock(*model, await_step, 9, 100, loops);
		check_deadlock(*model, sections_behind_step, 6, 20, loops);
	}
}

static void test_what_it_lacks_is_said(void **model)
{
	const struct sy_model *m = *model;

	assert_null(m->lacks(0));
	assert_null(m->lacks(SY_WANTS_ORDER));
	assert_non_null(m->lacks(SY_WANTS_ORDER | SY_WANTS_OUTSIDE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(test_sections_under_a_lock_lose_nothing),
		BOTH(test_sections_behind_a_gate),
		BOTH(test_sections_by_nothing),
		BOTH(test_a_holder_that_sleeps_holds_up_all),
		BOTH(test_ops_that_never_wait_let_others_go_on),
		BOTH(test_a_place_that_is_not_there_ends_the_task),
		BOTH(test_a_run_where_all_wait_ends),
		BOTH(test_what_it_lacks_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
