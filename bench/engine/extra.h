/* SPDX-License-Identifier: MIT */
/*
 * extra.h - work beside what was asked for, so that a study knows how much
 * slower a program is.
 *
 * The program has none (extra_none.c) and nothing that could ask for any.  A
 * study links bench/study/extra.c in its place, which carries out more of the
 * same operations inside the timed part.  No reading of a clock is ever
 * touched: what is slower has done more, and is counted and checked as such.
 */
#ifndef SY_EXTRA_H
#define SY_EXTRA_H

#include <stdint.h>

#include "engine/reason.h"

struct sy_point;

/* At most so many times the operations of a slice are carried out in it. */
#define SY_PERFORMED_TIMES 2

/*
 * How many operations are carried out beside `operations`, of which a run of
 * the point may have as many: at most as many again
 * (SY_PERFORMED_TIMES).  `*owed`, 0 at first, is
 * the caller's for as long as the subject is open: what could not be carried
 * out, as a run has whole portions, in hundredths of an operation; later runs
 * make up for it.  -EINVAL with the reason: what the study was told is no
 * percentage; -ENOTSUP: the point cannot have more of itself.
 */
int sy_extra_operations(const struct sy_point *point, uint64_t operations,
                        int64_t *owed, uint64_t *extra,
                        struct sy_reason *reason);

#endif /* SY_EXTRA_H */
