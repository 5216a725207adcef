/* SPDX-License-Identifier: MIT */
/*
 * stored_fixture.h - two run folders, made by hand, and what their comparison
 * says.
 */
#ifndef SY_STORED_FIXTURE_H
#define SY_STORED_FIXTURE_H

#include "engine_fixture.h"

#include <fcntl.h>
#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compare/stored.h"

#define MACHINE "0123456789abcdef"

struct runs {
	char folder[64];
	char dirs[SY_SIDES][96];
	json_t *results[SY_SIDES], *machine[SY_SIDES];
	struct sy_comparison comparison;
	struct sy_reason reason;
};

static inline json_t *no_points(void)
{
	json_t *results = json_pack(
		"{s{ss} si ss s{ss} sb s{sf si} s[]}", "context", "date",
		"2026-01-02T03:04:05+00:00", "schema", 1, "machine_id", MACHINE,
		"machine", "summary", "Model T, 2 PUs", "interrupted", 0,
		"sentinel", "spread", 0.01, "pairs", 20, "points");

	assert_non_null(results);
	return results;
}

static inline json_t *some_machine(void)
{
	json_t *machine = json_pack(
		"{ss s{ss} s{ss} s{ss} s{ss ss ss ss sn ss ss}}", "id", MACHINE,
		"kernel", "release", "6.1.0", "libraries", "libc", "glibc 2.36",
		"mitigations", "meltdown", "PTI", "build", "version", "0.1.0",
		"type", "Release", "compiler", "GNU 12.2.0", "flags", "-O2",
		"sanitizer", "git_commit", "abc", "git_dirty", "no");

	assert_non_null(machine);
	return machine;
}

static inline int runs_open(void **state)
{
	static struct runs runs;

	memset(&runs, 0, sizeof(runs));
	make_folder(runs.folder);
	for (int i = 0; i < SY_SIDES; i++) {
		snprintf(runs.dirs[i], sizeof(runs.dirs[i]),
		         "%s/20260102T030405Z-%s", runs.folder,
		         i ? "new" : "old");
		assert_int_equal(mkdir(runs.dirs[i], 0777), 0);
		runs.results[i] = no_points();
		runs.machine[i] = some_machine();
	}
	sy_comparison_init(&runs.comparison);
	*state = &runs;
	return 0;
}

static inline int runs_close(void **state)
{
	struct runs *runs = *state;

	for (int i = 0; i < SY_SIDES; i++) {
		json_decref(runs->results[i]);
		json_decref(runs->machine[i]);
	}
	sy_comparison_free(&runs->comparison);
	remove_folder(runs->folder);
	return 0;
}

static inline json_t *add(struct runs *runs, int side, json_t *point)
{
	assert_int_equal(
		json_array_append_new(
			json_object_get(runs->results[side], "points"), point),
		0);
	return point;
}

static inline json_t *add_state(struct runs *runs, int side, const char *name,
                                const char *state, const char *reason)
{
	return add(runs, side,
	           json_pack("{ss ss ss ss*}", "name", name, "family", "cpu",
	                     "state", state, "reason", reason));
}

/* Measured by 30 slices: so many ns an operation, and the interval. */
static inline json_t *add_ns(struct runs *runs, int side, const char *name,
                             double ns, double low, double high)
{
	return add(runs, side,
	           json_pack("{ss ss ss si si s{sf sf} sf s{sf sf sf}}", "name",
	                     name, "family", "cpu", "state", "measured",
	                     "slices", 30, "sets", 3, "switches_per_op",
	                     "voluntary", 0.0, "involuntary", 0.5,
	                     "cpu_ns_per_op", ns / 2, "ns_per_op", "value", ns,
	                     "low", low, "high", high));
}

/* +- 1 %. */
static inline json_t *add_time(struct runs *runs, int side, const char *name,
                               double ns)
{
	return add_ns(runs, side, name, ns, ns / 1.01, ns * 1.01);
}

/* A hand-off, +- 1 %. */
static inline json_t *add_handoff(struct runs *runs, int side, const char *name,
                                  double ns, double voluntary)
{
	json_t *point = add_time(runs, side, name, ns);

	json_object_set_new(point, "family", json_string("switch"));
	json_object_set_new(json_object_get(point, "switches_per_op"),
	                    "voluntary", json_real(voluntary));
	return point;
}

static inline char *file_of(const struct runs *runs, int side, const char *name)
{
	char *path;

	assert_true(asprintf(&path, "%s/%s", runs->dirs[side], name) > 0);
	return path;
}

static inline void put_text(const struct runs *runs, int side, const char *name,
                            const char *text)
{
	char *path = file_of(runs, side, name);
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	free(path);
}

static inline void put_json(const struct runs *runs, int side, const char *name,
                            const json_t *json)
{
	char *path = file_of(runs, side, name);

	assert_int_equal(json_dump_file(json, path, JSON_INDENT(1)), 0);
	free(path);
}

static inline void put_side(const struct runs *runs, int side)
{
	put_json(runs, side, "results.json", runs->results[side]);
	put_json(runs, side, "machine.json", runs->machine[side]);
}

/* Of what is in the folders now. */
static inline int compare_dirs(struct runs *runs, const char *filter,
                               bool anyway)
{
	struct sy_rule rule = runs->comparison.rule;

	sy_comparison_free(&runs->comparison);
	sy_comparison_init(&runs->comparison);
	runs->comparison.rule = rule;
	return sy_compare_stored(runs->dirs[SY_OLD], runs->dirs[SY_NEW], filter,
	                         anyway, &runs->comparison, &runs->reason);
}

static inline void compare(struct runs *runs)
{
	put_side(runs, SY_OLD);
	put_side(runs, SY_NEW);
	if (compare_dirs(runs, NULL, false))
		fail_msg("%s", runs->reason.text);
}

/* Refused with one line that is this, but for the folder in front of it. */
static inline void assert_refused(struct runs *runs, int error,
                                  const char *wanted)
{
	int seen = compare_dirs(runs, NULL, false);

	if (seen != error || !strstr(runs->reason.text, wanted))
		fail_msg("%d, '%s' instead of %d, '%s'", seen,
		         runs->reason.text, error, wanted);
	assert_null(strchr(runs->reason.text, '\n'));
}

static inline const struct sy_compared *row(const struct runs *runs, size_t i)
{
	assert_true(i < runs->comparison.count);
	return &runs->comparison.points[i];
}

static inline void assert_row(const struct runs *runs, size_t i,
                              const char *name, enum sy_outcome outcome)
{
	assert_string_equal(row(runs, i)->name, name);
	assert_int_equal(row(runs, i)->outcome, outcome);
}

/* Within 1e-9 of it. */
static inline void assert_is(double seen, double wanted)
{
	if (!(fabs(seen - wanted) <= 1e-9 * fabs(wanted)))
		fail_msg("%.12g instead of %.12g", seen, wanted);
}

static inline void assert_estimate(const struct sy_estimate *seen, double value,
                                   double low, double high)
{
	assert_is(seen->value, value);
	assert_is(seen->low, low);
	assert_is(seen->high, high);
}

static inline const char *told(const struct runs *runs, int side,
                               const char *key)
{
	const char *text = json_string_value(
		json_object_get(runs->comparison.sides[side].told, key));

	return text ? text : "(nothing)";
}

#endif /* SY_STORED_FIXTURE_H */
