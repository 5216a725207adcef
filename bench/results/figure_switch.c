/* SPDX-License-Identifier: MIT */
/*
 * figure_switch.c - the data of the second figure: what one context switch
 * costs, a row a mechanism, the cheapest on top.
 */
#include "figure_parts.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROW 26.0
#define NAME_WIDTH_MAX 300.0
#define VALUE_GAP 9.0
#define HEADER 64.0 /* title, key */
#define FOOTER 40.0 /* ticks */
#define LINE 17.0
#define NOTES_MAX 3

struct row {
	const char *name, *model; /* borrowed from the results */
	struct sy_estimate raw;
	double net;          /* 0: not shown */
	double lower, upper; /* of two modes, or 0 */
	double right;        /* what is drawn farthest to the right, ns */
	char value[128];
};

struct drawing {
	struct row *rows;
	size_t count;
	const char *placement;
	struct sy_effort effort;
	struct sy_panel frame;
	double name_width;
	int any_net, any_modes;
	char header[2][SY_TEXT_BYTES], notes[NOTES_MAX][SY_TEXT_BYTES];
	unsigned header_lines, note_lines;
};

static int is_switch(const json_t *point)
{
	return !strcmp(sy_read_text(point, "family"), "switch");
}

static int is_measured(const json_t *point, struct sy_estimate *raw)
{
	return !strcmp(sy_read_text(point, "state"), "measured") &&
	       !sy_read_estimate(point, "ns_per_op", raw);
}

static const char *placement_of(const json_t *point)
{
	return sy_read_text(json_object_get(point, "params"), "placement");
}

/* That of most measured points; the first seen of equal ones. */
static const char *main_placement(const json_t *points)
{
	size_t i, j, count, most = 0;
	const json_t *point, *other;
	const char *found = NULL;
	struct sy_estimate raw;

	json_array_foreach (points, i, point) {
		if (!is_switch(point) || !is_measured(point, &raw))
			continue;
		count = 0;
		json_array_foreach (points, j, other)
			count += is_switch(other) && is_measured(other, &raw) &&
			         !strcmp(placement_of(other),
			                 placement_of(point));
		if (count > most) {
			most = count;
			found = placement_of(point);
		}
	}
	return found;
}

static const char *name_of(const json_t *point)
{
	const char *name = sy_read_text(point, "label");

	return *name ? name : sy_read_text(point, "name");
}

/* "2.59 µs", or both modes: a median between two regimes means nothing. */
static void say_value(struct row *row)
{
	char lower[48], upper[48];
	struct sy_estimate mode = { 0 };

	if (row->lower == 0) {
		sy_text_measured_ns(&row->raw, row->value, sizeof(row->value));
		return;
	}
	mode.value = row->lower;
	mode.low = row->lower * 0.95;
	mode.high = row->lower * 1.05;
	sy_text_measured_ns(&mode, lower, sizeof(lower));
	mode.value = row->upper;
	mode.low = row->upper * 0.95;
	mode.high = row->upper * 1.05;
	sy_text_measured_ns(&mode, upper, sizeof(upper));
	snprintf(row->value, sizeof(row->value), "%s or %s", lower, upper);
}

static struct row row_of(const json_t *point, const struct sy_estimate *raw)
{
	const json_t *modes = json_object_get(point, "modes");
	struct row row = { .raw = *raw };

	row.name = name_of(point);
	row.model = sy_read_text(point, "model");
	row.right = raw->high;
	/* Where the mechanism is all of the cost, net is noise about 0. */
	if (sy_read_number(json_object_get(point, "net_ns"), "value",
	                   &row.net) ||
	    row.net < raw->value / 100)
		row.net = 0;
	if (!sy_read_number(modes, "lower", &row.lower) &&
	    !sy_read_number(modes, "upper", &row.upper) && row.lower > 0 &&
	    row.upper > row.lower)
		row.right = row.upper;
	else
		row.lower = row.upper = 0;
	say_value(&row);
	return row;
}

/* The dearest first: rows are counted from below. */
static int compare_rows(const void *a, const void *b)
{
	const struct row *left = a, *right = b;

	if (left->raw.value != right->raw.value)
		return left->raw.value > right->raw.value ? -1 : 1;
	return strcmp(right->name, left->name);
}

