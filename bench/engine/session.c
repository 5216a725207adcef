/* SPDX-License-Identifier: MIT */
/*
 * session.c - a session, and what records make of it; see record.h.
 *
 * A driver applies what it has just written down, and a journal that is read
 * again is applied line by line: by the same functions, which check whatever
 * they are told, since a journal comes from a disk.
 */
#include <errno.h>
#include <stdlib.h>

#include "engine/bounds.h"
#include "engine/record.h"

int sy_session_init(struct sy_session *session, const struct sy_plan *plan)
{
	*session = (struct sy_session){ 0 };
	session->points =
		calloc(plan->count ? plan->count : 1, sizeof(*session->points));
	return session->points ? 0 : -ENOMEM;
}

void sy_session_free(struct sy_session *session, const struct sy_plan *plan)
{
	for (size_t i = 0; session->points && i < plan->count; i++)
		sy_result_free(&session->points[i]);
	for (int i = 0; i < SY_SENTINELS; i++)
		sy_result_free(&session->sentinels[i]);
	free(session->points);
	session->points = NULL;
}

/* The result of a place in the plan, or of a sentinel behind the last one. */
static struct sy_result *result_of(struct sy_session *session,
                                   const struct sy_plan *plan, size_t point)
{
	return point < plan->count ? &session->points[point]
	                           : &session->sentinels[point - plan->count];
}

/* Time goes on; a sample is written down after what it led to. */
static void pass(struct sy_session *session, uint64_t at_ns)
{
	struct sy_course *course = &session->course;

	if (at_ns > course->last_ns)
		course->last_ns = at_ns;
	session->wall_ns =
		course->spent_ns + (course->last_ns - course->begun_ns);
}

/* Whether no point of the turn stands there without a number. */
static bool all_have_one(const struct sy_session *session,
                         const struct sy_plan *plan)
{
	const struct sy_course *course = &session->course;

	for (size_t i = course->next; i < course->turn_end; i++)
		if (plan->points[i].where.count &&
		    sy_result_open(&session->points[i]) &&
		    !session->points[i].count)
			return false;
	return true;
}

/* What is left of a turn whose driver was stopped in it. */
static void leave_turn(struct sy_session *session, const struct sy_plan *plan)
{
	struct sy_course *course = &session->course;
	uint64_t passed = course->last_ns - course->turn_ns;

	if (!course->turn_end) {
		course->left_ns = 0;
		return;
	}
	if (course->left_ns > passed)
		course->left_ns -= passed;
	else
		course->left_ns = 1; /* a round of it is the least */
	/* Its time was over, and everybody has had a slice that was kept: as
	   in turn.c, which goes on until that is so. */
	if (course->left_ns == 1 && course->round &&
	    all_have_one(session, plan)) {
		course->next = course->turn_end;
		course->left_ns = 0;
	}
	course->turn_end = 0;
}

static int begin(struct sy_session *session, const struct sy_plan *plan,
                 const struct sy_record *record, struct sy_reason *reason)
{
	struct sy_course *course = &session->course;

	if (course->ended && !session->interrupted)
		return sy_reason(reason, -EINVAL,
		                 "it was complete before this begins");
	if (record->spent_ns != session->wall_ns)
		return sy_reason(reason, -EINVAL,
		                 "%llu ns were spent before it, not %llu",
		                 (unsigned long long)session->wall_ns,
		                 (unsigned long long)record->spent_ns);
	leave_turn(session, plan);
	course->drivers++;
	course->ended = false;
	course->spent_ns = record->spent_ns;
	course->begun_ns = course->last_ns = record->at_ns;
	course->sample_ns = 0;
	session->interrupted = true;
	return 0;
}

static int calibrate(struct sy_session *session, const struct sy_record *record,
                     struct sy_reason *reason)
{
	if (session->kernel_round_ns > 0)
		return sy_reason(reason, -EINVAL, "calibrated twice");
	/* No number is inside of any bounds, either. */
	if (!(record->kernel_round_ns >= SY_ROUND_MIN_NS &&
	      record->kernel_round_ns <= SY_ROUND_MAX_NS))
		return sy_reason(reason, -EINVAL,
		                 "a round of the kernel takes between %g and "
		                 "%g ns",
		                 SY_ROUND_MIN_NS, SY_ROUND_MAX_NS);
	session->kernel_round_ns = record->kernel_round_ns;
	return 0;
}

