/* SPDX-License-Identifier: MIT */
/* export.c - the formats, and the checks before any of them; see export.h. */
#include "results/export.h"

#include <errno.h>
#include <locale.h>
#include <stdbool.h>
#include <string.h>

#include "results/export_parts.h"
#include "results/run.h"

static const struct sy_export_format *const formats[] = {
	&sy_export_gbench,   &sy_export_csv,    &sy_export_tsv,
	&sy_export_markdown, &sy_export_claims, NULL,
};

const struct sy_export_format *sy_export_format(size_t index)
{
	return formats[index];
}

static int check_schema(const json_t *results, const char *dir,
                        struct sy_reason *reason)
{
	const json_t *schema = json_object_get(results, "schema");
	json_int_t number = json_integer_value(schema);

	if (number < 1)
		return sy_reason(reason, -EINVAL,
		                 "%s/results.json: no schema, so these are "
		                 "no results of a run",
		                 dir);
	if (number > SY_EXPORT_SCHEMA)
		return sy_reason(reason, -EINVAL,
		                 "%s/results.json: schema %lld, but this "
		                 "program knows %d at most: use a newer one",
		                 dir, (long long)number, SY_EXPORT_SCHEMA);
	return 0;
}

/* Counts by their names, where there are any, and shares by theirs. */
static bool are_counts(const json_t *findings)
{
	const char *name;
	json_t *found;

	if (!findings)
		return true;
	if (!json_is_object(findings))
		return false;
	json_object_foreach ((json_t *)findings, name, found) {
		bool share = sy_finding_is_share(name);

		if (!(share ? json_is_number(found) : json_is_integer(found)) ||
		    json_number_value(found) < 0)
			return false;
	}
	return true;
}

static int check_points(const json_t *results, const char *dir,
                        struct sy_reason *reason)
{
	static const char *const texts[] = { "name", "group", "family", "model",
		                             "state" };
	json_t *points = json_object_get(results, "points"), *point;
	size_t i;

	if (!json_is_array(points))
		return sy_reason(reason, -EINVAL,
		                 "%s/results.json: no list of points", dir);
	json_array_foreach (points, i, point) {
		if (!are_counts(json_object_get(point, "findings")))
			return sy_reason(reason, -EINVAL,
			                 "%s/results.json: points[%zu] has "
			                 "findings that are no counts",
			                 dir, i);
		for (size_t k = 0; k < sizeof(texts) / sizeof(texts[0]); k++)
			if (!json_is_string(json_object_get(point, texts[k])))
				return sy_reason(reason, -EINVAL,
				                 "%s/results.json: points[%zu] "
				                 "has no %s",
				                 dir, i, texts[k]);
	}
	return 0;
}

/* This thread's numbers get a '.'; gives what end_plain_numbers puts back. */
static locale_t begin_plain_numbers(void)
{
	/* That of C is always there; glibc makes nothing anew for it. */
	return uselocale(newlocale(LC_ALL_MASK, "C", (locale_t)0));
}

static void end_plain_numbers(locale_t before)
{
	freelocale(uselocale(before));
}

int sy_export_run(FILE *out, const struct sy_export_format *format,
                  const char *dir, struct sy_reason *reason)
{
	json_t *results = NULL;
	struct sy_export run = { .dir = dir };
	locale_t before;
	int error = sy_json_read(dir, "results.json", &results, reason);

	if (error)
		return error;
	error = check_schema(results, dir, reason);
	if (!error)
		error = check_points(results, dir, reason);
	if (!error) {
		run.results = results;
		before = begin_plain_numbers();
		error = format->write(out, &run, reason);
		end_plain_numbers(before);
	}
	json_decref(results);
	return error;
}

int sy_export_samples(FILE *out, const struct sy_export_format *format,
                      const char *dir, size_t *cut_line,
                      struct sy_reason *reason)
{
	locale_t before = begin_plain_numbers();
	int error =
		sy_samples_write(out, format->dialect, dir, cut_line, reason);

	end_plain_numbers(before);
	return error;
}
