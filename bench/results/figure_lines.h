/* SPDX-License-Identifier: MIT */
/*
 * figure_lines.h - a panel with a line a model or mechanism over something
 * that rises, on logarithmic axes, its name at the end of the line; internal
 * to results/.
 */
#ifndef SY_FIGURE_LINES_H
#define SY_FIGURE_LINES_H

#include "figure_cases.h"
#include "figure_sheet.h"

#define SY_LABELS_APART 14.5 /* pixels between the middles of two names */
#define SY_LEADER 26.0       /* from the end of the axis to a name */
#define SY_TICK_LABELS 52.0  /* left of a panel */

struct sy_dot {
	const char *name; /* borrowed: of its line */
	const char *state;
	unsigned order;       /* of its line: first seen first */
	unsigned style;       /* colour, and shape and dashes of the first */
	unsigned shape;       /* how many lines before have this style */
	double x;             /* 0: none of it, left of the axis */
	struct sy_estimate y; /* 0 where not measured */
	int hollow;           /* at least this */
};

/* ---- figure_dots.c ---- */

/* Sorts by line, then by x, and keeps one of each pair; sets the shapes. */
size_t sy_dots_sort(struct sy_dot *dots, size_t count);

struct sy_lines;

/*
 * Takes a dot of each case, in lines that are named like their rows; rows
 * without a case whose x is above this are left out.  The caller frees the
 * dots.  -ENODATA where none above it was measured, -ENOMEM.
 */
int sy_lines_take(struct sy_lines *lines, const struct sy_cases *cases,
                  sy_case_value *x, double above);

/* "fork failed at 1024, 2048; ..."; empty where none is missing. */
void sy_lines_describe_missing(const struct sy_lines *lines,
                               char text[SY_TEXT_BYTES]);

/* ---- figure_lines.c, figure_lines_write.c ---- */

struct sy_line_mark {
	double x;
	char text[48];
};
#define SY_MARKS_MAX 4

struct sy_lines {
	struct sy_dot *dots; /* the caller's, sorted */
	size_t count;
	const char *title;        /* bold, or NULL */
	char load[SY_TEXT_BYTES]; /* under it, or "" */
	const char *axis;         /* what x counts */
	const char *none;         /* the label of x = 0; NULL: "0" */
	double ticks_apart;       /* pixels that a label of x needs */
	double labels_most;       /* widest name of a line, in pixels */
	void (*format_x)(double value, char *buf, size_t bytes);
	const struct sy_unit *unit;              /* of y */
	struct sy_line_mark marks[SY_MARKS_MAX]; /* rising */
	size_t mark_count;
	struct sy_panel frame; /* kind and file are the caller's */
	/* From here on set by the functions below. */
	size_t label_count;
	double label_width, zero; /* where x = 0 is drawn */
};

/* Sets the ranges, and what the names need. */
void sy_lines_prepare(struct sy_lines *lines);

/* A mark where it lies within the range; after sy_lines_prepare. */
void sy_lines_mark(struct sy_lines *lines, double x, const char *text);

/* Pixels that the panels, side by side, take; and where they stand. */
double sy_lines_height(const struct sy_lines *panels, size_t count);
void sy_lines_place(struct sy_lines *panels, size_t count, double top,
                    double bottom);

/* -ENOMEM, or an error of a file. */
int sy_lines_write(const struct sy_lines *lines, struct sy_sheet *sheet,
                   unsigned number, double height, int dir_fd);

#endif /* SY_FIGURE_LINES_H */
