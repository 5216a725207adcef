/* SPDX-License-Identifier: MIT */
/*
 * study.h - ours beside the bare mechanism or the best peer, in one run.
 *
 * Both sides are points of one plan at the placement one-pu.  Those that
 * differ in nothing but the model are a group, so their slices are
 * interleaved and bound alike, and a ratio is of neighbours in time.  A limit
 * is met where the upper end of the 95 % interval is at or under it.
 */
#ifndef SY_STUDY_H
#define SY_STUDY_H

#include <stddef.h>
#include <stdint.h>

enum sy_row_kind {
	SY_ROW_RATIO,    /* ours / peer, at most `limit` (0: only reported) */
	SY_ROW_TIME,     /* ns an operation, at most `limit` */
	SY_ROW_BATCH,    /* ms for all tasks in flight, at most `limit` */
	SY_ROW_PRICE,    /* ns: ours - peer, reported */
	SY_ROW_CAPACITY, /* that it runs at all */
	SY_ROW_MEMORY,   /* KiB a context, at most `limit` */
};

struct sy_row {
	enum sy_row_kind kind;
	const char *family;
	const char *ours, *peer; /* model, or model.mechanism */
	double limit;
	uint32_t inflight, window; /* of tasks */
	uint64_t time_ns;          /* the grain or the wait */
	uint32_t contexts;         /* of mechanisms */
};

/* Measures the rows and prints the table.  An exit status: 0, or 4 where it
   could not be carried out. */
int sy_study_run(const struct sy_row *rows, size_t count, uint64_t budget_ns,
                 uint64_t seed);

/* rows_speed.c: what the suite itself costs; rows_switch.c: what its
   hand-offs, contexts and waiting contexts do. */
extern const struct sy_row sy_speed_rows[];
extern const size_t sy_speed_row_count;
extern const struct sy_row sy_switch_rows[];
extern const size_t sy_switch_row_count;

/* tour.c: how long and how sure a tour was.  An exit status. */
int sy_study_tour(const char *run);

/* perf.c: our pipe hand-offs beside `perf bench sched pipe`, turn by turn.
   An exit status; perf that is not there is told and is 0. */
int sy_study_perf(unsigned pairs, uint64_t seed);

/*
 * serve.c: starts the nginx that fetch measures with, bound to `pu` (-1: not
 * bound), prints the address of a body and waits until standard input is
 * closed.  An exit status.
 */
int sy_study_serve(uint64_t body_bytes, uint32_t connections, int pu);

#endif /* SY_STUDY_H */
