/* SPDX-License-Identifier: MIT */
/* summary.c - one object a point, one a group; see summary.h. */
#include "results/summary.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "engine/protocol.h"
#include "host/machine.h"
#include "results/estimate.h"
#include "results/gbench.h"
#include "results/summary_parts.h"
#include "stats/stats.h"

/* Operations a second from nanoseconds an operation: the ends change places. */
static json_t *rate_json(const struct sy_estimate *ns)
{
	struct sy_estimate rate = { 1e9 / ns->value, 1e9 / ns->high,
		                    1e9 / ns->low };

	return sy_estimate_json(&rate);
}

static json_t *params_json(const struct sy_point *point)
{
	const struct sy_request *r = &point->request;
	json_t *params =
		json_pack("{ss si sb}", "placement", r->placement, "pu_count",
	                  (int)point->where.count, "hold_awake", r->hold_awake);

	if (r->mechanism)
		sy_summary_setting(params, point);
	else
		sy_summary_load(params, point);
	return params;
}

static unsigned sets_of(const struct sy_result *result)
{
	unsigned sets = 0;

	for (size_t i = 0; i < result->count; i++)
		sets += !i ||
		        result->samples[i].set != result->samples[i - 1].set;
	return sets;
}

static void add_counts(json_t *json, const struct sy_result *result)
{
	double operations = (double)result->operations;

	sy_summary_set(json, "slices", json_integer((json_int_t)result->count));
	sy_summary_set(json, "sets", json_integer(sets_of(result)));
	sy_summary_set(json, "dropped", json_integer(result->dropped));
	sy_summary_set(json, "operations",
	               json_integer((json_int_t)result->operations));
	sy_summary_set(json, "slice_operations",
	               json_integer((json_int_t)result->slice_operations));
	sy_summary_set(
		json, "switches_per_op",
		json_pack("{sf sf}", "voluntary",
	                  (double)result->usage.voluntary / operations,
	                  "involuntary",
	                  (double)result->usage.involuntary / operations));
	sy_summary_set(json, "cpu_ns_per_op",
	               json_real((double)result->usage.cpu_ns / operations));
	sy_summary_set(json, "migrations",
	               json_integer((json_int_t)result->migrations));
	sy_summary_set(json, "pus_visited",
	               sy_visited_to_json(result->visited));
}

static void add_estimates(json_t *json, const struct sy_plan *plan,
                          const struct sy_point *point,
                          const struct sy_result *result)
{
	struct sy_estimate e;
	double lower, upper;
	int bimodal;

	if (!sy_estimate(result, SY_TIME, plan->seed, &e)) {
		sy_summary_set(json, "ns_per_op", sy_estimate_json(&e));
		sy_summary_set(json, "ops_per_s", rate_json(&e));
	}
	if (point->request.mechanism)
		sy_summary_mechanism(json, point, result, plan->seed);
	if (!sy_estimate_modes(result, &bimodal, &lower, &upper) && bimodal)
		sy_summary_set(
			json, "modes",
			json_pack("{sf sf}", "lower", lower, "upper", upper));
}

/* The serial point of the group that starts at `first`, or NULL. */
static const struct sy_result *serial_of(const struct sy_plan *plan,
                                         const struct sy_session *session,
                                         size_t first)
{
	size_t end = sy_plan_group_end(plan, first);

	for (size_t i = first; i < end; i++)
		if (plan->points[i].request.workload &&
		    !strcmp(plan->points[i].request.model->name, "serial") &&
		    session->points[i].state == SY_MEASURED)
			return &session->points[i];
	return NULL;
}

/* Against the plain loop on every PU of the placement: what could be had. */
static void add_efficiency(json_t *json, const struct sy_plan *plan,
                           const struct sy_point *point,
                           const struct sy_result *result,
                           const struct sy_result *serial)
{
	struct sy_estimate e;
	double pus = point->where.count;

	if (!serial || strcmp(sy_point_family(point), "cpu") ||
	    sy_estimate_ratio(serial, result, SY_TIME, plan->seed, &e))
		return;
	e = (struct sy_estimate){ e.value / pus, e.low / pus, e.high / pus };
	sy_summary_set(json, "efficiency", sy_estimate_json(&e));
}

