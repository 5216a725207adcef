/* SPDX-License-Identifier: MIT */
/*
 * agree.c - whether two front ends find the same: `switchyard run`, from its
 * results.json, and `switchyard bench`, from its report.
 *
 *   switchyard-agree RUN.json BENCH.json [RUN.json BENCH.json ...]
 *
 * Each pair of files was measured one after the other.  A front end's figure
 * is the median over its files, with the interval of their spread; the ratio
 * is paired.  Status 1: some point's intervals lie apart.
 */
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "stats/stats.h"

#define PAIRS_MAX 200
#define RESAMPLES 10000
#define SEED 1

struct point {
	const char *name; /* borrowed from the first file */
	double run_ns[PAIRS_MAX], bench_ns[PAIRS_MAX];
	size_t pairs;
};

/* 0 where the file has no figure of it. */
static double run_ns_of(const json_t *results, const char *name)
{
	json_t *point;
	size_t i;

	json_array_foreach (json_object_get(results, "points"), i, point) {
		const char *text =
			json_string_value(json_object_get(point, "name"));

		if (text && !strcmp(text, name))
			return json_number_value(json_object_get(
				json_object_get(point, "ns_per_op"), "value"));
	}
	return 0;
}

/* The median of the repetitions. */
static double bench_ns_of(const json_t *report, const char *name)
{
	double values[PAIRS_MAX], median = 0;
	size_t count = 0, i;
	json_t *row;

	json_array_foreach (json_object_get(report, "benchmarks"), i, row) {
		const char *text =
			json_string_value(json_object_get(row, "run_name"));

		if (!text || strcmp(text, name) ||
		    json_object_get(row, "aggregate_name") ||
		    json_object_get(row, "error_occurred"))
			continue;
		if (count < PAIRS_MAX)
			values[count++] = json_number_value(
				json_object_get(row, "real_time"));
	}
	return count && !sy_median(values, count, &median) ? median : 0;
}

static void collect(struct point *point, json_t *const *files, size_t count)
{
	for (size_t i = 0; i + 1 < count; i += 2) {
		double run = run_ns_of(files[i], point->name);
		double bench = bench_ns_of(files[i + 1], point->name);

		if (!(run > 0) || !(bench > 0))
			continue;
		point->run_ns[point->pairs] = run;
		point->bench_ns[point->pairs++] = bench;
	}
}

/* Prints a line; whether the intervals overlap. */
static bool compare(const struct point *point)
{
	uint32_t sets[PAIRS_MAX];
	struct sy_samples run = { point->run_ns, sets, point->pairs };
	struct sy_samples bench = { point->bench_ns, sets, point->pairs };
	struct sy_estimate r, b, ratio;
	bool overlap;

	for (uint32_t i = 0; i < point->pairs; i++)
		sets[i] = i;
	if (sy_bootstrap_median(&run, RESAMPLES, SEED, &r) ||
	    sy_bootstrap_median(&bench, RESAMPLES, SEED, &b) ||
	    sy_bootstrap_ratio(&bench, point->run_ns, RESAMPLES, SEED,
	                       &ratio)) {
		printf("%s: no figures\n", point->name);
		return false;
	}
	overlap = r.low <= b.high && b.low <= r.high;
	printf("%s\n  run %.4g ns (%.4g..%.4g)  bench %.4g ns (%.4g..%.4g)\n"
	       "  bench/run %.4f (%.4f..%.4f), %zu pairs: %s\n",
	       point->name, r.value, r.low, r.high, b.value, b.low, b.high,
	       ratio.value, ratio.low, ratio.high, point->pairs,
	       overlap ? "the intervals overlap" : "THE INTERVALS LIE APART");
	return overlap;
}

static int compare_all(json_t *const *files, size_t count)
{
	json_t *row;
	size_t i, apart = 0;

	json_array_foreach (json_object_get(files[0], "points"), i, row) {
		struct point point = { .name = json_string_value(
					       json_object_get(row, "name")) };

		if (!point.name)
			continue;
		collect(&point, files, count);
		apart += !compare(&point);
	}
	printf("%zu of %zu points agree\n", i - apart, i);
	return apart || !i;
}

int main(int argc, char **argv)
{
	size_t count = (size_t)argc - 1;
	json_t *files[2 * PAIRS_MAX] = { NULL };
	int status = 0;

	if (!count || count % 2 || count > 2 * PAIRS_MAX) {
		fputs("usage: switchyard-agree RUN.json BENCH.json ...\n",
		      stderr);
		return 2;
	}
	for (size_t i = 0; i < count && !status; i++) {
		json_error_t error;

		files[i] = json_load_file(argv[i + 1], JSON_REJECT_DUPLICATES,
		                          &error);
		if (!files[i]) {
			fprintf(stderr, "switchyard-agree: %s:%d: %s\n",
			        argv[i + 1], error.line, error.text);
			status = 2;
		}
	}
	if (!status)
		status = compare_all(files, count);
	for (size_t i = 0; i < count; i++)
		json_decref(files[i]);
	return status;
}
