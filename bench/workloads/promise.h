/* SPDX-License-Identifier: MIT */
/*
 * promise.h - what the workloads share that check a promise while they run.
 *
 * Their step functions count in memory that all contexts of the model share,
 * many of them at once, and `settle` judges the counts when all have ended.
 * A count is atomic, so that a promise that is broken is seen as such and is
 * never undefined behaviour; and it never stops a task, so that those that
 * wait for it are not left waiting.
 */
#ifndef SY_PROMISE_H
#define SY_PROMISE_H

#include "workloads/workload.h"

/* Writes one line; returns -EILSEQ. */
int sy_promise_broken(char reason[SY_BROKEN_BYTES], const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Counts one more; how many it makes. */
static inline uint32_t sy_count(uint32_t *count)
{
	return __atomic_add_fetch(count, 1, __ATOMIC_SEQ_CST);
}

/* Reads a count, and makes it 0 for the next run. */
static inline uint32_t sy_count_take(uint32_t *count)
{
	return __atomic_exchange_n(count, 0, __ATOMIC_SEQ_CST);
}

static inline uint32_t sy_count_read(const uint32_t *count)
{
	return __atomic_load_n(count, __ATOMIC_SEQ_CST);
}

static inline void sy_count_set(uint32_t *count, uint32_t to)
{
	__atomic_store_n(count, to, __ATOMIC_SEQ_CST);
}

/* For workloads without a buffer, a value of their own. */
size_t sy_no_scratch(const struct sy_load *load);
uint64_t sy_seed_expected(const struct sy_load *load, uint64_t index);

#endif /* SY_PROMISE_H */
