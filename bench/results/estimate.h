/* SPDX-License-Identifier: MIT */
/*
 * estimate.h - estimates from the samples of results; internal to results/.
 */
#ifndef SY_ESTIMATE_H
#define SY_ESTIMATE_H

#include "engine/result.h"
#include "stats/stats.h"

/* Fewer slices, or fewer pairs of them, than this make no interval. */
#define SY_SLICES_LEAST 5

/* What of a sample is estimated: an operation's, each slice's own. */
enum sy_quantity {
	SY_TIME,  /* wall time, ns */
	SY_ALONE, /* of the mechanism without a switch, ns */
	SY_NET,   /* time less alone */
	SY_BYTES, /* of a waiting context */
	SY_SLAB,  /* the slab's, of a waiting context */
};

/* What points of a group are compared by: time, or bytes of `idle`. */
enum sy_quantity sy_compared_by(const struct sy_point *point);

double sy_sample_value(const struct sy_sample *sample,
                       enum sy_quantity quantity);

/* The median, without what an interval costs. */
int sy_estimate_middle(const struct sy_result *result,
                       enum sy_quantity quantity, double *middle);

int sy_estimate(const struct sy_result *result, enum sy_quantity quantity,
                uint64_t seed, struct sy_estimate *estimate);

/* Of the first ones in a process, ns: one value a set.  -ENODATA: none. */
int sy_estimate_first(const struct sy_result *result, uint64_t seed,
                      struct sy_estimate *estimate);

/*
 * Median of a / b over the rounds in which both were asked; -ENODATA where
 * those are fewer than SY_SLICES_LEAST.
 */
int sy_estimate_ratio(const struct sy_result *a, const struct sy_result *b,
                      enum sy_quantity quantity, uint64_t seed,
                      struct sy_estimate *ratio);

/*
 * The robust spread of log(a.ns / b.ns) over the rounds in which both were
 * asked, how many those are in `*pairs`; negative where those are fewer than
 * SY_SLICES_LEAST.
 */
double sy_estimate_noise(const struct sy_result *a, const struct sy_result *b,
                         size_t *pairs);

int sy_estimate_modes(const struct sy_result *result, int *bimodal,
                      double *lower, double *upper);

#endif /* SY_ESTIMATE_H */
