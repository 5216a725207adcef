/* SPDX-License-Identifier: MIT */
/*
 * point.c - names, placement and needs of a point.
 *
 * Only what differs from the default stands in a name, but for the parameters
 * that a reader of a table looks for: in flight, grain or wait, placement.
 */
#include "engine/point.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/param.h"
#include "engine/resident.h"

/* Two clock reads cost about 48 ns: less than 1 % from this grain on. */
#define STAMPED_GRAIN_NS 5000
/* A worker's own: socket to the driver, standard streams, /proc files. */
#define WORKER_DESCRIPTORS 32
/* Code, libraries, heap and stacks of a worker before its contexts. */
#define WORKER_MAPPINGS 200
/* The same in memory; of a thread or a process: stack, kernel stack, page
   tables, pages written after the fork; of a lane: stamps, stack or handles. */
#define WORKER_BYTES (UINT64_C(8) << 20)
#define CONTEXT_BYTES (UINT64_C(96) << 10)
#define LANE_BYTES (UINT64_C(8) << 10)

void sy_request_default(struct sy_request *request)
{
	*request = (struct sy_request){
		.inflight = 64,
		.window = 1024,
		.grain_ns = 100000,
		.wait_ns = 2000000,
		.request_bytes = 64,
		.reply_bytes = 64,
		.server_pu = SY_SERVER_SHARED,
		.placement = "one-pu",
	};
	for (const struct sy_param *p = sy_params; p->key; p++)
		sy_param_set(p, request, p->otherwise);
}

const char *sy_request_family(const struct sy_request *request)
{
	return request->mechanism ? sy_family_name(request->mechanism->family)
	                          : request->workload->name;
}

const char *sy_point_family(const struct sy_point *point)
{
	return sy_request_family(&point->request);
}

bool sy_point_is(const struct sy_point *point, enum sy_family family)
{
	const struct sy_mechanism *mechanism = point->request.mechanism;

	return mechanism && mechanism->family == family;
}

/* Of a workload that has any, or NULL. */
static const struct sy_way *way_of(const struct sy_request *r)
{
	return r->workload && r->workload->ways ? &r->workload->ways[r->way]
	                                        : NULL;
}

const char *sy_request_mechanism(const struct sy_request *r)
{
	const struct sy_way *way = way_of(r);

	return r->mechanism ? r->mechanism->name : way ? way->name : NULL;
}

bool sy_request_is_reference(const struct sy_request *r)
{
	const struct sy_way *way = way_of(r);

	return r->mechanism ? r->mechanism->reference : way && way->reference;
}

void sy_point_row(const struct sy_point *point, char *row, size_t bytes)
{
	const struct sy_request *request = &point->request;
	const char *mechanism = sy_request_mechanism(request);

	snprintf(row, bytes, "%s%s%s", request->model->name,
	         mechanism ? "." : "", mechanism ? mechanism : "");
}

