/* SPDX-License-Identifier: MIT */
/*
 * judge.h - from pairs to verdicts; no I/O, no clock, no chance.
 *
 * The rule of docs/regression-tracking.md.  Of each point that was compared,
 * a gate's values are log(NEW / OLD) of its pairs (of switches: the difference
 * a hand-off).  The ratio is the Hodges-Lehmann estimate over all pairs.  Its
 * interval is that of the sets' own estimates, where there are six sets or
 * more: workers differ by more than slices of one worker do, and an interval
 * over slices would not know; with fewer sets it is the Walsh interval over
 * pairs.  Signed-rank tests in both directions over the sets' estimates, where
 * there are SY_SETS_TESTED or more, else over pairs; corrected by Holm over all
 * gates of the comparison, each direction a family.  A test over pairs takes
 * each for a trial of its own and is sure of whatever two workers differ by, so
 * that with fewer sets the floor and the interval alone guard against that.
 *
 *   SLOWER  corrected p < alpha, ratio over 1 + floor, interval above 1
 *   FASTER  the mirror: floor as a factor
 *   SAME    the interval's upper end below 1 + same
 *   NOISY   none of these; and all where the sentinel's spread is too large
 *
 * An interval over sets is widened to hold the ratio, which sets of unequal
 * size can put outside.  A live point of fewer than SY_PAIRS_LEAST pairs is
 * NOISY, with its ratio; its gates count in the families.  A point without any
 * gate is NOISY.  The spread is the robust sigma of log(NEW / OLD) over the
 * sentinel's pairs, and unknown of fewer than SY_PAIRS_LEAST: then it makes
 * nothing NOISY.  Who shares the PUs fairly makes slices longer, but alike; that
 * is seen by the sentinel's being away.
 *
 * Switches: the floor is `switches` x max(1, what a hand-off of OLD makes), up
 * and down alike, and so is what SAME asks for; more of them is SLOWER.
 */
#ifndef SY_JUDGE_H
#define SY_JUDGE_H

#include "compare/comparison.h"

/* Fewer pairs than this make no verdict but NOISY. */
#define SY_PAIRS_LEAST 5
/* Sets from which on the interval is theirs. */
#define SY_SETS_LEAST 6
/* Sets from which on the test is over them; later where there are more than
   forty gates: n that all agree have a chance of 2^-n, and that times the
   gates is to reach alpha. */
#define SY_SETS_TESTED 12

/*
 * Fills `shown` (but bytes and latencies, which the caller has), the gates,
 * spread, noisy and every `change` of a live comparison from its pairs.
 * -ENOMEM; -EINVAL: a pair without time or operations.
 */
int sy_judge(struct sy_comparison *comparison);

/* The median share of a slice in which its worker did not run; -1 where no pair
   tells CPU time.  -ENOMEM. */
int sy_judge_away(const struct sy_pair *pairs, size_t count, double *away);

/* The sets that a point needs for its chance to reach a quarter of `alpha`
   among so many gates where all agree; SY_SETS_TESTED or more. */
unsigned sy_judge_sets(size_t gates, double alpha);

/* The ratio and p of one point's time, and nothing of others: what the live
   driver stops by.  -ENODATA: fewer than SY_PAIRS_LEAST. */
int sy_judge_time(const struct sy_pair *pairs, size_t count,
                  struct sy_finding_gate *gate);

/* Holm, noisy and the changes alone, where ratios and p are filled in: what
   stored comparisons and studies of the rule call. */
int sy_judge_changes(struct sy_comparison *comparison);

/*
 * Exit status, the first that holds: 130 interrupted; 5 a point is WRONG; 1 one
 * is SLOWER; 3 one is NOISY, FAILED or still PLANNED, or none was COMPARED; 0.
 * `noisy_ok` forgives what is NOISY, be it all of them, and nothing else.  What
 * is ABSENT or ONE_SIDE changes nothing where another point was COMPARED.
 */
int sy_judge_status(const struct sy_comparison *comparison, bool noisy_ok);

#endif /* SY_JUDGE_H */
