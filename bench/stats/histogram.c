/* SPDX-License-Identifier: MIT */
/*
 * histogram.c - see stats.h.  64 buckets for each doubling: values under 128
 * have a bucket each, and from 2^e on a bucket is 2^(e - 6) wide.  The last
 * bucket is reached at 2^45 and takes all that is longer.
 */
#include "stats/stats.h"

#include <errno.h>
#include <math.h>

#define STEP_BITS 6
#define STEPS (1U << STEP_BITS)
#define LONGEST ((UINT64_C(1) << 45) - 1)

/* A percentile with fewer entries beyond it is the luck of a few. */
#define BEYOND_MIN 100

/* How far the values of a bucket are shifted to leave 7 bits of them. */
static unsigned shift_of(unsigned bucket)
{
	return bucket < 2 * STEPS ? 0 : bucket / STEPS - 1;
}

unsigned sy_histogram_bucket(uint64_t value)
{
	unsigned shift;

	if (value > LONGEST)
		value = LONGEST;
	if (value < 2 * STEPS)
		return (unsigned)value;
	shift = 63 - (unsigned)__builtin_clzll(value) - STEP_BITS;
	return shift * STEPS + (unsigned)(value >> shift);
}

uint64_t sy_histogram_value(unsigned bucket)
{
	unsigned shift = shift_of(bucket);
	uint64_t least = (uint64_t)(bucket - shift * STEPS) << shift;

	return least + ((UINT64_C(1) << shift) - 1) / 2;
}

/* A full bucket stays full: it must not come round to nothing. */
static void bucket_add(struct sy_histogram *histogram, unsigned bucket,
                       uint32_t entries)
{
	uint32_t room = UINT32_MAX - histogram->counts[bucket];

	if (entries > room)
		entries = room;
	histogram->counts[bucket] += entries;
	histogram->total += entries;
}

void sy_histogram_add(struct sy_histogram *histogram, uint64_t value)
{
	bucket_add(histogram, sy_histogram_bucket(value), 1);
	if (value > histogram->max)
		histogram->max = value;
}

void sy_histogram_merge(struct sy_histogram *into,
                        const struct sy_histogram *from)
{
	unsigned i;

	for (i = 0; i < SY_HISTOGRAM_BUCKETS; i++)
		bucket_add(into, i, from->counts[i]);
	if (from->max > into->max)
		into->max = from->max;
}

/* The value of the entry of this rank; 1 is the least. */
static uint64_t value_of_rank(const struct sy_histogram *histogram,
                              uint64_t rank)
{
	uint64_t seen = 0, value;
	unsigned i;

	for (i = 0; i < SY_HISTOGRAM_BUCKETS - 1; i++) {
		seen += histogram->counts[i];
		if (seen >= rank)
			break;
	}
	value = sy_histogram_value(i);
	return value < histogram->max ? value : histogram->max;
}

int sy_histogram_percentile(const struct sy_histogram *histogram, double share,
                            uint64_t *value)
{
	double place = share * (double)histogram->total;
	uint64_t rank;

	if (!(share >= 0 && share < 1))
		return -EINVAL;
	/* 0.999 of 100000 must be 99900 and not the rank above it. */
	rank = (uint64_t)ceil(place - 1e-6);
	if (rank == 0)
		rank = 1;
	if (histogram->total < BEYOND_MIN + rank)
		return -ENODATA;
	*value = value_of_rank(histogram, rank);
	return 0;
}
