/* SPDX-License-Identifier: MIT */
/*
 * test_eventloop_switch.c - hand-offs of the event loop: between two and in
 * rings, how often each works, and in which way control passes.
 */
#include "eventloop_rows.h"

/* Three cache lines, the last of them begun only. */
#define WORKING 130

static const uint32_t rings[] = { 0, 2, 3, 16, 1000 };

static uint32_t contexts_of(uint32_t ring)
{
	return ring ? ring : 2;
}

/* Each has worked `times` on its own set, once in each cache line. */
static void assert_worked(const struct row *row, uint32_t context,
                          uint64_t times)
{
	const struct sy_batch *batch = row->batch;
	const unsigned char *set = sy_working_set(batch, context);
	size_t i;

	for (i = 0; i < batch->working_step; i++)
		assert_int_equal(set[i], i < WORKING && i % 64 == 0
		                                 ? (unsigned char)times
		                                 : 0);
}

static void assert_all_worked(const struct row *row, uint32_t ring,
                              uint64_t times)
{
	uint32_t i;

	for (i = 0; i < contexts_of(ring); i++)
		assert_worked(row, i, times);
}

static void check_ring(const char *name, uint32_t ring)
{
	const uint64_t lap = 2 * contexts_of(ring);
	struct sy_setting setting = { .contexts = ring,
		                      .working_bytes = WORKING };
	struct row row;

	open_row(&row, SY_SWITCH, name, setting);
	assert_int_equal(run_row(&row, 0), 0);
	assert_all_worked(&row, ring, 0);
	assert_int_equal(run_row(&row, lap), 0);
	assert_all_worked(&row, ring, 2);
	assert_int_equal(run_row(&row, 10 * lap), 0);
	assert_all_worked(&row, ring, 22);
	assert_int_equal(run_row(&row, lap), 0);
	assert_all_worked(&row, ring, 24);
	assert_true(row.batch->contexts[0].pu_seen >= 0);
	close_row(&row);
}

static void check_rings(const char *name)
{
	struct holdings before = look();
	size_t i;

	for (i = 0; i < sizeof(rings) / sizeof(*rings); i++)
		check_ring(name, rings[i]);
	assert_nothing_left(before);
}

static void test_callbacks_go_around(void **state)
{
	(void)state;
	check_rings("callback");
}

static void test_pipes_go_around(void **state)
{
	(void)state;
	check_rings("pipe");
}

static void test_two_loops_hand_over(void **state)
{
	struct holdings before = look();

	(void)state;
	check_ring("async", 0);
	assert_nothing_left(before);
}

/* The first works alone, and the others do not; then all go on. */
static void check_alone(const char *name, uint32_t ring)
{
	struct sy_setting setting = { .contexts = ring,
		                      .working_bytes = WORKING };
	struct row row;
	uint32_t i;

	open_row(&row, SY_SWITCH, name, setting);
	assert_int_equal(row.mechanism->alone(row.state, 7), 0);
	assert_int_equal(row.mechanism->alone(row.state, 0), 0);
	assert_worked(&row, 0, 7);
	for (i = 1; i < contexts_of(ring); i++)
		assert_worked(&row, i, 0);
	assert_int_equal(run_row(&row, 2 * contexts_of(ring)), 0);
	assert_worked(&row, 0, 9);
	assert_worked(&row, 1, 2);
	assert_int_equal(row.mechanism->alone(row.state, 1), 0);
	assert_worked(&row, 0, 10);
	close_row(&row);
}

static void test_alone_works_as_often(void **state)
{
	(void)state;
	check_alone("callback", 0);
	check_alone("callback", 3);
	check_alone("pipe", 0);
	check_alone("pipe", 3);
	check_alone("async", 0);
}

/* --- in which way control passes --- */

/* Calls of read and write by all threads, where the kernel counts them. */
struct bytes_moved {
	uint64_t reads, writes;
};

static struct bytes_moved look_at_bytes(void)
{
	struct bytes_moved moved = { 0 };
	FILE *file = fopen("/proc/self/io", "re");
	unsigned long long value;
	char key[32];

