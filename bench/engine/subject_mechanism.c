/* SPDX-License-Identifier: MIT */
/* subject_mechanism.c - what only mechanisms are measured for: the first use,
   the mechanism alone, and contexts that wait. */
#include "engine/subject_internal.h"

#include <stdio.h>
#include <string.h>

int sy_subject_first(struct sy_subject *s, struct sy_reason *reason)
{
	uint64_t count = sy_subject_allowed(s, 1);
	int error;

	if (!sy_point_is(s->point, SY_SPAWN) || s->first_operations)
		return 0;
	error = sy_subject_trial(s, count, &s->first_ns, reason);
	if (!error)
		s->first_operations = count;
	return error;
}

/* A quarter of the hand-offs is enough: nothing is scheduled in it. */
static int run_alone(struct sy_subject *s, struct sy_slice *slice,
                     struct sy_reason *reason)
{
	const struct sy_mechanism *mechanism = s->point->request.mechanism;
	uint64_t begin_ns;
	int error;

	if (!mechanism || !mechanism->alone)
		return 0;
	slice->alone_operations = sy_subject_allowed(s, slice->operations / 4);
	begin_ns = sy_clock_ns();
	error = mechanism->alone(s->model, slice->alone_operations);
	slice->alone_ns = sy_clock_ns() - begin_ns;
	return error ? sy_reason(reason, error,
	                         "the mechanism on its own failed: %s",
	                         strerror(-error))
	             : 0;
}

static void note_mechanism(const struct sy_subject *s, struct sy_slice *slice)
{
	const struct sy_mechanism *mechanism = s->point->request.mechanism;

	slice->first_ns = s->first_ns;
	slice->first_operations = s->first_operations;
	if (mechanism)
		sy_detail_note(slice->detail, mechanism, s->model);
}

/* What so many contexts take; what others gave back meanwhile is no less
   than nothing. */
static uint64_t total(double bytes, uint64_t contexts)
{
	double all = bytes * (double)contexts;

	return all > 0 ? (uint64_t)(all + 0.5) : 0;
}

int sy_subject_mechanism(struct sy_subject *s, struct sy_slice *slice,
                         struct sy_reason *reason)
{
	note_mechanism(s, slice);
	return run_alone(s, slice, reason);
}

int sy_subject_hold(struct sy_subject *s, struct sy_slice *slice,
                    struct sy_reason *reason)
{
	const struct sy_request *r = &s->point->request;
	struct sy_held held;
	int error;

	sy_subject_reset(s);
	error = sy_held_measure(s->batch, r->mechanism, slice->operations,
	                        &held, reason);
	if (error)
		return error;
	slice->elapsed_ns = held.elapsed_ns;
	slice->usage = held.usage;
	slice->bytes = total(held.bytes, slice->operations);
	slice->slab_bytes = total(held.slab_bytes, slice->operations);
	memcpy(slice->detail, held.detail, sizeof(slice->detail));
	sy_subject_collect(s, slice);
	return 0;
}
