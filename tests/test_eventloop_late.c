/* SPDX-License-Identifier: MIT */
/*
 * test_eventloop_late.c - what comes late in both event loops: an op after its
 * deadline, room at a listener, a reply at about the time of its deadline or
 * after it.
 */
#include "eventloop_deadline.h"

/* --- an op that begins after its deadline --- */

static struct sy_op overdue_step(struct sy_task *task)
{
	if (task->step >= 100)
		return again_step(task);
	switch (task->step++) {
	case 0:
		task->deadline_ns = 0;
		return plain_op(SY_CONNECT);
	case 1:
		expect(task, 0);
		return request_op(task, 'e', 0);
	case 2: /* the reply comes meanwhile */
		set_deadline(task, NS_PER_MS);
		return (struct sy_op){ .kind = SY_SLEEP,
			               .until_ns =
			                       sy_clock_ns() + 10 * NS_PER_MS };
	case 3:
		return reply_op(task);
	case 4:
		expect(task, -ETIMEDOUT);
		return request_op(task, 'e', 0);
	case 5:
		expect(task, -ETIMEDOUT);
		return plain_op(SY_HANGUP);
	case 6:
		return plain_op(SY_CONNECT);
	case 7:
		expect(task, -ETIMEDOUT);
		if (task->lane->fd != -1)
			task->error = -EBADFD;
		/* fallthrough */
	default:
		return go_to_again(task);
	}
}

static void test_an_op_after_its_deadline_is_not_begun(void **model)
{
	struct fixture fixture;
	struct place place;

	open_place(&place, true);
	make_client(&fixture, *model, 3, 2, &place);
	open_model(&fixture, overdue_step);
	run_tasks(&fixture, 12);
	close_fixture(&fixture);
	close_place(&place);
}

/* --- a listener with no room --- */

/* value: whether it was connected. */
static struct sy_op no_room_step(struct sy_task *task)
{
	const struct job *job = task->job;

	switch (task->step++) {
	case 0:
		set_deadline(task, job->rounds);
		return plain_op(SY_CONNECT);
	case 1:
		task->value = !task->result;
		if (task->result)
			expect_timeout(task);
		else
			return plain_op(SY_HANGUP);
		/* fallthrough */
	default:
		task->deadline_ns = 0;
		return done_op();
	}
}

/* Connections that fill the queue of a listener with the least backlog. */
static void fill_queue(const struct place *place, int fds[4])
{
	unsigned i;

	for (i = 0; i < 4; i++) {
		fds[i] = socket(place->address.any.sa_family,
		                SOCK_STREAM | SOCK_NONBLOCK, 0);
		connect(fds[i], &place->address.any, place->bytes);
	}
}

static void check_no_room(const struct sy_model *model, bool tcp)
{
	struct fixture fixture;
	struct place place;
	struct sy_tally tally;
	int fds[4];
	unsigned i;

	listen_at(&place, tcp, 0);
	fill_queue(&place, fds);
	make_client(&fixture, model, 3, 1, &place);
	fixture.job.rounds = 40 * NS_PER_MS;
	open_model(&fixture, no_room_step);
	run_tasks(&fixture, 6);
	sy_batch_tally(fixture.batch, &tally);
	assert_int_equal(tally.sum, 0);
	/* Now there is somebody who accepts, and it is only a matter of time. */
	start_serving(&place);
	fixture.job.rounds = LONG_NS;
	run_tasks(&fixture, 6);
	sy_batch_tally(fixture.batch, &tally);
	assert_int_equal(tally.sum, 6);
	for (i = 0; i < 4; i++)
		close(fds[i]);
	close_fixture(&fixture);
	close_place(&place);
}

static void test_a_listener_without_room(void **model)
{
	check_no_room(*model, true);
	check_no_room(*model, false);
}

/* --- a reply that comes when the deadline does --- */

/* Either the reply or a timeout; then a sleep, which the rest of the timer
   must not end; then the next request. */
static struct sy_op race_step(struct sy_task *task)
{
	switch (task->step) {
	case 0:
		task->step++;
		task->deadline_ns = 0;
		return plain_op(SY_CONNECT);
	case 1:
		task->step++;
		expect(task, 0);
		if (task->error)
			return done_op();
		set_deadline(task,
		             2 * NS_PER_MS + task->index * 773 % NS_PER_MS);
		return request_op(task, 'd', 2);
	case 2:
		task->step++;
		return reply_op(task);
	case 3:
		if (task->result == -ETIMEDOUT) {
			expect_timeout(task);
		} else if (!replied(task)) {
			return reply_op(task);
		}
		task->step++;
		task->local[0] = sy_clock_ns() + NS_PER_MS / 2;
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

static void test_a_reply_beside_its_deadline(void **model)
{
	struct fixture fixture;
	struct place place;
	uint32_t loops;

	for (loops = 1; loops <= 2; loops++) {
		open_place(&place, loops == 1);
		make_client(&fixture, *model, 50, loops, &place);
		open_model(&fixture, race_step);
		run_tasks(&fixture, 1500);
		close_fixture(&fixture);
		close_place(&place);
	}
}

/* --- a receive that is tried again --- */

/* The reply takes longer than the first deadline. */
static struct sy_op patient_step(struct sy_task *task)
{
	switch (task->step++) {
	case 0:
		task->deadline_ns = 0;
		return plain_op(SY_CONNECT);
	case 1:
		expect(task, 0);
		return request_op(task, 'd', 40);
	case 2:
		set_deadline(task, NS_PER_MS);
		return reply_op(task);
	case 3:
		expect_timeout(task);
		task->deadline_ns = 0;
		if (task->index % 2) /* it comes while nobody receives */
			return (struct sy_op){
				.kind = SY_SLEEP,
				.until_ns = sy_clock_ns() + 60 * NS_PER_MS,
			};
		/* fallthrough */
	case 4:
		task->step = 5;
		return reply_op(task);
	case 5:
		if (!replied(task)) {
			task->step = 5;
			return reply_op(task);
		}
		return plain_op(SY_HANGUP);
	default:
		return done_op();
	}
}

static void test_a_receive_can_be_tried_again(void **model)
{
	struct fixture fixture;
	struct place place;

	open_place(&place, true);
	make_client(&fixture, *model, 6, 2, &place);
	open_model(&fixture, patient_step);
	run_tasks(&fixture, 12);
	close_fixture(&fixture);
	close_place(&place);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(test_an_op_after_its_deadline_is_not_begun),
		BOTH(test_a_listener_without_room),
		BOTH(test_a_reply_beside_its_deadline),
		BOTH(test_a_receive_can_be_tried_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
