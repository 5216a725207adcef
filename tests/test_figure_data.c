/* SPDX-License-Identifier: MIT */
/*
 * test_figure_data.c - the data step of the figures: which points are taken,
 * what is written about them, and that no two labels overlap.  Nothing is
 * drawn.
 */
#include "figure_fixture.h"

#include "results/figure_parts.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* ---- results, invented ---- */

static void add_load(json_t *results, const char *family, const char *model,
                     int inflight, int grain_ns, double rate, const char *state)
{
	json_t *point =
		json_pack("{s:s,s:s,s:s,s:i,s:i,s:{s:i,s:i,s:s}}", "family",
	                  family, "model", model, "state", state, "slices", 45,
	                  "sets", 3, "params", "inflight", inflight, "grain_ns",
	                  grain_ns, "placement", "spread");

	if (!strcmp(state, "measured"))
		json_object_set_new(point, "ops_per_s", estimate(rate));
	json_array_append_new(json_object_get(results, "points"), point);
}

static json_t *add_switch(json_t *results, const char *model, const char *label,
                          double raw, const char *placement)
{
	json_t *point =
		json_pack("{s:s,s:s,s:s,s:s,s:i,s:i,s:{s:s},s:o}", "family",
	                  "switch", "model", model, "label", label, "state",
	                  "measured", "slices", 60, "sets", 3, "params",
	                  "placement", placement, "ns_per_op", estimate(raw));

	json_array_append_new(json_object_get(results, "points"), point);
	return point;
}

/* ---- the throughput figure ---- */

static void test_labels_of_equal_lines_do_not_overlap(void **state)
{
	static const char *const models[] = {
		"serial",         "threads",   "semaphore",
		"fork",           "pool",      "coroutine",
		"eventloop.poll", "eventloop", "coroutine.ucontext",
	};
	json_t *results = no_results();
	size_t i;

	for (i = 0; i < LENGTH(models); i++) {
		add_load(results, "cpu", models[i], 1, 1000, 9e3, "measured");
		add_load(results, "cpu", models[i], 64, 1000, 2e4, "measured");
		add_load(results, "io", models[i], 64, 0, 1e3 + (double)i,
		         "measured");
	}
	assert_int_equal(
		sy_throughput_write(results, ((struct folder *)*state)->fd), 0);
	assert_int_equal(check_texts(*state, "throughput"), 18);
	json_decref(results);
}

/* More models than a panel is high: the canvas grows. */
static void test_many_labels_do_not_overlap(void **state)
{
	json_t *results = no_results();
	char model[16];
	int i;

	for (i = 0; i < 60; i++) {
		snprintf(model, sizeof(model), "m%d", i);
		add_load(results, "cpu", model, 4, 1000, 2e4, "measured");
	}
	assert_int_equal(
		sy_throughput_write(results, ((struct folder *)*state)->fd), 0);
	assert_int_equal(check_texts(*state, "throughput"), 60);
	json_decref(results);
}

/* Four values of inflight win over more points at fewer of them. */
static void test_load_with_most_inflight_is_taken(void **state)
{
	json_t *results = no_results();
	char model[16];
	int i;

	for (i = 0; i < 9; i++) {
		snprintf(model, sizeof(model), "m%d", i);
		add_load(results, "cpu", model, 64, 1000, 1e6, "measured");
	}
	add_load(results, "cpu", "threads", 1, 100000, 9000, "measured");
	add_load(results, "cpu", "threads", 512, 100000, 8500, "measured");
	add_load(results, "cpu", "threads", 8, 100000, 19000, "measured");
	add_load(results, "cpu", "threads", 64, 100000, 0, "failed");
	add_load(results, "cpu", "fork", 1, 100000, 0, "absent");
	assert_int_equal(
		sy_throughput_write(results, ((struct folder *)*state)->fd), 0);
	assert_holds(*state, "throughput_cpu.dat",
	             "\n1 1 9000 8820 9270 0 1 0 \"threads\"\n"
	             "8 8 19000 18620 19570 0 1 0 \"threads\"\n\n"
	             "64 64 NaN NaN NaN 0 1 0 \"threads\"\n\n"
	             "512 512 8500 8330 8755 0 1 0 \"threads\"\n\n"
	             "1 1 NaN NaN NaN 0 3 0 \"fork\"\n",
	             1);
	assert_holds(*state, "throughput_cpu.dat", "m0", 0);
	assert_holds(*state, "throughput_text.dat", "100 µs of work", 1);
	assert_holds(*state, "throughput_text.dat",
	             "threads failed at 64; fork absent", 1);
	assert_holds(*state, "throughput_text.dat", "median of 45 slices in 3",
	             1);
	assert_holds(*state, "throughput_text.dat", "Invented, 2 PUs", 1);
	assert_holds(*state, "throughput_text.dat", "Hollow", 0);
	json_decref(results);
}

