/* SPDX-License-Identifier: MIT */
/* param.c - see param.h. */
#include "engine/param.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "engine/bounds.h"
#include "engine/json.h"
#include "workloads/url.h"

#define FIELD(field)                                                           \
	.offset = offsetof(struct sy_request, field),                          \
	.bytes = sizeof(((struct sy_request *)0)->field)

const struct sy_param sy_params[] = {
	{ "inside_ns", "inside_ns", SY_HAVE_INSIDE, FIELD(inside_ns),
	  .most = SY_INSIDE_MAX_NS },
	{ "outside_ns", "outside_ns", SY_HAVE_INSIDE, FIELD(outside_ns),
	  .most = SY_INSIDE_MAX_NS },
	{ "sections", "sections", SY_HAVE_SECTIONS, FIELD(sections), .least = 1,
	  .most = SY_CRITICAL_MAX, .otherwise = 1000 },
	{ "units", "units", SY_HAVE_UNITS, FIELD(units), .least = 1,
	  .most = SY_INFLIGHT_MAX, .otherwise = 5 },
	{ "notify", "notify", SY_HAVE_NOTIFY, FIELD(notify), .least = 1,
	  .most = SY_INFLIGHT_MAX, .otherwise = 1 },
	{ "cells", "cells", SY_HAVE_CELLS, FIELD(cells), .least = 1,
	  .most = SY_CELLS_MAX, .otherwise = 1024, .power_of_two = true },
	{ "body_bytes", "body", SY_HAVE_FETCH, FIELD(body_bytes), .least = 1,
	  .most = SY_BODY_MAX, .otherwise = 4096 },
	{ "timeout_ns", "timeout_ns", SY_HAVE_FETCH, FIELD(timeout_ns),
	  .least = SY_TIMEOUT_MIN_NS, .most = SY_TIMEOUT_MAX_NS,
	  .otherwise = UINT64_C(5000000000), .quiet = true },
	{ .key = NULL },
};

bool sy_families_have(const char *families, const char *family)
{
	size_t length = strlen(family);

	for (const char *at = families; at; at = strchr(at, ' ')) {
		at += *at == ' ';
		if (!strncmp(at, family, length) &&
		    (at[length] == ' ' || !at[length]))
			return true;
	}
	return false;
}

static bool is_of(const char *families, const struct sy_request *r)
{
	return r->workload && sy_families_have(families, r->workload->name);
}

bool sy_param_is_of(const struct sy_param *param, const struct sy_request *r)
{
	return is_of(param->families, r);
}

bool sy_request_waits(const struct sy_request *r)
{
	return is_of(SY_HAVE_WAIT, r);
}

bool sy_request_has_server(const struct sy_request *r)
{
	return is_of(SY_HAVE_SERVER, r);
}

bool sy_request_has_sections(const struct sy_request *r)
{
	return is_of(SY_HAVE_INSIDE, r);
}

bool sy_request_has_rounds(const struct sy_request *r)
{
	return is_of("cpu " SY_HAVE_INSIDE, r);
}

uint64_t sy_param_get(const struct sy_param *param, const struct sy_request *r)
{
	const char *field = (const char *)r + param->offset;
	uint64_t value = 0;
	uint32_t half;

	if (param->bytes == sizeof(value)) {
		memcpy(&value, field, sizeof(value));
		return value;
	}
	memcpy(&half, field, sizeof(half));
	return half;
}

void sy_param_set(const struct sy_param *param, struct sy_request *r,
                  uint64_t value)
{
	char *field = (char *)r + param->offset;
	uint32_t half = (uint32_t)value;

	if (param->bytes == sizeof(value))
		memcpy(field, &value, sizeof(value));
	else
		memcpy(field, &half, sizeof(half));
}

json_t *sy_params_to_json(const struct sy_request *r, json_t *json)
{
	for (const struct sy_param *p = sy_params; p->key; p++)
		if (sy_param_is_of(p, r))
			json = sy_json_with(
				json, p->key,
				json_integer((json_int_t)sy_param_get(p, r)));
	if (!is_of(SY_HAVE_FETCH, r))
		return json;
	json = sy_json_with(json, "fresh", json_boolean(r->fresh));
	return sy_json_with(json, "url", json_string(r->url));
}

static int take_number(const struct sy_param *param, struct sy_request *r,
                       const json_t *json)
{
	const json_t *value = json_object_get(json, param->key);
	json_int_t number = json_integer_value(value);

	if (!json_is_integer(value) || number < (json_int_t)param->least ||
	    number > (json_int_t)param->most ||
	    (param->power_of_two && (number & (number - 1))))
		return -EINVAL;
	sy_param_set(param, r, (uint64_t)number);
	return 0;
}

static int take_fetch(struct sy_request *r, const json_t *json)
{
	const json_t *fresh = json_object_get(json, "fresh");
	const char *url = json_string_value(json_object_get(json, "url"));
	struct sy_reason reason;

	if (!json_is_boolean(fresh) || !url ||
	    (*url && sy_url_check(url, &reason)))
		return -EINVAL;
	r->fresh = json_is_true(fresh);
	strcpy(r->url, url);
	return 0;
}

int sy_params_from_json(struct sy_request *r, const json_t *json)
{
	int error = 0;

	for (const struct sy_param *p = sy_params; p->key && !error; p++)
		if (sy_param_is_of(p, r))
			error = take_number(p, r, json);
	return !error && is_of(SY_HAVE_FETCH, r) ? take_fetch(r, json) : error;
}

int sy_url_check(const char *url, struct sy_reason *reason)
{
	const char *why;
	int error = sy_url_parse(NULL, url, &why);

	return error ? sy_reason(reason, error, "'%.80s' %s", url, why) : 0;
}

int sy_request_meets(const struct sy_request *r, struct sy_reason *reason)
{
	if (is_of(SY_HAVE_UNITS, r) && r->units > r->inflight)
		return sy_reason(reason, -EINVAL,
		                 "a gate of %u units never holds %u tasks in "
		                 "flight back; take fewer units or more tasks",
		                 r->units, r->inflight);
	if (is_of("event", r) && r->inflight < 2)
		return sy_reason(reason, -EINVAL,
		                 "an event needs 2 tasks in flight at least: "
		                 "one sets it, the others wait");
	if (is_of(SY_HAVE_NOTIFY, r) && r->inflight < 2)
		return sy_reason(reason, -EINVAL,
		                 "a condition needs 2 tasks in flight at "
		                 "least: one notifies, the others wait");
	if (is_of(SY_HAVE_NOTIFY, r) && r->notify > r->inflight - 1)
		return sy_reason(reason, -EINVAL,
		                 "%u of a condition cannot be notified at "
		                 "once: of %u tasks in flight %u wait",
		                 r->notify, r->inflight, r->inflight - 1);
	return 0;
}
