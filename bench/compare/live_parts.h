/* SPDX-License-Identifier: MIT */
/*
 * live_parts.h - what the parts of the live comparison share: live.c goes
 * around the suite, live_sides.c asks the programs what they are,
 * live_visit.c measures one set of one point, live_sentinel.c the kernel
 * beside it.
 */
#ifndef SY_LIVE_PARTS_H
#define SY_LIVE_PARTS_H

#include "compare/live.h"
#include "engine/entrant.h"

/* What is kept of a point between its visits. */
struct sy_live_point {
	/* What the kept slices of a side add up to, and what a slice of it
	   was sized to: the same on both. */
	struct sy_result results[SY_SIDES];
	unsigned resized;
	bool narrow;      /* known well enough */
	uint64_t cost_ns; /* of its last visit, all in all; 0: none yet */
};

/* Two workers of OLD.  The first stands in OLD's place, the other in NEW's. */
struct sy_live_sentinel {
	struct sy_point point;
	struct sy_entrant entrants[SY_SIDES];
	struct sy_result results[SY_SIDES];
	bool restarted;
};

struct sy_live_run {
	const struct sy_live *live;
	struct sy_comparison *comparison;
	struct sy_hooks hooks[SY_SIDES];
	struct sy_live_point *points; /* one for each of the plan */
	unsigned sets;                /* that a point has before it is known */
	struct sy_live_sentinel sentinel;
	struct sy_slice *slices; /* SY_SIDES: the pair under way */
	uint64_t random;
	uint64_t begin_ns, end_ns; /* CLOCK_MONOTONIC: of the budget */
	struct sy_progress progress;
};

/* Whether both workers of a visit, or both sentinels, are there. */
static inline bool sy_live_alive(const struct sy_entrant *entrants)
{
	return entrants[SY_OLD].remote.pid && entrants[SY_NEW].remote.pid;
}

/*
 * Says hello to both programs, notes what they tell and whether they are
 * alike.  -ENOEXEC, -EPROTO, -EXDEV, -ECANCELED; see live.h.
 */
int sy_live_sides(struct sy_live_run *run, struct sy_reason *reason);

/*
 * A pair of neighbours, the order drawn from run->random: their slices in
 * run->slices and the pair, but for set and round, in `pair`.  Where a worker
 * fails, its `remote.pid` is 0 and there is no pair.  -ECANCELED.
 */
int sy_live_pair(struct sy_live_run *run, struct sy_entrant *entrants,
                 struct sy_pair *pair, struct sy_reason *reason);

/* One visit of the point with that index: its pairs, or why there are none any
   more.  -ECANCELED, -ENOMEM, and the sentinel's. */
int sy_live_visit(struct sy_live_run *run, size_t index,
                  struct sy_reason *reason);

/*
 * Starts the sentinels, which are calibrated; takes one pair of them; where
 * they have died they are started again, once, and there is no pair; ends
 * them.  -EIO: OLD fails at the plain kernel; -ECANCELED, -ENOMEM, -EMFILE.
 */
int sy_live_sentinel_start(struct sy_live_run *run, struct sy_reason *reason);
int sy_live_sentinel_pair(struct sy_live_run *run, struct sy_reason *reason);
void sy_live_sentinel_end(struct sy_live_run *run);

#endif /* SY_LIVE_PARTS_H */
