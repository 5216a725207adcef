/* SPDX-License-Identifier: MIT */
/* tour.c - how long a tour was, and how sure its figures are. */
#include "study/study.h"

#include <stdio.h>
#include <string.h>

#include "results/run.h"

int sy_study_tour(const char *run)
{
	struct sy_reason reason;
	json_t *results, *point;
	size_t i, all = 0, sure = 0;
	double wall, sliced;

	if (sy_json_read(run, "results.json", &results, &reason)) {
		fprintf(stderr, "switchyard-study: %s\n", reason.text);
		return 2;
	}
	json_array_foreach (json_object_get(results, "points"), i, point) {
		double value, low, high;
		const char *placement;

		if (json_unpack(point, "{s{sf sf sf} s{ss}}", "ns_per_op",
		                "value", &value, "low", &low, "high", &high,
		                "params", "placement", &placement) ||
		    strcmp(placement, "one-pu"))
			continue;
		all++;
		sure += high <= value * 1.05 && low >= value * 0.95;
	}
	wall = json_number_value(json_object_get(results, "wall_ns")) / 1e9;
	sliced = json_number_value(json_object_get(results, "sliced_ns")) / 1e9;
	printf("tour: %.1f s measuring run (under 60), %.0f %% in slices (at "
	       "least 80), %zu of %zu one-PU\npoints within +-5 %% (%.0f %%, "
	       "at least 90), noise %.1f %%\n",
	       wall, 100 * sliced / wall, sure, all,
	       all ? 100.0 * (double)sure / (double)all : 0,
	       100 * json_number_value(json_object_get(
			     json_object_get(results, "sentinel"), "spread")));
	json_decref(results);
	return 0;
}