/* Turns come in the order of sets, and in a set in the order of the plan. */
static int begin_turn(struct sy_session *session, const struct sy_plan *plan,
                      const struct sy_record *record, struct sy_reason *reason)
{
	struct sy_course *course = &session->course;
	uint32_t resumed = course->drivers - 1;
	uint32_t set = record->set - resumed;

	if (course->turn_end)
		return sy_reason(reason, -EINVAL,
		                 "the turn before it has not ended");
	if (session->kernel_round_ns <= 0)
		return sy_reason(reason, -EINVAL, "not calibrated");
	if (record->set < resumed || set >= plan->sets)
		return sy_reason(reason, -EINVAL, "no set %u in plan.json",
		                 record->set);
	if (record->first >= record->end ||
	    record->end > sy_plan_group_end(plan, record->first))
		return sy_reason(reason, -EINVAL,
		                 "its points are not of one group");
	if (set < course->set ||
	    (set == course->set && record->first < course->next))
		return sy_reason(reason, -EINVAL,
		                 "these points had their turn before");
	course->set = set;
	course->next = record->first;
	course->turn_end = record->end;
	course->left_ns = record->left_ns;
	course->turn_ns = record->at_ns;
	course->round = 0;
	return 0;
}

static int in_turn(const struct sy_course *course,
                   const struct sy_record *record, struct sy_reason *reason)
{
	if (course->turn_end &&
	    record->set == course->set + course->drivers - 1)
		return 0;
	return sy_reason(reason, -EINVAL, "not in a turn of set %u",
	                 record->set);
}

static int end_turn(struct sy_session *session, const struct sy_record *record,
                    struct sy_reason *reason)
{
	struct sy_course *course = &session->course;

	if (in_turn(course, record, reason))
		return -EINVAL;
	if (record->first != course->next || record->end != course->turn_end)
		return sy_reason(reason, -EINVAL,
		                 "another turn than the one that began");
	course->next = course->turn_end;
	course->turn_end = 0;
	course->left_ns = 0;
	return 0;
}

static int add_sample(struct sy_session *session, const struct sy_plan *plan,
                      const struct sy_record *record, struct sy_reason *reason)
{
	struct sy_course *course = &session->course;
	struct sy_result *result = result_of(session, plan, record->point);
	const struct sy_slice *slice = record->slice;

	if (in_turn(course, record, reason))
		return -EINVAL;
	if (record->point < plan->count &&
	    (record->point < course->next || record->point >= course->turn_end))
		return sy_reason(reason, -EINVAL,
		                 "it is not this point's turn");
	if (record->round < course->round || record->at_ns <= course->sample_ns)
		return sy_reason(reason, -EINVAL,
		                 "there twice, or in another order than they "
		                 "were taken");
	course->round = record->round;
	course->sample_ns = record->at_ns;
	pass(session, record->at_ns + slice->elapsed_ns + slice->alone_ns);
	session->sliced_ns += slice->elapsed_ns + slice->alone_ns;
	result->slice_operations = record->sized;
	result->dropped += record->dropped;
	if (record->dropped)
		return 0;
	sy_result_note_length(result, plan->slice_ns, slice->elapsed_ns);
	return sy_result_add(result, slice, record->set, record->round)
	               ? sy_reason(reason, -ENOMEM, "no memory")
	               : 0;
}

static int end(struct sy_session *session, const struct sy_record *record,
               struct sy_reason *reason)
{
	if (record->complete && session->course.turn_end)
		return sy_reason(reason, -EINVAL,
		                 "complete, but a turn has not ended");
	session->course.ended = true;
	session->interrupted = !record->complete;
	return 0;
}

int sy_session_apply(struct sy_session *session, const struct sy_plan *plan,
                     const struct sy_record *record, struct sy_reason *reason)
{
	struct sy_course *course = &session->course;

	/* Points that this machine does not have are told before it begins. */
	if (record->kind == SY_RECORD_STATED)
		sy_result_fail(result_of(session, plan, record->point),
		               record->state, &record->reason);
	if (record->kind == SY_RECORD_STATED && !course->drivers)
		return 0;
	if (record->kind == SY_RECORD_BEGUN)
		return begin(session, plan, record, reason);
	if (!course->drivers || course->ended)
		return sy_reason(reason, -EINVAL, "nobody measures now");
	if (record->at_ns < course->begun_ns)
		return sy_reason(reason, -EINVAL,
		                 "it happened before its driver began");
	pass(session, record->at_ns);
	switch (record->kind) {
	case SY_RECORD_CALIBRATED:
		return calibrate(session, record, reason);
	case SY_RECORD_TURN:
		return begin_turn(session, plan, record, reason);
	case SY_RECORD_SAMPLED:
		return add_sample(session, plan, record, reason);
	case SY_RECORD_DONE:
		return end_turn(session, record, reason);
	case SY_RECORD_ENDED:
		return end(session, record, reason);
	default:
		return 0;
	}
}

int sy_record_write(struct sy_record *record, const struct sy_plan *plan,
                    const struct sy_hooks *hooks, struct sy_session *session,
                    struct sy_reason *reason)
{
	json_t *json;
	int error;

	if (!record->at_ns)
		record->at_ns = sy_clock_ns();
	json = sy_record_to_json(record, plan);
	if (!json)
		return sy_reason(reason, -ENOMEM, "no memory");
	error = hooks->journal(hooks->data, json, reason);
	return error ? error : sy_session_apply(session, plan, record, reason);
}
