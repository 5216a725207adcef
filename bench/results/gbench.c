/* SPDX-License-Identifier: MIT */
/*
 * gbench.c - see gbench.h.
 *
 * A set of workers is what Google Benchmark calls a repetition: a fresh
 * start of the same thing.  Its time is the median of the set's slices.
 */
#include "results/gbench.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "build_info.h"
#include "results/estimate.h"

static void copy(json_t *to, const char *as, const json_t *from,
                 const char *key)
{
	json_t *value = json_object_get(from, key);

	if (value && !json_is_null(value))
		json_object_set(to, as, value);
}

static json_t *load_average(const json_t *load)
{
	json_t *list = json_array();

	if (json_object_get(load, "one_minute"))
		json_array_append(list, json_object_get(load, "one_minute"));
	if (json_object_get(load, "five_minutes"))
		json_array_append(list, json_object_get(load, "five_minutes"));
	return list;
}

json_t *sy_gbench_context(const json_t *machine)
{
	time_t now = time(NULL);
	char date[40];
	struct tm utc;
	json_t *context;

	gmtime_r(&now, &utc);
	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S+00:00", &utc);
	context = json_pack("{ss ss ss}", "date", date, "executable",
	                    "switchyard", "library_build_type",
	                    SY_BUILD_IS_RELEASE ? "release" : "debug");
	if (!context)
		return NULL;
	copy(context, "num_cpus", json_object_get(machine, "cpu"), "pus");
	copy(context, "caches", machine, "caches");
	json_object_set_new(context, "load_avg",
	                    load_average(json_object_get(machine, "load")));
	return context;
}

/* What every entry begins with. */
static json_t *entry(const struct sy_point *point, size_t index,
                     const char *suffix, const char *run_type)
{
	char name[SY_NAME_BYTES + 16];

	snprintf(name, sizeof(name), "%s%s", point->name, suffix);
	return json_pack("{ss si si ss ss si ss}", "name", name, "family_index",
	                 (int)index, "per_family_instance_index", 0, "run_name",
	                 point->name, "run_type", run_type, "threads", 1,
	                 "time_unit", "ns");
}

static void add_times(json_t *json, uint64_t iterations, double real_ns,
                      double cpu_ns)
{
	json_object_set_new(json, "iterations",
	                    json_integer((json_int_t)iterations));
	json_object_set_new(json, "real_time", json_real(real_ns));
	json_object_set_new(json, "cpu_time", json_real(cpu_ns));
}

static void add_repetition(json_t *list, const struct sy_point *point,
                           size_t index, const struct sy_result *result,
                           int repetition, int sets, double ns)
{
	json_t *json = entry(point, index, "", "iteration");
	double cpu_ns =
		(double)result->usage.cpu_ns / (double)result->operations;

	if (!json)
		return;
	json_object_set_new(json, "repetitions", json_integer(sets));
	json_object_set_new(json, "repetition_index", json_integer(repetition));
	add_times(json, result->slice_operations, ns, cpu_ns);
	json_object_set_new(json, "items_per_second", json_real(1e9 / ns));
	json_array_append_new(list, json);
}

/* The median of each set, in order; returns how many sets there are. */
static int set_medians(const struct sy_result *result, double *medians)
{
	double *values = calloc(result->count + 1, sizeof(*values));
	int sets = 0;

	for (size_t i = 0, used = 0; values && i < result->count; i++) {
		values[used++] = result->samples[i].ns;
		if (i + 1 < result->count &&
		    result->samples[i + 1].set == result->samples[i].set)
			continue;
		sy_median(values, used, &medians[sets++]);
		used = 0;
	}
	free(values);
	return sets;
}

static double deviation(const double *values, int count)
{
	double mean = 0, sum = 0;

	for (int i = 0; i < count; i++)
		mean += values[i] / count;
	for (int i = 0; i < count; i++)
		sum += (values[i] - mean) * (values[i] - mean);
	return count > 1 ? sqrt(sum / (count - 1)) : 0;
}

static void add_aggregate(json_t *list, const struct sy_point *point,
                          size_t index, const char *name, int sets, double ns,
                          double cpu_ns)
{
	char suffix[16];
	json_t *json;

	snprintf(suffix, sizeof(suffix), "_%s", name);
	json = entry(point, index, suffix, "aggregate");
	if (!json)
		return;
	json_object_set_new(json, "repetitions", json_integer(sets));
	json_object_set_new(json, "aggregate_name", json_string(name));
	json_object_set_new(json, "aggregate_unit", json_string("time"));
	add_times(json, (uint64_t)sets, ns, cpu_ns);
	json_array_append_new(list, json);
}

static void add_measured(json_t *list, const struct sy_point *point,
                         size_t index, const struct sy_result *result)
{
	double *medians = calloc(result->count + 1, sizeof(*medians));
	double cpu_ns =
		(double)result->usage.cpu_ns / (double)result->operations;
	int sets = medians ? set_medians(result, medians) : 0;
	double middle;

	for (int i = 0; i < sets; i++)
		add_repetition(list, point, index, result, i, sets, medians[i]);
	if (sets && !sy_estimate_middle(result, &middle)) {
		add_aggregate(list, point, index, "median", sets, middle,
		              cpu_ns);
		add_aggregate(list, point, index, "stddev", sets,
		              deviation(medians, sets), 0);
	}
	free(medians);
}

static void add_failed(json_t *list, const struct sy_point *point, size_t index,
                       const struct sy_result *result)
{
	json_t *json = entry(point, index, "", "iteration");

	if (!json)
		return;
	json_object_set_new(json, "repetitions", json_integer(1));
	json_object_set_new(json, "repetition_index", json_integer(0));
	json_object_set_new(json, "error_occurred", json_true());
	json_object_set_new(json, "error_message",
	                    json_string(result->reason.text));
	add_times(json, 0, 0, 0);
	json_array_append_new(list, json);
}

json_t *sy_gbench_benchmarks(const struct sy_plan *plan,
                             const struct sy_session *session)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < plan->count; i++) {
		const struct sy_result *result = &session->points[i];

		if (result->state == SY_MEASURED)
			add_measured(list, &plan->points[i], i, result);
		else if (result->state != SY_PLANNED)
			add_failed(list, &plan->points[i], i, result);
	}
	return list;
}
