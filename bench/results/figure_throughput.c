/* SPDX-License-Identifier: MIT */
/*
 * figure_throughput.c - the data of the first figure: tasks a second over
 * tasks in flight, a panel for CPU-bound and one for I/O-bound work, a line a
 * model with its name at the end.
 */
#include "figure_load.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LABEL_APART 14.5 /* pixels between the middles of two labels */
#define LABEL_WIDTH_MAX 150.0
#define LEADER 26.0       /* from the end of the axis to a label */
#define TICK_LABELS 46.0  /* left of a panel */
#define PANEL_LEAST 280.0 /* height */
#define HEADER 118.0      /* title, headings, loads */
#define FOOTER 56.0       /* ticks and their title */
#define LINE 17.0

static const struct kind {
	const char *family, *file, *title;
} kinds[] = {
	{ "cpu", "throughput_cpu.dat", "CPU-bound" },
	{ "io", "throughput_io.dat", "I/O-bound" },
};
#define KINDS 2

struct label {
	const char *model;
	double x, y; /* of the end of its line */
	double place;
};

struct panel {
	const struct kind *kind;
	struct sy_dots dots;
	struct sy_panel frame;
	struct label *labels;
	size_t label_count;
	double label_width;
};

struct drawing {
	struct panel panels[KINDS];
	unsigned count;
	double height;
	char (*header)[SY_TEXT_BYTES], (*footer)[SY_TEXT_BYTES];
	unsigned header_lines, footer_lines;
};

/* The last measured dot of every model is where its label belongs. */
static int find_labels(struct panel *panel)
{
	const struct sy_dots *dots = &panel->dots;
	size_t i;

	panel->labels = calloc(dots->count, sizeof(*panel->labels));
	if (!panel->labels)
		return -ENOMEM;
	for (i = 0; i < dots->count; i++) {
		const struct sy_dot *dot = &dots->dots[i];
		struct label *label;
		double width;

		if (dot->rate.value == 0)
			continue;
		if (!panel->label_count ||
		    strcmp(panel->labels[panel->label_count - 1].model,
		           dot->model))
			panel->label_count++;
		label = &panel->labels[panel->label_count - 1];
		label->model = dot->model;
		label->x = dot->inflight;
		label->y = dot->rate.value;
		width = sy_text_width(dot->model, SY_SIZE_LABEL);
		panel->label_width =
			fmax(panel->label_width, fmin(width, LABEL_WIDTH_MAX));
	}
	return 0;
}

/* From the least to the greatest value, with some room around them. */
static void set_ranges(struct panel *panel)
{
	struct sy_axis *x = &panel->frame.x, *y = &panel->frame.y;
	const struct sy_dots *dots = &panel->dots;
	double room;
	size_t i;

	x->low = y->low = HUGE_VAL;
	for (i = 0; i < dots->count; i++) {
		const struct sy_dot *dot = &dots->dots[i];

		x->low = fmin(x->low, dot->inflight);
		x->high = fmax(x->high, dot->inflight);
		if (dot->rate.value == 0)
			continue;
		y->low = fmin(y->low, dot->rate.low);
		y->high = fmax(y->high, dot->rate.high);
	}
	room = fmax(pow(x->high / x->low, 0.04), 1.1);
	x->low /= room;
	x->high *= room;
	room = fmax(pow(y->high / y->low, 0.06), 1.05);
	y->low /= room;
	y->high *= room;
}

/* Side by side, and the labels right of each. */
static void set_places(struct drawing *drawing)
{
	double left = SY_CANVAS_MARGIN, width = SY_CANVAS_WIDTH;
	unsigned i;

	width -= 2 * SY_CANVAS_MARGIN;
	for (i = 0; i < drawing->count; i++)
		width -= TICK_LABELS + LEADER + drawing->panels[i].label_width;
	width = (width - (drawing->count - 1) * 14) / drawing->count;
	for (i = 0; i < drawing->count; i++) {
		struct panel *panel = &drawing->panels[i];
		struct sy_panel *frame = &panel->frame;

		frame->height = drawing->height;
		frame->x.from_px = left + TICK_LABELS;
		frame->x.to_px = frame->x.from_px + width;
		frame->y.from_px = FOOTER + drawing->footer_lines * LINE;
		frame->y.to_px =
			drawing->height - HEADER - drawing->header_lines * LINE;
		left = frame->x.to_px + LEADER + panel->label_width + 14;
	}
}

static int compare_labels(const void *a, const void *b)
{
	const struct label *left = a, *right = b;

	if (left->y != right->y)
		return left->y < right->y ? -1 : 1;
	return strcmp(left->model, right->model);
}

