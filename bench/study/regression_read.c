/* SPDX-License-Identifier: MIT */
/* regression_read.c - a recording, strictly: what `compare --json` wrote, and
   that it is what its name says. */
#include "study/regression_recording.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/protocol.h"
#include "host/read_file.h"

#define SCHEMA 1
#define BYTES_MOST ((size_t)256 << 20)
#define POINTS_MOST 4096
/* By how much of all operations what was performed may miss its percentage:
   each worker may still owe a part of what a run can carry out. */
#define PERCENT_OFF 0.003

static int read_outcome(const json_t *json, enum sy_outcome *outcome)
{
	const char *name = json_string_value(json_object_get(json, "outcome"));

	for (enum sy_outcome o = 0; name && o <= SY_OUTCOME_WRONG; o++)
		if (!strcmp(name, sy_outcome_name(o))) {
			*outcome = o;
			return 0;
		}
	return -EINVAL;
}

static bool is_named(const struct sy_comparison *c, size_t count,
                     const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(c->points[i].name, name))
			return true;
	return false;
}

static int read_point(const json_t *json, struct sy_comparison *c, size_t at,
                      struct sy_reason *reason)
{
	struct sy_compared *point = &c->points[at];
	const char *name = json_string_value(json_object_get(json, "name"));
	const json_t *handoff = json_object_get(json, "handoff");
	int error;

	if (!name || !*name || is_named(c, at, name) ||
	    !json_is_boolean(handoff) || read_outcome(json, &point->outcome))
		return sy_reason(reason, -EINVAL, "point %zu makes no sense",
		                 at);
	point->name = strdup(name);
	if (!point->name)
		return sy_reason(reason, -ENOMEM, "no memory");
	point->is_handoff = json_is_true(handoff);
	error = sy_recording_pairs(json, name, &point->pairs,
	                           &point->pair_count, &point->pair_room,
	                           reason);
	if (!error && point->outcome == SY_OUTCOME_COMPARED &&
	    !point->pair_count)
		error = sy_reason(reason, -EINVAL, "%.150s has no pairs", name);
	if (!error && point->pair_count)
		point->sets = point->pairs[point->pair_count - 1].set + 1;
	return error;
}

static int read_points(const json_t *json, struct sy_comparison *c,
                       struct sy_reason *reason)
{
	const json_t *points = json_object_get(json, "points");
	size_t count = json_array_size(points);
	int error = 0;

	if (!count || count > POINTS_MOST)
		return sy_reason(reason, -EINVAL, "it has no points");
	if (sy_comparison_reserve(c, count))
		return sy_reason(reason, -ENOMEM, "no memory");
	/* As far as they have names, so that others can be told from them. */
	for (c->count = 0; c->count < count && !error;) {
		error = read_point(json_array_get(points, c->count), c,
		                   c->count, reason);
		c->count++;
	}
	return error;
}

static int read_sentinel(const json_t *json, struct sy_comparison *c,
                         struct sy_reason *reason)
{
	const json_t *sentinel = json_object_get(json, "sentinel");
	const json_t *spread = json_object_get(sentinel, "spread");
	const json_t *noisy = json_object_get(sentinel, "noisy");
	int error;

	if (!json_is_number(spread) || !isfinite(json_number_value(spread)) ||
	    json_number_value(spread) < 0 || !json_is_boolean(noisy))
		return sy_reason(reason, -EINVAL,
		                 "its sentinel has no spread: too short a "
		                 "budget");
	c->spread = json_number_value(spread);
	error = sy_recording_pairs(sentinel, "the sentinel", &c->sentinel,
	                           &c->sentinel_count, &c->sentinel_room,
	                           reason);
	if (!error && sy_judge_away(c->sentinel, c->sentinel_count, &c->away))
		error = sy_reason(reason, -ENOMEM, "no memory");
	/* Of either kind: what was recorded before both were known, too. */
	c->noisy = json_is_true(noisy) || c->away >= c->rule.noisy;
	return error;
}

static int read_head(const json_t *json, struct sy_comparison *c,
                     struct sy_reason *reason)
{
	const char *machine =
		json_string_value(json_object_get(json, "machine"));
	uint64_t schema;

