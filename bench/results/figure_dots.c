/* SPDX-License-Identifier: MIT */
/* figure_dots.c - the dots of a panel of lines; see figure_lines.h. */
#include "figure_lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int compare_dots(const void *a, const void *b)
{
	const struct sy_dot *left = a, *right = b;

	if (left->order != right->order)
		return left->order < right->order ? -1 : 1;
	if (left->x != right->x)
		return left->x < right->x ? -1 : 1;
	/* In the order of the results: texts of one name lie in a row. */
	return left->name < right->name ? -1 : left->name > right->name;
}

/* Points that differ in a parameter of no interest here: one is kept. */
static size_t drop_doubles(struct sy_dot *dots, size_t count)
{
	size_t i, kept = 0;

	for (i = 0; i < count; i++) {
		struct sy_dot *last = kept ? &dots[kept - 1] : NULL;

		if (!last || last->order != dots[i].order ||
		    last->x != dots[i].x)
			dots[kept++] = dots[i];
		else if (last->y.value == 0)
			*last = dots[i];
	}
	return kept;
}

size_t sy_dots_sort(struct sy_dot *dots, size_t count)
{
	unsigned lines[SY_STYLES] = { 0 };
	size_t i;

	qsort(dots, count, sizeof(*dots), compare_dots);
	count = drop_doubles(dots, count);
	for (i = 0; i < count; i++) {
		struct sy_dot *dot = &dots[i];

		dot->shape = i && dot[-1].order == dot->order
		                     ? dot[-1].shape
		                     : lines[dot->style % SY_STYLES]++;
	}
	return count;
}

/* Marks the rows with such a case, and says whether one was measured. */
static int find_rows(const struct sy_cases *cases, sy_case_value *x,
                     double above, unsigned char *rows)
{
	int measured = 0;
	size_t i;

	for (i = 0; i < cases->count; i++) {
		const struct sy_case *one = &cases->cases[i];

		if (x(one) <= above)
			continue;
		rows[one->order] = 1;
		measured |= sy_case_measured(one);
	}
	return measured;
}

static struct sy_dot dot_of(const struct sy_case *one, sy_case_value *x)
{
	return (struct sy_dot){
		.name = one->row,
		.state = one->state,
		.order = one->order,
		.style = sy_model_style(one->model),
		.x = x(one),
		.y = one->cost,
	};
}

int sy_lines_take(struct sy_lines *lines, const struct sy_cases *cases,
                  sy_case_value *x, double above)
{
	unsigned char *rows;
	unsigned most = 0;
	size_t i, count = 0;
	int err = -ENOMEM;

	for (i = 0; i < cases->count; i++)
		if (cases->cases[i].order > most)
			most = cases->cases[i].order;
	rows = calloc(most + 1, sizeof(*rows));
	lines->dots = calloc(cases->count + 1, sizeof(*lines->dots));
	if (!rows || !lines->dots)
		goto free_all;
	err = find_rows(cases, x, above, rows) ? 0 : -ENODATA;
	if (err)
		goto free_all;
	for (i = 0; i < cases->count; i++)
		if (rows[cases->cases[i].order])
			lines->dots[count++] = dot_of(&cases->cases[i], x);
	lines->count = sy_dots_sort(lines->dots, count);
	free(rows);
	return 0;
free_all:
	free(rows);
	free(lines->dots);
	lines->dots = NULL;
	return err;
}

/* Whether nothing of this line was measured. */
static int all_missing(const struct sy_lines *lines, unsigned order)
{
	size_t i;

	for (i = 0; i < lines->count; i++)
		if (lines->dots[i].order == order && lines->dots[i].y.value > 0)
			return 0;
	return 1;
}

void sy_lines_describe_missing(const struct sy_lines *lines,
                               char text[SY_TEXT_BYTES])
{
	const struct sy_dot *dot, *last = NULL;
	char number[32];
	size_t i;

	text[0] = '\0';
	for (i = 0; i < lines->count; i++) {
		dot = &lines->dots[i];
		if (dot->y.value > 0)
			continue;
		if (!last || last->order != dot->order ||
		    strcmp(last->state, dot->state)) {
			sy_text_add(text, "%s%s %s", last ? "; " : "",
			            dot->name, dot->state);
			last = dot;
			if (!all_missing(lines, dot->order))
				sy_text_add(text, " at ");
		} else if (!all_missing(lines, dot->order)) {
			sy_text_add(text, ", ");
		}
		if (all_missing(lines, dot->order))
			continue;
		lines->format_x(dot->x, number, sizeof(number));
		sy_text_add(text, "%s", number);
	}
}
