/* SPDX-License-Identifier: MIT */
/*
 * measure.c - sets over groups over rounds, within a budget; see measure.h.
 *
 * The sets are the outer loop, so that the sets of one group lie minutes
 * apart, as far as the budget has minutes, and drift shows as disagreement.
 */
#include "engine/measure.h"

#include <errno.h>
#include <stdlib.h>

#include "engine/calibrate.h"
#include "engine/turn.h"
#include "host/limits.h"

#define SENTINELS 2
/* The part of free tasks and of free memory that a group may take. */
#define FREE_SHARE 0.8
/* Workers alive at once; each is a process with a socket of the driver's. */
#define ENTRANTS_MAX 64
/* What starting and ending a worker takes in a turn, about. */
#define START_NS 15000000

struct drive {
	struct sy_plan *plan;
	const struct sy_hooks *hooks;
	struct sy_session *session;
	struct sy_point sentinel;
	struct sy_entrant *entrants; /* SENTINELS + the plan's points */
	uint64_t random;
	uint64_t end_ns;
	struct sy_progress progress;
	uint64_t begin_ns;
};

int sy_session_init(struct sy_session *session, const struct sy_plan *plan)
{
	*session = (struct sy_session){ 0 };
	session->points =
		calloc(plan->count ? plan->count : 1, sizeof(*session->points));
	return session->points ? 0 : -ENOMEM;
}

void sy_session_free(struct sy_session *session, const struct sy_plan *plan)
{
	for (size_t i = 0; session->points && i < plan->count; i++)
		sy_result_free(&session->points[i]);
	for (int i = 0; i < SENTINELS; i++)
		sy_result_free(&session->sentinels[i]);
	free(session->points);
	session->points = NULL;
}

/* Entrants for the points first..end-1 that can run together; how many points
   that covers goes to `*taken`. */
static size_t gather(struct drive *drive, size_t first, size_t end,
                     size_t *taken)
{
	struct sy_session *session = drive->session;
	struct sy_limits limits;
	double tasks = 0, bytes = 0;
	size_t count = SENTINELS, i;

	sy_limits_read(&limits);
	for (i = 0; i < SENTINELS; i++)
		drive->entrants[i] = (struct sy_entrant){
			.point = &drive->sentinel,
			.result = &session->sentinels[i],
			.sentinel = true,
		};
	for (i = first; i < end && count < ENTRANTS_MAX; i++) {
		struct sy_needs needs;

		if (!sy_result_open(&session->points[i]) ||
		    !drive->plan->points[i].where.count)
			continue;
		sy_point_needs(&drive->plan->points[i], &needs);
		tasks += (double)needs.threads + needs.processes;
		bytes += (double)sy_point_memory(&drive->plan->points[i]);
		if (count > SENTINELS &&
		    (tasks > FREE_SHARE * (double)limits.tasks_free ||
		     bytes > FREE_SHARE * (double)limits.memory_free))
			break;
		drive->entrants[count++] = (struct sy_entrant){
			.point = &drive->plan->points[i],
			.result = &session->points[i],
		};
	}
	*taken = i - first;
	return count;
}

/* What a group still takes of the budget in relation to others: the sum of
   what its points' slices cost, as far as that is known. */
static double weight(const struct drive *drive, size_t first, size_t end)
{
	double sum = START_NS;

	for (size_t i = first; i < end; i++) {
		const struct sy_result *result = &drive->session->points[i];
		double slice_ns = (double)drive->plan->slice_ns;
		double cost = slice_ns;

		if (!sy_result_open(result) ||
		    !drive->plan->points[i].where.count)
			continue;
		if (result->count)
			cost = (double)result->elapsed_ns /
			       (double)result->count;
		sum += START_NS / 3 +
		       (cost > SY_DEAR * slice_ns ? SY_DEAR * slice_ns : cost);
	}
	return sum;
}

static double weight_from(const struct drive *drive, size_t first)
{
	double sum = 0;

	for (size_t i = first; i < drive->plan->count;) {
		size_t end = sy_plan_group_end(drive->plan, i);

		sum += weight(drive, i, end);
		i = end;
	}
	return sum;
}

