/* SPDX-License-Identifier: MIT */
/*
 * entrant.h - a point that is asked for slices, by whatever front end: its
 * worker, and the rules for a slice's size.
 *
 * Trouble with the worker costs the point: its result has the state and the
 * reason, the worker is ended (remote.pid is 0), and the call returns 0.  What
 * is returned is -ECANCELED, where hooks->cancel_fd became readable.
 */
#ifndef SY_ENTRANT_H
#define SY_ENTRANT_H

#include <sched.h>

#include "engine/measure.h"
#include "engine/remote.h"

/* After so many of a worker, a slice that misses its size is kept. */
#define SY_RESIZES_MAX 2

struct sy_entrant {
	struct sy_point *point;
	struct sy_result *result;
	struct sy_remote remote;
	double cost_ns; /* wall time that a slice takes, smoothed */
	unsigned resized;
	int error; /* that cost the point, or 0 */
	bool sentinel;
	bool told; /* that it has no number is in the journal */
};

/* Trouble that the caller has found. */
void sy_entrant_fail(struct sy_entrant *entrant, int error,
                     const struct sy_reason *reason);

/* A worker is started, is given the point, and has it ready: in three steps,
   so that many can get ready side by side. */
void sy_entrant_start(struct sy_entrant *entrant, const struct sy_hooks *hooks,
                      struct sy_reason *reason);
int sy_entrant_open(struct sy_entrant *entrant, const struct sy_hooks *hooks,
                    struct sy_reason *reason);
int sy_entrant_ready(struct sy_entrant *entrant, const struct sy_plan *plan,
                     const struct sy_hooks *hooks, struct sy_reason *reason);

/* Whether it is to be ready before another one is opened: so much memory
   takes long to write, and side by side each would be as late as all are. */
bool sy_entrant_opens_alone(const struct sy_entrant *entrant);

/* Finds result->slice_operations. */
int sy_entrant_size(struct sy_entrant *entrant, const struct sy_plan *plan,
                    const struct sy_hooks *hooks, struct sy_reason *reason);

/* One slice of that size, behind its warm-up. */
int sy_entrant_slice(struct sy_entrant *entrant, const struct sy_plan *plan,
                     const struct sy_hooks *hooks, struct sy_slice *slice,
                     struct sy_reason *reason);

/* A quarter of one, in no figure: what a fresh process touches for the first
   time.  Where each slice is a fresh process there is none. */
int sy_entrant_prime(struct sy_entrant *entrant, const struct sy_plan *plan,
                     const struct sy_hooks *hooks, struct sy_slice *slice,
                     struct sy_reason *reason);

/*
 * Sizes a point again whose slice missed its size: the count was taken in
 * another mode of the machine, and the slice is `*dropped`.  Where the count
 * comes out as it was, a slice of this point just is that long, and is kept.
 */
int sy_entrant_check(struct sy_entrant *entrant, const struct sy_plan *plan,
                     const struct sy_hooks *hooks, const struct sy_slice *slice,
                     bool *dropped, struct sy_reason *reason);
/* Its two halves, for who has two slices to look at. */
bool sy_entrant_missed(const struct sy_entrant *entrant,
                       const struct sy_plan *plan,
                       const struct sy_slice *slice);
int sy_entrant_resize(struct sy_entrant *entrant, const struct sy_plan *plan,
                      const struct sy_hooks *hooks, bool *dropped,
                      struct sy_reason *reason);

/*
 * While slices run, the driver waits on the first of the PUs that they use:
 * waking up there takes 50 us between slices, from an idle PU 400.  Workers
 * are started before, so that an unbound point is that.
 */
void sy_driver_bind(const struct sy_placement *where, cpu_set_t *before);
void sy_driver_unbind(const cpu_set_t *before);

#endif /* SY_ENTRANT_H */
