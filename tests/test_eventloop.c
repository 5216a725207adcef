/* SPDX-License-Identifier: MIT */
/*
 * test_eventloop.c - bytes in both event loops: in parts, at the end of a
 * stream, after an error, and where nobody asked for them.
 */
#include "eventloop_fixture.h"

static void test_echo_over_unix_sockets(void **model)
{
	check_echo(*model, false, 64, 64, 1, 2000);
	check_echo(*model, false, 1, 1, 1, 200);
}

static void test_echo_over_tcp(void **model)
{
	check_echo(*model, true, 64, 16, 1, 1000);
}

static void test_echo_in_two_loops(void **model)
{
	check_echo(*model, false, 64, 33, 2, 2000);
}

static void test_large_messages_go_in_parts(void **model)
{
	check_echo(*model, false, LARGE, 3, 1, 9);
	check_echo(*model, true, LARGE, 3, 2, 9);
	/* Larger than a read-ahead buffer, smaller than a receive. */
	check_echo(*model, false, 100000, 2, 1, 12);
}

/* --- ends and errors --- */

/* Receives to the end, again, and then sends; value: what came of it. */
static struct sy_op end_step(struct sy_task *task)
{
	unsigned char *buf = task->lane->scratch;

	switch (task->step++) {
	case 0:
		return (struct sy_op){ .kind = SY_RECV,
			               .count = 8,
			               .buf = buf };
	case 1:
		task->error = task->result == 3 ? 0 : -EPROTO;
		return (struct sy_op){ .kind = SY_RECV,
			               .count = 8,
			               .buf = buf };
	case 2:
	case 3:
		if (task->result)
			task->error = -EPROTO;
		return (struct sy_op){ .kind = SY_RECV,
			               .count = 8,
			               .buf = buf };
	case 4:
		return (struct sy_op){ .kind = SY_SEND,
			               .count = 8,
			               .buf = buf };
	default:
		if (task->result != -EPIPE)
			task->error = -EPROTO;
		return done_op();
	}
}

static void test_the_end_of_a_stream_is_zero(void **model)
{
	struct fixture fixture;

	make_batch(&fixture, *model, 1, 1, 64);
	connect_lanes(&fixture, false);
	assert_int_equal(send(fixture.peers[0], "end", 3, 0), 3);
	close_peers(&fixture);
	open_model(&fixture, end_step);
	run_tasks(&fixture, 1); /* and survives the SIGPIPE */
	close_fixture(&fixture);
}

/* Sleeps 200 ms on a connection that has ended, then looks at it. */
static struct sy_op sleep_beside_end_step(struct sy_task *task)
{
	switch (task->step++) {
	case 0:
		return (struct sy_op){ .kind = SY_SLEEP,
			               .until_ns = sy_clock_ns() +
			                           200 * NS_PER_MS };
	case 1:
		return (struct sy_op){ .kind = SY_RECV,
			               .count = 64,
			               .buf = task->lane->scratch };
	default:
		task->error = task->result ? -EPROTO : 0;
		return done_op();
	}
}

static void test_an_end_that_nobody_waits_for_does_not_spin(void **model)
{
	struct fixture fixture;
	uint64_t before_ns;

	make_batch(&fixture, *model, 2, 1, 64);
	connect_lanes(&fixture, false);
	close_peers(&fixture);
	open_model(&fixture, sleep_beside_end_step);
	before_ns = cpu_ns();
	run_tasks(&fixture, 1);
	assert_true(cpu_ns() - before_ns < 60 * NS_PER_MS);
	run_tasks(&fixture, 4);
	close_fixture(&fixture);
}

/* The reset comes while nobody waits: it is told once, then it is the end. */
static struct sy_op reset_step(struct sy_task *task)
{
	static const int expected[] = { 0, 0, -ECONNRESET, -EPIPE, 0 };
	struct sy_op op = { .count = 8, .buf = task->lane->scratch };

