/* SPDX-License-Identifier: MIT */
/*
 * table_axes.c - what stands side by side in a family's tables, and which
 * figures its points have; see tables.h.
 */
#include "results/tables.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/units.h"

/* The first of a family that has several values is its tables' columns; where
   none has, the first.  A tag is how a group's name has it. */
static const struct sy_axis axes[] = {
	{ "switch", "ring", "/ring:", "ring", "pair", false },
	{ "switch", "working_set_bytes", "/working_set:", "working set", "none",
	  true },
	{ "spawn", "burst", "/burst:", "burst", "none", false },
	{ "spawn", "resident_bytes", "/resident:", "resident", "none", true },
	{ "idle", "contexts", "/contexts:", "contexts", "none", false },
	{ "idle", "stack_bytes", "/stack:", "stack", "default", true },
};
#define AXES (sizeof(axes) / sizeof(axes[0]))

/* Of all other families. */
static const struct sy_axis in_flight = { "",          "inflight", "/inflight:",
	                                  "in flight", "0",        false };

json_int_t sy_axis_value(const struct sy_axis *axis, const json_t *point)
{
	return json_integer_value(
		json_object_get(json_object_get(point, "params"), axis->param));
}

/* Whether the points of its family differ in it. */
static bool has_several(const struct sy_axis *axis, const json_t *points)
{
	bool any = false;
	json_int_t first = 0;
	json_t *point;
	size_t i;

	json_array_foreach ((json_t *)points, i, point) {
		json_int_t value = sy_axis_value(axis, point);

		if (strcmp(sy_text_of(point, "family"), axis->family))
			continue;
		if (any && value != first)
			return true;
		first = value;
		any = true;
	}
	return false;
}

const struct sy_axis *sy_axis_of(const json_t *points, enum sy_shape shape)
{
	const struct sy_axis *found = NULL;

	for (size_t i = 0; i < AXES; i++) {
		if (sy_shape_of(axes[i].family) != shape)
			continue;
		if (has_several(&axes[i], points))
			return &axes[i];
		if (!found)
			found = &axes[i];
	}
	return found ? found : &in_flight;
}

const struct sy_axis *sy_axis_find(const char *param)
{
	for (size_t i = 0; i < AXES; i++)
		if (!strcmp(axes[i].param, param))
			return &axes[i];
	return &in_flight;
}

char *sy_column_text(const struct sy_axis *axis, const char *column, char *text,
                     size_t bytes)
{
	if (!strcmp(column, "0"))
		snprintf(text, bytes, "%s", axis->none);
	else if (axis->is_bytes)
		sy_format_size(strtoull(column, NULL, 10), text, bytes);
	else
		snprintf(text, bytes, "%s", column);
	return text;
}

char *sy_column_name(const struct sy_axis *axis, const char *column, char *text,
                     size_t bytes)
{
	char value[24];

	sy_column_text(axis, column, value, sizeof(value));
	if (axis == &in_flight)
		snprintf(text, bytes, "%s %s", value, axis->label);
	else
		snprintf(text, bytes, "%s %s", axis->label, value);
	return text;
}

/* ---- figures ---- */

static const struct sy_facet handoffs[] = {
	{ "ns_per_op", "one-way cost of a hand-off", false },
	{ "net_ns", "the same, net of the calls alone", false },
	{ NULL, NULL, false },
};
static const struct sy_facet created[] = {
	{ "ns_per_op", "time to create and end a context", false },
	{ "first_ns", "time of the first in a process", false },
	{ "net_ns", "time net of what runs alone", false },
	{ NULL, NULL, false },
};
static const struct sy_facet waiting[] = {
	{ "bytes_per_context", "memory of a waiting context", true },
	{ "slab_bytes_per_context",
	  "kernel objects (slab) of a waiting context", true },
	{ "ns_per_op", "time to create a context", false },
	{ NULL, NULL, false },
};

const struct sy_facet *sy_facets(enum sy_shape shape)
{
	return shape == SY_WAITING   ? waiting
	       : shape == SY_CREATED ? created
	                             : handoffs;
}

enum sy_shape sy_shape_of(const char *family)
{
	return !strcmp(family, "switch")  ? SY_HANDOFFS
	       : !strcmp(family, "spawn") ? SY_CREATED
	       : !strcmp(family, "idle")  ? SY_WAITING
	                                  : SY_TASKS;
}

const char *sy_rate_word(const char *family)
{
	static const struct {
		const char *family, *word;
	} words[] = {
		{ "cpu", "tasks/s" },     { "wait", "tasks/s" },
		{ "io", "tasks/s" },      { "lock", "sections/s" },
		{ "gate", "sections/s" }, { "fetch", "requests/s" },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(words[i].family, family))
			return words[i].word;
	return "operations/s";
}

const char *sy_best_word(enum sy_shape shape)
{
	return shape == SY_WAITING    ? "smallest"
	       : shape == SY_HANDOFFS ? "cheapest"
	                              : "fastest";
}

char *sy_format_facet(const struct sy_facet *facet, double value, double half,
                      char *text, size_t bytes)
{
	return facet->is_bytes ? sy_format_bytes(value, half, text, bytes)
	                       : sy_format_ns(value, half, text, bytes);
}