static void take_rows(struct drawing *drawing, const json_t *points)
{
	struct sy_estimate raw;
	const json_t *point;
	size_t i;

	json_array_foreach (points, i, point) {
		struct row *row = &drawing->rows[drawing->count];
		double width;

		if (!is_switch(point) || !is_measured(point, &raw) ||
		    strcmp(placement_of(point), drawing->placement))
			continue;
		*row = row_of(point, &raw);
		drawing->count++;
		drawing->any_net |= row->net > 0;
		drawing->any_modes |= row->lower > 0;
		sy_effort_add(&drawing->effort, point);
		width = sy_text_width(row->name, SY_SIZE_LABEL);
		drawing->name_width =
			fmax(drawing->name_width, fmin(width, NAME_WIDTH_MAX));
	}
	qsort(drawing->rows, drawing->count, sizeof(*drawing->rows),
	      compare_rows);
}

/* What was to be measured and was not, at this placement. */
static void note_missing(struct drawing *drawing, const json_t *points)
{
	char text[SY_TEXT_BYTES] = "";
	struct sy_estimate raw;
	const json_t *point;
	size_t i;

	json_array_foreach (points, i, point) {
		const char *state = sy_read_text(point, "state");

		if (!is_switch(point) || is_measured(point, &raw) ||
		    strcmp(placement_of(point), drawing->placement))
			continue;
		sy_text_add(text, "%s%s (%s)",
		            *text ? "; " : "Missing: ", name_of(point),
		            strcmp(state, "measured") ? state : "invalid");
	}
	drawing->note_lines = sy_text_wrap(
		text, SY_SIZE_NOTE, SY_CANVAS_WIDTH - 2 * SY_CANVAS_MARGIN,
		drawing->notes, NOTES_MAX);
}

static void compose_header(struct drawing *drawing, const json_t *results)
{
	char text[SY_TEXT_BYTES] = "One-way hand-off";

	if (*drawing->placement)
		sy_text_add(text, ", placement %s", drawing->placement);
	sy_text_add(text, ": ");
	sy_effort_describe(&drawing->effort, results, text);
	drawing->header_lines = sy_text_wrap(
		text, SY_SIZE_SUBTITLE, SY_CANVAS_WIDTH - 2 * SY_CANVAS_MARGIN,
		drawing->header, 2);
}

/* The range of all that is drawn, with some room around it. */
static void set_range(struct drawing *drawing)
{
	struct sy_axis *x = &drawing->frame.x;
	double room;
	size_t i;

	x->low = HUGE_VAL;
	for (i = 0; i < drawing->count; i++) {
		const struct row *row = &drawing->rows[i];

		x->low = fmin(x->low,
		              row->lower > 0 ? row->lower : row->raw.low);
		if (row->net > 0)
			x->low = fmin(x->low, row->net);
		x->high = fmax(x->high, row->right);
	}
	room = fmax(pow(x->high / x->low, 0.04), 1.05);
	x->low /= room;
	x->high *= room;
}

/*
 * The axis ends where every value still fits on the canvas beside its dot.
 * A value takes the same room wherever its dot is, so the end is found by
 * going left from the margin until the tightest row fits.
 */
static void set_places(struct drawing *drawing)
{
	struct sy_panel *frame = &drawing->frame;
	double edge = SY_CANVAS_WIDTH - SY_CANVAS_MARGIN, end = edge;
	size_t i;

	frame->height =
		HEADER + FOOTER + ROW * (double)drawing->count +
		LINE * (drawing->header_lines + drawing->note_lines + 1) + 10;
	frame->y.from_px = FOOTER + LINE * drawing->note_lines;
	frame->y.to_px = frame->y.from_px + ROW * (double)drawing->count;
	frame->y.low = 0.5;
	frame->y.high = (double)drawing->count + 0.5;
	frame->x.from_px = SY_CANVAS_MARGIN + drawing->name_width + 12;
	for (i = 0; i < drawing->count; i++) {
		const struct row *row = &drawing->rows[i];
		struct sy_axis unit = { frame->x.low, frame->x.high, 0, 1 };
		double part = sy_axis_px(&unit, row->right);
		double width =
			VALUE_GAP + sy_text_width(row->value, SY_SIZE_LABEL);
		double fits = frame->x.from_px +
		              (edge - width - frame->x.from_px) / part;

		end = fmin(end, fits);
	}
	frame->x.to_px = end;
}

