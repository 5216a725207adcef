/* SPDX-License-Identifier: MIT */
/*
 * coroutine_fixture.h - batches made by hand for the tests of the coroutine
 * models, and running them under watch.
 */
#ifndef SY_COROUTINE_FIXTURE_H
#define SY_COROUTINE_FIXTURE_H

/* cmocka.h needs these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "coroutine/annotate.h"
#include "coroutine/coroutine.h"
#include "kernel.h"

/* A lost wake-up ends the test instead of stopping it for ever. */
#define HANG_S 50

static const struct sy_model *const models[] = { &sy_model_coroutine,
	                                         &sy_model_coroutine_ucontext };

/* What the steps of a test share; reached as task->job. */
struct job {
	uint32_t bytes; /* a message */
	uint64_t base_ns;
	int poke; /* where a step writes a byte to wake another lane */
	_Atomic uint64_t early, wrong, woken;
	_Atomic uint64_t last_until_ns;
	uint64_t marks[8];
	unsigned bad_bind; /* the context whose bind fails */
};

static inline int bind_unless_bad(struct sy_batch *batch, uint32_t index)
{
	const struct job *job = batch->job;

	return job->bad_bind && index == job->bad_bind ? -ENODEV : 0;
}

static inline void *shared(size_t bytes)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
	                    MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	assert_ptr_not_equal(MAP_FAILED, memory);
	return memory;
}

static inline struct sy_batch *batch_make(sy_step_fn *step, uint32_t lanes,
                                          uint32_t pus, size_t scratch_bytes)
{
	struct sy_batch *batch = shared(sizeof(*batch));
	unsigned char *scratch = shared((lanes + 1) * (scratch_bytes + 1));

	batch->step = step;
	batch->job = shared(sizeof(struct job));
	batch->inflight = lanes;
	batch->pu_count = pus;
	batch->scratch_bytes = scratch_bytes;
	batch->bind = bind_unless_bad;
	batch->lanes = shared(lanes * sizeof(*batch->lanes));
	batch->contexts = shared(pus * sizeof(*batch->contexts));
	for (uint32_t i = 0; i < lanes; i++) {
		batch->lanes[i].index = i;
		batch->lanes[i].fd = -1;
		batch->lanes[i].scratch = scratch + i * scratch_bytes;
	}
	for (uint32_t i = 0; i < pus; i++)
		batch->contexts[i].pu_seen = -1;
	batch->bind_data = scratch;
	return batch;
}

static inline struct job *job_of(const struct sy_batch *batch)
{
	return (struct job *)(uintptr_t)batch->job;
}

static inline void batch_free(struct sy_batch *batch)
{
	munmap(batch->bind_data,
	       (batch->inflight + 1) * (batch->scratch_bytes + 1));
	munmap(job_of(batch), sizeof(struct job));
	munmap(batch->lanes, batch->inflight * sizeof(*batch->lanes));
	munmap(batch->contexts, batch->pu_count * sizeof(*batch->contexts));
	munmap(batch, sizeof(*batch));
}

/* Runs `count` tasks and checks that each ran once and none had an error. */
static inline void run_checked(const struct sy_model *model, void *state,
                               struct sy_batch *batch, uint64_t count)
{
	struct sy_tally total = { 0 };
	uint64_t proof = 0;

	for (uint32_t i = 0; i < batch->inflight; i++)
		memset(&batch->lanes[i].tally, 0, sizeof(total));
	batch->task_count = count;
	assert_int_equal(0, model->run(state));
	for (uint32_t i = 0; i < batch->inflight; i++) {
		const struct sy_tally *tally = &batch->lanes[i].tally;

		total.done += tally->done;
		total.proof += tally->proof;
		if (tally->error)
			total.error = tally->error;
	}
	for (uint64_t i = 0; i < count; i++)
		proof += sy_proof(i);
	assert_int_equal(0, total.error);
	assert_int_equal(count, total.done);
	assert_int_equal(proof, total.proof);
}

/* Opens, runs twice (coroutines live on between runs) and closes. */
static inline void carry_out(const struct sy_model *model,
                             struct sy_batch *batch, uint64_t count)
{
	void *state = NULL;

	assert_int_equal(0, model->open(&state, batch));
	run_checked(model, state, batch, count);
	run_checked(model, state, batch, count);
	for (uint32_t i = 0; i < batch->pu_count && i < batch->inflight; i++)
		assert_true(batch->contexts[i].pu_seen >= 0);
	model->close(state);
}

static inline unsigned entries(const char *path)
{
	DIR *dir = opendir(path);
	unsigned count = 0;

	assert_non_null(dir);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

static inline unsigned mappings(void)
{
	FILE *file = fopen("/proc/self/maps", "re");
	unsigned count = 0;

	assert_non_null(file);
	for (int c = getc(file); c != EOF; c = getc(file))
		count += c == '\n';
	fclose(file);
	return count;
}

/* Calls `check` for both models, on 1, 2 and 3 schedulers, and sees to it
   that nothing is left behind. */
static inline void with_all(void (*check)(const struct sy_model *model,
                                          uint32_t pus))
{
	unsigned descriptors = entries("/proc/self/fd");
	unsigned threads = entries("/proc/self/task");
	unsigned maps = mappings();

	for (size_t i = 0; i < 2; i++)
		for (uint32_t pus = 1; !models[i]->absent() && pus <= 3; pus++)
			check(models[i], pus);
	assert_int_equal(descriptors, entries("/proc/self/fd"));
	/* A sanitizer may keep a thread of its own. */
	assert_true(entries("/proc/self/task") <= threads + 1);
	/* malloc keeps a few; ThreadSanitizer keeps some for each fibre. */
	if (sy_note_room(UINT32_MAX))
		assert_true(mappings() <= maps + 100);
}

#endif /* SY_COROUTINE_FIXTURE_H */
