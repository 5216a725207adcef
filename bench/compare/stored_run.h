/* SPDX-License-Identifier: MIT */
/*
 * stored_run.h - what a comparison takes from the folder of a run; internal to
 * compare/.
 *
 * Every field that is used is checked for its type and its range when it is
 * read; what is wrong with one is a line that names file, point and field.
 */
#ifndef SY_STORED_RUN_H
#define SY_STORED_RUN_H

#include <jansson.h>
#include <stdbool.h>

#include "compare/comparison.h"
#include "engine/result.h"

/* A larger results.json is refused: a million points take a quarter of it. */
#define SY_STORED_BYTES ((size_t)1 << 30)

struct sy_stored_point {
	char *name;   /* owned; not empty */
	char *reason; /* owned, or NULL */
	enum sy_state state;
	bool is_handoff;
	uint32_t slices;       /* the rest: of what is SY_MEASURED */
	struct sy_estimate ns; /* an operation; all > 0, in their order */
	struct sy_shown shown;
	const struct sy_stored_point *mate; /* in the other run, or NULL */
};

struct sy_stored_run {
	const char *dir; /* the caller's */
	json_t *facts;   /* machine.json; its `build` is checked */
	json_t *told;    /* as in struct sy_compared_side */
	char *machine;   /* in one line */
	char *machine_id;
	char *written; /* when its results were, or NULL */
	bool interrupted;
	double spread;                  /* of the sentinel, negative: none */
	struct sy_stored_point *points; /* in the order of the plan */
	size_t count, room;
};

/* Reads all of it.  -EINVAL and errors of files, with the reason; -ENOMEM.
   There is nothing to be freed where it fails. */
int sy_stored_run_read(struct sy_stored_run *run, const char *dir,
                       struct sy_reason *reason);
void sy_stored_run_free(struct sy_stored_run *run);

/* stored_point.c: the point that is points[index] of results.json. */
int sy_stored_point_read(struct sy_stored_point *point, const char *dir,
                         size_t index, const json_t *json,
                         struct sy_reason *reason);
void sy_stored_point_free(struct sy_stored_point *point);

/* stored_build.c: machine.json, and what it tells of the run. */
int sy_stored_build_read(struct sy_stored_run *run, struct sy_reason *reason);
/* -EXDEV with the first difference, unless `anyway`: then all of them are in
   `unlike`, which is empty where there is none. */
int sy_stored_build_compare(const struct sy_stored_run *old_run,
                            const struct sy_stored_run *new_run, bool anyway,
                            struct sy_reason *unlike, struct sy_reason *reason);

/* Puts into `told` which of the kernel's mitigations were otherwise in the other
   run, and how they were. */
void sy_stored_tell_mitigations(struct sy_stored_run *run,
                                const struct sy_stored_run *other);

/* stored_match.c: sets every `mate`.  -EINVAL: a run has two points of one
   name. */
int sy_stored_match(struct sy_stored_run *old_run,
                    struct sy_stored_run *new_run, struct sy_reason *reason);

/* stored_row.c */
struct sy_stored_rule {
	const struct sy_rule *rule;
	bool same_run; /* OLD and NEW are one and the same */
};

/*
 * What becomes of a point, and where it is COMPARED its figures, with ratios
 * and chances, for sy_judge_changes.  A reason where it is COMPARED says that a
 * side has too few slices for an interval.  At most one of `sides` is NULL.
 */
void sy_stored_row(const struct sy_stored_rule *rule, struct sy_compared *row,
                   const struct sy_stored_point *const *sides);

#endif /* SY_STORED_RUN_H */
