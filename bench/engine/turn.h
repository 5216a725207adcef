/* SPDX-License-Identifier: MIT */
/*
 * turn.h - one set of one group: workers started, asked in turns, ended.
 */
#ifndef SY_TURN_H
#define SY_TURN_H

#include "engine/entrant.h"
#include "engine/record.h"

/* A point whose slice takes this many times longer than it should gets fewer. */
#define SY_DEAR 3

struct sy_turn {
	const struct sy_plan *plan;
	const struct sy_hooks *hooks;
	struct sy_session *session;
	struct sy_entrant *entrants; /* the two sentinels come first */
	size_t count;
	size_t first, end; /* whom of the plan it covers */
	uint32_t set;      /* the generation of workers, as in a record */
	uint64_t left_ns;  /* for the whole of its group, from now on */
	uint64_t end_ns;   /* CLOCK_MONOTONIC: no new round after it */
	uint64_t *random;  /* the run's */
	struct sy_progress *progress;
};

/*
 * Carries the turn out; at least one round, whatever the time.  Returns
 * -ECANCELED, -ENOMEM or the journal's error; failing workers are not errors.
 */
int sy_turn_run(struct sy_turn *turn, struct sy_reason *reason);

#endif /* SY_TURN_H */
