/* SPDX-License-Identifier: MIT */
/*
 * signed_rank.h - the distribution of a sum of signed ranks, for the files of
 * stats/ only.
 */
#ifndef SY_SIGNED_RANK_H
#define SY_SIGNED_RANK_H

#include <stddef.h>

#include "stats/paired.h"

/* Ranks are doubled, so that those of ties are whole; sums of 0 and more. */
#define SY_RANK_SUMS (SY_EXACT_MOST * (SY_EXACT_MOST + 1) + 1)

/* In how many of the 2^count choices of signs the positive ranks have each
   sum; count up to SY_EXACT_MOST, so that every number is exact. */
void sy_rank_sums(const unsigned *doubled, size_t count,
                  double ways[SY_RANK_SUMS]);

#endif /* SY_SIGNED_RANK_H */
