/* SPDX-License-Identifier: MIT */
/* race.c - see race.h. */
#include "study/race.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int sy_side_blame(struct sy_side *side, int error,
                  const struct sy_reason *reason)
{
	if (!error)
		return 0;
	if (error != -ECANCELED)
		sy_result_fail(&side->result,
		               error == -EBADMSG   ? SY_WRONG
		               : error == -ENOTSUP ? SY_ABSENT
		                                   : SY_FAILED,
		               reason);
	side->kind->stop(side, error);
	side->alive = false;
	return error == -ECANCELED ? error : 0;
}

/* Points are started unbound, like those of a run, and bind themselves; what
   is not ours is started where it is to stay. */
static int start(struct sy_race *race, const struct sy_track *track, bool bound,
                 struct sy_reason *reason)
{
	int error = 0;

	for (size_t i = 0; i < race->count && !error; i++) {
		struct sy_side *side = &race->sides[i];

		if (side->kind->bound != bound ||
		    !sy_result_open(&side->result))
			continue;
		side->alive = true;
		error = sy_side_blame(
			side, side->kind->start(side, track, reason), reason);
	}
	return error;
}

static int make_ready(struct sy_race *race, const struct sy_track *track,
                      struct sy_reason *reason)
{
	int error = 0;

	for (size_t i = 0; i < race->count && !error; i++) {
		struct sy_side *side = &race->sides[i];

		if (side->alive)
			error = sy_side_blame(
				side, side->kind->ready(side, track, reason),
				reason);
		if (!error && side->alive && !side->operations)
			error = sy_side_blame(
				side, side->kind->size(side, track, reason),
				reason);
	}
	return error;
}

static int take(struct sy_side *side, const struct sy_track *track,
                uint32_t set, uint32_t round, struct sy_slice *slice,
                struct sy_reason *reason)
{
	int error;

	memset(slice, 0, sizeof(*slice));
	error = sy_side_blame(
		side, side->kind->slice(side, track, slice, reason), reason);
	if (error || !side->alive)
		return error;
	error = sy_result_add(&side->result, slice, set, round);
	return error ? sy_reason(reason, error, "no memory") : 0;
}

static int run_round(struct sy_race *race, struct sy_track *track, uint32_t set,
                     uint32_t round, struct sy_slice *slice,
                     struct sy_reason *reason)
{
	uint32_t order[SY_SIDES_MAX];
	int error = 0;

	for (uint32_t i = 0; i < race->count; i++)
		order[i] = i;
	sy_shuffle(order, race->count, &track->random);
	for (size_t i = 0; i < race->count && !error; i++)
		if (race->sides[order[i]].alive)
			error = take(&race->sides[order[i]], track, set, round,
			             slice, reason);
	return error;
}

static bool any_alive(const struct sy_race *race)
{
	bool alive = false;

	for (size_t i = 0; i < race->count; i++)
		alive |= race->sides[i].alive;
	return alive;
}

static int run_rounds(struct sy_race *race, struct sy_track *track,
                      uint32_t set, uint64_t end_ns, struct sy_reason *reason)
{
	struct sy_slice *slice = malloc(sizeof(*slice));
	int error = slice ? 0 : sy_reason(reason, -ENOMEM, "no memory");

	for (uint32_t round = 0; !error && any_alive(race); round++) {
		if (round >= SY_ROUNDS_LEAST && sy_clock_ns() >= end_ns)
			break;
		error = run_round(race, track, set, round, slice, reason);
	}
	free(slice);
	return error;
}

int sy_race_run(struct sy_race *race, struct sy_track *track, uint32_t set,
                uint64_t end_ns, struct sy_reason *reason)
{
	cpu_set_t before;
	int error = start(race, track, false, reason);

	sy_driver_bind(&track->where, &before);
	if (!error)
		error = start(race, track, true, reason);
	if (!error)
		error = make_ready(race, track, reason);
	if (!error)
		error = run_rounds(race, track, set, end_ns, reason);
	sy_driver_unbind(&before);
	for (size_t i = 0; i < race->count; i++) {
		struct sy_side *side = &race->sides[i];

		if (side->alive)
			side->kind->stop(side, error);
		side->alive = false;
	}
	return error;
}

bool sy_race_open(const struct sy_race *race)
{
	bool open = false;

	for (size_t i = 0; i < race->count; i++)
		open |= sy_result_open(&race->sides[i].result);
	return open;
}

void sy_race_free(struct sy_race *race)
{
	for (size_t i = 0; i < race->count; i++) {
		sy_result_free(&race->sides[i].result);
		sy_plan_free(&race->sides[i].plan);
	}
	race->count = 0;
}