static int write_rows(const struct drawing *drawing, int dir_fd)
{
	struct sy_table table;
	size_t i;
	int err;

	err = sy_table_open(&table, dir_fd, "switch.dat",
	                    "row ns low high net_ns(0:none) "
	                    "lower_mode upper_mode(0:one mode) style name");
	if (err)
		return err;
	for (i = 0; i < drawing->count; i++) {
		const struct row *row = &drawing->rows[i];

		fprintf(table.file,
		        "%zu %.10g %.10g %.10g %.10g %.10g %.10g %u", i + 1,
		        row->raw.value, row->raw.low, row->raw.high, row->net,
		        row->lower, row->upper, sy_model_style(row->model));
		sy_table_text(&table, row->name);
		fputc('\n', table.file);
	}
	return sy_table_close(&table, 0);
}

/* What the dots mean: a symbol and its name, on one line under the header. */
static int write_key(const struct drawing *drawing, struct sy_sheet *sheet,
                     int dir_fd)
{
	const struct {
		int shown;
		const char *text;
	} entries[] = {
		{ 1, "raw, as it runs" },
		{ drawing->any_net, "net of the same calls without a switch" },
		{ drawing->any_modes, "two regimes" },
	};
	double x = SY_CANVAS_MARGIN + 9;
	double y = drawing->frame.y.to_px + 20;
	struct sy_table table;
	int i, err;

	err = sy_table_open(&table, dir_fd, "switch_key.dat",
	                    "x y symbol(0:raw,1:net,2:modes)");
	if (err)
		return err;
	for (i = 0; i < 3; i++) {
		if (!entries[i].shown)
			continue;
		fprintf(table.file, "%.2f %.2f %d\n", x, y, i);
		x += i == 2 ? 31 : i == 1 ? 9 : 15;
		sy_sheet_text(sheet, SY_TEXT_LOAD, x, y, 0, entries[i].text);
		x += sy_text_width(entries[i].text, SY_SIZE_LABEL) + 18;
	}
	return sy_table_close(&table, 0);
}

static void write_texts(const struct drawing *drawing, struct sy_sheet *sheet)
{
	const struct sy_panel *frame = &drawing->frame;
	char fitted[SY_TEXT_BYTES];
	unsigned line;
	size_t i;

	for (line = 0; line < drawing->header_lines; line++)
		sy_sheet_text(sheet, SY_TEXT_SUBTITLE, SY_CANVAS_MARGIN,
		              frame->height - 54 - line * LINE, 0,
		              drawing->header[line]);
	for (line = 0; line < drawing->note_lines; line++)
		sy_sheet_text(sheet, SY_TEXT_NOTE, SY_CANVAS_MARGIN,
		              (drawing->note_lines - line) * LINE - 4, 0,
		              drawing->notes[line]);
	for (i = 0; i < drawing->count; i++) {
		const struct row *row = &drawing->rows[i];
		double y = frame->y.from_px + ((double)i + 0.5) * ROW;

		sy_text_fit(row->name, SY_SIZE_LABEL, NAME_WIDTH_MAX, fitted);
		sy_sheet_text(sheet, SY_TEXT_ROW, frame->x.from_px - 12, y, 0,
		              fitted);
		sy_sheet_text(sheet, SY_TEXT_LABEL,
		              sy_axis_px(&frame->x, row->right) + VALUE_GAP, y,
		              sy_model_style(row->model), row->value);
	}
}

static int write_sheet(const struct drawing *drawing, int dir_fd)
{
	struct sy_tick ticks[SY_TICKS_MAX];
	struct sy_sheet sheet;
	size_t count;
	int err;

	err = sy_sheet_open(&sheet, dir_fd, "switch");
	if (err)
		return err;
	sy_sheet_panel(&sheet, &drawing->frame);
	count = sy_axis_ticks(&drawing->frame.x, ticks);
	sy_sheet_ticks(&sheet, 1, 'x', ticks, count, sy_text_duration);
	write_texts(drawing, &sheet);
	err = write_key(drawing, &sheet, dir_fd);
	if (!err)
		err = write_rows(drawing, dir_fd);
	return sy_sheet_close(&sheet, err);
}

int sy_switch_write(const json_t *results, int dir_fd)
{
	const json_t *points = json_object_get(results, "points");
	struct drawing drawing = { 0 };
	int err;

	drawing.placement = main_placement(points);
	if (!drawing.placement)
		return -ENODATA;
	drawing.rows = calloc(json_array_size(points), sizeof(*drawing.rows));
	if (!drawing.rows)
		return -ENOMEM;
	take_rows(&drawing, points);
	note_missing(&drawing, points);
	compose_header(&drawing, results);
	set_range(&drawing);
	set_places(&drawing);
	err = write_sheet(&drawing, dir_fd);
	free(drawing.rows);
	return err;
}
