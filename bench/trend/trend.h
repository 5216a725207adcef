/* SPDX-License-Identifier: MIT */
/*
 * trend.h - where the levels of a history changed; pure, but for memory.
 *
 * Of each point the logarithms of its times, in the order of the runs, are
 * split by E-divisive with permutation significance (stats/paired.h).  The
 * chance that a history in which nothing changed shows a change anywhere is
 * SY_TREND_ALPHA at most: every split of a point is tested at that divided by
 * the number of points that are tested (Bonferroni).  That is for values in no
 * order.  Machines drift, so a trend is advisory.
 */
#ifndef SY_TREND_H
#define SY_TREND_H

#include "trend/history.h"

/* Of a history, all its points together. */
#define SY_TREND_ALPHA 0.01
/* Values that make a level: what two runs have in common may be chance. */
#define SY_TREND_LEAST 3
/* A change of less is no news: it is counted, but has no line, no figure. */
#define SY_TREND_FLOOR 0.03
/* Of a point the newest are looked at, since the time grows with the square
   of their number: more than a year of nightly runs. */
#define SY_TREND_MOST 400

enum sy_trend_state {
	SY_TREND_STEADY,
	SY_TREND_TOO_FEW, /* values: no change could have been found */
	SY_TREND_SMALL,   /* changes, all of them under the floor */
	SY_TREND_CHANGED,
};

/*
 * Finds the changes of all points; the same for the same seed, whatever other
 * points there are but for their number.  -ENOMEM.
 */
int sy_trend_find(struct sy_history *history, uint64_t seed);

/* "steady", "too_few", "small", "changed". */
const char *sy_trend_state_name(enum sy_trend_state state);
enum sy_trend_state sy_trend_state_of(const struct sy_history *history,
                                      const struct sy_trend_point *point);
double sy_trend_ratio(const struct sy_trend_change *change);
/* Whether it is over the floor, as a factor, up or down. */
bool sy_trend_is_news(const struct sy_trend_change *change);
/* The newest change over the floor; NULL: there is none. */
const struct sy_trend_change *
sy_trend_newest(const struct sy_trend_point *point);

/* The runs on both sides of a change. */
const struct sy_trend_run *
sy_trend_run_before(const struct sy_history *history,
                    const struct sy_trend_point *point,
                    const struct sy_trend_change *change);
const struct sy_trend_run *
sy_trend_run_after(const struct sy_history *history,
                   const struct sy_trend_point *point,
                   const struct sy_trend_change *change);
/* Whether they tell one thing differently; what only one tells is none. */
bool sy_trend_differs(const struct sy_trend_run *before,
                      const struct sy_trend_run *after, enum sy_told told);

/* A level: values from `from` to before `to`, and their median. */
struct sy_trend_level {
	size_t from, to;
	double ns;
};
/* Level i of change_count + 1, the oldest first; the only one of a point that
   did not change.  -EINVAL: it has no values; -ENOMEM. */
int sy_trend_level(const struct sy_trend_point *point, size_t i,
                   struct sy_trend_level *level);

/*
 * The points that changed, as they are shown: by the time of the newest change,
 * the newest first, of one run the largest first.  An array of `*count`, the
 * caller's; NULL: no memory.
 */
const struct sy_trend_point **sy_trend_changed(const struct sy_history *history,
                                               size_t *count);

/* How many points are in each state. */
void sy_trend_count(const struct sy_history *history, size_t counts[4]);

#endif /* SY_TREND_H */
