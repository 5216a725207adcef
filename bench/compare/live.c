/* SPDX-License-Identifier: MIT */
/*
 * live.c - see live.h.
 *
 * Passes over the points that are still open, within a budget.
 */
#include "compare/live_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "compare/judge.h"
#include "host/limits.h"

/*
 * Known only of what has been visited: its last visit.  What has not been is
 * visited behind the end, too, but not for ever: sides that hang take their
 * limit at each point.
 */
static bool fits(const struct sy_live_run *run, size_t index)
{
	uint64_t cost_ns = run->points[index].cost_ns, now_ns = sy_clock_ns();

	if (!cost_ns)
		return now_ns <= run->end_ns + run->live->plan->limit_ns +
		                         SY_HELLO_MS * UINT64_C(1000000);
	return now_ns + cost_ns <= run->end_ns;
}

static bool is_open(const struct sy_live_run *run, size_t index)
{
	const struct sy_compared *c = &run->comparison->points[index];

	return !run->points[index].narrow &&
	       (c->outcome == SY_OUTCOME_PLANNED ||
	        c->outcome == SY_OUTCOME_COMPARED);
}

/* Whether another visit would tell nothing that is worth its time. */
static int look(struct sy_live_run *run, size_t index, struct sy_reason *reason)
{
	const struct sy_compared *c = &run->comparison->points[index];
	struct sy_finding_gate gate;
	int error;

	if (c->outcome != SY_OUTCOME_COMPARED || run->live->width <= 0 ||
	    c->sets < run->sets)
		return 0;
	error = sy_judge_time(c->pairs, c->pair_count, &gate);
	if (error == -ENODATA)
		return 0;
	if (error)
		return sy_reason(reason, error, "%s: cannot be judged: %s",
		                 c->name, strerror(-error));
	run->points[index].narrow =
		(gate.ratio.high - gate.ratio.low) / 2 <= run->live->width;
	return 0;
}

static int visit(struct sy_live_run *run, size_t index,
                 struct sy_reason *reason)
{
	uint64_t begin_ns = sy_clock_ns();
	int error;

	run->progress.group_name = run->live->plan->points[index].name;
	error = sy_live_visit(run, index, reason);
	if (!error)
		error = look(run, index, reason);
	run->points[index].cost_ns = sy_clock_ns() - begin_ns;
	run->progress.group++;
	return error;
}

/* As many passes as there were, and those that are as long as the last one. */
static void guess_passes(struct sy_live_run *run, uint64_t begin_ns)
{
	uint64_t now = sy_clock_ns();
	uint64_t left_ns = now < run->end_ns ? run->end_ns - now : 0;

	run->progress.set++;
	run->progress.sets = run->progress.set + 1 +
	                     (unsigned)(left_ns / (now - begin_ns + 1));
}

/* The open points in an order of their own; `*visits`: how many had one. */
static int pass(struct sy_live_run *run, uint32_t *order, size_t *visits,
                struct sy_reason *reason)
{
	uint64_t begin_ns = sy_clock_ns();
	size_t count = 0;
	int error = 0;

	for (size_t i = 0; i < run->comparison->count; i++)
		if (is_open(run, i))
			order[count++] = (uint32_t)i;
	sy_shuffle(order, count, &run->random);
	run->progress.group = 0;
	run->progress.groups = count;
	*visits = 0;
	for (size_t i = 0; i < count && !error; i++) {
		if (!fits(run, order[i]))
			continue;
		error = visit(run, order[i], reason);
		++*visits;
	}
	guess_passes(run, begin_ns);
	return error;
}

static int go_around(struct sy_live_run *run, struct sy_reason *reason)
{
	uint32_t *order = calloc(run->comparison->count + 1, sizeof(*order));
	size_t visits = 1;
	int error = order ? 0 : sy_reason(reason, -ENOMEM, "no memory");

	while (!error && visits)
		error = pass(run, order, &visits, reason);
	free(order);
	return error;
}

/* Points that a limit would stop are refused before anything is started; the
   number of those that are not.  What they gate by decides how many sets each
   of them needs. */
static size_t refuse(struct sy_live_run *run)
{
	const struct sy_plan *plan = run->live->plan;
	struct sy_limits limits;
	size_t open = 0, gates = 0;

	sy_limits_read(&limits);
	for (size_t i = 0; i < plan->count; i++) {
		struct sy_compared *c = &run->comparison->points[i];

		c->is_handoff = sy_point_is(&plan->points[i], SY_SWITCH);
		if (c->outcome != SY_OUTCOME_PLANNED)
			continue;
		if (sy_point_fits(&plan->points[i], &limits, &c->reason)) {
			c->outcome = SY_OUTCOME_FAILED;
			continue;
		}
		open++;
		gates += c->is_handoff ? SY_GATES : 1;
	}
	run->sets = sy_judge_sets(gates, run->comparison->rule.alpha);
	return open;
}