/* The end of the turn that begins now: its part of what is left. */
static uint64_t turn_end(const struct drive *drive, unsigned set, size_t first,
                         size_t end)
{
	uint64_t now = sy_clock_ns();
	double left, later;

	if (now >= drive->end_ns)
		return now;
	left = (double)(drive->end_ns - now);
	later = weight_from(drive, first) +
	        weight_from(drive, 0) * (drive->plan->sets - 1 - set);
	return now + (uint64_t)(left * weight(drive, first, end) / later);
}

static int run_group(struct drive *drive, unsigned set, size_t first,
                     size_t end, struct sy_reason *reason)
{
	uint64_t end_ns = turn_end(drive, set, first, end);
	int error = 0;

	while (first < end && !error) {
		size_t taken;
		struct sy_turn turn = {
			.plan = drive->plan,
			.hooks = drive->hooks,
			.session = drive->session,
			.entrants = drive->entrants,
			.count = gather(drive, first, end, &taken),
			.set = set,
			.random = &drive->random,
			.progress = &drive->progress,
		};
		uint64_t now = sy_clock_ns();
		uint64_t left = end_ns > now ? end_ns - now : 0;

		/* A group in parts shares its time among them. */
		turn.end_ns = now + left * taken / (end - first);
		if (turn.count > SENTINELS)
			error = sy_turn_run(&turn, reason);
		first += taken;
	}
	return error;
}

/* One set of every group, in the order of the plan. */
static int run_set(struct drive *drive, unsigned set, struct sy_reason *reason)
{
	const struct sy_plan *plan = drive->plan;
	int error = 0;

	drive->progress.set = set;
	drive->progress.group = 0;
	for (size_t i = 0; i < plan->count && !error;) {
		size_t end = sy_plan_group_end(plan, i);

		drive->progress.group_name = plan->points[i].group;
		error = run_group(drive, set, i, end, reason);
		drive->progress.group++;
		i = end;
	}
	return error;
}

/* Points that a limit would stop are refused before anything is started. */
static size_t refuse(struct drive *drive)
{
	struct sy_limits limits;
	size_t open = 0;

	sy_limits_read(&limits);
	for (size_t i = 0; i < drive->plan->count; i++) {
		struct sy_reason reason;
		struct sy_point *point = &drive->plan->points[i];

		if (!point->where.count)
			continue;
		if (sy_point_fits(point, &limits, &reason))
			sy_result_fail(&drive->session->points[i], SY_FAILED,
			               &reason);
		open += sy_result_open(&drive->session->points[i]);
	}
	return open;
}

static int drive_all(struct drive *drive, struct sy_reason *reason)
{
	struct sy_plan *plan = drive->plan;
	int error;

	if (!refuse(drive))
		return 0;
	error = sy_sentinel_init(&drive->sentinel, plan);
	if (error)
		return sy_reason(reason, error, "no memory");
	error = sy_calibrate(plan, drive->hooks, &drive->sentinel,
	                     &drive->session->kernel_round_ns, reason);
	if (error)
		return error;
	sy_rounds_set(plan, &drive->sentinel, drive->session->kernel_round_ns);
	for (unsigned set = 0; set < plan->sets && !error; set++)
		error = run_set(drive, set, reason);
	return error;
}

int sy_measure(struct sy_plan *plan, const struct sy_hooks *hooks,
               struct sy_session *session, struct sy_reason *reason)
{
	struct drive drive = {
		.plan = plan,
		.hooks = hooks,
		.session = session,
		.random = plan->seed,
		.begin_ns = sy_clock_ns(),
	};
	int error = sy_remote_prepare();

	drive.end_ns = drive.begin_ns + plan->budget_ns;
	drive.progress = (struct sy_progress){
		.sets = plan->sets,
		.groups = sy_plan_group_count(plan),
		.begin_ns = drive.begin_ns,
		.budget_ns = plan->budget_ns,
	};
	drive.entrants =
		calloc(SENTINELS + plan->count, sizeof(*drive.entrants));
	if (!error && !drive.entrants)
		error = sy_reason(reason, -ENOMEM, "no memory");
	if (!error)
		error = drive_all(&drive, reason);
	session->wall_ns = sy_clock_ns() - drive.begin_ns;
	session->interrupted = error == -ECANCELED;
	sy_point_release(&drive.sentinel);
	free(drive.entrants);
	return error == -ECANCELED ? 0 : error;
}