static void append(char *text, size_t bytes, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void append(char *text, size_t bytes, const char *format, ...)
{
	size_t used = strlen(text);
	va_list args;

	va_start(args, format);
	vsnprintf(text + used, bytes - used, format, args);
	va_end(args);
}

/* A duration as a parameter: in microseconds where that is exact. */
static void append_time(char *text, size_t bytes, const char *key, uint64_t ns)
{
	if (ns % 1000)
		append(text, bytes, "/%s_ns:%llu", key, (unsigned long long)ns);
	else
		append(text, bytes, "/%s_us:%llu", key,
		       (unsigned long long)(ns / 1000));
}

static void append_io(char *text, size_t bytes, const struct sy_request *r)
{
	if (r->request_bytes != 64)
		append(text, bytes, "/request:%u", r->request_bytes);
	if (r->reply_bytes != 64)
		append(text, bytes, "/reply:%u", r->reply_bytes);
	if (r->tcp)
		append(text, bytes, "/transport:tcp");
	if (r->server_pu != SY_SERVER_SHARED)
		append(text, bytes, "/server:%d", r->server_pu);
}

static void append_bytes(char *text, size_t bytes, const char *key,
                         uint64_t value)
{
	if (value)
		append(text, bytes, "/%s:%llu", key, (unsigned long long)value);
}

static void append_setting(char *text, size_t bytes, const struct sy_request *r)
{
	switch (r->mechanism->family) {
	case SY_SWITCH:
		if (r->contexts)
			append(text, bytes, "/ring:%u", r->contexts);
		append_bytes(text, bytes, "working_set", r->working_bytes);
		break;
	case SY_SPAWN:
		append(text, bytes, "/burst:%u", r->contexts);
		append_bytes(text, bytes, "stack", r->stack_bytes);
		append_bytes(text, bytes, "resident", r->resident_bytes);
		if (r->huge_pages)
			append(text, bytes, "/huge_pages:1");
		break;
	case SY_IDLE:
		append(text, bytes, "/contexts:%u", r->contexts);
		append_bytes(text, bytes, "stack", r->stack_bytes);
		break;
	}
}

static void append_own(char *text, size_t bytes, const struct sy_request *r)
{
	for (const struct sy_param *p = sy_params; p->key; p++) {
		uint64_t value = sy_param_get(p, r);

		/* Another server has the body that it has. */
		if (sy_param_is_of(p, r) &&
		    !(p->quiet && value == p->otherwise) &&
		    !(*r->url && !strcmp(p->name, "body")))
			append(text, bytes, "/%s:%llu", p->name,
			       (unsigned long long)value);
	}
}

static void append_fetch(char *text, size_t bytes, const struct sy_request *r)
{
	if (r->fresh)
		append(text, bytes, "/connection:fresh");
	if (r->server_pu != SY_SERVER_SHARED)
		append(text, bytes, "/server:%d", r->server_pu);
	if (*r->url)
		append(text, bytes, "/url:%s", r->url);
}

static void append_params(char *text, size_t bytes, const struct sy_request *r)
{
	const char *family = sy_request_family(r);

	if (r->mechanism)
		append_setting(text, bytes, r);
	else
		append(text, bytes, "/inflight:%u", r->inflight);
	if (!strcmp(family, "cpu"))
		append_time(text, bytes, "grain", r->grain_ns);
	/* A gate's sections sleep only where that is asked for. */
	if (sy_request_waits(r) && (r->wait_ns || strcmp(family, "gate")))
		append_time(text, bytes, "wait", r->wait_ns);
	if (!strcmp(family, "io"))
		append_io(text, bytes, r);
	append_own(text, bytes, r);
	if (!strcmp(family, "fetch"))
		append_fetch(text, bytes, r);
	append(text, bytes, "/placement:%s", r->placement);
	if (!r->mechanism && r->window != 1024)
		append(text, bytes, "/window:%u", r->window);
	if (r->hold_awake)
		append(text, bytes, "/hold_awake:1");
}

/* "threads.condition", or "threads/mechanism:lock" of a workload. */
static void append_row(char *text, size_t bytes, const struct sy_request *r)
{
	const char *mechanism = sy_request_mechanism(r);

	append(text, bytes, "/%s", r->model->name);
	if (mechanism)
		append(text, bytes, "%s%s",
		       r->mechanism ? "." : "/mechanism:", mechanism);
}

void sy_request_load(const struct sy_request *r, struct sy_load *load)
{
	/* Others have never anything to wait for. */
	bool waits = !r->workload || sy_request_waits(r) ||
	             !strcmp(r->workload->name, "cpu");

	*load = (struct sy_load){
		.wait_ns = waits ? r->wait_ns : 0,
		.request_bytes = r->request_bytes,
		.reply_bytes = r->reply_bytes,
		.tcp = r->tcp,
		.server_pu = -1,
		.mechanism = r->way,
		.sections = r->sections,
		.units = r->units,
		.notify = r->notify,
		.cells = r->cells,
		.body_bytes = r->body_bytes,
		.fresh = r->fresh,
		.timeout_ns = r->timeout_ns,
	};
	memcpy(load->url, r->url, sizeof(load->url));
}

int sy_point_name(struct sy_point *point)
{
	const struct sy_request *r = &point->request;
	const char *family = sy_point_family(point);
	char name[SY_NAME_BYTES], params[SY_NAME_BYTES] = "";

	snprintf(name, sizeof(name), "%s", family);
	append_row(name, sizeof(name), r);
	append_params(params, sizeof(params), r);
	if (strlen(name) + strlen(params) >= sizeof(point->name))
		return -ENAMETOOLONG;
	strcat(strcpy(point->name, name), params);
	strcat(strcpy(point->group, family), params);
	sy_request_load(r, &point->load);
	return 0;
}

static int resolve_server(struct sy_point *point,
                          const struct sy_topology *topology,
                          struct sy_reason *reason)
{
	int pu = point->request.server_pu;
	struct sy_placement one;
	char name[16], why[200];
	int error;

	if (pu == SY_SERVER_SHARED) {
		point->load.server_pu =
			point->where.bound ? point->where.pus[0] : -1;
		return 0;
	}
	snprintf(name, sizeof(name), "%d", pu);
	error = sy_placement_make(&one, topology, name, why, sizeof(why));
	if (error)
		return sy_reason(reason, -ENODEV, "the server's PU: %s", why);
	sy_placement_free(&one);
	point->load.server_pu = pu;
	return 0;
}

/* Whether what the point asks for makes sense where it is placed. */
static int check_mechanism(const struct sy_point *point,
                           struct sy_reason *reason)
{
	const struct sy_mechanism *mechanism = point->request.mechanism;
	const char *absent =
		mechanism && mechanism->absent ? mechanism->absent() : NULL;

	if (!mechanism)
		return 0;
	if (!absent && point->request.huge_pages)
		absent = sy_resident_huge_absent();
	if (absent)
		return sy_reason(reason, -ENODEV, "%s", absent);
	if (point->where.count < mechanism->pus_least)
		return sy_reason(reason, -ENODEV,
		                 "%s needs %u PUs, the placement has %u",
		                 mechanism->name, mechanism->pus_least,
		                 point->where.count);
	if (mechanism->family == SY_SWITCH && point->request.hold_awake &&
	    point->where.count == 1)
		return sy_reason(reason, -ENODEV,
		                 "a spinner on the only PU of a hand-off would "
		                 "run between the two contexts");
	return 0;
}

const char *sy_request_absent(const struct sy_request *r)
{
	const struct sy_workload *workload = r->workload;
	const char *absent = NULL;
	struct sy_load load;
	unsigned wants;

	if (r->model->absent)
		absent = r->model->absent();
	if (absent || !workload)
		return absent;
	sy_request_load(r, &load);
	if (workload->absent)
		absent = workload->absent(&load);
	wants = workload->wants ? workload->wants(&load) : 0;
	return !absent && wants && r->model->lacks ? r->model->lacks(wants)
	                                           : absent;
}

int sy_point_resolve(struct sy_point *point, const struct sy_topology *topology,
                     struct sy_reason *reason)
{
	const char *absent = sy_request_absent(&point->request);
	char why[200];
	int error;

	if (absent)
		return sy_reason(reason, -ENODEV, "%s", absent);
	sy_point_release(point);
	error = sy_placement_make(&point->where, topology,
	                          point->request.placement, why, sizeof(why));
	if (error)
		return sy_reason(reason, error, "%s", why);
	error = check_mechanism(point, reason);
	return error ? error : resolve_server(point, topology, reason);
}

void sy_point_release(struct sy_point *point)
{
	sy_placement_free(&point->where);
	memset(&point->where, 0, sizeof(point->where));
}

bool sy_point_stamped(const struct sy_point *point)
{
	const struct sy_request *r = &point->request;

	return r->workload &&
	       (r->workload->stamped || (!strcmp(r->workload->name, "cpu") &&
	                                 r->grain_ns >= STAMPED_GRAIN_NS));
}

unsigned sy_point_wants(const struct sy_point *point)
{
	const struct sy_workload *workload = point->request.workload;

	return workload && workload->wants ? workload->wants(&point->load) : 0;
}

const struct sy_finding *sy_point_findings(const struct sy_point *point)
{
	const struct sy_workload *workload = point->request.workload;

	return workload && workload->settle ? workload->findings : NULL;
}

struct sy_setting sy_point_setting(const struct sy_point *point)
{
	const struct sy_request *r = &point->request;

	return (struct sy_setting){
		.contexts = r->contexts,
		.working_bytes = r->working_bytes,
		.stack_bytes = r->stack_bytes,
		.resident_bytes = r->resident_bytes,
	};
}

/* Contexts that have a working set of their own. */
static uint64_t working_sets(const struct sy_request *r)
{
	return r->contexts > 2 ? r->contexts : 2;
}

/* Of the mechanism or the model, without what is around it. */
static void own_needs(const struct sy_point *point, struct sy_needs *needs)
{
	const struct sy_request *r = &point->request;
	const struct sy_mechanism *mechanism = r->mechanism;
	struct sy_batch batch = {
		.inflight = mechanism ? 1 : r->inflight,
		.window = r->window,
		.pu_count = point->where.count ? point->where.count : 1,
		.setting = sy_point_setting(point),
		.wants = sy_point_wants(point),
	};

	*needs = (struct sy_needs){ 0 };
	if (!mechanism)
		r->model->needs(&batch, needs);
	else
		mechanism->needs(mechanism, &batch, needs);
	if (mechanism && r->working_bytes)
		needs->bytes += working_sets(r) * r->working_bytes;
	needs->bytes += r->resident_bytes;
}

void sy_point_needs(const struct sy_point *point, struct sy_needs *needs)
{
	const struct sy_request *r = &point->request;

	own_needs(point, needs);
	/* What counts the model's processes keeps a file of /proc open each. */
	needs->descriptors += WORKER_DESCRIPTORS + needs->processes;
	needs->processes += 1;
	needs->mappings += WORKER_MAPPINGS;
	if (r->workload && r->workload->needs)
		r->workload->needs(&point->load, r->inflight, needs);
	if (r->hold_awake)
		needs->processes += point->where.count + 1;
}

uint64_t sy_point_memory(const struct sy_point *point)
{
	const struct sy_request *r = &point->request;
	struct sy_needs needs;
	uint64_t lane = sizeof(struct sy_lane) + LANE_BYTES;
	uint64_t lanes = r->mechanism ? 1 : r->inflight;

	sy_point_needs(point, &needs);
	if (r->workload)
		lane += r->workload->scratch_bytes(&point->load);
	return WORKER_BYTES + lane * lanes + needs.bytes +
	       (uint64_t)(needs.threads + needs.processes) * CONTEXT_BYTES;
}

int sy_point_fits(const struct sy_point *point, const struct sy_limits *limits,
                  struct sy_reason *reason)
{
	struct sy_needs needs;
	uint64_t tasks, memory = sy_point_memory(point);

	sy_point_needs(point, &needs);
	tasks = (uint64_t)needs.threads + needs.processes;
	if (tasks > limits->tasks_free)
		return sy_reason(reason, -EAGAIN,
		                 "needs %llu threads and processes, %llu can "
		                 "still be made here (%s)",
		                 (unsigned long long)tasks,
		                 (unsigned long long)limits->tasks_free,
		                 limits->tasks_by);
	if (needs.descriptors > limits->descriptors)
		return sy_reason(reason, -EMFILE,
		                 "needs %llu file descriptors, the limit is "
		                 "%llu (ulimit -Hn)",
		                 (unsigned long long)needs.descriptors,
		                 (unsigned long long)limits->descriptors);
	if (needs.mappings > limits->mappings)
		return sy_reason(reason, -ENOMEM,
		                 "needs %llu memory maps, the limit is %llu "
		                 "(vm.max_map_count)",
		                 (unsigned long long)needs.mappings,
		                 (unsigned long long)limits->mappings);
	if (memory > limits->memory_free)
		return sy_reason(
			reason, -ENOMEM,
			"needs about %llu MiB of memory, %llu MiB are "
			"free",
			(unsigned long long)(memory >> 20),
			(unsigned long long)(limits->memory_free >> 20));
	return 0;
}
