/* SPDX-License-Identifier: MIT */
/*
 * figure_throughput.c - the data of the first figure: tasks a second over
 * tasks in flight, a panel for CPU-bound and one for I/O-bound work, a line a
 * model with its name at the end.
 */
#include "figure_layout.h"
#include "figure_load.h"

#include <errno.h>
#include <math.h>

static const struct kind {
	const char *family, *file, *title;
} kinds[] = {
	{ "cpu", "throughput_cpu.dat", "CPU-bound" },
	{ "io", "throughput_io.dat", "I/O-bound" },
};
#define KINDS 2

struct view {
	struct sy_dots dots[KINDS];
	struct sy_drawing drawing;
};

static void take_panel(struct view *view, const struct kind *kind)
{
	const struct sy_dots *dots = &view->dots[view->drawing.line_panels];
	struct sy_lines *panel =
		&view->drawing.lines[view->drawing.line_panels++];
	char mark[64];

	*panel = (struct sy_lines){
		.dots = dots->dots,
		.count = dots->count,
		.title = kind->title,
		.axis = "tasks in flight",
		.ticks_apart = 32,
		.labels_most = 150,
		.format_x = sy_text_count,
		.unit = &sy_unit_rate,
		.frame.kind = SY_PANEL_LINES,
	};
	snprintf(panel->frame.file, sizeof(panel->frame.file), "%s",
	         kind->file);
	sy_load_describe(&dots->load, panel->load);
	sy_lines_prepare(panel);
	snprintf(mark, sizeof(mark), "%.0f PUs", dots->load.pus);
	if (dots->load.pus > 1)
		sy_lines_mark(panel, dots->load.pus, mark);
}

/* The panels that have something to show. */
static int take_panels(struct view *view, const json_t *results)
{
	unsigned i;
	int err;

	for (i = 0; i < KINDS; i++) {
		err = sy_dots_take(&view->dots[view->drawing.line_panels],
		                   results, kinds[i].family);
		if (err && err != -ENODATA)
			return err;
		if (!err)
			take_panel(view, &kinds[i]);
	}
	return view->drawing.line_panels ? 0 : -ENODATA;
}

/* Whether anything that is drawn is of this kind: at least so much. */
static int any_hollow(const struct sy_lines *panel)
{
	size_t i;

	for (i = 0; i < panel->count; i++)
		if (panel->dots[i].hollow && panel->dots[i].y.value > 0)
			return 1;
	return 0;
}

/* What the lines under the title and under the panels say. */
static void compose(struct view *view, const json_t *results)
{
	struct sy_effort effort = view->dots[0].effort;
	char text[SY_TEXT_BYTES] = "Tasks completed per second: ";
	struct sy_page *page = &view->drawing.page;
	int limited = 0;
	size_t i;

	for (i = 0; i < view->drawing.line_panels; i++) {
		const struct sy_effort *own = &view->dots[i].effort;
		char missing[SY_TEXT_BYTES], line[SY_TEXT_BYTES] = "";

		effort.slices_min = fmin(effort.slices_min, own->slices_min);
		effort.slices_max = fmax(effort.slices_max, own->slices_max);
		effort.sets_min = fmin(effort.sets_min, own->sets_min);
		effort.sets_max = fmax(effort.sets_max, own->sets_max);
		limited |= any_hollow(&view->drawing.lines[i]);
		sy_lines_describe_missing(&view->drawing.lines[i], missing);
		if (*missing)
			sy_text_add(line, "%s, missing: %s",
			            view->drawing.lines[i].title, missing);
		sy_page_note(page, line);
	}
	if (limited)
		sy_page_note(page, "Hollow: at least this much; the server was "
		                   "the limit, not the model.");
	sy_effort_describe(&effort, results, "bars", text);
	sy_page_header(page, text);
}

int sy_throughput_write(const json_t *results, int dir_fd)
{
	struct view view = {
		.drawing.page = {
			.figure = "throughput",
			.title = "Throughput as more tasks are in flight",
		},
	};
	unsigned i;
	int err;

	err = take_panels(&view, results);
	if (!err) {
		compose(&view, results);
		err = sy_drawing_write(&view.drawing, dir_fd);
	}
	for (i = 0; i < KINDS; i++)
		sy_dots_free(&view.dots[i]);
	return err;
}
