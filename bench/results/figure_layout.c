/* SPDX-License-Identifier: MIT */
/* figure_layout.c - where the parts of a figure stand; see figure_layout.h. */
#include "figure_layout.h"

#define KEY_GAP 6.0
#define LEAST_BELOW 6.0

/* Lowers `top` by what the panels of lines take. */
static void place_lines(struct sy_drawing *drawing, double *top)
{
	size_t step = drawing->stacked ? 1 : drawing->line_panels, i;

	for (i = 0; i < drawing->line_panels; i += step) {
		struct sy_lines *panels = &drawing->lines[i];
		double bottom = *top - sy_lines_height(panels, step);

		sy_lines_place(panels, step, *top, bottom);
		*top = bottom;
	}
}

static void place(struct sy_drawing *drawing)
{
	struct sy_page *page = &drawing->page;
	double key = sy_page_key(drawing->key, 0, NULL);
	double foot = sy_page_foot(page), top = 0;
	size_t i;

	if (key > 0)
		key += KEY_GAP;
	if (foot < LEAST_BELOW)
		foot = LEAST_BELOW;
	place_lines(drawing, &top);
	page->height = sy_page_head(page) + key + foot - top;
	for (i = 0; i < drawing->row_panels; i++)
		drawing->rows[i].unit = drawing->unit;
	sy_rows_align(drawing->rows, drawing->row_panels);
	for (i = 0; i < drawing->row_panels; i++)
		page->height += sy_rows_height(&drawing->rows[i]);
	top = page->height - sy_page_head(page) - key;
	for (i = 0; i < drawing->row_panels; i++) {
		sy_rows_place(&drawing->rows[i], top);
		top -= sy_rows_height(&drawing->rows[i]);
	}
	place_lines(drawing, &top);
}

int sy_drawing_write(struct sy_drawing *drawing, int dir_fd)
{
	const struct sy_page *page = &drawing->page;
	struct sy_sheet sheet;
	unsigned number = 0;
	size_t i;
	int err;

	sy_rows_key(drawing->rows, drawing->row_panels, drawing->key);
	place(drawing);
	err = sy_sheet_open(&sheet, dir_fd, page->figure);
	if (err)
		return err;
	sy_page_write(page, &sheet);
	sy_page_key(drawing->key, page->height - sy_page_head(page), &sheet);
	for (i = 0; i < drawing->row_panels && !err; i++)
		err = sy_rows_write(&drawing->rows[i], &sheet, ++number,
		                    page->height, dir_fd);
	for (i = 0; i < drawing->line_panels && !err; i++)
		err = sy_lines_write(&drawing->lines[i], &sheet, ++number,
		                     page->height, dir_fd);
	return sy_sheet_close(&sheet, err);
}
