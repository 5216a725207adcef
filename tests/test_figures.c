/* SPDX-License-Identifier: MIT */
/*
 * test_figures.c - drawing: whole files or none, the same bytes every time,
 * names that mean nothing to gnuplot, and every way in which it can fail.
 * Where gnuplot is missing, what needs it is skipped.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "host/program.h"
#include "results/figure_parts.h"
#include "results/figures.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A folder of the run that would be three commands to a shell. */
#define RUN "run 'a' \"b\" $(touch OWNED) `touch OWNED`\n;"

struct place {
	char root[64], scripts[512];
	char *path; /* PATH as it was */
	int has_gnuplot, descriptors;
};

static int count_entries(const char *path)
{
	DIR *dir = opendir(path);
	int count = 0;

	assert_non_null(dir);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

/* Every test runs in a folder of its own. */
static int set_up(void **state)
{
	struct place *place = calloc(1, sizeof(*place));
	char program[4096], *end;

	if (!place)
		return -1;
	snprintf(place->scripts, sizeof(place->scripts), "%s", SY_FIXTURES);
	end = strrchr(place->scripts, '/');
	snprintf(end, 32, "/../scripts/plot");
	place->path = strdup(getenv("PATH"));
	place->has_gnuplot = !sy_program_find("gnuplot", place->path, program,
	                                      sizeof(program));
	strcpy(place->root, "/tmp/sy-figures-XXXXXX");
	*state = place;
	if (!mkdtemp(place->root) || chdir(place->root) || mkdir(RUN, 0755))
		return -1;
	place->descriptors = count_entries("/proc/self/fd");
	return 0;
}

static int tear_down(void **state)
{
	struct place *place = *state;
	char command[96];
	int left;

	setenv("PATH", place->path, 1);
	left = count_entries("/proc/self/fd") - place->descriptors;
	/* No child may be left behind, not even as a zombie. */
	if (waitpid(-1, NULL, WNOHANG) != -1 || errno != ECHILD)
		left++;
	if (chdir("/"))
		left++;
	/* A path of mkdtemp: nothing in it that a shell would read. */
	snprintf(command, sizeof(command), "rm -rf %s", place->root);
	if (system(command))
		left++;
	free(place->path);
	free(place);
	return left;
}

static void need_gnuplot(const struct place *place)
{
	if (!place->has_gnuplot)
		skip();
}

static char *slurp(const char *path, size_t *bytes)
{
	char *text = calloc(1, 1 << 20);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = -1;

	assert_non_null(text);
	if (fd >= 0) {
		got = read(fd, text, (1 << 20) - 1);
		close(fd);
	}
	*bytes = got > 0 ? (size_t)got : 0;
	return text;
}

static void write_file(const char *path, const char *text, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static json_t *estimate(double value)
{
	return json_pack("{s:f,s:f,s:f}", "value", value, "low", value * 0.98,
	                 "high", value * 1.03);
}

/*
 * A point of which texts are this name, with a parameter of this value, and
 * one like it that is missing.
 */
static void add_points(json_t *results, const char *family, const char *model,
                       const char *name, const char *placement, double ns,
                       const char *param, json_int_t value)
{
	json_t *points = json_object_get(results, "points"), *missing;
	json_t *point = json_pack(
		"{s:s,s:s,s:s,s:s,s:s,s:s,s:i,s:i,s:{s:s,s:I},s:o,s:o,s:o}",
		"family", family, "model", model, "mechanism", name, "label",
		name, "detail", name, "state", "measured", "slices", 9, "sets",
		3, "params", "placement", placement, param, value, "ns_per_op",
		estimate(ns), "ops_per_s", estimate(ns), "bytes_per_context",
		estimate(ns));

	assert_non_null(point);
	missing = json_deep_copy(point);
	json_object_set_new(missing, "state", json_string(name));
	json_object_set_new(missing, "reason", json_string(name));
	json_array_append_new(points, point);
	json_array_append_new(points, missing);
}

/* One for every figure of mechanisms. */
static void add_mechanisms(json_t *results, const char *name,
                           const char *placement)
{
	static const struct {
		const char *family, *param;
		json_int_t value;
		const char *placement;
	} points[] = {
		{ "switch", "ring", 0, NULL },
		{ "switch", "ring", 16, NULL },
		{ "switch", "working_set_bytes", 4096, NULL },
		{ "switch", "ring", 0, "4" },
		{ "switch", "ring", 0, "4,9" },
		{ "switch", "ring", 0, "9" },
		{ "spawn", "burst", 1, NULL },
		{ "spawn", "burst", 10, NULL },
		{ "spawn", "resident_bytes", 1 << 20, NULL },
		{ "idle", "contexts", 10, NULL },
		{ "idle", "contexts", 1000, NULL },
	};
	size_t i;

	for (i = 0; i < sizeof(points) / sizeof(points[0]); i++)
		add_points(
			results, points[i].family, "fork", name,
			points[i].placement ? points[i].placement : placement,
			3 + 2000 * (double)i, points[i].param, points[i].value);
}

static void add_loads(json_t *results, const char *name, const char *placement)
{
	int i;

	for (i = 0; i < 4; i++)
		add_points(results, i < 2 ? "cpu" : "io", name, name, placement,
		           1000 + 500 * i, "inflight", 1 + i % 2 * 63);
}

static json_t *results_with(const char *summary)
{
	json_t *results =
		json_pack("{s:i,s:{s:s,s:i},s:[]}", "schema", 1, "machine",
	                  "summary", summary, "pus", 2, "points");

	assert_non_null(results);
	return results;
}

/* Two lines in each panel and something for each figure, under this name. */
static json_t *results_of(const char *name, int with_mechanisms)
{
	json_t *results = results_with(name);

	add_loads(results, "threads", name);
	add_loads(results, name, name);
	if (with_mechanisms)
		add_mechanisms(results, name, name);
	return results;
}

static const char *const figures[] = { "throughput", "switch", "workset",
	                               "ring",       "matrix", "creation",
	                               "memory" };
#define FIGURES (sizeof(figures) / sizeof(figures[0]))
/* Two files each, data/, . and .. */
#define ENTRIES (2 * (int)FIGURES + 3)

static int draw(const struct place *place, const char *name, char *why)
{
	json_t *results = results_of(name, 1);
	int err = sy_figures_draw(results, RUN, place->scripts, why, 512);

	json_decref(results);
	return err;
}

static void assert_svg(const char *path)
{
	size_t bytes;
	char *text = slurp(path, &bytes);

	assert_true(bytes > 2000);
	assert_memory_equal(text, "<?xml", 5);
	assert_non_null(strstr(text + bytes - 10, "</svg>"));
	assert_non_null(strstr(text, "viewBox=\"0 0 800 "));
	assert_non_null(strstr(text, "font-family=\"Inter, sans-serif\""));
	free(text);
}

/* 1600 pixels wide: twice the drawing. */
static void assert_png(const char *path)
{
	static const unsigned char wide[] = { 0, 0, 1600 >> 8, 1600 & 255 };
	size_t bytes;
	char *data = slurp(path, &bytes);

	assert_true(bytes > 5000);
	assert_memory_equal(data, "\x89PNG\r\n\x1a\n", 8);
	assert_memory_equal(data + 16, wide, 4);
	assert_memory_equal(data + bytes - 8, "IEND", 4);
	free(data);
}

static void test_draws_whole_files(void **state)
{
	char why[512], path[128];
	size_t i;

	need_gnuplot(*state);
	assert_int_equal(draw(*state, "coroutine", why), 0);
	assert_string_equal(why, "");
	for (i = 0; i < FIGURES; i++) {
		snprintf(path, sizeof(path), RUN "/plots/%s.svg", figures[i]);
		assert_svg(path);
		snprintf(path, sizeof(path), RUN "/plots/%s.png", figures[i]);
		assert_png(path);
	}
	assert_int_equal(count_entries(RUN "/plots"), ENTRIES);
}

static void test_same_results_same_bytes(void **state)
{
	char why[512], path[128], *first[FIGURES], *second;
	size_t bytes[FIGURES], again, i;

	need_gnuplot(*state);
	assert_int_equal(draw(*state, "pool", why), 0);
	for (i = 0; i < FIGURES; i++) {
		snprintf(path, sizeof(path), RUN "/plots/%s.svg", figures[i]);
		first[i] = slurp(path, &bytes[i]);
	}
	assert_int_equal(draw(*state, "pool", why), 0);
	for (i = 0; i < FIGURES; i++) {
		snprintf(path, sizeof(path), RUN "/plots/%s.svg", figures[i]);
		second = slurp(path, &again);
		assert_int_equal(again, bytes[i]);
		assert_memory_equal(first[i], second, again);
		free(first[i]);
		free(second);
	}
}

/* A figure without points is left out, and the others are drawn. */
static void test_figure_without_points_is_left_out(void **state)
{
	const struct place *place = *state;
	json_t *results;
	char why[512];

	need_gnuplot(place);
	results = results_of("pool", 0);
	assert_int_equal(
		sy_figures_draw(results, RUN, place->scripts, why, sizeof(why)),
		0);
	assert_svg(RUN "/plots/throughput.svg");
	assert_int_equal(count_entries(RUN "/plots"), 5);
	json_decref(results);
}

static void assert_text_in(const char *path, const char *text)
{
	size_t bytes;
	char *svg = slurp(path, &bytes);

	if (!strstr(svg, text))
		fail_msg("%s lacks \"%s\"", path, text);
	free(svg);
}

/*
 * Each would leave OWNED in the folder of the plots or of the test if any
 * layer read it as more than text, and must come out as it went in.
 */
static void test_hostile_names_are_text(void **state)
{
	static const struct {
		const char *name, *drawn;
	} known[] = {
		{ "`touch OWNED`", "`touch OWNED`" },
		{ "$(touch OWNED)", "$(touch OWNED)" },
		{ "\"; system('touch OWNED'); \"",
		  "”; system('touch OWNED'); ”" },
		{ "'; system(\"touch OWNED\"); '",
		  "'; system(”touch OWNED”); '" },
		{ "a\n!touch OWNED\nb", "a !touch OWNED b" },
		{ "< touch OWNED", "&lt; touch OWNED" },
		{ "@{x}^2_3 {/:Bold y} %s %n", "@{x}^2_3 {/:Bold y} %s %n" },
		{ "back\\slash\\t\\", "back\\slash\\t\\" },
		{ "\x01\x7f\t", "   " },
		{ "# NaN", "# NaN" },
		{ "", "" },
	};
	const struct place *place = *state;
	char why[512], path[128], whole[128];
	json_t *results;
	size_t i, j;

	need_gnuplot(*state);
	results = results_with(known[0].name);
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		add_loads(results, known[i].name, known[1].name);
		add_mechanisms(results, known[i].name, known[1].name);
	}
	assert_int_equal(
		sy_figures_draw(results, RUN, place->scripts, why, sizeof(why)),
		0);
	json_decref(results);
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		/* All but the first, whose lines have short names alone. */
		for (j = 1; j < FIGURES; j++) {
			snprintf(path, sizeof(path), RUN "/plots/%s.svg",
			         figures[j]);
			assert_text_in(path, known[i].drawn);
		}
		snprintf(whole, sizeof(whole), "%s</text>", known[i].drawn);
		assert_text_in(RUN "/plots/switch.svg", whole);
	}
	/* The end of a placement. */
	snprintf(whole, sizeof(whole), "%s</text>", known[1].drawn);
	assert_text_in(RUN "/plots/throughput.svg", whole);
	assert_int_equal(access("OWNED", F_OK), -1);
	assert_int_equal(access(RUN "/OWNED", F_OK), -1);
	assert_int_equal(access(RUN "/plots/OWNED", F_OK), -1);
}

