/* SPDX-License-Identifier: MIT */
/*
 * export_gbench.c - what Google Benchmark writes with --benchmark_format=json,
 * and nothing else: "context" and "benchmarks" of the results.
 *
 * Its compare.py takes for granted what is checked here, and ends in a Python
 * traceback where it is otherwise.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "results/export_parts.h"

/* The units of time that compare.py knows. */
static bool is_time_unit(const char *unit)
{
	static const char *const units[] = { "ns", "us", "ms", "s" };

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (!strcmp(unit, units[i]))
			return true;
	return false;
}

/* What compare.py sorts by is not there, or can be compared. */
static bool is_index(const json_t *value)
{
	return !value || json_is_integer(value);
}

static bool is_entry(const json_t *entry)
{
	return json_is_string(json_object_get(entry, "name")) &&
	       is_time_unit(sy_text_of(entry, "time_unit")) &&
	       json_is_number(json_object_get(entry, "real_time")) &&
	       json_is_number(json_object_get(entry, "cpu_time")) &&
	       is_index(json_object_get(entry, "family_index")) &&
	       is_index(json_object_get(entry, "per_family_instance_index")) &&
	       is_index(json_object_get(entry, "repetition_index"));
}

static int check(const struct sy_export *run, struct sy_reason *reason)
{
	json_t *entries = json_object_get(run->results, "benchmarks"), *entry;
	size_t i;

	if (!json_is_object(json_object_get(run->results, "context")) ||
	    !json_is_array(entries))
		return sy_reason(reason, -EINVAL,
		                 "%s/results.json: no context and benchmarks",
		                 run->dir);
	json_array_foreach (entries, i, entry)
		if (!is_entry(entry))
			return sy_reason(reason, -EINVAL,
			                 "%s/results.json: benchmarks[%zu] is "
			                 "not as Google Benchmark has it",
			                 run->dir, i);
	return 0;
}

/* Further keys of a context are texts, as --benchmark_context makes them. */
static json_t *context_of(const json_t *results)
{
	json_t *context = json_copy(json_object_get(results, "context"));

	if (context && json_is_true(json_object_get(results, "interrupted")))
		json_object_set_new(context, "interrupted",
		                    json_string("true"));
	return context;
}

static int write_gbench(FILE *out, const struct sy_export *run,
                        struct sy_reason *reason)
{
	int error = check(run, reason);
	json_t *json;
	char *text;

	if (error)
		return error;
	json = json_pack("{so sO}", "context", context_of(run->results),
	                 "benchmarks",
	                 json_object_get(run->results, "benchmarks"));
	/* In ASCII, so that a reader's locale does not matter. */
	text = json ? json_dumps(json, JSON_INDENT(2) | JSON_ENSURE_ASCII)
	            : NULL;
	json_decref(json);
	if (!text)
		return sy_reason(reason, -ENOMEM, "no memory");
	fputs(text, out);
	fputc('\n', out);
	free(text);
	return 0;
}

const struct sy_export_format sy_export_gbench = {
	.name = "gbench",
	.write = write_gbench,
};