static int write_labels(struct sy_sheet *sheet, struct panel *panel)
{
	const struct sy_panel *frame = &panel->frame;
	double x = frame->x.to_px + LEADER;
	double *places;
	size_t i;

	places = calloc(panel->label_count, sizeof(*places));
	if (!places)
		return -ENOMEM;
	qsort(panel->labels, panel->label_count, sizeof(*panel->labels),
	      compare_labels);
	for (i = 0; i < panel->label_count; i++)
		places[i] = sy_axis_px(&frame->y, panel->labels[i].y);
	sy_places_spread(places, panel->label_count, LABEL_APART,
	                 frame->y.from_px, frame->y.to_px + 8);
	for (i = 0; i < panel->label_count; i++) {
		const struct label *label = &panel->labels[i];
		unsigned style = sy_model_style(label->model);
		char fitted[SY_TEXT_BYTES];

		sy_text_fit(label->model, SY_SIZE_LABEL, LABEL_WIDTH_MAX,
		            fitted);
		sy_sheet_text(sheet, SY_TEXT_LABEL, x, places[i], style,
		              fitted);
		sy_sheet_line(sheet, sy_axis_px(&frame->x, label->x) + 5,
		              sy_axis_px(&frame->y, label->y), x - 3, places[i],
		              style);
	}
	free(places);
	return 0;
}

