/* SPDX-License-Identifier: MIT */
/*
 * test_figure_mechanisms.c - the data step of the figures of mechanisms over a
 * parameter, from PU to PU, of creation and of memory: which points are taken,
 * what is written about them, and that no texts overlap.  Nothing is drawn.
 */
#include "figure_fixture.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static const struct mechanism {
	const char *model, *name;
} mechanisms[] = {
	{ "threads", "condition" },  { "threads", "futex" },
	{ "threads", "pipe" },       { "threads", "socketpair" },
	{ "threads", "eventfd" },    { "threads", "posix" },
	{ "semaphore", "posix" },    { "fork", "semaphore" },
	{ "fork", "pipe" },          { "fork", "socketpair" },
	{ "pool", "futex" },         { "coroutine", "inline" },
	{ "coroutine", "assembly" }, { "coroutine", "ucontext" },
	{ "coroutine", "yield" },    { "eventloop", "callback" },
	{ "eventloop", "async" },    { "eventloop.poll", "pipe" },
};

static int fd_of(void **state)
{
	return ((struct folder *)*state)->fd;
}

static json_t *add_switch(json_t *results, const char *mechanism, double ns,
                          const char *param, json_int_t value)
{
	json_t *point = add_mechanism(results, "switch", "threads", mechanism,
	                              "ns_per_op", ns);

	set_param(point, param, json_integer(value));
	return point;
}

/* ---- the working set ---- */

static void set_caches(json_t *results)
{
	json_object_set_new(json_object_get(results, "machine"), "caches",
	                    json_pack("{s:i,s:i,s:i}", "l1d_bytes", 32 << 10,
	                              "l2_bytes", 1 << 20, "l3_bytes",
	                              1 << 30));
}

/* None stands apart, left of the axis; a gap ends a line. */
static void test_workset_series(void **state)
{
	json_t *results = no_results();

	set_caches(results);
	add_switch(results, "futex", 4000, "working_set_bytes", 1 << 21);
	add_switch(results, "futex", 2000, "working_set_bytes", 0);
	add_switch(results, "futex", 2500, "working_set_bytes", 1 << 12);
	set_missing(
		add_switch(results, "futex", 1, "working_set_bytes", 1 << 16),
		"failed");
	add_switch(results, "pipe", 3000, "working_set_bytes", 1 << 12);
	/* It heeds no working set, so there is nothing to show. */
	add_switch(results, "call", 1, "working_set_bytes", 0);
	assert_int_equal(sy_workset_write(results, fd_of(state)), 0);
	assert_holds(*state, "workset.dat",
	             " 0 2000 1960 2060 0 1 0 \"threads.futex\"\n\n"
	             "4096 4096 2500 2450 2575 0 1 0 \"threads.futex\"\n\n"
	             "65536 65536 NaN NaN NaN 0 1 0 \"threads.futex\"\n\n"
	             "2097152 2097152 4000 3920 4120 0 1 0 \"threads.futex\"\n"
	             "\n4096 4096 3000 2940 3090 0 1 1 \"threads.pipe\"\n",
	             1);
	assert_holds(*state, "workset.dat", "call", 0);
	assert_holds(*state, "workset_ticks.dat", "\"none\"", 1);
	assert_holds(*state, "workset_ticks.dat", "\n1 2 32768 0 \"\"\n", 1);
	assert_holds(*state, "workset_text.dat", "\"L1d 32 KiB\"", 1);
	assert_holds(*state, "workset_text.dat", "\"L2 1 MiB\"", 1);
	assert_holds(*state, "workset_text.dat", "L3", 0);
	assert_holds(*state, "workset_text.dat",
	             "Missing: threads.futex failed at 64 KiB\"", 1);
	assert_int_equal(check_texts(*state, "workset"), 2);
	json_decref(results);
}

/* Rings, placements and spinners differ from line to line: not one figure. */
static void test_workset_takes_the_richest(void **state)
{
	json_t *results = no_results();
	json_t *point;
	int i;

	for (i = 0; i < 9; i++)
		add_switch(results, "pipe", 1111, "working_set_bytes", 64);
	for (i = 0; i < 3; i++) {
		point = add_switch(results, "futex", 2222, "working_set_bytes",
		                   4096 << i);
		set_param(point, "hold_awake", json_true());
		set_param(point, "ring", json_integer(16));
	}
	assert_int_equal(sy_workset_write(results, fd_of(state)), 0);
	assert_holds(*state, "workset.dat", " 1111 ", 0);
	assert_holds(*state, "workset.dat", "\n16384 16384 2222 ", 1);
	assert_holds(*state, "workset_text.dat",
	             "placement one-pu, PUs held awake, a ring of 16, raw", 1);
	json_decref(results);
}

/* Caches next to one another, lines all on one spot, and one point. */
static void test_workset_texts_do_not_overlap(void **state)
{
	json_t *results = no_results();
	json_t *point;
	size_t i, j;

	set_caches(results);
	json_object_set_new(
		json_object_get(json_object_get(results, "machine"), "caches"),
		"l2_bytes", json_integer(33 << 10));
	for (i = 0; i < LENGTH(mechanisms); i++) {
		for (j = 0; j < 24; j++) {
			point = add_mechanism(results, "switch",
			                      mechanisms[i].model,
			                      mechanisms[i].name, "ns_per_op",
			                      100 + (double)j);
			set_param(point, "working_set_bytes",
			          json_integer(j ? 1 << j : 0));
			if (i % 3 == 0 && j % 5 == 4)
				set_missing(point, "failed");
		}
	}
	assert_int_equal(sy_workset_write(results, fd_of(state)), 0);
	assert_int_equal(check_texts(*state, "workset"), LENGTH(mechanisms));
	json_decref(results);
	results = no_results();
	add_switch(results, "pipe", 1111, "working_set_bytes", 64);
	assert_int_equal(sy_workset_write(results, fd_of(state)), 0);
	assert_int_equal(check_texts(*state, "workset"), 1);
	json_decref(results);
}

/* ---- the ring ---- */

static void test_ring_series(void **state)
{
	json_t *results = no_results();

	add_switch(results, "futex", 2000, "ring", 0);
	add_switch(results, "futex", 3000, "ring", 10000);
	add_switch(results, "futex", 2500, "ring", 2);
	add_switch(results, "condition", 4000, "ring", 0);
	set_missing(add_switch(results, "pipe", 1, "ring", 2), "absent");
	assert_int_equal(sy_ring_write(results, fd_of(state)), 0);
	assert_holds(*state, "ring.dat",
	             " 0 2000 1960 2060 0 1 0 \"threads.futex\"\n\n"
	             "2 2 2500 2450 2575 0 1 0 \"threads.futex\"\n"
	             "10000 10000 3000 2940 3090 0 1 0 \"threads.futex\"\n",
	             1);
	assert_holds(*state, "ring.dat", "condition", 0);
	assert_holds(*state, "ring_ticks.dat", "\"two sites\"", 1);
	assert_holds(*state, "ring_ticks.dat", "\"10 000\"", 1);
	assert_holds(*state, "ring_text.dat", "Missing: threads.pipe absent\"",
	             1);
	assert_int_equal(check_texts(*state, "ring"), 1);
	json_decref(results);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(test_workset_series),
		IN_FOLDER(test_workset_takes_the_richest),
		IN_FOLDER(test_workset_texts_do_not_overlap),
		IN_FOLDER(test_ring_series),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
