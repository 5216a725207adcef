/* SPDX-License-Identifier: MIT */
/*
 * eventloop.c - loops, their threads, and the two models made of them.
 *
 * There is a loop a PU, but no more loops than lanes; the lanes are dealt out
 * in turn.  Loop 0 is run by the caller of run, each other by a thread made in
 * open that waits on a semaphore between runs: not on a uv_async, whose
 * receiver spins.
 */
#include "eventloop.h"
#include "eventloop_internal.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void wait_on(sem_t *sem)
{
	while (sem_wait(sem))
		; /* EINTR, as there is no other error */
}

/* Carries out a loop's part of a run; the thread holds back SIGPIPE. */
static void run_loop(struct sy_uv_loop *loop)
{
	sy_uv_lanes_start(loop);
	uv_run(&loop->uv, UV_RUN_DEFAULT);
	assert(!loop->lanes_live);
}

static void *loop_thread(void *data)
{
	struct sy_uv_loop *loop = data;
	struct sy_uv_model *model = loop->model;

	loop->bind_error = model->batch->bind(model->batch, loop->index);
	sem_post(&model->done);
	for (;;) {
		wait_on(&loop->start);
		if (model->ending)
			return NULL;
		run_loop(loop);
		if (atomic_fetch_sub(&model->running, 1) == 1)
			sem_post(&model->done);
	}
}

/* Tells the thread to end and waits for it; model->ending is set. */
static void end_thread(struct sy_uv_loop *loop)
{
	sem_post(&loop->start);
	pthread_join(loop->thread, NULL);
	sem_destroy(&loop->start);
}

/* The thread takes no signals: they are for the caller's threads. */
static int start_thread(struct sy_uv_loop *loop)
{
	sigset_t all, before;
	int error;

	sem_init(&loop->start, 0, 0);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = -pthread_create(&loop->thread, NULL, loop_thread, loop);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (error)
		sem_destroy(&loop->start);
	return error;
}

/* Creates the loop's thread, bound; loop 0 has none. */
static int open_thread(struct sy_uv_loop *loop)
{
	struct sy_uv_model *model = loop->model;
	int error;

	if (!loop->index)
		return 0;
	error = start_thread(loop);
	if (error)
		return error;
	wait_on(&model->done);
	error = loop->bind_error;
	if (error) {
		model->ending = true;
		end_thread(loop);
	}
	return error;
}

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
		error = open_thread(loop);
	if (error)
		goto end_loop;
	return 0;

end_loop:
	sy_uv_loop_end(&loop->uv);
	sy_uv_lanes_free(loop);
free_buffer:
	free(loop->buffer);
	return error;
}

static void close_loop(struct sy_uv_loop *loop)
{
	if (loop->index)
		end_thread(loop);
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

static int model_open(void **state, struct sy_batch *batch,
                      const struct sy_uv_io *io)
{
	struct sy_uv_model *model;
	int error;

	model = alloc_zeroed(1, sizeof(*model), _Alignof(struct sy_uv_model));
	if (!model)
		return -ENOMEM;
	model->batch = batch;
	model->io = io;
	model->loop_count = count_loops(batch);
	sem_init(&model->done, 0, 0);
	model->loops = alloc_zeroed(model->loop_count, sizeof(*model->loops),
	                            _Alignof(struct sy_uv_loop));
	error = model->loops ? 0 : -ENOMEM;
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

/*
 * Runs loop 0.  libuv writes to sockets without MSG_NOSIGNAL, so SIGPIPE is
 * held back meanwhile, and taken away where a write has raised it.
 */
static void run_own_loop(struct sy_uv_loop *loop)
{
	const struct timespec at_once = { 0 };
	sigset_t pipe, before;

	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &pipe, &before);
	run_loop(loop);
	if (loop->pipe_broken)
		sigtimedwait(&pipe, NULL, &at_once);
	loop->pipe_broken = false;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static int model_run(void *state)
{
	struct sy_uv_model *model = state;
	uint32_t i;

	atomic_store(&model->next, 0);
	atomic_store(&model->running, model->loop_count - 1);
	for (i = 1; i < model->loop_count; i++)
		sem_post(&model->loops[i].start);
	run_own_loop(&model->loops[0]);
	if (model->loop_count > 1)
		wait_on(&model->done);
	return 0;
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
	needs->lane_descriptors = io->descriptors_a_lane;
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
	.needs = eventloop_poll_needs,
	.open = eventloop_poll_open,
	.run = model_run,
	.close = model_close,
};
