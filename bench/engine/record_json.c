/* SPDX-License-Identifier: MIT */
/*
 * record_json.c - records as lines of the journal, and back; see record.h.
 *
 * A sample and what is said of a point are objects with a `point`; every other
 * record is an object of one key, which says what happened.
 */
#include <errno.h>
#include <string.h>

#include "engine/bounds.h"
#include "engine/json.h"
#include "engine/protocol.h"
#include "engine/record.h"

static const char *const sentinels[] = { "sentinel/a", "sentinel/b" };

static const char *name_of(const struct sy_plan *plan, size_t point)
{
	return point < plan->count ? plan->points[point].name
	                           : sentinels[point - plan->count];
}

static json_t *sample_to_json(const struct sy_record *record,
                              const struct sy_plan *plan)
{
	json_t *json = sy_slice_to_json(record->slice);

	json = sy_json_with(json, "point",
	                    json_string(name_of(plan, record->point)));
	json = sy_json_with(json, "set", json_integer(record->set));
	json = sy_json_with(json, "round", json_integer(record->round));
	json = sy_json_with(json, "at_ns",
	                    json_integer((json_int_t)record->at_ns));
	if (record->sized != record->slice->operations)
		json = sy_json_with(json, "sized",
		                    json_integer((json_int_t)record->sized));
	return record->dropped ? sy_json_with(json, "dropped", json_true())
	                       : json;
}

static json_t *turn_to_json(const struct sy_record *record,
                            const struct sy_plan *plan)
{
	json_t *turn = json_pack(
		"{sI sI ss sI sI}", "at_ns", (json_int_t)record->at_ns, "set",
		(json_int_t)record->set, "group",
		plan->points[record->first].group, "first",
		(json_int_t)record->first, "end", (json_int_t)record->end);

	if (record->kind == SY_RECORD_TURN)
		turn = sy_json_with(turn, "left_ns",
		                    json_integer((json_int_t)record->left_ns));
	return json_pack(
		"{so}", record->kind == SY_RECORD_TURN ? "turn" : "done", turn);
}

json_t *sy_record_to_json(const struct sy_record *record,
                          const struct sy_plan *plan)
{
	json_int_t at_ns = (json_int_t)record->at_ns;

	switch (record->kind) {
	case SY_RECORD_BEGUN:
		return json_pack("{s{sI sI}}", "begun", "at_ns", at_ns,
		                 "spent_ns", (json_int_t)record->spent_ns);
	case SY_RECORD_CALIBRATED:
		return json_pack("{s{sI sf}}", "calibrated", "at_ns", at_ns,
		                 "kernel_round_ns", record->kernel_round_ns);
	case SY_RECORD_SAMPLED:
		return sample_to_json(record, plan);
	case SY_RECORD_STATED:
		return json_pack("{ss ss ss sI}", "point",
		                 name_of(plan, record->point), "state",
		                 sy_state_name(record->state), "reason",
		                 record->reason.text, "at_ns", at_ns);
	case SY_RECORD_TURN:
	case SY_RECORD_DONE:
		return turn_to_json(record, plan);
	case SY_RECORD_ENDED:
		return json_pack("{s{sI sb}}", "ended", "at_ns", at_ns,
		                 "complete", record->complete);
	}
	return NULL;
}

/* A non-negative integer; `most` is what it may be at most. */
static int take(const json_t *json, const char *key, uint64_t most,
                uint64_t *number, struct sy_reason *reason)
{
	const json_t *value = json_object_get(json, key);
	json_int_t found = json_integer_value(value);

	if (!json_is_integer(value))
		return sy_reason(reason, -EINVAL, "`%s` is no whole number",
		                 key);
	if (found < 0 || (uint64_t)found > most)
		return sy_reason(reason, -EINVAL, "`%s` cannot be %lld", key,
		                 (long long)found);
	*number = (uint64_t)found;
	return 0;
}

static int take_u32(const json_t *json, const char *key, uint32_t *number,
                    struct sy_reason *reason)
{
	uint64_t found;
	int error = take(json, key, UINT32_MAX, &found, reason);

	if (!error)
		*number = (uint32_t)found;
	return error;
}

static int take_time(const json_t *json, struct sy_record *record,
                     struct sy_reason *reason)
{
	return take(json, "at_ns", INT64_MAX / 2, &record->at_ns, reason);
}

/* Among those whose turn it is; else from where the last one was found, since
   points are mostly told in the order of the plan. */
static int find_point(const struct sy_plan *plan,
                      const struct sy_course *course, const char *name,
                      size_t *point)
{
	for (size_t i = course->next; i < course->turn_end; i++)
		if (!strcmp(plan->points[i].name, name)) {
			*point = i;
			return 0;
		}
	for (size_t i = 0; i < sizeof(sentinels) / sizeof(sentinels[0]); i++)
		if (!strcmp(sentinels[i], name)) {
			*point = plan->count + i;
			return 0;
		}
	for (size_t i = 0; i < plan->count; i++) {
		size_t at = (*point + i) % plan->count;

		if (!strcmp(plan->points[at].name, name)) {
			*point = at;
			return 0;
		}
	}
	return -EINVAL;
}

static int stated(struct sy_record *record, const json_t *json,
                  struct sy_reason *reason)
{
	const char *state, *text;

