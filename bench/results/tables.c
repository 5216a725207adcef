/* SPDX-License-Identifier: MIT */
/*
 * tables.c - sections, columns and verdicts; see tables.h.
 *
 * Sections, rows and cells are found by name in objects, so that a sweep of
 * thousands of points takes no longer than reading it.
 */
#include "results/tables.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "results/estimate.h"
#include "workloads/workload.h"

const char *sy_text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

double sy_number_at(const json_t *object, const char *key, const char *which)
{
	return json_number_value(
		json_object_get(json_object_get(object, key), which));
}

json_t *sy_index_by(const json_t *array, const char *key)
{
	json_t *index = json_object(), *item;
	size_t i;

	json_array_foreach ((json_t *)array, i, item)
		if (index && json_is_string(json_object_get(item, key)))
			json_object_set(index, sy_text_of(item, key), item);
	return index;
}

void sy_row_of(const json_t *point, char row[SY_ROW_BYTES])
{
	const char *mechanism = sy_text_of(point, "mechanism");

	snprintf(row, SY_ROW_BYTES, "%s%s%s", sy_text_of(point, "model"),
	         *mechanism ? "." : "", mechanism);
}

bool sy_is_measured(const json_t *point)
{
	return !strcmp(sy_text_of(point, "state"), "measured");
}

bool sy_is_few(const json_t *point)
{
	return json_integer_value(json_object_get(point, "slices")) <
	       SY_SLICES_LEAST;
}

bool sy_is_limited(const json_t *point)
{
	return json_is_true(
		json_object_get(json_object_get(point, "server"), "limited"));
}

bool sy_is_reference(const json_t *point)
{
	return json_is_true(json_object_get(point, "reference"));
}

bool sy_is_mixture(const json_t *point)
{
	return json_is_true(json_object_get(point, "mixture"));
}

