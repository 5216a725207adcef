/* SPDX-License-Identifier: MIT */
/* demand.c - see demand.h. */
#include "engine/demand.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/calibrate.h"
#include "engine/entrant.h"
#include "engine/param.h"
#include "host/limits.h"

struct sy_demand {
	struct sy_plan *plan;
	const struct sy_hooks *hooks;
	struct sy_session *session;
	struct sy_entrant entrant; /* point is NULL: there is none yet */
	struct sy_point sentinel;
	struct sy_slice *slice;
	int error; /* what ended it all; an answer may still be under way */
	struct sy_reason reason;
};

int sy_demand_open(struct sy_demand **demand, struct sy_plan *plan,
                   const struct sy_hooks *hooks, struct sy_session *session)
{
	struct sy_demand *d = calloc(1, sizeof(*d));
	int error = sy_remote_prepare();

	if (!d)
		return -ENOMEM;
	d->plan = plan;
	d->hooks = hooks;
	d->session = session;
	d->slice = malloc(sizeof(*d->slice));
	if (!error && !d->slice)
		error = -ENOMEM;
	if (!error)
		error = sy_sentinel_init(&d->sentinel, plan);
	if (error)
		sy_demand_close(d);
	else
		*demand = d;
	return error;
}

void sy_demand_close(struct sy_demand *d)
{
	sy_remote_stop(&d->entrant.remote, d->error);
	sy_point_release(&d->sentinel);
	free(d->slice);
	free(d);
}

/* Grains become rounds before the first of them is needed. */
static int calibrate(struct sy_demand *d, const struct sy_point *point,
                     struct sy_reason *reason)
{
	double *round_ns = &d->session->kernel_round_ns;
	int error;

	if (*round_ns > 0 || !sy_request_has_rounds(&point->request))
		return 0;
	error = sy_calibrate(d->plan, d->hooks, &d->sentinel, round_ns, reason);
	if (!error)
		sy_rounds_set(d->plan, &d->sentinel, *round_ns);
	return error;
}

/* A worker that has the point ready, or a result that says why not. */
static int start(struct sy_demand *d, struct sy_point *point,
                 struct sy_result *result, struct sy_reason *reason)
{
	struct sy_limits limits;
	int error;

	sy_remote_stop(&d->entrant.remote, d->error);
	d->entrant = (struct sy_entrant){ .point = point, .result = result };
	sy_limits_read(&limits);
	if (sy_point_fits(point, &limits, reason)) {
		sy_result_fail(result, SY_FAILED, reason);
		return 0;
	}
	error = calibrate(d, point, reason);
	if (error)
		return error;
	sy_entrant_start(&d->entrant, d->hooks, reason);
	error = sy_entrant_open(&d->entrant, d->hooks, reason);
	if (!error)
		error = sy_entrant_ready(&d->entrant, d->plan, d->hooks,
		                         reason);
	return error;
}

static int ask_progress(const struct sy_demand *d, struct sy_reason *reason)
{
	struct sy_progress progress = { .group_name = d->entrant.point->name };

	if (d->hooks->progress(d->hooks->data, &progress))
		return sy_reason(reason, -ECANCELED, "stopped");
	return 0;
}

static int take_slice(struct sy_demand *d, struct sy_result *taken,
                      struct sy_reason *reason)
{
	struct sy_entrant *e = &d->entrant;
	bool dropped;
	int error = ask_progress(d, reason);

	if (!error)
		error = sy_entrant_slice(e, d->plan, d->hooks, d->slice,
		                         reason);
	if (error || !e->remote.pid)
		return error;
	error = sy_entrant_check(e, d->plan, d->hooks, d->slice, &dropped,
	                         reason);
	e->result->dropped += dropped;
	if (error || dropped)
		return error;
	sy_result_note_length(e->result, d->plan->slice_ns,
	                      d->slice->elapsed_ns);
	return sy_result_add(taken, d->slice, 0, (uint32_t)taken->count);
}

static int take_slices(struct sy_demand *d, uint64_t operations,
                       struct sy_result *taken, struct sy_reason *reason)
{
	const struct sy_entrant *e = &d->entrant;
	cpu_set_t before;
	int error = 0;

	sy_driver_bind(&e->point->where, &before);
	if (!e->result->slice_operations)
		error = sy_entrant_size(&d->entrant, d->plan, d->hooks, reason);
	while (!error && e->remote.pid && taken->operations < operations)
		error = take_slice(d, taken, reason);
	sy_driver_unbind(&before);
	taken->slice_operations = e->result->slice_operations;
	return error;
}

/* The point is one that can still be measured. */
static int take(struct sy_demand *d, size_t index, uint64_t operations,
                bool fresh, struct sy_result *taken, struct sy_reason *reason)
{
	struct sy_point *point = &d->plan->points[index];
	struct sy_result *result = &d->session->points[index];
	int error = 0;

	if (fresh || d->entrant.point != point || !d->entrant.remote.pid)
		error = start(d, point, result, reason);
	if (!error && sy_result_open(result))
		error = take_slices(d, operations, taken, reason);
	return error;
}

int sy_demand_take(struct sy_demand *d, size_t index, uint64_t operations,
                   bool fresh, struct sy_result *taken,
                   struct sy_reason *reason)
{
	const struct sy_result *result = &d->session->points[index];

	*taken = (struct sy_result){ .state = SY_PLANNED };
	if (!d->error)
		d->reason.text[0] = '\0';
	if (!d->error && sy_result_open(result))
		d->error = take(d, index, operations, fresh, taken, &d->reason);
	if (d->error && !d->reason.text[0])
		sy_reason(&d->reason, 0, "%s", strerror(-d->error));
	if (!sy_result_open(result)) {
		taken->state = result->state;
		taken->reason = result->reason;
	}
	sy_result_judge(&d->plan->points[index], taken);
	*reason = d->reason;
	return d->error;
}
