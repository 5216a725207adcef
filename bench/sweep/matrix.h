/* SPDX-License-Identifier: MIT */
/*
 * matrix.h - the placement `matrix`: a hand-off on every PU, and between every
 * two in both directions.
 *
 * It is a word for many points and no placement of contexts: it stands in a
 * plan only until the machine is known, and is then replaced by them.  Every
 * int returned is 0 or a negative errno.
 */
#ifndef SY_MATRIX_H
#define SY_MATRIX_H

#include "sweep/space.h"

#define SY_MATRIX "matrix"

/* Whether none but hand-offs have it.  -EINVAL with the reason. */
int sy_matrix_check(const struct sy_space *space, struct sy_reason *reason);

bool sy_matrix_any(const struct sy_plan *plan);

/* How many points there are with all matrices of so many PUs, those that stand
   there twice too; UINT64_MAX: so many or more. */
uint64_t sy_matrix_count(const struct sy_plan *plan, unsigned pus);

/*
 * Replaces each point by those of its matrix, by OS index: "0", "0,1", ...,
 * "1,0", "1", ...  The plan is changed on success only.  -ENOMEM.
 */
int sy_matrix_expand(struct sy_plan *plan, const struct sy_topology *topology);

#endif /* SY_MATRIX_H */
