/* SPDX-License-Identifier: MIT */
/*
 * turn.c - see turn.h.
 *
 * Interleaving is what makes a comparison hold on a machine whose speed
 * drifts within a second: neighbours in time are compared, and every round
 * has its own random order.
 */
#include "engine/turn.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Slices of a dear point in a set, at least. */
#define DEAR_SLICES 3
/* Sentinels are asked in every fourth round, and in the first. */
#define SENTINEL_ROUNDS 4

static int record(const struct sy_turn *turn, struct sy_record *record,
                  struct sy_reason *reason)
{
	return sy_record_write(record, turn->plan, turn->hooks, turn->session,
	                       reason);
}

/* The place of an entrant in the plan; behind the last: a sentinel. */
static size_t place(const struct sy_turn *turn, const struct sy_entrant *e)
{
	return e->sentinel ? turn->plan->count + (size_t)(e - turn->entrants)
	                   : (size_t)(e->point - turn->plan->points);
}

/* Why an entrant has no number, once it has none, goes to the journal. */
static int tell(const struct sy_turn *turn, struct sy_entrant *e,
                struct sy_reason *reason)
{
	struct sy_record state = {
		.kind = SY_RECORD_STATED,
		.point = place(turn, e),
		.state = e->result->state,
		.reason = e->result->reason,
	};

	if (e->told || sy_result_open(e->result))
		return 0;
	e->told = true;
	return record(turn, &state, reason);
}

static int tell_all(const struct sy_turn *turn, struct sy_reason *reason)
{
	int error = 0;

	for (size_t i = 0; i < turn->count && !error; i++)
		error = tell(turn, &turn->entrants[i], reason);
	return error;
}

static int open_one(struct sy_turn *turn, struct sy_entrant *e,
                    struct sy_reason *reason)
{
	int error = sy_entrant_open(e, turn->hooks, reason);

	if (error || !sy_entrant_opens_alone(e))
		return error;
	return sy_entrant_ready(e, turn->plan, turn->hooks, reason);
}

/* All at once: they get ready side by side while nothing is measured. */
static int start(struct sy_turn *turn, struct sy_reason *reason)
{
	const struct sy_hooks *hooks = turn->hooks;
	int told, error = 0;

	for (size_t i = 0; i < turn->count; i++)
		sy_entrant_start(&turn->entrants[i], hooks, reason);
	for (size_t i = 0; i < turn->count && !error; i++)
		error = open_one(turn, &turn->entrants[i], reason);
	for (size_t i = 0; i < turn->count && !error; i++)
		if (!sy_entrant_opens_alone(&turn->entrants[i]))
			error = sy_entrant_ready(&turn->entrants[i], turn->plan,
			                         hooks, reason);
	told = tell_all(turn, reason);
	return error ? error : told;
}

static int size_all(struct sy_turn *turn, struct sy_reason *reason)
{
	int told, error = 0;

	for (size_t i = 0; i < turn->count && !error; i++) {
		struct sy_entrant *e = &turn->entrants[i];

		if (e->remote.pid && !e->result->slice_operations)
			error = sy_entrant_size(e, turn->plan, turn->hooks,
			                        reason);
	}
	told = tell_all(turn, reason);
	return error ? error : told;
}

static int write_down(const struct sy_turn *turn, const struct sy_entrant *e,
                      uint32_t round, uint64_t begin_ns, bool dropped,
                      struct sy_slice *slice, struct sy_reason *reason)
{
	struct sy_record sample = {
		.kind = SY_RECORD_SAMPLED,
		.at_ns = begin_ns,
		.set = turn->set,
		.point = place(turn, e),
		.round = round,
		.sized = e->result->slice_operations,
		.dropped = dropped,
		.slice = slice,
	};

	return record(turn, &sample, reason);
}

static void note_cost(struct sy_entrant *e, double cost_ns)
{
	e->cost_ns =
		e->cost_ns > 0 ? 0.7 * e->cost_ns + 0.3 * cost_ns : cost_ns;
}

static int take(struct sy_turn *turn, struct sy_entrant *e, uint32_t round,
                struct sy_slice *slice, struct sy_reason *reason)
{
	uint64_t begin_ns = sy_clock_ns();
	struct sy_reason ignored;
	bool dropped;
	int resized;
	int error = sy_entrant_slice(e, turn->plan, turn->hooks, slice, reason);

	if (error || !e->remote.pid)
		return error ? error : tell(turn, e, reason);
	note_cost(e, (double)(sy_clock_ns() - begin_ns));
	resized = sy_entrant_check(e, turn->plan, turn->hooks, slice, &dropped,
	                           reason);
	/* Written down whatever came of sizing it again. */
	error = write_down(turn, e, round, begin_ns, dropped || resized, slice,
	                   resized ? &ignored : reason);
	if (resized || error)
		return resized ? resized : error;
	return tell(turn, e, reason);
}

/* Every how many rounds a dear point is asked. */
static unsigned stride(const struct sy_turn *turn, const struct sy_entrant *e,
                       uint64_t begin_ns)
{
	double slice_ns = (double)turn->plan->slice_ns;
	double round_ns = 0, rounds, wanted = e->cost_ns / (SY_DEAR * slice_ns);

	for (size_t i = 0; i < turn->count; i++) {
		double cost = turn->entrants[i].cost_ns;

		round_ns +=
			cost > SY_DEAR * slice_ns ? SY_DEAR * slice_ns : cost;
	}
	rounds = turn->end_ns > begin_ns && round_ns > 0
	                 ? (double)(turn->end_ns - begin_ns) / round_ns
	                 : 1;
	if (wanted > rounds / DEAR_SLICES)
		wanted = rounds / DEAR_SLICES;
	return wanted > 1 ? (unsigned)(wanted + 0.5) : 1;
}