	record->kind = SY_RECORD_STATED;
	if (json_unpack((json_t *)json, "{ss ss}", "state", &state, "reason",
	                &text) ||
	    sy_state_find(state, &record->state) ||
	    (record->state != SY_ABSENT && record->state != SY_FAILED &&
	     record->state != SY_WRONG))
		return sy_reason(reason, -EINVAL,
		                 "neither a sample nor why there is none");
	sy_reason(&record->reason, 0, "%s", text);
	return take_time(json, record, reason);
}

/* What slices of a point, or of a sentinel, are looked through for. */
static const struct sy_finding *findings_of(const struct sy_plan *plan,
                                            size_t point)
{
	return point < plan->count ? sy_point_findings(&plan->points[point])
	                           : NULL;
}

static int sampled(struct sy_record *record, const struct sy_plan *plan,
                   const json_t *json, struct sy_reason *reason)
{
	const json_t *dropped = json_object_get(json, "dropped");
	int error = take_time(json, record, reason);

	record->kind = SY_RECORD_SAMPLED;
	if (!error)
		error = take_u32(json, "set", &record->set, reason);
	if (!error)
		error = take_u32(json, "round", &record->round, reason);
	if (!error &&
	    (sy_slice_from_json(record->slice, json) ||
	     sy_findings_from_json(record->slice,
	                           findings_of(plan, record->point), json)))
		error = sy_reason(reason, -EINVAL, "the sample makes no sense");
	if (error)
		return error;
	record->dropped = json_is_true(dropped);
	if (dropped && !record->dropped)
		return sy_reason(reason, -EINVAL, "`dropped` is not true");
	record->sized = record->slice->operations;
	if (json_object_get(json, "sized"))
		error = take(json, "sized", SY_NUMBER_MOST, &record->sized,
		             reason);
	if (!error && !record->sized)
		error = sy_reason(reason, -EINVAL, "`sized` cannot be 0");
	return error;
}

static int of_point(struct sy_record *record, const struct sy_plan *plan,
                    const struct sy_course *course, const json_t *json,
                    struct sy_reason *reason)
{
	const char *name = json_string_value(json_object_get(json, "point"));

	if (!name)
		return sy_reason(reason, -EINVAL, "no record of a journal");
	if (find_point(plan, course, name, &record->point))
		return sy_reason(reason, -EINVAL, "no point '%s' in plan.json",
		                 name);
	return json_object_get(json, "state")
	               ? stated(record, json, reason)
	               : sampled(record, plan, json, reason);
}

static int turn_from_json(struct sy_record *record, const struct sy_plan *plan,
                          const json_t *json, struct sy_reason *reason)
{
	const char *group = json_string_value(json_object_get(json, "group"));
	uint64_t first = 0, end = 0;
	int error = take_u32(json, "set", &record->set, reason);

	if (!error)
		error = take(json, "first", plan->count - 1, &first, reason);
	if (!error)
		error = take(json, "end", plan->count, &end, reason);
	if (!error && record->kind == SY_RECORD_TURN)
		error = take(json, "left_ns", SY_BUDGET_MAX_NS,
		             &record->left_ns, reason);
	record->first = (size_t)first;
	record->end = (size_t)end;
	if (!error && (!group || strcmp(group, plan->points[first].group)))
		error = sy_reason(reason, -EINVAL, "point %llu is of group %s",
		                  (unsigned long long)first,
		                  plan->points[first].group);
	return error;
}

/* What the one key of the object says, and what is under it. */
static int find_kind(struct sy_record *record, const json_t *json,
                     const json_t **inside)
{
	static const struct {
		const char *key;
		enum sy_record_kind kind;
	} kinds[] = {
		{ "begun", SY_RECORD_BEGUN },
		{ "calibrated", SY_RECORD_CALIBRATED },
		{ "turn", SY_RECORD_TURN },
		{ "done", SY_RECORD_DONE },
		{ "ended", SY_RECORD_ENDED },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		*inside = json_object_get(json, kinds[i].key);
		record->kind = kinds[i].kind;
		if (json_is_object(*inside))
			return 0;
	}
	return -EINVAL;
}

int sy_record_from_json(struct sy_record *record, const struct sy_plan *plan,
                        const struct sy_course *course, const json_t *json,
                        struct sy_reason *reason)
{
	const json_t *inside, *value;
	int error;

	*record = (struct sy_record){ .slice = record->slice,
		                      .point = record->point };
	if (find_kind(record, json, &inside))
		return of_point(record, plan, course, json, reason);
	error = take_time(inside, record, reason);
	if (error)
		return error;
	switch (record->kind) {
	case SY_RECORD_BEGUN:
		return take(inside, "spent_ns", INT64_MAX, &record->spent_ns,
		            reason);
	case SY_RECORD_CALIBRATED:
		value = json_object_get(inside, "kernel_round_ns");
		record->kernel_round_ns = json_number_value(value);
		return 0;
	case SY_RECORD_ENDED:
		value = json_object_get(inside, "complete");
		record->complete = json_is_true(value);
		return json_is_boolean(value)
		               ? 0
		               : sy_reason(reason, -EINVAL,
		                           "`complete` is neither true nor "
		                           "false");
	default:
		return turn_from_json(record, plan, inside, reason);
	}
}
