/* SPDX-License-Identifier: MIT */
/*
 * bench_point.c - a point as a Google benchmark; see docs/method.md.
 *
 * An iteration is an operation.  However many are asked for, whole slices are
 * run, as many as it takes, and the time that is reported is that of the
 * iterations asked for at the median of these slices: what results.json calls
 * ns_per_op.  So no figure rests on a piece of work that is too short to be
 * timed, nor on the one slice during which something else ran.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "benchmark_c.h"
#include "build_info.h"
#include "cli/bench.h"
#include "engine/json.h"
#include "results/estimate.h"
#include "results/summary.h"

static void set_per_operation(struct bmc_state *state, const char *name,
                              uint64_t sum, const struct sy_result *taken)
{
	bmc_set_counter(state, name, (double)sum / (double)taken->operations,
	                BMC_COUNTER_DEFAULT);
}

static void set_estimate(struct bmc_state *state, const char *name,
                         const struct sy_result *taken,
                         enum sy_quantity quantity)
{
	double middle;

	if (!sy_estimate_middle(taken, quantity, &middle))
		bmc_set_counter(state, name, middle, BMC_COUNTER_DEFAULT);
}

/* What the results of a run have beside its time. */
static void set_mechanism(struct bmc_state *state,
                          const struct sy_mechanism *mechanism,
                          const struct sy_result *taken)
{
	struct sy_estimate first;

	if (mechanism->alone)
		set_estimate(state, "net_ns", taken, SY_NET);
	if (!sy_estimate_first(taken, 1, &first))
		bmc_set_counter(state, "first_ns", first.value,
		                BMC_COUNTER_DEFAULT);
	if (mechanism->family != SY_IDLE)
		return;
	set_estimate(state, "bytes_per_context", taken, SY_BYTES);
	set_estimate(state, "slab_bytes_per_context", taken, SY_SLAB);
}

/* A reader of two reports compares what an operation found, not a run. */
static void set_findings(struct bmc_state *state, const struct sy_result *taken)
{
	const struct sy_finding *finding = taken->findings;
	char name[SY_FINDING_BYTES];

	for (size_t i = 0; finding[i].name; i++)
		bmc_set_counter(state, sy_finding_share(&finding[i], name),
		                sy_finding_figure(&finding[i], taken->found[i],
		                                  taken->operations),
		                BMC_COUNTER_DEFAULT);
}

static void set_counters(struct bmc_state *state, const struct sy_point *point,
                         const struct sy_result *taken)
{
	bmc_set_items(state, bmc_state_iterations(state));
	bmc_set_counter(state, "slices", (double)taken->count,
	                BMC_COUNTER_DEFAULT);
	set_per_operation(state, "voluntary_per_op", taken->usage.voluntary,
	                  taken);
	set_per_operation(state, "involuntary_per_op", taken->usage.involuntary,
	                  taken);
	/* The work of a grain: what is compared must have the same. */
	if (point->load.rounds)
		bmc_set_counter(state, "rounds", (double)point->load.rounds,
		                BMC_COUNTER_DEFAULT);
	if (point->request.mechanism)
		set_mechanism(state, point->request.mechanism, taken);
	if (taken->findings)
		set_findings(state, taken);
	if (sy_server_limited(point, taken))
		bmc_set_label(state, "server-limited");
}

static void report(struct bmc_state *state, const struct sy_point *point,
                   const struct sy_result *taken)
{
	double iterations = (double)bmc_state_iterations(state), ns;

	if (sy_estimate_middle(taken, SY_TIME, &ns)) {
		bmc_skip(state, strerror(ENOMEM));
		return;
	}
	while (bmc_next(state))
		bmc_set_iteration_time(state, ns * iterations / 1e9);
	bmc_set_cpu_time(state, (double)taken->usage.cpu_ns / 1e9 * iterations /
	                                (double)taken->operations);
	set_counters(state, point, taken);
}

