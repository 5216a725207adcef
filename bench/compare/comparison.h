/* SPDX-License-Identifier: MIT */
/*
 * comparison.h - two sides of the same points, OLD and NEW, and what changed.
 *
 * A comparison is made live, by workers of two programs that are asked in
 * turns (live.h), or from what two runs have stored (stored.h).  Either way it
 * is judged by one rule (judge.h) and shown by one set of reports (report.h).
 */
#ifndef SY_COMPARISON_H
#define SY_COMPARISON_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "engine/reason.h"
#include "stats/stats.h"

enum sy_side { SY_OLD, SY_NEW, SY_SIDES };

/* One slice of each side, neighbours in time; live only. */
struct sy_pair {
	uint32_t set;   /* of fresh workers, from 0; a point's own count */
	uint32_t round; /* within the set */
	bool new_first; /* in what order they were asked */
	uint64_t at_ns; /* when the first was, since the comparison began */
	uint64_t operations;          /* the same for both */
	uint64_t performed[SY_SIDES]; /* that were carried out: operations, but
	                                 for a study's program */
	uint64_t elapsed_ns[SY_SIDES];
	uint64_t voluntary[SY_SIDES], involuntary[SY_SIDES];
	uint64_t cpu_ns[SY_SIDES];
};

/* What of a point gates: time, and of a hand-off its voluntary switches. */
enum sy_gate { SY_GATE_TIME, SY_GATE_SWITCHES, SY_GATES };

/* What became of a gate, or of a point: the worst of its gates. */
enum sy_change {
	SY_CHANGE_SAME,   /* the interval ends below what matters */
	SY_CHANGE_FASTER, /* the mirror of: */
	SY_CHANGE_NOISY,  /* none of the others; never a pass */
	SY_CHANGE_SLOWER, /* significant over the suite, and over the floor */
};

/* A gate's figures.  Of SY_GATE_SWITCHES they are differences a hand-off, and
   0 in the place of 1. */
struct sy_finding_gate {
	bool there;
	struct sy_estimate ratio; /* Hodges-Lehmann NEW / OLD, 95 % interval */
	double p[2];              /* one-sided: NEW is more; NEW is less */
	double corrected[2];      /* the same after Holm over the suite */
	enum sy_change change;
};

enum sy_outcome {
	SY_OUTCOME_PLANNED,  /* nothing yet; stopped before it */
	SY_OUTCOME_COMPARED, /* at least one pair, or a figure on both sides */
	SY_OUTCOME_ONE_SIDE, /* the other side does not know it or has it not:
	                        listed, in no figure */
	SY_OUTCOME_ABSENT,   /* neither side has it here */
	SY_OUTCOME_FAILED,   /* on a side */
	SY_OUTCOME_WRONG,    /* a wrong answer on a side: there is no number */
};

/* What is shown of a side and never gates: medians an operation. */
struct sy_shown {
	double ns, cpu_ns;
	double voluntary, involuntary;
	double bytes; /* of a waiting context; 0: not of this family */
	double latency_p50_ns, latency_p99_ns; /* 0: not kept, or too few */
};

struct sy_compared {
	char *name; /* owned; from outside: anything, but no NUL */
	enum sy_outcome outcome;
	enum sy_side side; /* ONE_SIDE: that has it; FAILED, WRONG: that did */
	struct sy_reason reason; /* of ABSENT, ONE_SIDE, FAILED, WRONG */
	bool is_handoff;         /* its voluntary switches gate */
	struct sy_pair *pairs;   /* live; owned */
	size_t pair_count, pair_room;
	uint32_t sets;
	struct sy_shown shown[SY_SIDES];
	struct sy_finding_gate gates[SY_GATES];
	enum sy_change change; /* where it is COMPARED */
};

/* One side: a program, or a run. */
struct sy_compared_side {
	char *path;   /* as it was given; owned */
	json_t *told; /* object: what it says of itself: `program`, `compiler`,
	                 `build_type`, `flags`, `sanitizer`, `git_commit`, as far
	                 as it does; of a run also `run`, `machine_id` */
};

/* The rule; sy_rule_default. */
struct sy_rule {
	double floor;    /* 0.03: less is never SLOWER or FASTER */
	double alpha;    /* 0.01, of the whole suite */
	double same;     /* 0.05: SAME where the upper end is below it */
	double switches; /* 0.02 of a hand-off's voluntary switches */
	double noisy;    /* 0.03: spread of the sentinel, and what it is away */
};

struct sy_comparison {
	struct sy_compared_side sides[SY_SIDES];
	bool live; /* else stored: advisory */
	/* Why it should not have been compared, but was (--anyway). */
	struct sy_reason unlike;
	struct sy_rule rule;
	char *machine;    /* one line; owned, or NULL */
	char *machine_id; /* owned, or NULL */
	uint64_t seed, budget_ns, wall_ns, sliced_ns;
	bool interrupted;
	/* The kernel against itself: pairs, and their robust spread; stored:
	   the larger of the two runs', negative where it is not known. */
	struct sy_pair *sentinel;
	size_t sentinel_count, sentinel_room;
	double spread;
	/* The share of a sentinel's slice in which it did not run, since others
	   had its PU: the median; negative where it is not known, as of runs. */
	double away;
	bool noisy; /* either is the rule's or more: all verdicts are NOISY */
	struct sy_compared *points; /* in the order of the suite */
	size_t count;
};

void sy_rule_default(struct sy_rule *rule);
/* An empty one, with the default rule and the spread unknown. */
void sy_comparison_init(struct sy_comparison *comparison);
/* Room for so many points, once.  -ENOMEM. */
int sy_comparison_reserve(struct sy_comparison *comparison, size_t count);
void sy_comparison_free(struct sy_comparison *comparison);

/* Adds a pair to an array.  -ENOMEM. */
int sy_pair_add(struct sy_pair **pairs, size_t *count, size_t *room,
                const struct sy_pair *pair);

/* Time an operation of one side. */
double sy_pair_ns(const struct sy_pair *pair, enum sy_side side);

/* "SLOWER"; "only in NEW"; the names in JSON: "slower", "one_side". */
const char *sy_change_word(enum sy_change change);
const char *sy_change_name(enum sy_change change);
const char *sy_outcome_name(enum sy_outcome outcome);
const char *sy_side_word(enum sy_side side); /* "OLD", "NEW" */

#endif /* SY_COMPARISON_H */
