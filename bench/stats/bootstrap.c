/* SPDX-License-Identifier: MIT */
/*
 * bootstrap.c - the percentile interval of a median, for samples in sets.
 *
 * A resample draws as many sets as there are, with replacement, and from
 * each drawn set as many samples as it has, with replacement.  The samples
 * are sorted once and drawn by rank: a resample is then a count for each
 * rank, and its median is found by adding the counts up, without a branch
 * that depends on chance.  2000 resamples of 60 samples take about 0.4 ms.
 *
 * The answer depends on the values, the sets and the seed alone, not on the
 * order in which the samples come.  With few sets the interval is too narrow
 * where sets differ (three sets can only be drawn in ten ways); it is never
 * so narrow that it leaves out the median.
 */
#include "stats/stats.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "select.h"

struct ranked {
	double value;
	uint32_t set;
};

/* The samples of one set: members[first .. first + count - 1]. */
struct set {
	size_t first, count;
};

struct plan {
	double *values;    /* sorted */
	uint32_t *members; /* ranks, set by set */
	uint32_t *drawn;   /* how often each rank is in the resample */
	struct set *sets;
	size_t count, set_count;
	double *medians; /* of the resamples */
};

static int compare_values(const void *a, const void *b)
{
	const struct ranked *left = a, *right = b;

	if (left->value != right->value)
		return left->value < right->value ? -1 : 1;
	return (left->set > right->set) - (left->set < right->set);
}

static int compare_u32(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

	return (left > right) - (left < right);
}

/* The distinct set numbers, sorted, into names; their count. */
static size_t name_sets(const struct ranked *ranked, size_t count,
                        uint32_t *names)
{
	size_t i, kept = 0;

	for (i = 0; i < count; i++)
		names[i] = ranked[i].set;
	qsort(names, count, sizeof(*names), compare_u32);
	for (i = 0; i < count; i++)
		if (!kept || names[kept - 1] != names[i])
			names[kept++] = names[i];
	return kept;
}

static struct set *find_set(const struct plan *plan, const uint32_t *names,
                            uint32_t name)
{
	const uint32_t *found = bsearch(&name, names, plan->set_count,
	                                sizeof(name), compare_u32);

	return &plan->sets[found - names];
}

/* Fills sets and members; `names` has room for every sample. */
static void group_by_set(struct plan *plan, const struct ranked *ranked,
                         uint32_t *names)
{
	size_t i, next = 0;

	plan->set_count = name_sets(ranked, plan->count, names);
	for (i = 0; i < plan->count; i++)
		find_set(plan, names, ranked[i].set)->count++;
	for (i = 0; i < plan->set_count; i++) {
		plan->sets[i].first = next;
		next += plan->sets[i].count;
		plan->sets[i].count = 0;
	}
	for (i = 0; i < plan->count; i++) {
		struct set *set = find_set(plan, names, ranked[i].set);

		plan->members[set->first + set->count++] = (uint32_t)i;
	}
}

static int rank_samples(struct plan *plan, const struct sy_samples *samples)
{
	struct ranked *ranked = malloc(plan->count * sizeof(*ranked));
	size_t i;

	if (!ranked)
		return -ENOMEM;
	for (i = 0; i < plan->count; i++) {
		ranked[i].value = samples->values[i];
		ranked[i].set = samples->set_of[i];
	}
	qsort(ranked, plan->count, sizeof(*ranked), compare_values);
	for (i = 0; i < plan->count; i++)
		plan->values[i] = ranked[i].value;
	/* `drawn` is free until the first resample. */
	group_by_set(plan, ranked, plan->drawn);
	free(ranked);
	return 0;
}

static void plan_free(struct plan *plan)
{
	free(plan->values);
	free(plan->members);
	free(plan->drawn);
	free(plan->sets);
	free(plan->medians);
}

/* The caller frees the plan, on failure too. */
static int plan_make(struct plan *plan, const struct sy_samples *samples,
                     unsigned resamples)
{
	size_t count = samples->count;

	memset(plan, 0, sizeof(*plan));
	if (count > UINT32_MAX || !sy_all_finite(samples->values, count))
		return -EINVAL;
	plan->count = count;
	plan->values = malloc(count * sizeof(*plan->values));
	plan->members = malloc(count * sizeof(*plan->members));
	plan->drawn = malloc(count * sizeof(*plan->drawn));
	plan->sets = calloc(count, sizeof(*plan->sets));
	plan->medians = malloc(resamples * sizeof(*plan->medians));
	if (!plan->values || !plan->members || !plan->drawn || !plan->sets ||
	    !plan->medians)
		return -ENOMEM;
	return rank_samples(plan, samples);
}

/* Sets `drawn`; returns how many samples it holds. */
static size_t draw(struct plan *plan, uint64_t *random)
{
	size_t i, j, total = 0;

	memset(plan->drawn, 0, plan->count * sizeof(*plan->drawn));
	for (i = 0; i < plan->set_count; i++) {
		const struct set *set =
			&plan->sets[sy_random_below(random, plan->set_count)];
		const uint32_t *members = plan->members + set->first;

		for (j = 0; j < set->count; j++)
			plan->drawn[members[sy_random_below(random,
			                                    set->count)]]++;
		total += set->count;
	}
	return total;
}

static double median_of_drawn(const struct plan *plan, size_t total)
{
	size_t i = 0, seen = plan->drawn[0];
	double lower;

	while (seen < (total + 1) / 2)
		seen += plan->drawn[++i];
	lower = plan->values[i];
	while (seen < total / 2 + 1)
		seen += plan->drawn[++i];
	return 0.5 * lower + 0.5 * plan->values[i];
}

/*
 * The percentile interval.  Sets of very different sizes can put the median
 * outside; the interval is then widened to hold it.
 */
static void take_interval(struct plan *plan, unsigned resamples,
                          struct sy_estimate *estimate)
{
	double value = sy_select_median(plan->values, plan->count);
	double low = sy_select_quantile(plan->medians, resamples, 0.025);
	double high = sy_select_quantile(plan->medians, resamples, 0.975);

	estimate->value = value;
	estimate->low = low < value ? low : value;
	estimate->high = high > value ? high : value;
}

int sy_bootstrap_median(const struct sy_samples *samples, unsigned resamples,
                        uint64_t seed, struct sy_estimate *estimate)
{
	struct plan plan;
	uint64_t random = seed;
	unsigned i;
	int err;

	if (!resamples)
		return -EINVAL;
	err = plan_make(&plan, samples, resamples);
	if (err)
		goto free_plan;
	for (i = 0; i < resamples; i++) {
		size_t total = draw(&plan, &random);

		plan.medians[i] = median_of_drawn(&plan, total);
	}
	take_interval(&plan, resamples, estimate);
free_plan:
	plan_free(&plan);
	return err;
}

int sy_bootstrap_ratio(const struct sy_samples *numerator,
                       const double *denominator, unsigned resamples,
                       uint64_t seed, struct sy_estimate *ratio)
{
	struct sy_samples ratios = *numerator;
	double *values;
	size_t i;
	int err = 0;

	if (!numerator->count)
		return -EINVAL;
	values = malloc(numerator->count * sizeof(*values));
	if (!values)
		return -ENOMEM;
	for (i = 0; i < numerator->count && !err; i++) {
		if (numerator->values[i] > 0 && denominator[i] > 0 &&
		    isfinite(denominator[i]))
			values[i] = numerator->values[i] / denominator[i];
		else
			err = -EINVAL;
	}
	ratios.values = values;
	if (!err)
		err = sy_bootstrap_median(&ratios, resamples, seed, ratio);
	free(values);
	return err;
}
