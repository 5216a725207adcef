/* SPDX-License-Identifier: MIT */
/*
 * test_eventloop_event.c - tasks of both event loops that wait for one
 * another, on one loop and on two: events, conditions, and the order that
 * this takes.
 */
#include "eventloop_meeting.h"

/* --- an event --- */

static struct sy_op setter_step(struct sy_task *task)
{
	struct meeting *meeting = meeting_of(task);

	switch (task->step++) {
	case 0:
		return sleep_op(10 * NS_PER_MS);
	case 1:
		__atomic_store_n(&meeting->may_pass, true, __ATOMIC_RELAXED);
		return op_at(SY_SET, 1, 0);
	case 2:
		return op_at(SY_AWAIT, 1, 0); /* it is set: at once */
	case 3:
		expect(task, 0);
		__atomic_store_n(&meeting->may_pass, false, __ATOMIC_RELAXED);
		return op_at(SY_CLEAR, 1, 0);
	case 4:
		task->deadline_ns = sy_clock_ns() + 5 * NS_PER_MS;
		return op_at(SY_AWAIT, 1, 0);
	default:
		expect(task, -ETIMEDOUT);
		if (sy_clock_ns() < task->deadline_ns)
			task->error = -ETIME;
		task->deadline_ns = 0;
		return done_op();
	}
}

static struct sy_op event_step(struct sy_task *task)
{
	struct meeting *meeting = meeting_of(task);

	if (task->index % meeting->members == meeting->members - 1)
		return setter_step(task);
	if (!task->step++)
		return op_at(SY_AWAIT, 1, 0);
	expect(task, 0);
	__atomic_add_fetch(&meeting->woken, 1, __ATOMIC_RELAXED);
	return done_op();
}

static void test_an_event_lets_all_go_on_and_none_before(void **model)
{
	struct meeting meeting;
	struct fixture fixture;
	uint32_t loops, i;

	for (loops = 1; loops <= 2; loops++) {
		make_meeting(&fixture, &meeting, *model, 11, loops);
		open_model(&fixture, event_step);
		for (i = 1; i <= 5; i++) {
			run_tasks(&fixture, 11);
			assert_int_equal(meeting.woken, 10 * i);
		}
		close_fixture(&fixture);
	}
}

/* Awaits what is never set; meanwhile nothing is to be done. */
static struct sy_op quiet_step(struct sy_task *task)
{
	struct meeting *meeting = meeting_of(task);
	bool sleeps = task->index == meeting->members - 1;

	switch (task->step++) {
	case 0:
		return sleeps ? sleep_op(200 * NS_PER_MS)
		              : op_at(SY_AWAIT, 0, 0);
	case 1:
		if (sleeps)
			return op_at(SY_SET, 0, 0);
		/* fallthrough */
	default:
		return done_op();
	}
}

static void test_who_is_parked_costs_nothing(void **model)
{
	struct meeting meeting;
	struct fixture fixture;
	uint64_t before_ns;
	uint32_t loops;

	for (loops = 1; loops <= 2; loops++) {
		make_meeting(&fixture, &meeting, *model, 100, loops);
		open_model(&fixture, quiet_step);
		before_ns = cpu_ns();
		run_tasks(&fixture, 100);
		assert_true(cpu_ns() - before_ns < 80 * NS_PER_MS);
		close_fixture(&fixture);
	}
}

/* The event is set about when the deadline comes: either is right, once. */
static struct sy_op close_race_step(struct sy_task *task)
{
	bool sets = task->index % 2;

	switch (task->step++) {
	case 0:
		if (sets)
			return sleep_op(NS_PER_MS +
			                task->index * 997 % NS_PER_MS);
		task->deadline_ns = sy_clock_ns() + NS_PER_MS;
		return op_at(SY_AWAIT, 0, 0);
	case 1:
		if (!sets && task->result && task->result != -ETIMEDOUT)
			task->error = -EPROTO;
		task->deadline_ns = 0;
		return op_at(sets ? SY_SET : SY_CLEAR, 0, 0);
	default:
		return done_op();
	}
}

static void test_a_deadline_beside_its_event(void **model)
{
	struct meeting meeting;
	struct fixture fixture;
	uint32_t loops;

	for (loops = 1; loops <= 2; loops++) {
		make_meeting(&fixture, &meeting, *model, 64, loops);
		open_model(&fixture, close_race_step);
		run_tasks(&fixture, 5000);
		close_fixture(&fixture);
	}
}

/* --- a condition --- */

static struct sy_op waiter_step(struct sy_task *task)
{
	struct meeting *meeting = meeting_of(task);

