/* SPDX-License-Identifier: MIT */
/* study.c - see study.h. */
#include "study/study.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "build_info.h"
#include "engine/measure.h"
#include "host/limits.h"
#include "host/units.h"
#include "results/estimate.h"
#include "results/summary.h"

#define SETS 4

struct study {
	const struct sy_row *rows;
	size_t count;
	struct sy_plan plan;
	struct sy_session session;
	struct sy_topology *topology;
};

/* "threads.condition" of a family of mechanisms. */
static int mechanism_of(struct sy_request *request, const struct sy_row *row,
                        const char *name)
{
	const char *dot = strrchr(name, '.');
	char model[64];

	request->inflight = 1;
	request->contexts = row->contexts;
	snprintf(model, sizeof(model), "%.*s", (int)(dot - name), name);
	request->model = sy_model_find(model);
	for (enum sy_family f = SY_SWITCH; f <= SY_IDLE; f++)
		if (request->model && !strcmp(row->family, sy_family_name(f)))
			request->mechanism =
				sy_mechanism_find(request->model, f, dot + 1);
	return request->mechanism ? 0 : -ENOENT;
}

static int request_of(struct sy_request *request, const struct sy_row *row,
                      const char *name)
{
	sy_request_default(request);
	request->workload = sy_workload_find(row->family);
	if (!request->workload)
		return mechanism_of(request, row, name);
	request->inflight = row->inflight;
	request->window = row->window;
	request->grain_ns = request->wait_ns = row->time_ns;
	request->model = sy_model_find(name);
	return request->model ? 0 : -ENOENT;
}

/* What this build does not have becomes a row that says so. */
static int add(struct study *study, const struct sy_row *row, const char *name)
{
	struct sy_request request;

	if (!name || request_of(&request, row, name))
		return 0;
	return sy_plan_add(&study->plan, &request);
}

static const struct sy_result *
result_of(const struct study *study, const struct sy_row *row, const char *name)
{
	struct sy_point point = { 0 };

	if (request_of(&point.request, row, name) || sy_point_name(&point))
		return NULL;
	for (size_t i = 0; i < study->plan.count; i++)
		if (!strcmp(study->plan.points[i].name, point.name))
			return &study->session.points[i];
	return NULL;
}

static int discard(void *data, json_t *sample, struct sy_reason *reason)
{
	(void)data;
	(void)reason;
	json_decref(sample);
	return 0;
}

static int show(void *data, const struct sy_progress *progress)
{
	(void)data;
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r\033[Kset %u of %u: %.60s",
		        progress->set + 1, progress->sets,
		        progress->group_name);
	return 0;
}

/* A point that is not here takes no part, and its row says why. */
static int resolve(struct study *study, size_t i, struct sy_reason *reason)
{
	int error = sy_point_resolve(&study->plan.points[i], study->topology,
	                             reason);

	if (error == -ENODEV)
		sy_result_fail(&study->session.points[i], SY_ABSENT, reason);
	return error == -ENODEV ? 0 : error;
}

static int prepare(struct study *study, uint64_t budget_ns, uint64_t seed,
                   struct sy_reason *reason)
{
	struct sy_plan *plan = &study->plan;
	int error = 0;

	sy_limits_raise();
	sy_plan_init(plan);
	plan->sets = SETS;
	plan->budget_ns = budget_ns;
	plan->seed = seed;
	for (size_t i = 0; i < study->count && !error; i++) {
		const struct sy_row *row = &study->rows[i];

		error = add(study, row, row->ours);
		if (!error)
			error = add(study, row, row->peer);
	}
	if (!error)
		error = sy_topology_open(&study->topology);
	if (!error)
		error = sy_session_init(&study->session, plan);
	for (size_t i = 0; i < plan->count && !error; i++)
		error = resolve(study, i, reason);
	return error ? sy_reason(reason, error, "cannot prepare the study: %s",
	                         strerror(-error))
	             : 0;
}

static const char *met(double high, double limit)
{
	return limit <= 0 ? "reported" : high <= limit ? "yes" : "NO";
}

static void print_name(const struct sy_row *row)
{
	char name[64], load[40];
	uint32_t number = row->inflight ? row->inflight : row->contexts;

	snprintf(load, sizeof(load), "%s", row->family);
	if (number)
		snprintf(load + strlen(load), sizeof(load) - strlen(load),
		         " %u", number);
	if (row->time_ns) {
		char time[24];

		sy_format_duration(row->time_ns, time, sizeof(time));
		snprintf(load + strlen(load), sizeof(load) - strlen(load),
		         " %s", time);
	}
	snprintf(name, sizeof(name), "%s%s%s", row->ours,
	         row->peer ? " / " : "", row->peer ? row->peer : "");
	printf("%-14s %-35s", load, name);
}

