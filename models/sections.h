/* SPDX-License-Identifier: MIT */
/*
 * sections.h - one critical section, the same for all models.
 *
 * What it changes it reads, keeps for as long as its work lasts, and writes:
 * plain memory to the processor, so that an addition is lost where two are
 * inside at once; relaxed atomics to the compiler, so that this is defined.
 */
#ifndef SY_SECTIONS_H
#define SY_SECTIONS_H

#include "kernel.h"
#include "model.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Counts the caller in; the most there were are kept. */
static inline void sy_section_enter(const struct sy_sections *sections)
{
	uint32_t now, most;

	if (!sections->inside)
		return;
	now = __atomic_add_fetch(sections->inside, 1, __ATOMIC_SEQ_CST);
	most = __atomic_load_n(sections->most, __ATOMIC_RELAXED);
	while (now > most &&
	       !__atomic_compare_exchange_n(sections->most, &most, now, false,
	                                    __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		;
}

static inline void sy_section_leave(const struct sy_sections *sections)
{
	if (sections->inside)
		__atomic_sub_fetch(sections->inside, 1, __ATOMIC_SEQ_CST);
}

/* What is done inside, by section `index` of all. */
static inline void sy_section_inside(const struct sy_sections *sections,
                                     struct sy_task *task, uint64_t index)
{
	uint64_t *cell = &sections->cells[index & (sections->cell_count - 1)];
	uint64_t count;

	sy_section_enter(sections);
	count = __atomic_load_n(cell, __ATOMIC_RELAXED);
	if (sections->inside_rounds)
		task->value = sy_kernel(task->value, sections->inside_rounds);
	__atomic_store_n(cell, count + 1, __ATOMIC_RELAXED);
	sy_section_leave(sections);
}

static inline void sy_section_outside(const struct sy_sections *sections,
                                      struct sy_task *task)
{
	if (sections->outside_rounds)
		task->value = sy_kernel(task->value, sections->outside_rounds);
}

/* The number among all of a task's first section. */
static inline uint64_t sy_section_first(const struct sy_task *task,
                                        uint32_t count)
{
	return task->index * count;
}

#ifdef __cplusplus
}
#endif

#endif /* SY_SECTIONS_H */
