/* SPDX-License-Identifier: MIT */
/*
 * test_blocking.c - what blocking.h and blocking_connection.h promise beside
 * what all models do.
 */
#include "listener_fixture.h"

#include "blocking.h"
#include "blocking_connection.h"

/* Ops that are not known, and places that there are none of. */

static bool carry_out(struct sy_places *places, struct sy_lane *lane,
                      enum sy_op_kind kind, uint64_t place)
{
	const struct sy_batch batch = { .inflight = 1 };
	const struct sy_op op = { .kind = kind, .count = 1, .place = place };

	lane->task.error = 0;
	lane->task.result = -EDOM;
	return sy_blocking_op(&batch, places, lane, &op);
}

static void assert_refused(struct sy_places *places, enum sy_op_kind kind,
                           uint64_t place)
{
	struct sy_lane lane = { .fd = -1 };

	assert_false(carry_out(places, &lane, kind, place));
	assert_int_equal(lane.task.error, -EINVAL);
}

static void test_place_that_there_is_none_of_ends_the_task(void **state)
{
	static const uint32_t units[] = { 1, 1 };
	const struct sy_batch batch = { .inflight = 1,
		                        .lock_count = 1,
		                        .gate_count = 2,
		                        .gate_units = units,
		                        .event_count = 3 };
	struct sy_lane lane = { .fd = -1 };
	struct sy_places *places;
	uint32_t kind;

	(void)state;
	assert_int_equal(sy_places_open(&places, &batch, false), 0);
	for (kind = SY_LOCK; kind <= SY_NOTIFY; kind++) {
		bool gate = kind == SY_ACQUIRE || kind == SY_RELEASE;
		bool event =
			kind == SY_AWAIT || kind == SY_SET || kind == SY_CLEAR;

		assert_refused(places, kind, gate ? 2 : event ? 3 : 1);
		assert_refused(places, kind, UINT64_MAX);
		assert_refused(NULL, kind, 0);
	}
	assert_refused(places, 99, 0);
	assert_refused(NULL, 99, 0);
	assert_true(carry_out(places, &lane, SY_ACQUIRE, 1));
	assert_int_equal(lane.task.result, 0);
	assert_true(carry_out(places, &lane, SY_SET, 2));
	assert_true(carry_out(places, &lane, SY_AWAIT, 2));
	assert_int_equal(lane.task.result, 0);
	sy_places_close(places);
}

static void assert_sections_refused(struct sy_places *places,
                                    enum sy_op_kind by, uint32_t place)
{
	uint64_t cell = 0;
	const struct sy_sections sections = {
		.by = by, .place = place, .cells = &cell, .cell_count = 1
	};
	const struct sy_op op = { .kind = SY_SECTIONS,
		                  .count = 5,
		                  .sections = &sections };
	const struct sy_batch batch = { .inflight = 1 };
	struct sy_lane lane = { .fd = -1 };

	assert_false(sy_blocking_op(&batch, places, &lane, &op));
	assert_int_equal(lane.task.error, -EINVAL);
	assert_int_equal(cell, 0);
}

static void test_sections_by_what_is_no_place_end_the_task(void **state)
{
	static const uint32_t unit = 1;
	const struct sy_batch batch = { .inflight = 1,
		                        .lock_count = 2,
		                        .gate_count = 1,
		                        .gate_units = &unit,
		                        .event_count = 1 };
	struct sy_places *places;

	(void)state;
	assert_int_equal(sy_places_open(&places, &batch, false), 0);
	assert_sections_refused(places, SY_LOCK, 2);
	assert_sections_refused(places, SY_ACQUIRE, 1);
	assert_sections_refused(places, SY_AWAIT, 0);
	sy_places_close(places);
}

/* Sections where a process has died. */