static void label(const struct sy_point *point, char *text, size_t bytes)
{
	const struct sy_request *r = &point->request;

	if (r->mechanism)
		snprintf(text, bytes, "%s, %s", r->model->name,
		         r->mechanism->summary);
	else if (r->workload->ways)
		snprintf(text, bytes, "%s, %s", r->model->name,
		         r->workload->ways[r->way].summary);
	else
		snprintf(text, bytes, "%s", r->model->name);
}

static json_t *point_json(const struct sy_plan *plan,
                          const struct sy_point *point,
                          const struct sy_result *result,
                          const struct sy_result *serial)
{
	const struct sy_request *r = &point->request;
	char text[120];
	json_t *json;

	label(point, text, sizeof(text));
	json = json_pack("{ss ss ss ss ss* ss so ss}", "name", point->name,
	                 "group", point->group, "family",
	                 sy_point_family(point), "model", r->model->name,
	                 "mechanism", sy_request_mechanism(r), "label", text,
	                 "params", params_json(point), "state",
	                 sy_state_name(result->state));
	if (!json)
		return NULL;
	sy_summary_labels(json, point, result);
	if (result->reason.text[0])
		sy_summary_set(json, "reason",
		               json_string(result->reason.text));
	if (!result->count || result->state == SY_WRONG ||
	    result->state == SY_FAILED)
		return json;
	add_counts(json, result);
	if (result->state != SY_MEASURED)
		return json;
	add_estimates(json, plan, point, result);
	sy_summary_tasks(json, point, result);
	add_efficiency(json, plan, point, result, serial);
	return json;
}

static json_t *points_json(const struct sy_plan *plan,
                           struct sy_session *session)
{
	const struct sy_result *serial = NULL;
	json_t *points = json_array();

	for (size_t i = 0; points && i < plan->count; i++) {
		if (!i ||
		    strcmp(plan->points[i].group, plan->points[i - 1].group))
			serial = serial_of(plan, session, i);
		json_array_append_new(points,
		                      point_json(plan, &plan->points[i],
		                                 &session->points[i], serial));
		/* What replaces 10 KiB a point takes their place. */
		sy_result_forget_latencies(&session->points[i]);
	}
	return points;
}

/* Whether a point may win or lose: it has a figure that is its own. */
static bool competes(const struct sy_point *point,
                     const struct sy_result *result)
{
	return result->state == SY_MEASURED && result->count &&
	       !sy_request_is_reference(&point->request) &&
	       !sy_server_limited(point, result);
}

/* The point of first..end-1 with the least median time, or `end`. */
static size_t best_of(const struct sy_plan *plan,
                      const struct sy_session *session, size_t first,
                      size_t end)
{
	size_t best = end;
	double best_ns = INFINITY;

	for (size_t i = first; i < end; i++) {
		double ns;

		if (!competes(&plan->points[i], &session->points[i]) ||
		    sy_estimate_middle(&session->points[i],
		                       sy_compared_by(&plan->points[i]), &ns))
			continue;
		if (ns < best_ns) {
			best_ns = ns;
			best = i;
		}
	}
	return best;
}

static const char *verdict_name(const struct sy_point *point,
                                enum sy_verdict verdict)
{
	bool time = sy_compared_by(point) == SY_TIME;

	if (verdict == SY_TOO_CLOSE)
		return "too close to call";
	if (verdict == SY_SLOWER)
		return time ? "slower" : "larger";
	return time ? "faster" : "smaller";
}

static json_t *rivals_json(const struct sy_plan *plan,
                           const struct sy_session *session, size_t first,
                           size_t end, size_t best)
{
	json_t *rivals = json_array();

	for (size_t i = first; rivals && i < end; i++) {
		struct sy_estimate ratio;
		char row[64];

		if (i == best ||
		    !competes(&plan->points[i], &session->points[i]) ||
		    sy_estimate_ratio(&session->points[i],
		                      &session->points[best],
		                      sy_compared_by(&plan->points[i]),
		                      plan->seed, &ratio))
			continue;
		sy_point_row(&plan->points[i], row, sizeof(row));
		json_array_append_new(
			rivals,
			json_pack("{ss so ss}", "row", row, "ratio",
		                  sy_estimate_json(&ratio), "verdict",
		                  verdict_name(&plan->points[i],
		                               sy_verdict(&ratio, SY_FLOOR))));
	}
	return rivals;
}

