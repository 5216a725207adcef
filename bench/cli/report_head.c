/* SPDX-License-Identifier: MIT */
/* report_head.c - what stands above all tables, and intervals in them. */
#include <math.h>

#include "build_info.h"
#include "cli/cli.h"
#include "cli/report_parts.h"

double sy_spread(const json_t *point, const char *key)
{
	double value = sy_number_at(point, key, "value");

	return value > 0 ? (sy_number_at(point, key, "high") -
	                    sy_number_at(point, key, "low")) /
	                           2 / value
	                 : 0;
}

double sy_spread_or_few(const json_t *point, const char *key)
{
	return sy_is_few(point) ? INFINITY : sy_spread(point, key);
}

void sy_print_spread(FILE *out, double share)
{
	if (isinf(share))
		fprintf(out, " %5s", "few");
	else if (share >= 0.9995)
		fprintf(out, " %5s", ">100%");
	else if (share > 0)
		fprintf(out, " %4.1f%%", share * 100);
	else
		fprintf(out, " %5s", "-");
}

/* What occurs in the points of a run, and is to be explained. */
struct occurring {
	json_int_t slices;
	bool modes, zero, reference, untold;
};

/* One with fewer samples beyond it than say where it is. */
static bool lacks_percentile(const json_t *point)
{
	const json_t *latency = json_object_get(point, "latency_ns");

	return latency && !(json_object_get(latency, "p50") &&
	                    json_object_get(latency, "p99"));
}

static struct occurring look(const json_t *points)
{
	struct occurring seen = { 0 };
	json_t *point;
	size_t i;

	json_array_foreach ((json_t *)points, i, point) {
		seen.slices +=
			json_integer_value(json_object_get(point, "slices"));
		seen.modes |= json_object_get(point, "modes") != NULL;
		seen.zero |=
			json_is_true(json_object_get(point, "net_is_zero"));
		seen.reference |= sy_is_reference(point);
		seen.untold |= lacks_percentile(point);
	}
	return seen;
}

static void print_effort(FILE *out, const json_t *results, json_int_t slices)
{
	size_t points = json_array_size(json_object_get(results, "points"));
	double wall_ns = json_number_value(json_object_get(results, "wall_ns"));
	double sliced_ns =
		json_number_value(json_object_get(results, "sliced_ns"));

	fprintf(out,
	        "%zu point%s, %lld slices in %.1f s (%.0f %% of it measuring), "
	        "seed %lld%s\n",
	        points, points == 1 ? "" : "s", (long long)slices,
	        wall_ns / 1e9, wall_ns > 0 ? sliced_ns / wall_ns * 100 : 0,
	        (long long)json_integer_value(json_object_get(results, "seed")),
	        json_is_true(json_object_get(results, "interrupted"))
	                ? ", INTERRUPTED"
	                : "");
}

static void print_noise(FILE *out, const json_t *results)
{
	const json_t *spread =
		json_object_get(json_object_get(results, "sentinel"), "spread");
	double noise = json_number_value(spread);

	if (json_is_number(spread))
		fprintf(out,
		        "noise: neighbouring slices of the same kernel differ "
		        "by %.1f %%%s\n",
		        noise * 100,
		        noise > SY_NOISY ? " (NOISY: over 3 %)" : "");
	else
		fputs("noise: not known, the sentinel has too few slices\n",
		      out);
}

static void print_marks(FILE *out, const struct occurring *seen)
{
	fputs("+-: half of the 95 % interval, the widest of a row; few: under "
	      "5 "
	      "slices\n",
	      out);
	if (seen->modes)
		fputs("*: two modes, the median lies in one of them; see "
		      "results.json\n",
		      out);
	if (seen->zero)
		fputs("~0: not different from zero, whose interval holds it; "
		      "see results.json\n",
		      out);
	if (seen->untold)
		fputs("-: in the place of a percentile, under 100 samples lie "
		      "beyond it\n",
		      out);
	if (seen->reference)
		fputs("(ref): to hold others against; neither best nor a "
		      "rival\n",
		      out);
}

void sy_report_head(FILE *out, const json_t *results)
{
	struct occurring seen = look(json_object_get(results, "points"));

	fprintf(out, "switchyard %s on %s\n", SY_VERSION,
	        sy_text_of(json_object_get(results, "machine"), "summary"));
	print_effort(out, results, seen.slices);
	print_noise(out, results);
	print_marks(out, &seen);
}
