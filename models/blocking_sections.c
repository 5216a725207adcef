/* SPDX-License-Identifier: MIT */
/*
 * blocking_sections.c - critical sections in a row: SY_SECTIONS.
 *
 * A loop for each way of guarding them, so that a section does what a loop
 * written for that primitive would do and nothing beside it.  Each works on a
 * copy of the description, which no call in the loop can change.
 */
#include <errno.h>

#include "blocking.h"
#include "gate.h"
#include "sections.h"

static int by_nothing(const struct sy_sections *given, struct sy_task *task,
                      uint32_t count)
{
	const struct sy_sections sections = *given;
	uint64_t index = sy_section_first(task, count);
	uint64_t end = index + count;

	for (; index < end; index++) {
		sy_section_inside(&sections, task, index);
		sy_section_outside(&sections, task);
	}
	return 0;
}

static int by_lock(pthread_mutex_t *mutex, const struct sy_sections *given,
                   struct sy_task *task, uint32_t count)
{
	const struct sy_sections sections = *given;
	uint64_t index = sy_section_first(task, count);
	uint64_t end = index + count;

	for (; index < end; index++) {
		pthread_mutex_lock(mutex);
		sy_section_inside(&sections, task, index);
		pthread_mutex_unlock(mutex);
		sy_section_outside(&sections, task);
	}
	return 0;
}

/* An owner that has died is told of, and the sections go on. */
static int by_robust_lock(pthread_mutex_t *mutex,
                          const struct sy_sections *given, struct sy_task *task,
                          uint32_t count)
{
	const struct sy_sections sections = *given;
	uint64_t index = sy_section_first(task, count);
	uint64_t end = index + count;
	int err = 0;

	for (; index < end; index++) {
		int taken = sy_places_take(mutex);

		if (taken)
			err = taken;
		sy_section_inside(&sections, task, index);
		pthread_mutex_unlock(mutex);
		sy_section_outside(&sections, task);
	}
	return err;
}

/* Without a unit there is no section, and no later one either. */
static int by_gate(struct sy_gate *gate, const struct sy_sections *given,
                   struct sy_task *task, uint32_t count)
{
	const struct sy_sections sections = *given;
	uint64_t index = sy_section_first(task, count);
	uint64_t end = index + count;

	for (; index < end; index++) {
		if (sy_gate_acquire(gate))
			return -EOWNERDEAD;
		sy_section_inside(&sections, task, index);
		sy_gate_release(gate, 1);
		sy_section_outside(&sections, task);
	}
	return 0;
}

int sy_blocking_sections(struct sy_places *places, struct sy_task *task,
                         const struct sy_op *op)
{
	const struct sy_sections *sections = op->sections;
	pthread_mutex_t *mutex;

	if (sections->by == SY_DONE)
		return by_nothing(sections, task, op->count);
	if (sections->by == SY_ACQUIRE)
		return by_gate(sy_places_gate(places, sections->place),
		               sections, task, op->count);
	mutex = sy_places_mutex(places, sections->place);
	if (sy_places_robust(places))
		return by_robust_lock(mutex, sections, task, op->count);
	return by_lock(mutex, sections, task, op->count);
}
