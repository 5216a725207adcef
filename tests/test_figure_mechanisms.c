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

/* ---- from PU to PU ---- */

static json_t *add_cell(json_t *results, const struct mechanism *mechanism,
                        unsigned from, unsigned to, double ns)
{
	json_t *point = add_mechanism(results, "switch", mechanism->model,
	                              mechanism->name, "ns_per_op", ns);
	char text[32];

	snprintf(text, sizeof(text), from == to ? "%u" : "%u,%u", from, to);
	set_param(point, "placement", json_string(text));
	return point;
}

/* PUs are not counted from 0, and not all are there. */
static void test_matrix_cells(void **state)
{
	json_t *results = no_results();
	json_t *point;

	add_cell(results, &mechanisms[1], 9, 9, 1000);
	add_cell(results, &mechanisms[1], 9, 4, 4000);
	add_cell(results, &mechanisms[1], 4, 9, 2000);
	set_missing(add_cell(results, &mechanisms[1], 4, 4, 1), "absent");
	/* A yardstick and a named placement are in no cell. */
	point = add_cell(results, &mechanisms[2], 4, 9, 2000);
	json_object_set_new(point, "reference", json_true());
	point = add_cell(results, &mechanisms[2], 9, 4, 2000);
	json_object_set_new(point, "reference", json_true());
	add_switch(results, "eventfd", 700, "ring", 0);
	assert_int_equal(sy_matrix_write(results, fd_of(state)), 0);
	assert_holds(*state, "matrix_1.dat",
	             "\n2 2 0.0000 \"1.0\" 1000 980 1030\n"
	             "1 2 1.0000 \"4.0\" 4000 3920 4120\n"
	             "2 1 0.5000 \"2.0\" 2000 1960 2060\n"
	             "1 1 -1 \"\" NaN NaN NaN\n",
	             1);
	assert_holds(*state, "matrix_text.dat", "\"threads.futex, µs\"", 1);
	assert_holds(*state, "matrix_text.dat", "pipe", 0);
	assert_holds(*state, "matrix_text.dat", "eventfd", 0);
	assert_holds(*state, "matrix_text.dat",
	             "threads.futex 4 (absent: as invented)", 1);
	assert_holds(*state, "matrix_text.dat", "\"not measured\"", 1);
	assert_holds(*state, "matrix_ticks.dat", "\n1 0 2 0 \"9\"\n", 1);
	assert_int_equal(check_texts(*state, "matrix"), 1);
	json_decref(results);
}

/* One cell says nothing of places; lists that are not of two are others. */
static void test_matrix_needs_two_cells(void **state)
{
	static const char *const places[] = { "one-pu", "4-9",   "4,9,2",
		                              "4,",     ",4",    "",
		                              "4 ",     "99999", "4,99999" };
	json_t *results = no_results();
	json_t *point;
	size_t i;

	add_cell(results, &mechanisms[1], 4, 9, 2000);
	for (i = 0; i < LENGTH(places); i++) {
		point = add_cell(results, &mechanisms[1], 4, 9, 2000);
		set_param(point, "placement", json_string(places[i]));
	}
	assert_int_equal(sy_matrix_write(results, fd_of(state)), -ENODATA);
	set_missing(add_cell(results, &mechanisms[1], 9, 4, 1), "failed");
	assert_int_equal(sy_matrix_write(results, fd_of(state)), -ENODATA);
	/* Of another mechanism, of a ring: not the same matrix. */
	add_cell(results, &mechanisms[2], 9, 4, 3000);
	set_param(add_cell(results, &mechanisms[1], 9, 4, 3000), "ring",
	          json_integer(2));
	assert_int_equal(sy_matrix_write(results, fd_of(state)), -ENODATA);
	add_cell(results, &mechanisms[1], 9, 4, 3000);
	assert_int_equal(sy_matrix_write(results, fd_of(state)), 0);
	json_decref(results);
}

