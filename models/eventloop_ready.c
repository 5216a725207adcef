/* SPDX-License-Identifier: MIT */
/*
 * eventloop_ready.c - a loop's run queue, and its beginning and end.
 *
 * libuv has none: it calls watchers.  A queue of our own, drained from one
 * uv_idle, costs a few nanoseconds a callback, where an idle handle a lane
 * costs as much as a pass over the whole loop.
 */
#include "eventloop_internal.h"

#include <assert.h>
#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* Callbacks between two looks at descriptors and timers, at most. */
#define BUDGET_CALLBACKS 64

static void drain(uv_idle_t *idle)
{
	struct sy_uv_ready *ready = idle->data;
	struct sy_uv_callback *callback;
	unsigned left = BUDGET_CALLBACKS;

	ready->rounds = 0;
	while (left && ready->rounds < SY_UV_BUDGET_ROUNDS) {
		callback = ready->head;
		if (!callback)
			break;
		ready->head = callback->next;
		if (!ready->head)
			ready->tail = &ready->head;
		callback->call(callback);
		left--;
	}
	if (!ready->head) {
		uv_idle_stop(idle);
		ready->draining = false;
	}
	sy_context_see(ready->context);
}

void sy_uv_ready_open(struct sy_uv_ready *ready, uv_loop_t *uv,
                      struct sy_context *context)
{
	ready->head = NULL;
	ready->tail = &ready->head;
	ready->draining = false;
	ready->rounds = 0;
	ready->context = context;
	uv_idle_init(uv, &ready->idle); /* cannot fail */
	ready->idle.data = ready;
}

void sy_uv_ready_wake(struct sy_uv_ready *ready)
{
	ready->draining = true;
	uv_idle_start(&ready->idle, drain);
}

/* A loop: epoll, eventfd, a pipe for signals, and an io_uring from 1.45 on. */
#define DESCRIPTORS_A_LOOP 5
#define DESCRIPTORS_A_LOOP_BEFORE 4
#define WITH_IO_URING ((1 << 16) | (45 << 8))
/* The process, when it makes its first: a pipe. */
#define DESCRIPTORS_A_PROCESS 2

uint64_t sy_uv_descriptors(uint32_t loops)
{
	uint64_t a_loop = uv_version() < WITH_IO_URING
	                          ? DESCRIPTORS_A_LOOP_BEFORE
	                          : DESCRIPTORS_A_LOOP;

	return DESCRIPTORS_A_PROCESS + loops * a_loop;
}

/*
 * Without descriptors libuv 1.44 leaves its epoll open in a loop that it
 * could not make, and aborts in the first loop of a process.  So it is looked
 * first whether all that it will open can be had.
 */
int sy_uv_loop_begin(uv_loop_t *uv)
{
	int fds[DESCRIPTORS_A_LOOP + DESCRIPTORS_A_PROCESS];
	const size_t needed = sy_uv_descriptors(1);
	size_t count = 0;
	int error = 0;

	while (!error && count < needed) {
		fds[count] = eventfd(0, EFD_CLOEXEC);
		if (fds[count] < 0)
			error = -errno;
		else
			count++;
	}
	while (count)
		close(fds[--count]);
	return error ? error : uv_loop_init(uv);
}

static void close_handle(uv_handle_t *handle, void *unused)
{
	(void)unused;
	if (!uv_is_closing(handle))
		uv_close(handle, NULL);
}

void sy_uv_loop_end(uv_loop_t *uv)
{
	int error;

	uv_walk(uv, close_handle, NULL);
	uv_run(uv, UV_RUN_DEFAULT);
	error = uv_loop_close(uv);
	assert(!error);
	(void)error;
}
