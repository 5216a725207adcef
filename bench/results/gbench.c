/* SPDX-License-Identifier: MIT */
/*
 * gbench.c - see gbench.h.
 *
 * A set of workers is what Google Benchmark calls a repetition: a fresh
 * start of the same thing.  Its time is the median of the set's slices; its
 * CPU time is their mean, because some kernels count it in ticks.
 */
#include "results/gbench.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "build_info.h"
#include "host/units.h"
#include "results/estimate.h"
#include "results/summary.h"

static void copy(json_t *to, const char *as, const json_t *from,
                 const char *key)
{
	json_t *value = json_object_get(from, key);

	if (value && !json_is_null(value))
		json_object_set(to, as, value);
}

static json_t *load_average(const json_t *load)
{
	static const char *const spans[] = { "one_minute", "five_minutes",
		                             "fifteen_minutes" };
	json_t *list = json_array();

	for (size_t i = 0; i < sizeof(spans) / sizeof(spans[0]); i++) {
		json_t *value = json_object_get(load, spans[i]);

		if (json_is_number(value))
			json_array_append(list, value);
	}
	return list;
}

/* The most that the CPU is allowed to run at, else what it runs at. */
static void add_clock_rate(json_t *context, const json_t *cpu)
{
	const char *most_khz =
		json_string_value(json_object_get(cpu, "frequency_max_khz"));
	uint64_t khz;

	if (most_khz && !sy_parse_count(most_khz, &khz))
		json_object_set_new(context, "mhz_per_cpu",
		                    json_integer((json_int_t)(khz / 1000)));
	else
		copy(context, "mhz_per_cpu", cpu, "mhz");
}

/* As the library has it: where no governor is known, there is none. */
static json_t *is_scaled(const json_t *cpu)
{
	const char *governor =
		json_string_value(json_object_get(cpu, "governor"));

	return json_boolean(governor && strcmp(governor, "performance"));
}

/* Those of which all is known: a reader expects each field. */
static json_t *known_caches(const json_t *caches)
{
	json_t *list = json_array(), *cache;
	size_t i;

	json_array_foreach ((json_t *)caches, i, cache)
		if (json_is_string(json_object_get(cache, "type")) &&
		    json_is_integer(json_object_get(cache, "level")) &&
		    json_is_integer(json_object_get(cache, "size")) &&
		    json_is_integer(json_object_get(cache, "num_sharing")))
			json_array_append(list, cache);
	return list;
}

/* As `bench` has it: two reports that differ here compare nothing. */
static void add_identity(json_t *context, const json_t *machine)
{
	const json_t *build = json_object_get(machine, "build");

	copy(context, "machine_id", machine, "id");
	copy(context, "cpu_model", json_object_get(machine, "cpu"), "model");
	copy(context, "kernel", json_object_get(machine, "kernel"), "release");
	copy(context, "switchyard_version", build, "version");
	copy(context, "switchyard_commit", build, "git_commit");
	copy(context, "switchyard_build_type", build, "type");
	copy(context, "switchyard_compiler", build, "compiler");
}

json_t *sy_gbench_context(const json_t *machine)
{
	const json_t *cpu = json_object_get(machine, "cpu");
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
	copy(context, "num_cpus", cpu, "pus");
	add_clock_rate(context, cpu);
	json_object_set_new(context, "cpu_scaling_enabled", is_scaled(cpu));
	json_object_set_new(context, "caches",
	                    known_caches(json_object_get(machine, "caches")));
	json_object_set_new(context, "load_avg",
	                    load_average(json_object_get(machine, "load")));
	add_identity(context, machine);
	return context;
}

/* A time an operation of each set, in order, and where it begins. */
struct sets {
	int count;
	double *ns, *cpu_ns;
	size_t *first; /* of one more: the end */
};

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

/* The figures that a mechanism has beside its time: counters, as the library
   calls them, which are keys of an entry. */
static void add_counters(json_t *json, const struct sy_point *point,
                         const struct sy_sample *samples, size_t count,
                         double *values)
{
	const struct sy_mechanism *mechanism = point->request.mechanism;
	const struct {
		const char *name;
		enum sy_quantity quantity;
		bool there;
	} counters[] = {
		{ "net_ns", SY_NET, mechanism && mechanism->alone },
		{ "bytes_per_context", SY_BYTES, sy_point_is(point, SY_IDLE) },
		{ "slab_bytes_per_context", SY_SLAB,
		  sy_point_is(point, SY_IDLE) },
	};
	double middle;

	for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); i++) {
		for (size_t k = 0; k < count; k++)
			values[k] = sy_sample_value(&samples[k],
			                            counters[i].quantity);
		if (counters[i].there && !sy_median(values, count, &middle))
			json_object_set_new(json, counters[i].name,
			                    json_real(middle));
	}
}

