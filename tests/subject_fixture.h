/* SPDX-License-Identifier: MIT */
/*
 * subject_fixture.h - points that are opened and run in the test's process.
 */
#ifndef SY_SUBJECT_FIXTURE_H
#define SY_SUBJECT_FIXTURE_H

#include "engine_fixture.h"

#include "engine/subject.h"

struct opened {
	struct sy_point point;
	struct sy_subject *subject;
	struct sy_slice slice;
	struct sy_reason reason;
	struct holdings before;
	cpu_set_t affinity;
};

/* Small tasks, so that a test takes milliseconds. */
static inline void opened_point(struct opened *o, const char *family,
                                const char *row, uint32_t inflight)
{
	memset(o, 0, sizeof(*o));
	assert_int_equal(
		sched_getaffinity(0, sizeof(o->affinity), &o->affinity), 0);
	make_point(&o->point, family, row);
	o->point.request.inflight = inflight;
	o->point.load.rounds = 500;
	if (o->point.load.wait_ns)
		o->point.load.wait_ns = MS / 5;
}

static inline int opened_try(struct opened *o, const char *placement)
{
	snprintf(o->point.request.placement, sizeof(o->point.request.placement),
	         "%s", placement);
	if (resolve_here(&o->point, &o->reason))
		fail_msg("%s", o->reason.text);
	o->before = look();
	return sy_subject_open(&o->subject, &o->point, &o->reason);
}

static inline void opened_open(struct opened *o, const char *placement)
{
	if (opened_try(o, placement))
		fail_msg("%s: %s", o->point.name, o->reason.text);
}

static inline int opened_run(struct opened *o, uint64_t operations,
                             uint64_t warmup)
{
	return sy_subject_run(o->subject, operations, warmup, &o->slice,
	                      &o->reason);
}

/* Nothing may be left. */
static inline void opened_close(struct opened *o)
{
	if (o->subject)
		sy_subject_close(o->subject);
	o->subject = NULL;
	assert_nothing_left(o->before);
	sy_point_release(&o->point);
	sched_setaffinity(0, sizeof(o->affinity), &o->affinity);
}

static inline void opened_must_run(struct opened *o, uint64_t operations,
                                   uint64_t warmup)
{
	if (opened_run(o, operations, warmup))
		fail_msg("%s: %s", o->point.name, o->reason.text);
}

#endif /* SY_SUBJECT_FIXTURE_H */