/* The group's name without the axis; the caller's, or NULL. */
static char *section_name(const json_t *point, const struct sy_axis *axis)
{
	char *name = strdup(sy_text_of(point, "group"));
	char *tag = name ? strstr(name, axis->tag) : NULL;
	size_t length;

	if (tag) {
		length = 1 + strcspn(tag + 1, "/");
		memmove(tag, tag + length, strlen(tag + length) + 1);
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

static int add_point(json_t *sections, const struct sy_axis *const *axes,
                     const json_t *groups, json_t *point)
{
	const struct sy_axis *axis =
		axes[sy_shape_of(sy_text_of(point, "family"))];
	json_int_t value = sy_axis_value(axis, point);
	json_t *group = json_object_get(groups, sy_text_of(point, "group"));
	char *name = section_name(point, axis), row[SY_ROW_BYTES], column[24];
	json_t *section = name ? child(sections, name) : NULL;

	free(name);
	sy_row_of(point, row);
	snprintf(column, sizeof(column), "%lld", (long long)value);
	return json_object_set(section, "family",
	                       json_object_get(point, "family")) ||
	       json_object_set(section, "group",
	                       json_object_get(point, "group")) ||
	       json_object_set_new(section, "axis", json_string(axis->param)) ||
	       json_object_set(child(child(section, "rows"), row), column,
	                       point) ||
	       json_object_set_new(child(section, "columns"), column,
	                           json_integer(value)) ||
	       (json_array_size(json_object_get(group, "others")) &&
	        json_object_set(child(section, "verdicts"), column, group));
}

json_t *sy_sections(const json_t *results)
{
	json_t *groups =
		sy_index_by(json_object_get(results, "groups"), "group");
	json_t *sections = groups ? json_object() : NULL, *point;
	json_t *points = json_object_get(results, "points");
	const struct sy_axis *axes[SY_SHAPES];
	size_t i;

	for (enum sy_shape shape = 0; shape < SY_SHAPES; shape++)
		axes[shape] = sy_axis_of(points, shape);
	json_array_foreach (points, i, point)
		if (add_point(sections, axes, groups, point)) {
			json_decref(sections);
			sections = NULL;
			break;
		}
	json_decref(groups);
	return sections;
}

/* What the cells have decides what is told of them. */
static void look_at_cells(struct sy_table *table)
{
	const struct sy_workload *workload = sy_workload_find(table->family);
	bool latencies = sy_table_has(table, "latency_ns") ||
	                 (workload && workload->stamped);
	const char *row, *column;
	json_t *cells, *point;

	json_object_foreach ((json_t *)table->rows, row, cells)
		json_object_foreach (cells, column, point)
			if (json_object_get(point, "findings"))
				table->findings =
					json_object_get(point, "findings");
	table->ends = !strcmp(table->family, "cpu") ? SY_ENDS_EFFICIENCY
	              : latencies                   ? SY_ENDS_LATENCY
	                                            : SY_ENDS_NOTHING;
}

struct sy_table sy_table_of(const char *name, const json_t *section)
{
	const char *family = sy_text_of(section, "family");
	struct sy_table table = {
		.title = name,
		.rows = json_object_get(section, "rows"),
		.columns = json_object_get(section, "columns"),
		.verdicts = json_object_get(section, "verdicts"),
		.axis = sy_axis_find(sy_text_of(section, "axis")),
		.shape = sy_shape_of(family),
		.rate = sy_rate_word(family),
		.latency = strcmp(family, "timer") ? "latency" : "lateness",
		.family = family,
	};

	look_at_cells(&table);
	if (table.shape != SY_TASKS && sy_table_is_one(&table))
		table.title = sy_text_of(section, "group");
	return table;
}

bool sy_table_is_one(const struct sy_table *table)
{
	return json_object_size(table->columns) == 1;
}

static bool any_has(const json_t *cells, const char *key)
{
	const char *column;
	json_t *point;

	json_object_foreach ((json_t *)cells, column, point)
		if (json_object_get(point, key))
			return true;
	return false;
}

bool sy_table_has(const struct sy_table *table, const char *key)
{
	const char *row;
	json_t *cells;

	json_object_foreach ((json_t *)table->rows, row, cells)
		if (any_has(cells, key))
			return true;
	return false;
}

bool sy_row_has(const struct sy_table *table, const struct sy_facet *facet,
                const json_t *cells)
{
	return facet == sy_facets(table->shape) || any_has(cells, facet->key);
}

/* The least column over `*after`, which becomes it; NULL: none. */
static const char *column_after(const json_t *columns, json_int_t *after)
{
	const char *key, *next = NULL;
	json_int_t least = *after;
	json_t *column;

	json_object_foreach ((json_t *)columns, key, column) {
		json_int_t value = json_integer_value(column);

		if (value > *after && (!next || value < least)) {
			next = key;
			least = value;
		}
	}
	*after = least;
	return next;
}

bool sy_table_next(struct sy_table *table, size_t most)
{
	json_int_t after = -1;
	const char *next;

	if (table->shown_count)
		after = json_integer_value(json_object_get(
			table->columns, table->shown[table->shown_count - 1]));
	table->shown_count = 0;
	table->told = NULL;
	while (table->shown_count < most &&
	       (next = column_after(table->columns, &after))) {
		table->shown[table->shown_count++] = next;
		if (!table->told || table->ends == SY_ENDS_LATENCY ||
		    strcmp(table->told, "64"))
			table->told = next;
	}
	return table->shown_count > 0;
}

bool sy_is_close(const json_t *other)
{
	return !strcmp(sy_text_of(other, "verdict"), "too close to call");
}

bool sy_next_best(const json_t *group, struct sy_next_best *next)
{
	bool found = false;
	json_t *other;
	size_t i;

	json_array_foreach (json_object_get(group, "others"), i, other) {
		double ratio = sy_number_at(other, "ratio", "value");

		if (sy_is_close(other) || (found && ratio >= next->ratio))
			continue;
		found = true;
		*next = (struct sy_next_best){
			.row = sy_text_of(other, "row"),
			.ratio = ratio,
			.low = sy_number_at(other, "ratio", "low"),
			.high = sy_number_at(other, "ratio", "high"),
			.decimals = ratio < 1.1 ? 3 : 2,
		};
	}
	return found;
}
