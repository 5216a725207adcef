/* SPDX-License-Identifier: MIT */
/*
 * pool_fixture.h - pools whose tasks are counted as they begin, and a ledger
 * of what is called back.
 */
#ifndef SY_POOL_FIXTURE_H
#define SY_POOL_FIXTURE_H

#include "models_fixture.h"

#include "kernel.h"
#include "models.h"
#include "pool.h"

#define TASKS 256

/* Shared with the workers: what is to happen, and what did. */
struct plan {
	int dies[TASKS]; /* 0: it does not; a signal; -1: by _exit */
	atomic_int begun[TASKS];
	uint64_t values[TASKS]; /* as the test likes */
};

static inline uint64_t value_of(uint64_t index)
{
	return sy_kernel(index + 1, 20); /* as step_compute */
}

static inline void die(int how)
{
	if (how < 0)
		_exit(0);
	signal(how, SIG_DFL); /* a sanitizer's is of no interest */
	raise(how);
}

static inline struct sy_op step_planned(struct sy_task *task)
{
	struct plan *plan = (struct plan *)(uintptr_t)task->job;

	if (!task->step) {
		atomic_fetch_add(&plan->begun[task->index], 1);
		if (plan->dies[task->index])
			die(plan->dies[task->index]);
	}
	return step_compute(task);
}

static inline struct sy_batch *create_pool_batch(uint32_t workers,
                                                 uint32_t window, bool bound,
                                                 struct plan *plan)
{
	int pus[2];
	struct sy_batch_spec spec = { .model = &sy_model_pool,
		                      .inflight = workers,
		                      .window = window,
		                      .pus = pus,
		                      .pu_count = allowed_pus(pus, 2),
		                      .bound = bound };
	struct sy_batch *batch;

	assert_int_equal(sy_batch_create(&batch, &spec), 0);
	batch->step = step_planned;
	batch->job = plan;
	return batch;
}

/* What was called back, of tasks 0 .. TASKS - 1. */
struct ledger {
	unsigned count, lost, wrong;
	unsigned char seen[TASKS];
	int32_t errors[TASKS];
};

static inline void enter(void *data, const struct sy_pool_result *result)
{
	struct ledger *ledger = data;

	ledger->count++;
	if (result->index >= TASKS || ledger->seen[result->index]++) {
		ledger->wrong++;
		return;
	}
	ledger->errors[result->index] = result->error;
	if (result->error == -ECHILD)
		ledger->lost++;
	else if (result->error || result->value != value_of(result->index))
		ledger->wrong++;
}

/* Each of `count` tasks once, and none begun twice. */
static inline void assert_all_once(const struct ledger *ledger,
                                   struct plan *plan, unsigned count)
{
	unsigned i;

	assert_int_equal(ledger->wrong, 0);
	assert_int_equal(ledger->count, count);
	for (i = 0; i < count; i++) {
		int begun = atomic_load(&plan->begun[i]);

		assert_int_equal(ledger->seen[i], 1);
		/* One that died before its first line has not begun. */
		if (ledger->errors[i])
			assert_in_range(begun, 0, 1);
		else
			assert_int_equal(begun, 1);
	}
}

static inline void forget_begun(struct plan *plan)
{
	unsigned i;

	for (i = 0; i < TASKS; i++)
		atomic_store(&plan->begun[i], 0);
}

#endif /* SY_POOL_FIXTURE_H */
