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

/* The median of wall time an operation, without what an interval costs. */
int sy_estimate_middle(const struct sy_result *result, double *ns);

/* Of wall time an operation; net: less that of the mechanism alone. */
int sy_estimate_ns(const struct sy_result *result, uint64_t seed,
                   struct sy_estimate *estimate);
int sy_estimate_net(const struct sy_result *result, uint64_t seed,
                    struct sy_estimate *estimate);

/*
 * Median of a.ns / b.ns over the rounds in which both were asked; -ENODATA
 * where those are fewer than SY_SLICES_LEAST.
 */
int sy_estimate_ratio(const struct sy_result *a, const struct sy_result *b,
                      uint64_t seed, struct sy_estimate *ratio);

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
