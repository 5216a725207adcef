/* SPDX-License-Identifier: MIT */
/* figure_cases.c - points of mechanisms, and groups of them. */
#include "figure_cases.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static double parameter(const json_t *params, const char *name, double absent)
{
	double value;

	return sy_read_number(params, name, &value) ? absent : value;
}

/* What the family counts its contexts by; runs before it had none. */
static double contexts_of(const json_t *params, const char *family)
{
	if (!strcmp(family, "switch"))
		return parameter(params, "ring", 0);
	if (!strcmp(family, "spawn"))
		return parameter(params, "burst", 1);
	return parameter(params, "contexts", 0);
}

void sy_case_tag(struct sy_case *one, const char *tag)
{
	size_t used = strlen(one->row);

	snprintf(one->row + used, sizeof(one->row) - used, "%s", tag);
	if (strlen(one->row) == sizeof(one->row) - 1)
		sy_text_mend(one->row);
}

void sy_case_tag_stack(struct sy_case *one)
{
	char size[32], tag[48];

	if (one->stack_bytes == 0)
		return;
	sy_text_bytes(one->stack_bytes, size, sizeof(size));
	snprintf(tag, sizeof(tag), ", %s stacks", size);
	sy_case_tag(one, tag);
}

static void set_row(struct sy_case *one)
{
	sy_case_tag(one, one->model);
	sy_case_tag(one, ".");
	sy_case_tag(one, sy_read_text(one->point, "mechanism"));
}

static struct sy_case case_of(const json_t *point, const char *family,
                              const char *cost)
{
	const json_t *params = json_object_get(point, "params");
	struct sy_case one = {
		.point = point,
		.name = sy_read_text(point, "label"),
		.model = sy_read_text(point, "model"),
		.state = sy_read_text(point, "state"),
		.reason = sy_read_text(point, "reason"),
		.placement = sy_read_text(params, "placement"),
		.hold_awake =
			json_is_true(json_object_get(params, "hold_awake")),
		.huge_pages =
			json_is_true(json_object_get(params, "huge_pages")),
		.reference = json_is_true(json_object_get(point, "reference")),
		.mixture = json_is_true(json_object_get(point, "mixture")),
		.contexts = contexts_of(params, family),
		.working_bytes = parameter(params, "working_set_bytes", 0),
		.stack_bytes = parameter(params, "stack_bytes", 0),
		.resident_bytes = parameter(params, "resident_bytes", 0),
	};

	if (!*one.name)
		one.name = sy_read_text(point, "name");
	if (strcmp(one.state, "measured"))
		return one;
	if (sy_read_estimate(point, cost, &one.cost))
		one.state = "invalid";
	return one;
}

static int compare_places(const void *a, const void *b)
{
	const struct sy_case *left = a, *right = b;

	return (left->place > right->place) - (left->place < right->place);
}

static int compare_rows(const void *a, const void *b)
{
	const struct sy_case *left = a, *right = b;
	int order = strcmp(left->row, right->row);

	return order ? order : compare_places(a, b);
}

static int compare_orders(const void *a, const void *b)
{
	const struct sy_case *left = a, *right = b;

	if (left->order != right->order)
		return left->order < right->order ? -1 : 1;
	return compare_places(a, b);
}

/* By where each was seen first. */
void sy_cases_number(struct sy_cases *cases)
{
	struct sy_case *all = cases->cases;
	unsigned order = 0;
	size_t i, first = 0;

	qsort(all, cases->count, sizeof(*all), compare_rows);
	for (i = 0; i < cases->count; i++) {
		if (strcmp(all[i].row, all[first].row))
			first = i;
		all[i].order = (unsigned)all[first].place;
	}
	qsort(all, cases->count, sizeof(*all), compare_orders);
	for (first = i = 0; i < cases->count; i++) {
		if (i && all[i].order != (unsigned)all[first].place) {
			first = i;
			order++;
		}
		all[i].order = order;
	}
	qsort(all, cases->count, sizeof(*all), compare_places);
}

int sy_cases_take(struct sy_cases *cases, const json_t *results,
                  const char *family, const char *cost)
{
	const json_t *points = json_object_get(results, "points"), *point;
	size_t i, measured = 0;

	cases->count = 0;
	cases->cases =
		calloc(json_array_size(points) + 1, sizeof(*cases->cases));
	if (!cases->cases)
		return -ENOMEM;
	json_array_foreach (points, i, point) {
		struct sy_case *one = &cases->cases[cases->count];

		if (strcmp(sy_read_text(point, "family"), family))
			continue;
		*one = case_of(point, family, cost);
		set_row(one);
		one->place = i;
		measured += sy_case_measured(one);
		cases->count++;
	}
	if (!measured) {
		sy_cases_free(cases);
		return -ENODATA;
	}
	sy_cases_number(cases);
	return 0;
}

void sy_cases_free(struct sy_cases *cases)
{
	free(cases->cases);
	cases->cases = NULL;
	cases->count = 0;
}

int sy_cases_copy(struct sy_cases *copy, const struct sy_cases *cases)
{
	copy->cases = calloc(cases->count + 1, sizeof(*copy->cases));
	if (!copy->cases)
		return -ENOMEM;
	memcpy(copy->cases, cases->cases, cases->count * sizeof(*cases->cases));
	copy->count = cases->count;
	return 0;
}

void sy_cases_filter(struct sy_cases *cases,
                     bool (*keep)(const struct sy_case *one))
{
	size_t i, kept = 0;

	for (i = 0; i < cases->count; i++)
		if (keep(&cases->cases[i]))
			cases->cases[kept++] = cases->cases[i];
	cases->count = kept;
}

double sy_case_contexts(const struct sy_case *one)
{
	return one->contexts;
}

double sy_case_working(const struct sy_case *one)
{
	return one->working_bytes;
}

double sy_case_resident(const struct sy_case *one)
{
	return one->resident_bytes;
}

void sy_case_where(const struct sy_case *one, char text[SY_TEXT_BYTES])
{
	text[0] = '\0';
	if (*one->placement)
		sy_text_add(text, "placement %s", one->placement);
	if (one->hold_awake)
		sy_text_add(text, "%sPUs held awake", *text ? ", " : "");
	if (one->mixture)
		sy_text_add(text, "%sunbound: a mixture of one PU and two",
		            *text ? ", " : "");
}

void sy_case_setting(const struct sy_case *one, unsigned alike,
                     char text[SY_TEXT_BYTES])
{
	char number[32];

	if ((alike & SY_ALIKE_CONTEXTS) && one->contexts > 0) {
		sy_text_thousands(one->contexts, number, sizeof(number));
		sy_text_add(text, ", a ring of %s", number);
	}
	if ((alike & SY_ALIKE_WORKING) && one->working_bytes > 0) {
		sy_text_bytes(one->working_bytes, number, sizeof(number));
		sy_text_add(text, ", a working set of %s each", number);
	}
}

void sy_cases_missing(const struct sy_cases *cases, char text[SY_TEXT_BYTES])
{
	size_t i;

	text[0] = '\0';
	for (i = 0; i < cases->count; i++) {
		const struct sy_case *one = &cases->cases[i];

		if (!sy_case_measured(one))
			sy_text_add(text, "%s%s (%s)", *text ? "; " : "",
			            one->name, one->state);
	}
}

void sy_cases_effort(const struct sy_cases *cases, struct sy_effort *effort)
{
	size_t i;

	for (i = 0; i < cases->count; i++)
		if (sy_case_measured(&cases->cases[i]))
			sy_effort_add(effort, cases->cases[i].point);
}
