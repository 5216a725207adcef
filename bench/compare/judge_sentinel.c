/* SPDX-License-Identifier: MIT */
/*
 * judge_sentinel.c - what the kernel against itself says of the machine, and
 * what pairs are worth at all.
 */
#include "compare/judge_parts.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

bool sy_pairs_told(const struct sy_pair *pairs, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (!pairs[i].operations || !pairs[i].elapsed_ns[SY_OLD] ||
		    !pairs[i].elapsed_ns[SY_NEW])
			return false;
	return true;
}

double sy_pair_change(const struct sy_pair *pair)
{
	return log(sy_pair_ns(pair, SY_NEW)) - log(sy_pair_ns(pair, SY_OLD));
}

/* Of one side's slice; negative where it does not tell its CPU time. */
static double away_of(const struct sy_pair *pair, enum sy_side side)
{
	double share =
		(double)pair->cpu_ns[side] / (double)pair->elapsed_ns[side];

	return pair->cpu_ns[side] ? fmax(0, 1 - share) : -1;
}

int sy_judge_away(const struct sy_pair *pairs, size_t count, double *away)
{
	double *shares = malloc((SY_SIDES * count + 1) * sizeof(*shares));
	size_t i, told = 0;
	enum sy_side side;
	int err = 0;

	*away = -1;
	if (!shares)
		return -ENOMEM;
	for (i = 0; i < count; i++)
		for (side = SY_OLD; side < SY_SIDES; side++) {
			shares[told] = away_of(&pairs[i], side);
			told += shares[told] >= 0;
		}
	if (told)
		err = sy_median(shares, told, away);
	free(shares);
	return err;
}

/* Of fewer pairs than make a verdict a spread is not known either. */
int sy_judge_sentinel(struct sy_comparison *comparison)
{
	size_t count = comparison->sentinel_count, i;
	double *values;
	int err;

	comparison->spread = comparison->away = -1;
	if (!sy_pairs_told(comparison->sentinel, count))
		return -EINVAL;
	if (count < SY_PAIRS_LEAST)
		return 0;
	values = malloc(count * sizeof(*values));
	if (!values)
		return -ENOMEM;
	for (i = 0; i < count; i++)
		values[i] = sy_pair_change(&comparison->sentinel[i]);
	err = sy_robust_sigma(values, count, &comparison->spread);
	free(values);
	return err ? err
	           : sy_judge_away(comparison->sentinel, count,
	                           &comparison->away);
}