/* PATH empty; and with relative entries, which mean another folder there. */
static void test_missing_gnuplot_is_said(void **state)
{
	static const char *const paths[] = { "", ":", "/nonexistent", ".",
		                             "bin:/nonexistent:" };
	char why[512];
	size_t i;

	assert_int_equal(mkdir("bin", 0755), 0);
	write_file("gnuplot", "#!/bin/sh\ntouch OWNED\n", 0755);
	write_file("bin/gnuplot", "#!/bin/sh\ntouch OWNED\n", 0755);
	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		setenv("PATH", paths[i], 1);
		assert_int_equal(draw(*state, "threads", why), -ENOENT);
		assert_string_equal(why, "gnuplot is not installed; "
		                         "apt-get install gnuplot-nox");
		/* The data is there all the same, and nothing else. */
		assert_int_equal(access(RUN "/plots/data/switch.dat", F_OK), 0);
		assert_int_equal(count_entries(RUN "/plots"), 3);
	}
	assert_int_equal(access("OWNED", F_OK), -1);
}

static void test_missing_scripts_are_said(void **state)
{
	struct place elsewhere = *(struct place *)*state;
	char why[512];

	need_gnuplot(*state);
	strcpy(elsewhere.scripts, "/nonexistent/plot");
	assert_int_equal(draw(&elsewhere, "threads", why), -ENOENT);
	assert_non_null(strstr(why, "/nonexistent/plot"));
}

