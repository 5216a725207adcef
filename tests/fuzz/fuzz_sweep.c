/* SPDX-License-Identifier: MIT */
/*
 * fuzz_sweep.c - a sweep file, and the points of its sections.
 *
 * A sweep that was read is right: each section's values are read again, and
 * come to as many points as were counted, or fewer where some are double.
 */
#include "fuzz.h"

#include "sweep/sweep.h"

/* More are not made. */
#define POINTS_MAX 300

static void check_section(const struct sy_sweep *sweep,
                          const struct sy_section *section)
{
	struct sy_values values;
	struct sy_space space;
	struct sy_plan plan;
	struct sy_reason reason;
	uint64_t count;

	fuzz_must(sy_sweep_find(sweep, section->name) == section);
	sy_sweep_values(sweep, section, &values);
	fuzz_must(!sy_space_read(&space, &values, &reason));
	count = sy_space_count(&space);
	fuzz_must(count > 0);
	sy_plan_init(&plan);
	if (count <= POINTS_MAX) {
		fuzz_must(!sy_space_add(&space, &plan));
		fuzz_must(plan.count <= count);
	}
	sy_plan_free(&plan);
	sy_space_free(&space);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sy_sweep sweep;
	struct sy_reason reason;

	if (sy_sweep_parse(&sweep, "a.ini", (const char *)data, size,
	                   &reason)) {
		fuzz_check_reason(&reason);
		return 0;
	}
	for (size_t i = 0; i < sweep.count; i++)
		check_section(&sweep, &sweep.sections[i]);
	sy_sweep_free(&sweep);
	return 0;
}
