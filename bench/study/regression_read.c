/* SPDX-License-Identifier: MIT */
/* regression_read.c - a recording, strictly: what `compare --json` wrote, and
   that it is what its name says. */
#include "study/regression_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/extra.h"
#include "engine/protocol.h"
#include "host/read_file.h"

#define SCHEMA 1
#define BYTES_MOST ((size_t)256 << 20)
#define POINTS_MOST 4096
/* By how much of all operations what was performed may miss its percentage:
   each worker may still owe a part of what a run can carry out. */
#define PERCENT_OFF 0.003

enum column {
	SET,
	ROUND,
	NEW_FIRST,
	AT,
	OPERATIONS,
	PERFORMED,
	ELAPSED = PERFORMED + SY_SIDES,
	VOLUNTARY = ELAPSED + SY_SIDES,
	INVOLUNTARY = VOLUNTARY + SY_SIDES,
	CPU = INVOLUNTARY + SY_SIDES,
	COLUMNS = CPU + SY_SIDES,
};

static const char *const columns[COLUMNS] = {
	"set",
	"round",
	"new_first",
	"at_ns",
	"operations",
	"performed_old",
	"performed_new",
	"elapsed_ns_old",
	"elapsed_ns_new",
	"voluntary_old",
	"voluntary_new",
	"involuntary_old",
	"involuntary_new",
	"cpu_ns_old",
	"cpu_ns_new",
};

static bool has_columns(const json_t *json)
{
	const json_t *names = json_object_get(json, "pair_columns");

	if (json_array_size(names) != COLUMNS)
		return false;
	for (size_t i = 0; i < COLUMNS; i++) {
		const char *name = json_string_value(json_array_get(names, i));

		if (!name || strcmp(name, columns[i]))
			return false;
	}
	return true;
}

static bool read_whole(const json_t *json, uint64_t most, uint64_t *value)
{
	json_int_t number = json_integer_value(json);

	if (!json_is_integer(json) || number < 0 || (uint64_t)number > most)
		return false;
	*value = (uint64_t)number;
	return true;
}

static bool read_both(const json_t *row, size_t at, uint64_t values[SY_SIDES])
{
	return read_whole(json_array_get(row, at), SY_NUMBER_MOST,
	                  &values[SY_OLD]) &&
	       read_whole(json_array_get(row, at + 1), SY_NUMBER_MOST,
	                  &values[SY_NEW]);
}

/* What a side did: at least what was asked for, and in some time. */
static bool makes_sense(const struct sy_pair *pair)
{
	for (enum sy_side side = 0; side < SY_SIDES; side++)
		if (!pair->elapsed_ns[side] ||
		    pair->performed[side] < pair->operations ||
		    pair->performed[side] >
		            SY_PERFORMED_TIMES * pair->operations)
			return false;
	return pair->operations > 0;
}

static bool read_pair(const json_t *row, struct sy_pair *pair)
{
	uint64_t set, round;

	memset(pair, 0, sizeof(*pair));
	if (json_array_size(row) != COLUMNS ||
	    !read_whole(json_array_get(row, SET), UINT32_MAX, &set) ||
	    !read_whole(json_array_get(row, ROUND), UINT32_MAX, &round) ||
	    !json_is_boolean(json_array_get(row, NEW_FIRST)) ||
	    !read_whole(json_array_get(row, AT), SY_NUMBER_MOST,
	                &pair->at_ns) ||
	    !read_whole(json_array_get(row, OPERATIONS), SY_NUMBER_MOST,
	                &pair->operations) ||
	    !read_both(row, PERFORMED, pair->performed) ||
	    !read_both(row, ELAPSED, pair->elapsed_ns) ||
	    !read_both(row, VOLUNTARY, pair->voluntary) ||
	    !read_both(row, INVOLUNTARY, pair->involuntary) ||
	    !read_both(row, CPU, pair->cpu_ns))
		return false;
	pair->set = (uint32_t)set;
	pair->round = (uint32_t)round;
	pair->new_first = json_is_true(json_array_get(row, NEW_FIRST));
	return makes_sense(pair);
}

static bool follows(const struct sy_pair *pair, const struct sy_pair *before)
{
	if (pair->at_ns < before->at_ns || pair->set < before->set)
		return false;
	return pair->set > before->set || pair->round > before->round;
}

/* The pairs under "pairs" of an object that is called `name`. */
static int read_pairs(const json_t *json, const char *name,
                      struct sy_pair **pairs, size_t *count, size_t *room,
                      struct sy_reason *reason)
{
	const json_t *rows = json_object_get(json, "pairs");
	size_t i;
	json_t *row;

	if (!json_is_array(rows))
		return sy_reason(reason, -EINVAL, "%.150s has no pairs", name);
	json_array_foreach (rows, i, row) {
		struct sy_pair pair;

		if (!read_pair(row, &pair) ||
		    (*count && !follows(&pair, &(*pairs)[*count - 1])))
			return sy_reason(reason, -EINVAL,
			                 "pair %zu of %.150s makes no sense", i,
			                 name);
		if (sy_pair_add(pairs, count, room, &pair))
			return sy_reason(reason, -ENOMEM, "no memory");
	}
	return 0;
}

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
	error = read_pairs(json, name, &point->pairs, &point->pair_count,
	                   &point->pair_room, reason);
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

	if (!json_is_number(spread) || !isfinite(json_number_value(spread)) ||
	    json_number_value(spread) < 0 || !json_is_boolean(noisy))
		return sy_reason(reason, -EINVAL,
		                 "its sentinel has no spread: too short a "
		                 "budget");
	c->spread = json_number_value(spread);
	c->noisy = json_is_true(noisy);
	return read_pairs(sentinel, "the sentinel", &c->sentinel,
	                  &c->sentinel_count, &c->sentinel_room, reason);
}

static int read_head(const json_t *json, struct sy_comparison *c,
                     struct sy_reason *reason)
{
	const char *machine =
		json_string_value(json_object_get(json, "machine"));
	uint64_t schema;

	if (!read_whole(json_object_get(json, "schema"), SCHEMA, &schema) ||
	    schema != SCHEMA || !has_columns(json))
		return sy_reason(reason, -EINVAL, "no comparison of schema %d",
		                 SCHEMA);
	if (!json_is_true(json_object_get(json, "live")) ||
	    !json_is_false(json_object_get(json, "interrupted")))
		return sy_reason(reason, -EINVAL,
		                 "not a live comparison that went to its end");
	if (!machine ||
	    !read_whole(json_object_get(json, "seed"), INT64_MAX, &c->seed) ||
	    !read_whole(json_object_get(json, "budget_ns"), SY_NUMBER_MOST,
	                &c->budget_ns) ||
	    !read_whole(json_object_get(json, "wall_ns"), SY_NUMBER_MOST,
	                &c->wall_ns))
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
