/* SPDX-License-Identifier: MIT */
/*
 * figure_sheet.h - what the data step of a figure writes: tables that gnuplot
 * reads, and the texts above and below the panels; internal to results/.
 */
#ifndef SY_FIGURE_SHEET_H
#define SY_FIGURE_SHEET_H

#include "figure_parts.h"

/* ---- figure_table.c: columns in a file ---- */

struct sy_table {
	FILE *file;
	int dir_fd;
	char name[64], part[72];
};

/* `header` says what the columns are.  0 or a negative errno. */
int sy_table_open(struct sy_table *table, int dir_fd, const char *name,
                  const char *header);
/* One field: quoted, and with nothing in it that gnuplot reads specially. */
void sy_table_text(struct sy_table *table, const char *text);
/* Puts the file in place, or leaves none behind where `err` or a write fails. */
int sy_table_close(struct sy_table *table, int err);

/* The tables that every figure has; see text.gp for the classes of text. */
enum sy_text_class {
	SY_TEXT_SUBTITLE, /* left */
	SY_TEXT_LOAD,     /* left, under the heading of a panel */
	SY_TEXT_LABEL,    /* left, in the ink of a style */
	SY_TEXT_NOTE,     /* left, small */
	SY_TEXT_MARK,     /* centred, small: names a line */
	SY_TEXT_ROW,      /* right */
	SY_TEXT_AXIS,     /* centred: what an axis counts */
	SY_TEXT_UNDER,    /* right, small: more about a row */
	SY_TEXT_TITLE,    /* left, bold: of the figure */
	SY_TEXT_HEADING,  /* left, bold: of a panel */
	SY_TEXT_UPWARDS,  /* centred, turned: what an axis counts */
};

/* What a key shows beside its texts; see text.gp. */
enum sy_symbol {
	SY_SYMBOL_VALUE,     /* a dot with its interval */
	SY_SYMBOL_SECOND,    /* a hollow dot */
	SY_SYMBOL_PART,      /* a bar across the row */
	SY_SYMBOL_MODES,     /* two dots and a thin line */
	SY_SYMBOL_REFERENCE, /* a diamond */
	SY_SYMBOL_MISSING,   /* a hatched cell */
	SY_SYMBOLS
};

struct sy_sheet {
	struct sy_table panels, ticks, text, lines, key;
	int open; /* how many of them are */
};
int sy_sheet_open(struct sy_sheet *sheet, int dir_fd, const char *figure);
int sy_sheet_close(struct sy_sheet *sheet, int err);

void sy_sheet_text(struct sy_sheet *sheet, enum sy_text_class kind, double x,
                   double y, unsigned style, const char *text);
void sy_sheet_line(struct sy_sheet *sheet, double x, double y, double to_x,
                   double to_y, unsigned style);
/* `axis` is 'x' or 'y' of a panel that is counted from 1. */
void sy_sheet_ticks(struct sy_sheet *sheet, unsigned panel, char axis,
                    const struct sy_tick *ticks, size_t count,
                    void (*format)(double value, char *buf, size_t bytes));
void sy_sheet_tick(struct sy_sheet *sheet, unsigned panel, char axis,
                   double value, const char *label);
/* A dashed line over the whole height of a panel. */
void sy_sheet_mark(struct sy_sheet *sheet, unsigned panel, double x);

/* How panels.gp draws a panel, and so what the columns of its file are. */
enum sy_panel_kind {
	SY_PANEL_ROWS,  /* figure_rows.h */
	SY_PANEL_LINES, /* figure_lines.h */
	SY_PANEL_BANDS, /* the same, intervals as bands */
	SY_PANEL_CELLS, /* figure_cells.h */
	SY_PANEL_TREND, /* trend/figure.h */
};

/* A panel has one axis x and one axis y; those of cells and of a trend are not
   logarithmic. */
struct sy_panel {
	enum sy_panel_kind kind;
	struct sy_axis x, y;
	char file[48]; /* a constant, or one with a number */
};
void sy_sheet_panel(struct sy_sheet *sheet, const struct sy_panel *panel,
                    double height);

/* ---- figure_page.c: what stands around the panels ---- */

#define SY_LINE 17.0 /* pixels between two lines of text */
#define SY_NOTES_MAX 8

struct sy_page {
	const char *figure, *title; /* constants */
	const char *named; /* in the place of a title; names may be in it */
	double height;     /* of the canvas */
	char header[3][SY_TEXT_BYTES], notes[SY_NOTES_MAX][SY_TEXT_BYTES];
	unsigned header_lines, note_lines;
};

void sy_page_header(struct sy_page *page, const char *text);
/* Up to three lines, where there is room for more notes; "" is none. */
void sy_page_note(struct sy_page *page, const char *text);
/* "Missing: ..."; "" is none. */
void sy_page_note_missing(struct sy_page *page, const char *missing);
/* Pixels that title and header take above the panels, and notes below. */
double sy_page_head(const struct sy_page *page);
double sy_page_foot(const struct sy_page *page);
/* Writes title, header and notes. */
void sy_page_write(const struct sy_page *page, struct sy_sheet *sheet);

/* Texts by symbol, NULL where that is not drawn, on one line or on two.  How
   many pixels they take; written only where there is a sheet. */
double sy_page_key(const char *const texts[SY_SYMBOLS], double top,
                   struct sy_sheet *sheet);

#endif /* SY_FIGURE_SHEET_H */
