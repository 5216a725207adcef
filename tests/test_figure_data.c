/* SPDX-License-Identifier: MIT */
/*
 * test_figure_data.c - the data step of the figures: which points are taken,
 * what is written about them, and that no two labels overlap.  Nothing is
 * drawn.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "results/figure_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

struct folder {
	char path[64];
	int fd;
};

static int make_folder(void **state)
{
	struct folder *folder = calloc(1, sizeof(*folder));

	if (!folder)
		return -1;
	strcpy(folder->path, "/tmp/sy-figure-data-XXXXXX");
	if (!mkdtemp(folder->path))
		return -1;
	folder->fd = open(folder->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	*state = folder;
	return folder->fd < 0;
}

static int remove_folder(void **state)
{
	static const char *const names[] = {
		"throughput_panels.dat", "throughput_ticks.dat",
		"throughput_text.dat",   "throughput_lines.dat",
		"throughput_cpu.dat",    "throughput_io.dat",
		"switch_panels.dat",     "switch_ticks.dat",
		"switch_text.dat",       "switch_lines.dat",
		"switch_key.dat",        "switch.dat",
	};
	struct folder *folder = *state;
	size_t i;
	int err;

	for (i = 0; i < LENGTH(names); i++)
		unlinkat(folder->fd, names[i], 0);
	close(folder->fd);
	/* Fails where anything else was left, a .part for one. */
	err = rmdir(folder->path);
	free(folder);
	return err;
}

/* The text of a file; "" where it is not there. */
static char *slurp(const struct folder *folder, const char *name)
{
	char *text = calloc(1, 1 << 16);
	int fd = openat(folder->fd, name, O_RDONLY | O_CLOEXEC);

	assert_non_null(text);
	if (fd >= 0) {
		assert_true(read(fd, text, (1 << 16) - 1) >= 0);
		close(fd);
	}
	return text;
}

static void assert_holds(const struct folder *folder, const char *name,
                         const char *expected, int there)
{
	char *text = slurp(folder, name);

	if ((strstr(text, expected) != NULL) != there)
		fail_msg("%s %s \"%s\":\n%s", name, there ? "lacks" : "holds",
		         expected, text);
	free(text);
}

/* ---- results, invented ---- */

static json_t *estimate(double value)
{
	return json_pack("{s:f,s:f,s:f}", "value", value, "low", value * 0.98,
	                 "high", value * 1.03);
}

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

static json_t *no_results(void)
{
	return json_pack("{s:i,s:{s:s,s:i},s:[]}", "schema", 1, "machine",
	                 "summary", "Invented, 2 PUs", "pus", 2, "points");
}

/* ---- the throughput figure ---- */

/* Labels of one column, from the file as it is drawn. */
static unsigned check_labels(const struct folder *folder, const char *figure)
{
	char name[64], *text, *line, *rest;
	double x, y, last_x = -1, last_y = 0, height = 0;
	unsigned count = 0;
	int class;

	snprintf(name, sizeof(name), "%s_panels.dat", figure);
	text = slurp(folder, name);
	assert_int_equal(sscanf(text, "#%*[^\n] 800 %lf", &height), 1);
	free(text);
	snprintf(name, sizeof(name), "%s_text.dat", figure);
	rest = text = slurp(folder, name);
	while ((line = strsep(&rest, "\n"))) {
		if (sscanf(line, "%lf %lf %d", &x, &y, &class) != 3 ||
		    class != SY_TEXT_LABEL)
			continue;
		assert_true(x > 0 && x < SY_CANVAS_WIDTH);
		assert_true(y > 0 && y < height);
		if (x == last_x)
			assert_true(fabs(y - last_y) >= SY_SIZE_LABEL + 1.9);
		last_x = x;
		last_y = y;
		count++;
	}
	free(text);
	return count;
}

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
	assert_int_equal(check_labels(*state, "throughput"), 18);
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
	assert_int_equal(check_labels(*state, "throughput"), 60);
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
	             "\n1 9000 8820 9270 0 1 \"threads\"\n"
	             "8 19000 18620 19570 0 1 \"threads\"\n"
	             "64 NaN NaN NaN 0 1 \"threads\"\n"
	             "512 8500 8330 8755 0 1 \"threads\"\n\n"
	             "1 NaN NaN NaN 0 3 \"fork\"\n",
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
	             "\n8 4000 3920 4120 1 4 \"pool\"\n", 1);
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
	point = add_switch(results, "threads", "threads, futex", 3e4, "one-pu");
	json_object_set_new(
		point, "modes",
		json_pack("{s:f,s:f}", "lower", 3100.0, "upper", 59000.0));
	add_switch(results, "pool", "pool, elsewhere", 7e3, "spread");
	point = add_switch(results, "pool", "pool, broken", 7e3, "one-pu");
	json_object_set_new(point, "state", json_string("failed"));
	assert_int_equal(
		sy_switch_write(results, ((struct folder *)*state)->fd), 0);
	assert_holds(*state, "switch.dat",
	             "\n1 200000 196000 206000 0 0 0 3 \"fork + wait\"\n"
	             "2 30000 29400 30900 0 3100 59000 1 \"threads, futex\"\n"
	             "3 1.35 1.323 1.3905 1.1 0 0 5 \"coroutine, assembly\"\n",
	             1);
	assert_holds(*state, "switch.dat", "pool", 0);
	assert_holds(*state, "switch_text.dat", "\"3.1 µs or 59 µs\"", 1);
	assert_holds(*state, "switch_text.dat", "pool, broken (failed)", 1);
	assert_holds(*state, "switch_text.dat", "placement one-pu", 1);
	assert_int_equal(check_labels(*state, "switch"), 3);
	json_decref(results);
}

/* Every value stands beside its dot and inside the canvas. */
static void test_switch_values_fit(void **state)
{
	json_t *results = no_results();
	char *text, *line, *rest, *quote;
	double x, y;
	int i, class;

	for (i = 0; i < 12; i++)
		add_switch(results, "pool", "a row", pow(10, i * 0.5),
		           "one-pu");
	assert_int_equal(
		sy_switch_write(results, ((struct folder *)*state)->fd), 0);
	rest = text = slurp(*state, "switch_text.dat");
	while ((line = strsep(&rest, "\n"))) {
		if (sscanf(line, "%lf %lf %d", &x, &y, &class) != 3 ||
		    class != SY_TEXT_LABEL)
			continue;
		quote = strchr(line, '"') + 1;
		quote[strlen(quote) - 1] = '\0';
		assert_true(x + sy_text_width(quote, SY_SIZE_LABEL) <=
		            SY_CANVAS_WIDTH - SY_CANVAS_MARGIN + 0.1);
	}
	free(text);
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

#define IN_FOLDER(test)                                                        \
	cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(test_labels_of_equal_lines_do_not_overlap),
		IN_FOLDER(test_many_labels_do_not_overlap),
		IN_FOLDER(test_load_with_most_inflight_is_taken),
		IN_FOLDER(test_server_limited_is_at_least),
		IN_FOLDER(test_switch_rows),
		IN_FOLDER(test_switch_values_fit),
		IN_FOLDER(test_nothing_measured),
		IN_FOLDER(test_malformed_points_are_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
