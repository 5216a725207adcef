/* SPDX-License-Identifier: MIT */
/*
 * figure_memory.c - the data of a figure: what memory a waiting context takes,
 * at the largest number that was measured of each, and over that number.
 */
#include "figure_layout.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct view {
	struct sy_cases cases;
	struct sy_row *rows;
	struct sy_drawing drawing;
};

/* Whether this is the measured case of its row with the most contexts. */
static bool is_largest(const struct sy_cases *cases, const struct sy_case *one)
{
	size_t i;

	if (!sy_case_measured(one))
		return false;
	for (i = 0; i < cases->count; i++) {
		const struct sy_case *other = &cases->cases[i];

		if (one->order == other->order && sy_case_measured(other) &&
		    (other->contexts > one->contexts ||
		     (other->contexts == one->contexts && other < one)))
			return false;
	}
	return true;
}

static void take_row(struct sy_row *row, const struct sy_case *one)
{
	const char *detail = sy_read_text(one->point, "detail");
	struct sy_estimate slab;
	char number[48];

	row->cost = one->cost;
	row->style = sy_model_style(one->model);
	sy_text_add(row->name, "%s", one->name);
	sy_text_thousands(one->contexts, number, sizeof(number));
	sy_text_add(row->under, "%s of them", number);
	if (one->stack_bytes > 0) {
		sy_text_bytes(one->stack_bytes, number, sizeof(number));
		sy_text_add(row->under, ", stacks of %s", number);
	}
	if (*detail)
		sy_text_add(row->under, ", %s", detail);
	sy_text_measured_bytes(&one->cost, number, sizeof(number));
	sy_text_add(row->value, "%s", number);
	if (sy_read_interval(one->point, "slab_bytes_per_context", &slab))
		return;
	/* What does not differ from nothing is not drawn. */
	if (slab.low <= 0) {
		sy_text_add(row->value, ", slab ~0");
		return;
	}
	row->second = slab.value;
	sy_text_measured_bytes(&slab, number, sizeof(number));
	sy_text_add(row->value, ", slab %s", number);
}

static int take_rows(struct view *view)
{
	struct sy_rows *panel = &view->drawing.rows[0];
	size_t i;

	view->rows = calloc(view->cases.count, sizeof(*view->rows));
	if (!view->rows)
		return -ENOMEM;
	panel->rows = view->rows;
	for (i = 0; i < view->cases.count; i++)
		if (is_largest(&view->cases, &view->cases.cases[i]))
			take_row(&panel->rows[panel->count++],
			         &view->cases.cases[i]);
	sy_rows_prepare(panel, "memory.dat");
	view->drawing.row_panels = 1;
	return 0;
}

/* Whether any line has more than one number of contexts. */
static int any_counts(const struct sy_lines *lines)
{
	const struct sy_dot *last = NULL;
	size_t i;

	for (i = 0; i < lines->count; i++) {
		const struct sy_dot *dot = &lines->dots[i];

		if (dot->y.value == 0)
			continue;
		if (last && last->order == dot->order)
			return 1;
		last = dot;
	}
	return 0;
}

static int take_lines(struct view *view)
{
	struct sy_lines *panel = &view->drawing.lines[0];
	int err;

	*panel = (struct sy_lines){
		.title = "Against the number of contexts",
		.axis = "waiting contexts",
		.ticks_apart = 60,
		.labels_most = 210,
		.format_x = sy_text_thousands,
		.unit = &sy_unit_bytes,
		.frame = { .kind = SY_PANEL_BANDS,
		           .file = "memory_contexts.dat" },
	};
	err = sy_lines_take(panel, &view->cases, sy_case_contexts, 0);
	if (err)
		return err;
	sy_lines_prepare(panel);
	view->drawing.line_panels = any_counts(panel) ? 1 : 0;
	return 0;
}

static void compose(struct view *view, const json_t *results)
{
	struct sy_drawing *drawing = &view->drawing;
	char text[SY_TEXT_BYTES] =
		"Resident memory, page tables and kernel "
		"stacks of one more context that has run and "
		"waits: ";
	char missing[SY_TEXT_BYTES];
	struct sy_effort effort = { 0 };

	sy_cases_effort(&view->cases, &effort);
	sy_effort_describe(&effort, results,
	                   drawing->line_panels ? "bars, bands" : "bars", text);
	sy_page_header(&drawing->page, text);
	sy_lines_describe_missing(&drawing->lines[0], missing);
	sy_page_note_missing(&drawing->page, missing);
	drawing->key[SY_SYMBOL_VALUE] = "bytes a context";
	drawing->key[SY_SYMBOL_SECOND] = "the kernel's slab, of the whole "
					 "system and not in it";
}

static int draw(struct view *view, const json_t *results, int dir_fd)
{
	size_t i;
	int err;

	for (i = 0; i < view->cases.count; i++)
		sy_case_tag_stack(&view->cases.cases[i]);
	sy_cases_number(&view->cases);
	err = sy_cases_keep(&view->cases, SY_ALIKE_WHERE, sy_case_contexts);
	if (!err)
		err = take_rows(view);
	if (!err)
		err = take_lines(view);
	if (err)
		return err;
	compose(view, results);
	return sy_drawing_write(&view->drawing, dir_fd);
}

int sy_memory_write(const json_t *results, int dir_fd)
{
	struct view view = {
		.drawing = {
			.page = { .figure = "memory",
		                  .title = "Memory of a waiting context" },
			.unit = &sy_unit_bytes,
		},
	};
	int err;

	err = sy_cases_take(&view.cases, results, "idle", "bytes_per_context");
	if (err)
		return err;
	err = draw(&view, results, dir_fd);
	free(view.drawing.lines[0].dots);
	free(view.rows);
	sy_cases_free(&view.cases);
	return err;
}
