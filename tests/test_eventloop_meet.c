/* SPDX-License-Identifier: MIT */
/*
 * test_eventloop_meet.c - tasks of both event loops that meet, on one loop and
 * on two: at locks, gates, events and conditions.
 */
#include "eventloop_fixture.h"

#include <stdbool.h>

/* Memory that tasks share: plain, but for what no lock guards. */
struct meeting {
	uint32_t members; /* tasks that meet, the last of them the one that
	                      lets the others go on */
	uint32_t notify;  /* at first */
	uint64_t count;   /* under the lock */
	uint32_t waiting; /* under the lock */
	uint32_t woken;   /* under the lock */
	bool may_pass;    /* atomic: before the event is set */
	uint32_t inside;  /* atomic */
	uint32_t most;    /* atomic */
	uint32_t arrived[64];
};

static struct meeting *meeting_of(const struct sy_task *task)
{
	return (struct meeting *)(uintptr_t)task->job;
}

static struct sy_op op_at(uint32_t kind, uint64_t place, uint32_t count)
{
	return (struct sy_op){ .kind = kind, .count = count, .place = place };
}

static struct sy_op sleep_op(uint64_t ns)
{
	return (struct sy_op){ .kind = SY_SLEEP,
		               .until_ns = sy_clock_ns() + ns };
}

/* Fails the task where its last op did not end with `result`. */
static void expect(struct sy_task *task, int64_t result)
{
	if (task->result != result && !task->error)
		task->error = -EPROTO;
}

static const uint32_t units[] = { 3 };

/* A batch of two locks, a gate of three units and two events. */
static void make_meeting(struct fixture *fixture, struct meeting *meeting,
                         const struct sy_model *model, uint32_t inflight,
                         uint32_t loops)
{
	make_batch(fixture, model, inflight, loops, 64);
	memset(meeting, 0, sizeof(*meeting));
	meeting->members = inflight;
	fixture->batch->job = meeting;
	fixture->batch->lock_count = 2;
	fixture->batch->gate_count = 1;
	fixture->batch->gate_units = units;
	fixture->batch->event_count = 2;
	fixture->batch->wants = SY_WANTS_ORDER;
}

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
		BOTH(test_a_lock_loses_no_update),
		BOTH(test_two_loops_share_a_busy_lock),
		BOTH(test_a_gate_lets_in_as_many_as_it_has_units),
		BOTH(test_no_more_is_released_than_was_acquired),
		BOTH(test_an_event_lets_all_go_on_and_none_before),
		BOTH(test_who_is_parked_costs_nothing),
		BOTH(test_a_deadline_beside_its_event),
		BOTH(test_as_many_wake_as_were_notified),
		BOTH(test_tasks_that_wait_for_later_ones_all_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
