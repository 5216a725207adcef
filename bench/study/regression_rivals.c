/* SPDX-License-Identifier: MIT */
/*
 * regression_rivals.c - what else is asked of two sides, over the same pairs.
 *
 * All of them ask both ways with p < .05, as is usual, and are counted where
 * they call NEW the slower one.
 */
#include "study/regression_parts.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "stats/paired.h"

#define ALPHA 0.05
#define MEANS 1.05
#define LEAST 1.03
#define REPETITIONS 10

/* A value and whose it is. */
struct ranked {
	double value;
	bool second;
};

static int by_value(const void *left, const void *right)
{
	const struct ranked *a = left, *b = right;

	return (a->value > b->value) - (a->value < b->value);
}

/* The sum of the second ones' ranks, ties sharing theirs, and what the ties
   take from the variance. */
static double rank_sum(const struct ranked *all, size_t count, double *ties)
{
	double sum = 0;

	*ties = 0;
	for (size_t i = 0, end; i < count; i = end) {
		double rank, tied;

		for (end = i + 1; end < count && all[end].value == all[i].value;
		     end++)
			;
		tied = (double)(end - i);
		rank = (double)(i + end + 1) / 2;
		*ties += tied * tied * tied - tied;
		for (size_t j = i; j < end; j++)
			sum += all[j].second ? rank : 0;
	}
	return sum;
}

/* Of U against its mean. */
static void decide(double u, double n, double m, double ties, double *p,
                   bool *larger)
{
	double all = n + m;
	double variance = n * m / 12 * (all + 1 - ties / (all * (all - 1)));
	double off = fabs(u - n * m / 2) - 0.5;

	*larger = u > n * m / 2;
	*p = variance > 0 && off > 0 ? erfc(off / sqrt(variance) / sqrt(2)) : 1;
}

int sy_mann_whitney(const double *first, size_t first_count,
                    const double *second, size_t second_count, double *p,
                    bool *larger)
{
	size_t count = first_count + second_count;
	double m = (double)second_count, ties, sum;
	struct ranked *all;

	if (!first_count || !second_count)
		return -EINVAL;
	all = calloc(count, sizeof(*all));
	if (!all)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		all[i] = i < first_count
		                 ? (struct ranked){ first[i], false }
		                 : (struct ranked){ second[i - first_count],
			                            true };
	qsort(all, count, sizeof(*all), by_value);
	sum = rank_sum(all, count, &ties);
	free(all);
	decide(sum - m * (m + 1) / 2, (double)first_count, m, ties, p, larger);
	return 0;
}

/* Time an operation of one side, all of a window. */
static void read_side(const struct sy_window *window, enum sy_side side,
                      double *values)
{
	for (size_t i = 0; i < window->count; i++)
		values[i] = sy_pair_ns(&window->pairs[i], side);
}

static double mean(const double *values, size_t count)
{
	double sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += values[i];
	return sum / (double)count;
}

static double least(const double *values, size_t count)
{
	double found = values[0];

	for (size_t i = 1; i < count; i++)
		found = values[i] < found ? values[i] : found;
	return found;
}

/* As many repetitions as a user makes, one after another. */
static void repeat(const double *values, size_t count, double *means)
{
	for (size_t i = 0; i < REPETITIONS; i++) {
		size_t from = count * i / REPETITIONS;
		size_t to = count * (i + 1) / REPETITIONS;

		means[i] = mean(values + from, to - from);
	}
}

static int by_ranks(const double *old, size_t old_count, const double *new,
                    size_t new_count, bool *slower)
{
	double p;
	bool larger;
	int error =
		sy_mann_whitney(old, old_count, new, new_count, &p, &larger);

	*slower = !error && larger && p < ALPHA;
	return error;
}

static int by_repetitions(const double *old, size_t old_count,
                          const double *new, size_t new_count, bool *slower)
{
	double before[REPETITIONS], after[REPETITIONS];

	if (old_count < REPETITIONS || new_count < REPETITIONS)
		return -ENODATA;
	repeat(old, old_count, before);
	repeat(new, new_count, after);
	return by_ranks(before, REPETITIONS, after, REPETITIONS, slower);
}

static int by_signed_rank(const double *old, const double *new, size_t count,
                          bool *slower)
{
	double *logs = calloc(count, sizeof(*logs));
	double greater = 1, less = 1;
	int error;

	if (!logs)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		logs[i] = log(new[i] / old[i]);
	error = sy_signed_rank(logs, count, &greater, &less);
	free(logs);
	*slower = !error && 2 * greater < ALPHA;
	return error;
}

static int rule(enum sy_ruled_by by, const double *old, size_t old_count,
                const double *new, size_t new_count, bool *slower)
{
	switch (by) {
	case SY_RULE_SIGNED_RANK:
		return by_signed_rank(old, new, new_count, slower);
	case SY_RULE_MANN_WHITNEY:
		return by_ranks(old, old_count, new, new_count, slower);
	case SY_RULE_STORED_MEANS:
		*slower = mean(new, new_count) > MEANS * mean(old, old_count);
		return 0;
	case SY_RULE_STORED_RANKS:
		return by_repetitions(old, old_count, new, new_count, slower);
	case SY_RULE_LEAST:
		*slower = least(new, new_count) > LEAST * least(old, old_count);
		return 0;
	default:
		return -EINVAL;
	}
}

static bool is_stored(enum sy_ruled_by by)
{
	return by == SY_RULE_STORED_MEANS || by == SY_RULE_STORED_RANKS;
}

int sy_rule_rival(enum sy_ruled_by by, const struct sy_window *window,
                  const struct sy_window *before, bool *slower)
{
	const struct sy_window *stored = is_stored(by) ? before : window;
	double *old, *new;
	int error = -ENOMEM;

	if (!stored || !stored->count || !window->count)
		return -ENODATA;
	old = calloc(stored->count, sizeof(*old));
	new = calloc(window->count, sizeof(*new));
	if (old && new) {
		read_side(stored, SY_OLD, old);
		read_side(window, SY_NEW, new);
		error = rule(by, old, stored->count, new, window->count,
		             slower);
	}
	free(old);
	free(new);
	return error;
}
