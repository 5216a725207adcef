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
#include <sched.h>
#include <stdlib.h>
#include <string.h>

/* A slice warms up with this part of its operations. */
#define WARMUP_PART 32
/* No warm-up where one task alone waits longer than this part of a slice. */
#define WARMUP_WAIT_PART 20
/* Slices of a dear point in a set, at least. */
#define DEAR_SLICES 3
/* After this many in a set, a slice that misses its size is kept. */
#define RESIZES_MAX 2
/* Sentinels are asked in every fourth round, and in the first. */
#define SENTINEL_ROUNDS 4
/* A worker that was told to quit ends within this, or is killed. */
#define QUIT_MS 2000

static void fail(struct sy_entrant *entrant, int error,
                 const struct sy_reason *reason)
{
	sy_result_fail(entrant->result,
	               error == -EBADMSG ? SY_WRONG : SY_FAILED, reason);
	sy_remote_end(&entrant->remote, 0);
}

/* An entrant's own trouble costs its point; anything else ends the run. */
static int blame(struct sy_entrant *entrant, int error,
                 const struct sy_reason *reason)
{
	if (error && error != -ECANCELED)
		fail(entrant, error, reason);
	return error == -ECANCELED ? error : 0;
}

static int limit_ms(const struct sy_turn *turn)
{
	return (int)(turn->plan->limit_ns / 1000000);
}

/* All at once: they get ready side by side while nothing is measured. */
static int start(struct sy_turn *turn, struct sy_reason *reason)
{
	const struct sy_hooks *hooks = turn->hooks;
	int error = 0;

	for (size_t i = 0; i < turn->count; i++) {
		struct sy_entrant *e = &turn->entrants[i];
		int started =
			sy_remote_start(&e->remote, hooks->program, reason);

		if (started)
			fail(e, started, reason);
	}
	for (size_t i = 0; i < turn->count && !error; i++) {
		struct sy_entrant *e = &turn->entrants[i];
		int ready = e->remote.pid
		                    ? sy_remote_hello(&e->remote,
		                                      hooks->cancel_fd, reason)
		                    : 0;

		if (!ready && e->remote.pid)
			ready = sy_remote_open_begin(&e->remote, e->point,
			                             reason);
		error = blame(e, ready, reason);
	}
	for (size_t i = 0; i < turn->count && !error; i++) {
		struct sy_entrant *e = &turn->entrants[i];

		if (e->remote.pid)
			error = blame(
				e,
				sy_remote_open_end(&e->remote, hooks->cancel_fd,
			                           limit_ms(turn), reason),
				reason);
	}
	return error;
}

static int size(struct sy_turn *turn, struct sy_entrant *e,
                struct sy_reason *reason)
{
	uint64_t operations = 0;
	int error = sy_remote_size(&e->remote, turn->plan->slice_ns,
	                           turn->hooks->cancel_fd, limit_ms(turn),
	                           &operations, reason);

	if (!error)
		e->result->slice_operations = operations;
	return blame(e, error, reason);
}

static int size_all(struct sy_turn *turn, struct sy_reason *reason)
{
	int error = 0;

	for (size_t i = 0; i < turn->count && !error; i++) {
		struct sy_entrant *e = &turn->entrants[i];

		if (e->remote.pid && !e->result->slice_operations)
			error = size(turn, e, reason);
	}
	return error;
}

static uint64_t warmup(const struct sy_turn *turn, const struct sy_entrant *e)
{
	uint64_t operations = e->result->slice_operations;

	if (e->point->request.workload &&
	    e->point->load.wait_ns > turn->plan->slice_ns / WARMUP_WAIT_PART &&
	    strcmp(sy_point_family(e->point), "cpu"))
		return 0;
	return operations / WARMUP_PART ? operations / WARMUP_PART : 1;
}

/* Whether the slice is far from the size that was asked for. */
static bool missed(const struct sy_turn *turn, const struct sy_entrant *e,
                   const struct sy_slice *slice)
{
	uint64_t most_ns = turn->plan->slice_ns;

	if (e->resized >= RESIZES_MAX)
		return false;
	if (e->result->usual_ns > most_ns)
		most_ns = e->result->usual_ns;
	return slice->elapsed_ns * 2 < turn->plan->slice_ns ||
	       slice->elapsed_ns > most_ns * 2;
}

/*
 * Sizes a point again whose slice missed: its count was taken in another mode
 * of the machine, and the slice is dropped.  Where the count comes out as it
 * was, a slice of this point just is that long, and is kept.
 */
static int resize(struct sy_turn *turn, struct sy_entrant *e,
                  const struct sy_slice *slice, bool *dropped,
                  struct sy_reason *reason)
{
	uint64_t before = e->result->slice_operations, after;
	int error = size(turn, e, reason);

