/* SPDX-License-Identifier: MIT */
/* summary_mechanism.c - of a point of switch, spawn or idle: what it was asked
   for, and the figures that others do not have. */
#include "results/estimate.h"
#include "results/summary_parts.h"

void sy_summary_set(json_t *json, const char *key, json_t *value)
{
	json_object_set_new(json, key, value);
}

json_t *sy_estimate_json(const struct sy_estimate *e)
{
	return json_pack("{sf sf sf}", "value", e->value, "low", e->low, "high",
	                 e->high);
}

/* What the mechanism heeds of its setting. */
void sy_summary_setting(json_t *params, const struct sy_point *point)
{
	const struct sy_request *r = &point->request;
	static const char *const names[] = {
		[SY_SWITCH] = "ring",
		[SY_SPAWN] = "burst",
		[SY_IDLE] = "contexts",
	};
	enum sy_family family = r->mechanism->family;

	sy_summary_set(params, names[family], json_integer(r->contexts));
	sy_summary_set(params, "pus", sy_pus_to_json(&point->where));
	if (family == SY_SWITCH)
		sy_summary_set(params, "working_set_bytes",
		               json_integer((json_int_t)r->working_bytes));
	else
		sy_summary_set(params, "stack_bytes",
		               json_integer((json_int_t)r->stack_bytes));
	if (family != SY_SPAWN)
		return;
	sy_summary_set(params, "resident_bytes",
	               json_integer((json_int_t)r->resident_bytes));
	sy_summary_set(params, "huge_pages", json_boolean(r->huge_pages));
}

/* What the mechanism costs with nobody to switch to, and what is left. */
static void add_net(json_t *json, const struct sy_result *result, uint64_t seed)
{
	struct sy_estimate e;

	if (!sy_estimate(result, SY_ALONE, seed, &e))
		sy_summary_set(json, "alone_ns", sy_estimate_json(&e));
	if (sy_estimate(result, SY_NET, seed, &e))
		return;
	sy_summary_set(json, "net_ns", sy_estimate_json(&e));
	if (e.low <= 0 && e.high >= 0)
		sy_summary_set(json, "net_is_zero", json_true());
}

static void add_memory(json_t *json, const struct sy_result *result,
                       uint64_t seed)
{
	struct sy_estimate e;

	if (!sy_estimate(result, SY_BYTES, seed, &e))
		sy_summary_set(json, "bytes_per_context", sy_estimate_json(&e));
	if (!sy_estimate(result, SY_SLAB, seed, &e))
		sy_summary_set(json, "slab_bytes_per_context",
		               sy_estimate_json(&e));
}

void sy_summary_mechanism(json_t *json, const struct sy_point *point,
                          const struct sy_result *result, uint64_t seed)
{
	const struct sy_mechanism *mechanism = point->request.mechanism;
	struct sy_estimate e;

	if (mechanism->alone)
		add_net(json, result, seed);
	if (!sy_estimate_first(result, seed, &e))
		sy_summary_set(json, "first_ns", sy_estimate_json(&e));
	if (mechanism->family == SY_IDLE)
		add_memory(json, result, seed);
}

void sy_summary_labels(json_t *json, const struct sy_point *point,
                       const struct sy_result *result)
{
	bool reference = sy_request_is_reference(&point->request);

	if (reference)
		sy_summary_set(json, "reference", json_true());
	/* The kernel chooses between one PU and two as it likes. */
	if (sy_point_is(point, SY_SWITCH) && !reference && point->where.count &&
	    !point->where.bound)
		sy_summary_set(json, "mixture", json_true());
	if (*result->detail)
		sy_summary_set(json, "detail", json_string(result->detail));
}