/* Whether a dear point that has had a slice in this turn would end it late. */
static bool is_too_dear(const struct sy_turn *turn, const struct sy_entrant *e)
{
	uint64_t now_ns = sy_clock_ns();
	double left_ns =
		turn->end_ns > now_ns ? (double)(turn->end_ns - now_ns) : 0;

	return e->cost_ns > SY_DEAR * (double)turn->plan->slice_ns &&
	       e->cost_ns > left_ns;
}

static bool takes_part(const struct sy_turn *turn, const struct sy_entrant *e,
                       uint32_t round, uint64_t begin_ns)
{
	if (!e->remote.pid)
		return false;
	if (e->sentinel)
		return round % SENTINEL_ROUNDS == 0;
	if (!e->result->count)
		return true;
	return round % stride(turn, e, begin_ns) == 0 && !is_too_dear(turn, e);
}

/* A random order in which the sentinels stay neighbours. */
static void draw_order(struct sy_turn *turn, uint32_t *order)
{
	size_t at;

	for (uint32_t i = 0; i < turn->count; i++)
		order[i] = i;
	sy_shuffle(order + 1, turn->count - 1, turn->random);
	for (at = 1; order[at] != 1; at++)
		;
	/* Entrant 0 goes next to entrant 1, on either side of it. */
	memmove(order, order + 1, at * sizeof(*order));
	order[at] = 0;
	if (sy_random_below(turn->random, 2)) {
		order[at] = 1;
		order[at - 1] = 0;
	}
}

static int run_round(struct sy_turn *turn, uint32_t round, uint64_t begin_ns,
                     uint32_t *order, struct sy_slice *slice,
                     struct sy_reason *reason)
{
	int error = 0;

	draw_order(turn, order);
	for (size_t i = 0; i < turn->count && !error; i++) {
		struct sy_entrant *e = &turn->entrants[order[i]];

		if (!takes_part(turn, e, round, begin_ns))
			continue;
		error = take(turn, e, round, slice, reason);
		if (!error &&
		    turn->hooks->progress(turn->hooks->data, turn->progress))
			error = sy_reason(reason, -ECANCELED, "stopped");
	}
	return error;
}

/* Whether no point stands there without a number: its slices missed their
   size so far, and there are few of them in a short turn. */
static bool all_have_one(const struct sy_turn *turn)
{
	for (size_t i = 0; i < turn->count; i++) {
		const struct sy_entrant *e = &turn->entrants[i];

		if (e->remote.pid && !e->sentinel && !e->result->count)
			return false;
	}
	return true;
}

/* Whether there is anybody to ask but the sentinels; else what is left of the
   turn's time belongs to the turns after it. */
static bool any_left(const struct sy_turn *turn)
{
	for (size_t i = 0; i < turn->count; i++) {
		const struct sy_entrant *e = &turn->entrants[i];

		if (e->remote.pid && !e->sentinel)
			return true;
	}
	return false;
}

static int run_rounds(struct sy_turn *turn, struct sy_reason *reason)
{
	struct sy_slice *slice = malloc(sizeof(*slice));
	uint32_t *order = calloc(turn->count, sizeof(*order));
	uint64_t begin_ns = sy_clock_ns();
	int error =
		slice && order ? 0 : sy_reason(reason, -ENOMEM, "no memory");

	for (uint32_t round = 0; !error; round++) {
		bool over = round &&
		            (sy_clock_ns() >= turn->end_ns || !any_left(turn));

		/* A slice is kept after SY_RESIZES_MAX that were not. */
		if (over && (round > SY_RESIZES_MAX || all_have_one(turn)))
			break;
		error = run_round(turn, round, begin_ns, order, slice, reason);
	}
	free(order);
	free(slice);
	return error;
}

/* One end of the turn in the journal. */
static int mark(const struct sy_turn *turn, enum sy_record_kind kind,
                struct sy_reason *reason)
{
	struct sy_record end = {
		.kind = kind,
		.set = turn->set,
		.first = turn->first,
		.end = turn->end,
		.left_ns = turn->left_ns,
	};

	return record(turn, &end, reason);
}

int sy_turn_run(struct sy_turn *turn, struct sy_reason *reason)
{
	cpu_set_t before;
	int error = mark(turn, SY_RECORD_TURN, reason);

	if (!error)
		error = start(turn, reason);
	/* Workers are started unbound, so that an unbound point is that. */
	sy_driver_bind(&turn->entrants[turn->count - 1].point->where, &before);
	if (!error)
		error = size_all(turn, reason);
	if (!error)
		error = run_rounds(turn, reason);
	if (!error)
		error = mark(turn, SY_RECORD_DONE, reason);
	sy_driver_unbind(&before);
	/* All are told before one is waited for. */
	for (size_t i = 0; i < turn->count && !error; i++)
		sy_remote_quit(&turn->entrants[i].remote);
	for (size_t i = 0; i < turn->count; i++)
		sy_remote_end(&turn->entrants[i].remote,
		              error ? 0 : SY_QUIT_MS);
	return error;
}
