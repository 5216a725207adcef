/* SPDX-License-Identifier: MIT */
/* regression_bounds.c - how sure a share of so many trials is: the exact
   interval of Clopper and Pearson, by bisection. */
#include "study/regression_parts.h"

#include <math.h>

#define TAIL 0.025
#define BISECTIONS 60

static double log_choose(double n, double k)
{
	int sign;

	return lgamma_r(n + 1, &sign) - lgamma_r(k + 1, &sign) -
	       lgamma_r(n - k + 1, &sign);
}

/* The chance of `found` or fewer of `tried`, each with the chance `share`. */
static double chance_of_most(const struct sy_share *of, double share,
                             size_t found)
{
	double sum = 0;

	for (size_t i = 0; i <= found; i++)
		sum += exp(log_choose((double)of->tried, (double)i) +
		           (double)i * log(share) +
		           (double)(of->tried - i) * log1p(-share));
	return sum;
}

/* The share with which `found` or fewer have the chance `chance`; it falls
   where the share rises. */
static double share_of(const struct sy_share *of, size_t found, double chance)
{
	double low = 0, high = 1;

	for (int i = 0; i < BISECTIONS; i++) {
		double middle = (low + high) / 2;

		if (chance_of_most(of, middle, found) > chance)
			low = middle;
		else
			high = middle;
	}
	return (low + high) / 2;
}

void sy_share_bounds(const struct sy_share *share, struct sy_estimate *estimate)
{
	size_t n = share->tried, k = share->found;

	*estimate = (struct sy_estimate){ NAN, 0, 1 };
	if (!n)
		return;
	estimate->value = (double)k / (double)n;
	if (k)
		estimate->low = share_of(share, k - 1, 1 - TAIL);
	if (k < n)
		estimate->high = share_of(share, k, TAIL);
}
