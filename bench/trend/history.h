/* SPDX-License-Identifier: MIT */
/*
 * history.h - the runs of a machine in the order of time, point by point.
 *
 * A history is of one machine, one type of build and one sanitizer: what
 * differs in these is no change of the code that is measured.  Of a run only
 * numbers and a few texts are kept, and one is read at a time, so thousands of
 * runs fit.  Names come from outside and may hold anything but NUL.
 */
#ifndef SY_HISTORY_H
#define SY_HISTORY_H

#include <jansson.h>
#include <regex.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "engine/reason.h"
#include "stats/stats.h"

/* What a run tells of its circumstances. */
enum sy_told {
	SY_TOLD_COMMIT,
	SY_TOLD_VERSION,
	SY_TOLD_COMPILER,
	SY_TOLD_FLAGS,
	SY_TOLD_KERNEL,
	SY_TOLD_LIBC,
	SY_TOLD_LIBUV,
	SY_TOLD_MICROCODE,
	SY_TOLD
};

/* "commit", also the key in JSON. */
const char *sy_told_name(enum sy_told told);

struct sy_trend_run {
	char *folder;        /* where it was found, below DIR; owned */
	char *told[SY_TOLD]; /* owned; NULL: it does not tell */
	time_t at;           /* when it began, UTC */
	uint64_t wall_ns;    /* that measuring took */
	double spread;       /* of the sentinel, a share; negative: unknown */
	bool dirty;          /* built from files that were not committed */
	bool interrupted;
};

/* The last part of the folder's name, and of that what is behind the time. */
const char *sy_trend_run_name(const struct sy_trend_run *run);
const char *sy_trend_run_label(const struct sy_trend_run *run);
/* "4f2c9ab", "4f2c9ab+" where it was dirty, "?"; into `text`. */
#define SY_COMMIT_BYTES 24
char *sy_trend_run_commit(const struct sy_trend_run *run,
                          char text[SY_COMMIT_BYTES]);
/* "2026-11-23"; "2026-11-23 04:05"; "11-23 04:05"; all UTC. */
#define SY_DATE_BYTES 32
char *sy_trend_run_date(const struct sy_trend_run *run,
                        char text[SY_DATE_BYTES]);
char *sy_trend_run_time(const struct sy_trend_run *run,
                        char text[SY_DATE_BYTES]);

char *sy_trend_run_hour(const struct sy_trend_run *run,
                        char text[SY_DATE_BYTES]);
/* "2026-11-23T04:05:06Z" */
char *sy_trend_run_stamp(const struct sy_trend_run *run,
                         char text[SY_DATE_BYTES]);

/* The time an operation that a run measured. */
struct sy_trend_value {
	uint32_t run; /* in the history, in the order of time */
	struct sy_estimate ns;
};

/* Where the level of a point changed; trend.h finds them. */
struct sy_trend_change {
	size_t at;            /* the first value of the new level */
	double p;             /* by permutation */
	double before, after; /* medians of the levels, ns */
};

struct sy_trend_point {
	char *name; /* owned */
	struct sy_trend_value *values;
	size_t count, room;
	size_t first; /* of those that were looked at */
	struct sy_trend_change *changes;
	size_t change_count;
	bool drawn; /* it has a figure; figure.h */
};

struct sy_history {
	char *machine_id, *build_type, *sanitizer; /* owned; "" : none */
	char *machine;                             /* one line; owned */
	struct sy_trend_run *runs;
	size_t run_count, run_room;
	struct sy_trend_point *points; /* in the order of their names */
	size_t point_count, point_room;
	size_t fewest; /* runs in which a change can be found; trend.h */
	json_t *index; /* from names to points, while it is read */
};

/* What is below a folder. */
struct sy_trend {
	struct sy_history *histories; /* by machine, then build */
	size_t count, room;
	size_t without_results; /* runs that have not ended */
	char **skipped;         /* a line each: what was damaged, and how */
	size_t skipped_count, skipped_room;
};

/*
 * Reads all runs below `dir`: run folders, or machines' folders of them, or a
 * root with machines' folders.  A run that several names lead to counts once,
 * and so does its copy.  Of the points those are kept whose names `filter`
 * matches, or all where it is NULL.
 *
 * -ENOTDIR: `dir` is a run itself; -ENODATA: there is no run with results in
 * it (`skipped` says of damaged ones); other errors are those of reading
 * `dir`, or -ENOMEM; with the reason.  The trend is to be freed in any case.
 */
int sy_trend_read(struct sy_trend *trend, const char *dir,
                  const regex_t *filter, struct sy_reason *reason);
void sy_trend_free(struct sy_trend *trend);

#endif /* SY_HISTORY_H */
