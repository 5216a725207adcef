/* SPDX-License-Identifier: MIT */
/* figure_cells.c - panels of cells; see figure_cells.h. */
#include "figure_cells.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define INSIDE (SY_CANVAS_WIDTH - 2 * SY_CANVAS_MARGIN)
#define LEFT 50.0  /* PUs, and what they are */
#define RIGHT 78.0 /* the scale and its labels */
#define ABOVE 30.0 /* the name */
#define BELOW 50.0 /* PUs, and what they are */
#define CELL_LEAST 34.0
#define CELL_MOST 60.0
#define SCALE 10.0 /* from the cells to the scale */

int sy_cell_pus(const char *placement, unsigned *from, unsigned *to)
{
	unsigned long first, second;
	char *end;

	if (*placement < '0' || *placement > '9')
		return -EINVAL;
	first = second = strtoul(placement, &end, 10);
	if (*end == ',' && end[1] >= '0' && end[1] <= '9')
		second = strtoul(end + 1, &end, 10);
	if (*end || first > SY_PU_MOST || second > SY_PU_MOST)
		return -EINVAL;
	*from = (unsigned)first;
	*to = (unsigned)second;
	return 0;
}

void sy_cells_prepare(struct sy_cells *cells, unsigned number)
{
	struct sy_panel *frame = &cells->frame;
	size_t i;

	frame->kind = SY_PANEL_CELLS;
	snprintf(frame->file, sizeof(frame->file), "matrix_%u.dat", number);
	frame->x.low = frame->y.high = 0.5;
	frame->x.high = frame->y.low = (double)cells->pu_count + 0.5;
	cells->low = HUGE_VAL;
	cells->high = 0;
	for (i = 0; i < cells->count; i++) {
		const struct sy_case *one = &cells->cases[i];

		if (!sy_case_measured(one))
			continue;
		cells->low = fmin(cells->low, one->cost.value);
		cells->high = fmax(cells->high, one->cost.value);
	}
	/* Noise alone is no pattern: a narrow range has half of the colours. */
	if (cells->high < cells->low * 1.1) {
		double middle = sqrt(cells->low * cells->high);

		cells->low = middle / 1.1;
		cells->high = middle * 1.1;
	}
}

static double cell_size(size_t pus, size_t columns)
{
	double width = INSIDE / (double)columns - LEFT - RIGHT;

	return fmin(width / (double)pus, CELL_MOST);
}

/* As many side by side as leave room for values, or two that have none. */
static size_t columns_of(size_t pus, size_t panels)
{
	size_t columns = panels < 4 ? panels : 4;

	if (pus > SY_CELLS_VALUES)
		return panels < 2 ? panels : 2;
	while (columns > 1 && cell_size(pus, columns) < CELL_LEAST)
		columns--;
	return columns;
}

static double panel_height(const struct sy_cells *panels, size_t columns)
{
	size_t pus = panels->pu_count;

	return ABOVE + BELOW + cell_size(pus, columns) * (double)pus;
}

double sy_cells_height(const struct sy_cells *panels, size_t count)
{
	size_t columns = columns_of(panels->pu_count, count);

	return panel_height(panels, columns) *
	       (double)((count + columns - 1) / columns);
}

void sy_cells_place(struct sy_cells *panels, size_t count, double top)
{
	size_t columns = columns_of(panels->pu_count, count), i;
	double size =
		cell_size(panels->pu_count, columns) * (double)panels->pu_count;
	double width = LEFT + size + RIGHT;

	for (i = 0; i < count; i++) {
		struct sy_axis *x = &panels[i].frame.x, *y = &panels[i].frame.y;

		x->from_px =
			SY_CANVAS_MARGIN + LEFT + width * (double)(i % columns);
		x->to_px = x->from_px + size;
		y->to_px =
			top - ABOVE -
			panel_height(panels, columns) * (double)(i / columns);
		y->from_px = y->to_px - size;
	}
}

/* The number of a PU on the axes, from 1. */
static unsigned index_of(const struct sy_cells *cells, unsigned pu)
{
	size_t low = 0, high = cells->pu_count;

	while (high - low > 1) {
		size_t middle = (low + high) / 2;

		if (cells->pus[middle] <= pu)
			low = middle;
		else
			high = middle;
	}
	return (unsigned)low + 1;
}

/* Two digits: all cells of a panel are of one unit, that of its name. */
static void cell_text(double value, char *buf, size_t bytes)
{
	if (value >= 99.5)
		snprintf(buf, bytes, "%.0f", value);
	else
		snprintf(buf, bytes, "%.*f",
		         value >= 9.95    ? 0
		         : value >= 0.995 ? 1
		                          : 2,
		         value);
}

