/* SPDX-License-Identifier: MIT */
/*
 * side_point.c - a point of the suite as a side of a race: a worker of its own
 * each set, asked like those of a run.
 */
#include "study/race.h"

#include <errno.h>
#include <string.h>

#include "sweep/space.h"

#define KEYS_BYTES 400

/* "workload=cpu model=pool grain=0", cut into what the keys are. */
static int read_keys(char *text, struct sy_values *values,
                     struct sy_reason *reason)
{
	for (char *word = strtok(text, " "); word; word = strtok(NULL, " ")) {
		char *equals = strchr(word, '=');
		enum sy_key key = 0;

		if (equals)
			*equals = '\0';
		while (key < SY_KEYS && strcmp(word, sy_key_name(key)))
			key++;
		if (!equals || key == SY_KEYS)
			return sy_reason(reason, -ENOTSUP,
			                 "points have no key '%s' here", word);
		values->text[key] = equals + 1;
	}
	return 0;
}

/* An address that is only known now stands for "URL". */
static void fill_url(struct sy_values *values, const struct sy_track *track)
{
	for (enum sy_key key = 0; key < SY_KEYS; key++)
		if (values->text[key] && !strcmp(values->text[key], "URL"))
			values->text[key] = track->url;
}

/* The one point that is written there.  What this build does not know is not
   here. */
static int read_point(struct sy_side *side, const struct sy_track *track,
                      struct sy_reason *reason)
{
	struct sy_values values = { .text = { NULL } };
	struct sy_space space;
	char text[KEYS_BYTES];
	int error;

	if (strlen(side->what) >= sizeof(text))
		return sy_reason(reason, -E2BIG, "%s: too long", side->what);
	strcpy(text, side->what);
	error = read_keys(text, &values, reason);
	if (error)
		return error;
	fill_url(&values, track);
	error = sy_space_read(&space, &values, reason);
	if (error)
		return error == -EINVAL ? -ENOTSUP : error;
	sy_plan_init(&side->plan);
	side->plan.slice_ns = side->slice_ns;
	side->plan.limit_ns = (uint64_t)track->limit_ms * UINT64_C(1000000);
	error = sy_space_add(&space, &side->plan);
	sy_space_free(&space);
	if (!error && side->plan.count != 1)
		return sy_reason(reason, -ENOTSUP, "%s: %zu points, not one",
		                 side->what, side->plan.count);
	return error ? sy_reason(reason, error, "no memory") : 0;
}

/* Before the first set; again where it has an address, as each set has a server
   of its own.  The placement is that of the race. */
static int prepare(struct sy_side *side, const struct sy_track *track,
                   struct sy_reason *reason)
{
	struct sy_point *point;
	int error;

	if (side->plan.count && !strstr(side->what, "=URL"))
		return 0;
	sy_plan_free(&side->plan);
	error = read_point(side, track, reason);
	if (error)
		return error;
	point = &side->plan.points[0];
	error = sy_point_resolve(point, track->topology, reason);
	if (error)
		return error == -ENODEV ? -ENOTSUP : error;
	if (point->where.count != 1 ||
	    point->where.pus[0] != track->where.pus[0])
		return sy_reason(reason, -EINVAL, "%s is on another PU",
		                 point->name);
	side->entrant = (struct sy_entrant){
		.point = point,
		.result = &side->result,
		.remote = { .fd = -1 },
	};
	return 0;
}

/* An entrant notes its own trouble and ends its worker. */
static int outcome(struct sy_side *side, int error)
{
	if (!error && !side->entrant.remote.pid)
		side->alive = false;
	return error;
}

static int point_start(struct sy_side *side, const struct sy_track *track,
                       struct sy_reason *reason)
{
	int error = prepare(side, track, reason);

	if (error)
		return error;
	sy_entrant_start(&side->entrant, &track->hooks, reason);
	return outcome(side,
	               sy_entrant_open(&side->entrant, &track->hooks, reason));
}

static int point_ready(struct sy_side *side, const struct sy_track *track,
                       struct sy_reason *reason)
{
	return outcome(side, sy_entrant_ready(&side->entrant, &side->plan,
	                                      &track->hooks, reason));
}

static int point_size(struct sy_side *side, const struct sy_track *track,
                      struct sy_reason *reason)
{
	int error = sy_entrant_size(&side->entrant, &side->plan, &track->hooks,
	                            reason);

	side->operations = side->result.slice_operations;
	return outcome(side, error);
}

static int point_slice(struct sy_side *side, const struct sy_track *track,
                       struct sy_slice *slice, struct sy_reason *reason)
{
	return outcome(side, sy_entrant_slice(&side->entrant, &side->plan,
	                                      &track->hooks, slice, reason));
}

static void point_stop(struct sy_side *side, int error)
{
	sy_remote_stop(&side->entrant.remote, error);
	/* What it claims to be is judged by all that it has done so far. */
	if (side->plan.count)
		sy_result_judge(&side->plan.points[0], &side->result);
}

const struct sy_side_kind sy_side_point = {
	.name = "point",
	.start = point_start,
	.ready = point_ready,
	.size = point_size,
	.slice = point_slice,
	.stop = point_stop,
};
