/* SPDX-License-Identifier: MIT */
/*
 * sizing.c - how many operations make a slice; see sy_subject_size.
 */
#include "engine/subject_internal.h"

#include <string.h>

#include "engine/batch.h"
#include "engine/param.h"

/* Latencies kept of one slice: 1 MiB. */
#define STAMPS_MAX (UINT64_C(1) << 17)
/*
 * Waves of tasks in a slice: of `cpu`, where there are more lanes than PUs,
 * and of waiting `io`; fewer where so many take longer than SY_WAVES_NS.  A wave that
 * takes long by itself is hardly longer for being filled and drained.
 */
#define CPU_WAVES 4
#define IO_WAVES 8
/* A trial must be this long for its rate to be believed. */
#define TRIAL_NS 2000000
#define TRIALS_AGREEING 3
#define TRIALS_MAX 9
/* What is created first takes no more than so many times what later ones do,
   where that is long. */
#define FIRST_TIMES 8
/* Doublings enough from a task a lane to any count. */
#define GROWTHS_MAX 20

/* Tasks that wait come in waves, one for each time that all lanes are used. */
static bool in_waves(const struct sy_point *point)
{
	return sy_request_waits(&point->request) && point->load.wait_ns;
}

/* Filling the lanes and draining them must weigh little in a slice. */
unsigned sy_subject_waves(const struct sy_point *point, unsigned pus)
{
	const struct sy_request *r = &point->request;

	if (!r->workload)
		return 1;
	if (!strcmp(r->workload->name, "cpu"))
		return r->inflight > pus ? CPU_WAVES : 1;
	return !strcmp(r->workload->name, "io") && in_waves(point) ? IO_WAVES
	                                                           : 1;
}

static uint64_t waves_wanted(const struct sy_point *point)
{
	return sy_subject_waves(point, point->where.count);
}

/* What can be run of its tasks: a multiple of that. */
static struct sy_portion portion_of(const struct sy_point *point)
{
	const struct sy_workload *workload = point->request.workload;
	uint32_t inflight = point->request.inflight;

	if (!workload || !workload->portion)
		return (struct sy_portion){ 1, 1 };
	return workload->portion(&point->load, inflight);
}

static uint64_t divide_up(uint64_t count, uint64_t by)
{
	return (count + by - 1) / by;
}

/* Portions that are a task a lane at least. */
static uint64_t portions_least(const struct sy_point *point)
{
	return divide_up(point->request.inflight, portion_of(point).tasks);
}

uint64_t sy_subject_tasks(const struct sy_point *point, uint64_t operations)
{
	struct sy_portion portion = portion_of(point);

	return divide_up(operations, portion.operations) * portion.tasks;
}

uint64_t sy_subject_whole(const struct sy_point *point, uint64_t operations)
{
	struct sy_portion portion = portion_of(point);

	return divide_up(operations, portion.operations) * portion.operations;
}

uint64_t sy_subject_stamped(const struct sy_point *point, uint64_t tasks)
{
	return divide_up(tasks, UINT64_C(1) << sy_subject_stamp_shift(point));
}

uint32_t sy_subject_stamp_shift(const struct sy_point *point)
{
	const struct sy_workload *workload = point->request.workload;

	return workload ? workload->stamp_shift : 0;
}

uint64_t sy_subject_stamps(const struct sy_point *point)
{
	uint64_t tasks = portions_least(point) * portion_of(point).tasks;
	uint64_t least = sy_subject_stamped(point, tasks * waves_wanted(point));

	if (!sy_point_stamped(point))
		return 0;
	return least > STAMPS_MAX ? least : STAMPS_MAX;
}

/* Rings go around and bursts end: a multiple of their contexts, and even. */
static uint64_t whole_bursts(const struct sy_point *point, uint64_t count)
{
	uint64_t unit = point->request.contexts ? point->request.contexts : 2;

	/* All at once, whatever is asked for. */
	if (sy_point_is(point, SY_IDLE))
		return unit;
	if (sy_point_is(point, SY_SWITCH) && unit % 2)
		unit *= 2;
	return count < unit ? unit : count / unit * unit;
}

/*
 * Whole portions, a task a lane at least.  Tasks that wait come in whole
 * waves, since a last one that is not full would count against the model.
 */
static uint64_t portions_near(const struct sy_point *point, uint64_t count)
{
	uint64_t least = portions_least(point);
	uint64_t portions = count / portion_of(point).operations;

	if (in_waves(point))
		portions = (portions + least / 2) / least * least;
	return portions < least ? least : portions;
}

uint64_t sy_subject_near(const struct sy_point *point, uint64_t count)
{
	if (point->request.mechanism)
		return whole_bursts(point, count);
	return portions_near(point, count) * portion_of(point).operations;
}

