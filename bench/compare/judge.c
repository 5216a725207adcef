/* SPDX-License-Identifier: MIT */
/*
 * judge.c - from pairs to ratios, intervals and chances; see judge.h.  What
 * they come to is in judge_changes.c.
 *
 * Times are compared as differences of logarithms, so that swapping the sides
 * changes the signs of all values and nothing else, to the last bit.
 */
#include "compare/judge_parts.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/paired.h"

#define CONFIDENCE 0.95

typedef double pair_value(const struct sy_pair *pair);
typedef double side_value(const struct sy_pair *pair, enum sy_side side);

/* A value and the set that it comes from. */
struct of_set {
	double value;
	uint32_t set;
};

/* A gate's values, those of a set together. */
struct gate_values {
	struct of_set *sorted;
	double *values;
	double *middles; /* of the sets */
	size_t count;
};

static double voluntary_of(const struct sy_pair *pair, enum sy_side side)
{
	return (double)pair->voluntary[side] / (double)pair->operations;
}

static double involuntary_of(const struct sy_pair *pair, enum sy_side side)
{
	return (double)pair->involuntary[side] / (double)pair->operations;
}

static double cpu_of(const struct sy_pair *pair, enum sy_side side)
{
	return (double)pair->cpu_ns[side] / (double)pair->operations;
}

static double switches_value(const struct sy_pair *pair)
{
	return voluntary_of(pair, SY_NEW) - voluntary_of(pair, SY_OLD);
}

static int compare_sets(const void *a, const void *b)
{
	const struct of_set *left = a, *right = b;

	return (left->set > right->set) - (left->set < right->set);
}

static void values_close(struct gate_values *values)
{
	free(values->sorted);
	free(values->values);
	free(values->middles);
}

/* The caller closes the values, on failure too. */
static int values_open(struct gate_values *values, const struct sy_pair *pairs,
                       size_t count, pair_value *value)
{
	size_t i;

	values->count = count;
	values->sorted = malloc(count * sizeof(*values->sorted));
	values->values = malloc(count * sizeof(*values->values));
	values->middles = malloc(count * sizeof(*values->middles));
	if (!values->sorted || !values->values || !values->middles)
		return -ENOMEM;
	for (i = 0; i < count; i++)
		values->sorted[i] =
			(struct of_set){ value(&pairs[i]), pairs[i].set };
	qsort(values->sorted, count, sizeof(*values->sorted), compare_sets);
	for (i = 0; i < count; i++)
		values->values[i] = values->sorted[i].value;
	return 0;
}

/* Each set's own estimate into `middles`; `*sets` is their number. */
static int sets_middles(struct gate_values *values, size_t *sets)
{
	size_t first, end, found = 0;

	for (first = 0; first < values->count; first = end) {
		struct sy_estimate middle;
		int err;

		for (end = first + 1; end < values->count; end++)
			if (values->sorted[end].set !=
			    values->sorted[first].set)
				break;
		err = sy_hodges_lehmann(values->values + first, end - first,
		                        CONFIDENCE, &middle);
		if (err)
			return err;
		values->middles[found++] = middle.value;
	}
	*sets = found;
	return 0;
}

/*
 * What the sets' estimates say in the place of the pairs: the interval, and
 * the chances where there are enough of them to reach a corrected one.  Sets
 * of unequal size can put the estimate over pairs outside of that interval; it
 * is then widened to hold it.
 */
static int judge_sets(struct gate_values *values, unsigned tested,
                      struct sy_finding_gate *gate)
{
	struct sy_estimate over_sets;
	size_t sets;
	int err = sets_middles(values, &sets);

	if (err || sets < SY_SETS_LEAST)
		return err;
	err = sy_hodges_lehmann(values->middles, sets, CONFIDENCE, &over_sets);
	if (err)
		return err;
	gate->ratio.low = fmin(over_sets.low, gate->ratio.value);
	gate->ratio.high = fmax(over_sets.high, gate->ratio.value);
	if (sets < tested)
		return 0;
	return sy_signed_rank(values->middles, sets, &gate->p[0], &gate->p[1]);
}