static void print_ratio(const struct sy_row *row, const struct sy_result *ours,
                        const struct sy_result *peer, uint64_t seed)
{
	struct sy_estimate a, b, ratio;
	char one[24], two[24];

	if (!peer || sy_estimate(ours, SY_TIME, seed, &a) ||
	    sy_estimate(peer, SY_TIME, seed, &b) ||
	    sy_estimate_ratio(ours, peer, SY_TIME, seed, &ratio)) {
		puts("  not measured");
		return;
	}
	sy_format_ns(a.value, (a.high - a.low) / 2, one, sizeof(one));
	sy_format_ns(b.value, (b.high - b.low) / 2, two, sizeof(two));
	if (row->kind == SY_ROW_PRICE) {
		printf(" %9s %9s  %.2f ns an op\n", one, two,
		       a.value - b.value);
		return;
	}
	printf(" %9s %9s %6.3f (%.3f..%.3f)", one, two, ratio.value, ratio.low,
	       ratio.high);
	if (row->limit > 0)
		printf(" <= %-5.2f %s", row->limit,
		       met(ratio.high, row->limit));
	else
		fputs(" reported", stdout);
	printf("  [%zu]\n", ours->count);
}

/* What one figure is a multiple of, and the unit that it is printed in. */
static double scale_of(const struct sy_row *row, const char **unit)
{
	*unit = "ns";
	if (row->kind == SY_ROW_TIME)
		return 1;
	if (row->kind == SY_ROW_MEMORY) {
		*unit = "KiB";
		return 1.0 / 1024;
	}
	*unit = "ms";
	return row->inflight / 1e6;
}

static void print_figure(const struct sy_row *row, const struct sy_result *ours,
                         uint64_t seed)
{
	const char *unit;
	double scale = scale_of(row, &unit);
	enum sy_quantity quantity =
		row->kind == SY_ROW_MEMORY ? SY_BYTES : SY_TIME;
	struct sy_estimate e;

	if (sy_estimate(ours, quantity, seed, &e)) {
		puts("  not measured");
		return;
	}
	printf(" %8.2f %s (%.2f..%.2f)", e.value * scale, unit, e.low * scale,
	       e.high * scale);
	if (row->kind != SY_ROW_CAPACITY)
		printf(" <= %g %s %s", row->limit, unit,
		       met(e.high * scale, row->limit));
	printf("  [%zu]%s%s\n", ours->count, *ours->detail ? " " : "",
	       ours->detail);
}

static void print_row(const struct study *study, const struct sy_row *row)
{
	const struct sy_result *ours = result_of(study, row, row->ours);
	const struct sy_result *peer =
		row->peer ? result_of(study, row, row->peer) : NULL;

	print_name(row);
	if (!ours || ours->state != SY_MEASURED)
		printf("  ours: %s\n", ours ? ours->reason.text : "no result");
	else if (peer && peer->state != SY_MEASURED)
		printf("  peer: %s\n", peer->reason.text);
	else if (row->peer)
		print_ratio(row, ours, peer, study->plan.seed);
	else
		print_figure(row, ours, study->plan.seed);
}

static void print_all(const struct study *study)
{
	printf("%-14s %-35s %9s %9s ratio (95 %% interval), limit, met "
	       "[slices]\n",
	       "load, one PU", "ours / peer", "ours", "peer");
	for (size_t i = 0; i < study->count; i++)
		print_row(study, &study->rows[i]);
	printf("noise: the kernel against itself %.1f %%; %.0f %% of %.0f s "
	       "measuring; %s, %s\n",
	       sy_summary_noise(&study->session) * 100,
	       100.0 * (double)study->session.sliced_ns /
	               (double)study->session.wall_ns,
	       (double)study->session.wall_ns / 1e9, SY_COMPILER, SY_FLAGS);
}

int sy_study_run(const struct sy_row *rows, size_t count, uint64_t budget_ns,
                 uint64_t seed)
{
	struct study study = { .rows = rows, .count = count };
	struct sy_reason reason;
	struct sy_hooks hooks = {
		.program = "/proc/self/exe",
		.cancel_fd = -1,
		.journal = discard,
		.progress = show,
	};
	int error = prepare(&study, budget_ns, seed, &reason);

	if (!error)
		error = sy_measure(&study.plan, &hooks, &study.session,
		                   &reason);
	if (isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
	if (error)
		fprintf(stderr, "switchyard-study: %s\n", reason.text);
	else
		print_all(&study);
	sy_session_free(&study.session, &study.plan);
	sy_plan_free(&study.plan);
	if (study.topology)
		sy_topology_close(study.topology);
	return error ? 4 : 0;
}
