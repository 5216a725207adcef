/* SPDX-License-Identifier: MIT */
/*
 * live_pair.c - two slices that are neighbours in time; see live_parts.h.
 */
#include "compare/live_parts.h"

#include <errno.h>
#include <inttypes.h>

/* What the times of both sides are divided by.  That a study's program has
   done more is told by `performed`. */
static void check_work(struct sy_entrant *e, const struct sy_slice *slice,
                       struct sy_reason *reason)
{
	uint64_t asked = e->result->slice_operations;

	if (!e->remote.pid || slice->operations == asked)
		return;
	sy_reason(reason, -EPROTO,
	          "it was asked for %" PRIu64
	          " operations and carried out %" PRIu64,
	          asked, slice->operations);
	sy_entrant_fail(e, -EPROTO, reason);
}

static void fill(struct sy_pair *pair, enum sy_side side,
                 const struct sy_slice *slice)
{
	pair->performed[side] = slice->performed;
	pair->elapsed_ns[side] = slice->elapsed_ns;
	pair->voluntary[side] = slice->usage.voluntary;
	pair->involuntary[side] = slice->usage.involuntary;
	pair->cpu_ns[side] = slice->usage.cpu_ns;
}

static int tell(struct sy_live_run *run, struct sy_reason *reason)
{
	const struct sy_live *live = run->live;

	if (live->progress && live->progress(live->data, &run->progress))
		return sy_reason(reason, -ECANCELED, "interrupted");
	return 0;
}

int sy_live_pair(struct sy_live_run *run, struct sy_entrant *entrants,
                 struct sy_pair *pair, struct sy_reason *reason)
{
	bool new_first = sy_random_below(&run->random, 2);

	*pair = (struct sy_pair){
		.new_first = new_first,
		.at_ns = sy_clock_ns() - run->begin_ns,
		.operations = entrants[SY_OLD].result->slice_operations,
	};
	for (int i = 0; i < SY_SIDES && sy_live_alive(entrants); i++) {
		enum sy_side side = (i == 0) == new_first ? SY_NEW : SY_OLD;
		struct sy_entrant *e = &entrants[side];
		struct sy_slice *slice = &run->slices[side];
		int error = tell(run, reason);

		if (!error)
			error = sy_entrant_slice(e, run->live->plan,
			                         &run->hooks[side], slice,
			                         reason);
		if (error)
			return error;
		check_work(e, slice, reason);
		if (!e->remote.pid)
			break;
		run->comparison->sliced_ns +=
			slice->elapsed_ns + slice->alone_ns;
		fill(pair, side, slice);
	}
	return 0;
}
