/* SPDX-License-Identifier: MIT */
/*
 * report_parts.h - what the files of the terminal's tables share.
 */
#ifndef SY_REPORT_PARTS_H
#define SY_REPORT_PARTS_H

#include "results/tables.h"

#include <stdio.h>

/* Columns of numbers that fit beside the name and the ends of a row. */
#define SY_REPORT_COLUMNS 5

/* report_head.c: the run, its noise, and what the marks in tables mean. */
void sy_report_head(FILE *out, const json_t *results);

/* Half of an interval's width, as a share of its value; of few slices it is
   infinite. */
double sy_spread(const json_t *point, const char *key);
double sy_spread_or_few(const json_t *point, const char *key);
/* In five columns, behind a blank. */
void sy_print_spread(FILE *out, double share);

/* report.c: behind "64 in flight:" or such, in as many lines as it takes;
   nothing where there is no group. */
void sy_print_verdict(FILE *out, const char *head, const json_t *group);

/* report_mechanisms.c: the table's columns that are shown. */
void sy_report_mechanisms(FILE *out, const struct sy_table *table);

/* report_found.c: what was found in the columns that are shown, in one line
   where all have it alike; names take `width` columns. */
void sy_report_found(FILE *out, const struct sy_table *table, int width);
/* A line for each reason why rows of the section have no figures. */
void sy_report_reasons(FILE *out, const struct sy_table *table);

#endif /* SY_REPORT_PARTS_H */