	e->resized++;
	after = e->result->slice_operations;
	*dropped = after * 4 < before * 3 || after * 3 > before * 4;
	e->result->dropped += *dropped;
	if (!*dropped && slice->elapsed_ns > e->result->usual_ns)
		e->result->usual_ns = slice->elapsed_ns;
	return error;
}

static int write_down(const struct sy_turn *turn, const struct sy_entrant *e,
                      uint32_t round, uint64_t begin_ns, bool dropped,
                      const struct sy_slice *slice, struct sy_reason *reason)
{
	json_t *sample = sy_slice_to_json(slice);
	const char *name = e->sentinel ? (e == turn->entrants ? "sentinel/a"
	                                                      : "sentinel/b")
	                               : e->point->name;

	if (!sample)
		return -ENOMEM;
	json_object_set_new(sample, "point", json_string(name));
	json_object_set_new(sample, "set", json_integer(turn->set));
	json_object_set_new(sample, "round", json_integer(round));
	json_object_set_new(sample, "at_ns",
	                    json_integer((json_int_t)begin_ns));
	if (dropped)
		json_object_set_new(sample, "dropped", json_true());
	return turn->hooks->journal(turn->hooks->data, sample, reason);
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
	bool dropped = false;
	int resized = 0;
	int error = sy_remote_slice(&e->remote, e->result->slice_operations,
	                            warmup(turn, e), turn->hooks->cancel_fd,
	                            limit_ms(turn), slice, reason);

	if (error)
		return blame(e, error, reason);
	turn->session->sliced_ns += slice->elapsed_ns + slice->alone_ns;
	note_cost(e, (double)(sy_clock_ns() - begin_ns));
	if (missed(turn, e, slice))
		resized = resize(turn, e, slice, &dropped, reason);
	/* Written down whatever came of sizing it again. */
	error = write_down(turn, e, round, begin_ns, dropped || resized, slice,
	                   resized ? &ignored : reason);
	if (resized || error || dropped)
		return resized ? resized : error;
	return sy_result_add(e->result, slice, turn->set, round);
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

static bool takes_part(const struct sy_turn *turn, const struct sy_entrant *e,
                       uint32_t round, uint64_t begin_ns)
{
	if (!e->remote.pid)
		return false;
	if (e->sentinel)
		return round % SENTINEL_ROUNDS == 0;
	if (!e->result->count)
		return true;
	return round % stride(turn, e, begin_ns) == 0;
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

static int run_rounds(struct sy_turn *turn, struct sy_reason *reason)
{
	struct sy_slice *slice = malloc(sizeof(*slice));
	uint32_t *order = calloc(turn->count, sizeof(*order));
	uint64_t begin_ns = sy_clock_ns();
	int error =
		slice && order ? 0 : sy_reason(reason, -ENOMEM, "no memory");

	for (uint32_t round = 0; !error; round++) {
		bool over = round && sy_clock_ns() >= turn->end_ns;

		/* A slice is kept after RESIZES_MAX that were not. */
		if (over && (round > RESIZES_MAX || all_have_one(turn)))
			break;
		error = run_round(turn, round, begin_ns, order, slice, reason);
	}
	free(order);
	free(slice);
	return error;
}

/*
 * While slices run, the driver waits on the first of the PUs that they use:
 * waking up there takes 50 us between slices, from an idle PU 400.
 */
static void bind_driver(const struct sy_turn *turn, cpu_set_t *before)
{
	const struct sy_placement *where =
		&turn->entrants[turn->count - 1].point->where;
	cpu_set_t one;

	sched_getaffinity(0, sizeof(*before), before);
	if (!where->bound || where->pus[0] >= CPU_SETSIZE)
		return;
	CPU_ZERO(&one);
	CPU_SET((size_t)where->pus[0], &one);
	sched_setaffinity(0, sizeof(one), &one);
}

int sy_turn_run(struct sy_turn *turn, struct sy_reason *reason)
{
	cpu_set_t before;
	int error = start(turn, reason);

	/* Workers are started unbound, so that an unbound point is that. */
	bind_driver(turn, &before);
	if (!error)
		error = size_all(turn, reason);
	if (!error)
		error = run_rounds(turn, reason);
	sched_setaffinity(0, sizeof(before), &before);
	for (size_t i = 0; i < turn->count; i++)
		if (error)
			sy_remote_end(&turn->entrants[i].remote, 0);
		else
			sy_remote_quit(&turn->entrants[i].remote);
	for (size_t i = 0; i < turn->count; i++)
		sy_remote_end(&turn->entrants[i].remote, QUIT_MS);
	return error;
}