static int carry_out_sections(struct sy_places *places, enum sy_op_kind by,
                              uint64_t *cell)
{
	const struct sy_sections sections = { .by = by,
		                              .cells = cell,
		                              .cell_count = 1 };
	const struct sy_op op = { .kind = SY_SECTIONS,
		                  .count = 5,
		                  .sections = &sections };
	const struct sy_batch batch = { .inflight = 1 };
	struct sy_lane lane = { .fd = -1 };

	assert_true(sy_blocking_op(&batch, places, &lane, &op));
	return (int)lane.task.result;
}

static void die_inside(struct sy_places *places)
{
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		sy_places_lock(places, 0);
		sy_places_acquire(places, 0);
		raise(SIGKILL);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	sy_places_abandon(places);
}

static void test_sections_tell_of_a_death(void **state)
{
	static const uint32_t unit = 1;
	const struct sy_batch batch = { .inflight = 1,
		                        .lock_count = 1,
		                        .gate_count = 1,
		                        .gate_units = &unit };
	struct sy_places *places;
	uint64_t locked = 0, gated = 0;

	(void)state;
	assert_int_equal(sy_places_open(&places, &batch, true), 0);
	die_inside(places);
	/* The lock is had, and all of its sections; of the gate none. */
	assert_int_equal(carry_out_sections(places, SY_LOCK, &locked),
	                 -EOWNERDEAD);
	assert_int_equal(locked, 5);
	assert_int_equal(carry_out_sections(places, SY_LOCK, &locked), 0);
	assert_int_equal(locked, 10);
	assert_int_equal(carry_out_sections(places, SY_ACQUIRE, &gated),
	                 -EOWNERDEAD);
	assert_int_equal(gated, 0);
	sy_places_close(places);
}

static void test_gate_of_too_many_units_is_refused(void **state)
{
	static const uint32_t units[] = { 1, UINT32_C(1) << 31 };
	const struct sy_batch batch = { .inflight = 1,
		                        .gate_count = 2,
		                        .gate_units = units };
	struct sy_places *places;

	(void)state;
	assert_int_equal(sy_places_open(&places, &batch, false), -EINVAL);
	assert_int_equal(sy_places_open(&places, &batch, true), -EINVAL);
}

/* More than there is memory for. */
static void test_places_that_cannot_be_had_are_told(void **state)
{
	const struct sy_batch batch = { .inflight = UINT32_MAX,
		                        .lock_count = UINT32_MAX };
	struct sy_places *places;

	(void)state;
	if (SANITIZED)
		skip(); /* they say so themselves, and end */
	assert_int_equal(sy_places_open(&places, &batch, false), -ENOMEM);
	assert_int_equal(sy_places_open(&places, &batch, true), -ENOMEM);
}

/* A pool's worker gives its PU away before these, and before no other. */
static void test_what_may_wait(void **state)
{
	static const enum sy_op_kind may[] = { SY_SLEEP,   SY_SEND, SY_RECV,
		                               SY_CONNECT, SY_LOCK, SY_ACQUIRE,
		                               SY_AWAIT,   SY_WAIT };
	static const enum sy_op_kind never[] = { SY_HANGUP,  SY_UNLOCK,
		                                 SY_RELEASE, SY_SET,
		                                 SY_CLEAR,   SY_NOTIFY };
	struct sy_sections sections = { .by = SY_LOCK };
	struct sy_op op = { .kind = SY_SECTIONS, .sections = &sections };
	size_t i;

	(void)state;
	assert_true(sy_blocking_may_wait(&op));
	sections.by = SY_DONE;
	assert_false(sy_blocking_may_wait(&op));
	for (i = 0; i < sizeof(may) / sizeof(*may); i++) {
		op.kind = may[i];
		assert_true(sy_blocking_may_wait(&op));
	}
	for (i = 0; i < sizeof(never) / sizeof(*never); i++) {
		op.kind = never[i];
		assert_false(sy_blocking_may_wait(&op));
	}
}

/* Connections. */

