/* SPDX-License-Identifier: MIT */
/* figure_rows.c - panels of rows; see figure_rows.h. */
#include "figure_rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROW_GAP 11.0
#define NAME_LINE 15.0
#define UNDER_LINE 13.0
#define NAME_LINES 2
#define HEADING 24.0
#define TICKS 34.0
#define NAME_WIDTH_MAX 310.0
#define NAME_GAP 12.0
#define VALUE_GAP 9.0

/* What is drawn farthest to the left and to the right. */
static double leftmost(const struct sy_row *row)
{
	double left = row->lower > 0 ? row->lower : row->cost.low;

	if (row->second > 0)
		left = fmin(left, row->second);
	return row->part > 0 ? fmin(left, row->part) : left;
}

static double rightmost(const struct sy_row *row)
{
	double right = row->upper > 0 ? row->upper : row->cost.high;

	return fmax(fmax(right, row->second), row->part);
}

/* A name from outside is one text, wherever it is broken. */
static void blank_controls(char *name)
{
	for (; *name; name++)
		if ((unsigned char)*name < ' ')
			*name = ' ';
}

/* The dearest first: rows are counted from below. */
static int compare_rows(const void *a, const void *b)
{
	const struct sy_row *left = a, *right = b;

	if (left->cost.value != right->cost.value)
		return left->cost.value > right->cost.value ? -1 : 1;
	return strcmp(right->name, left->name);
}

void sy_rows_prepare(struct sy_rows *rows, const char *file)
{
	struct sy_panel *frame = &rows->frame;
	size_t i;

	frame->kind = SY_PANEL_ROWS;
	snprintf(frame->file, sizeof(frame->file), "%s", file);
	frame->x.low = HUGE_VAL;
	frame->x.high = 0;
	for (i = 0; i < rows->count; i++) {
		blank_controls(rows->rows[i].name);
		frame->x.low = fmin(frame->x.low, leftmost(&rows->rows[i]));
		frame->x.high = fmax(frame->x.high, rightmost(&rows->rows[i]));
	}
	qsort(rows->rows, rows->count, sizeof(*rows->rows), compare_rows);
}

static double name_width(const struct sy_rows *rows)
{
	double width = 0;
	size_t i;

	for (i = 0; i < rows->count; i++) {
		const struct sy_row *row = &rows->rows[i];

		width = fmax(width, sy_text_width(row->name, SY_SIZE_LABEL));
		width = fmax(width, sy_text_width(row->under, SY_SIZE_NOTE));
	}
	return fmin(width, NAME_WIDTH_MAX);
}

/*
 * Where the axis ends so that every value fits on the canvas beside its dot:
 * a value takes the same room wherever its dot is.
 */
static double fitting_end(const struct sy_rows *rows, const struct sy_axis *x)
{
	double edge = SY_CANVAS_WIDTH - SY_CANVAS_MARGIN, end = edge;
	struct sy_axis unit = { x->low, x->high, 0, 1 };
	size_t i;

	for (i = 0; i < rows->count; i++) {
		const struct sy_row *row = &rows->rows[i];
		double part = sy_axis_px(&unit, rightmost(row));
		double width =
			VALUE_GAP + sy_text_width(row->value, SY_SIZE_LABEL);

		end = fmin(end,
		           x->from_px + (edge - width - x->from_px) / part);
	}
	return end;
}

/* How high a row is for its name and what stands under it. */
static double row_height(const struct sy_row *row, double width)
{
	char lines[NAME_LINES][SY_TEXT_BYTES];
	unsigned count = sy_text_wrap(row->name, SY_SIZE_LABEL, width, lines,
	                              NAME_LINES);

	return ROW_GAP + (count ? count : 1) * NAME_LINE +
	       (*row->under ? UNDER_LINE : 0);
}

static void set_heights(struct sy_rows *rows, double width)
{
	struct sy_axis *y = &rows->frame.y;
	size_t i;

	y->low = y->high = 0;
	for (i = 0; i < rows->count; i++) {
		double height = row_height(&rows->rows[i], width);

		rows->rows[i].y = y->high + height / 2;
		y->high += height;
	}
}

void sy_rows_align(struct sy_rows *panels, size_t count)
{
	struct sy_axis x = { HUGE_VAL, 0, 0, HUGE_VAL };
	double width = 0, room;
	size_t i;

	for (i = 0; i < count; i++) {
		x.low = fmin(x.low, panels[i].frame.x.low);
		x.high = fmax(x.high, panels[i].frame.x.high);
		width = fmax(width, name_width(&panels[i]));
	}
	/* What is as wide as the widest name still fits when it is rounded. */
	width += 0.1;
	room = fmax(pow(x.high / x.low, 0.04), 1.05);
	x.low /= room;
	x.high *= room;
	x.from_px = SY_CANVAS_MARGIN + width + NAME_GAP;
	for (i = 0; i < count; i++)
		x.to_px = fmin(x.to_px, fitting_end(&panels[i], &x));
	for (i = 0; i < count; i++) {
		panels[i].frame.x = x;
		set_heights(&panels[i], width);
	}
}

