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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
