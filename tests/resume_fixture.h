/* SPDX-License-Identifier: MIT */
/*
 * resume_fixture.h - a run that is stopped, and another driver that is given
 * what was written down, and nothing else.
 */
#ifndef SY_RESUME_FIXTURE_H
#define SY_RESUME_FIXTURE_H

#include "played_fixture.h"

#include "engine/record.h"
#include "results/summary.h"

/*
 * Slices that are said to take so long that none is dear, however long a
 * worker is kept from answering: every point is then asked in every round.
 */
#define SLICE_MS 500
#define STEADY "elapsed=500000000\n"

/* Two groups of three and two points, in two sets. */
static inline void begin_five(struct drive *d, size_t stop)
{
	begin(d, 150, 2);
	d->plan.slice_ns = SLICE_MS * MS;
	d->stop = stop;
	three_models(d);
	add(d, "wait", "threads");
	add(d, "wait", "pool");
}

/* What the records say, into an empty session of the plan. */
static inline void replay(struct sy_session *session,
                          const struct sy_plan *plan, const json_t *records)
{
	struct sy_slice *slice = calloc(1, sizeof(*slice));
	struct sy_record record = { .slice = slice };
	struct sy_reason reason;
	const json_t *json;
	size_t i;

	assert_int_equal(sy_session_init(session, plan), 0);
	json_array_foreach (records, i, json)
		if (sy_record_from_json(&record, plan, &session->course, json,
		                        &reason) ||
		    sy_session_apply(session, plan, &record, &reason))
			fail_msg("record %zu: %s", i, reason.text);
	free(slice);
}

static inline void assert_same_result(const struct sy_result *a,
                                      const struct sy_result *b)
{
	assert_int_equal(a->state, b->state);
	assert_string_equal(a->reason.text, b->reason.text);
	assert_int_equal(a->count, b->count);
	if (a->count)
		assert_memory_equal(a->samples, b->samples,
		                    a->count * sizeof(*a->samples));
	assert_int_equal(!a->latencies, !b->latencies);
	if (a->latencies)
		assert_memory_equal(a->latencies, b->latencies,
		                    sizeof(*a->latencies));
	assert_int_equal(a->operations, b->operations);
	assert_int_equal(a->elapsed_ns, b->elapsed_ns);
	assert_memory_equal(&a->usage, &b->usage, sizeof(a->usage));
	assert_int_equal(a->server_ns, b->server_ns);
	assert_int_equal(a->migrations, b->migrations);
	assert_memory_equal(a->visited, b->visited, sizeof(a->visited));
	assert_int_equal(a->slice_operations, b->slice_operations);
	assert_int_equal(a->usual_ns, b->usual_ns);
	assert_int_equal(a->dropped, b->dropped);
	assert_string_equal(a->detail, b->detail);
}

static inline void assert_same_session(const struct sy_session *a,
                                       const struct sy_session *b,
                                       const struct sy_plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		assert_same_result(&a->points[i], &b->points[i]);
	assert_same_result(&a->sentinels[0], &b->sentinels[0]);
	assert_same_result(&a->sentinels[1], &b->sentinels[1]);
	assert_true(a->kernel_round_ns == b->kernel_round_ns);
	assert_int_equal(a->wall_ns, b->wall_ns);
	assert_int_equal(a->sliced_ns, b->sliced_ns);
	assert_int_equal(a->interrupted, b->interrupted);
	assert_memory_equal(&a->course, &b->course, sizeof(a->course));
}

/* results.json, without the hour. */
static inline json_t *summary(const struct sy_plan *plan,
                              struct sy_session *session)
{
	json_t *machine = json_object();
	json_t *results =
		sy_summary(plan, session, machine, "feedfacecafebeef");

	assert_non_null(results);
	json_object_del(json_object_get(results, "context"), "date");
	json_decref(machine);
	return results;
}

/* The session that was measured is the one that its records tell of. */
static inline void assert_told(struct drive *d)
{
	struct sy_session told;
	json_t *one, *other;

	replay(&told, &d->plan, d->records);
	assert_same_session(&told, &d->session, &d->plan);
	one = summary(&d->plan, &d->session);
	other = summary(&d->plan, &told);
	assert_true(json_equal(one, other));
	json_decref(one);
	json_decref(other);
	sy_session_free(&told, &d->plan);
}

/* Another driver, with the plan and the records of the first one alone. */
static inline void resume(struct drive *to, struct drive *from, size_t stop,
                          const char *special)
{
	json_t *plan = sy_plan_to_json(&from->plan);
	char program[80], folder[64];

	begin(to, 0, 1);
	sy_plan_free(&to->plan);
	if (sy_plan_from_json(&to->plan, plan, &to->reason))
		fail_msg("%s", to->reason.text);
	json_decref(plan);
	json_array_extend(to->records, from->records);
	json_array_extend(to->journal, from->journal);
	replay(&to->session, &to->plan, to->records);
	to->stop = stop ? json_array_size(to->journal) + stop : 0;
	make_folder(folder);
	play(folder, special);
	snprintf(program, sizeof(program), "%s/worker", folder);
	to->hooks.program = program;
	to->before = look();
	if (sy_measure(&to->plan, &to->hooks, &to->session, &to->reason))
		fail_msg("%s", to->reason.text);
	remove_folder(folder);
}

static inline size_t count_of(const struct drive *d, const char *key)
{
	const json_t *record;
	size_t i, count = 0;

	json_array_foreach (d->records, i, record)
		count += json_object_get(record, key) != NULL;
	return count;
}

/* How often a turn of this planned set that begins at `first` ended. */
static inline size_t turns_done(const struct drive *d, json_int_t set,
                                size_t first)
{
	const json_t *record, *done;
	size_t i, count = 0;
	json_int_t resumed = -1;

	json_array_foreach (d->records, i, record) {
		done = json_object_get(record, "done");
		resumed += json_object_get(record, "begun") != NULL;
		count += done &&
		         json_integer_value(json_object_get(done, "set")) ==
		                 set + resumed &&
		         json_integer_value(json_object_get(done, "first")) ==
		                 (json_int_t)first;
	}
	return count;
}

/* No turn has ended twice, and all points have figures. */
static inline void assert_complete(struct drive *d)
{
	assert_false(d->session.interrupted);
	assert_true(d->session.course.ended);
	for (json_int_t set = 0; set < 2; set++) {
		assert_true(turns_done(d, set, 0) <= 1);
		assert_true(turns_done(d, set, 3) <= 1);
	}
	for (size_t i = 0; i < d->plan.count; i++)
		assert_int_equal(d->session.points[i].state, SY_MEASURED);
	assert_int_equal(count_of(d, "calibrated"), 1);
	assert_told(d);
}

#endif /* SY_RESUME_FIXTURE_H */