	if (!sy_recording_whole(json_object_get(json, "schema"), SCHEMA,
	                        &schema) ||
	    schema != SCHEMA || !sy_recording_columns(json))
		return sy_reason(reason, -EINVAL, "no comparison of schema %d",
		                 SCHEMA);
	if (!json_is_true(json_object_get(json, "live")) ||
	    !json_is_false(json_object_get(json, "interrupted")))
		return sy_reason(reason, -EINVAL,
		                 "not a live comparison that went to its end");
	if (!machine ||
	    !sy_recording_whole(json_object_get(json, "seed"), INT64_MAX,
	                        &c->seed) ||
	    !sy_recording_whole(json_object_get(json, "budget_ns"),
	                        SY_NUMBER_MOST, &c->budget_ns) ||
	    !sy_recording_whole(json_object_get(json, "wall_ns"),
	                        SY_NUMBER_MOST, &c->wall_ns))
		return sy_reason(reason, -EINVAL,
		                 "no seed, machine or time of it");
	c->live = true;
	c->machine = strdup(machine);
	return c->machine ? 0 : sy_reason(reason, -ENOMEM, "no memory");
}

/* What of a point's operations really were carried out, as a share. */
static double performed_share(const struct sy_compared *point,
                              enum sy_side side)
{
	double asked = 0, performed = 0;

	for (size_t i = 0; i < point->pair_count; i++) {
		asked += (double)point->pairs[i].operations;
		performed += (double)point->pairs[i].performed[side];
	}
	return asked > 0 ? performed / asked : 1;
}

/* OLD did what it was asked for, NEW as much more as the name says. */
static int check_performed(const struct sy_recording *recording,
                           struct sy_reason *reason)
{
	const struct sy_comparison *c = &recording->comparison;

	for (size_t i = 0; i < c->count; i++) {
		const struct sy_compared *point = &c->points[i];
		double old = performed_share(point, SY_OLD);
		double new = performed_share(point, SY_NEW);

		if (!point->pair_count ||
		    (old == 1 &&
		     fabs(new - 1 - recording->percent / 100.0) <=
		             (recording->percent ? PERCENT_OFF : 0)))
			continue;
		return sy_reason(reason, -EINVAL,
		                 "%.100s: OLD carried out %.4f and NEW %.4f "
		                 "times what was asked for, and not 1 and "
		                 "%.2f",
		                 point->name, old, new,
		                 1 + recording->percent / 100.0);
	}
	return 0;
}

static int read_all(const char *text, size_t bytes,
                    struct sy_recording *recording, struct sy_reason *reason)
{
	struct sy_comparison *c = &recording->comparison;
	json_error_t where;
	json_t *json = json_loadb(text, bytes, JSON_REJECT_DUPLICATES, &where);
	int error;

	if (!json)
		return sy_reason(reason, -EINVAL, "line %d, column %d: %.200s",
		                 where.line, where.column, where.text);
	error = read_head(json, c, reason);
	if (!error)
		error = read_sentinel(json, c, reason);
	if (!error)
		error = read_points(json, c, reason);
	json_decref(json);
	return error ? error : check_performed(recording, reason);
}

int sy_recording_read(int folder_fd, const char *file,
                      struct sy_recording *recording, struct sy_reason *reason)
{
	struct sy_reason why = { "" };
	size_t bytes;
	char *text;
	int error = sy_recording_name(file, recording);

	if (error)
		return sy_reason(reason, error, "%.100s: no recording's name",
		                 file);
	error = sy_file_read(folder_fd, file, BYTES_MOST, &text, &bytes);
	if (error)
		return sy_reason(reason, error, "cannot read %.100s: %s", file,
		                 strerror(-error));
	sy_comparison_init(&recording->comparison);
	error = read_all(text, bytes, recording, &why);
	free(text);
	if (error) {
		sy_recording_free(recording);
		return sy_reason(reason, error,
		                 "%.100s: %s; take it away and record again",
		                 file, why.text);
	}
	return 0;
}

void sy_recording_free(struct sy_recording *recording)
{
	sy_comparison_free(&recording->comparison);
}
