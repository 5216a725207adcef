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
	struct sy_entrant *entrants; /* SY_SENTINELS + the plan's points */
	uint64_t random;
	uint64_t end_ns;
	struct sy_progress progress;
};

/* Entrants for the points first..end-1 that can run together; how many points
   that covers goes to `*taken`. */
static size_t gather(struct drive *drive, size_t first, size_t end,
                     size_t *taken)
{
	struct sy_session *session = drive->session;
	struct sy_limits limits;
	double tasks = 0, bytes = 0;
	size_t count = SY_SENTINELS, i;

	sy_limits_read(&limits);
	for (i = 0; i < SY_SENTINELS; i++)
		drive->entrants[i] = (struct sy_entrant){
			.point = &drive->sentinel,
			.result = &session->sentinels[i],
			.sentinel = true,
			.told = !sy_result_open(&session->sentinels[i]),
		};
	for (i = first; i < end && count < ENTRANTS_MAX; i++) {
		struct sy_needs needs;

		if (!sy_result_open(&session->points[i]) ||
		    !drive->plan->points[i].where.count)
			continue;
		sy_point_needs(&drive->plan->points[i], &needs);
		tasks += (double)needs.threads + needs.processes;
		bytes += (double)sy_point_memory(&drive->plan->points[i]);
		if (count > SY_SENTINELS &&
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

/*
 * The turns of the points first..end-1, until `end_ns`.  What a driver before
 * this one measured of the set was measured by other processes, so the rest
 * is a set of its own.
 */
static int run_group(struct drive *drive, size_t first, size_t end,
                     uint64_t end_ns, struct sy_reason *reason)
{
	const struct sy_course *course = &drive->session->course;
	int error = 0;

	while (first < end && !error) {
		size_t taken;
		struct sy_turn turn = {
			.plan = drive->plan,
			.hooks = drive->hooks,
			.session = drive->session,
			.entrants = drive->entrants,
			.count = gather(drive, first, end, &taken),
			.first = first,
			.end = first + taken,
			.set = drive->progress.set + course->drivers - 1,
			.random = &drive->random,
			.progress = &drive->progress,
		};
		uint64_t now = sy_clock_ns();

		turn.left_ns = end_ns > now ? end_ns - now : 0;
		/* A group in parts shares its time among them. */
		turn.end_ns =
			now + (uint64_t)((double)turn.left_ns * (double)taken /
		                         (double)(end - first));
		if (turn.count > SY_SENTINELS)
			error = sy_turn_run(&turn, reason);
		first += taken;
	}
	return error;
}

/* One set of every group, in the order of the plan, from `next` on. */
static int run_set(struct drive *drive, unsigned set, size_t next,
                   struct sy_reason *reason)
{
	const struct sy_plan *plan = drive->plan;
	uint64_t left_ns = drive->session->course.left_ns;
	int error = 0;

	drive->progress.set = set;
	drive->progress.group = 0;
	for (size_t i = 0; i < plan->count && !error;) {
		size_t end = sy_plan_group_end(plan, i);
		size_t first = i < next ? next : i;

		drive->progress.group_name = plan->points[i].group;
		if (first < end) {
			uint64_t end_ns =
				left_ns ? sy_clock_ns() + left_ns
					: turn_end(drive, set, first, end);

			error = run_group(drive, first, end, end_ns, reason);
			left_ns = 0;
		}
		drive->progress.group++;
		i = end;
	}
	return error;
}

static int record(struct drive *drive, struct sy_record record,
                  struct sy_reason *reason)
{
	return sy_record_write(&record, drive->plan, drive->hooks,
	                       drive->session, reason);
}

/* Points that a limit would stop are refused before anything is started. */
static int refuse(struct drive *drive, size_t *open, struct sy_reason *reason)
{
	struct sy_limits limits;
	int error = 0;

	*open = 0;
	sy_limits_read(&limits);
	for (size_t i = 0; i < drive->plan->count && !error; i++) {
		struct sy_record state = { .kind = SY_RECORD_STATED,
			                   .point = i,
			                   .state = SY_FAILED };
		struct sy_point *point = &drive->plan->points[i];

		if (!point->where.count ||
		    !sy_result_open(&drive->session->points[i]))
			continue;
		if (sy_point_fits(point, &limits, &state.reason))
			error = record(drive, state, reason);
		else
			++*open;
	}
	return error;
}

/* Every driver of a run means the same by a grain. */
static int calibrate(struct drive *drive, struct sy_reason *reason)
{
	struct sy_record calibrated = { .kind = SY_RECORD_CALIBRATED };
	int error = 0;

	if (drive->session->kernel_round_ns <= 0) {
		error = sy_calibrate(drive->plan, drive->hooks,
		                     &drive->sentinel,
		                     &calibrated.kernel_round_ns, reason);
		if (!error)
			error = record(drive, calibrated, reason);
	}
	if (!error)
		sy_rounds_set(drive->plan, &drive->sentinel,
		              drive->session->kernel_round_ns);
	return error;
}

static int drive_all(struct drive *drive, struct sy_reason *reason)
{
	struct sy_plan *plan = drive->plan;
	struct sy_course *course = &drive->session->course;
	unsigned set = course->set;
	size_t open, next = course->next;
	int error = refuse(drive, &open, reason);

	if (error || !open)
		return error;
	error = sy_sentinel_init(&drive->sentinel, plan);
	if (error)
		return sy_reason(reason, error, "no memory");
	error = calibrate(drive, reason);
	for (; set < plan->sets && !error; set++) {
		error = run_set(drive, set, next, reason);
		next = 0;
	}
	return error;
}

/* Each driver draws its orders from a seed of its own. */
static uint64_t seed_of(const struct sy_plan *plan, unsigned drivers)
{
	uint64_t seed = plan->seed;

	while (drivers-- > 1) {
		uint64_t state = seed;

		seed = sy_random(&state);
	}
	return seed;
}

static void prepare(struct drive *drive)
{
	const struct sy_plan *plan = drive->plan;
	const struct sy_course *course = &drive->session->course;
	uint64_t budget_ns = plan->budget_ns > course->spent_ns
	                             ? plan->budget_ns - course->spent_ns
	                             : 0;

	drive->random = seed_of(plan, course->drivers);
	drive->end_ns = course->begun_ns + budget_ns;
	drive->progress = (struct sy_progress){
		.sets = plan->sets,
		.groups = sy_plan_group_count(plan),
		.begin_ns = course->begun_ns,
		.budget_ns = budget_ns,
	};
}

static int carry_out(struct drive *drive, struct sy_reason *reason)
{
	struct sy_record begun = { .kind = SY_RECORD_BEGUN,
		                   .spent_ns = drive->session->wall_ns };
	struct sy_record ended = { .kind = SY_RECORD_ENDED };
	int told, error = record(drive, begun, reason);

	if (error)
		return error;
	prepare(drive);
	error = drive_all(drive, reason);
	ended.complete = !error;
	if (error && error != -ECANCELED)
		return error;
	told = record(drive, ended, reason);
	return told ? told : error;
}

int sy_measure(struct sy_plan *plan, const struct sy_hooks *hooks,
               struct sy_session *session, struct sy_reason *reason)
{
	struct drive drive = {
		.plan = plan,
		.hooks = hooks,
		.session = session,
	};
	int error = sy_remote_prepare();

	drive.entrants =
		calloc(SY_SENTINELS + plan->count, sizeof(*drive.entrants));
	if (!error && !drive.entrants)
		error = sy_reason(reason, -ENOMEM, "no memory");
	if (!error)
		error = carry_out(&drive, reason);
	sy_point_release(&drive.sentinel);
	free(drive.entrants);
	return error == -ECANCELED ? 0 : error;
}
