/* SPDX-License-Identifier: MIT */
/*
 * calibrate.h - how long a round of the kernel takes here, and with it how
 * many rounds a grain is: found once for all that a front end measures.
 */
#ifndef SY_CALIBRATE_H
#define SY_CALIBRATE_H

#include "engine/measure.h"

/*
 * The plain kernel on the first PU of the first point that has one; where none
 * has, where.count is 0.  The caller releases it.  -ENOMEM.
 */
int sy_sentinel_init(struct sy_point *sentinel, const struct sy_plan *plan);

/*
 * The nanoseconds of one round of the kernel: the median of a few slices of a
 * worker that holds the sentinel.  Errors are those of remote.h.
 */
int sy_calibrate(const struct sy_plan *plan, const struct sy_hooks *hooks,
                 struct sy_point *sentinel, double *kernel_round_ns,
                 struct sy_reason *reason);

/* Every grain of the plan, and the sentinel's, becomes a number of rounds. */
void sy_rounds_set(struct sy_plan *plan, struct sy_point *sentinel,
                   double kernel_round_ns);

#endif /* SY_CALIBRATE_H */
