/* SPDX-License-Identifier: MIT */
/*
 * demand.h - the driver of a front end that says itself how much of which
 * point is to be run, and when.
 *
 * What is run are slices as in a run (measure.h): by a worker, sized once,
 * warmed up, checked.  One worker is alive at a time.
 */
#ifndef SY_DEMAND_H
#define SY_DEMAND_H

#include "engine/measure.h"

struct sy_demand;

/*
 * For the points of a plan whose placements have been resolved; the session
 * has their states.  All three stay the caller's and must outlive it;
 * hooks->journal is not used.  -ENOMEM.
 */
int sy_demand_open(struct sy_demand **demand, struct sy_plan *plan,
                   const struct sy_hooks *hooks, struct sy_session *session);
/* Ends the worker; at once where the last answer was an error. */
void sy_demand_close(struct sy_demand *demand);

/*
 * Runs slices of point `index` until they make `operations`, and adds them up
 * in `taken`, which is emptied first and then the caller's to free.  `fresh`
 * starts a worker of its own; else the last one goes on, where it has this
 * point.
 *
 * A point that cannot be measured has a state and a reason for it in `taken`
 * and keeps them in the session (but for SY_INVALID, which is judged from
 * `taken` alone).  What is returned is an error of all: -ECANCELED (the
 * cancel_fd, or hooks->progress), -ENOMEM, or the calibration's.
 */
int sy_demand_take(struct sy_demand *demand, size_t index, uint64_t operations,
                   bool fresh, struct sy_result *taken,
                   struct sy_reason *reason);

#endif /* SY_DEMAND_H */
