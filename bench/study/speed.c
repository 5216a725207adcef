/* SPDX-License-Identifier: MIT */
/*
 * speed.c - ours beside the bare mechanism or the best peer, in one run.
 *
 * Both sides are points of the same group, so their slices are interleaved
 * and bound alike, and the ratio is of neighbours in time.  A ratio is met
 * where the upper end of its 95 % interval is at or under the limit.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "build_info.h"
#include "engine/measure.h"
#include "engine/worker.h"
#include "host/limits.h"
#include "host/units.h"
#include "results/estimate.h"
#include "results/run.h"
#include "results/summary.h"

enum kind {
	RATIO,    /* ours / peer, at most `limit` (0: only reported) */
	TIME,     /* ns an operation, at most `limit` */
	BATCH,    /* ms for all tasks in flight, at most `limit` */
	PRICE,    /* ns: ours - peer, reported */
	CAPACITY, /* that it runs at all */
};

struct row {
	enum kind kind;
	const char *family;
	const char *ours, *peer; /* model, or model.mechanism for a switch */
	double limit;
	uint32_t inflight, window;
	uint64_t time_ns; /* the grain or the wait */
};

#define CPU(model)                                                             \
	{                                                                      \
		RATIO, "cpu", model, model ".bare", 1.05, 64, 1024, 10000      \
	}
#define IO(model)                                                              \
	{                                                                      \
		RATIO, "io", model, model ".bare", 1.05, 64, 1024, 0           \
	}

static const struct row rows[] = {
	CPU("serial"),
	CPU("threads"),
	CPU("semaphore"),
	CPU("fork"),
	CPU("pool"),
	CPU("coroutine"),
	CPU("eventloop"),
	IO("serial"),
	IO("threads"),
	IO("semaphore"),
	IO("fork"),
	IO("pool"),
	IO("coroutine"),
	IO("eventloop"),
	{ PRICE, "cpu", "serial", "serial.bare", 0, 64, 1024, 0 },
	{ RATIO, "switch", "coroutine.assembly", "bare.boost", 0.5, 1, 1024,
	  0 },
	{ RATIO, "switch", "threads.condition", "bare.condition", 1.02, 1, 1024,
	  0 },
	{ RATIO, "switch", "semaphore.posix", "bare.posix", 1.02, 1, 1024, 0 },
	{ RATIO, "switch", "fork.semaphore", "bare.semaphore", 1.02, 1, 1024,
	  0 },
	{ RATIO, "switch", "pool.futex", "bare.futex", 1.02, 1, 1024, 0 },
	{ TIME, "cpu", "coroutine", NULL, 20, 64, 1024, 0 },
	{ TIME, "cpu", "eventloop", NULL, 20, 64, 1024, 0 },
	{ TIME, "cpu", "threads", NULL, 20, 64, 1024, 0 },
	{ TIME, "cpu", "pool", NULL, 60, 64, 1024, 0 },
	{ TIME, "cpu", "pool", NULL, 8000, 1, 1, 0 },
	{ RATIO, "io", "coroutine", "raw.epoll", 1.03, 64, 1024, 0 },
	{ RATIO, "io", "eventloop.poll", "raw.epoll", 1.05, 64, 1024, 0 },
	{ RATIO, "io", "eventloop", "raw.epoll", 0, 64, 1024, 0 },
	{ BATCH, "wait", "coroutine", NULL, 10.8, 1000, 1024, 10000000 },
	{ BATCH, "wait", "eventloop", NULL, 11.5, 1000, 1024, 10000000 },
	{ CAPACITY, "wait", "coroutine", NULL, 0, 10000, 1024, 10000000 },
	{ CAPACITY, "wait", "eventloop", NULL, 0, 10000, 1024, 10000000 },
	{ CAPACITY, "wait", "threads", NULL, 0, 4000, 1024, 10000000 },
	{ CAPACITY, "wait", "fork", NULL, 0, 2000, 1024, 10000000 },
	{ CAPACITY, "wait", "pool", NULL, 0, 2000, 1024, 10000000 },
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

#define BUDGET_NS UINT64_C(240000000000)
#define SETS 4

struct study {
	struct sy_plan plan;
	struct sy_session session;
	struct sy_topology *topology;
};

static int request_of(struct sy_request *request, const struct row *row,
                      const char *name)
{
	char model[64];
	const char *dot = strrchr(name, '.');

	sy_request_default(request);
	request->inflight = row->inflight;
	request->window = row->window;
	request->grain_ns = request->wait_ns = row->time_ns;
	request->workload = sy_workload_find(row->family);
	if (request->workload) {
		request->model = sy_model_find(name);
		return request->model ? 0 : -ENOENT;
	}
	snprintf(model, sizeof(model), "%.*s", (int)(dot - name), name);
	request->model = sy_model_find(model);
	request->mechanism =
		request->model
			? sy_mechanism_find(request->model, SY_SWITCH, dot + 1)
			: NULL;
	return request->mechanism ? 0 : -ENOENT;
}

static int add(struct study *study, const struct row *row, const char *name)
{
	struct sy_request request;
	int error = name ? request_of(&request, row, name) : 0;

	return name && !error ? sy_plan_add(&study->plan, &request) : error;
}

static const struct sy_result *
result_of(const struct study *study, const struct row *row, const char *name)
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
	for (size_t i = 0; i < ROWS && !error; i++) {
		error = add(study, &rows[i], rows[i].ours);
		if (!error)
			error = add(study, &rows[i], rows[i].peer);
	}
	if (!error)
		error = sy_topology_open(&study->topology);
	if (!error)
		error = sy_session_init(&study->session, plan);
	for (size_t i = 0; i < plan->count && !error; i++)
		error = sy_point_resolve(&plan->points[i], study->topology,
		                         reason);
	return error ? sy_reason(reason, error, "cannot prepare the study: %s",
	                         strerror(-error))
	             : 0;
}

