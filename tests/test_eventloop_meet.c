/* SPDX-License-Identifier: MIT */
/*
 * test_eventloop_meet.c - tasks of both event loops that meet at locks and
 * gates, on one loop and on two.
 */
#include "eventloop_meeting.h"

/* --- a lock --- */

/* Adds one in three steps, some of them with a wait inside. */
static struct sy_op lock_step(struct sy_task *task)
{
	struct meeting *meeting = meeting_of(task);

	switch (task->step++) {
	case 0:
		return op_at(SY_LOCK, 1, 0);
	case 1:
		expect(task, 0);
		task->local[0] = meeting->count;
		if (task->index % 16 == 0)
			return sleep_op(NS_PER_MS / 5);
		return (struct sy_op){ .kind = SY_COMPUTE, .rounds = 10 };
	case 2:
		meeting->count = task->local[0] + 1;
		return op_at(SY_UNLOCK, 1, 0);
	default:
		expect(task, 0);
		return done_op();
	}
}

static void test_a_lock_loses_no_update(void **model)
{
	struct meeting meeting;
	struct fixture fixture;
	uint32_t loops, i;

	for (loops = 1; loops <= 2; loops++) {
		make_meeting(&fixture, &meeting, *model, 32, loops);
		open_model(&fixture, lock_step);
		for (i = 0; i < 3; i++)
			run_tasks(&fixture, 2000);
		assert_int_equal(meeting.count, 6000);
		close_fixture(&fixture);
	}
}

/* Without a wait inside, so that two loops meet as often as they can. */
static struct sy_op short_lock_step(struct sy_task *task)
{
	struct meeting *meeting = meeting_of(task);

	if (task->step++ % 2 == 0) {
		if (task->step == 41)
			return done_op();
		return op_at(SY_LOCK, 0, 0);
	}
	meeting->count++;
	return op_at(SY_UNLOCK, 0, 0);
}

static void test_two_loops_share_a_busy_lock(void **model)
{
	struct meeting meeting;
	struct fixture fixture;

	make_meeting(&fixture, &meeting, *model, 8, 2);
	open_model(&fixture, short_lock_step);
	run_tasks(&fixture, 500);
	assert_int_equal(meeting.count, 500 * 20);
	close_fixture(&fixture);
}

/* --- a gate --- */

static void count_in(struct meeting *meeting)
{
	uint32_t now =
		__atomic_add_fetch(&meeting->inside, 1, __ATOMIC_SEQ_CST);
	uint32_t most = __atomic_load_n(&meeting->most, __ATOMIC_SEQ_CST);

	while (now > most &&
	       !__atomic_compare_exchange_n(&meeting->most, &most, now, false,
	                                    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
		;
}

static struct sy_op gate_step(struct sy_task *task)
{
	struct meeting *meeting = meeting_of(task);

	switch (task->step++) {
	case 0:
		return op_at(SY_ACQUIRE, 0, 1);
	case 1:
		expect(task, 0);
		count_in(meeting);
		return sleep_op(NS_PER_MS);
	case 2:
		__atomic_sub_fetch(&meeting->inside, 1, __ATOMIC_SEQ_CST);
		return op_at(SY_RELEASE, 0, 1);
	default:
		expect(task, 0);
		return done_op();
	}
}

static void test_a_gate_lets_in_as_many_as_it_has_units(void **model)
{
	struct meeting meeting;
	struct fixture fixture;
	uint32_t loops;

	for (loops = 1; loops <= 2; loops++) {
		make_meeting(&fixture, &meeting, *model, 20, loops);
		open_model(&fixture, gate_step);
		run_tasks(&fixture, 60);
		assert_int_equal(meeting.most, units[0]);
		assert_int_equal(meeting.inside, 0);
		close_fixture(&fixture);
	}
}

static struct sy_op over_release_step(struct sy_task *task)
{
	static const struct {
		uint32_t kind, count;
		int result;
	} ops[] = {
		{ SY_RELEASE, 1, 0 },          { SY_ACQUIRE, 1, -EOVERFLOW },
		{ SY_ACQUIRE, 1, 0 },          { SY_RELEASE, 3, 0 },
		{ SY_RELEASE, 2, -EOVERFLOW }, { SY_RELEASE, 1, 0 },
	};
	uint32_t step = task->step++;

	if (step)
		expect(task, step < 6 ? ops[step].result : -EOVERFLOW);
	if (step == 6)
		return done_op();
	return op_at(ops[step].kind, 0, ops[step].count);
}

static void test_no_more_is_released_than_was_acquired(void **model)
{
	struct meeting meeting;
	struct fixture fixture;

	make_meeting(&fixture, &meeting, *model, 1, 1);
	open_model(&fixture, over_release_step);
	run_tasks(&fixture, 3);
	close_fixture(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(test_a_lock_loses_no_update),
		BOTH(test_two_loops_share_a_busy_lock),
		BOTH(test_a_gate_lets_in_as_many_as_it_has_units),
		BOTH(test_no_more_is_released_than_was_acquired),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
