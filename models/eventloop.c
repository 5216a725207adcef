/* SPDX-License-Identifier: MIT */
/*
 * eventloop.c - loops, and the two models made of them.
 *
 * There is a loop a PU, but no more loops than lanes; the lanes are dealt out
 * in turn.
 */
#include "eventloop.h"
#include "eventloop_lane.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int open_loop(struct sy_uv_model *model, uint32_t index)
{
	struct sy_uv_loop *loop = &model->loops[index];
	uint32_t inflight = model->batch->inflight;
	int error;

	loop->model = model;
	loop->index = index;
	loop->lane_count = (inflight - index - 1) / model->loop_count + 1;
	loop->buffer = malloc(model->io->buffer_bytes + 1);
	if (!loop->buffer)
		return -ENOMEM;
	error = sy_uv_loop_begin(&loop->uv);
	if (error)
		goto free_buffer;
	sy_uv_ready_open(&loop->ready, &loop->uv,
	                 &model->batch->contexts[index]);
	error = sy_uv_lanes_open(loop);
	if (!error)
		error = sy_uv_meet_open_loop(loop);
	if (!error)
		error = sy_uv_thread_open(loop);
	if (error)
		goto end_loop;
	return 0;

end_loop:
	sy_uv_lanes_close(loop);
	sy_uv_loop_end(&loop->uv);
	sy_uv_lanes_free(loop);
free_buffer:
	free(loop->buffer);
	return error;
}

static void close_loop(struct sy_uv_loop *loop)
{
	if (loop->index)
		sy_uv_thread_end(loop);
	sy_uv_lanes_close(loop);
	sy_uv_loop_end(&loop->uv);
	sy_uv_lanes_free(loop);
	free(loop->buffer);
}

static void model_close(void *state)
{
	struct sy_uv_model *model = state;

	model->ending = true;
	while (model->open_count)
		close_loop(&model->loops[--model->open_count]);
	sy_uv_meet_close(model);
	sem_destroy(&model->done);
	free(model->loops);
	free(model);
}

static void *alloc_zeroed(size_t count, size_t item_bytes, size_t alignment)
{
	void *items = aligned_alloc(alignment, count * item_bytes);

	if (items)
		memset(items, 0, count * item_bytes);
	return items;
}

static uint32_t count_loops(const struct sy_batch *batch)
{
	return batch->pu_count < batch->inflight ? batch->pu_count
	                                         : batch->inflight;
}

/* Those of the loops' own, and rather too many. */
#define WATCHES_A_LOOP 4

/* Descriptors that may be watched at a time. */
static uint64_t count_watches(const struct sy_batch *batch)
{
	uint64_t count = (uint64_t)count_loops(batch) * WATCHES_A_LOOP;
	uint32_t i;

	if (batch->address)
		return count + batch->inflight;
	for (i = 0; i < batch->inflight; i++)
		count += batch->lanes[i].fd >= 0;
	return count;
}

static int model_open(void **state, struct sy_batch *batch,
                      const struct sy_uv_io *io)
{
	struct sy_uv_model *model;
	int error = sy_uv_watches_fit(count_watches(batch));

	if (error)
		return error;
	model = alloc_zeroed(1, sizeof(*model), _Alignof(struct sy_uv_model));
	if (!model)
		return -ENOMEM;
	model->batch = batch;
	model->io = io;
	model->loop_count = count_loops(batch);
	sem_init(&model->done, 0, 0);
	model->loops = alloc_zeroed(model->loop_count, sizeof(*model->loops),
	                            _Alignof(struct sy_uv_loop));
	error = model->loops ? sy_uv_meet_open(model) : -ENOMEM;
	while (!error && model->open_count < model->loop_count) {
		error = open_loop(model, model->open_count);
		if (!error)
			model->open_count++;
	}
	if (error)
		model_close(model);
	else
		*state = model;
	return error;
}

static int eventloop_open(void **state, struct sy_batch *batch)
{
	return model_open(state, batch, &sy_uv_stream);
}

static int eventloop_poll_open(void **state, struct sy_batch *batch)
{
	return model_open(state, batch, &sy_uv_poll);
}

static int model_run(void *state)
{
	struct sy_uv_model *model = state;
	if (model->error)
		return model->error;
	atomic_store(&model->next, 0);
	sy_uv_meet_start(model);
	sy_uv_threads_run(model);
	return model->error;
}

static void model_needs(const struct sy_batch *batch, struct sy_needs *needs,
                        const struct sy_uv_io *io)
{
	uint32_t loops = count_loops(batch);

	memset(needs, 0, sizeof(*needs));
	needs->contexts = loops;
	needs->threads = loops - 1;
	needs->descriptors = sy_uv_descriptors(loops) +
	                     (uint64_t)loops * io->descriptors_a_loop;
	/* A connection that the model makes is the only descriptor of it. */
	needs->lane_descriptors = batch->address ? 0 : io->descriptors_a_lane;
	needs->mappings = (uint64_t)needs->threads * SY_UV_MAPPINGS_A_THREAD;
}

static void eventloop_needs(const struct sy_batch *batch,
                            struct sy_needs *needs)
{
	model_needs(batch, needs, &sy_uv_stream);
}

static void eventloop_poll_needs(const struct sy_batch *batch,
                                 struct sy_needs *needs)
{
	model_needs(batch, needs, &sy_uv_poll);
}

/* libuv is linked, and runs wherever this does. */
static const char *eventloop_absent(void)
{
	return NULL;
}

/* A lane waits in a queue of the model, never in a call. */
static const char *eventloop_lacks(unsigned wants)
{
	return wants & SY_WANTS_OUTSIDE
	               ? "its tasks never sleep in the kernel, where another "
	                 "process could wake them"
	               : NULL;
}

const char *sy_eventloop_library(void)
{
	return uv_version_string();
}

static const struct sy_mechanism *const mechanisms[] = {
	&sy_uv_callback_handoff, &sy_uv_pipe_handoff, &sy_uv_async_handoff,
	&sy_uv_timer_spawn,      &sy_uv_async_spawn,  &sy_uv_pipe_spawn,
	&sy_uv_timer_idle,       &sy_uv_socket_idle,  NULL,
};

const struct sy_model sy_model_eventloop = {
	.name = "eventloop",
	.summary =
		"libuv streams, one loop a PU; a context is a callback chain",
	.absent = eventloop_absent,
	.lacks = eventloop_lacks,
	.needs = eventloop_needs,
	.open = eventloop_open,
	.run = model_run,
	.close = model_close,
	.mechanisms = mechanisms,
};

const struct sy_model sy_model_eventloop_poll = {
	.name = "eventloop.poll",
	.summary = "libuv watches, own system calls; a context is a callback "
		   "chain",
	.absent = eventloop_absent,
	.lacks = eventloop_lacks,
	.needs = eventloop_poll_needs,
	.open = eventloop_poll_open,
	.run = model_run,
	.close = model_close,
};
