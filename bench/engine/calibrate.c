/* SPDX-License-Identifier: MIT */
/* calibrate.c - see calibrate.h. */
#include "engine/calibrate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/param.h"
#include "engine/remote.h"

/* Rounds of the kernel in a calibrating task: about 30 us. */
#define CALIBRATION_ROUNDS 20000
#define CALIBRATION_SLICES 5
/* The work of a sentinel's task. */
#define SENTINEL_GRAIN_NS 100000
/* How long the worker may take to set up a plain loop, at most. */
#define OPEN_MS 10000

int sy_sentinel_init(struct sy_point *sentinel, const struct sy_plan *plan)
{
	*sentinel = (struct sy_point){ .request = { 0 } };
	sy_request_default(&sentinel->request);
	sentinel->request.model = sy_model_find("serial");
	sentinel->request.workload = sy_workload_find("cpu");
	sentinel->request.inflight = 1;
	sentinel->request.grain_ns = SENTINEL_GRAIN_NS;
	sy_point_name(sentinel);
	for (size_t i = 0; i < plan->count && !sentinel->where.count; i++) {
		const struct sy_placement *where = &plan->points[i].where;

		if (!where->count)
			continue;
		sentinel->where.pus = malloc(sizeof(int));
		if (!sentinel->where.pus)
			return -ENOMEM;
		sentinel->where.pus[0] = where->pus[0];
		sentinel->where.count = 1;
		sentinel->where.bound = true;
	}
	return 0;
}

/*
 * What a round took in a slice: in CPU time where that is less, since what
 * else runs on this PU must not shrink the work that a grain stands for.
 */
static double round_ns(const struct sy_slice *slice)
{
	uint64_t ns = slice->elapsed_ns;

	if (slice->usage.cpu_ns && slice->usage.cpu_ns < ns)
		ns = slice->usage.cpu_ns;
	return (double)ns / (double)slice->operations / CALIBRATION_ROUNDS;
}

static int take_slices(const struct sy_plan *plan, const struct sy_hooks *hooks,
                       struct sy_remote *remote, double *kernel_round_ns,
                       struct sy_reason *reason)
{
	double ns[CALIBRATION_SLICES];
	struct sy_slice *slice = malloc(sizeof(*slice));
	uint64_t operations = 0;
	int limit_ms = (int)(plan->limit_ns / 1000000);
	int error = slice ? 0 : -ENOMEM;

	if (!error)
		error = sy_remote_size(remote, plan->slice_ns, hooks->cancel_fd,
		                       limit_ms, &operations, reason);
	for (int i = 0; i < CALIBRATION_SLICES && !error; i++) {
		error = sy_remote_slice(remote, operations, 1, hooks->cancel_fd,
		                        limit_ms, slice, reason);
		ns[i] = error ? 0 : round_ns(slice);
	}
	free(slice);
	if (!error)
		error = sy_median(ns, CALIBRATION_SLICES, kernel_round_ns);
	return error;
}

static int open_ms(const struct sy_plan *plan)
{
	uint64_t limit_ms = plan->limit_ns / 1000000;

	return limit_ms < OPEN_MS ? (int)limit_ms : OPEN_MS;
}

int sy_calibrate(const struct sy_plan *plan, const struct sy_hooks *hooks,
                 struct sy_point *sentinel, double *kernel_round_ns,
                 struct sy_reason *reason)
{
	struct sy_remote remote;
	int error;

	sentinel->load.rounds = CALIBRATION_ROUNDS;
	error = sy_remote_start(&remote, hooks->program, hooks->sink, reason);
	if (error)
		return error;
	error = sy_remote_hello(&remote, hooks->cancel_fd, hooks->hello_ms,
	                        NULL, reason);
	if (!error)
		error = sy_remote_open_begin(&remote, sentinel, reason);
	if (!error)
		error = sy_remote_open_end(&remote, hooks->cancel_fd,
		                           open_ms(plan), reason);
	if (!error)
		error = take_slices(plan, hooks, &remote, kernel_round_ns,
		                    reason);
	sy_remote_stop(&remote, error);
	return error;
}

static uint64_t rounds_of(uint64_t grain_ns, double kernel_round_ns)
{
	return (uint64_t)((double)grain_ns / kernel_round_ns + 0.5);
}

void sy_rounds_set(struct sy_plan *plan, struct sy_point *sentinel,
                   double kernel_round_ns)
{
	for (size_t i = 0; i < plan->count; i++) {
		struct sy_point *point = &plan->points[i];
		const struct sy_request *r = &point->request;

		if (!sy_request_has_rounds(r))
			continue;
		if (!strcmp(r->workload->name, "cpu"))
			point->load.rounds =
				rounds_of(r->grain_ns, kernel_round_ns);
		point->load.inside_rounds =
			rounds_of(r->inside_ns, kernel_round_ns);
		point->load.outside_rounds =
			rounds_of(r->outside_ns, kernel_round_ns);
	}
	sentinel->load.rounds = rounds_of(SENTINEL_GRAIN_NS, kernel_round_ns);
}
