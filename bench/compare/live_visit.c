/* SPDX-License-Identifier: MIT */
/*
 * live_visit.c - one set of one point: a fresh worker of each side, asked in
 * pairs; see live.h.
 */
#include "compare/live_parts.h"

#include <errno.h>
#include <string.h>

#include "compare/judge.h"

struct visit {
	struct sy_live_run *run;
	struct sy_compared *compared;
	struct sy_live_point *point;
	struct sy_entrant entrants[SY_SIDES];
	/* It has no such point: an older build, or one without a library. */
	bool lacks[SY_SIDES];
	uint32_t set, round;
	bool new_first; /* in all that is done side after side */
};

static enum sy_side side_at(const struct visit *v, int place)
{
	return (place == 0) == v->new_first ? SY_NEW : SY_OLD;
}

static int no_memory(struct sy_reason *reason)
{
	return sy_reason(reason, -ENOMEM, "no memory");
}

static int open_one(struct visit *v, enum sy_side side,
                    struct sy_reason *reason)
{
	struct sy_entrant *e = &v->entrants[side];
	int error = sy_entrant_open(e, &v->run->hooks[side], reason);

	if (error || !sy_entrant_opens_alone(e))
		return error;
	return sy_entrant_ready(e, v->run->live->plan, &v->run->hooks[side],
	                        reason);
}

/* Side by side, but for those that would hold one another up. */
static int start(struct visit *v, struct sy_reason *reason)
{
	int error = 0;

	for (int i = 0; i < SY_SIDES; i++)
		sy_entrant_start(&v->entrants[side_at(v, i)],
		                 &v->run->hooks[side_at(v, i)], reason);
	for (int i = 0; i < SY_SIDES && !error; i++)
		error = open_one(v, side_at(v, i), reason);
	for (int i = 0; i < SY_SIDES && !error; i++) {
		enum sy_side side = side_at(v, i);

		if (!sy_entrant_opens_alone(&v->entrants[side]))
			error = sy_entrant_ready(&v->entrants[side],
			                         v->run->live->plan,
			                         &v->run->hooks[side], reason);
	}
	return error;
}

/* The count of OLD is NEW's. */
static void share_size(struct visit *v)
{
	v->point->results[SY_NEW].slice_operations =
		v->point->results[SY_OLD].slice_operations;
}

static int size(struct visit *v, struct sy_reason *reason)
{
	int error = 0;

	if (!v->point->results[SY_OLD].slice_operations)
		error = sy_entrant_size(&v->entrants[SY_OLD],
		                        v->run->live->plan,
		                        &v->run->hooks[SY_OLD], reason);
	share_size(v);
	return error;
}

static int prime(struct visit *v, struct sy_reason *reason)
{
	int error = 0;

	for (int i = 0; i < SY_SIDES && !error && sy_live_alive(v->entrants);
	     i++) {
		enum sy_side side = side_at(v, i);

		error = sy_entrant_prime(&v->entrants[side], v->run->live->plan,
		                         &v->run->hooks[side],
		                         &v->run->slices[side], reason);
	}
	return error;
}

/* Both sides have slices of the same count, so both are sized again where one
   of them is far from what was asked for: by OLD, as ever. */
static int check_size(struct visit *v, bool *dropped, struct sy_reason *reason)
{
	struct sy_live_run *run = v->run;
	const struct sy_plan *plan = run->live->plan;
	struct sy_entrant *old = &v->entrants[SY_OLD];
	bool missed = false;
	int error;

	*dropped = false;
	for (enum sy_side i = SY_OLD; i < SY_SIDES; i++) {
		v->entrants[i].resized = v->point->resized;
		missed |= sy_entrant_missed(&v->entrants[i], plan,
		                            &run->slices[i]);
	}
	if (!missed)
		return 0;
	error = sy_entrant_resize(old, plan, &run->hooks[SY_OLD], dropped,
	                          reason);
	v->point->resized = old->resized;
	share_size(v);
	return error;
}

static int keep(struct visit *v, struct sy_pair *pair, struct sy_reason *reason)
{
	struct sy_live_run *run = v->run;
	struct sy_compared *c = v->compared;

	pair->set = v->set;
	pair->round = v->round++;
	if (sy_pair_add(&c->pairs, &c->pair_count, &c->pair_room, pair))
		return no_memory(reason);
	for (enum sy_side i = SY_OLD; i < SY_SIDES; i++) {
		struct sy_result *result = &v->point->results[i];

		if (sy_result_add(result, &run->slices[i], pair->set,
		                  pair->round))
			return no_memory(reason);
		sy_result_note_length(result, run->live->plan->slice_ns,
		                      pair->elapsed_ns[i]);
	}
	c->sets = v->set + 1;
	c->outcome = SY_OUTCOME_COMPARED;
	return 0;
}

