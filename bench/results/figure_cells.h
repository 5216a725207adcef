/* SPDX-License-Identifier: MIT */
/*
 * figure_cells.h - a panel with a cell for each two PUs, its colour on a
 * logarithmic scale beside it; internal to the matrix figure.
 */
#ifndef SY_FIGURE_CELLS_H
#define SY_FIGURE_CELLS_H

#include "figure_cases.h"
#include "figure_sheet.h"

#define SY_CELLS_PANELS 16
#define SY_PU_MOST 65535
/* Up to so many PUs a cell has its value in it. */
#define SY_CELLS_VALUES 16

/* The PUs of a placement: "3" is 3 and 3, "3,5" is 3 and 5.  -EINVAL. */
int sy_cell_pus(const char *placement, unsigned *from, unsigned *to);

struct sy_cells {
	const struct sy_case *cases; /* of one row, measured or not */
	size_t count;
	const unsigned *pus; /* rising: what the axes have */
	size_t pu_count;
	double low, high; /* of the values, ns */
	struct sy_panel frame;
};

/* The range of colours, and the file. */
void sy_cells_prepare(struct sy_cells *cells, unsigned number);

/* Pixels of a figure of so many panels, one below and beside the other. */
double sy_cells_height(const struct sy_cells *panels, size_t count);
void sy_cells_place(struct sy_cells *panels, size_t count, double top);

int sy_cells_write(const struct sy_cells *cells, struct sy_sheet *sheet,
                   unsigned number, double height, int dir_fd);

#endif /* SY_FIGURE_CELLS_H */
