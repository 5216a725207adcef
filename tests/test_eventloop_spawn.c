/* SPDX-License-Identifier: MIT */
/*
 * test_eventloop_spawn.c - callback chains that the event loop creates and
 * ends: how many, how many at once, that each has run, and what is left where
 * one cannot be had.
 */
#include "eventloop_rows.h"

static const char *const names[] = { "timer", "async", "pipe" };

#define NAMES (sizeof(names) / sizeof(*names))

static void check_burst(const char *name, uint32_t burst, uint64_t bursts)
{
	struct sy_setting setting = { .contexts = burst };
	uint64_t count = burst * bursts;
	struct row row;

	open_row(&row, SY_SPAWN, name, setting);
	forget_calls();
	assert_int_equal(run_row(&row, count), 0);
	assert_int_equal(calls.made, count);
	assert_int_equal(calls.closed, count);
	assert_int_equal(calls.not_run, 0);
	assert_int_equal(calls.alive_most, bursts ? burst : 0);
	assert_true(atomic_load(&calls.polls) >= bursts);
	if (bursts)
		assert_true(row.batch->contexts[0].pu_seen >= 0);
	close_row(&row);
}

static void test_bursts_are_created_and_ended(void **state)
{
	static const uint32_t bursts[] = { 1, 2, 3, 64, 200 };
	struct holdings before = look();
	size_t i, j;

	(void)state;
	for (i = 0; i < NAMES; i++) {
		check_burst(names[i], 1, 0);
		for (j = 0; j < sizeof(bursts) / sizeof(*bursts); j++)
			check_burst(names[i], bursts[j], 4);
	}
	check_burst("timer", 10000, 3);
	check_burst("async", 10000, 2);
	assert_nothing_left(before);
}

/* As many turns of the loop as the bursts have, and nothing in them. */
static void test_alone_only_turns(void **state)
{
	struct sy_setting setting = { .contexts = 10 };
	struct row row;
	size_t i;

	(void)state;
	for (i = 0; i < NAMES; i++) {
		open_row(&row, SY_SPAWN, names[i], setting);
		assert_int_equal(run_row(&row, 20), 0);
		forget_calls();
		assert_int_equal(row.mechanism->alone(row.state, 500), 0);
		assert_int_equal(atomic_load(&calls.polls), 50);
		assert_int_equal(calls.made, 0);
		assert_int_equal(run_row(&row, 20), 0);
		assert_int_equal(calls.closed, 20);
		close_row(&row);
	}
}

static void test_one_is_in_the_tour(void **state)
{
	unsigned in_tour = 0;
	size_t i;

	(void)state;
	for (i = 0; i < NAMES; i++) {
		const struct sy_mechanism *row = sy_mechanism_find(
			&sy_model_eventloop, SY_SPAWN, names[i]);

		assert_non_null(row);
		in_tour += row->in_tour;
		assert_true(row->takes == SY_TAKES_BURST);
	}
	assert_int_equal(in_tour, 1);
}

static void test_refused_binding_is_told(void **state)
{
	struct sy_setting setting = { .contexts = 4 };
	size_t i;

	(void)state;
	for (i = 0; i < NAMES; i++)
		check_refused_bind(SY_SPAWN, names[i], setting);
}

static void test_running_out_of_descriptors_is_told(void **state)
{
	struct sy_setting one = { .contexts = 1 }, some = { .contexts = 9 };
	size_t i;

	(void)state;
	for (i = 0; i < NAMES; i++)
		check_few_descriptors(SY_SPAWN, names[i], one);
	check_few_descriptors(SY_SPAWN, "pipe", some);
}

/* What could be made is ended, and the next run finds the row as it was. */
static void test_a_burst_that_fails_is_ended(void **state)
{
	struct sy_setting setting = { .contexts = 50 };
	struct holdings open_ones;
	struct rlimit all, few;
	struct row row;

	(void)state;
	open_row(&row, SY_SPAWN, "pipe", setting);
	assert_int_equal(run_row(&row, 100), 0);
	open_ones = look();
	getrlimit(RLIMIT_NOFILE, &all);
	few = all;
	few.rlim_cur = (rlim_t)open_ones.descriptors + 41;
	setrlimit(RLIMIT_NOFILE, &few);
	forget_calls();
	assert_int_equal(run_row(&row, 100), -EMFILE);
	setrlimit(RLIMIT_NOFILE, &all);
	assert_in_range(calls.made, 10, 40);
	assert_int_equal(calls.closed, calls.made);
	assert_nothing_left(open_ones);
	assert_int_equal(run_row(&row, 100), 0);
	close_row(&row);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bursts_are_created_and_ended),
		cmocka_unit_test(test_alone_only_turns),
		cmocka_unit_test(test_one_is_in_the_tour),
		cmocka_unit_test(test_refused_binding_is_told),
		cmocka_unit_test(test_running_out_of_descriptors_is_told),
		cmocka_unit_test(test_a_burst_that_fails_is_ended),
	};

	return cmocka_run_group_tests(tests, warm_libuv, NULL);
}