	switch (task->step++) {
	case 0:
		return op_at(SY_LOCK, 0, 0);
	case 1:
		meeting->waiting++;
		return op_at(SY_WAIT, 0, 0);
	case 2:
		expect(task, 0);
		meeting->woken++;
		return op_at(SY_UNLOCK, 0, 0);
	default:
		return done_op();
	}
}

/* Looks until all wait, notifies some, looks until as many are awake; then a
   while for one too many to show, and the rest. */
static struct sy_op notifier_step(struct sy_task *task)
{
	struct meeting *meeting = meeting_of(task);
	uint32_t waiters = meeting->members - 1;

	switch (task->step++) {
	case 0:
		return op_at(SY_LOCK, 0, 0);
	case 1:
		if (meeting->waiting < waiters) {
			task->step = 10;
			return op_at(SY_UNLOCK, 0, 0);
		}
		return op_at(SY_NOTIFY, 0, meeting->notify);
	case 2:
		expect(task, 0);
		return op_at(SY_UNLOCK, 0, 0);
	case 3:
		return sleep_op(NS_PER_MS);
	case 4:
		return op_at(SY_LOCK, 0, 0);
	case 5:
		if (meeting->woken < meeting->notify)
			task->step = 2;
		return op_at(SY_UNLOCK, 0, 0);
	case 6:
		return sleep_op(20 * NS_PER_MS);
	case 7:
		return op_at(SY_LOCK, 0, 0);
	case 8:
		if (meeting->woken != meeting->notify)
			task->error = -EILSEQ;
		return op_at(SY_NOTIFY, 0, waiters);
	case 9:
		task->step = 12;
		return op_at(SY_UNLOCK, 0, 0);
	case 10:
		task->step = 0;
		return sleep_op(NS_PER_MS);
	default:
		return done_op();
	}
}

static struct sy_op condition_step(struct sy_task *task)
{
	const struct meeting *meeting = meeting_of(task);

	return task->index == meeting->members - 1 ? notifier_step(task)
	                                           : waiter_step(task);
}

static void test_as_many_wake_as_were_notified(void **model)
{
	static const uint32_t notified[] = { 0, 1, 4, 9 };
	struct meeting meeting;
	struct fixture fixture;
	uint32_t loops, i;

	for (loops = 1; loops <= 2; loops++) {
		make_meeting(&fixture, &meeting, *model, 10, loops);
		open_model(&fixture, condition_step);
		for (i = 0; i < sizeof(notified) / sizeof(*notified); i++) {
			meeting.notify = notified[i];
			meeting.waiting = meeting.woken = 0;
			run_tasks(&fixture, 10);
			assert_int_equal(meeting.woken, 9);
		}
		close_fixture(&fixture);
	}
}

/* --- order --- */

/* As many as there are lanes wait for the last of them. */
static struct sy_op barrier_step(struct sy_task *task)
{
	struct meeting *meeting = meeting_of(task);
	uint32_t *arrived = &meeting->arrived[task->index / meeting->members];

	switch (task->step++) {
	case 0:
		return op_at(SY_LOCK, 0, 0);
	case 1:
		if (++*arrived < meeting->members)
			return op_at(SY_WAIT, 0, 0);
		return op_at(SY_NOTIFY, 0, meeting->members);
	case 2:
		expect(task, 0);
		/* Notified for another group: not yet. */
		if (*arrived < meeting->members) {
			task->step = 2;
			return op_at(SY_WAIT, 0, 0);
		}
		return op_at(SY_UNLOCK, 0, 0);
	default:
		return done_op();
	}
}

static void test_tasks_that_wait_for_later_ones_all_run(void **model)
{
	struct meeting meeting;
	struct fixture fixture;
	uint32_t loops, lanes, i;

	for (loops = 1; loops <= 2; loops++) {
		for (lanes = 2; lanes <= 9; lanes += 7) {
			make_meeting(&fixture, &meeting, *model, lanes, loops);
			open_model(&fixture, barrier_step);
			for (i = 0; i < 20; i++) {
				memset(meeting.arrived, 0,
				       sizeof(meeting.arrived));
				run_tasks(&fixture, 64 * lanes);
			}
			close_fixture(&fixture);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(test_an_event_lets_all_go_on_and_none_before),
		BOTH(test_who_is_parked_costs_nothing),
		BOTH(test_a_deadline_beside_its_event),
		BOTH(test_as_many_wake_as_were_notified),
		BOTH(test_tasks_that_wait_for_later_ones_all_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
