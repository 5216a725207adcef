/* SPDX-License-Identifier: MIT */
/*
 * point_json.c - a resolved point on its way to a worker.
 *
 * The worker may be of another build, so what arrives is checked as outside
 * data is: names looked up, numbers bounded, nothing assumed.
 */
#include "engine/point.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/json.h"
#include "engine/param.h"

json_t *sy_pus_to_json(const struct sy_placement *where)
{
	json_t *pus = json_array();

	for (unsigned i = 0; pus && i < where->count; i++)
		pus = sy_json_then(pus, json_integer(where->pus[i]));
	return pus;
}

json_t *sy_point_to_json(const struct sy_point *point)
{
	const struct sy_request *r = &point->request;
	const struct sy_load *load = &point->load;
	json_t *json = json_pack(
		"{ss si si sI sI sI si si sb si sb sb so}", "model",
		r->model->name, "inflight", (int)r->inflight, "window",
		(int)r->window, "grain_ns", (json_int_t)r->grain_ns, "rounds",
		(json_int_t)load->rounds, "wait_ns", (json_int_t)load->wait_ns,
		"request_bytes", (int)load->request_bytes, "reply_bytes",
		(int)load->reply_bytes, "tcp", load->tcp, "server_pu",
		load->server_pu, "hold_awake", r->hold_awake, "bound",
		point->where.bound, "pus", sy_pus_to_json(&point->where));

	json = sy_request_row_to_json(r, json);
	if (!sy_request_has_sections(r))
		return json;
	json = sy_json_with(json, "inside_rounds",
	                    json_integer((json_int_t)load->inside_rounds));
	return sy_json_with(json, "outside_rounds",
	                    json_integer((json_int_t)load->outside_rounds));
}

static int pus_from_json(struct sy_placement *where, json_t *pus)
{
	size_t count = json_array_size(pus);

	if (count < 1 || count > SY_PUS_MAX)
		return -EINVAL;
	where->pus = calloc(count, sizeof(*where->pus));
	if (!where->pus)
		return -ENOMEM;
	where->count = (unsigned)count;
	for (size_t i = 0; i < count; i++) {
		json_t *pu = json_array_get(pus, i);
		json_int_t index = json_integer_value(pu);

		if (!json_is_integer(pu) || index < 0 || index >= SY_PUS_MAX)
			return -EINVAL;
		where->pus[i] = (int)index;
	}
	return 0;
}

/* What only tasks of its family have, and then the load. */
static int take_own(struct sy_point *point, const json_t *json,
                    struct sy_reason *reason)
{
	struct sy_load *load = &point->load;
	json_int_t inside = 0, outside = 0;
	int error = sy_params_from_json(&point->request, json);

	if (!error && sy_request_has_sections(&point->request) &&
	    (json_unpack((json_t *)json, "{sI sI}", "inside_rounds", &inside,
	                 "outside_rounds", &outside) ||
	     inside < 0 || outside < 0))
		error = -EINVAL;
	if (error)
		return sy_reason(reason, -EINVAL,
		                 "point: a value of %s is missing or out of "
		                 "range",
		                 sy_point_family(point));
	sy_request_load(&point->request, load);
	load->inside_rounds = (uint64_t)inside;
	load->outside_rounds = (uint64_t)outside;
	return sy_request_meets(&point->request, reason);
}

int sy_point_from_json(struct sy_point *point, json_t *json,
                       struct sy_reason *reason)
{
	struct sy_request *r = &point->request;
	struct sy_load *load = &point->load;
	const char *model, *family = NULL, *mechanism = NULL, *workload = NULL;
	/* As wide as JSON has them: an int would be what is left of one. */
	json_int_t inflight, window, request_bytes, reply_bytes, server_pu;
	json_int_t grain_ns, rounds, wait_ns;
	int tcp, hold_awake, bound, error;
	json_error_t where;
	json_t *pus;

	memset(point, 0, sizeof(*point));
	sy_request_default(r);
	if (json_unpack_ex(
		    json, &where, 0,
		    "{ss s?s s?s s?s sI sI sI sI sI sI sI sb sI sb sb so}",
		    "model", &model, "family", &family, "mechanism", &mechanism,
		    "workload", &workload, "inflight", &inflight, "window",
		    &window, "grain_ns", &grain_ns, "rounds", &rounds,
		    "wait_ns", &wait_ns, "request_bytes", &request_bytes,
		    "reply_bytes", &reply_bytes, "tcp", &tcp, "server_pu",
		    &server_pu, "hold_awake", &hold_awake, "bound", &bound,
		    "pus", &pus))
		return sy_reason(reason, -EPROTO, "point: %s", where.text);
	if (inflight < 1 || inflight > INT32_MAX || window < 1 ||
	    window > INT32_MAX || (window & (window - 1)) || rounds < 0 ||
	    wait_ns < 0 || grain_ns < 0 || request_bytes < 8 ||
	    request_bytes > (json_int_t)SY_MESSAGE_MAX || reply_bytes < 8 ||
	    reply_bytes > (json_int_t)SY_MESSAGE_MAX || server_pu < -1 ||
	    server_pu >= SY_PUS_MAX)
		return sy_reason(reason, -EINVAL, "point: value out of range");
	error = sy_request_names(r, model, family, mechanism, workload, reason);
	if (error)
		return error;
	if (r->mechanism &&
	    sy_request_setting_from_json(r, json_object_get(json, "setting")))
		return sy_reason(reason, -EINVAL,
		                 "point: setting out of range");
	r->inflight = (uint32_t)inflight;
	r->window = (uint32_t)window;
	r->grain_ns = (uint64_t)grain_ns;
	r->hold_awake = hold_awake;
	r->wait_ns = (uint64_t)wait_ns;
	r->request_bytes = (uint32_t)request_bytes;
	r->reply_bytes = (uint32_t)reply_bytes;
	r->tcp = tcp;
	error = take_own(point, json, reason);
	if (error)
		return error;
	load->rounds = (uint64_t)rounds;
	load->server_pu = (int)server_pu;
	point->where.bound = bound;
	error = pus_from_json(&point->where, pus);
	return error ? sy_reason(reason, error, "point: bad PUs") : 0;
}
