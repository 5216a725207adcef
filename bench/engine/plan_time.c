/* SPDX-License-Identifier: MIT */
/*
 * plan_time.c - how long a plan takes, told before it is carried out.
 *
 * It is the budget wherever that is enough for a slice a point and set; the
 * estimate of what these take need only be right where they take seconds.
 */
#include "engine/plan.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "engine/param.h"
#include "engine/subject.h"

/* Where no budget is given: time for a point, of all sets together. */
#define POINT_NS UINT64_C(1000000000)
/* Reading the machine before, tables and figures after; and of a point, its
   row and intervals. */
#define AROUND_NS UINT64_C(500000000)
#define ROW_NS UINT64_C(3000000)
/* Calibrating the kernel: a worker and a few slices. */
#define CALIBRATION_NS UINT64_C(100000000)
/* Starting a group's workers, and each of them. */
#define GROUP_START_NS UINT64_C(15000000)
#define WORKER_START_NS UINT64_C(5000000)
/* Creating a thread and a process and, of waiting ones, looking at it; writing a
   byte of memory for the first time, and forking with it. */
#define THREAD_NS 5e4
#define PROCESS_NS 1e6
#define BYTE_NS 1.0
/* The sentinels are asked in the first round. */
#define SENTINEL_SLICES 2
/* Finding the size of a slice takes about as long as so many. */
#define SIZING_SLICES 2

uint64_t sy_plan_usual_budget(const struct sy_plan *plan)
{
	return POINT_NS * plan->count;
}

/* PUs that work at once, before the placement is looked for: rather too few,
   where it is a list. */
static unsigned pus_of(const struct sy_request *r)
{
	long online = sysconf(_SC_NPROCESSORS_ONLN);

	if (!strcmp(r->placement, "compact") ||
	    !strcmp(r->placement, "spread") || !strcmp(r->placement, "none"))
		return online > 0 ? (unsigned)online : 1;
	return 1;
}

/* The work of one task a lane, one after the other. */
static double rounds_ns(const struct sy_request *r)
{
	return ((double)r->inside_ns + (double)r->outside_ns) * r->sections *
	       r->inflight;
}

/* One task a lane of a gate whose sections sleep: who is inside sleeps and
   works, the others wait for those who are let in. */
static double gate_ns(const struct sy_request *r)
{
	double inside = (double)r->wait_ns + (double)r->inside_ns;
	double section = inside + (double)r->outside_ns;

	if (r->model->alone)
		return r->sections * section * r->inflight;
	return r->sections * fmax(section, inside * r->inflight / r->units);
}

/* One task a lane: the least that a slice can be, rather too long. */
static double wave_ns(const struct sy_request *r)
{
	bool alone = r->model->alone;
	double lanes = r->inflight;

	if (!strcmp(r->workload->name, "gate") && r->wait_ns)
		return fmax(gate_ns(r), rounds_ns(r));
	/* A plain loop waits for one task after another. */
	if (sy_request_waits(r) && r->wait_ns)
		return (double)r->wait_ns * (alone ? lanes : 1);
	if (!strcmp(r->workload->name, "cpu"))
		return (double)r->grain_ns * lanes / pus_of(r);
	/* Behind a lock one is inside; a gate lets in more than there are PUs. */
	if (sy_request_has_rounds(r))
		return rounds_ns(r);
	return 0;
}

/* All contexts at once: the least that a mechanism can do. */
static double contexts_ns(const struct sy_point *point)
{
	struct sy_needs needs;

	if (sy_point_is(point, SY_SWITCH))
		return 0;
	sy_point_needs(point, &needs);
	return THREAD_NS * needs.threads + PROCESS_NS * needs.processes +
	       BYTE_NS * (double)needs.bytes;
}

static double slice_ns(const struct sy_plan *plan, const struct sy_point *point)
{
	const struct sy_request *r = &point->request;
	double slice = (double)plan->slice_ns, wave, waves;

	if (!r->workload)
		return fmax(slice, contexts_ns(point));
	wave = wave_ns(r);
	waves = sy_subject_waves(point, pus_of(r)) * wave;
	if (waves > SY_WAVES_NS)
		waves = SY_WAVES_NS;
	slice = waves > slice ? waves : slice;
	return wave > slice ? wave : slice;
}

/* The least that one task a lane of sections takes, however many PUs help. */
static double sections_ns(const struct sy_request *r)
{
	long online = sysconf(_SC_NPROCESSORS_ONLN);
	double pus =
		strcmp(r->placement, "one-pu") ? fmax(1, (double)online) : 1;
	double least;

	least = rounds_ns(r) / fmin(pus, r->inflight);
	return sy_request_waits(r) && r->wait_ns ? fmax(least, gate_ns(r))
	                                         : least;
}

int sy_plan_check(const struct sy_plan *plan, struct sy_reason *reason)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct sy_request *r = &plan->points[i].request;
		double least;

		if (!sy_request_has_sections(r))
			continue;
		least = sections_ns(r);
		/* Not even the least is reached: sleeps end late. */
		if (least < (double)plan->limit_ns)
			continue;
		return sy_reason(reason, -EINVAL,
		                 "%s: %u tasks of %u sections take %.0f s at "
		                 "least, and an answer is given %.0f s; ask "
		                 "for fewer sections, less work or waiting in "
		                 "them, or a longer --limit",
		                 plan->points[i].name, r->inflight, r->sections,
		                 least / 1e9, (double)plan->limit_ns / 1e9);
	}
	return 0;
}

/* One slice a point and set, and what must be done to get there. */
static double least_ns(const struct sy_plan *plan)
{
	double sentinels = SENTINEL_SLICES * (double)plan->slice_ns;
	double sum = (double)CALIBRATION_NS;

	sum += (double)sy_plan_group_count(plan) * plan->sets *
	       ((double)GROUP_START_NS + sentinels);
	for (size_t i = 0; i < plan->count; i++) {
		double slice = slice_ns(plan, &plan->points[i]);

		sum += plan->sets * ((double)WORKER_START_NS + slice) +
		       SIZING_SLICES * slice;
	}
	return sum;
}

uint64_t sy_plan_expected_ns(const struct sy_plan *plan)
{
	double least = least_ns(plan), measuring = (double)plan->budget_ns;

	if (measuring < least)
		measuring = least;
	return (uint64_t)measuring + AROUND_NS + ROW_NS * plan->count;
}
