/* SPDX-License-Identifier: MIT */
/*
 * fetch.c - HTTP/1.1 GETs: of an nginx of our own, or of an address given.
 *
 * A task's value comes from the body that it received.  What our own server
 * has is computed without it; what another's has is found out once, when the
 * workload is opened, and every answer must equal that.
 */
#include "workloads/list.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "workloads/fetch.h"
#include "workloads/job.h"
#include "workloads/nginx.h"
#include "workloads/steps.h"

/* What nginx is started with, and what it keeps a connection in. */
#define SERVER_DESCRIPTORS 32
#define CONNECTION_BYTES (UINT64_C(8) << 10)

/* Room for the head of an answer beside its body, where it is that small. */
#define HEAD_BYTES 1024u
#define BUFFER_MAX 65536u
/* What different bodies may take in memory, all of them. */
#define BODIES_BYTES (UINT64_C(64) << 20)
/* For the first answers of a server that has just been started. */
#define FIRST_NS UINT64_C(20000000000)

_Static_assert(SY_VALUE_PERIOD == SY_NGINX_BODIES_MAX,
               "each residue may have a body of its own");

struct fetch {
	struct sy_fetch_job *job; /* shared */
	struct sy_nginx nginx;    /* pid 0: another's server */
};

static bool is_own(const struct sy_load *load)
{
	return !load->url[0];
}

uint32_t sy_fetch_bodies(const struct sy_load *load)
{
	if (is_own(load) &&
	    load->body_bytes * (uint64_t)SY_VALUE_PERIOD <= BODIES_BYTES)
		return SY_VALUE_PERIOD;
	return 1;
}

/* Of a task's body, which our own server must answer with. */
static uint64_t body_sum(const struct sy_load *load, uint64_t index)
{
	uint64_t body = index & (sy_fetch_bodies(load) - 1);

	return sy_message_expected(load->body_bytes, sy_message_reply(body), 0);
}

static uint32_t buffer_bytes(const struct sy_load *load)
{
	uint64_t bytes = load->body_bytes + (uint64_t)HEAD_BYTES;

	if (!is_own(load) || bytes > BUFFER_MAX)
		return BUFFER_MAX;
	return (uint32_t)(bytes + 63) & ~UINT32_C(63);
}

static size_t fetch_scratch_bytes(const struct sy_load *load)
{
	return sizeof(struct sy_response) + buffer_bytes(load);
}

static uint64_t fetch_expected(const struct sy_load *load, uint64_t index)
{
	uint64_t seed = sy_task_seed(index);

	return is_own(load) ? seed + body_sum(load, index) : seed;
}

static const char *fetch_absent(const struct sy_load *load)
{
	return is_own(load) ? sy_nginx_absent() : NULL;
}

/* Each body is fetched once, so that a server that cannot is found here. */
static int try_bodies(struct sy_fetch_job *job)
{
	uint64_t timeout_ns = job->timeout_ns;
	struct sy_response response;
	int rc = 0;

	job->timeout_ns = FIRST_NS;
	for (uint32_t i = 0; i < job->bodies && !rc; i++)
		rc = sy_fetch_alone(job, i, &response);
	job->timeout_ns = timeout_ns;
	return rc;
}

static int start_own(struct fetch *fetch, const struct sy_load *load,
                     uint32_t connections)
{
	struct sy_fetch_job *job = fetch->job;
	const struct sy_nginx_spec spec = {
		.body_bytes = load->body_bytes,
		.bodies = job->bodies,
		.connections = connections,
		.pu = load->server_pu,
	};
	char reason[SY_BROKEN_BYTES], authority[32];
	int rc = sy_nginx_start(&fetch->nginx, &spec, reason);

	if (rc)
		return rc;
	memcpy(&job->address, &fetch->nginx.address,
	       sizeof(fetch->nginx.address));
	job->address_bytes = sizeof(fetch->nginx.address);
	snprintf(authority, sizeof(authority), "127.0.0.1:%u",
	         ntohs(fetch->nginx.address.sin_port));
	rc = sy_fetch_requests(job, authority, job->bodies > 1 ? "/" : "/0");
	if (!rc)
		rc = try_bodies(job);
	if (rc)
		sy_nginx_stop(&fetch->nginx);
	return rc;
}

