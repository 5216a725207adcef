/* SPDX-License-Identifier: MIT */
/*
 * figure_creation.c - the data of a figure: how long it takes to create a
 * context and to end it, one at a time; and against the memory of the process
 * that creates, and against how many are alive at once.
 */
#include "figure_layout.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct view {
	/* All, then those of each panel. */
	struct sy_cases all, alone, resident, burst;
	struct sy_row *rows;
	struct sy_drawing drawing;
};

static bool is_alone(const struct sy_case *one)
{
	return one->contexts <= 1 && one->resident_bytes == 0 &&
	       !one->huge_pages;
}

/* Others do not copy what the process has: their lines would be level. */
static bool is_of_process(const struct sy_case *one)
{
	return one->contexts <= 1 && (!strncmp(one->model, "fork", 4) ||
	                              !strncmp(one->model, "pool", 4));
}

static bool is_of_small_process(const struct sy_case *one)
{
	return one->resident_bytes == 0 && !one->huge_pages;
}

static void take_row(struct sy_row *row, const struct sy_case *one)
{
	const char *detail = sy_read_text(one->point, "detail");
	struct sy_estimate first;
	char number[48];

	row->cost = one->cost;
	row->style = sy_model_style(one->model);
	sy_text_add(row->name, "%s", one->name);
	sy_text_add(row->under, "%s", detail);
	if (one->stack_bytes > 0) {
		sy_text_bytes(one->stack_bytes, number, sizeof(number));
		sy_text_add(row->under, "%sstacks of %s", *detail ? ", " : "",
		            number);
	}
	sy_text_measured_ns(&one->cost, number, sizeof(number));
	sy_text_add(row->value, "%s", number);
	if (sy_read_estimate(one->point, "first_ns", &first))
		return;
	row->second = first.value;
	sy_text_measured_ns(&first, number, sizeof(number));
	sy_text_add(row->value, ", first %s", number);
}

static int take_rows(struct view *view)
{
	struct sy_rows *panel = &view->drawing.rows[0];
	size_t i;
	int err;

	err = sy_cases_copy(&view->alone, &view->all);
	if (err)
		return err;
	sy_cases_filter(&view->alone, is_alone);
	view->rows = calloc(view->alone.count + 1, sizeof(*view->rows));
	if (!view->rows)
		return -ENOMEM;
	panel->rows = view->rows;
	for (i = 0; i < view->alone.count; i++)
		if (sy_case_measured(&view->alone.cases[i]))
			take_row(&panel->rows[panel->count++],
			         &view->alone.cases[i]);
	sy_rows_prepare(panel, "creation.dat");
	view->drawing.row_panels = panel->count > 0;
	return 0;
}

/* The next panel of lines, where these cases make one. */
static int take_lines(struct view *view, const struct sy_cases *cases,
                      sy_case_value *x, double above,
                      const struct sy_lines *like)
{
	struct sy_drawing *drawing = &view->drawing;
	struct sy_lines *panel = &drawing->lines[drawing->line_panels];
	int err;

	*panel = *like;
	panel->labels_most = 210;
	panel->ticks_apart = 60;
	panel->unit = &sy_unit_ns;
	panel->frame.kind = SY_PANEL_BANDS;
	err = sy_lines_take(panel, cases, x, above);
	if (err)
		return err == -ENODATA ? 0 : err;
	sy_lines_prepare(panel);
	drawing->line_panels++;
	return 0;
}

/*
 * Beside a case with a net cost one of that alone: of `fork.cow` what the
 * writes cost, and not the fork.
 */
