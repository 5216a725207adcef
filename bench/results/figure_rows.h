/* SPDX-License-Identifier: MIT */
/*
 * figure_rows.h - a panel with a row a mechanism, the cheapest on top: its
 * name, a dot with its interval on a logarithmic axis, and the value beside
 * it; internal to results/.
 */
#ifndef SY_FIGURE_ROWS_H
#define SY_FIGURE_ROWS_H

#include "figure_sheet.h"

struct sy_row {
	char name[SY_TEXT_BYTES], under[SY_TEXT_BYTES], value[SY_TEXT_BYTES];
	unsigned style;
	int reference; /* a yardstick, drawn as one */
	struct sy_estimate cost;
	double y; /* set by sy_rows_align: from the foot of the panel, pixels */
	/* 0 where not shown: a hollow dot; a part of the cost; two modes */
	double second, part, lower, upper;
};

struct sy_rows {
	struct sy_row *rows; /* the caller's */
	size_t count;
	char heading[SY_TEXT_BYTES]; /* "": none */
	const struct sy_unit *unit;  /* of the values */
	struct sy_panel frame;
};

/* Sorts the rows and sets file, kind and the range of values. */
void sy_rows_prepare(struct sy_rows *rows, const char *file);

/* Gives all panels one axis, and each row its height; values fit beside their
   dots. */
void sy_rows_align(struct sy_rows *panels, size_t count);

/* Pixels that the panel takes, and where it stands. */
double sy_rows_height(const struct sy_rows *rows);
void sy_rows_place(struct sy_rows *rows, double top);

/*
 * Texts of a key for what the rows show; those of value, second, part and
 * reference are the figure's own.
 */
void sy_rows_key(const struct sy_rows *panels, size_t count,
                 const char *texts[SY_SYMBOLS]);

int sy_rows_write(const struct sy_rows *rows, struct sy_sheet *sheet,
                  unsigned number, double height, int dir_fd);

#endif /* SY_FIGURE_ROWS_H */
