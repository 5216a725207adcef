/* SPDX-License-Identifier: MIT */
/*
 * models_fixture.h - what the tests of the models share: small tasks, echo
 * servers, and a look at what a process holds.
 */
#ifndef SY_MODELS_FIXTURE_H
#define SY_MODELS_FIXTURE_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "engine/batch.h"
#include "model.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

#define MS UINT64_C(1000000)

/* What a process holds; read again and again until it settles. */
struct holdings {
	int threads, children, descriptors;
};

static inline int count_entries(const char *path)
{
	DIR *dir = opendir(path);
	int count = -2; /* . and .. */

	assert_non_null(dir);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

/* Children of the calling thread, dead ones that are not reaped included. */
static inline int count_children(void)
{
	char path[64];
	FILE *file;
	int pid, count = 0;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", getpid());
	file = fopen(path, "re");
	assert_non_null(file);
	while (fscanf(file, "%d", &pid) == 1)
		count++;
	fclose(file);
	return count;
}

static inline int count_maps(void)
{
	FILE *file = fopen("/proc/self/maps", "re");
	int c, lines = 0;

	assert_non_null(file);
	while ((c = getc(file)) != EOF)
		lines += c == '\n';
	fclose(file);
	return lines;
}

static inline struct holdings look(void)
{
	return (struct holdings){
		.threads = count_entries("/proc/self/task"),
		.children = count_children(),
		.descriptors = count_entries("/proc/self/fd"),
	};
}

/* A thread that was joined may be listed for a moment longer. */
static inline struct holdings look_settled(struct holdings before)
{
	struct holdings now = look();
	int tries;

	for (tries = 0; tries < 2000 && now.threads > before.threads; tries++) {
		usleep(1000);
		now = look();
	}
	return now;
}

static inline void assert_nothing_left(struct holdings before)
{
	struct holdings now = look_settled(before);

	assert_int_equal(now.threads, before.threads);
	assert_int_equal(now.children, before.children);
	assert_int_equal(now.descriptors, before.descriptors);
}

static inline void *share(size_t bytes)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
	                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(memory, MAP_FAILED);
	return memory;
}

/* The PUs that this process may use; at most `max`. */
static inline uint32_t allowed_pus(int *pus, uint32_t max)
{
	uint32_t count = 0;
	cpu_set_t set;
	unsigned pu;

	assert_int_equal(sched_getaffinity(0, sizeof(set), &set), 0);
	for (pu = 0; pu < CPU_SETSIZE && count < max; pu++)
		if (CPU_ISSET(pu, &set))
			pus[count++] = (int)pu;
	return count;
}

/* Seeded from the index alone: what every model must find. */
static inline struct sy_op step_compute(struct sy_task *task)
{
	if (task->step++)
		return (struct sy_op){ .kind = SY_DONE };
	task->value = task->index + 1;
	return (struct sy_op){ .kind = SY_COMPUTE, .rounds = 20 };
}

/* `pus` PUs, unbound; window 64. */
static inline struct sy_batch *create_batch(const struct sy_model *model,
                                            uint32_t inflight, sy_step_fn *step,
                                            uint64_t stamp_count,
                                            uint32_t stamp_shift)
{
	int pus[2];
	struct sy_batch_spec spec = {
		.model = model,
		.inflight = inflight,
		.window = 64,
		.scratch_bytes = 64,
		.stamp_count = stamp_count,
		.stamp_shift = stamp_shift,
		.pus = pus,
		.pu_count = allowed_pus(pus, 2),
	};
	struct sy_batch *batch;

	assert_int_equal(sy_batch_create(&batch, &spec), 0);
	batch->step = step;
	return batch;
}

/* Calls `test` for every model that can run here. */
static inline void for_each_model(void (*test)(const struct sy_model *model))
{
	const struct sy_model *const *model;

	for (model = sy_models; *model; model++) {
		if ((*model)->absent())
			continue;
		print_message("           %s\n", (*model)->name);
		test(*model);
	}
}

/* Opens, runs `count` tasks, closes; what they add up to. */
static inline void run_once(const struct sy_model *model,
                            struct sy_batch *batch, uint64_t count,
                            struct sy_tally *tally)
{
	void *state;

	batch->task_count = count;
	assert_int_equal(model->open(&state, batch), 0);
	assert_int_equal(model->run(state), 0);
	model->close(state);
	sy_batch_tally(batch, tally);
}

#endif /* SY_MODELS_FIXTURE_H */