/* In one thread there is but one PU: said, and not drawn as a pattern. */
static void test_matrix_leaves_out_one_thread(void **state)
{
	json_t *results = no_results();
	unsigned i;

	for (i = 0; i < 4; i++) {
		json_object_set_new(add_cell(results, &mechanisms[11], i / 2,
		                             i % 2, 1 + 0.1 * i),
		                    "pus_visited", json_pack("[i]", i / 2));
		json_object_set_new(add_cell(results, &mechanisms[1], i / 2,
		                             i % 2, 1000 + 100 * i),
		                    "pus_visited",
		                    i / 2 == i % 2 ? json_pack("[i]", i / 2)
		                                   : json_pack("[i,i]", 0, 1));
	}
	assert_int_equal(sy_matrix_write(results, fd_of(state)), 0);
	assert_holds(*state, "matrix_text.dat", "\"threads.futex, µs\"", 1);
	assert_holds(*state, "matrix_text.dat",
	             "Always on the first of two PUs: coroutine.inline\"", 1);
	assert_int_equal(check_texts(*state, "matrix"), 1);
	json_decref(results);
}

static json_t *matrix_of(unsigned pus, unsigned panels)
{
	json_t *results = no_results();
	unsigned panel, i, j;

	for (panel = 0; panel < panels; panel++)
		for (i = 0; i < pus; i++)
			for (j = 0; j < pus; j++)
				add_cell(
					results,
					&mechanisms[panel % LENGTH(mechanisms)],
					i, j, 10 + (i / 2 == j / 2) * 9e4);
	return results;
}

static unsigned count_lines(const struct folder *folder, const char *name)
{
	char *text = slurp(folder, name);
	unsigned lines = 0;
	size_t i;

	for (i = 0; text[i]; i++)
		lines += text[i] == '\n';
	free(text);
	return lines;
}

/* Two PUs and many; as many panels as a picture can hold, others are named. */
static void test_matrix_of_any_size(void **state)
{
	static const struct {
		unsigned pus, panels, shown;
	} known[] = { { 2, 1, 1 },  { 2, 18, 16 }, { 3, 5, 5 },
		      { 8, 3, 3 },  { 16, 2, 2 },  { 17, 2, 2 },
		      { 48, 3, 3 }, { 100, 7, 6 }, { 128, 5, 3 } };
	json_t *results;
	size_t i;

	for (i = 0; i < LENGTH(known); i++) {
		results = matrix_of(known[i].pus, known[i].panels);
		assert_int_equal(sy_matrix_write(results, fd_of(state)), 0);
		assert_int_equal(check_texts(*state, "matrix"), known[i].shown);
		assert_int_equal(count_lines(*state, "matrix_panels.dat"),
		                 known[i].shown + 1);
		assert_int_equal(count_lines(*state, "matrix_1.dat"),
		                 known[i].pus * known[i].pus + 1);
		assert_holds(*state, "matrix_text.dat",
		             "Not shown: ", known[i].shown < known[i].panels);
		json_decref(results);
	}
}

/* The smallest scale, with ranges that have few labels and many. */
static void test_matrix_scale_has_room(void **state)
{
	double high;

	for (high = 1005; high < 1e12; high *= 1.07) {
		json_t *results = no_results();

		add_cell(results, &mechanisms[1], 0, 0, high);
		add_cell(results, &mechanisms[1], 0, 1, 1000);
		assert_int_equal(sy_matrix_write(results, fd_of(state)), 0);
		check_texts(*state, "matrix");
		json_decref(results);
	}
}

/* ---- creation ---- */

static json_t *add_spawn(json_t *results, const char *mechanism, double ns,
                         const char *param, json_int_t value)
{
	json_t *point = add_mechanism(results, "spawn", "fork", mechanism,
	                              "ns_per_op", ns);

	json_object_set_new(point, "first_ns", estimate(ns * 2));
	set_param(point, "burst", json_integer(1));
	if (param)
		set_param(point, param, json_integer(value));
	return point;
}