static const char *met(double high, double limit)
{
	return limit <= 0 ? "reported" : high <= limit ? "yes" : "NO";
}

static void print_name(const struct row *row)
{
	char name[64], load[40];

	if (!strcmp(row->family, "switch"))
		snprintf(load, sizeof(load), "switch");
	else
		snprintf(load, sizeof(load), "%s %u", row->family,
		         row->inflight);
	if (row->time_ns) {
		char time[24];

		sy_format_duration(row->time_ns, time, sizeof(time));
		snprintf(load + strlen(load), sizeof(load) - strlen(load),
		         " %s", time);
	}
	snprintf(name, sizeof(name), "%s%s%s", row->ours,
	         row->peer ? " / " : "", row->peer ? row->peer : "");
	printf("%-14s %-33s", load, name);
}

static void print_ratio(const struct row *row, const struct sy_result *ours,
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
	if (row->kind == PRICE) {
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

static void print_time(const struct row *row, const struct sy_result *ours,
                       uint64_t seed)
{
	double scale = row->kind == TIME ? 1 : row->inflight / 1e6;
	const char *unit = row->kind == TIME ? "ns" : "ms";
	struct sy_estimate e;

	if (sy_estimate(ours, SY_TIME, seed, &e)) {
		puts("  not measured");
		return;
	}
	printf(" %8.2f %s (%.2f..%.2f)", e.value * scale, unit, e.low * scale,
	       e.high * scale);
	if (row->kind != CAPACITY)
		printf(" <= %g %s %s", row->limit, unit,
		       met(e.high * scale, row->limit));
	printf("  [%zu]\n", ours->count);
}

static void print_row(const struct study *study, const struct row *row)
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
		print_time(row, ours, study->plan.seed);
}

static void print_all(const struct study *study)
{
	printf("%-14s %-33s %9s %9s ratio (95 %% interval), limit, met "
	       "[slices]\n",
	       "load, one PU", "ours / peer", "ours", "peer");
	for (size_t i = 0; i < ROWS; i++)
		print_row(study, &rows[i]);
	printf("noise: the kernel against itself %.1f %%; %.0f %% of %.0f s "
	       "measuring; %s, %s\n",
	       sy_summary_noise(&study->session) * 100,
	       100.0 * (double)study->session.sliced_ns /
	               (double)study->session.wall_ns,
	       (double)study->session.wall_ns / 1e9, SY_COMPILER, SY_FLAGS);
}

/* What the issue with a tour's figures is: how long, how sure. */
static int print_tour(const char *run)
{
	struct sy_reason reason;
	json_t *results, *point;
	size_t i, all = 0, sure = 0;
	double wall, sliced;

	if (sy_json_read(run, "results.json", &results, &reason)) {
		fprintf(stderr, "switchyard-study: %s\n", reason.text);
		return 2;
	}
	json_array_foreach (json_object_get(results, "points"), i, point) {
		double value, low, high;
		const char *placement;

		if (json_unpack(point, "{s{sf sf sf} s{ss}}", "ns_per_op",
		                "value", &value, "low", &low, "high", &high,
		                "params", "placement", &placement) ||
		    strcmp(placement, "one-pu"))
			continue;
		all++;
		sure += high <= value * 1.05 && low >= value * 0.95;
	}
	wall = json_number_value(json_object_get(results, "wall_ns")) / 1e9;
	sliced = json_number_value(json_object_get(results, "sliced_ns")) / 1e9;
	printf("tour: %.1f s measuring run (under 60), %.0f %% in slices (at "
	       "least 80), %zu of %zu one-PU\npoints within +-5 %% (%.0f %%, "
	       "at least 90), noise %.1f %%\n",
	       wall, 100 * sliced / wall, sure, all,
	       all ? 100.0 * (double)sure / (double)all : 0,
	       100 * json_number_value(json_object_get(
			     json_object_get(results, "sentinel"), "spread")));
	json_decref(results);
	return 0;
}

static int run_study(uint64_t budget_ns, uint64_t seed)
{
	struct study study = { 0 };
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

int main(int argc, char **argv)
{
	uint64_t first = BUDGET_NS, second = 1;

	if (argc == 4 && !strcmp(argv[1], "worker")) {
		if (sy_parse_count(argv[2], &first) ||
		    sy_parse_count(argv[3], &second))
			return 2;
		return sy_worker_serve((int)first, (pid_t)second) ? 1 : 0;
	}
	if (argc == 3 && !strcmp(argv[1], "tour"))
		return print_tour(argv[2]);
	if (argc > 3 || (argc > 1 && sy_parse_duration(argv[1], &first)) ||
	    (argc > 2 && sy_parse_count(argv[2], &second))) {
		fputs("switchyard-study: usage: switchyard-study [BUDGET "
		      "[SEED]], or switchyard-study tour RUN\n",
		      stderr);
		return 2;
	}
	return run_study(first, second);
}