static double unit_of(const struct sy_cells *cells, const char **name)
{
	static const char *const names[] = { "ns", "µs", "ms", "s" };
	double unit = 1;
	size_t i = 0;

	while (i < 3 && cells->high >= 1000 * unit) {
		unit *= 1000;
		i++;
	}
	*name = names[i];
	return unit;
}

static int write_data(const struct sy_cells *cells, int dir_fd)
{
	const char *name;
	double unit = unit_of(cells, &name);
	struct sy_axis shade = { cells->low, cells->high, 0, 1 };
	struct sy_table table;
	unsigned from, to;
	char text[32];
	size_t i;
	int err;

	err = sy_table_open(
		&table, dir_fd, cells->frame.file,
		"column row shade(-1:not measured) text ns low high");
	if (err)
		return err;
	for (i = 0; i < cells->count; i++) {
		const struct sy_case *one = &cells->cases[i];

		if (sy_cell_pus(one->placement, &from, &to))
			continue;
		fprintf(table.file, "%u %u", index_of(cells, to),
		        index_of(cells, from));
		if (sy_case_measured(one)) {
			cell_text(one->cost.value / unit, text, sizeof(text));
			fprintf(table.file, " %.4f",
			        sy_axis_px(&shade, one->cost.value));
			sy_table_text(&table, text);
			fprintf(table.file, " %.10g %.10g %.10g\n",
			        one->cost.value, one->cost.low, one->cost.high);
		} else {
			fputs(" -1 \"\" NaN NaN NaN\n", table.file);
		}
	}
	return sy_table_close(&table, 0);
}

/* PUs by their indices, every so many where they are narrow. */
static void write_ticks(const struct sy_cells *cells, struct sy_sheet *sheet,
                        unsigned number)
{
	const struct sy_axis *x = &cells->frame.x;
	double size = (x->to_px - x->from_px) / (double)cells->pu_count;
	size_t step = 1, i;
	char text[16];

	while ((double)step * size < 28)
		step *= 2;
	for (i = 0; i < cells->pu_count; i += step) {
		snprintf(text, sizeof(text), "%u", cells->pus[i]);
		sy_sheet_tick(sheet, number, 'x', (double)i + 1, text);
		sy_sheet_tick(sheet, number, 'y', (double)i + 1, text);
	}
}

/* The labels of the scale, at least a line apart. */
static void write_scale(const struct sy_cells *cells, struct sy_sheet *sheet)
{
	const struct sy_panel *frame = &cells->frame;
	struct sy_axis scale = { cells->low, cells->high, frame->y.from_px,
		                 frame->y.to_px };
	struct sy_tick ticks[SY_TICKS_MAX];
	double last = -HUGE_VAL;
	size_t i, count = sy_axis_ticks(&scale, ticks);
	char text[32];

	for (i = 0; i < count; i++) {
		double y = sy_axis_px(&scale, ticks[i].value);

		if (ticks[i].minor || y - last < 14)
			continue;
		last = y;
		sy_text_duration(ticks[i].value, text, sizeof(text));
		sy_sheet_text(sheet, SY_TEXT_NOTE, frame->x.to_px + SCALE + 16,
		              y, 0, text);
	}
}

int sy_cells_write(const struct sy_cells *cells, struct sy_sheet *sheet,
                   unsigned number, double height, int dir_fd)
{
	const struct sy_panel *frame = &cells->frame;
	double width = frame->x.to_px - frame->x.from_px;
	char text[SY_TEXT_BYTES] = "", fitted[SY_TEXT_BYTES];
	const char *unit;

	sy_sheet_panel(sheet, frame, height);
	unit_of(cells, &unit);
	sy_text_add(text, "%s, %s", cells->cases[0].row, unit);
	sy_text_fit(text, SY_SIZE_LABEL, width + LEFT + RIGHT - 10, fitted);
	sy_sheet_text(sheet, SY_TEXT_LABEL, frame->x.from_px - LEFT,
	              frame->y.to_px + 14,
	              sy_model_style(cells->cases[0].model), fitted);
	sy_sheet_text(sheet, SY_TEXT_AXIS, frame->x.from_px + width / 2,
	              frame->y.from_px - 32, 0, "to PU");
	sy_sheet_text(sheet, SY_TEXT_UPWARDS, frame->x.from_px - 36,
	              (frame->y.from_px + frame->y.to_px) / 2, 0, "from PU");
	write_ticks(cells, sheet, number);
	write_scale(cells, sheet);
	return write_data(cells, dir_fd);
}