/* Of the set that begins at sample sets->first[repetition]; `values` as in
   sum_up_sets. */
static void add_repetition(json_t *list, const struct sy_point *point,
                           size_t index, const struct sy_result *result,
                           int repetition, const struct sets *sets,
                           double *values)
{
	size_t first = sets->first[repetition];
	const struct sy_sample *samples = &result->samples[first];
	json_t *json = entry(point, index, "", "iteration");
	double ns = sets->ns[repetition];

	if (!json)
		return;
	json_object_set_new(json, "repetitions", json_integer(sets->count));
	json_object_set_new(json, "repetition_index", json_integer(repetition));
	add_times(json, result->slice_operations, ns, sets->cpu_ns[repetition]);
	json_object_set_new(json, "items_per_second", json_real(1e9 / ns));
	add_counters(json, point, samples, sets->first[repetition + 1] - first,
	             values);
	/* One value a worker. */
	if (samples->first_ns > 0)
		json_object_set_new(json, "first_ns",
		                    json_real(samples->first_ns));
	json_array_append_new(list, json);
}

/* `values` is room for all slices. */
static void sum_up_sets(const struct sy_result *result, struct sets *sets,
                        double *values)
{
	double cpu_ns = 0;

	for (size_t i = 0, used = 0; i < result->count; i++) {
		values[used++] = result->samples[i].ns;
		cpu_ns += result->samples[i].cpu_ns;
		if (i + 1 < result->count &&
		    result->samples[i + 1].set == result->samples[i].set)
			continue;
		sy_median(values, used, &sets->ns[sets->count]);
		sets->cpu_ns[sets->count++] = cpu_ns / (double)used;
		sets->first[sets->count] = i + 1;
		used = 0;
		cpu_ns = 0;
	}
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

/* The entry, for what else is known of it; or NULL. */
static json_t *add_aggregate(json_t *list, const struct sy_point *point,
                             size_t index, const char *name, int sets,
                             double ns, double cpu_ns)
{
	char suffix[16];
	json_t *json;

	snprintf(suffix, sizeof(suffix), "_%s", name);
	json = entry(point, index, suffix, "aggregate");
	if (!json)
		return NULL;
	json_object_set_new(json, "repetitions", json_integer(sets));
	json_object_set_new(json, "aggregate_name", json_string(name));
	json_object_set_new(json, "aggregate_unit", json_string("time"));
	add_times(json, (uint64_t)sets, ns, cpu_ns);
	json_array_append_new(list, json);
	return json;
}

/* Of all slices, as a share of the operations or the largest. */
static void add_findings(json_t *json, const struct sy_result *result)
{
	const struct sy_finding *finding = result->findings;
	char name[SY_FINDING_BYTES];

	for (size_t i = 0; finding[i].name; i++)
		json_object_set_new(json, sy_finding_share(&finding[i], name),
		                    json_real(sy_finding_figure(
					    &finding[i], result->found[i],
					    result->operations)));
}

/* Those of the median; first_ns is one of few values, and in repetitions. */
static void add_aggregates(json_t *list, const struct sy_point *point,
                           size_t index, const struct sy_result *result,
                           const struct sets *sets, double *values)
{
	double middle, cpu_middle;
	json_t *median;

	if (sy_estimate_middle(result, SY_TIME, &middle) ||
	    sy_median(sets->cpu_ns, (size_t)sets->count, &cpu_middle))
		return;
	median = add_aggregate(list, point, index, "median", sets->count,
	                       middle, cpu_middle);
	if (median)
		add_counters(median, point, result->samples, result->count,
		             values);
	if (median && result->findings)
		add_findings(median, result);
	add_aggregate(list, point, index, "stddev", sets->count,
	              deviation(sets->ns, sets->count),
	              deviation(sets->cpu_ns, sets->count));
}

static void add_measured(json_t *list, const struct sy_point *point,
                         size_t index, const struct sy_result *result)
{
	double *room = calloc(result->count * 3 + 1, sizeof(*room));
	double *values = room ? room + 2 * result->count : NULL;
	struct sets sets = {
		.ns = room,
		.cpu_ns = room ? room + result->count : NULL,
		.first = calloc(result->count + 1, sizeof(size_t)),
	};

	if (room && sets.first) {
		sum_up_sets(result, &sets, values);
		for (int i = 0; i < sets.count; i++)
			add_repetition(list, point, index, result, i, &sets,
			               values);
		add_aggregates(list, point, index, result, &sets, values);
	}
	free(sets.first);
	free(room);
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