uint64_t sy_subject_allowed(const struct sy_subject *s, uint64_t count)
{
	const struct sy_point *point = s->point;
	struct sy_portion portion = portion_of(point);
	uint64_t least = portions_least(point), most, portions;

	if (point->request.mechanism)
		return whole_bursts(point, count);
	portions = portions_near(point, count);
	most = (sy_subject_stamps(point) << sy_subject_stamp_shift(point)) /
	       portion.tasks;
	if (most && portions > most)
		portions = most / least * least;
	return (portions < least ? least : portions) * portion.operations;
}

/* Grows the count until a trial is long enough to tell a rate. */
static int first_rate(struct sy_subject *s, uint64_t *count, double *rate_ns,
                      struct sy_reason *reason)
{
	uint64_t elapsed_ns = 0;
	int error = sy_subject_trial(s, *count, &elapsed_ns, reason);

	while (!error && elapsed_ns < TRIAL_NS / 4) {
		uint64_t next = sy_subject_allowed(s, *count * 4);

		if (next == *count)
			break;
		*count = next;
		error = sy_subject_trial(s, *count, &elapsed_ns, reason);
	}
	*rate_ns = (double)elapsed_ns / (double)*count;
	return error;
}

static uint64_t scaled(const struct sy_subject *s, uint64_t target_ns,
                       double rate_ns)
{
	return sy_subject_allowed(
		s, (uint64_t)((double)target_ns /
	                      (rate_ns > 0.01 ? rate_ns : 0.01)));
}

/*
 * Waking the lanes can take most of a trial that is little more than a task a
 * lane, and says nothing of what a task takes: such a count grows until the
 * slice really is as long as it should be.
 */
static int grow(struct sy_subject *s, uint64_t target_ns, uint64_t trial_count,
                uint64_t *operations, struct sy_reason *reason)
{
	uint64_t least = sy_subject_allowed(s, 1), elapsed_ns = 0;
	int error = 0;

	if (s->batch->inflight == 1 || trial_count > 4 * least ||
	    in_waves(s->point))
		return 0;
	for (int i = 0; i < GROWTHS_MAX && !error; i++) {
		uint64_t next;

		error = sy_subject_trial(s, *operations, &elapsed_ns, reason);
		if (error || elapsed_ns * 4 > target_ns * 3)
			break;
		next = *operations * (elapsed_ns * 2 > target_ns ? 3 : 4) / 2;
		*operations = sy_subject_allowed(s, next);
	}
	return error;
}

/* The waves that are wanted, as far as there is time for them. */
static uint64_t with_waves(const struct sy_subject *s, double rate_ns)
{
	uint64_t wave = sy_subject_allowed(s, 1);
	uint64_t waves = (uint64_t)(SY_WAVES_NS / (rate_ns * (double)wave));

	if (waves > waves_wanted(s->point))
		waves = waves_wanted(s->point);
	return sy_subject_allowed(s, waves * wave);
}

/*
 * Whether there is nothing to find: waiting contexts are as many as were asked
 * for, and what came first of created ones took so long that the least of them
 * is a slice also where later ones take a part of that.
 */
static bool is_known(const struct sy_subject *s, uint64_t target_ns)
{
	return sy_point_is(s->point, SY_IDLE) ||
	       s->first_ns / FIRST_TIMES > target_ns;
}

/* From trials. */
static int find_size(struct sy_subject *s, uint64_t target_ns,
                     uint64_t *operations, struct sy_reason *reason)
{
	double rates[TRIALS_MAX], rate_ns;
	uint64_t count = sy_subject_allowed(s, 1), elapsed_ns;
	int error = first_rate(s, &count, &rate_ns, reason);
	unsigned trials = 1, agreeing = 1;

	rates[0] = rate_ns;
	while (!error && trials < TRIALS_MAX && agreeing < TRIALS_AGREEING) {
		/* A batch that is a slice by itself leaves nothing to size. */
		if (scaled(s, target_ns, rate_ns) == sy_subject_allowed(s, 1))
			break;
		count = scaled(s, TRIAL_NS, rate_ns);
		error = sy_subject_trial(s, count, &elapsed_ns, reason);
		rates[trials] = (double)elapsed_ns / (double)count;
		/* Agreement is with the trial before: the mode of a bimodal
		   point does not matter, three in a row of it do. */
		agreeing = rates[trials] > rate_ns * 0.8 &&
		                           rates[trials] < rate_ns * 1.25
		                   ? agreeing + 1
		                   : 1;
		rate_ns = rates[trials++];
	}
	if (error)
		return error;
	if (agreeing < TRIALS_AGREEING)
		sy_median(rates, trials, &rate_ns);
	*operations = scaled(s, target_ns, rate_ns);
	error = grow(s, target_ns, count, operations, reason);
	if (!error && *operations < with_waves(s, rate_ns))
		*operations = with_waves(s, rate_ns);
	return error;
}

int sy_subject_size(struct sy_subject *s, uint64_t target_ns,
                    uint64_t *operations, struct sy_reason *reason)
{
	int error = sy_subject_first(s, reason);

	if (error)
		return error;
	if (!is_known(s, target_ns))
		return find_size(s, target_ns, operations, reason);
	*operations = sy_subject_allowed(s, 1);
	return 0;
}
