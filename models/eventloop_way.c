/* SPDX-License-Identifier: MIT */
/*
 * eventloop_way.c - the callback chains that can be created: a timer, a
 * wake-up from another thread, the reader of a pipe or of a socket.
 *
 * Each is called back once by its loop before it is ended or waits: a timer
 * is due at once, a uv_async is sent to, a reader finds a byte.
 */
#include "eventloop_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/socket.h>
#include <unistd.h>

/* No run is that long. */
#define A_YEAR_MS (UINT64_C(365) * 86400 * 1000)

/* It ran, with what it was told. */
static void called(uv_handle_t *handle, int error)
{
	struct sy_uv_brood *brood = handle->data;

	if (error && !brood->row.error)
		brood->row.error = error;
	sy_context_see(&brood->row.batch->contexts[0]);
	brood->called++;
	brood->ran(brood, handle);
}

/* --- a timer --- */

static int init_timer(uv_loop_t *uv, void *timer)
{
	return uv_timer_init(uv, timer);
}

static void on_due(uv_timer_t *timer)
{
	called((uv_handle_t *)timer, 0);
}

static int start_timer(void *timer)
{
	return uv_timer_start(timer, on_due, 0, 0);
}

static int wait_a_year(void *timer)
{
	return uv_timer_start(timer, on_due, A_YEAR_MS, 0);
}

const struct sy_uv_way sy_uv_timer_way = {
	.bytes = sizeof(uv_timer_t),
	.init = init_timer,
	.start = start_timer,
	.wait = wait_a_year,
};

/* --- a wake-up --- */

static void on_wake(uv_async_t *async)
{
	called((uv_handle_t *)async, 0);
}

static int init_async(uv_loop_t *uv, void *async)
{
	return uv_async_init(uv, async, on_wake);
}

static int start_async(void *async)
{
	return uv_async_send(async);
}

const struct sy_uv_way sy_uv_async_way = {
	.bytes = sizeof(uv_async_t),
	.init = init_async,
	.start = start_async,
};

/* --- a reader --- */

struct reader {
	uv_pipe_t pipe; /* first */
	int far;        /* the other end, or -1 */
};

static int init_reader(uv_loop_t *uv, void *reader_)
{
	struct reader *reader = reader_;

	reader->far = -1;
	return uv_pipe_init(uv, &reader->pipe, 0);
}

static void end_reader(void *reader_)
{
	struct reader *reader = reader_;

	if (reader->far >= 0)
		close(reader->far);
}

static void give_buffer(uv_handle_t *handle, size_t wanted, uv_buf_t *buffer)
{
	struct sy_uv_brood *brood = handle->data;

	(void)wanted;
	*buffer = uv_buf_init(brood->buffer, sizeof(brood->buffer));
}

/* Nothing is no call: libuv tells of it and goes on. */
static void on_byte(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer)
{
	(void)buffer;
	if (count)
		called((uv_handle_t *)stream, sy_uv_read_error(count));
}

/* Reads from the first and writes a byte to the second; both are taken. */
static int start_reader(struct reader *reader, const int fds[2])
{
	int error = uv_pipe_open(&reader->pipe, fds[0]);

	reader->far = fds[1];
	if (error) {
		close(fds[0]);
		return error;
	}
	error = uv_read_start((uv_stream_t *)&reader->pipe, give_buffer,
	                      on_byte);
	if (!error && write(reader->far, "", 1) != 1)
		error = -errno;
	return error;
}

static int start_pipe(void *reader)
{
	int fds[2];

	return pipe2(fds, O_CLOEXEC | O_NONBLOCK) ? -errno
	                                          : start_reader(reader, fds);
}

static int start_socket(void *reader)
{
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
	               fds))
		return -errno;
	return start_reader(reader, fds);
}

/* Behind a pipe: two files, an inode, buffers, a page, the watch.  Behind a
   socket pair: two files, inodes and sockets, the watch. */
const struct sy_uv_way sy_uv_pipe_way = {
	.bytes = sizeof(struct reader),
	.descriptors = 2,
	.kernel_bytes = 8192,
	.init = init_reader,
	.start = start_pipe,
	.end = end_reader,
};

const struct sy_uv_way sy_uv_socket_way = {
	.bytes = sizeof(struct reader),
	.descriptors = 2,
	.kernel_bytes = 6144,
	.init = init_reader,
	.start = start_socket,
	.end = end_reader,
};
