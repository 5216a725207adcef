/* SPDX-License-Identifier: MIT */
/*
 * eventloop_pipe.c - callbacks of one loop that pass a byte through pipes.
 *
 * Each context has a pipe whose reading end is a uv_pipe_t that reads all the
 * time.  A hand-off is uv_try_write into the next one's pipe (write), the loop
 * that finds it readable (epoll_wait), and that one's read callback (read):
 * what every message costs that reaches a libuv program.  One thread makes all
 * of this and never sleeps, as there always is a byte in some pipe.
 *
 * `alone` does a context's work, writes a byte into its own pipe in the same
 * way and reads it with read(2), since libuv reads only what its loop has
 * found: what stays in net is epoll_wait, the turn of the loop, the callback.
 */
#include "eventloop_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* A pipe's buffers and two files in the kernel, and the page of the byte. */
#define KERNEL_BYTES 8192

struct member {
	uv_pipe_t in;  /* of its own pipe; `data` is the member */
	uv_pipe_t out; /* of the next one's */
	struct circle *circle;
	unsigned char *set; /* that it works on */
};

struct circle {
	struct sy_uv_row row; /* first */
	struct member *members;
	uint32_t count;
	size_t working_bytes;
	int64_t left; /* hand-offs to be made */
	int own;      /* what member 0 reads from; libuv's to close */
	/* More than is written at a time: a read that fills its buffer is
	   followed by one that finds nothing. */
	char buffer[64];
};

static void give_buffer(uv_handle_t *handle, size_t wanted, uv_buf_t *buffer)
{
	struct member *member = handle->data;

	(void)wanted;
	*buffer = uv_buf_init(member->circle->buffer,
	                      sizeof(member->circle->buffer));
}

/* 0, or what went wrong. */
static int write_byte(struct member *member)
{
	char byte = 0;
	uv_buf_t buffer = uv_buf_init(&byte, 1);
	int count = uv_try_write((uv_stream_t *)&member->out, &buffer, 1);

	return count == 1 ? 0 : count < 0 ? count : -EIO;
}

static int hand_over(struct member *member)
{
	sy_work_set(member->set, member->circle->working_bytes);
	return write_byte(member);
}

/* Hands over, or ends the run at an error. */
static void go_on(struct member *member)
{
	int error = hand_over(member);

	if (error)
		sy_uv_row_stop(&member->circle->row, error);
}

/* Whether the byte came; what is not one ends the run. */
static bool take(struct member *member, ssize_t count)
{
	struct sy_uv_row *row = &member->circle->row;

	if (count == 1) {
		sy_context_see(&row->batch->contexts[0]);
		return true;
	}
	if (count)
		sy_uv_row_stop(row,
		               count < 0 ? sy_uv_read_error(count) : -EPROTO);
	return false;
}

/* Of the two of a pair, this one knows when the last hand-off was made; runs
   are even.  The other one differs, so that the processor tells them apart. */
static void on_ping(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer)
{
	struct member *member = stream->data;

	(void)buffer;
	if (!take(member, count))
		return;
	if ((member->circle->left -= 2) > 0)
		go_on(member);
	else
		sy_uv_row_stop(&member->circle->row, 0);
}

static void on_pong(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer)
{
	struct member *member = stream->data;

	(void)buffer;
	if (take(member, count))
		go_on(member);
}

static void on_turn(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer)
{
	struct member *member = stream->data;

	(void)buffer;
	if (!take(member, count))
		return;
	if (--member->circle->left > 0)
		go_on(member);
	else
		sy_uv_row_stop(&member->circle->row, 0);
}

/* The handle closes it from now on; -errno, and it is closed. */
static int adopt(uv_loop_t *uv, uv_pipe_t *handle, int fd)
{
	int error;

	uv_pipe_init(uv, handle, 0); /* cannot fail */
	error = uv_pipe_open(handle, fd);
	if (error)
		close(fd);
	return error;
}

/* The pipe that leads to member i from the one before it. */
static int connect_member(struct circle *circle, uint32_t i, uv_read_cb on_read)
{
	struct member *member = &circle->members[i];
	uint32_t before = (i + circle->count - 1) % circle->count;
	uv_loop_t *uv = &circle->row.uv;
	int fds[2], error;

	member->circle = circle;
	member->set = sy_working_set(circle->row.batch, i);
	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK))
		return -errno;
	if (!i)
		circle->own = fds[0];
	error = adopt(uv, &member->in, fds[0]);
	if (error) {
		close(fds[1]);
		return error;
	}
	member->in.data = member;
	error = adopt(uv, &circle->members[before].out, fds[1]);
	if (error)
		return error;
	return uv_read_start((uv_stream_t *)&member->in, give_buffer, on_read);
}

static void pipe_close(void *state)
{
	struct circle *circle = state;
	struct member *members = circle->members;

	sy_uv_row_close(circle);
	free(members);
}

static int pipe_open(void **state, struct sy_batch *batch,
                     const struct sy_mechanism *mechanism)
{
	uint32_t ring = batch->setting.contexts, i;
	struct circle *circle;
	void *row;
	int error = sy_uv_row_open(&row, sizeof(*circle), batch);

	(void)mechanism;
	if (error)
		return error;
	circle = row;
	circle->count = ring ? ring : 2;
	circle->working_bytes = batch->setting.working_bytes;
	circle->members = calloc(circle->count, sizeof(*circle->members));
	error = circle->members ? sy_uv_watches_fit(circle->count) : -ENOMEM;
	for (i = 0; i < circle->count && !error; i++)
		error = connect_member(circle, i,
		                       ring ? on_turn
		                       : i  ? on_pong
		                            : on_ping);
	if (error)
		pipe_close(circle);
	else
		*state = circle;
	return error;
}

/* Context 0 is who is called first and last: the caller hands over for it. */
static int pipe_run(void *state, uint64_t count)
{
	struct circle *circle = state;

	if (!count)
		return 0;
	circle->left = (int64_t)count;
	circle->row.error = hand_over(&circle->members[0]);
	if (!circle->row.error)
		uv_run(&circle->row.uv, UV_RUN_DEFAULT);
	return circle->row.error;
}

/* The last member writes into the pipe of the first. */
static int pipe_alone(void *state, uint64_t count)
{
	struct circle *circle = state;
	struct member *writer = &circle->members[circle->count - 1];
	int error = 0;

	for (; count && !error; count--) {
		sy_work_set(circle->members[0].set, circle->working_bytes);
		error = write_byte(writer);
		if (!error && read(circle->own, circle->buffer,
		                   sizeof(circle->buffer)) != 1)
			error = -EIO;
	}
	return error;
}

static void pipe_needs(const struct sy_mechanism *mechanism,
                       const struct sy_batch *batch, struct sy_needs *needs)
{
	uint64_t count = batch->setting.contexts ? batch->setting.contexts : 2;

	(void)mechanism;
	sy_uv_row_needs(needs, 1);
	needs->descriptors += SY_UV_DESCRIPTORS_OF_STREAMS + 2 * count;
	needs->bytes = count * (sizeof(struct member) + KERNEL_BYTES);
}

const struct sy_mechanism sy_uv_pipe_handoff = {
	.name = "pipe",
	.summary = "a byte through a pipe, found by the loop's epoll",
	.family = SY_SWITCH,
	.takes = SY_TAKES_RING | SY_TAKES_WORKING,
	.needs = pipe_needs,
	.switches_min = 0,
	.switches_max = 0,
	.open = pipe_open,
	.run = pipe_run,
	.alone = pipe_alone,
	.close = pipe_close,
};