double sy_rows_height(const struct sy_rows *rows)
{
	return (*rows->heading ? HEADING : 0) + TICKS + rows->frame.y.high;
}

void sy_rows_place(struct sy_rows *rows, double top)
{
	struct sy_axis *y = &rows->frame.y;

	y->to_px = top - (*rows->heading ? HEADING : 0);
	y->from_px = y->to_px - y->high;
}

void sy_rows_key(const struct sy_rows *panels, size_t count,
                 const char *texts[SY_SYMBOLS])
{
	int second = 0, part = 0, modes = 0, reference = 0;
	size_t i, j;

	for (i = 0; i < count; i++) {
		for (j = 0; j < panels[i].count; j++) {
			const struct sy_row *row = &panels[i].rows[j];

			second |= row->second > 0;
			part |= row->part > 0;
			modes |= row->lower > 0;
			reference |= row->reference;
		}
	}
	if (!count)
		texts[SY_SYMBOL_VALUE] = NULL;
	if (!second)
		texts[SY_SYMBOL_SECOND] = NULL;
	if (!part)
		texts[SY_SYMBOL_PART] = NULL;
	if (!reference)
		texts[SY_SYMBOL_REFERENCE] = NULL;
	texts[SY_SYMBOL_MODES] = modes ? "two regimes" : NULL;
}

/* The name, on one line or two, and what stands under it; then the value. */
static void write_text(const struct sy_rows *rows, struct sy_sheet *sheet,
                       const struct sy_row *row)
{
	const struct sy_axis *x = &rows->frame.x;
	double middle = rows->frame.y.from_px + row->y, y;
	double right = x->from_px - NAME_GAP, width = right - SY_CANVAS_MARGIN;
	char lines[NAME_LINES][SY_TEXT_BYTES];
	unsigned i, count = sy_text_wrap(row->name, SY_SIZE_LABEL, width, lines,
	                                 NAME_LINES);

	y = middle + (row_height(row, width) - ROW_GAP - NAME_LINE) / 2;
	for (i = 0; i < count; i++, y -= NAME_LINE)
		sy_sheet_text(sheet, SY_TEXT_ROW, right, y, 0, lines[i]);
	if (*row->under) {
		sy_text_fit(row->under, SY_SIZE_NOTE, width, lines[0]);
		sy_sheet_text(sheet, SY_TEXT_UNDER, right, y + 1, 0, lines[0]);
	}
	sy_sheet_text(sheet, SY_TEXT_LABEL,
	              sy_axis_px(x, rightmost(row)) + VALUE_GAP, middle,
	              row->style, row->value);
}

static int write_data(const struct sy_rows *rows, int dir_fd)
{
	struct sy_table table;
	size_t i;
	int err;

	err = sy_table_open(&table, dir_fd, rows->frame.file,
	                    "y value low high second part lower_mode "
	                    "upper_mode(0:none) style reference name");
	if (err)
		return err;
	for (i = 0; i < rows->count; i++) {
		const struct sy_row *row = &rows->rows[i];

		fprintf(table.file,
		        "%.2f %.10g %.10g %.10g %.10g %.10g %.10g %.10g %u %d",
		        row->y, row->cost.value, row->cost.low, row->cost.high,
		        row->second, row->part, row->lower, row->upper,
		        row->style, row->reference);
		sy_table_text(&table, row->name);
		fputc('\n', table.file);
	}
	return sy_table_close(&table, 0);
}

int sy_rows_write(const struct sy_rows *rows, struct sy_sheet *sheet,
                  unsigned number, double height, int dir_fd)
{
	const struct sy_panel *frame = &rows->frame;
	struct sy_tick ticks[SY_TICKS_MAX];
	size_t i, count;

	sy_sheet_panel(sheet, frame, height);
	count = rows->unit->ticks(&frame->x, ticks);
	sy_sheet_ticks(sheet, number, 'x', ticks, count, rows->unit->format);
	if (*rows->heading) {
		char fitted[SY_TEXT_BYTES];

		sy_text_fit(rows->heading, SY_SIZE_LABEL,
		            SY_CANVAS_WIDTH - 2 * SY_CANVAS_MARGIN, fitted);
		sy_sheet_text(sheet, SY_TEXT_LOAD, SY_CANVAS_MARGIN,
		              frame->y.to_px + 10, 0, fitted);
	}
	for (i = 0; i < rows->count; i++)
		write_text(rows, sheet, &rows->rows[i]);
	return write_data(rows, dir_fd);
}
