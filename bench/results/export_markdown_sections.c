/* SPDX-License-Identifier: MIT */
/*
 * export_markdown_sections.c - a section for all points that differ in nothing
 * but the model and the number in flight.
 *
 * Sections, rows and cells are found by name in objects, so that a sweep of
 * thousands of points takes no longer than reading it.
 */
#include <stdlib.h>
#include <string.h>

#include "results/export_parts.h"

json_int_t sy_inflight_of(const json_t *point)
{
	return json_integer_value(
		json_object_get(json_object_get(point, "params"), "inflight"));
}

const char *sy_column_of(json_int_t inflight, char name[SY_COLUMN_BYTES])
{
	snprintf(name, SY_COLUMN_BYTES, "%lld", (long long)inflight);
	return name;
}

/* The group's name without the number in flight; the caller's, or NULL. */
static char *section_name(const json_t *point)
{
	char *name = strdup(sy_text_of(point, "group"));
	char *inflight = name ? strstr(name, "/inflight:") : NULL;
	size_t length;

	if (inflight) {
		length = 1 + strcspn(inflight + 1, "/");
		memmove(inflight, inflight + length,
		        strlen(inflight + length) + 1);
	}
	return name;
}

/* object[key], which is made where it is not there; NULL: no memory. */
static json_t *child(json_t *object, const char *key)
{
	if (!json_object_get(object, key))
		json_object_set_new(object, key, json_object());
	return json_object_get(object, key);
}

static int add_point(json_t *sections, json_t *point)
{
	char *name = section_name(point), row[SY_EXPORT_ROW_BYTES];
	char column[SY_COLUMN_BYTES];
	json_t *section = name ? child(sections, name) : NULL;

	free(name);
	sy_row_of(point, row);
	sy_column_of(sy_inflight_of(point), column);
	return json_object_set(child(child(section, "rows"), row), column,
	                       point) ||
	       json_object_set(child(section, "columns"), column, point);
}

json_t *sy_markdown_sections(const json_t *points)
{
	json_t *sections = json_object(), *point;
	size_t i;

	json_array_foreach ((json_t *)points, i, point)
		if (add_point(sections, point)) {
			json_decref(sections);
			return NULL;
		}
	return sections;
}