static void assert_blocking(int fd)
{
	struct timeval limit = { 1, 1 };
	socklen_t bytes = sizeof(limit);

	assert_false(fcntl(fd, F_GETFL) & O_NONBLOCK);
	assert_int_equal(
		getsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, &bytes), 0);
	assert_int_equal(limit.tv_sec, 0);
	assert_int_equal(limit.tv_usec, 0);
}

static void test_connected_socket_blocks_without_limit(void **state)
{
	static const int families[] = { AF_INET, AF_UNIX };
	struct listener listener;
	struct sy_lane lane = { .fd = -1 };
	int i;

	(void)state;
	for (i = 0; i < 4; i++) {
		struct sy_batch batch = { .inflight = 1 };
		uint64_t by_ns = i < 2 ? 0 : sy_clock_ns() + LONG_NS;

		listen_on(&listener, families[i % 2], 8);
		assert_int_equal(sy_blocking_connect(&batch, &lane, 0),
		                 -EDESTADDRREQ);
		batch.address = &listener.address;
		batch.address_bytes = listener.bytes;
		assert_int_equal(sy_blocking_connect(&batch, &lane, by_ns), 0);
		assert_blocking(lane.fd);
		assert_int_equal(sy_blocking_connect(&batch, &lane, by_ns),
		                 -EISCONN);
		assert_true(carry_out(NULL, &lane, SY_HANGUP, 0));
		assert_int_equal(lane.task.result, -EDESTADDRREQ);
		assert_true(lane.fd >= 0); /* not the model's */
		sy_blocking_hang_up(&lane);
		assert_int_equal(lane.fd, -1);
		end_listener(&listener);
	}
}

static void on_alarm(int number)
{
	(void)number;
}

/* Accepts after a while what it was left in the queue. */
static void accept_late(struct listener *listener)
{
	fflush(NULL);
	listener->pid = fork();
	assert_true(listener->pid >= 0);
	if (listener->pid)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	usleep(100000);
	for (;;)
		accept(listener->fd, NULL, NULL);
}

/* With and without a deadline, connecting goes on after each signal. */
static void check_interrupted(uint64_t by_ns)
{
	struct itimerval every = { { 0, 900 }, { 0, 900 } }, never = { 0 };
	struct sy_lane lanes[8];
	struct listener listener;
	struct sy_batch batch = { .inflight = 8, .lanes = lanes };
	int i;

	listen_on(&listener, AF_UNIX, 0);
	batch.address = &listener.address;
	batch.address_bytes = listener.bytes;
	accept_late(&listener);
	setitimer(ITIMER_REAL, &every, NULL);
	for (i = 0; i < 8; i++) {
		lanes[i].fd = -1;
		assert_int_equal(sy_blocking_connect(&batch, &lanes[i], by_ns),
		                 0);
	}
	setitimer(ITIMER_REAL, &never, NULL);
	sy_connections_close(&batch);
	for (i = 0; i < 8; i++)
		assert_int_equal(lanes[i].fd, -1);
	end_listener(&listener);
}

static void test_signals_do_not_cut_connecting_short(void **state)
{
	struct sigaction act = { .sa_handler = on_alarm }, old;
	struct holdings before = look();

	(void)state;
	sigaction(SIGALRM, &act, &old);
	check_interrupted(0);
	check_interrupted(sy_clock_ns() + LONG_NS);
	sigaction(SIGALRM, &old, NULL);
	assert_nothing_left(before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_place_that_there_is_none_of_ends_the_task),
		cmocka_unit_test(
			test_sections_by_what_is_no_place_end_the_task),
		cmocka_unit_test(test_sections_tell_of_a_death),
		cmocka_unit_test(test_gate_of_too_many_units_is_refused),
		cmocka_unit_test(test_places_that_cannot_be_had_are_told),
		cmocka_unit_test(test_what_may_wait),
		cmocka_unit_test(test_connected_socket_blocks_without_limit),
		cmocka_unit_test(test_signals_do_not_cut_connecting_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
