/* SPDX-License-Identifier: MIT */
/*
 * race.h - the same thing done by several sides, measured turn by turn on one
 * PU: a point of ours, points that are its bare peers, Python, wrk.
 *
 * All sides of a race are alive at once, each in processes of its own, and one
 * of them works while the others wait to be asked.  Every round has its own
 * random order, so that a ratio is of neighbours in time.  Trouble with a side
 * costs that side: its result has the state and the reason, and the others go
 * on.
 */
#ifndef SY_RACE_H
#define SY_RACE_H

#include "engine/entrant.h"
#include "study/child.h"

#define SY_SIDES_MAX 5
/* So many rounds a set, whatever the time. */
#define SY_ROUNDS_LEAST 3

struct sy_side;

/* What holds for all races of a study. */
struct sy_track {
	const struct sy_topology *topology;
	struct sy_placement where; /* the one PU of all sides */
	const char *python;        /* an absolute path */
	const char *originals;     /* the folder of its programs */
	const char *url;           /* of the server of a set; "": none */
	struct sy_hooks hooks;
	int limit_ms; /* the longest that an answer may take */
	uint64_t random;
};

/*
 * How a side is measured.  -ECANCELED ends the race; -ENOTSUP: it cannot be
 * had here; other errors, with the reason, cost the side.
 */
struct sy_side_kind {
	const char *name; /* "python" */
	/* Whether it has to be started where the caller is bound. */
	bool bound;
	int (*start)(struct sy_side *side, const struct sy_track *track,
	             struct sy_reason *reason);
	/* Until it can be asked. */
	int (*ready)(struct sy_side *side, const struct sy_track *track,
	             struct sy_reason *reason);
	/* Finds side->operations, which take about side->slice_ns. */
	int (*size)(struct sy_side *side, const struct sy_track *track,
	            struct sy_reason *reason);
	int (*slice)(struct sy_side *side, const struct sy_track *track,
	             struct sy_slice *slice, struct sy_reason *reason);
	/* Ends its processes, at once where there was an error. */
	void (*stop)(struct sy_side *side, int error);
};

extern const struct sy_side_kind sy_side_point;  /* side_point.c */
extern const struct sy_side_kind sy_side_python; /* side_python.c */
extern const struct sy_side_kind sy_side_wrk;    /* side_wrk.c */

struct sy_side {
	const struct sy_side_kind *kind;
	/* point: "workload=cpu model=pool ..."; python: "lock.py alone" */
	const char *what;
	uint64_t slice_ns;
	struct sy_result result;
	uint64_t operations; /* a slice's; 0: not sized yet */
	uint64_t portion;    /* that these are a multiple of */
	bool alive;
	/* Of a point. */
	struct sy_plan plan;
	struct sy_entrant entrant;
	/* Of another program. */
	struct sy_child child;
	char program[64];
};

struct sy_race {
	struct sy_side sides[SY_SIDES_MAX];
	size_t count;
};

/*
 * One set: fresh processes, rounds until `end_ns` (CLOCK_MONOTONIC), and their
 * end.  Returns -ECANCELED or -ENOMEM with the reason; failing sides are no
 * errors.
 */
int sy_race_run(struct sy_race *race, struct sy_track *track, uint32_t set,
                uint64_t end_ns, struct sy_reason *reason);

/* Whether a side is still to be measured. */
bool sy_race_open(const struct sy_race *race);
/* Frees what sides have found and hold. */
void sy_race_free(struct sy_race *race);

/* Notes what an error of a side's means, and ends its processes.  -ECANCELED is
   returned, all others are 0. */
int sy_side_blame(struct sy_side *side, int error,
                  const struct sy_reason *reason);

#endif /* SY_RACE_H */