/* Estimate, interval and chances, in the unit of the values. */
static int judge_values(const struct sy_pair *pairs, size_t count,
                        unsigned tested, pair_value *value,
                        struct sy_finding_gate *gate)
{
	struct sy_finding_gate judged = { .there = true,
		                          .corrected = { 1, 1 },
		                          .change = SY_CHANGE_NOISY };
	struct gate_values values;
	int err = values_open(&values, pairs, count, value);

	if (!err)
		err = sy_hodges_lehmann(values.values, count, CONFIDENCE,
		                        &judged.ratio);
	if (!err)
		err = sy_signed_rank(values.values, count, &judged.p[0],
		                     &judged.p[1]);
	if (!err)
		err = judge_sets(&values, tested, &judged);
	if (!err)
		*gate = judged;
	values_close(&values);
	return err;
}

static int judge_time(const struct sy_pair *pairs, size_t count,
                      unsigned tested, struct sy_finding_gate *gate)
{
	int err = judge_values(pairs, count, tested, sy_pair_change, gate);

	if (err)
		return err;
	gate->ratio.value = exp(gate->ratio.value);
	gate->ratio.low = exp(gate->ratio.low);
	gate->ratio.high = exp(gate->ratio.high);
	return 0;
}

/* From where on sets that all agree have that chance among so many gates. */
static unsigned sets_for(size_t gates, double chance)
{
	unsigned sets = SY_SETS_TESTED;

	while ((double)gates * ldexp(1, -(int)sets) > chance)
		sets++;
	return sets;
}

unsigned sy_judge_sets(size_t gates, double alpha)
{
	return sets_for(gates, alpha / 4);
}

int sy_judge_time(const struct sy_pair *pairs, size_t count,
                  struct sy_finding_gate *gate)
{
	if (count < SY_PAIRS_LEAST)
		return -ENODATA;
	return judge_time(pairs, count, SY_SETS_TESTED, gate);
}

static int side_median(const struct sy_compared *point, enum sy_side side,
                       side_value *value, double *median)
{
	double *values = malloc(point->pair_count * sizeof(*values));
	size_t i;
	int err;

	if (!values)
		return -ENOMEM;
	for (i = 0; i < point->pair_count; i++)
		values[i] = value(&point->pairs[i], side);
	err = sy_median(values, point->pair_count, median);
	free(values);
	return err;
}

static int show_side(struct sy_compared *point, enum sy_side side)
{
	struct sy_shown *shown = &point->shown[side];
	int err = side_median(point, side, sy_pair_ns, &shown->ns);

	if (!err)
		err = side_median(point, side, cpu_of, &shown->cpu_ns);
	if (!err)
		err = side_median(point, side, voluntary_of, &shown->voluntary);
	if (!err)
		err = side_median(point, side, involuntary_of,
		                  &shown->involuntary);
	return err;
}

static int judge_point(struct sy_compared *point, unsigned tested)
{
	int err;

	memset(point->gates, 0, sizeof(point->gates));
	if (point->outcome != SY_OUTCOME_COMPARED || !point->pair_count)
		return 0;
	if (!sy_pairs_told(point->pairs, point->pair_count))
		return -EINVAL;
	err = show_side(point, SY_OLD);
	if (!err)
		err = show_side(point, SY_NEW);
	if (!err)
		err = judge_time(point->pairs, point->pair_count, tested,
		                 &point->gates[SY_GATE_TIME]);
	if (!err && point->is_handoff)
		err = judge_values(point->pairs, point->pair_count, tested,
		                   switches_value,
		                   &point->gates[SY_GATE_SWITCHES]);
	return err;
}

static size_t count_gates(const struct sy_comparison *comparison)
{
	size_t i, gates = 0;

	for (i = 0; i < comparison->count; i++)
		if (comparison->points[i].outcome == SY_OUTCOME_COMPARED)
			gates +=
				comparison->points[i].is_handoff ? SY_GATES : 1;
	return gates;
}

int sy_judge(struct sy_comparison *comparison)
{
	unsigned tested =
		sets_for(count_gates(comparison), comparison->rule.alpha);
	size_t i;
	int err = sy_judge_sentinel(comparison);

	for (i = 0; i < comparison->count && !err; i++)
		err = judge_point(&comparison->points[i], tested);
	return err ? err : sy_judge_changes(comparison);
}