/* What the best one of first..end-1 is and by how much; NULL: there is none. */
static json_t *group_json(const struct sy_plan *plan,
                          const struct sy_session *session, size_t first,
                          size_t end)
{
	size_t best = best_of(plan, session, first, end);
	char row[64];
	json_t *group;

	if (best == end)
		return NULL;
	sy_point_row(&plan->points[best], row, sizeof(row));
	group = json_pack("{ss ss so}", "group", plan->points[best].group,
	                  "best", row, "others",
	                  rivals_json(plan, session, first, end, best));
	if (group && sy_compared_by(&plan->points[best]) == SY_BYTES)
		sy_summary_set(group, "by", json_string("bytes_per_context"));
	return group;
}

static json_t *groups_json(const struct sy_plan *plan,
                           const struct sy_session *session)
{
	json_t *groups = json_array();

	for (size_t i = 0; groups && i < plan->count;) {
		size_t end = sy_plan_group_end(plan, i);
		json_t *group = group_json(plan, session, i, end);

		if (group)
			json_array_append_new(groups, group);
		i = end;
	}
	return groups;
}

double sy_summary_noise(const struct sy_session *session)
{
	size_t pairs;

	return sy_estimate_noise(&session->sentinels[0], &session->sentinels[1],
	                         &pairs);
}

static json_t *noise_json(const struct sy_session *session)
{
	size_t pairs;
	double noise = sy_estimate_noise(&session->sentinels[0],
	                                 &session->sentinels[1], &pairs);

	return json_pack("{so si}", "spread",
	                 noise < 0 ? json_null() : json_real(noise), "pairs",
	                 (int)pairs);
}

/* Sizes of the caches of a PU, as far as they are known. */
static json_t *caches_json(const json_t *cpu)
{
	static const char *const names[] = { "l1d_bytes", "l2_bytes",
		                             "l3_bytes" };
	json_t *caches = json_object();

	for (size_t i = 0; caches && i < sizeof(names) / sizeof(names[0]); i++)
		if (json_integer_value(json_object_get(cpu, names[i])) > 0)
			json_object_set(caches, names[i],
			                json_object_get(cpu, names[i]));
	return caches;
}

/* One line a person knows the machine by, and its number of PUs. */
static json_t *machine_json(const json_t *machine)
{
	const json_t *cpu = json_object_get(machine, "cpu");
	json_int_t pus = json_integer_value(json_object_get(cpu, "pus"));
	char text[SY_MACHINE_LINE_BYTES];

	sy_machine_line(machine, text);
	return json_pack("{ss sI so}", "summary", text, "pus", pus, "caches",
	                 caches_json(cpu));
}

json_t *sy_summary(const struct sy_plan *plan, struct sy_session *session,
                   const json_t *machine, const char *machine_id)
{
	json_t *json, *points;

	for (size_t i = 0; i < plan->count; i++)
		sy_result_judge(&plan->points[i], &session->points[i]);
	/* First, since it makes room for the rest. */
	points = points_json(plan, session);
	json = json_pack(
		"{so so si ss so sf sI sI sI sb so so so}", "context",
		sy_gbench_context(machine), "benchmarks",
		sy_gbench_benchmarks(plan, session), "schema", 1, "machine_id",
		machine_id, "machine", machine_json(machine), "kernel_round_ns",
		session->kernel_round_ns, "seed", (json_int_t)plan->seed,
		"wall_ns", (json_int_t)session->wall_ns, "sliced_ns",
		(json_int_t)session->sliced_ns, "interrupted",
		session->interrupted, "sentinel", noise_json(session), "points",
		points, "groups", groups_json(plan, session));
	return json;
}