static void test_creation_rows(void **state)
{
	json_t *results = no_results();

	add_spawn(results, "wait", 2e5, NULL, 0);
	add_spawn(results, "wait", 3e5, "stack_bytes", 65536);
	set_missing(add_spawn(results, "exec", 1, NULL, 0), "failed");
	assert_int_equal(sy_creation_write(results, fd_of(state)), 0);
	assert_holds(*state, "creation.dat",
	             " 200000 196000 206000 400000 0 0 0 3 0 ", 1);
	assert_holds(*state, "creation_text.dat", "\"stacks of 64 KiB\"", 1);
	assert_holds(*state, "creation_text.dat", "µs, first 400 µs\"", 1);
	assert_holds(*state, "creation_text.dat",
	             "\"the first in a fresh process\"", 1);
	assert_holds(*state, "creation_text.dat", "Missing: forkexec (failed)",
	             1);
	assert_int_equal(count_lines(*state, "creation_panels.dat"), 2);
	assert_int_equal(check_texts(*state, "creation"), 2);
	json_decref(results);
}

/* With and without huge pages, and what the writes after a fork cost. */
static void test_creation_against_memory(void **state)
{
	json_t *results = no_results();
	json_t *point;
	int i;

	add_spawn(results, "wait", 2e5, NULL, 0);
	add_spawn(results, "vfork", 3e4, NULL, 0);
	for (i = 20; i <= 30; i += 10) {
		add_spawn(results, "wait", 1e4 * i, "resident_bytes",
		          (json_int_t)1 << i);
		point = add_spawn(results, "wait", 1e3 * i, "resident_bytes",
		                  (json_int_t)1 << i);
		set_param(point, "huge_pages", json_true());
		point = add_spawn(results, "cow", 1e6 * i, "resident_bytes",
		                  (json_int_t)1 << i);
		json_object_set_new(point, "net_ns", estimate(7e5 * i));
	}
	point = add_mechanism(results, "spawn", "threads", "join", "ns_per_op",
	                      3e4);
	set_param(point, "resident_bytes", json_integer(1 << 20));
	assert_int_equal(sy_creation_write(results, fd_of(state)), 0);
	assert_holds(*state, "creation_resident.dat", "threads", 0);
	assert_holds(*state, "creation_resident.dat",
	             " 0 200000 196000 206000 0 3 0 \"fork.wait\"\n\n"
	             "1048576 1048576 200000 196000 206000 0 3 0 \"fork.wait\"",
	             1);
	assert_holds(*state, "creation_resident.dat",
	             " 20000 19600 20600 0 3 1 \"fork.wait, huge pages\"\n", 1);
	assert_holds(*state, "creation_resident.dat",
	             " 14000000 13720000 14420000 0 3 3 \"fork.cow, net\"", 1);
	assert_holds(*state, "creation_resident.dat", "vfork", 0);
	/* None of these is a row: the rows are of a small process. */
	assert_int_equal(count_lines(*state, "creation.dat"), 3);
	assert_int_equal(check_texts(*state, "creation"), 6);
	json_decref(results);
}

static void test_creation_against_burst(void **state)
{
	json_t *results = no_results();

	add_spawn(results, "wait", 2e5, NULL, 0);
	add_spawn(results, "vfork", 3e4, NULL, 0);
	add_spawn(results, "wait", 4e5, "burst", 1000);
	assert_int_equal(sy_creation_write(results, fd_of(state)), 0);
	assert_holds(*state, "creation_burst.dat",
	             "\n1 1 200000 196000 206000 0 3 0 \"fork.wait\"\n"
	             "1000 1000 400000 392000 412000 0 3 0 \"fork.wait\"\n",
	             1);
	assert_holds(*state, "creation_burst.dat", "vfork", 0);
	assert_int_equal(count_lines(*state, "creation.dat"), 3);
	assert_int_equal(check_texts(*state, "creation"), 3);
	json_decref(results);
}

/* ---- memory ---- */

static json_t *add_idle(json_t *results, const char *model, double bytes,
                        json_int_t contexts)
{
	json_t *point = add_mechanism(results, "idle", model, "parked",
	                              "bytes_per_context", bytes);

	json_object_set_new(point, "ns_per_op", estimate(5));
	set_param(point, "contexts", json_integer(contexts));
	return point;
}

