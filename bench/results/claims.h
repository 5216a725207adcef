/* SPDX-License-Identifier: MIT */
/*
 * claims.h - what is often said of concurrency models, judged by the figures
 * of one run.
 *
 * A claim holds, does not hold, or cannot be told from what was measured.  A
 * ratio of two points is judged by an interval that contains the true one
 * wherever both of theirs contain theirs: it goes from the one's lower end over
 * the other's upper end to the opposite.
 */
#ifndef SY_CLAIMS_H
#define SY_CLAIMS_H

#include <jansson.h>
#include <stdio.h>

enum sy_ruling { SY_CANNOT_TELL, SY_HOLDS, SY_DOES_NOT_HOLD };

struct sy_claim {
	const char *said;  /* one line */
	const char *rule;  /* one line */
	const char *wants; /* the options of `switchyard run` that show it */
	/* Judges by the points of results.json; writes a line for each figure
	   that it looked at. */
	enum sy_ruling (*judge)(const json_t *points, FILE *figures);
};

/* Ended by one without `said`. */
extern const struct sy_claim sy_claims[];

/* "does not hold" */
const char *sy_ruling_name(enum sy_ruling ruling);

#endif /* SY_CLAIMS_H */
