/* SPDX-License-Identifier: MIT */
/*
 * judge_parts.h - what the parts of the judge share; internal to compare/.
 */
#ifndef SY_JUDGE_PARTS_H
#define SY_JUDGE_PARTS_H

#include "compare/judge.h"

/* Whether each pair tells time and operations. */
bool sy_pairs_told(const struct sy_pair *pairs, size_t count);

/* log(NEW / OLD) of a pair's times. */
double sy_pair_change(const struct sy_pair *pair);

/* Fills spread and away from the sentinel's pairs.  -EINVAL, -ENOMEM. */
int sy_judge_sentinel(struct sy_comparison *comparison);

#endif /* SY_JUDGE_PARTS_H */
