/* SPDX-License-Identifier: MIT */
/* estimate.c - from samples in sets to medians and intervals. */
#include "results/estimate.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define RESAMPLES 2000
/* Two modes are told apart where one is this much slower than the other. */
#define MODES_FACTOR 1.5

struct columns {
	double *values, *others;
	uint32_t *sets;
};

static int columns_open(struct columns *columns, size_t count)
{
	columns->values = calloc(count + 1, sizeof(double));
	columns->others = calloc(count + 1, sizeof(double));
	columns->sets = calloc(count + 1, sizeof(uint32_t));
	return columns->values && columns->others && columns->sets ? 0
	                                                           : -ENOMEM;
}

static void columns_close(struct columns *columns)
{
	free(columns->values);
	free(columns->others);
	free(columns->sets);
}

double sy_sample_value(const struct sy_sample *sample,
                       enum sy_quantity quantity)
{
	switch (quantity) {
	case SY_ALONE:
		return sample->alone_ns;
	case SY_NET:
		return sample->ns - sample->alone_ns;
	case SY_BYTES:
		return sample->bytes;
	case SY_SLAB:
		return sample->slab_bytes;
	case SY_TIME:
		break;
	}
	return sample->ns;
}

enum sy_quantity sy_compared_by(const struct sy_point *point)
{
	return sy_point_is(point, SY_IDLE) ? SY_BYTES : SY_TIME;
}

int sy_estimate_middle(const struct sy_result *result,
                       enum sy_quantity quantity, double *middle)
{
	struct columns c;
	int error = columns_open(&c, result->count);

	for (size_t i = 0; i < result->count && !error; i++)
		c.values[i] = sy_sample_value(&result->samples[i], quantity);
	if (!error)
		error = sy_median(c.values, result->count, middle);
	columns_close(&c);
	return error;
}

int sy_estimate(const struct sy_result *result, enum sy_quantity quantity,
                uint64_t seed, struct sy_estimate *estimate)
{
	struct columns c;
	int error = columns_open(&c, result->count);

	for (size_t i = 0; i < result->count && !error; i++) {
		c.values[i] = sy_sample_value(&result->samples[i], quantity);
		c.sets[i] = result->samples[i].set;
	}
	if (!error) {
		struct sy_samples samples = { c.values, c.sets, result->count };

		error = sy_bootstrap_median(&samples, RESAMPLES, seed,
		                            estimate);
	}
	columns_close(&c);
	return error;
}

/* All slices of a worker tell the same first time. */
int sy_estimate_first(const struct sy_result *result, uint64_t seed,
                      struct sy_estimate *estimate)
{
	struct columns c;
	size_t count = 0;
	int error = columns_open(&c, result->count);

	for (size_t i = 0; i < result->count && !error; i++) {
		const struct sy_sample *sample = &result->samples[i];

		if (!(sample->first_ns > 0) ||
		    (count && c.sets[count - 1] == sample->set))
			continue;
		c.values[count] = sample->first_ns;
		c.sets[count++] = sample->set;
	}
	if (!error) {
		struct sy_samples samples = { c.values, c.sets, count };

		error = count ? sy_bootstrap_median(&samples, RESAMPLES, seed,
		                                    estimate)
		              : -ENODATA;
	}
	columns_close(&c);
	return error;
}

static int before(const struct sy_sample *a, const struct sy_sample *b)
{
	return a->set != b->set ? a->set < b->set : a->round < b->round;
}

/* Samples of both stand in the order of set and round: a merge pairs them. */
static size_t pair(const struct sy_result *a, const struct sy_result *b,
                   enum sy_quantity quantity, struct columns *c)
{
	size_t i = 0, j = 0, pairs = 0;

	while (i < a->count && j < b->count) {
		const struct sy_sample *one = &a->samples[i];
		const struct sy_sample *two = &b->samples[j];

		if (before(one, two)) {
			i++;
		} else if (before(two, one)) {
			j++;
		} else {
			c->values[pairs] = sy_sample_value(one, quantity);
			c->others[pairs] = sy_sample_value(two, quantity);
			c->sets[pairs++] = one->set;
			i++;
			j++;
		}
	}
	return pairs;
}

int sy_estimate_ratio(const struct sy_result *a, const struct sy_result *b,
                      enum sy_quantity quantity, uint64_t seed,
                      struct sy_estimate *ratio)
{
	struct columns c;
	int error = columns_open(&c, a->count);

	if (!error) {
		struct sy_samples samples = { c.values, c.sets,
			                      pair(a, b, quantity, &c) };

		error = samples.count < SY_SLICES_LEAST
		                ? -ENODATA
		                : sy_bootstrap_ratio(&samples, c.others,
		                                     RESAMPLES, seed, ratio);
	}
	columns_close(&c);
	return error;
}

double sy_estimate_noise(const struct sy_result *a, const struct sy_result *b,
                         size_t *pairs)
{
	struct columns c;
	double noise = -1;

	*pairs = 0;
	if (!columns_open(&c, a->count))
		*pairs = pair(a, b, SY_TIME, &c);
	for (size_t i = 0; i < *pairs; i++)
		c.values[i] = log(c.values[i] / c.others[i]);
	if (*pairs >= SY_SLICES_LEAST)
		sy_robust_sigma(c.values, *pairs, &noise);
	columns_close(&c);
	return noise;
}

int sy_estimate_modes(const struct sy_result *result, int *bimodal,
                      double *lower, double *upper)
{
	struct columns c;
	int error = columns_open(&c, result->count);

	for (size_t i = 0; i < result->count && !error; i++)
		c.values[i] = result->samples[i].ns;
	if (!error)
		error = sy_modes(c.values, result->count, MODES_FACTOR, bimodal,
		                 lower, upper);
	columns_close(&c);
	return error;
}
