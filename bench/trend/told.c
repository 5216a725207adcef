/* SPDX-License-Identifier: MIT */
/*
 * told.c - what the files of one run tell of it; see history_parts.h.
 *
 * The time of a run is that of its own results, less what measuring took; the
 * time in a folder's name is taken where they have none, as a folder can be
 * renamed.
 */
#include "trend/history_parts.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "results/figure_parts.h"
#include "results/pieces.h"

/* A run of 100000 points, the most that can be asked for, has some 360 MB. */
#define RESULTS_MOST ((size_t)1 << 30)
#define MACHINE_MOST ((size_t)1 << 24)
#define SCHEMA 1

/* Where it stands: in machine.json, else in the context of the results. */
static const struct {
	const char *name, *object, *key, *context;
} sources[SY_TOLD] = {
	[SY_TOLD_COMMIT] = { "commit", "build", "git_commit",
	                     "switchyard_commit" },
	[SY_TOLD_VERSION] = { "version", "build", "version",
	                      "switchyard_version" },
	[SY_TOLD_COMPILER] = { "compiler", "build", "compiler",
	                       "switchyard_compiler" },
	[SY_TOLD_FLAGS] = { "flags", "build", "flags", "" },
	[SY_TOLD_KERNEL] = { "kernel", "kernel", "release", "kernel" },
	[SY_TOLD_LIBC] = { "libc", "libraries", "libc", "" },
	[SY_TOLD_LIBUV] = { "libuv", "libraries", "libuv", "" },
	[SY_TOLD_MICROCODE] = { "microcode", "cpu", "microcode", "" },
};

const char *sy_told_name(enum sy_told told)
{
	return sources[told].name;
}

/* A copy of the text; NULL where there is none, or it says nothing. */
static int copy_text(const json_t *object, const char *key, char **copy)
{
	const char *text = json_string_value(json_object_get(object, key));

	if (!text || !*text || !strcmp(text, "unknown"))
		return 0;
	*copy = strdup(text);
	return *copy ? 0 : -ENOMEM;
}

/* "2026-11-23T00:49:48", and what says that it is UTC. */
static int parse_time(const char *text, const char *format,
                      const char *const *ends, time_t *at)
{
	struct tm utc = { 0 };
	const char *end = strptime(text, format, &utc);

	for (; end && *ends; ends++)
		if (!strncmp(end, *ends, strlen(*ends))) {
			*at = timegm(&utc);
			return 0;
		}
	return -EINVAL;
}

static int find_time(struct sy_trend_run *run, const json_t *context)
{
	static const char *const utc[] = { "+00:00", "Z", NULL };
	static const char *const stamp[] = { "-", NULL };
	const char *date = sy_read_text(context, "date");

	if (!parse_time(date, "%Y-%m-%dT%H:%M:%S", utc, &run->at)) {
		run->at -= (time_t)(run->wall_ns / 1000000000);
		return 0;
	}
	return parse_time(sy_trend_run_name(run), "%Y%m%dT%H%M%SZ", stamp,
	                  &run->at);
}

/* Numbers of the run itself. */
static int read_run(struct sy_run_told *told, const json_t *results,
                    struct sy_reason *reason)
{
	struct sy_trend_run *run = &told->run;
	json_int_t wall =
		json_integer_value(json_object_get(results, "wall_ns"));

	run->wall_ns = wall > 0 ? (uint64_t)wall : 0;
	run->interrupted =
		json_is_true(json_object_get(results, "interrupted"));
	if (sy_read_number(json_object_get(results, "sentinel"), "spread",
	                   &run->spread))
		run->spread = -1;
	if (find_time(run, json_object_get(results, "context")))
		return sy_reason(reason, -EINVAL,
		                 "%s: neither its results nor its name tell "
		                 "when it was measured",
		                 run->folder);
	return 0;
}

static int read_circumstances(struct sy_run_told *told, const json_t *results,
                              const json_t *machine)
{
	const json_t *context = json_object_get(results, "context");
	const json_t *build = json_object_get(machine, "build");
	const char *dirty = sy_read_text(build, "git_dirty");
	int error = 0;

	for (size_t i = 0; i < SY_TOLD && !error; i++) {
		char **copy = &told->run.told[i];

		error = copy_text(json_object_get(machine, sources[i].object),
		                  sources[i].key, copy);
		if (!error && !*copy)
			error = copy_text(context, sources[i].context, copy);
	}
	told->run.dirty = !strcmp(dirty, "yes");
	if (!error)
		error = copy_text(build, "type", &told->build_type);
	if (!error && !told->build_type)
		error = copy_text(context, "switchyard_build_type",
		                  &told->build_type);
	if (!error)
		error = copy_text(build, "sanitizer", &told->sanitizer);
	if (!error)
		error = copy_text(results, "machine_id", &told->machine_id);
	if (!error)
		error = copy_text(json_object_get(results, "machine"),
		                  "summary", &told->machine);
	return error;
}

/* Texts by which histories are told apart are there, if empty. */
static int fill_missing(struct sy_run_told *told)
{
	char **texts[] = { &told->machine_id, &told->build_type,
		           &told->sanitizer, &told->machine };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (!*texts[i])
			*texts[i] = strdup("");
		if (!*texts[i])
			return -ENOMEM;
	}
	return 0;
}

/* ---- the points, one after another ---- */

struct reading {
	struct sy_run_told *told;
	const regex_t *filter;
	/* The first point that is wrong; said once the schema is known. */
	int error;
	struct sy_reason reason;
};

