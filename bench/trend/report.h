/* SPDX-License-Identifier: MIT */
/*
 * report.h - a trend for people and for programs.
 *
 * Names, folders and what runs tell of themselves come from outside and may
 * hold anything; each report escapes them as its format wants.
 */
#ifndef SY_TREND_REPORT_H
#define SY_TREND_REPORT_H

#include <stdio.h>

#include "trend/trend.h"

/* A trend whose changes have been found, and what was asked for. */
struct sy_trend_report {
	const struct sy_trend *trend;
	const char *dir;
	const char *filter; /* or NULL */
	uint64_t seed;
	const char *figures; /* the folder that they are in; NULL: none */
};

/* Machine by machine: the points whose level changed, within 80 columns, then
   one sentence.  -ENOMEM. */
int sy_trend_table(FILE *out, const struct sy_trend_report *report);
/* For a pull request or a page: the same as tables of GitHub's Markdown. */
int sy_trend_markdown(FILE *out, const struct sy_trend_report *report);
/* docs/trend-format.md, with every value.  NULL: no memory. */
json_t *sy_trend_to_json(const struct sy_trend_report *report);

/* ---- what all of them say in the same words ---- */

/* "+13.2 %", "-6.4 %", "2.31x"; into `text`, which is returned. */
#define SY_TREND_CELL 64
char *sy_trend_format_change(const struct sy_trend_change *change,
                             char text[SY_TREND_CELL]);
/* "1.34 us" */
char *sy_trend_format_level(double ns, char text[SY_TREND_CELL]);

/* "12 points over 34 runs: 2 changed level; 3 have too few runs (fewer than
   16)." */
#define SY_TREND_SENTENCE 400
char *sy_trend_sentence(const struct sy_history *history,
                        char text[SY_TREND_SENTENCE]);
/* "2 runs have no results; 1 run is damaged and was skipped."; "" of none. */
char *sy_trend_left_out(const struct sy_trend *trend,
                        char text[SY_TREND_SENTENCE]);
/* What a trend is worth. */
extern const char sy_trend_advisory[];

/* The name of a point's figure, without its ending: letters, digits and '_';
   the same for the same machine, build and point, and no other's. */
#define SY_TREND_FIGURE 36
char *sy_trend_figure_name(const struct sy_history *history,
                           const struct sy_trend_point *point,
                           char name[SY_TREND_FIGURE]);

#endif /* SY_TREND_REPORT_H */