static int measure(struct sy_live_run *run, struct sy_reason *reason)
{
	int error = sy_live_sides(run, reason);

	if (error || !refuse(run))
		return error;
	error = sy_live_sentinel_start(run, reason);
	if (!error)
		error = go_around(run, reason);
	sy_live_sentinel_end(run);
	return error;
}

/* 0 where too few lie beyond it. */
static double percentile(const struct sy_histogram *latencies, double share)
{
	uint64_t value;

	if (!latencies || sy_histogram_percentile(latencies, share, &value))
		return 0;
	return (double)value;
}

/* What the pairs do not hold. */
static int show(struct sy_live_run *run, size_t index)
{
	for (int i = 0; i < SY_SIDES; i++) {
		const struct sy_result *result = &run->points[index].results[i];
		struct sy_shown *shown =
			&run->comparison->points[index].shown[i];
		double *bytes = calloc(result->count + 1, sizeof(*bytes));
		int error = bytes ? 0 : -ENOMEM;

		for (size_t j = 0; j < result->count && !error; j++)
			bytes[j] = result->samples[j].bytes;
		if (!error && result->count)
			error = sy_median(bytes, result->count, &shown->bytes);
		free(bytes);
		if (error)
			return error;
		shown->latency_p50_ns = percentile(result->latencies, 0.5);
		shown->latency_p99_ns = percentile(result->latencies, 0.99);
	}
	return 0;
}

static int finish(struct sy_live_run *run, struct sy_reason *reason)
{
	struct sy_comparison *comparison = run->comparison;
	int error = 0;

	comparison->wall_ns = sy_clock_ns() - run->begin_ns;
	for (size_t i = 0; i < comparison->count && !error; i++)
		error = show(run, i);
	if (!error)
		error = sy_judge(comparison);
	return error ? sy_reason(reason, error, "cannot be judged: %s",
	                         strerror(-error))
	             : 0;
}

static int hello_ms(const struct sy_plan *plan)
{
	uint64_t limit_ms = plan->limit_ns / 1000000;

	return limit_ms < SY_HELLO_MS ? (int)limit_ms : SY_HELLO_MS;
}

static void prepare(struct sy_live_run *run)
{
	const struct sy_plan *plan = run->live->plan;
	struct sy_comparison *comparison = run->comparison;

	run->begin_ns = sy_clock_ns();
	run->end_ns = run->begin_ns + plan->budget_ns;
	run->random = plan->seed;
	run->progress = (struct sy_progress){ .sets = 1,
		                              .begin_ns = run->begin_ns,
		                              .budget_ns = plan->budget_ns };
	for (int i = 0; i < SY_SIDES; i++)
		run->hooks[i] = (struct sy_hooks){
			.program = run->live->programs[i],
			.cancel_fd = run->live->cancel_fd,
			.sink = true,
			.hello_ms = hello_ms(plan),
		};
	comparison->live = true;
	comparison->seed = plan->seed;
	comparison->budget_ns = plan->budget_ns;
}

/* Where the caller has not said how it was called. */
static int name_sides(struct sy_live_run *run)
{
	for (int i = 0; i < SY_SIDES; i++) {
		struct sy_compared_side *side = &run->comparison->sides[i];

		if (!side->path)
			side->path = strdup(run->live->programs[i]);
		if (!side->path)
			return -ENOMEM;
	}
	return 0;
}

static int open_run(struct sy_live_run *run, struct sy_reason *reason)
{
	int error;

	prepare(run);
	error = sy_remote_prepare();
	if (error)
		return sy_reason(reason, error,
		                 "cannot prepare for workers: %s",
		                 strerror(-error));
	run->slices = calloc(SY_SIDES, sizeof(*run->slices));
	run->points = calloc(run->comparison->count + 1, sizeof(*run->points));
	if (!run->slices || !run->points || name_sides(run))
		return sy_reason(reason, -ENOMEM, "no memory");
	return 0;
}

static void close_run(struct sy_live_run *run)
{
	for (size_t i = 0; run->points && i < run->comparison->count; i++)
		for (int j = 0; j < SY_SIDES; j++)
			sy_result_free(&run->points[i].results[j]);
	free(run->points);
	free(run->slices);
}

int sy_compare_live(const struct sy_live *live,
                    struct sy_comparison *comparison, struct sy_reason *reason)
{
	struct sy_live_run run = { .live = live, .comparison = comparison };
	int error = open_run(&run, reason);

	if (!error)
		error = measure(&run, reason);
	if (error == -ECANCELED) {
		comparison->interrupted = true;
		error = 0;
	}
	if (!error)
		error = finish(&run, reason);
	close_run(&run);
	return error;
}
