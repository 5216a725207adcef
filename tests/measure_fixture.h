/* SPDX-License-Identifier: MIT */
/*
 * measure_fixture.h - the driver at work: a journal that is kept in memory, and
 * what stops it.
 */
#ifndef SY_MEASURE_FIXTURE_H
#define SY_MEASURE_FIXTURE_H

#include "engine_fixture.h"

#include <sys/eventfd.h>

#include "engine/measure.h"

struct drive {
	struct sy_plan plan;
	struct sy_session session;
	struct sy_reason reason;
	struct sy_hooks hooks;
	struct holdings before;
	cpu_set_t affinity;
	json_t *journal; /* an array of its samples */
	json_t *records; /* of all that was written down, samples too */
	size_t room;     /* samples after which the journal is full, or 0 */
	size_t stop;     /* samples after which progress says stop, or 0 */
	size_t cancel;   /* samples after which cancel_fd is readable, or 0 */
	struct sy_progress progress;
};

static inline int write_down(void *data, json_t *sample,
                             struct sy_reason *reason)
{
	struct drive *drive = data;
	size_t count = json_array_size(drive->journal);

	json_array_append(drive->records, sample);
	if (!json_object_get(sample, "elapsed_ns")) {
		json_decref(sample);
		return 0;
	}
	json_array_append_new(drive->journal, sample);
	if (drive->cancel && count + 1 == drive->cancel)
		assert_int_equal(eventfd_write(drive->hooks.cancel_fd, 1), 0);
	if (drive->room && count + 1 > drive->room)
		return sy_reason(reason, -ENOSPC, "no room for a sample");
	return 0;
}

static inline int watch(void *data, const struct sy_progress *progress)
{
	struct drive *drive = data;

	drive->progress = *progress;
	return drive->stop && json_array_size(drive->journal) >= drive->stop;
}

static inline void add(struct drive *drive, const char *family, const char *row)
{
	struct sy_request request;

	ask_for(&request, family, row);
	request.inflight = 2;
	request.grain_ns = 20000;
	assert_int_equal(sy_plan_add(&drive->plan, &request), 0);
}

/* Small slices: a test takes less than a second. */
static inline void begin(struct drive *drive, uint64_t budget_ms, unsigned sets)
{
	memset(drive, 0, sizeof(*drive));
	sched_getaffinity(0, sizeof(drive->affinity), &drive->affinity);
	sy_plan_init(&drive->plan);
	drive->plan.budget_ns = budget_ms * MS;
	drive->plan.sets = sets;
	drive->plan.slice_ns = 2 * MS;
	drive->journal = json_array();
	drive->records = json_array();
	drive->hooks = (struct sy_hooks){ .program = SY_PROGRAM,
		                          .cancel_fd = eventfd(0, EFD_CLOEXEC),
		                          .journal = write_down,
		                          .progress = watch,
		                          .data = drive };
}

/* The points are here, but for those that are called absent. */
static inline int measure(struct drive *drive, const char *absent)
{
	for (size_t i = 0; i < drive->plan.count; i++) {
		struct sy_point *point = &drive->plan.points[i];

		if (absent && !strcmp(point->request.model->name, absent))
			continue;
		assert_int_equal(resolve_here(point, &drive->reason), 0);
	}
	assert_int_equal(sy_session_init(&drive->session, &drive->plan), 0);
	drive->before = look();
	return sy_measure(&drive->plan, &drive->hooks, &drive->session,
	                  &drive->reason);
}

/* No worker is left, and the driver runs where it ran before. */
static inline void end(struct drive *drive)
{
	cpu_set_t now;

	assert_nothing_left(drive->before);
	sched_getaffinity(0, sizeof(now), &now);
	assert_true(CPU_EQUAL(&now, &drive->affinity));
	sy_session_free(&drive->session, &drive->plan);
	sy_plan_free(&drive->plan);
	json_decref(drive->journal);
	json_decref(drive->records);
	close(drive->hooks.cancel_fd);
}

static inline const char *name_of(const struct drive *drive, size_t i)
{
	const json_t *sample = json_array_get(drive->journal, i);

	return json_string_value(json_object_get(sample, "point"));
}

static inline int64_t number_of(const struct drive *drive, size_t i,
                                const char *key)
{
	return json_integer_value(
		json_object_get(json_array_get(drive->journal, i), key));
}

static inline bool dropped(const struct drive *drive, size_t i)
{
	return json_object_get(json_array_get(drive->journal, i), "dropped");
}

/* Samples kept of one point in one set. */
static inline size_t kept(const struct drive *drive, const char *name,
                          int64_t set)
{
	size_t count = 0;

	for (size_t i = 0; i < json_array_size(drive->journal); i++)
		count += !strcmp(name_of(drive, i), name) &&
		         number_of(drive, i, "set") == set &&
		         !dropped(drive, i);
	return count;
}

static inline void three_models(struct drive *drive)
{
	add(drive, "cpu", "serial");
	add(drive, "cpu", "threads");
	add(drive, "cpu", "pool");
}

#endif /* SY_MEASURE_FIXTURE_H */