static int take_pair(struct visit *v, struct sy_reason *reason)
{
	struct sy_pair pair;
	bool dropped;
	int error = sy_live_pair(v->run, v->entrants, &pair, reason);

	if (error || !sy_live_alive(v->entrants))
		return error;
	error = check_size(v, &dropped, reason);
	if (error || dropped || !sy_live_alive(v->entrants))
		return error;
	return keep(v, &pair, reason);
}

static int take_pairs(struct visit *v, struct sy_reason *reason)
{
	uint64_t visit_ns = v->run->live->visit_ns;
	uint64_t end_ns = sy_clock_ns() + (visit_ns ? visit_ns : SY_VISIT_NS);
	int error = 0;

	while (!error && sy_live_alive(v->entrants) &&
	       (v->round < SY_VISIT_ROUNDS_LEAST || sy_clock_ns() < end_ns))
		error = take_pair(v, reason);
	return error;
}

/* From workers that are ready to the sentinel behind them. */
static int measure(struct visit *v, struct sy_reason *reason)
{
	cpu_set_t before;
	int error = 0;

	/* Workers are started unbound, so that an unbound point is that. */
	sy_driver_bind(&v->entrants[SY_OLD].point->where, &before);
	if (sy_live_alive(v->entrants))
		error = size(v, reason);
	if (!error && sy_live_alive(v->entrants))
		error = prime(v, reason);
	if (!error && sy_live_alive(v->entrants))
		error = take_pairs(v, reason);
	if (!error)
		error = sy_live_sentinel_pair(v->run, reason);
	/* So that a spread is known of a comparison with few visits, too. */
	while (!error && v->run->comparison->sentinel_count < SY_PAIRS_LEAST)
		error = sy_live_sentinel_pair(v->run, reason);
	sy_driver_unbind(&before);
	return error;
}

static void end(struct visit *v, int error)
{
	for (enum sy_side i = SY_OLD; i < SY_SIDES && !error; i++)
		sy_remote_quit(&v->entrants[i].remote);
	for (enum sy_side i = SY_OLD; i < SY_SIDES; i++)
		sy_remote_end(&v->entrants[i].remote, error ? 0 : SY_QUIT_MS);
}

static void conclude_as(struct visit *v, enum sy_outcome outcome,
                        enum sy_side side, enum sy_side said_by)
{
	v->compared->outcome = outcome;
	v->compared->side = side;
	v->compared->reason = v->point->results[said_by].reason;
}

/* The worst of what has happened; the first side where it is on both. */
static void conclude(struct visit *v)
{
	const struct sy_result *results = v->point->results;

	for (enum sy_side i = SY_OLD; i < SY_SIDES; i++)
		if (results[i].state == SY_WRONG) {
			conclude_as(v, SY_OUTCOME_WRONG, i, i);
			return;
		}
	for (enum sy_side i = SY_OLD; i < SY_SIDES; i++)
		/* To have opened a point and then say that it is not there is
		   a failure like others. */
		if (!sy_result_open(&results[i]) && !v->lacks[i]) {
			conclude_as(v, SY_OUTCOME_FAILED, i, i);
			return;
		}
	if (v->lacks[SY_OLD] && v->lacks[SY_NEW])
		conclude_as(v, SY_OUTCOME_ABSENT, SY_OLD, SY_OLD);
	else if (v->lacks[SY_OLD])
		conclude_as(v, SY_OUTCOME_ONE_SIDE, SY_NEW, SY_OLD);
	else if (v->lacks[SY_NEW])
		conclude_as(v, SY_OUTCOME_ONE_SIDE, SY_OLD, SY_NEW);
}

/* Called when nothing but opening has been asked for.  Who has had the point in
   an earlier set does not lack it, but fails. */
static void note_lacks(struct visit *v)
{
	for (enum sy_side i = SY_OLD; i < SY_SIDES; i++) {
		int error = v->entrants[i].error;

		v->lacks[i] =
			!v->set && (error == -ENOTSUP || error == -EINVAL);
	}
}

int sy_live_visit(struct sy_live_run *run, size_t index,
                  struct sy_reason *reason)
{
	struct visit v = {
		.run = run,
		.compared = &run->comparison->points[index],
		.point = &run->points[index],
		.set = run->comparison->points[index].sets,
		.new_first = sy_random_below(&run->random, 2),
	};
	int error;

	for (enum sy_side i = SY_OLD; i < SY_SIDES; i++)
		v.entrants[i] = (struct sy_entrant){
			.point = &run->live->plan->points[index],
			.result = &v.point->results[i],
		};
	error = start(&v, reason);
	note_lacks(&v);
	if (!error)
		error = measure(&v, reason);
	end(&v, error);
	conclude(&v);
	return error;
}