static void test_memory_rows(void **state)
{
	json_t *results = no_results();
	json_t *point;

	point = add_idle(results, "threads", 9800, 10000);
	json_object_set_new(point, "slab_bytes_per_context", estimate(2048));
	json_object_set_new(point, "detail", json_string("guard page"));
	point = add_idle(results, "coroutine", 4120, 1000000);
	json_object_set_new(
		point, "slab_bytes_per_context",
		json_pack("{s:i,s:i,s:i}", "value", 1, "low", 0, "high", 3));
	set_missing(add_idle(results, "fork", 1, 10000), "failed");
	assert_int_equal(sy_memory_write(results, fd_of(state)), 0);
	assert_holds(*state, "memory.dat",
	             " 9800 9604 10094 2048 0 0 0 1 0 \"threadsparked\"", 1);
	assert_holds(*state, "memory.dat", " 4120 4037.6 4243.6 0 0 0 0 5 0 ",
	             1);
	assert_holds(*state, "memory_text.dat",
	             "\"10 000 of them, guard page\"", 1);
	assert_holds(*state, "memory_text.dat", "\"1 000 000 of them\"", 1);
	assert_holds(*state, "memory_text.dat", "\"9.6 KiB, slab 2.00 KiB\"",
	             1);
	assert_holds(*state, "memory_text.dat", "\"4.0 KiB, slab ~0\"", 1);
	assert_holds(*state, "memory_text.dat", "Missing: fork.parked failed\"",
	             1);
	assert_holds(*state, "memory_ticks.dat", "\"8 KiB\"", 1);
	assert_int_equal(count_lines(*state, "memory_panels.dat"), 2);
	assert_int_equal(check_texts(*state, "memory"), 2);
	json_decref(results);
}

/* The row is of the most contexts, the line of all numbers. */
static void test_memory_against_contexts(void **state)
{
	json_t *results = no_results();

	add_idle(results, "threads", 9000, 100);
	add_idle(results, "threads", 8000, 10000);
	add_idle(results, "threads", 8500, 1000);
	set_missing(add_idle(results, "threads", 1, 100000), "failed");
	assert_int_equal(sy_memory_write(results, fd_of(state)), 0);
	assert_int_equal(count_lines(*state, "memory.dat"), 2);
	assert_holds(*state, "memory.dat", " 8000 7840 8240 ", 1);
	assert_holds(*state, "memory_contexts.dat",
	             "\n100 100 9000 8820 9270 0 1 0 \"threads.parked\"\n"
	             "1000 1000 8500 8330 8755 0 1 0 \"threads.parked\"\n"
	             "10000 10000 8000 ",
	             1);
	assert_holds(*state, "memory_text.dat",
	             "Missing: threads.parked failed at 100 000\"", 1);
	assert_int_equal(check_texts(*state, "memory"), 2);
	json_decref(results);
}

/* Names on two lines, and what stands under them. */
static void test_memory_texts_do_not_overlap(void **state)
{
	json_t *results = no_results();
	json_t *point;
	size_t i;

	for (i = 0; i < 2 * LENGTH(mechanisms); i++) {
		point = add_mechanism(results, "idle", mechanisms[i / 2].model,
		                      mechanisms[i / 2].name,
		                      "bytes_per_context",
		                      1e3 + 50 * (double)i);
		set_param(point, "contexts", json_integer(1000000));
		set_param(point, "stack_bytes", json_integer(65536 * (i % 2)));
		json_object_set_new(point, "detail",
		                    json_string("canaries: too many mappings"));
		json_object_set_new(
			point, "label",
			json_string(i % 3 ? "short"
		                          : "coroutine, coroutines that have "
		                            "run and wait, a page each"));
	}
	assert_int_equal(sy_memory_write(results, fd_of(state)), 0);
	assert_int_equal(check_texts(*state, "memory"), 2 * LENGTH(mechanisms));
	json_decref(results);
}

/* ---- what is not there or not as it should be ---- */

static int (*const writes[])(const json_t *results, int dir_fd) = {
	sy_workset_write,  sy_ring_write,   sy_matrix_write,
	sy_creation_write, sy_memory_write,
};

/* One of each that its figure would show. */
static void add_all(json_t *results)
{
	json_t *point;

	add_switch(results, "futex", 2000, "working_set_bytes", 4096);
	add_switch(results, "futex", 2000, "ring", 2);
	add_cell(results, &mechanisms[1], 0, 0, 2000);
	add_cell(results, &mechanisms[1], 0, 1, 2000);
	add_spawn(results, "wait", 2000, NULL, 0);
	point = add_spawn(results, "wait", 2000, "resident_bytes", 1 << 20);
	json_object_set_new(point, "net_ns", json_integer(3));
	add_idle(results, "threads", 2000, 10);
}

