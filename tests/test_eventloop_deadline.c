/* SPDX-License-Identifier: MIT */
/*
 * test_eventloop_deadline.c - deadlines in both event loops, against peers
 * that are silent, trickle, flood or do not read.
 */
#include "eventloop_deadline.h"

/* Sends one kind of request, receives until the deadline. */
static struct sy_op peer_step(struct sy_task *task)
{
	const struct job *job = task->job;

	switch (task->step) {
	case 0:
		task->step++;
		set_deadline(task, LONG_NS);
		return plain_op(SY_CONNECT);
	case 1:
		task->step++;
		expect(task, 0);
		if (task->error)
			return done_op();
		return request_op(task, (char)job->bytes, 0);
	case 2:
		task->step++;
		expect(task, REQUEST);
		set_deadline(task, SHORT_NS);
		break;
	case 3:
		if (task->result > 0)
			break; /* a part of what never ends */
		expect_timeout(task);
		return go_to_again(task);
	default:
		return again_step(task);
	}
	return (struct sy_op){ .kind = SY_RECV,
		               .count = 4096,
		               .buf = task->lane->scratch };
}

static void check_peer(const struct sy_model *model, char mode, uint32_t loops,
                       uint32_t lanes)
{
	struct fixture fixture;
	struct place place;

	open_place(&place, loops == 1);
	make_client(&fixture, model, lanes, loops, &place);
	fixture.job.bytes = (uint32_t)mode;
	open_model(&fixture, peer_step);
	run_tasks(&fixture, 3 * lanes);
	run_tasks(&fixture, lanes);
	close_fixture(&fixture);
	close_place(&place);
}

static void test_a_peer_that_is_silent(void **model)
{
	check_peer(*model, 's', 1, 20);
	check_peer(*model, 's', 2, 20);
}

static void test_a_peer_that_trickles(void **model)
{
	check_peer(*model, 't', 1, 20);
	check_peer(*model, 't', 2, 20);
}

static void test_a_peer_that_never_stops(void **model)
{
	check_peer(*model, 'f', 1, 3);
	check_peer(*model, 'f', 2, 3);
}

/* --- a peer that does not read --- */

static struct sy_op fill_step(struct sy_task *task)
{
	switch (task->step) {
	case 0:
		task->step++;
		set_deadline(task, LONG_NS);
		return plain_op(SY_CONNECT);
	case 1:
		task->step++;
		expect(task, 0);
		if (task->error)
			return done_op();
		return request_op(task, 'n', 0);
	case 2:
		task->step++;
		expect(task, REQUEST);
		set_deadline(task, SHORT_NS);
		/* fallthrough */
	case 3:
		if (task->result > 0) /* until nothing more goes */
			return (struct sy_op){ .kind = SY_SEND,
				               .count = 65536,
				               .buf = task->lane->scratch };
		task->step++;
		expect_timeout(task);
		/* Of no use any more, but safe. */
		set_deadline(task, SHORT_NS);
		return request_op(task, 'n', 0);
	case 4:
		if (task->result >= 0)
			expect(task, REQUEST);
		return go_to_again(task);
	default:
		return again_step(task);
	}
}

static void test_a_peer_that_does_not_read(void **model)
{
	struct fixture fixture;
	struct place place;
	uint32_t loops;

	for (loops = 1; loops <= 2; loops++) {
		open_place(&place, loops == 1);
		make_client(&fixture, *model, 5, loops, &place);
		open_model(&fixture, fill_step);
		run_tasks(&fixture, 10);
		close_fixture(&fixture);
		close_place(&place);
	}
}

/* The rest goes when nobody waits for it any more, which ends no sleep. */
static struct sy_op late_room_step(struct sy_task *task)
{
	switch (task->step) {
	case 0:
		task->step++;
		set_deadline(task, LONG_NS);
		return plain_op(SY_CONNECT);
	case 1:
		task->step++;
		expect(task, 0);
		if (task->error)
			return done_op();
		return request_op(task, 'p', 40);
	case 2:
		task->step++;
		expect(task, REQUEST);
		set_deadline(task, SHORT_NS);
		/* fallthrough */
	case 3:
		if (task->result > 0)
			return (struct sy_op){ .kind = SY_SEND,
				               .count = 65536,
				               .buf = task->lane->scratch };
		task->step++;
		expect_timeout(task);
		task->local[0] = sy_clock_ns() + 80 * NS_PER_MS;
		return (struct sy_op){ .kind = SY_SLEEP,
			               .until_ns = task->local[0] };
	case 4:
		if (sy_clock_ns() < task->local[0])
			task->error = -ETIME;
		return go_to_again(task);
	default:
		return again_step(task);
	}
}

static void test_room_that_comes_too_late(void **model)
{
	struct fixture fixture;
	struct place place;

	open_place(&place, true);
	make_client(&fixture, *model, 3, 1, &place);
	open_model(&fixture, late_room_step);
	run_tasks(&fixture, 6);
	close_fixture(&fixture);
	close_place(&place);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(test_a_peer_that_is_silent),
		BOTH(test_a_peer_that_trickles),
		BOTH(test_a_peer_that_never_stops),
		BOTH(test_a_peer_that_does_not_read),
		BOTH(test_room_that_comes_too_late),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
