/* SPDX-License-Identifier: MIT */
/* figure_parts.h - the parts of a trend's figure; internal to trend/. */
#ifndef SY_TREND_FIGURE_PARTS_H
#define SY_TREND_FIGURE_PARTS_H

#include "results/figure_sheet.h"
#include "trend/report.h"

/* Line styles of theme.gp: orange, green, and a dark grey. */
#define SY_STYLE_SLOWER 3
#define SY_STYLE_FASTER 5
#define SY_STYLE_LEVEL 11

/* More changes than these have a line, but no words. */
#define SY_FLAGS_MAX 8

/* What stands at the head of a change's line, beginning at it. */
struct sy_flag {
	double at;       /* between two runs */
	double x, width; /* pixels */
	unsigned lane;   /* 0 is the lowest */
	unsigned style;
	char what[SY_TEXT_BYTES];  /* "+13.2 %  4f2c9ab" */
	char aside[SY_TEXT_BYTES]; /* "compiler, kernel", or "" */
};

struct sy_flags {
	struct sy_flag items[SY_FLAGS_MAX]; /* the newest first */
	size_t count, unnamed; /* changes that are older than all of them */
	bool has_aside;
	unsigned lanes;
};

/* ---- figure_flags.c ---- */

/* A flag for each change over the floor, the newest ones. */
void sy_flags_take(struct sy_flags *flags, const struct sy_history *history,
                   const struct sy_trend_point *point);
/* From the right: each above the flags whose lines or words it covers.  `x` is
   set. */
void sy_flags_place(struct sy_flags *flags);
double sy_flags_height(const struct sy_flags *flags);
/* How high above the lowest lane's foot the words of a lane begin. */
double sy_flags_lane(const struct sy_flags *flags, unsigned lane);

/* ---- figure_scale.c: a linear axis ---- */

double sy_linear_px(const struct sy_axis *axis, double value);
double sy_linear_at(const struct sy_axis *axis, double px);
/* Round values, four to ten of them. */
#define SY_LINEAR_TICKS 16
size_t sy_linear_ticks(double low, double high, double values[SY_LINEAR_TICKS]);
/* One of them, in the unit and with the digits that all of them have. */
void sy_linear_format(double low, double high, double value, char *text,
                      size_t bytes);

/* ---- figure_words.c ---- */

/* "NAME: slower by 13 % since 4f2c9ab", the name cut where it is too long;
   whether it was. */
bool sy_trend_title(const struct sy_history *history,
                    const struct sy_trend_point *point,
                    char title[SY_TEXT_BYTES]);
/* What the lines under the title and under the panel say. */
void sy_trend_describe(struct sy_page *page, const struct sy_history *history,
                       const struct sy_trend_point *point, bool cut,
                       const struct sy_flags *flags, size_t beyond);

#endif /* SY_TREND_FIGURE_PARTS_H */