static void test_nothing_measured(void **state)
{
	json_t *results = no_results();
	size_t i;

	for (i = 0; i < LENGTH(writes); i++)
		assert_int_equal(writes[i](results, fd_of(state)), -ENODATA);
	add_all(results);
	for (i = 0; i < LENGTH(writes); i++)
		assert_int_equal(writes[i](results, fd_of(state)), 0);
	for (i = 0; i < json_array_size(json_object_get(results, "points"));
	     i++)
		set_missing(
			json_array_get(json_object_get(results, "points"), i),
			"absent");
	for (i = 0; i < LENGTH(writes); i++)
		assert_int_equal(writes[i](results, fd_of(state)), -ENODATA);
	json_decref(results);
}

/* Measured, but without a number that can be drawn: missing, not wrong. */
static void test_malformed_points_are_missing(void **state)
{
	static const char *const broken[] = {
		"{}",
		"3",
		"null",
		"{\"value\":1}",
		"{\"value\":\"1\",\"low\":1,\"high\":1}",
		"{\"value\":0,\"low\":0,\"high\":0}",
		"{\"value\":1,\"low\":-1,\"high\":2}",
		"{\"value\":1,\"low\":2,\"high\":3}",
	};
	json_t *results = no_results(), *points, *point;
	size_t i, j;

	add_all(results);
	points = json_object_get(results, "points");
	json_array_append_new(points, json_integer(3));
	json_array_append_new(points, json_pack("{s:i}", "family", 3));
	for (i = 0; i < LENGTH(broken); i++) {
		json_t *value = json_loads(broken[i], JSON_DECODE_ANY, NULL);

		json_array_foreach (points, j, point) {
			if (!json_is_object(point))
				continue;
			json_object_set(point, "ns_per_op", value);
			json_object_set(point, "bytes_per_context", value);
		}
		for (j = 0; j < LENGTH(writes); j++)
			assert_int_equal(writes[j](results, fd_of(state)),
			                 -ENODATA);
		json_decref(value);
	}
	json_decref(results);
}

/* Parameters and additions of a wrong kind are as if they were not there. */
static void test_malformed_additions_are_left_out(void **state)
{
	static const char *const keys[] = {
		"net_ns",     "alone_ns",  "first_ns",
		"modes",      "label",     "slab_bytes_per_context",
		"detail",     "reference", "reason",
		"net_is_zero"
	};
	json_t *results = no_results(), *points, *point;
	size_t i, j;

	add_all(results);
	points = json_object_get(results, "points");
	json_array_foreach (points, j, point) {
		for (i = 0; i < LENGTH(keys); i++)
			json_object_set_new(point, keys[i], json_integer(-3));
		set_param(point, "stack_bytes", json_string("much"));
	}
	json_object_set_new(json_object_get(results, "machine"), "caches",
	                    json_integer(3));
	for (j = 0; j < LENGTH(writes); j++)
		assert_int_equal(writes[j](results, fd_of(state)), 0);
	assert_int_equal(sy_switch_write(results, fd_of(state)), 0);
	json_decref(results);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(test_workset_series),
		IN_FOLDER(test_workset_takes_the_richest),
		IN_FOLDER(test_workset_texts_do_not_overlap),
		IN_FOLDER(test_ring_series),
		IN_FOLDER(test_matrix_cells),
		IN_FOLDER(test_matrix_needs_two_cells),
		IN_FOLDER(test_matrix_leaves_out_one_thread),
		IN_FOLDER(test_matrix_of_any_size),
		IN_FOLDER(test_matrix_scale_has_room),
		IN_FOLDER(test_creation_rows),
		IN_FOLDER(test_creation_against_memory),
		IN_FOLDER(test_creation_against_burst),
		IN_FOLDER(test_memory_rows),
		IN_FOLDER(test_memory_against_contexts),
		IN_FOLDER(test_memory_texts_do_not_overlap),
		IN_FOLDER(test_nothing_measured),
		IN_FOLDER(test_malformed_points_are_missing),
		IN_FOLDER(test_malformed_additions_are_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