	if (!file)
		skip();
	while (fscanf(file, "%31s %llu", key, &value) == 2) {
		if (!strcmp(key, "syscr:"))
			moved.reads = value;
		if (!strcmp(key, "syscw:"))
			moved.writes = value;
	}
	fclose(file);
	return moved;
}

struct passed {
	struct bytes_moved bytes;
	uint64_t polls, sleeps;
};

static struct passed look_at_ways(void)
{
	struct passed passed = { .bytes = look_at_bytes(),
		                 .polls = atomic_load(&calls.polls) };
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	passed.sleeps = (uint64_t)usage.ru_nvcsw;
	return passed;
}

/* What `count` hand-offs took, or with `alone` what these do. */
static struct passed watch(struct row *row, bool alone, uint64_t count)
{
	struct passed before = look_at_ways(), after;

	assert_int_equal((alone ? row->mechanism->alone
	                        : row->mechanism->run)(row->state, count),
	                 0);
	after = look_at_ways();
	after.bytes.reads -= before.bytes.reads;
	after.bytes.writes -= before.bytes.writes;
	after.polls -= before.polls;
	after.sleeps -= before.sleeps;
	return after;
}

/* Looking itself reads a few times. */
#define SPARE 20

static void test_a_callback_needs_no_kernel(void **state)
{
	struct sy_setting setting = { 0 };
	struct passed passed;
	struct row row;

	(void)state;
	open_row(&row, SY_SWITCH, "callback", setting);
	passed = watch(&row, false, 64000);
	assert_true(passed.bytes.reads + passed.bytes.writes <= SPARE);
	/* The loop looks at its descriptors once in 64 callbacks. */
	assert_in_range(passed.polls, 900, 1100);
	assert_true(passed.sleeps <= SPARE);
	close_row(&row);
}

static void test_a_byte_goes_through_each_pipe(void **state)
{
	struct sy_setting setting = { .contexts = 5 };
	struct passed passed;
	struct row row;

	(void)state;
	open_row(&row, SY_SWITCH, "pipe", setting);
	passed = watch(&row, false, 1000);
	assert_in_range(passed.bytes.reads, 1000, 1000 + SPARE);
	assert_int_equal(passed.bytes.writes, 1000);
	assert_in_range(passed.polls, 1000, 1000 + SPARE);
	assert_true(passed.sleeps <= SPARE);
	assert_true(count_watched(&row) >= 5);
	passed = watch(&row, true, 1000);
	assert_in_range(passed.bytes.reads, 1000, 1000 + SPARE);
	assert_int_equal(passed.bytes.writes, 1000);
	assert_int_equal(passed.polls, 0);
	close_row(&row);
}

static void test_loops_wake_one_another(void **state)
{
	struct sy_setting setting = { 0 };
	struct passed passed;
	struct row row;

	(void)state;
	open_row(&row, SY_SWITCH, "async", setting);
	assert_int_equal(run_row(&row, 2), 0);
	passed = watch(&row, false, 1000);
	assert_in_range(passed.bytes.writes, 1000, 1000 + SPARE);
	assert_true(passed.polls >= 1000);
	assert_true(row.batch->contexts[1].pu_seen >= 0);
	passed = watch(&row, true, 1000);
	assert_int_equal(passed.bytes.writes, 1000);
	assert_in_range(passed.polls, 1000, 1000 + SPARE);
	assert_true(passed.sleeps <= SPARE);
	close_row(&row);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_callbacks_go_around),
		cmocka_unit_test(test_pipes_go_around),
		cmocka_unit_test(test_two_loops_hand_over),
		cmocka_unit_test(test_alone_works_as_often),
		cmocka_unit_test(test_a_callback_needs_no_kernel),
		cmocka_unit_test(test_a_byte_goes_through_each_pipe),
		cmocka_unit_test(test_loops_wake_one_another),
	};

	return cmocka_run_group_tests(tests, warm_libuv, NULL);
}