/* The script's fault is named, and the drawing of last time stays whole. */
static void test_failing_script_is_reported(void **state)
{
	struct place broken = *(struct place *)*state;
	char why[512];

	need_gnuplot(*state);
	assert_int_equal(draw(*state, "threads", why), 0);
	assert_int_equal(mkdir("scripts", 0755), 0);
	strcpy(broken.scripts, "scripts");
	write_file("scripts/theme.gp",
	           "set term svg\nset output 'throughput.svg.part'\n", 0644);
	write_file("scripts/panels.gp", "plot x\nthis is no command\n", 0644);
	assert_int_equal(draw(&broken, "threads", why), -EIO);
	assert_non_null(strstr(why, "panels.gp"));
	assert_non_null(strstr(why, "line 2"));
	assert_null(strchr(why, '\n'));
	assert_svg(RUN "/plots/throughput.svg");
	assert_int_equal(count_entries(RUN "/plots"), ENTRIES);
}

/* ---- gnuplots that misbehave: shell scripts in its place ---- */

static int draw_with(const struct place *place, const char *script,
                     int limit_ms, char *why)
{
	char program[128];
	struct sy_gnuplot gnuplot = {
		.program = program,
		.scripts_dir = place->scripts,
		.figure = "switch",
		.output = "svg",
		.limit_ms = limit_ms,
	};
	int err;

	snprintf(program, sizeof(program), "%s/gnuplot", place->root);
	write_file(program, script, 0755);
	gnuplot.plots_fd = open(RUN, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(gnuplot.plots_fd >= 0);
	err = sy_gnuplot_run(&gnuplot, why, 512);
	close(gnuplot.plots_fd);
	return err;
}

/* It and what it started are ended; nothing waits for the sleep. */
static void test_hanging_gnuplot_is_ended(void **state)
{
	struct timespec from, to;
	size_t bytes;
	char why[512], path[64], life = 'S', *pid;
	FILE *stat;

	clock_gettime(CLOCK_MONOTONIC, &from);
	assert_int_equal(draw_with(*state,
	                           "#!/bin/sh\necho half > switch.svg.part\n"
	                           "sleep 50 & echo $! > pid\nwait\n",
	                           500, why),
	                 -ETIMEDOUT);
	clock_gettime(CLOCK_MONOTONIC, &to);
	assert_in_range(to.tv_sec - from.tv_sec, 0, 10);
	assert_string_equal(why,
	                    "gnuplot did not finish switch.svg within 500 ms");
	pid = slurp(RUN "/pid", &bytes);
	assert_true(bytes > 1);
	/* It is init's to reap; gone or a zombie, it no longer sleeps. */
	snprintf(path, sizeof(path), "/proc/%d/stat", atoi(pid));
	while (life != 'Z' && (stat = fopen(path, "r"))) {
		if (fscanf(stat, "%*d %*s %c", &life) != 1)
			life = 'Z';
		fclose(stat);
		clock_gettime(CLOCK_MONOTONIC, &to);
		assert_in_range(to.tv_sec - from.tv_sec, 0, 20);
	}
	free(pid);
	assert_int_equal(count_entries(RUN), 3);
}

static void test_gnuplot_that_says_much_does_not_block(void **state)
{
	char why[512];

	assert_int_equal(draw_with(*state,
	                           "#!/bin/sh\necho first >&2\n"
	                           "head -c 300000 /dev/zero | tr '\\0' x >&2\n"
	                           "exit 3\n",
	                           20000, why),
	                 -EIO);
	assert_non_null(strstr(why, "failed in switch.svg: first xxx"));
}

static void test_gnuplot_that_writes_nothing_fails(void **state)
{
	char why[512];

	assert_int_equal(draw_with(*state, "#!/bin/sh\nexit 0\n", 20000, why),
	                 -EIO);
	assert_non_null(strstr(why, "gnuplot wrote no switch.svg"));
	assert_int_equal(draw_with(*state, "#!/bin/sh\n: > switch.svg.part\n",
	                           20000, why),
	                 -EIO);
	assert_int_equal(
		draw_with(*state, "#!/bin/sh\nkill -9 $$\n", 20000, why), -EIO);
	assert_non_null(strstr(why, "signal 9"));
	assert_int_equal(draw_with(*state, "#!/nonexistent\n", 20000, why),
	                 -ENOENT);
	assert_non_null(strstr(why, "cannot be run"));
	assert_int_equal(count_entries(RUN), 2);
}

static void test_gnuplot_has_no_input_and_no_output(void **state)
{
	char why[512];

	assert_int_equal(draw_with(*state,
	                           "#!/bin/sh\ncat > switch.svg.part\n"
	                           "echo done >> switch.svg.part\n"
	                           "out=$(readlink /proc/$$/fd/1)\n"
	                           "echo $out >&2\nexit 1\n",
	                           20000, why),
	                 -EIO);
	if (!strstr(why, "/dev/null"))
		fail_msg("%s", why);
}

static void test_families_that_no_figure_shows(void **state)
{
	const struct place *place = *state;
	json_t *results = json_pack("{s[{ss}{ss}{ss}]}", "points", "family",
	                            "lock", "family", "gate", "family", "lock");
	char why[512];

	assert_int_equal(
		sy_figures_draw(results, RUN, place->scripts, why, 512),
		-ENODATA);
	assert_string_equal(why, "none is drawn of lock, gate");
	/* However short the room is. */
	sy_figures_draw(results, RUN, place->scripts, why, 20);
	assert_string_equal(why, "none is drawn of lo");
	json_array_append_new(json_object_get(results, "points"),
	                      json_pack("{ss}", "family", "cpu"));
	sy_figures_draw(results, RUN, place->scripts, why, 512);
	assert_string_equal(why, "nothing was measured of cpu");
	json_decref(results);
}

static void test_results_that_are_none(void **state)
{
	const struct place *place = *state;
	json_t *results = json_pack("{s:[]}", "points");
	char why[512];

	assert_int_equal(sy_figures_draw(NULL, RUN, place->scripts, why, 512),
	                 -EINVAL);
	assert_int_equal(
		sy_figures_draw(results, RUN, place->scripts, why, 512),
		-ENODATA);
	assert_non_null(strstr(why, "nothing was measured"));
	assert_int_equal(
		sy_figures_draw(results, "not there", place->scripts, why, 512),
		-ENOENT);
	assert_non_null(strstr(why, "not there/plots"));
	json_decref(results);
}

#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_PLACE(test_draws_whole_files),
		IN_PLACE(test_same_results_same_bytes),
		IN_PLACE(test_figure_without_points_is_left_out),
		IN_PLACE(test_hostile_names_are_text),
		IN_PLACE(test_missing_gnuplot_is_said),
		IN_PLACE(test_missing_scripts_are_said),
		IN_PLACE(test_failing_script_is_reported),
		IN_PLACE(test_hanging_gnuplot_is_ended),
		IN_PLACE(test_gnuplot_that_says_much_does_not_block),
		IN_PLACE(test_gnuplot_that_writes_nothing_fails),
		IN_PLACE(test_gnuplot_has_no_input_and_no_output),
		IN_PLACE(test_families_that_no_figure_shows),
		IN_PLACE(test_results_that_are_none),
	};
	char program[4096];
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	if (!failed && sy_program_find("gnuplot", getenv("PATH"), program,
	                               sizeof(program))) {
		print_message("skipped in part: gnuplot is not installed\n");
		return 77;
	}
	return failed;
}
