/* SPDX-License-Identifier: MIT */
/*
 * result.h - what the slices of a point add up to.
 */
#ifndef SY_RESULT_H
#define SY_RESULT_H

#include <stddef.h>
#include <stdint.h>

#include "engine/point.h"
#include "engine/subject.h"

enum sy_state {
	SY_PLANNED,  /* nothing measured yet */
	SY_MEASURED, /* at least one slice, none refused */
	SY_ABSENT,   /* not here: the machine or the build does not have it */
	SY_FAILED,   /* died, hung, refused, a limit: with the reason */
	SY_INVALID,  /* measured, but not what it claims to be */
	SY_WRONG, /* a wrong checksum, a broken promise: there is no number */
};

/* The name of a state as in results.json; and back: -EINVAL. */
const char *sy_state_name(enum sy_state state);
int sy_state_find(const char *name, enum sy_state *state);

/* One slice, an operation. */
struct sy_sample {
	uint32_t set, round;
	double ns;        /* wall time */
	double cpu_ns;    /* of its contexts */
	double alone_ns;  /* of the mechanism without a switch, or 0 */
	double voluntary; /* switches */
	double first_ns;  /* of the first ones in its process, or 0 */
	double bytes;     /* a waiting context, or 0 */
	double slab_bytes;
};

struct sy_result {
	enum sy_state state;
	struct sy_reason reason;
	size_t count, room;
	struct sy_sample *samples;
	struct sy_histogram *latencies; /* of all slices, or NULL */
	uint64_t operations, elapsed_ns;
	struct sy_usage usage;
	uint64_t server_ns, migrations;
	uint64_t visited[SY_PUS_MAX / 64];
	uint64_t slice_operations; /* what a slice was sized to; 0: not yet */
	uint64_t usual_ns; /* how long a slice is that cannot be shorter */
	unsigned dropped;  /* slices that missed their size */
	char detail[SY_DETAIL_BYTES]; /* of the mechanism, or "" */
	/* Of all slices, sums and largest ones; as in struct sy_slice. */
	const struct sy_finding *findings;
	uint64_t found[SY_FINDINGS_MAX];
};

/* Adds a slice.  -ENOMEM. */
int sy_result_add(struct sy_result *result, const struct sy_slice *slice,
                  uint32_t set, uint32_t round);
/* Whether a slice took more than twice the time that was asked for, and than
   such slices are known to take. */
bool sy_result_too_long(const struct sy_result *result, uint64_t slice_ns,
                        uint64_t elapsed_ns);
/* A slice of that length was kept: from now on it is what they take. */
void sy_result_note_length(struct sy_result *result, uint64_t slice_ns,
                           uint64_t elapsed_ns);
void sy_result_free(struct sy_result *result);
void sy_result_forget_latencies(struct sy_result *result);

/* A finding of `operations`: the sum as a share of them, or the largest. */
double sy_finding_figure(const struct sy_finding *finding, uint64_t found,
                         uint64_t operations);

/* Notes why a point has no number; the first reason stays. */
void sy_result_fail(struct sy_result *result, enum sy_state state,
                    const struct sy_reason *reason);

/*
 * A hand-off on one PU that did not make the switches which it declares
 * becomes SY_INVALID; other points stay what they are.
 *
 * Control cannot have passed without a switch, so all of them together are at
 * least the least.  The kernel counts a switch as involuntary where the woken
 * context runs before its waker has blocked, which saves the waker's own wait;
 * and where another process took the PU.  So only the voluntary ones are held
 * to the most.
 */
void sy_result_judge(const struct sy_point *point, struct sy_result *result);

/* Whether it is still to be measured. */
bool sy_result_open(const struct sy_result *result);

#endif /* SY_RESULT_H */