static int make_job(struct sy_fetch_job **job, const struct sy_load *load)
{
	struct sy_fetch_job own = {
		.timeout_ns = load->timeout_ns,
		.fresh = load->fresh,
		.known = true,
		.body_bytes = load->body_bytes,
		.buffer_bytes = buffer_bytes(load),
		.bodies = sy_fetch_bodies(load),
	};
	void *copy;
	int rc;

	for (uint32_t i = 0; i < own.bodies && is_own(load); i++)
		own.sums[i] = body_sum(load, i);
	rc = sy_job_create(&copy, &own, sizeof(own));
	if (rc)
		return rc;
	*job = copy;
	return 0;
}

static bool fits(const struct sy_load *load, const struct sy_batch *batch)
{
	return load->body_bytes <= SY_FETCH_BODY_MAX && load->timeout_ns &&
	       load->timeout_ns <= SY_FETCH_TIMEOUT_MAX_NS &&
	       memchr(load->url, '\0', sizeof(load->url)) &&
	       batch->scratch_bytes >= fetch_scratch_bytes(load);
}

static int fetch_open(void **state, const struct sy_load *load,
                      struct sy_batch *batch)
{
	struct fetch *fetch;
	int rc;

	if (!fits(load, batch))
		return -EINVAL;
	fetch = calloc(1, sizeof(*fetch));
	if (!fetch)
		return -ENOMEM;
	rc = make_job(&fetch->job, load);
	if (rc)
		goto free_fetch;
	rc = is_own(load) ? start_own(fetch, load, batch->inflight)
	                  : sy_fetch_learn(fetch->job, load);
	if (rc)
		goto destroy_job;
	batch->step = sy_fetch_step;
	batch->job = fetch->job;
	batch->address = &fetch->job->address;
	batch->address_bytes = fetch->job->address_bytes;
	*state = fetch;
	return 0;
destroy_job:
	sy_job_destroy(fetch->job, sizeof(*fetch->job));
free_fetch:
	free(fetch);
	return rc;
}

/* The next run has nothing to do with what failed in the last. */
static int fetch_settle(void *state, struct sy_batch *batch,
                        uint64_t found[SY_FINDINGS_MAX],
                        char reason[SY_BROKEN_BYTES])
{
	struct fetch *fetch = state;

	(void)batch;
	(void)found;
	(void)reason;
	fetch->job->failure = 0;
	return 0;
}

static pid_t fetch_server(const void *state)
{
	const struct fetch *fetch = state;

	return fetch->nginx.pid;
}

static void fetch_needs(const struct sy_load *load, uint32_t inflight,
                        struct sy_needs *needs)
{
	needs->descriptors +=
		SERVER_DESCRIPTORS +
		(1 + (uint64_t)needs->lane_descriptors) * inflight;
	if (*load->url)
		return;
	needs->processes++;
	needs->bytes += (uint64_t)inflight * CONNECTION_BYTES +
	                (uint64_t)load->body_bytes * sy_fetch_bodies(load);
}

static void fetch_close(void *state, struct sy_batch *batch)
{
	struct fetch *fetch = state;

	if (fetch->nginx.pid)
		sy_nginx_stop(&fetch->nginx);
	batch->address = NULL;
	batch->address_bytes = 0;
	batch->job = NULL;
	sy_job_destroy(fetch->job, sizeof(*fetch->job));
	free(fetch);
}

const struct sy_workload sy_workload_fetch = {
	.name = "fetch",
	.summary = "HTTP GETs, of nginx or of an http address",
	.stamped = true,
	.scratch_bytes = fetch_scratch_bytes,
	.open = fetch_open,
	.expected = fetch_expected,
	.needs = fetch_needs,
	.absent = fetch_absent,
	.settle = fetch_settle,
	.explain = sy_fetch_error,
	.server = fetch_server,
	.close = fetch_close,
};