static void test_server_limited_is_at_least(void **state)
{
	json_t *results = no_results();
	json_t *points = json_object_get(results, "points");

	add_load(results, "io", "pool", 8, 0, 4000, "measured");
	json_object_set_new(json_array_get(points, 0), "server",
	                    json_pack("{s:f,s:b}", "share", 0.9, "limited", 1));
	assert_int_equal(
		sy_throughput_write(results, ((struct folder *)*state)->fd), 0);
	assert_holds(*state, "throughput_io.dat",
	             "\n8 8 4000 3920 4120 1 4 0 \"pool\"\n", 1);
	assert_holds(*state, "throughput_text.dat", "Hollow: at least", 1);
	json_decref(results);
}

/* ---- the switch figure ---- */

static void test_switch_rows(void **state)
{
	json_t *results = no_results();
	json_t *point;

	add_switch(results, "fork", "fork + wait", 2e5, "one-pu");
	point = add_switch(results, "coroutine", "coroutine, assembly", 1.35,
	                   "one-pu");
	json_object_set_new(point, "net_ns", estimate(1.1));
	json_object_set_new(point, "alone_ns", estimate(0.25));
	point = add_switch(results, "threads", "threads, futex", 3e4, "one-pu");
	json_object_set_new(
		point, "modes",
		json_pack("{s:f,s:f}", "lower", 3100.0, "upper", 59000.0));
	add_switch(results, "pool", "pool, elsewhere", 7e3, "spread");
	point = add_switch(results, "pool", "pool, broken", 7e3, "one-pu");
	json_object_set_new(point, "state", json_string("failed"));
	point = add_switch(results, "pool", "no number", 7e3, "one-pu");
	json_object_del(point, "ns_per_op");
	assert_int_equal(
		sy_switch_write(results, ((struct folder *)*state)->fd), 0);
	assert_holds(*state, "switch.dat",
	             " 200000 196000 206000 0 0 0 0 3 0 \"fork + wait\"\n"
	             "39.00 30000 29400 30900 0 0 3100 59000 1 0 "
	             "\"threads, futex\"\n"
	             "65.00 1.35 1.323 1.3905 1.1 0.25 0 0 5 0 "
	             "\"coroutine, assembly\"\n",
	             1);
	assert_holds(*state, "switch.dat", "pool", 0);
	assert_holds(*state, "switch_text.dat", "\"3.1 µs or 59 µs\"", 1);
	assert_holds(*state, "switch_text.dat",
	             "pool, broken (failed); no number (invalid)", 1);
	assert_holds(*state, "switch_text.dat", "placement one-pu", 1);
	/* What was measured elsewhere has a panel of its own. */
	assert_holds(*state, "switch_2.dat", "pool, elsewhere", 1);
	assert_int_equal(check_texts(*state, "switch"), 4);
	json_decref(results);
}

/* Every value stands beside its dot and inside the canvas. */
static void test_switch_values_fit(void **state)
{
	json_t *results = no_results();
	int i;

	for (i = 0; i < 12; i++)
		add_switch(results, "pool", "a row", pow(10, i * 0.5),
		           "one-pu");
	assert_int_equal(
		sy_switch_write(results, ((struct folder *)*state)->fd), 0);
	assert_int_equal(check_texts(*state, "switch"), 12);
	json_decref(results);
}

/* Long names take two lines, and no row another's room. */
static void test_switch_long_names(void **state)
{
	json_t *results = no_results();
	char label[200];
	int i;

	for (i = 0; i < 30; i++) {
		snprintf(label, sizeof(label), "%.*s", i * 5,
		         "threads, a mechanism with so long a name that "
		         "no figure could show all of it in the column "
		         "that it has for names, however it is broken");
		add_switch(results, "threads", i ? label : "x", 1 + i * 300,
		           "one-pu");
	}
	assert_int_equal(
		sy_switch_write(results, ((struct folder *)*state)->fd), 0);
	assert_int_equal(check_texts(*state, "switch"), 30);
	assert_holds(*state, "switch_text.dat", "…\"", 1);
	json_decref(results);
}

/* Spinners and unbound contexts are other measurements: panels of their own,
   and the yardsticks are told from what is measured. */
static void test_switch_panels(void **state)
{
	static const char *const places[] = { "none",   "none",     "one-pu",
		                              "spread", "siblings", "same-l3",
		                              "0,1" };
	json_t *results = no_results();
	json_t *point;
	size_t i;

	for (i = 0; i < LENGTH(places); i++) {
		point = add_switch(results, "threads", "futex",
		                   2000 + 10 * (double)i, places[i]);
		if (!strcmp(places[i], "none"))
			json_object_set_new(point, "mixture", json_true());
	}
	add_switch(results, "pool", "held", 7, "spread");
	set_param(json_array_get(json_object_get(results, "points"), 7),
	          "hold_awake", json_true());
	point = add_switch(results, "threads", "a call", 1.3, "one-pu");
	json_object_set_new(point, "reference", json_true());
	/* And a key that takes two lines. */
	point = add_switch(results, "pool", "net", 30, "one-pu");
	json_object_set_new(point, "net_ns", estimate(20));
	json_object_set_new(point, "alone_ns", estimate(10));
	point = add_switch(results, "pool", "modes", 30, "one-pu");
	json_object_set_new(
		point, "modes",
		json_pack("{s:f,s:f}", "lower", 20.0, "upper", 90.0));
	assert_int_equal(
		sy_switch_write(results, ((struct folder *)*state)->fd), 0);
	assert_holds(*state, "switch.dat", "2020 1979.6", 1);
	assert_holds(*state, "switch.dat", " 0 1 \"a call\"", 1);
	assert_holds(*state, "switch.dat", "held", 0);
	assert_holds(*state, "switch_2.dat", "2000 1960", 1);
	assert_holds(*state, "switch_text.dat", "\"placement one-pu\"", 1);
	assert_holds(*state, "switch_text.dat",
	             "\"placement none, unbound: a mixture of", 1);
	assert_holds(*state, "switch_text.dat", "Not shown: placement", 1);
	assert_holds(*state, "switch_text.dat", "held awake", 1);
	assert_holds(*state, "switch_text.dat", "0,1", 0);
	assert_holds(*state, "switch_text.dat", "a yardstick", 1);
	check_texts(*state, "switch");
	json_decref(results);
}

