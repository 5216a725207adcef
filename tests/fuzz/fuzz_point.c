/* SPDX-License-Identifier: MIT */
/*
 * fuzz_point.c - the point that a worker is asked to open, which may come from
 * a driver of another build.
 *
 * One that is taken has a name, can be reckoned with, and is the same when it
 * is written down and read again.
 */
#include "fuzz.h"

#include "engine/point.h"
#include "engine/subject.h"

/* What was taken is what was said, whatever else stood there. */
static void check_numbers(const json_t *said, const json_t *taken)
{
	static const char *const keys[] = {
		"inflight",      "window",      "grain_ns",  "rounds",
		"request_bytes", "reply_bytes", "server_pu",
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		fuzz_must(json_equal(json_object_get(said, keys[i]),
		                     json_object_get(taken, keys[i])));
}

static void check(struct sy_point *point, const json_t *said)
{
	struct sy_point again;
	struct sy_reason reason;
	struct sy_limits limits = { .tasks_by = "pids.max" };
	json_t *json = sy_point_to_json(point), *back;

	fuzz_must(json);
	check_numbers(said, json);
	fuzz_must(!sy_point_from_json(&again, json, &reason));
	back = sy_point_to_json(&again);
	fuzz_must(json_equal(json, back));
	json_decref(json);
	json_decref(back);
	sy_point_release(&again);
	if (sy_point_fits(point, &limits, &reason))
		fuzz_check_reason(&reason);
	sy_point_stamped(point);
	sy_subject_waves(point, point->where.count);
	sy_request_absent(&point->request);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *json = fuzz_json(data, size);
	struct sy_point point;
	struct sy_reason reason;

	if (!json)
		return 0;
	if (sy_point_from_json(&point, json, &reason))
		fuzz_check_reason(&reason);
	else
		check(&point, json);
	sy_point_release(&point);
	json_decref(json);
	return 0;
}
