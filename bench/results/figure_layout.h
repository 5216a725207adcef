/* SPDX-License-Identifier: MIT */
/*
 * figure_layout.h - a figure of rows and lines: title, header, key, panels of
 * rows one below the other, panels of lines side by side, notes; internal to
 * results/.
 */
#ifndef SY_FIGURE_LAYOUT_H
#define SY_FIGURE_LAYOUT_H

#include "figure_lines.h"
#include "figure_rows.h"

#define SY_PANELS_MAX 4

struct sy_drawing {
	struct sy_page page;
	const char *key[SY_SYMBOLS]; /* texts, NULL where not drawn */
	struct sy_rows rows[SY_PANELS_MAX];
	size_t row_panels;
	const struct sy_unit *unit; /* of the values of rows */
	struct sy_lines lines[SY_PANELS_MAX];
	size_t line_panels;
	int stacked; /* one below the other all the same */
};

/* Puts everything in its place and writes all tables.  0 or an error. */
int sy_drawing_write(struct sy_drawing *drawing, int dir_fd);

#endif /* SY_FIGURE_LAYOUT_H */
