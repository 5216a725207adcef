/* SPDX-License-Identifier: MIT */
/*
 * eventloop_thread.c - who runs a loop.
 *
 * Loop 0 is run by the caller of run, each other by a thread made in open that
 * waits on a semaphore between runs: not on a uv_async, whose receiver spins.
 */
#include "eventloop_lane.h"

#include <assert.h>
#include <signal.h>
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
	assert(!loop->lanes_live || atomic_load(&loop->model->error));
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

void sy_uv_thread_end(struct sy_uv_loop *loop)
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

int sy_uv_thread_open(struct sy_uv_loop *loop)
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
		sy_uv_thread_end(loop);
	}
	return error;
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

void sy_uv_threads_run(struct sy_uv_model *model)
{
	uint32_t i;

	atomic_store(&model->running, model->loop_count - 1);
	for (i = 1; i < model->loop_count; i++)
		sem_post(&model->loops[i].start);
	run_own_loop(&model->loops[0]);
	if (model->loop_count > 1)
		wait_on(&model->done);
}
