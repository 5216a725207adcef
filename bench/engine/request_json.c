/* SPDX-License-Identifier: MIT */
/*
 * request_json.c - what was asked for, as JSON, and back.
 *
 * It comes back from a file that anybody may have written, so it is checked
 * as a command line is: names looked up, numbers within the same bounds.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "engine/bounds.h"
#include "engine/json.h"
#include "engine/param.h"
#include "engine/point.h"

/* `s*` of json_pack also leaves out what there is no memory for. */
json_t *sy_request_row_to_json(const struct sy_request *r, json_t *json)
{
	if (r->workload) {
		json = sy_json_with(json, "workload",
		                    json_string(r->workload->name));
		if (r->workload->ways)
			json = sy_json_with(
				json, "mechanism",
				json_string(sy_request_mechanism(r)));
		return sy_params_to_json(r, json);
	}
	json = sy_json_with(json, "family", json_string(sy_request_family(r)));
	json = sy_json_with(json, "mechanism", json_string(r->mechanism->name));
	return sy_request_setting_to_json(r, json);
}

json_t *sy_request_setting_to_json(const struct sy_request *r, json_t *json)
{
	return sy_json_with(json, "setting",
	                    json_pack("{sI sI sI sI sb}", "contexts",
	                              (json_int_t)r->contexts, "working_bytes",
	                              (json_int_t)r->working_bytes,
	                              "stack_bytes", (json_int_t)r->stack_bytes,
	                              "resident_bytes",
	                              (json_int_t)r->resident_bytes,
	                              "huge_pages", r->huge_pages));
}

static bool within(json_int_t value, json_int_t most)
{
	return value >= 0 && value <= most;
}

int sy_request_setting_from_json(struct sy_request *r, const json_t *json)
{
	json_int_t contexts, working, stack, resident;
	int huge_pages;

	if (json_unpack((json_t *)json, "{sI sI sI sI sb}", "contexts",
	                &contexts, "working_bytes", &working, "stack_bytes",
	                &stack, "resident_bytes", &resident, "huge_pages",
	                &huge_pages) ||
	    !within(contexts, SY_IDLE_MAX) || !within(working, SY_MEMORY_MAX) ||
	    !within(stack, SY_STACK_MAX) || !within(resident, SY_MEMORY_MAX) ||
	    contexts == (r->mechanism->family == SY_SWITCH ? 1 : 0))
		return -EINVAL;
	r->contexts = (uint32_t)contexts;
	r->working_bytes = (uint64_t)working;
	r->stack_bytes = (uint64_t)stack;
	r->resident_bytes = (uint64_t)resident;
	r->huge_pages = huge_pages;
	return 0;
}

json_t *sy_request_to_json(const struct sy_request *r)
{
	json_t *json = json_pack(
		"{ss sI sI sI sI sI sI sb sb si ss}", "model", r->model->name,
		"inflight", (json_int_t)r->inflight, "window",
		(json_int_t)r->window, "grain_ns", (json_int_t)r->grain_ns,
		"wait_ns", (json_int_t)r->wait_ns, "request_bytes",
		(json_int_t)r->request_bytes, "reply_bytes",
		(json_int_t)r->reply_bytes, "tcp", r->tcp, "hold_awake",
		r->hold_awake, "server_pu", r->server_pu, "placement",
		r->placement);

	return sy_request_row_to_json(r, json);
}

static const struct sy_mechanism *find_row(const struct sy_model *model,
                                           const char *family,
                                           const char *mechanism)
{
	for (enum sy_family f = SY_SWITCH; f <= SY_IDLE; f++)
		if (!strcmp(sy_family_name(f), family))
			return sy_mechanism_find(model, f, mechanism);
	return NULL;
}

/* A workload that has mechanisms is asked for by one of them, and no other. */
static int find_way(struct sy_request *r, const char *mechanism,
                    struct sy_reason *reason)
{
	const struct sy_way *ways = r->workload->ways;