static int compare_numbers(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

static int write_ticks(struct sy_sheet *sheet, const struct panel *panel,
                       unsigned number)
{
	const struct sy_dots *dots = &panel->dots;
	struct sy_tick ticks[SY_TICKS_MAX];
	double *values;
	size_t i, count = 0;

	values = calloc(dots->count, sizeof(*values));
	if (!values)
		return -ENOMEM;
	for (i = 0; i < dots->count; i++)
		values[i] = dots->dots[i].inflight;
	qsort(values, dots->count, sizeof(*values), compare_numbers);
	for (i = 0; i < dots->count; i++)
		if (!count || values[count - 1] != values[i])
			values[count++] = values[i];
	count = sy_axis_ticks_at(&panel->frame.x, values, count, 32, ticks);
	sy_sheet_ticks(sheet, number, 'x', ticks, count, sy_text_count);
	count = sy_axis_ticks(&panel->frame.y, ticks);
	sy_sheet_ticks(sheet, number, 'y', ticks, count, sy_text_rate);
	free(values);
	return 0;
}

static int write_series(const struct panel *panel, int dir_fd)
{
	struct sy_table table;
	size_t i;
	int err;

	err = sy_table_open(&table, dir_fd, panel->kind->file,
	                    "inflight tasks_per_s low high "
	                    "at_least(1:server-limited) style model");
	if (err)
		return err;
	for (i = 0; i < panel->dots.count; i++) {
		const struct sy_dot *dot = &panel->dots.dots[i];

		/* An empty line ends the line of a model. */
		if (i && dot->order != dot[-1].order)
			fputc('\n', table.file);
		if (dot->rate.value > 0)
			fprintf(table.file, "%.10g %.10g %.10g %.10g %d %u",
			        dot->inflight, dot->rate.value, dot->rate.low,
			        dot->rate.high, dot->limited,
			        sy_model_style(dot->model));
		else
			fprintf(table.file, "%.10g NaN NaN NaN 0 %u",
			        dot->inflight, sy_model_style(dot->model));
		sy_table_text(&table, dot->model);
		fputc('\n', table.file);
	}
	return sy_table_close(&table, 0);
}

/* The load above a panel, what its axis counts, the processors in it. */
static void write_headings(struct sy_sheet *sheet, struct panel *panel)
{
	struct sy_panel *frame = &panel->frame;
	double pus = panel->dots.load.pus;
	double width =
		frame->x.to_px - frame->x.from_px + LEADER + panel->label_width;
	char load[SY_TEXT_BYTES], fitted[SY_TEXT_BYTES], mark[64];

	sy_load_describe(&panel->dots.load, load);
	sy_text_fit(load, SY_SIZE_LABEL, width, fitted);
	sy_sheet_text(sheet, SY_TEXT_LOAD, frame->x.from_px,
	              frame->y.to_px + 32, 0, fitted);
	sy_sheet_text(sheet, SY_TEXT_AXIS,
	              (frame->x.from_px + frame->x.to_px) / 2,
	              frame->y.from_px - 39, 0, "tasks in flight");
	if (!(pus > 1 && pus > frame->x.low && pus < frame->x.high))
		return;
	frame->mark = pus;
	snprintf(mark, sizeof(mark), "%.0f PU%s", pus, pus == 1 ? "" : "s");
	/* Centred on the line, but not over the tick labels of the axis. */
	sy_sheet_text(
		sheet, SY_TEXT_MARK,
		fmax(sy_axis_px(&frame->x, pus),
	             frame->x.from_px + sy_text_width(mark, SY_SIZE_NOTE) / 2),
		frame->y.to_px + 9, 0, mark);
}

static void write_lines(struct sy_sheet *sheet, enum sy_text_class kind,
                        double y, char (*lines)[SY_TEXT_BYTES], unsigned count)
{
	unsigned i;

	for (i = 0; i < count; i++)
		sy_sheet_text(sheet, kind, SY_CANVAS_MARGIN, y - i * LINE, 0,
		              lines[i]);
}

/* What the lines under the title and under the panels say. */
static void compose(struct drawing *drawing, const json_t *results)
{
	struct sy_effort effort = drawing->panels[0].dots.effort;
	double width = SY_CANVAS_WIDTH - 2 * SY_CANVAS_MARGIN;
	char text[SY_TEXT_BYTES] = "Tasks completed per second: ";
	int limited = 0;
	unsigned i;
	size_t j;

	for (i = 0; i < drawing->count; i++) {
		const struct panel *panel = &drawing->panels[i];
		const struct sy_effort *own = &panel->dots.effort;
		char missing[SY_TEXT_BYTES], line[SY_TEXT_BYTES] = "";

		effort.slices_min = fmin(effort.slices_min, own->slices_min);
		effort.slices_max = fmax(effort.slices_max, own->slices_max);
		effort.sets_min = fmin(effort.sets_min, own->sets_min);
		effort.sets_max = fmax(effort.sets_max, own->sets_max);
		for (j = 0; j < panel->dots.count; j++)
			limited |= panel->dots.dots[j].limited &&
			           panel->dots.dots[j].rate.value > 0;
		sy_dots_describe_missing(&panel->dots, missing);
		if (!*missing)
			continue;
		sy_text_add(line, "%s, missing: %s", panel->kind->title,
		            missing);
		sy_text_fit(line, SY_SIZE_NOTE, width,
		            drawing->footer[drawing->footer_lines++]);
	}
	if (limited)
		sy_text_fit("Hollow: at least this much; the server was the "
		            "limit, not the model.",
		            SY_SIZE_NOTE, width,
		            drawing->footer[drawing->footer_lines++]);
	sy_effort_describe(&effort, results, text);
	drawing->header_lines =
		sy_text_wrap(text, SY_SIZE_SUBTITLE, width, drawing->header, 3);
}

static int write_sheet(struct drawing *drawing, int dir_fd)
{
	struct sy_sheet sheet;
	unsigned i;
	int err;

	err = sy_sheet_open(&sheet, dir_fd, "throughput");
	if (err)
		return err;
	write_lines(&sheet, SY_TEXT_SUBTITLE, drawing->height - 54,
	            drawing->header, drawing->header_lines);
	write_lines(&sheet, SY_TEXT_NOTE, drawing->footer_lines * LINE - 4,
	            drawing->footer, drawing->footer_lines);
	for (i = 0; i < drawing->count && !err; i++) {
		struct panel *panel = &drawing->panels[i];

		write_headings(&sheet, panel);
		sy_sheet_panel(&sheet, &panel->frame);
		err = write_ticks(&sheet, panel, i + 1);
		if (!err)
			err = write_labels(&sheet, panel);
		if (!err)
			err = write_series(panel, dir_fd);
	}
	return sy_sheet_close(&sheet, err);
}

/* The panels that have something to show. */
static int take_panels(struct drawing *drawing, const json_t *results)
{
	unsigned i;
	int err;

	for (i = 0; i < KINDS; i++) {
		struct panel *panel = &drawing->panels[drawing->count];

		err = sy_dots_take(&panel->dots, results, kinds[i].family);
		if (err == -ENODATA)
			continue;
		if (err)
			return err;
		drawing->count++;
		panel->kind = &kinds[i];
		panel->frame.kind = (int)i;
		set_ranges(panel);
		err = find_labels(panel);
		if (err)
			return err;
	}
	return drawing->count ? 0 : -ENODATA;
}

static void set_height(struct drawing *drawing)
{
	double inside = PANEL_LEAST;
	unsigned i;

	for (i = 0; i < drawing->count; i++)
		inside = fmax(inside, (double)drawing->panels[i].label_count *
		                              LABEL_APART);
	drawing->height =
		inside + HEADER + FOOTER +
		(drawing->header_lines + drawing->footer_lines) * LINE;
}

int sy_throughput_write(const json_t *results, int dir_fd)
{
	char header[3][SY_TEXT_BYTES], footer[KINDS + 1][SY_TEXT_BYTES];
	struct drawing drawing = { .header = header, .footer = footer };
	unsigned i;
	int err;

	err = take_panels(&drawing, results);
	if (err)
		goto free_panels;
	compose(&drawing, results);
	set_height(&drawing);
	set_places(&drawing);
	err = write_sheet(&drawing, dir_fd);
free_panels:
	for (i = 0; i < KINDS; i++) {
		sy_dots_free(&drawing.panels[i].dots);
		free(drawing.panels[i].labels);
	}
	return err;
}