/* A net that may be nothing is said, not drawn. */
static void test_switch_net_of_nothing(void **state)
{
	json_t *results = no_results();
	json_t *point = add_switch(results, "pool", "a", 100, "one-pu");

	json_object_set_new(point, "net_ns",
	                    json_pack("{s:f,s:f,s:f}", "value", 2.0, "low",
	                              -1.0, "high", 5.0));
	json_object_set_new(point, "net_is_zero", json_true());
	assert_int_equal(
		sy_switch_write(results, ((struct folder *)*state)->fd), 0);
	assert_holds(*state, "switch.dat", " 100 98 103 0 0 0 0 4 0 ", 1);
	assert_holds(*state, "switch_text.dat", "ns, net ~0\"", 1);
	assert_holds(*state, "switch_text.dat", "less the same calls", 0);
	json_decref(results);
}

/* Rings and working sets are other figures. */
static void test_switch_is_plain(void **state)
{
	json_t *results = no_results();

	set_param(add_switch(results, "pool", "in a ring", 5, "one-pu"), "ring",
	          json_integer(16));
	set_param(add_switch(results, "pool", "with data", 5, "one-pu"),
	          "working_set_bytes", json_integer(4096));
	assert_int_equal(
		sy_switch_write(results, ((struct folder *)*state)->fd),
		-ENODATA);
	add_switch(results, "pool", "plain", 5, "one-pu");
	assert_int_equal(
		sy_switch_write(results, ((struct folder *)*state)->fd), 0);
	assert_holds(*state, "switch.dat", "plain", 1);
	assert_holds(*state, "switch.dat", "ring", 0);
	assert_holds(*state, "switch.dat", "data", 0);
	json_decref(results);
}

/* ---- what is not there or not as it should be ---- */

static void test_nothing_measured(void **state)
{
	const struct folder *folder = *state;
	json_t *results = no_results();

	assert_int_equal(sy_throughput_write(results, folder->fd), -ENODATA);
	add_load(results, "cpu", "fork", 1, 1000, 0, "failed");
	add_load(results, "wait", "fork", 1, 1000, 5, "measured");
	assert_int_equal(sy_throughput_write(results, folder->fd), -ENODATA);
	assert_int_equal(sy_switch_write(results, folder->fd), -ENODATA);
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
		"{\"value\":-1,\"low\":-2,\"high\":1}",
		"{\"value\":1,\"low\":-1,\"high\":2}",
		"{\"value\":1,\"low\":2,\"high\":3}",
	};
	const struct folder *folder = *state;
	json_t *results = no_results();
	json_t *points = json_object_get(results, "points");
	size_t i;

	add_load(results, "cpu", "threads", 1, 1000, 0, "measured");
	add_switch(results, "pool", "a row", 1, "one-pu");
	json_array_append_new(points, json_integer(3));
	json_array_append_new(points, json_pack("{s:i}", "family", 3));
	for (i = 0; i < LENGTH(broken); i++) {
		json_t *value = json_loads(broken[i], JSON_DECODE_ANY, NULL);

		json_object_set(json_array_get(points, 0), "ops_per_s", value);
		json_object_set_new(json_array_get(points, 1), "ns_per_op",
		                    value);
		assert_int_equal(sy_throughput_write(results, folder->fd),
		                 -ENODATA);
		assert_int_equal(sy_switch_write(results, folder->fd),
		                 -ENODATA);
	}
	json_decref(results);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(test_labels_of_equal_lines_do_not_overlap),
		IN_FOLDER(test_many_labels_do_not_overlap),
		IN_FOLDER(test_load_with_most_inflight_is_taken),
		IN_FOLDER(test_server_limited_is_at_least),
		IN_FOLDER(test_switch_rows),
		IN_FOLDER(test_switch_values_fit),
		IN_FOLDER(test_switch_long_names),
		IN_FOLDER(test_switch_panels),
		IN_FOLDER(test_switch_net_of_nothing),
		IN_FOLDER(test_switch_is_plain),
		IN_FOLDER(test_nothing_measured),
		IN_FOLDER(test_malformed_points_are_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
