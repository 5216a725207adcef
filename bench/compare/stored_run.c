/* SPDX-License-Identifier: MIT */
/* stored_run.c - results.json as a whole; see stored_run.h. */
#include "compare/stored_run.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "results/pieces.h"

/* What results.json is read by. */
#define SCHEMA 1

/* What is wrong with a point is said only if nothing is wrong with the whole:
   of a schema that is not known the points are not known either. */
struct reading {
	struct sy_stored_run *run;
	int error;
	struct sy_reason reason;
};

static int refuse(const struct sy_stored_run *run, const char *what,
                  struct sy_reason *reason)
{
	return sy_reason(reason, -EINVAL, "%s/results.json: %s", run->dir,
	                 what);
}

static struct sy_stored_point *make_room(struct sy_stored_run *run)
{
	size_t room = run->room ? 2 * run->room : 64;
	struct sy_stored_point *points;

	if (run->count < run->room)
		return &run->points[run->count];
	points = reallocarray(run->points, room, sizeof(*points));
	if (!points)
		return NULL;
	run->points = points;
	run->room = room;
	return &points[run->count];
}

static int take_element(void *data, const char *key, size_t index,
                        const json_t *json, struct sy_reason *reason)
{
	struct reading *reading = data;
	struct sy_stored_run *run = reading->run;
	struct sy_stored_point *point;

	if (reading->error || strcmp(key, "points") != 0)
		return 0;
	point = make_room(run);
	if (!point)
		return sy_reason(reason, -ENOMEM, "no memory");
	reading->error = sy_stored_point_read(point, run->dir, index, json,
	                                      &reading->reason);
	run->count += !reading->error;
	return 0;
}

static int check_schema(const struct sy_stored_run *run, const json_t *head,
                        struct sy_reason *reason)
{
	const json_t *schema = json_object_get(head, "schema");
	json_int_t number = json_integer_value(schema);

	if (number < 1)
		return refuse(run,
		              "no schema, so these are no results of a run",
		              reason);
	if (number > SCHEMA)
		return sy_reason(reason, -EINVAL,
		                 "%s/results.json: schema %lld, this program "
		                 "reads %d: use the switchyard that wrote it, "
		                 "or newer",
		                 run->dir, (long long)number, SCHEMA);
	return 0;
}

/* A text, copied; `key` is "machine.summary" to whoever reads. */
static int copy_text(const struct sy_stored_run *run, const json_t *text,
                     const char *key, char **to, struct sy_reason *reason)
{
	const char *found = json_string_value(text);

	if (!found || !*found)
		return sy_reason(reason, -EINVAL,
		                 "%s/results.json: %s: not a text", run->dir,
		                 key);
	*to = strdup(found);
	return *to ? 0 : sy_reason(reason, -ENOMEM, "no memory");
}

static int read_spread(struct sy_stored_run *run, const json_t *head,
                       struct sy_reason *reason)
{
	const json_t *spread =
		json_object_get(json_object_get(head, "sentinel"), "spread");
	double value = json_number_value(spread);

	if (json_is_null(spread)) {
		run->spread = -1;
		return 0;
	}
	if (!json_is_number(spread) || !(value >= 0) || !(value <= 1e18))
		return refuse(run,
		              "sentinel.spread: neither null nor a number from "
		              "0 to 1e18",
		              reason);
	run->spread = value;
	return 0;
}

static int read_head(struct sy_stored_run *run, const json_t *head,
                     struct sy_reason *reason)
{
	const json_t *machine = json_object_get(head, "machine");
	const json_t *date =
		json_object_get(json_object_get(head, "context"), "date");
	const json_t *interrupted = json_object_get(head, "interrupted");
	int error = check_schema(run, head, reason);

	if (error)
		return error;
	if (!json_is_array(json_object_get(head, "points")))
		return refuse(run, "points: not a list", reason);
	if (!json_is_boolean(interrupted))
		return refuse(run, "interrupted: neither true nor false",
		              reason);
	run->interrupted = json_is_true(interrupted);
	error = copy_text(run, json_object_get(head, "machine_id"),
	                  "machine_id", &run->machine_id, reason);
	if (!error)
		error = copy_text(run, json_object_get(machine, "summary"),
		                  "machine.summary", &run->machine, reason);
	if (!error && date)
		error = copy_text(run, date, "context.date", &run->written,
		                  reason);
	return error ? error : read_spread(run, head, reason);
}

static bool there(const char *dir, const char *name)
{
	char path[PATH_MAX];
	struct stat info;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return !lstat(path, &info);
}

/* The results are written at the end; a journal is there from the beginning. */
static int check_folder(const char *dir, struct sy_reason *reason)
{
	if (access(dir, F_OK))
		return sy_reason(reason, -errno,
		                 "cannot read the run in %s: %s", dir,
		                 strerror(errno));
	if (there(dir, "results.json"))
		return 0;
	if (there(dir, "samples.jsonl"))
		return sy_reason(reason, -EINVAL,
		                 "%s has no results.json: the run goes on, or "
		                 "was stopped; go on with it: switchyard run "
		                 "--resume %s",
		                 dir, dir);
	return sy_reason(reason, -EINVAL,
	                 "%s is not the folder of a run: it has no "
	                 "results.json",
	                 dir);
}

static int read_results(struct sy_stored_run *run, struct sy_reason *reason)
{
	struct reading reading = { .run = run };
	json_t *head;
	int error = sy_json_pieces(run->dir, "results.json", SY_STORED_BYTES,
	                           take_element, &reading, &head, reason);

	if (error)
		return error;
	error = read_head(run, head, reason);
	json_decref(head);
	if (!error && reading.error) {
		*reason = reading.reason;
		error = reading.error;
	}
	return error;
}

int sy_stored_run_read(struct sy_stored_run *run, const char *dir,
                       struct sy_reason *reason)
{
	struct sy_stored_run read = { .dir = dir };
	int error = check_folder(dir, reason);

	if (!error)
		error = read_results(&read, reason);
	if (!error)
		error = sy_stored_build_read(&read, reason);
	if (error)
		sy_stored_run_free(&read);
	else
		*run = read;
	return error;
}

void sy_stored_run_free(struct sy_stored_run *run)
{
	for (size_t i = 0; i < run->count; i++)
		sy_stored_point_free(&run->points[i]);
	free(run->points);
	free(run->machine);
	free(run->machine_id);
	free(run->written);
	json_decref(run->facts);
	json_decref(run->told);
}