static int add_nets(struct sy_cases *cases)
{
	struct sy_case *grown;
	size_t i, count = cases->count, place = 0;

	grown = realloc(cases->cases, (2 * count + 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	cases->cases = grown;
	for (i = 0; i < count; i++)
		if (grown[i].place >= place)
			place = grown[i].place + 1;
	for (i = 0; i < count; i++) {
		struct sy_case net = grown[i];

		if (net.resident_bytes == 0 ||
		    sy_read_estimate(net.point, "net_ns", &net.cost))
			continue;
		sy_case_tag(&net, ", net");
		net.place = place++;
		grown[cases->count++] = net;
	}
	return 0;
}

static int take_resident(struct view *view)
{
	static const struct sy_lines like = {
		.title = "Against the memory of the process that creates",
		.axis = "resident memory, all of it written once",
		.none = "none",
		.format_x = sy_text_bytes,
		.frame.file = "creation_resident.dat",
	};
	struct sy_cases *cases = &view->resident;
	size_t i;
	int err;

	err = sy_cases_copy(cases, &view->all);
	if (err)
		return err;
	sy_cases_filter(cases, is_of_process);
	for (i = 0; i < cases->count; i++)
		if (cases->cases[i].huge_pages)
			sy_case_tag(&cases->cases[i], ", huge pages");
	err = add_nets(cases);
	if (err)
		return err;
	sy_cases_number(cases);
	return take_lines(view, cases, sy_case_resident, 0, &like);
}

static int take_burst(struct view *view)
{
	static const struct sy_lines like = {
		.title = "Against how many are alive at once",
		.axis = "contexts created, then ended",
		.none = "none",
		.format_x = sy_text_thousands,
		.frame.file = "creation_burst.dat",
	};
	struct sy_cases *cases = &view->burst;
	int err;

	err = sy_cases_copy(cases, &view->all);
	if (err)
		return err;
	sy_cases_filter(cases, is_of_small_process);
	/* Rows that heed no burst have one point, at 1, and no line. */
	return take_lines(view, cases, sy_case_contexts, 1, &like);
}

/* What was asked for and is in no panel. */
static void note_missing(struct view *view)
{
	struct sy_drawing *drawing = &view->drawing;
	char missing[SY_TEXT_BYTES];
	size_t i;

	sy_cases_missing(&view->alone, missing);
	sy_page_note_missing(&drawing->page, missing);
	for (i = 0; i < drawing->line_panels; i++) {
		char line[SY_TEXT_BYTES] = "";

		sy_lines_describe_missing(&drawing->lines[i], missing);
		if (*missing)
			sy_text_add(line, "%s, missing: %s",
			            drawing->lines[i].title, missing);
		sy_page_note(&drawing->page, line);
	}
}

static void compose(struct view *view, const json_t *results)
{
	struct sy_drawing *drawing = &view->drawing;
	char text[SY_TEXT_BYTES] = "Until it has run and is gone";
	char where[SY_TEXT_BYTES];
	struct sy_effort effort = { 0 };

	sy_case_where(&view->all.cases[0], where);
	if (*where)
		sy_text_add(text, ", %s", where);
	sy_text_add(text, ": ");
	sy_cases_effort(&view->all, &effort);
	sy_effort_describe(&effort, results,
	                   drawing->line_panels ? "bars, bands" : "bars", text);
	sy_page_header(&drawing->page, text);
	drawing->key[SY_SYMBOL_VALUE] = "one after the other";
	drawing->key[SY_SYMBOL_SECOND] = "the first in a fresh process";
	note_missing(view);
}

static int draw(struct view *view, const json_t *results, int dir_fd)
{
	size_t i;
	int err;

	err = sy_cases_keep(&view->all, SY_ALIKE_WHERE, NULL);
	if (err)
		return err;
	for (i = 0; i < view->all.count; i++)
		sy_case_tag_stack(&view->all.cases[i]);
	sy_cases_number(&view->all);
	err = take_rows(view);
	if (!err)
		err = take_resident(view);
	if (!err)
		err = take_burst(view);
	if (err)
		return err;
	if (!view->drawing.row_panels && !view->drawing.line_panels)
		return -ENODATA;
	compose(view, results);
	return sy_drawing_write(&view->drawing, dir_fd);
}

int sy_creation_write(const json_t *results, int dir_fd)
{
	struct view view = {
		.drawing = {
			.page = { .figure = "creation",
		                  .title = "Creating a context and ending it" },
			.unit = &sy_unit_ns,
			.stacked = 1,
		},
	};
	size_t i;
	int err;

	err = sy_cases_take(&view.all, results, "spawn", "ns_per_op");
	if (err)
		return err;
	err = draw(&view, results, dir_fd);
	for (i = 0; i < 2; i++)
		free(view.drawing.lines[i].dots);
	free(view.rows);
	sy_cases_free(&view.burst);
	sy_cases_free(&view.resident);
	sy_cases_free(&view.alone);
	sy_cases_free(&view.all);
	return err;
}
