/* SPDX-License-Identifier: MIT */
/*
 * blocking_sections.c - critical sections in a row: SY_SECTIONS.
 *
 * A loop for each way of guarding them, so that a section does what a loop
 * written for that primitive would do and nothing beside it.  Each works on a
 * copy of the description, which no call in the loop can change, and exists
 * twice: where sections do nothing but add (`bare`), what would have to be
 * asked in each of them is known beforehand.
 */
#include <errno.h>

#include "blocking.h"
#include "gate.h"
#include "sections.h"

/* Compiled once for each value of `bare`. */
#define TWICE static inline __attribute__((always_inline))

/* What the loops work on. */
struct row {
	struct sy_sections sections;
	uint64_t index, end; /* of those that are left */
};

TWICE struct row begin(const struct sy_task *task, const struct sy_op *op,
                       bool bare)
{
	struct row row = { .sections = *op->sections,
		           .index = sy_section_first(task, op->count) };

	row.end = row.index + op->count;
	if (bare) {
		row.sections.inside = NULL;
		row.sections.inside_rounds = 0;
		row.sections.outside_rounds = 0;
	}
	return row;
}

TWICE int by_nothing(struct sy_task *task, const struct sy_op *op, bool bare)
{
	struct row row = begin(task, op, bare);

	for (; row.index < row.end; row.index++) {
		sy_section_inside(&row.sections, task, row.index);
		sy_section_outside(&row.sections, task);
	}
	return 0;
}

TWICE int by_lock(pthread_mutex_t *mutex, struct sy_task *task,
                  const struct sy_op *op, bool bare)
{
	struct row row = begin(task, op, bare);

	for (; row.index < row.end; row.index++) {
		pthread_mutex_lock(mutex);
		sy_section_inside(&row.sections, task, row.index);
		pthread_mutex_unlock(mutex);
		sy_section_outside(&row.sections, task);
	}
	return 0;
}

/* An owner that has died is told of, and the sections go on. */
TWICE int by_robust_lock(pthread_mutex_t *mutex, struct sy_task *task,
                         const struct sy_op *op, bool bare)
{
	struct row row = begin(task, op, bare);
	int err = 0;

	for (; row.index < row.end; row.index++) {
		int taken = sy_places_take(mutex);

		if (taken)
			err = taken;
		sy_section_inside(&row.sections, task, row.index);
		pthread_mutex_unlock(mutex);
		sy_section_outside(&row.sections, task);
	}
	return err;
}

/* Without a unit there is no section, and no later one either. */
TWICE int by_gate(struct sy_gate *gate, struct sy_task *task,
                  const struct sy_op *op, bool bare)
{
	struct row row = begin(task, op, bare);

	for (; row.index < row.end; row.index++) {
		if (sy_gate_acquire(gate))
			return -EOWNERDEAD;
		sy_section_inside(&row.sections, task, row.index);
		sy_gate_release(gate, 1);
		sy_section_outside(&row.sections, task);
	}
	return 0;
}

TWICE int by_any(struct sy_places *places, struct sy_task *task,
                 const struct sy_op *op, bool bare)
{
	const struct sy_sections *sections = op->sections;
	pthread_mutex_t *mutex;

	if (sections->by == SY_DONE)
		return by_nothing(task, op, bare);
	if (sections->by == SY_ACQUIRE)
		return by_gate(sy_places_gate(places, sections->place), task,
		               op, bare);
	mutex = sy_places_mutex(places, sections->place);
	if (sy_places_robust(places))
		return by_robust_lock(mutex, task, op, bare);
	return by_lock(mutex, task, op, bare);
}

int sy_blocking_sections(struct sy_places *places, struct sy_task *task,
                         const struct sy_op *op)
{
	const struct sy_sections *sections = op->sections;

	if (!sections->inside && !sections->inside_rounds &&
	    !sections->outside_rounds)
		return by_any(places, task, op, true);
	return by_any(places, task, op, false);
}
