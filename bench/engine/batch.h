/* SPDX-License-Identifier: MIT */
/*
 * batch.h - the shared memory that a model is given.
 *
 * One anonymous shared mapping holds the batch, its lanes, contexts, scratch
 * buffers and stamps, so that threads and forked processes see the same thing.
 */
#ifndef SY_BATCH_H
#define SY_BATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "model.h"

struct sy_batch_spec {
	/* The `needs` of either sizes the contexts; neither: a pair. */
	const struct sy_model *model;
	const struct sy_mechanism *mechanism; /* NULL: the model's tasks */
	struct sy_setting setting;            /* for a mechanism */
	unsigned wants;                       /* enum sy_wants, of tasks */
	uint32_t inflight;
	uint32_t window;
	size_t scratch_bytes; /* a lane */
	uint64_t stamp_count; /* latencies kept, 0: no clock is read */
	uint32_t stamp_shift; /* one task in 1 << stamp_shift is stamped */
	const int *pus;    /* OS indices; context i runs on pus[i % pu_count] */
	uint32_t pu_count; /* >= 1 */
	bool bound;        /* false: contexts are not bound */
};

/*
 * Creates a batch with lanes numbered, fd -1, tallies zero, contexts unbound
 * and unseen.  step, job and task_count are the caller's to set.  -ENOMEM.
 */
int sy_batch_create(struct sy_batch **batch, const struct sy_batch_spec *spec);
void sy_batch_destroy(struct sy_batch *batch);

/* Zeroes the lanes' tallies: before a run. */
void sy_batch_reset(struct sy_batch *batch);

/* Adds up the lanes' tallies: after a run. */
void sy_batch_tally(const struct sy_batch *batch, struct sy_tally *total);

#endif /* SY_BATCH_H */
