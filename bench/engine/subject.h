/* SPDX-License-Identifier: MIT */
/*
 * subject.h - a point held ready: contexts created, bound and blocked.
 *
 * Every front end measures through sy_subject_run, so that all of them mean
 * the same by an operation: a task or what a portion of tasks is said to be, a
 * one-way hand-off, a context that was created and ended, or one that was
 * created and waits.
 */
#ifndef SY_SUBJECT_H
#define SY_SUBJECT_H

#include <stdint.h>

#include "engine/holder.h"
#include "engine/point.h"
#include "engine/usage.h"
#include "stats/stats.h"

/* The shortest timer slack that the kernel takes (0 means: the default). */
#define SY_TIMER_SLACK_NS 1

/* What one slice showed. */
struct sy_slice {
	uint64_t operations; /* that were asked for: what figures are of */
	uint64_t performed;  /* that were carried out and checked: as many, but
	                        in a study's program (extra.h) */
	uint64_t elapsed_ns;
	uint64_t alone_ns; /* the mechanism without a switch, for as many
	                      hand-offs as `alone_operations`; 0: none */
	uint64_t alone_operations;
	struct sy_usage usage;
	/* spawn: the first ones in this process, before all slices; the same
	   in each of them */
	uint64_t first_ns, first_operations;
	/* idle: memory of as many contexts as there are operations, and what
	   the system's slab caches grew by meanwhile. */
	uint64_t bytes, slab_bytes;
	char detail[SY_DETAIL_BYTES]; /* of the mechanism; or "" */
	uint64_t server_ns;           /* CPU time of the workload's server */
	uint64_t migrations;          /* at least so many */
	uint64_t visited[SY_PUS_MAX / 64];
	/* What the workload found, in the order of its findings; NULL: it
	   looks for nothing. */
	const struct sy_finding *findings;
	uint64_t found[SY_FINDINGS_MAX];
	/* Latencies of the tasks, where they are stamped; total 0: none. */
	struct sy_histogram latencies;
};

struct sy_subject;

/*
 * Opens a resolved point in this process, which binds itself to the PU of
 * context 0.  On failure nothing is left and the reason says what failed;
 * -ENOTSUP: this machine does not have it.
 */
int sy_subject_open(struct sy_subject **subject, const struct sy_point *point,
                    struct sy_reason *reason);
void sy_subject_close(struct sy_subject *subject);

/* How often a slice uses every lane, of a point on so many PUs; less often
   where that takes longer than SY_WAVES_NS, but once at least. */
#define SY_WAVES_NS 40000000
unsigned sy_subject_waves(const struct sy_point *point, unsigned pus);

/*
 * Finds how many operations take about `target_ns`, from three trials that
 * agree within a quarter (or the median of nine that do not): at least the
 * number of lanes, at most what can be stamped.  All waiting contexts are one
 * slice, whatever it takes.
 */
int sy_subject_size(struct sy_subject *subject, uint64_t target_ns,
                    uint64_t *operations, struct sy_reason *reason);

/*
 * Runs `warmup` operations without a clock (no more than are measured, and not
 * as many of a mechanism that has run before), then
 * `operations` with one, and checks every answer after the clock has stopped.
 * -EBADMSG: a wrong answer, and -EILSEQ: a broken promise, so there is no
 * number; other errors are of the mechanism.
 */
int sy_subject_run(struct sy_subject *subject, uint64_t operations,
                   uint64_t warmup, struct sy_slice *slice,
                   struct sy_reason *reason);

#endif /* SY_SUBJECT_H */
