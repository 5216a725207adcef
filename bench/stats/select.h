/* SPDX-License-Identifier: MIT */
/*
 * select.h - order statistics without a full sort, for the files of stats/
 * only.  The values must be finite; they are reordered.
 */
#ifndef SY_SELECT_H
#define SY_SELECT_H

#include <stddef.h>

/* The value of rank `rank` (0 is the least); rank < count. */
double sy_select(double *values, size_t count, size_t rank);

/* The median: the mean of the two middle ones for an even count >= 1. */
double sy_select_median(double *values, size_t count);

/* A quantile, linear between the two nearest ranks; 0 <= share <= 1. */
double sy_select_quantile(double *values, size_t count, double share);

/* 1 where there is at least one value and all of them are finite. */
int sy_all_finite(const double *values, size_t count);

#endif /* SY_SELECT_H */
