/* SPDX-License-Identifier: MIT */
/* stored_point.c - one point of results.json; see stored_run.h. */
#include "compare/stored_run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What no time and no count is beyond: 30 years, and what a ratio of two of
   them is still a number for. */
#define LEAST 1e-12
#define MOST 1e18

/* What is being read, for the line that says what is wrong. */
struct place {
	const char *dir;
	size_t index;
	const char *name; /* NULL: not known yet */
	struct sy_reason *reason;
};

/* `object` is "" or "ns_per_op.". */
static int refuse(const struct place *place, const char *object,
                  const char *key, const char *why)
{
	char name[80] = "";

	if (place->name)
		snprintf(name, sizeof(name), " ('%.60s%s')", place->name,
		         strlen(place->name) > 60 ? "..." : "");
	return sy_reason(place->reason, -EINVAL,
	                 "%s/results.json: points[%zu]%s: %s%s: %s", place->dir,
	                 place->index, name, object, key, why);
}

static int read_number(const struct place *place, const json_t *json,
                       const char *object, const char *key, bool positive,
                       double *number)
{
	const json_t *value = json_object_get(json, key);
	double read = json_number_value(value);

	/* Also where it is NaN, which the reader does not let pass. */
	if (!json_is_number(value) || !(read >= (positive ? LEAST : 0)) ||
	    !(read <= MOST))
		return refuse(place, object, key,
		              positive ? "not a number over 0 and to 1e18"
		                       : "not a number from 0 to 1e18");
	*number = read;
	return 0;
}

static int read_estimate(const struct place *place, const json_t *point,
                         struct sy_estimate *estimate)
{
	const json_t *json = json_object_get(point, "ns_per_op");
	static const char object[] = "ns_per_op.";
	int error = read_number(place, json, object, "value", true,
	                        &estimate->value);

	if (!error)
		error = read_number(place, json, object, "low", true,
		                    &estimate->low);
	if (!error)
		error = read_number(place, json, object, "high", true,
		                    &estimate->high);
	if (!error && !(estimate->low <= estimate->value &&
	                estimate->value <= estimate->high))
		error = refuse(place, "", "ns_per_op",
		               "the value is not within its interval");
	return error;
}

/* A number of an object that only some points have; 0 without. */
static int read_optional(const struct place *place, const json_t *point,
                         const char *object, const char *key, double *number)
{
	const json_t *json = json_object_get(point, object);
	char before[32];

	*number = 0;
	if (!json)
		return 0;
	if (!json_is_object(json))
		return refuse(place, "", object, "not an object");
	if (!json_object_get(json, key))
		return 0;
	snprintf(before, sizeof(before), "%s.", object);
	return read_number(place, json, before, key, false, number);
}

static int read_switches(const struct place *place, const json_t *point,
                         struct sy_shown *shown)
{
	const json_t *json = json_object_get(point, "switches_per_op");
	static const char object[] = "switches_per_op.";
	int error = read_number(place, json, object, "voluntary", false,
	                        &shown->voluntary);

	return error ? error
	             : read_number(place, json, object, "involuntary", false,
	                           &shown->involuntary);
}

static int read_shown(const struct place *place, const json_t *point,
                      struct sy_shown *shown)
{
	int error = read_switches(place, point, shown);

	if (!error)
		error = read_number(place, point, "", "cpu_ns_per_op", false,
		                    &shown->cpu_ns);
	if (!error)
		error = read_optional(place, point, "bytes_per_context",
		                      "value", &shown->bytes);
	if (!error)
		error = read_optional(place, point, "latency_ns", "p50",
		                      &shown->latency_p50_ns);
	if (!error)
		error = read_optional(place, point, "latency_ns", "p99",
		                      &shown->latency_p99_ns);
	return error;
}

static int read_figures(const struct place *place, const json_t *json,
                        struct sy_stored_point *point)
{
	const json_t *slices = json_object_get(json, "slices");
	int error = read_estimate(place, json, &point->ns);

	if (error)
		return error;
	if (!json_is_integer(slices) || json_integer_value(slices) < 1 ||
	    json_integer_value(slices) > INT32_MAX)
		return refuse(place, "", "slices", "not a count from 1 on");
	point->slices = (uint32_t)json_integer_value(slices);
	error = read_shown(place, json, &point->shown);
	point->shown.ns = point->ns.value;
	return error;
}

/* NULL: it is no text; -EINVAL has been said. */
static const char *text_of(const struct place *place, const json_t *json,
                           const char *key)
{
	const char *text = json_string_value(json_object_get(json, key));

	if (!text || !*text) {
		refuse(place, "", key, "not a text");
		return NULL;
	}
	return text;
}

static int read_state(const struct place *place, const json_t *json,
                      struct sy_stored_point *point)
{
	const char *state = text_of(place, json, "state");
	const char *family = state ? text_of(place, json, "family") : NULL;

	if (!family)
		return -EINVAL;
	point->is_handoff = !strcmp(family, "switch");
	return sy_state_find(state, &point->state)
	               ? refuse(place, "", "state",
	                        "none that this program knows")
	               : 0;
}

static int copy(const struct place *place, const char *text, char **to)
{
	*to = strdup(text);
	return *to ? 0 : sy_reason(place->reason, -ENOMEM, "no memory");
}

static int read_reason(const struct place *place, const json_t *json,
                       struct sy_stored_point *point)
{
	const char *text;

	if (!json_object_get(json, "reason"))
		return 0;
	text = text_of(place, json, "reason");
	return text ? copy(place, text, &point->reason) : -EINVAL;
}

static int read_point(const struct place *place, const json_t *json,
                      struct sy_stored_point *point)
{
	int error = read_state(place, json, point);

	if (!error)
		error = read_reason(place, json, point);
	if (!error && point->state == SY_MEASURED)
		error = read_figures(place, json, point);
	return error ? error : copy(place, place->name, &point->name);
}

int sy_stored_point_read(struct sy_stored_point *point, const char *dir,
                         size_t index, const json_t *json,
                         struct sy_reason *reason)
{
	struct place place = { .dir = dir, .index = index, .reason = reason };
	struct sy_stored_point read = { .state = SY_PLANNED };
	int error;

	place.name = text_of(&place, json, "name");
	if (!place.name)
		return -EINVAL;
	error = read_point(&place, json, &read);
	if (error)
		sy_stored_point_free(&read);
	else
		*point = read;
	return error;
}

void sy_stored_point_free(struct sy_stored_point *point)
{
	free(point->name);
	free(point->reason);
}
