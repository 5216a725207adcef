/* SPDX-License-Identifier: MIT */
/*
 * figure_cases.h - the points of mechanisms that a figure can show, and which
 * of them belong together; internal to results/.
 */
#ifndef SY_FIGURE_CASES_H
#define SY_FIGURE_CASES_H

#include <stdbool.h>

#include "figure_parts.h"

#define SY_ROW_BYTES 96

/* A point of a mechanism; all texts but `row` are borrowed. */
struct sy_case {
	const json_t *point;
	const char *name; /* what a figure calls it */
	const char *model, *placement, *state, *reason;
	char row[SY_ROW_BYTES]; /* "threads.futex" */
	size_t place;           /* in the results; no two have the same */
	unsigned order;         /* of its row: the first seen is 0 */
	bool hold_awake, reference, mixture, huge_pages;
	double contexts; /* ring, burst or contexts */
	double working_bytes, stack_bytes, resident_bytes;
	struct sy_estimate cost; /* value 0: not measured */
};

struct sy_cases {
	struct sy_case *cases;
	size_t count;
};

/*
 * All of a family, in the order of the results; the cost is the estimate of
 * that name.  -ENODATA where none was measured, -ENOMEM.
 */
int sy_cases_take(struct sy_cases *cases, const json_t *results,
                  const char *family, const char *cost);
void sy_cases_free(struct sy_cases *cases);

static inline bool sy_case_measured(const struct sy_case *one)
{
	return one->cost.value > 0;
}

/* Those for which `keep` holds, in their order. */
void sy_cases_filter(struct sy_cases *cases,
                     bool (*keep)(const struct sy_case *one));

/* What the cases of a group have in common. */
enum sy_alike {
	SY_ALIKE_PLACEMENT = 1 << 0,
	SY_ALIKE_AWAKE = 1 << 1,
	SY_ALIKE_CONTEXTS = 1 << 2,
	SY_ALIKE_WORKING = 1 << 3,
};
#define SY_ALIKE_WHERE (SY_ALIKE_PLACEMENT | SY_ALIKE_AWAKE)

struct sy_case_group {
	size_t first, count; /* of the cases */
	size_t measured;
	size_t distinct; /* values above 0 of what varies, measured */
	size_t place;    /* the least */
};

typedef double sy_case_value(const struct sy_case *one);
sy_case_value sy_case_contexts, sy_case_working, sy_case_resident;

/*
 * Sorts the cases into groups; within one they rise by what varies (NULL:
 * nothing does), then stand as in the results.  The first group has the most
 * distinct values above 0, of these the most measured cases, of these it was
 * seen first; groups without a measured case are left out.  The caller frees them.
 * -ENODATA where there is none, -ENOMEM.
 */
int sy_cases_group(struct sy_cases *cases, unsigned alike,
                   sy_case_value *varies, struct sy_case_group **groups,
                   size_t *count);

/* Keeps the first of these groups alone. */
int sy_cases_keep(struct sy_cases *cases, unsigned alike,
                  sy_case_value *varies);

/* The same cases once more, to be freed. */
int sy_cases_copy(struct sy_cases *copy, const struct sy_cases *cases);

/*
 * Adds to the name of a case's row, so that it is another row; then numbers
 * the rows anew, in the order of the results.
 */
void sy_case_tag(struct sy_case *one, const char *tag);
/* ", 64 KiB stacks", where these are not the mechanism's own. */
void sy_case_tag_stack(struct sy_case *one);
void sy_cases_number(struct sy_cases *cases);

/* "placement spread, held awake", of a mixture what that means. */
void sy_case_where(const struct sy_case *one, char text[SY_TEXT_BYTES]);

/* Adds ", a ring of 16", ", a working set of 64 KiB each": what of these two
   all of a group have. */
void sy_case_setting(const struct sy_case *one, unsigned alike,
                     char text[SY_TEXT_BYTES]);

/* "NAME (failed); ..." of those not measured, or "". */
void sy_cases_missing(const struct sy_cases *cases, char text[SY_TEXT_BYTES]);

/* Adds what the measured ones rest on. */
void sy_cases_effort(const struct sy_cases *cases, struct sy_effort *effort);

#endif /* SY_FIGURE_CASES_H */
