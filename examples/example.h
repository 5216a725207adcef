/* SPDX-License-Identifier: MIT */
/*
 * example.h - a batch for the examples: shared memory, lanes and contexts, as
 * model.h wants them, nothing bound and nothing timed.
 *
 * bench/engine/batch.c is the one that the suite measures with.
 */
#ifndef EXAMPLE_H
#define EXAMPLE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "model.h"
#include "streams.h"

#define EXAMPLE_LANES_MAX 128
#define EXAMPLE_CONTEXTS_MAX 512

/* What the examples carry the same tasks out by. */
static const char *const example_models[] = { "threads", "fork", "pool",
	                                      "coroutine", "eventloop" };
#define EXAMPLE_MODELS (sizeof(example_models) / sizeof(example_models[0]))

/* All that models share, at one address in every process. */
struct example {
	struct sy_batch batch;
	pid_t owner;
	uint32_t units[4]; /* of gates */
	struct sy_lane lanes[EXAMPLE_LANES_MAX];
	struct sy_context contexts[EXAMPLE_CONTEXTS_MAX];
	_Alignas(64) unsigned char job[4096];
};

static inline int example_bind(struct sy_batch *batch, uint32_t index)
{
	const struct example *example = batch->bind_data;
	pid_t self = getpid();

	batch->contexts[index].process = self == example->owner ? 0 : self;
	return 0;
}

/* `count` tasks of `step`, as many at once; the job is zeroed. */
static inline struct example *example_open(sy_step_fn *step, uint32_t count)
{
	struct example *example =
		mmap(NULL, sizeof(*example), PROT_READ | PROT_WRITE,
	             MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (example == MAP_FAILED || count > EXAMPLE_LANES_MAX)
		exit(1);
	example->owner = getpid();
	for (uint32_t i = 0; i < count; i++) {
		example->lanes[i].index = i;
		example->lanes[i].fd = -1;
	}
	for (uint32_t i = 0; i < EXAMPLE_CONTEXTS_MAX; i++)
		example->contexts[i].pu = example->contexts[i].pu_seen = -1;
	example->batch = (struct sy_batch){
		.step = step,
		.job = example->job,
		.task_count = count,
		.lanes = example->lanes,
		.inflight = count,
		.window = 128,
		.contexts = example->contexts,
		.context_count = EXAMPLE_CONTEXTS_MAX,
		.pu_count = 1,
		.bind = example_bind,
		.bind_data = example,
		.gate_units = example->units,
	};
	return example;
}

static inline void example_close(struct example *example)
{
	munmap(example, sizeof(*example));
}

/* Carries out the tasks by a model; 0, or the first error there was. */
static inline int example_run(struct example *example, const char *name)
{
	const struct sy_model *model = sy_model_find(name);
	int error = 0;
	void *state;

	for (uint32_t i = 0; i < example->batch.inflight; i++)
		memset(&example->lanes[i].tally, 0, sizeof(struct sy_tally));
	error = model->open(&state, &example->batch);
	if (!error) {
		error = model->run(state);
		model->close(state);
	}
	if (error)
		fprintf(stderr, "%s: %s\n", name, strerror(-error));
	for (uint32_t i = 0; i < example->batch.inflight && !error; i++)
		error = example->lanes[i].tally.error;
	return error;
}

static inline struct sy_op example_done(void)
{
	return (struct sy_op){ .kind = SY_DONE };
}

#endif /* EXAMPLE_H */
