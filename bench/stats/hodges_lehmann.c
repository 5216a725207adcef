/* SPDX-License-Identifier: MIT */
/*
 * hodges_lehmann.c - the median of Walsh averages and their interval; see
 * paired.h.
 *
 * n values have n (n + 1) / 2 Walsh averages, half a million for a thousand
 * values, so they are never made.  Of sorted values those up to a limit are
 * counted in n steps, because the last partner that is small enough moves down
 * as the first value moves up.  The k-th of them is the least double that k of
 * them do not exceed; it is found by halving the range of doubles, in at most
 * 64 counts.  What is found is one of the averages, to the last bit.
 */
#include "stats/signed_rank.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "select.h"

#define SIGN_BIT (UINT64_C(1) << 63)

static int compare_doubles(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

/* Whole numbers in the order of the doubles that they stand for. */
static uint64_t place_of(double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	return bits & SIGN_BIT ? ~bits : bits | SIGN_BIT;
}

static double double_at(uint64_t place)
{
	uint64_t bits = place & SIGN_BIT ? place & ~SIGN_BIT : ~place;
	double value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

/* Halved before the sum, which could overflow. */
static double walsh(const double *sorted, size_t i, size_t j)
{
	return 0.5 * sorted[i] + 0.5 * sorted[j];
}

static size_t walsh_count(const double *sorted, size_t count, double limit)
{
	size_t i, end = count, found = 0;

	for (i = 0; i < count; i++) {
		while (end > i && walsh(sorted, i, end - 1) > limit)
			end--;
		if (end <= i)
			break;
		found += end - i;
	}
	return found;
}

/* The Walsh average of this rank; 1 is the least. */
static double walsh_of_rank(const double *sorted, size_t count, size_t rank)
{
	uint64_t low = place_of(walsh(sorted, 0, 0));
	uint64_t high = place_of(walsh(sorted, count - 1, count - 1));

	while (low < high) {
		uint64_t middle = low + (high - low) / 2;

		if (walsh_count(sorted, count, double_at(middle)) >= rank)
			high = middle;
		else
			low = middle + 1;
	}
	return double_at(low) + 0.0; /* never the negative zero */
}

/* By how many standard deviations a normal value exceeds its mean with this
   chance, under a half. */
static double normal_quantile(double chance)
{
	double low = 0, high = 40;
	int i;

	for (i = 0; i < 64; i++) {
		double middle = (low + high) / 2;

		if (0.5 * erfc(middle / sqrt(2)) > chance)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* The least sum of ranks that is not exceeded with this chance or more. */
static size_t least_sum_exact(size_t count, double chance)
{
	double ways[SY_RANK_SUMS], seen = 0;
	unsigned doubled[SY_EXACT_MOST];
	size_t i, sum = 0;

	for (i = 0; i < count; i++)
		doubled[i] = 2 * (unsigned)(i + 1);
	sy_rank_sums(doubled, count, ways);
	for (;;) {
		seen += ways[2 * sum];
		if (ldexp(seen, -(int)count) >= chance)
			return sum;
		sum++;
	}
}

static size_t least_sum_normal(size_t count, double chance)
{
	double n = (double)count;
	double sigma = sqrt(n * (n + 1) * (2 * n + 1) / 24);
	double sum =
		ceil(n * (n + 1) / 4 - 0.5 - normal_quantile(chance) * sigma);

	return sum > 0 ? (size_t)sum : 0;
}

/* Of the interval's ends, counted from the outside; 1 is the outermost. */
static size_t rank_of_ends(size_t count, double confidence)
{
	double chance = (1 - confidence) / 2;
	size_t sum = count <= SY_EXACT_MOST ? least_sum_exact(count, chance)
	                                    : least_sum_normal(count, chance);

	return sum ? sum : 1;
}

static void estimate_sorted(const double *sorted, size_t count,
                            double confidence, struct sy_estimate *estimate)
{
	size_t all = count * (count + 1) / 2;
	size_t outer = rank_of_ends(count, confidence);
	double middle = walsh_of_rank(sorted, count, (all + 1) / 2);

	if (all % 2 == 0)
		middle = 0.5 * middle +
		         0.5 * walsh_of_rank(sorted, count, all / 2 + 1);
	estimate->value = middle;
	estimate->low = walsh_of_rank(sorted, count, outer);
	estimate->high = walsh_of_rank(sorted, count, all + 1 - outer);
}

int sy_hodges_lehmann(const double *values, size_t count, double confidence,
                      struct sy_estimate *estimate)
{
	double *sorted;

	if (!sy_all_finite(values, count) ||
	    !(confidence > 0 && confidence < 1))
		return -EINVAL;
	sorted = malloc(count * sizeof(*sorted));
	if (!sorted)
		return -ENOMEM;
	memcpy(sorted, values, count * sizeof(*sorted));
	qsort(sorted, count, sizeof(*sorted), compare_doubles);
	estimate_sorted(sorted, count, confidence, estimate);
	free(sorted);
	return 0;
}
