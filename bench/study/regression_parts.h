/* SPDX-License-Identifier: MIT */
/*
 * regression_parts.h - what regression*.c share: recordings, windows of them,
 * rules, what came of these, and how that is told.
 */
#ifndef SY_REGRESSION_PARTS_H
#define SY_REGRESSION_PARTS_H

#include <stdio.h>

#include "compare/judge.h"

/* regression_read.c: recordings. */

enum sy_recorded {
	SY_RECORDED_SAME,
	SY_RECORDED_LONG,
	SY_RECORDED_EXTRA,
	SY_RECORDED_BURNER,
};

struct sy_recording {
	char file[64];
	enum sy_recorded kind;
	unsigned percent; /* of EXTRA */
	unsigned number;  /* from 1; in the order of recording */
	unsigned aside;   /* 0: it counts; else measured again since */
	struct sy_comparison comparison;
};

struct sy_recordings {
	struct sy_recording *items; /* owned; by kind, percent and number */
	size_t count;
};

/* What the name of a file says.  -EINVAL: it is no recording's. */
int sy_recording_name(const char *file, struct sy_recording *recording);
/*
 * A file of the folder, strictly: -EINVAL with the reason where anything of it
 * is missing, is no number, out of order, or not what its name says was done.
 */
int sy_recording_read(int folder_fd, const char *file,
                      struct sy_recording *recording, struct sy_reason *reason);
void sy_recording_free(struct sy_recording *recording);
/* All of a folder.  -ENODATA: there is none; suites that differ: -EINVAL. */
int sy_recordings_read(const char *folder, struct sy_recordings *recordings,
                       struct sy_reason *reason);
void sy_recordings_free(struct sy_recordings *recordings);

/* regression_windows.c: what of a recording is as long as a user's. */

/* Pairs of one point that follow on one another, whole visits. */
struct sy_window {
	size_t point; /* in the comparison */
	size_t nth;   /* of the point's, from 0 */
	struct sy_pair *pairs;
	size_t count;
	uint64_t wall_ns; /* with the starts of its workers */
};

struct sy_windows {
	struct sy_window *items; /* owned; by point, then nth */
	size_t count;
};

/* Windows of `wall_ns` at most and of three quarters of it at least; where a
   point's part of the budget was that, all that it has is the window. */
int sy_windows_cut(const struct sy_comparison *comparison, uint64_t wall_ns,
                   struct sy_windows *windows);
/* Of a point; NULL: it has not as many. */
const struct sy_window *sy_window_find(const struct sy_windows *windows,
                                       size_t point, size_t nth);

/* regression_rules.c, regression_rivals.c: whether NEW is called slower. */

enum sy_ruled_by {
	SY_RULE_OURS,
	SY_RULE_STOPPED, /* the same, until the interval is narrow */
	SY_RULE_SIGNED_RANK,
	SY_RULE_MANN_WHITNEY,
	SY_RULE_STORED_MEANS,
	SY_RULE_STORED_RANKS,
	SY_RULE_LEAST,
	SY_RULES,
};
const char *sy_ruled_by_text(enum sy_ruled_by rule);

/* Where a user's comparison would stop, with `least` sets at least: so many of
   the window's pairs. */
size_t sy_window_stop(const struct sy_window *window, size_t least);

/*
 * Ours for one window as one of a family of `family` gates: p is multiplied
 * by that, as the first step of Holm does.  -ENODATA: too few pairs.
 */
int sy_rule_ours(const struct sy_comparison *of, const struct sy_window *window,
                 size_t count, size_t family, struct sy_finding_gate *gate);

/* Another one.  `before`: of an earlier recording, whose OLD is stored; the
   rules that need it say -ENODATA where it is NULL. */
int sy_rule_rival(enum sy_ruled_by rule, const struct sy_window *window,
                  const struct sy_window *before, bool *slower);

/* The chance, two-sided, of ranks as unlike as these, by the normal
   approximation with ties and continuity as scipy has it; and whether the
   second ones are the larger. */
int sy_mann_whitney(const double *first, size_t first_count,
                    const double *second, size_t second_count, double *p,
                    bool *larger);

/* regression_tally.c: what came of them. */

enum { SY_LENGTHS = 3, SY_PERCENTS = 4, SY_INJECTED_MOST = 16 };
extern const unsigned sy_lengths[SY_LENGTHS];   /* seconds a side: 1, 2, 4 */
extern const unsigned sy_percents[SY_PERCENTS]; /* 0, 2, 5, 10 */

struct sy_share {
	size_t tried, found;
};

struct sy_values {
	double *values; /* owned */
	size_t count, room;
};

struct sy_tallied {
	size_t recordings[SY_RECORDED_BURNER + 1];
	struct sy_share benchmarks[SY_RULES][SY_LENGTHS][SY_PERCENTS];
	struct sy_share suites[SY_RULES][SY_LENGTHS];
	/* Of suites, by ours: what points are called, and how many suites
	   pass, as nothing in them is SLOWER or NOISY. */
	size_t changes[SY_LENGTHS][SY_CHANGE_SLOWER + 1];
	struct sy_share passes[SY_LENGTHS];
	char names[SY_INJECTED_MOST][160]; /* of points, as they come */
	size_t name_count;
	struct sy_share points[SY_INJECTED_MOST][SY_LENGTHS][SY_PERCENTS];
	struct sy_values ratios[SY_INJECTED_MOST][SY_LENGTHS][SY_PERCENTS];
	struct sy_values all_ratios[SY_LENGTHS][SY_PERCENTS];
	/* What the stop leaves of a window's pairs: a share of them. */
	struct sy_values kept[SY_LENGTHS];
	struct sy_values spreads;
	/* Of A/A suites, and of those with twice the time: seconds. */
	struct sy_values walls, long_walls;
	size_t family; /* gates of a suite */
	char *notes;   /* owned: a line for each false SLOWER of ours */
	size_t note_bytes;
};

/* Of the recordings whose sentinel was quiet, or of the noisy ones as if it
   had been. */
int sy_regression_tally(const struct sy_recordings *recordings, bool noisy,
                        struct sy_tallied *tallied);
void sy_tallied_free(struct sy_tallied *tallied);

/* regression_bounds.c: Clopper and Pearson's interval of 95 % of a share. */
void sy_share_bounds(const struct sy_share *share,
                     struct sy_estimate *estimate);

/* regression_table.c, regression_verdicts.c */

struct sy_regression_report {
	const struct sy_recordings *recordings;
	const struct sy_tallied *quiet, *noisy;
};
void sy_regression_markdown(FILE *out,
                            const struct sy_regression_report *report);
void sy_regression_tsv(FILE *out, const struct sy_regression_report *report);
/* Each figure to reach, and whether it was, by name. */
void sy_regression_verdicts(FILE *out,
                            const struct sy_regression_report *report);

#endif /* SY_REGRESSION_PARTS_H */
