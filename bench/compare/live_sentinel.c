/* SPDX-License-Identifier: MIT */
/*
 * live_sentinel.c - the plain kernel against itself; see live_parts.h.
 *
 * The two live through the whole comparison, so that their disagreement is
 * what the machine does from one slice to the next and nothing else.
 */
#include "compare/live_parts.h"

#include <errno.h>

#include "engine/calibrate.h"

/* What has become of them, as an error of the whole. */
static int blame(const struct sy_live_sentinel *sentinel,
                 struct sy_reason *reason)
{
	const struct sy_result *result =
		&sentinel->results[sentinel->entrants[SY_OLD].remote.pid
	                                   ? SY_NEW
	                                   : SY_OLD];

	return sy_reason(reason, -EIO,
	                 "OLD fails at the plain kernel (the sentinel): %.320s",
	                 result->reason.text);
}

static void end(struct sy_live_sentinel *sentinel, bool at_once)
{
	for (int i = 0; i < SY_SIDES && !at_once; i++)
		sy_remote_quit(&sentinel->entrants[i].remote);
	for (int i = 0; i < SY_SIDES; i++)
		sy_remote_end(&sentinel->entrants[i].remote,
		              at_once ? 0 : SY_QUIT_MS);
}

/* Their results, of which only the size is kept. */
static void make_ready(struct sy_live_sentinel *sentinel)
{
	for (int i = 0; i < SY_SIDES; i++) {
		struct sy_result *result = &sentinel->results[i];

		result->state = SY_PLANNED;
		sentinel->entrants[i] = (struct sy_entrant){
			.point = &sentinel->point,
			.result = result,
			.sentinel = true,
		};
	}
}

static int size(struct sy_live_run *run, struct sy_reason *reason)
{
	struct sy_live_sentinel *sentinel = &run->sentinel;
	int error;

	if (!sy_live_alive(sentinel->entrants) ||
	    sentinel->results[SY_OLD].slice_operations)
		return 0;
	error = sy_entrant_size(&sentinel->entrants[SY_OLD], run->live->plan,
	                        &run->hooks[SY_OLD], reason);
	sentinel->results[SY_NEW].slice_operations =
		sentinel->results[SY_OLD].slice_operations;
	return error;
}

static int start(struct sy_live_run *run, struct sy_reason *reason)
{
	struct sy_live_sentinel *sentinel = &run->sentinel;
	const struct sy_hooks *hooks = &run->hooks[SY_OLD];
	int error = 0;

	make_ready(sentinel);
	for (int i = 0; i < SY_SIDES; i++)
		sy_entrant_start(&sentinel->entrants[i], hooks, reason);
	for (int i = 0; i < SY_SIDES && !error; i++)
		error = sy_entrant_open(&sentinel->entrants[i], hooks, reason);
	for (int i = 0; i < SY_SIDES && !error; i++)
		error = sy_entrant_ready(&sentinel->entrants[i],
		                         run->live->plan, hooks, reason);
	if (!error)
		error = size(run, reason);
	return !error && !sy_live_alive(sentinel->entrants)
	               ? blame(sentinel, reason)
	               : error;
}

static int calibrate(struct sy_live_run *run, struct sy_reason *reason)
{
	struct sy_plan *plan = run->live->plan;
	struct sy_reason why = { "no memory" };
	double kernel_round_ns;
	int error = sy_calibrate(plan, &run->hooks[SY_OLD],
	                         &run->sentinel.point, &kernel_round_ns, &why);

	if (error == -ECANCELED || error == -ENOMEM || error == -EMFILE ||
	    error == -ENFILE || error == -EAGAIN)
		return sy_reason(reason, error, "%s", why.text);
	if (error)
		return sy_reason(reason, -EIO,
		                 "OLD fails at the plain kernel, by which work "
		                 "is sized: %.300s",
		                 why.text);
	sy_rounds_set(plan, &run->sentinel.point, kernel_round_ns);
	return 0;
}

int sy_live_sentinel_start(struct sy_live_run *run, struct sy_reason *reason)
{
	int error = sy_sentinel_init(&run->sentinel.point, run->live->plan);

	if (error)
		return sy_reason(reason, error, "no memory");
	error = calibrate(run, reason);
	return error ? error : start(run, reason);
}

static int add(struct sy_live_run *run, struct sy_pair *pair,
               struct sy_reason *reason)
{
	struct sy_comparison *comparison = run->comparison;

	pair->set = run->sentinel.restarted;
	pair->round = (uint32_t)comparison->sentinel_count;
	if (sy_pair_add(&comparison->sentinel, &comparison->sentinel_count,
	                &comparison->sentinel_room, pair))
		return sy_reason(reason, -ENOMEM, "no memory");
	return 0;
}

int sy_live_sentinel_pair(struct sy_live_run *run, struct sy_reason *reason)
{
	struct sy_live_sentinel *sentinel = &run->sentinel;
	struct sy_pair pair;
	int error = sy_live_pair(run, sentinel->entrants, &pair, reason);

	if (!error && sy_live_alive(sentinel->entrants))
		return add(run, &pair, reason);
	if (error)
		return error;
	if (sentinel->restarted)
		return blame(sentinel, reason);
	sentinel->restarted = true;
	end(sentinel, true);
	return start(run, reason);
}

void sy_live_sentinel_end(struct sy_live_run *run)
{
	end(&run->sentinel, false);
	for (int i = 0; i < SY_SIDES; i++)
		sy_result_free(&run->sentinel.results[i]);
	sy_point_release(&run->sentinel.point);
}
