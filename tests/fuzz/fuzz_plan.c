/* SPDX-License-Identifier: MIT */
/*
 * fuzz_plan.c - plan.json, which is read again where a run goes on and where
 * runs are compared.
 *
 * One that is taken is written down as it was said, and the same once more.
 */
#include "fuzz.h"

#include "engine/plan.h"

static void check_said(const json_t *said, const json_t *written)
{
	static const char *const keys[] = { "schema",        "seed",
		                            "sets",          "budget_ns",
		                            "slice_ns",      "limit_ns",
		                            "timer_slack_ns" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		fuzz_must(json_equal(json_object_get(said, keys[i]),
		                     json_object_get(written, keys[i])));
	fuzz_must(json_array_size(json_object_get(said, "points")) ==
	          json_array_size(json_object_get(written, "points")));
}

static void check(struct sy_plan *plan, const json_t *said)
{
	json_t *written = sy_plan_to_json(plan), *back;
	struct sy_plan again;
	struct sy_reason reason;

	fuzz_must(written);
	check_said(said, written);
	fuzz_must(!sy_plan_from_json(&again, written, &reason));
	back = sy_plan_to_json(&again);
	fuzz_must(json_equal(written, back));
	json_decref(written);
	json_decref(back);
	sy_plan_free(&again);
	fuzz_must(!sy_plan_arrange(plan));
	fuzz_must(sy_plan_group_count(plan) <= plan->count);
	sy_plan_expected_ns(plan);
	if (sy_plan_check(plan, &reason))
		fuzz_check_reason(&reason);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *json = fuzz_json(data, size);
	struct sy_plan plan;
	struct sy_reason reason;

	if (!json)
		return 0;
	if (sy_plan_from_json(&plan, json, &reason)) {
		fuzz_check_reason(&reason);
	} else {
		check(&plan, json);
		sy_plan_free(&plan);
	}
	json_decref(json);
	return 0;
}
