/* SPDX-License-Identifier: MIT */
/*
 * record.h - what happens in a run, one thing after another.
 *
 * Everything that a session of a run holds is told by a record, and every
 * record is a line of the journal before it is applied.  So a session that is
 * given the lines of a journal again is the one that was there when they were
 * written, and measuring can go on from it.  What a driver finds between two
 * records, the size of a slice or why a point has no number, it keeps in the
 * session until the next one tells it.
 */
#ifndef SY_RECORD_H
#define SY_RECORD_H

#include "engine/measure.h"

enum sy_record_kind {
	SY_RECORD_BEGUN,      /* a driver began to measure: at_ns, spent_ns */
	SY_RECORD_CALIBRATED, /* kernel_round_ns */
	SY_RECORD_TURN,       /* a turn began: set, first, end, left_ns */
	SY_RECORD_SAMPLED,    /* set, point, round, sized, dropped, slice */
	SY_RECORD_STATED, /* there will be no number: point, state, reason */
	SY_RECORD_DONE,   /* the turn ended: set, first, end */
	SY_RECORD_ENDED,  /* the driver ended: complete */
};

struct sy_record {
	enum sy_record_kind kind;
	uint64_t at_ns;    /* CLOCK_MONOTONIC of its driver */
	uint64_t spent_ns; /* by the drivers before */
	double kernel_round_ns;
	/* The generation of workers: the plan's set, plus one for each driver
	   but the first, so that what two drivers measured is not mixed. */
	uint32_t set;
	size_t first, end;   /* places in the plan */
	uint64_t left_ns;    /* for this turn and the rest of its group */
	size_t point;        /* a place; behind the last: the sentinels */
	uint32_t round;      /* within the turn */
	uint64_t sized;      /* operations of a slice of it from now on */
	bool dropped;        /* the slice missed its size: in no figure */
	bool complete;       /* the plan's end was reached */
	enum sy_state state; /* SY_ABSENT, SY_FAILED or SY_WRONG */
	struct sy_reason reason;
	struct sy_slice *slice; /* the caller's */
};

/* A line of the journal.  NULL: no memory. */
json_t *sy_record_to_json(const struct sy_record *record,
                          const struct sy_plan *plan);

/*
 * Back from it; `record->slice` is where a slice goes, `record->point` where
 * a name is looked for first that the course does not expect.  -EINVAL.
 */
int sy_record_from_json(struct sy_record *record, const struct sy_plan *plan,
                        const struct sy_course *course, const json_t *json,
                        struct sy_reason *reason);

/*
 * What the record says becomes part of the session.  -EINVAL with the reason
 * where it cannot have happened after what the session holds; -ENOMEM.
 */
int sy_session_apply(struct sy_session *session, const struct sy_plan *plan,
                     const struct sy_record *record, struct sy_reason *reason);

/* Writes the record down, then applies it; fills at_ns where it is 0. */
int sy_record_write(struct sy_record *record, const struct sy_plan *plan,
                    const struct sy_hooks *hooks, struct sy_session *session,
                    struct sy_reason *reason);

#endif /* SY_RECORD_H */
