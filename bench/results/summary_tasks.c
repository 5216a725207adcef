/* SPDX-License-Identifier: MIT */
/* summary_tasks.c - of a point that has a workload: what it was asked for, its
   server, the latencies of its tasks, and what was found. */
#include <stdio.h>
#include <string.h>

#include "engine/param.h"
#include "results/summary.h"
#include "results/summary_parts.h"

/* A server on PUs of its own is the bottleneck from this share on. */
#define SERVER_LIMIT 0.8

static void add_time(json_t *params, const char *key, uint64_t ns)
{
	sy_summary_set(params, key, json_integer((json_int_t)ns));
}

static void add_cpu(json_t *params, const struct sy_point *point)
{
	add_time(params, "grain_ns", point->request.grain_ns);
	sy_summary_set(params, "rounds",
	               json_integer((json_int_t)point->load.rounds));
}

static void add_io(json_t *params, const struct sy_request *r)
{
	sy_summary_set(params, "request_bytes", json_integer(r->request_bytes));
	sy_summary_set(params, "reply_bytes", json_integer(r->reply_bytes));
	sy_summary_set(params, "transport",
	               json_string(r->tcp ? "tcp" : "unix"));
}

static void add_fetch(json_t *params, const struct sy_request *r)
{
	sy_summary_set(params, "connection",
	               json_string(r->fresh ? "fresh" : "keep"));
	if (*r->url)
		sy_summary_set(params, "url", json_string(r->url));
	/* That server has the body that it has. */
	if (*r->url)
		json_object_del(params, "body_bytes");
}

static void add_own(json_t *params, const struct sy_point *point)
{
	const struct sy_request *r = &point->request;

	for (const struct sy_param *p = sy_params; p->key; p++)
		if (sy_param_is_of(p, r))
			sy_summary_set(
				params, p->key,
				json_integer((json_int_t)sy_param_get(p, r)));
	if (!sy_request_has_sections(r))
		return;
	sy_summary_set(params, "inside_rounds",
	               json_integer((json_int_t)point->load.inside_rounds));
	sy_summary_set(params, "outside_rounds",
	               json_integer((json_int_t)point->load.outside_rounds));
}

/* Whether there is one that was started here. */
static bool has_server(const struct sy_point *point)
{
	return sy_request_has_server(&point->request) && !*point->request.url;
}

void sy_summary_load(json_t *params, const struct sy_point *point)
{
	const struct sy_request *r = &point->request;
	const char *family = r->workload->name;

	sy_summary_set(params, "inflight", json_integer(r->inflight));
	if (!strcmp(r->model->name, "pool"))
		sy_summary_set(params, "window", json_integer(r->window));
	if (!strcmp(family, "cpu"))
		add_cpu(params, point);
	if (sy_request_waits(r))
		add_time(params, "wait_ns", r->wait_ns);
	if (!strcmp(family, "io"))
		add_io(params, r);
	add_own(params, point);
	if (!strcmp(family, "fetch"))
		add_fetch(params, r);
	if (has_server(point))
		sy_summary_set(params, "server_pu",
		               json_integer(point->load.server_pu));
}

static bool server_shares(const struct sy_point *point)
{
	for (unsigned i = 0; i < point->where.count; i++)
		if (point->where.pus[i] == point->load.server_pu)
			return true;
	return point->load.server_pu < 0;
}

static double server_share(const struct sy_result *result)
{
	return (double)result->server_ns / (double)result->elapsed_ns;
}

bool sy_server_limited(const struct sy_point *point,
                       const struct sy_result *result)
{
	/* One that answers at once works as long as the model lets it. */
	return has_server(point) &&
	       (point->load.wait_ns > 0 ||
	        !sy_request_waits(&point->request)) &&
	       server_share(result) > SERVER_LIMIT && !server_shares(point);
}

static void add_server(json_t *json, const struct sy_point *point,
                       const struct sy_result *result)
{
	if (!has_server(point))
		return;
	sy_summary_set(json, "server",
	               json_pack("{sf sb}", "share", server_share(result),
	                         "limited", sy_server_limited(point, result)));
}

static void add_latency(json_t *json, const struct sy_result *result)
{
	static const struct {
		const char *name;
		double share;
	} wanted[] = { { "p50", 0.5 },
		       { "p90", 0.9 },
		       { "p99", 0.99 },
		       { "p99.9", 0.999 } };
	json_t *latency;

	if (!result->latencies)
		return;
	latency = json_pack("{sI sI}", "count",
	                    (json_int_t)result->latencies->total, "max",
	                    (json_int_t)result->latencies->max);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		uint64_t ns;

		if (!sy_histogram_percentile(result->latencies, wanted[i].share,
		                             &ns))
			add_time(latency, wanted[i].name, ns);
	}
	sy_summary_set(json, "latency_ns", latency);
}

char *sy_finding_share(const struct sy_finding *finding,
                       char name[SY_FINDING_BYTES])
{
	snprintf(name, SY_FINDING_BYTES, "%s%s", finding->name,
	         finding->most ? "" : "_share");
	return name;
}

/* Each as it was counted; a sum also as a share of the operations. */
static void add_findings(json_t *json, const struct sy_result *result)
{
	const struct sy_finding *finding = result->findings;
	json_t *findings = json_object();
	char name[SY_FINDING_BYTES];

	for (size_t i = 0; finding[i].name; i++) {
		sy_summary_set(findings, finding[i].name,
		               json_integer((json_int_t)result->found[i]));
		if (finding[i].most)
			continue;
		sy_summary_set(findings, sy_finding_share(&finding[i], name),
		               json_real(sy_finding_figure(
				       &finding[i], result->found[i],
				       result->operations)));
	}
	sy_summary_set(json, "findings", findings);
}

void sy_summary_tasks(json_t *json, const struct sy_point *point,
                      const struct sy_result *result)
{
	add_server(json, point, result);
	add_latency(json, result);
	if (result->findings)
		add_findings(json, result);
}