	if (task->step > 1 && task->result != expected[task->step])
		task->error = -EPROTO;
	switch (task->step++) {
	case 0:
		op.kind = SY_SLEEP;
		op.until_ns = sy_clock_ns() + 3 * NS_PER_MS;
		return op;
	case 1:
	case 3:
		op.kind = SY_RECV;
		return op;
	case 2:
		op.kind = SY_SEND;
		return op;
	default:
		return done_op();
	}
}

static void test_a_reset_is_an_error(void **model)
{
	const struct linger at_once = { .l_onoff = 1 };
	struct fixture fixture;

	make_batch(&fixture, *model, 1, 1, 64);
	connect_lanes(&fixture, true);
	open_model(&fixture, reset_step);
	setsockopt(fixture.peers[0], SOL_SOCKET, SO_LINGER, &at_once,
	           sizeof(at_once));
	close_peers(&fixture);
	run_tasks(&fixture, 1);
	close_fixture(&fixture);
}

static struct sy_op unconnected_step(struct sy_task *task)
{
	switch (task->step++) {
	case 0:
		return (struct sy_op){ .kind = SY_SEND,
			               .count = 1,
			               .buf = task->lane->scratch };
	case 1:
		task->error = task->result == -EBADF ? 0 : -EPROTO;
		return (struct sy_op){ .kind = SY_RECV,
			               .count = 1,
			               .buf = task->lane->scratch };
	default:
		if (task->result != -EBADF)
			task->error = -EPROTO;
		return done_op();
	}
}

static void test_a_lane_without_connection_is_told(void **model)
{
	struct fixture fixture;

	make_batch(&fixture, *model, 2, 1, 64);
	open_model(&fixture, unconnected_step);
	run_tasks(&fixture, 5);
	close_fixture(&fixture);
}

/* --- bytes that nobody asked for --- */

/* Each task receives 7 bytes at most of one stream that counts upwards;
   every 64th sleeps before, so that bytes come while nobody receives. */
static struct sy_op unasked_step(struct sy_task *task)
{
	struct job *job = (struct job *)(uintptr_t)task->job;
	int64_t i;

	if (task->step++ == 0 && task->index % 64 == 0)
		return (struct sy_op){ .kind = SY_SLEEP,
			               .until_ns = sy_clock_ns() + NS_PER_MS };
	if (task->step == 1 || (task->step == 2 && task->index % 64 == 0)) {
		task->step = 2;
		return (struct sy_op){ .kind = SY_RECV,
			               .count = 7,
			               .buf = task->lane->scratch };
	}
	for (i = 0; i < task->result; i++)
		if (task->lane->scratch[i] != (unsigned char)job->bytes++)
			task->error = -EBADMSG;
	if (task->result <= 0)
		task->error = -EPIPE;
	return done_op();
}

static void test_bytes_that_nobody_asked_for_are_kept(void **model)
{
	static unsigned char bytes[7 * 256 * 56]; /* over 64 KiB */
	struct fixture fixture;
	unsigned i;

	make_batch(&fixture, *model, 1, 1, 64);
	connect_lanes(&fixture, false);
	open_model(&fixture, unasked_step);
	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)i;
	for (i = 0; i < 2; i++)
		assert_int_equal(
			send(fixture.peers[0], bytes + i * 896, 896, 0), 896);
	run_tasks(&fixture, 200);
	assert_int_equal(
		send(fixture.peers[0], bytes, sizeof(bytes), MSG_DONTWAIT),
		sizeof(bytes));
	/* A few receives end where a buffer does. */
	run_tasks(&fixture, 56 + 56 * 256 - 8);
	assert_in_range(fixture.job.bytes, 57 * 1792 - 8 * 7 - 5 * 7,
	                57 * 1792 - 8 * 7);
	close_fixture(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(test_echo_over_unix_sockets),
		BOTH(test_echo_over_tcp),
		BOTH(test_echo_in_two_loops),
		BOTH(test_large_messages_go_in_parts),
		BOTH(test_the_end_of_a_stream_is_zero),
		BOTH(test_an_end_that_nobody_waits_for_does_not_spin),
		BOTH(test_a_reset_is_an_error),
		BOTH(test_a_lane_without_connection_is_told),
		BOTH(test_bytes_that_nobody_asked_for_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