static int keep(struct sy_run_told *told, const char *name,
                const struct sy_estimate *ns)
{
	char *copy = strdup(name);

	if (!copy || sy_trend_room(&told->measured, told->count, &told->room,
	                           sizeof(*told->measured))) {
		free(copy);
		return -ENOMEM;
	}
	told->measured[told->count++] = (struct sy_measured){ copy, *ns };
	return 0;
}

static int wrong(struct reading *reading, size_t index, const char *what)
{
	if (!reading->error)
		reading->error =
			sy_reason(&reading->reason, -EINVAL,
		                  "%.250s/results.json: points[%zu] %s",
		                  reading->told->run.folder, index, what);
	return 0;
}

static int take_element(void *data, const char *key, size_t index,
                        const json_t *point, struct sy_reason *reason)
{
	struct reading *reading = data;
	const char *name = sy_read_text(point, "name");
	const char *state = sy_read_text(point, "state");
	struct sy_estimate ns;

	if (strcmp(key, "points"))
		return 0;
	if (!*name || !*state)
		return wrong(reading, index,
		             *name ? "has no state" : "has no name");
	if (strcmp(state, "measured"))
		return 0;
	if (sy_read_estimate(point, "ns_per_op", &ns))
		return wrong(reading, index,
		             "is measured, but its ns_per_op is no estimate");
	if (reading->filter && regexec(reading->filter, name, 0, NULL, 0))
		return 0;
	return keep(reading->told, name, &ns)
	               ? sy_reason(reason, -ENOMEM, "no memory")
	               : 0;
}

static int compare_names(const void *a, const void *b)
{
	const struct sy_measured *left = a, *right = b;

	return strcmp(left->name, right->name);
}

static int check_names(struct sy_run_told *told, struct sy_reason *reason)
{
	if (told->count)
		qsort(told->measured, told->count, sizeof(*told->measured),
		      compare_names);
	for (size_t i = 1; i < told->count; i++)
		if (!strcmp(told->measured[i - 1].name, told->measured[i].name))
			return sy_reason(reason, -EINVAL,
			                 "%.200s/results.json: two points "
			                 "have the name %.100s",
			                 told->run.folder,
			                 told->measured[i].name);
	return 0;
}

static int check_results(struct reading *reading, const json_t *results,
                         struct sy_reason *reason)
{
	json_int_t schema =
		json_integer_value(json_object_get(results, "schema"));
	const char *folder = reading->told->run.folder;

	if (schema < 1)
		return sy_reason(reason, -EINVAL,
		                 "%s/results.json: no schema, so these are "
		                 "no results of a run",
		                 folder);
	if (schema > SCHEMA)
		return sy_reason(reason, -EINVAL,
		                 "%s/results.json: schema %lld, but this "
		                 "program knows %d at most: use a newer one",
		                 folder, (long long)schema, SCHEMA);
	if (!json_is_array(json_object_get(results, "points")))
		return sy_reason(reason, -EINVAL,
		                 "%s/results.json: no list of points", folder);
	if (reading->error) {
		*reason = reading->reason;
		return reading->error;
	}
	return check_names(reading->told, reason);
}

static int read_results(struct sy_run_told *told, const regex_t *filter,
                        json_t **results, struct sy_reason *reason)
{
	struct reading reading = { .told = told, .filter = filter };
	int error =
		sy_json_pieces(told->run.folder, "results.json", RESULTS_MOST,
	                       take_element, &reading, results, reason);

	return error ? error : check_results(&reading, *results, reason);
}

/* ---- its files ---- */

static int pass_by(void *data, const char *key, size_t index,
                   const json_t *element, struct sy_reason *reason)
{
	(void)data;
	(void)key;
	(void)index;
	(void)element;
	(void)reason;
	return 0;
}

/* A run that was brought here without it tells less, that is all. */
static int read_machine(const char *path, json_t **machine,
                        struct sy_reason *reason)
{
	int error = sy_json_pieces(path, "machine.json", MACHINE_MOST, pass_by,
	                           NULL, machine, reason);

	return error == -ENOENT ? 0 : error;
}

static int read_files(struct sy_run_told *told, const regex_t *filter,
                      struct sy_reason *reason)
{
	json_t *results = NULL, *machine = NULL;
	int error = read_results(told, filter, &results, reason);

	if (!error)
		error = read_run(told, results, reason);
	if (!error)
		error = read_machine(told->run.folder, &machine, reason);
	if (!error &&
	    (read_circumstances(told, results, machine) || fill_missing(told)))
		error = sy_reason(reason, -ENOMEM, "no memory");
	json_decref(machine);
	json_decref(results);
	return error;
}

int sy_run_told_read(struct sy_run_told *told, const char *path,
                     const regex_t *filter, struct sy_reason *reason)
{
	int error;

	*told = (struct sy_run_told){ .run.folder = strdup(path) };
	error = told->run.folder ? read_files(told, filter, reason)
	                         : sy_reason(reason, -ENOMEM, "no memory");
	if (error)
		sy_run_told_free(told);
	return error;
}

void sy_trend_run_free(struct sy_trend_run *run)
{
	free(run->folder);
	for (size_t i = 0; i < SY_TOLD; i++)
		free(run->told[i]);
	*run = (struct sy_trend_run){ 0 };
}

void sy_run_told_free(struct sy_run_told *told)
{
	sy_trend_run_free(&told->run);
	free(told->machine_id);
	free(told->build_type);
	free(told->sanitizer);
	free(told->machine);
	for (size_t i = 0; i < told->count; i++)
		free(told->measured[i].name);
	free(told->measured);
	*told = (struct sy_run_told){ 0 };
}