	r->way = 0;
	if (!ways && !mechanism)
		return 0;
	for (; ways && mechanism && ways[r->way].name; r->way++)
		if (!strcmp(ways[r->way].name, mechanism))
			return 0;
	return sy_reason(reason, -EINVAL, "%s has no mechanism '%s'",
	                 r->workload->name, mechanism ? mechanism : "");
}

int sy_request_names(struct sy_request *r, const char *model,
                     const char *family, const char *mechanism,
                     const char *workload, struct sy_reason *reason)
{
	r->model = sy_model_find(model);
	if (!r->model)
		return sy_reason(reason, -EINVAL, "no model '%s'", model);
	r->workload = workload ? sy_workload_find(workload) : NULL;
	r->mechanism = family && mechanism
	                       ? find_row(r->model, family, mechanism)
	                       : NULL;
	if (r->workload && !family)
		return find_way(r, mechanism, reason);
	if (mechanism && !r->mechanism)
		return sy_reason(reason, -EINVAL, "no mechanism '%s'",
		                 mechanism);
	if (!r->workload == !r->mechanism)
		return sy_reason(reason, -EINVAL, "no workload '%s'",
		                 workload ? workload : "");
	return 0;
}

static bool bytes_fit(json_int_t bytes)
{
	return bytes >= 8 && bytes <= (json_int_t)SY_MESSAGE_MAX;
}

int sy_request_from_json(struct sy_request *r, json_t *json,
                         struct sy_reason *reason)
{
	const char *model, *family = NULL, *mechanism = NULL, *workload = NULL;
	const char *placement;
	/* As wide as JSON has them: an int would be what is left of one. */
	json_int_t inflight, window, grain_ns, wait_ns, request, reply;
	json_int_t server_pu;
	int tcp, hold_awake;
	json_error_t where;

	sy_request_default(r);
	if (json_unpack_ex(json, &where, 0,
	                   "{ss s?s s?s s?s sI sI sI sI sI sI sb sb sI ss}",
	                   "model", &model, "family", &family, "mechanism",
	                   &mechanism, "workload", &workload, "inflight",
	                   &inflight, "window", &window, "grain_ns", &grain_ns,
	                   "wait_ns", &wait_ns, "request_bytes", &request,
	                   "reply_bytes", &reply, "tcp", &tcp, "hold_awake",
	                   &hold_awake, "server_pu", &server_pu, "placement",
	                   &placement))
		return sy_reason(reason, -EINVAL, "request: %s", where.text);
	if (inflight < 1 || inflight > SY_INFLIGHT_MAX || window < 1 ||
	    window > SY_WINDOW_MAX || (window & (window - 1)) || grain_ns < 0 ||
	    grain_ns > SY_GRAIN_MAX_NS || wait_ns < 0 ||
	    wait_ns > SY_WAIT_MAX_NS || !bytes_fit(request) ||
	    !bytes_fit(reply) || server_pu < SY_SERVER_SHARED ||
	    server_pu >= SY_PUS_MAX ||
	    strlen(placement) >= sizeof(r->placement))
		return sy_reason(reason, -EINVAL,
		                 "request: value out of range");
	r->inflight = (uint32_t)inflight;
	r->window = (uint32_t)window;
	r->grain_ns = (uint64_t)grain_ns;
	r->wait_ns = (uint64_t)wait_ns;
	r->request_bytes = (uint32_t)request;
	r->reply_bytes = (uint32_t)reply;
	r->tcp = tcp;
	r->hold_awake = hold_awake;
	r->server_pu = (int)server_pu;
	snprintf(r->placement, sizeof(r->placement), "%s", placement);
	if (sy_request_names(r, model, family, mechanism, workload, reason))
		return -EINVAL;
	if (r->mechanism &&
	    sy_request_setting_from_json(r, json_object_get(json, "setting")))
		return sy_reason(reason, -EINVAL,
		                 "request: setting out of range");
	if (sy_params_from_json(r, json))
		return sy_reason(
			reason, -EINVAL,
			"request: a value of %s is missing or out of range",
			sy_request_family(r));
	return sy_request_meets(r, reason);
}