static void note(struct sy_bench_point *point, enum sy_state state,
                 const struct sy_reason *reason)
{
	if (point->state == SY_PLANNED || point->state == SY_MEASURED) {
		point->state = state;
		point->reason = *reason;
	}
}

/*
 * Google Benchmark asks for more and more iterations until they take long
 * enough; each further repetition asks for as many as the last.  So the same
 * number again is a repetition, which gets a worker of its own: only then are
 * repetitions independent of one another, and mean what they mean in
 * results.json.
 */
static void measure(struct bmc_state *state, void *data)
{
	struct sy_bench_point *point = data;
	struct sy_bench *bench = point->bench;
	uint64_t iterations = bmc_state_iterations(state);
	bool fresh = point->iterations == iterations;
	struct sy_result taken;
	struct sy_reason reason;
	int error = sy_demand_take(bench->demand, point->index, iterations,
	                           fresh, &taken, &reason);

	sy_monitor_end(&bench->monitor);
	point->iterations = iterations;
	if (error) {
		bench->error = error;
		bench->reason = reason;
		bmc_stop(state);
	} else {
		note(point, taken.state, &taken.reason);
		if (taken.state == SY_MEASURED)
			report(state, &bench->plan.points[point->index],
			       &taken);
		else if (taken.state == SY_WRONG)
			bmc_reject(state, taken.reason.text);
		else
			bmc_skip(state, taken.reason.text);
	}
	sy_result_free(&taken);
}

int sy_bench_register(struct sy_bench *bench, struct sy_reason *reason)
{
	int error = 0;

	bench->points = calloc(bench->plan.count, sizeof(*bench->points));
	if (!bench->points)
		return sy_reason(reason, -ENOMEM, "no memory");
	for (size_t i = 0; i < bench->plan.count && !error; i++) {
		struct bmc_benchmark *benchmark;
		const char *name = bench->plan.points[i].name;

		bench->points[i].bench = bench;
		bench->points[i].index = i;
		error = bmc_register(name, measure, &bench->points[i],
		                     &benchmark);
		if (!error)
			error = bmc_use_clock(benchmark, BMC_MANUAL_TIME);
		if (error)
			sy_reason(reason, error, "cannot register %s: %s", name,
			          strerror(-error));
	}
	return error;
}

/* What harms the figures here, in one line; `doctor` says more. */
static void join_warnings(const json_t *machine, char *text, size_t bytes)
{
	const json_t *findings = json_object_get(machine, "findings");
	size_t i, used = 0;
	json_t *finding;

	text[0] = '\0';
	json_array_foreach ((json_t *)findings, i, finding) {
		const char *name, *level, *value = "not known";
		int length;

		if (json_unpack(finding, "{ss ss s?s}", "name", &name, "level",
		                &level, "value", &value) ||
		    strcmp(level, "warning"))
			continue;
		length = snprintf(text + used, bytes - used, "%s%s: %s",
		                  used ? "; " : "", name, value);
		if (length < 0 || used + (size_t)length >= bytes)
			break;
		used += (size_t)length;
	}
}

int sy_bench_context(const struct sy_bench *bench)
{
	char warnings[2000];
	const char *const lines[][2] = {
		{ "switchyard_version", SY_VERSION },
		{ "switchyard_commit", SY_GIT_COMMIT },
		{ "switchyard_build_type", SY_BUILD_TYPE },
		{ "switchyard_compiler", SY_COMPILER },
		{ "machine_id", bench->machine_id },
		{ "cpu_model",
		  sy_json_text_in(bench->machine, "cpu", "model") },
		{ "kernel",
		  sy_json_text_in(bench->machine, "kernel", "release") },
		{ "warnings", warnings },
	};
	int error = 0;

	join_warnings(bench->machine, warnings, sizeof(warnings));
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (lines[i][1][0] && !error)
			error = bmc_add_context(lines[i][0], lines[i][1]);
	return error;
}
