/* SPDX-License-Identifier: MIT */
/*
 * eventloop_rows.h - a row of the event loop's mechanisms, open on a batch,
 * for its tests, and what can be told of it from outside.
 *
 * Calls of libuv and of the kernel are counted on their way: what the program
 * itself defines comes before the libraries.
 */
#ifndef SY_EVENTLOOP_ROWS_H
#define SY_EVENTLOOP_ROWS_H

#include "models_fixture.h"

#include <dlfcn.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <uv.h>

#include "eventloop.h"
#include "eventloop_internal.h"

/* --- what is counted --- */

struct calls {
	atomic_uint_fast64_t polls; /* of epoll */
	uint64_t made, closed;      /* handles, but for a loop's own */
	uint64_t alive, alive_most; /* made, and not told to close */
	uint64_t not_run;           /* told to close before a callback */
};

static struct calls calls;

/* The next definition of a function, called with what this one was. */
#define PASS_ON(FUNCTION, ...)                                                 \
	((__typeof__(&(FUNCTION)))next_of(#FUNCTION))(__VA_ARGS__)

static inline void (*next_of(const char *name))(void)
{
	void *found = dlsym(RTLD_NEXT, name);
	void (*function)(void);

	memcpy(&function, &found, sizeof(function));
	return function;
}

int epoll_wait(int epoll, struct epoll_event *events, int most, int timeout)
{
	atomic_fetch_add(&calls.polls, 1);
	return PASS_ON(epoll_wait, epoll, events, most, timeout);
}

int epoll_pwait(int epoll, struct epoll_event *events, int most, int timeout,
                const sigset_t *mask)
{
	atomic_fetch_add(&calls.polls, 1);
	return PASS_ON(epoll_pwait, epoll, events, most, timeout, mask);
}

static inline void count_made(void)
{
	calls.made++;
	if (++calls.alive > calls.alive_most)
		calls.alive_most = calls.alive;
}

int uv_timer_init(uv_loop_t *uv, uv_timer_t *timer)
{
	count_made();
	return PASS_ON(uv_timer_init, uv, timer);
}

/* A loop makes one for itself, before it has any other handle. */
int uv_async_init(uv_loop_t *uv, uv_async_t *async, uv_async_cb callback)
{
	if (async != &uv->wq_async)
		count_made();
	return PASS_ON(uv_async_init, uv, async, callback);
}

int uv_pipe_init(uv_loop_t *uv, uv_pipe_t *pipe, int ipc)
{
	count_made();
	return PASS_ON(uv_pipe_init, uv, pipe, ipc);
}

/* Whether a handle still waits for what was to call it back. */
static inline bool waits_for_first(uv_handle_t *handle)
{
	int fd, bytes = 0;

	switch (uv_handle_get_type(handle)) {
	case UV_TIMER:
		return uv_is_active(handle) &&
		       !uv_timer_get_due_in((uv_timer_t *)handle);
	case UV_ASYNC:
		return ((uv_async_t *)handle)->pending;
	case UV_NAMED_PIPE:
		return !uv_fileno(handle, &fd) &&
		       !ioctl(fd, FIONREAD, &bytes) && bytes;
	default:
		return false;
	}
}

void uv_close(uv_handle_t *handle, uv_close_cb callback)
{
	uv_handle_type type = uv_handle_get_type(handle);

	if (type == UV_TIMER || type == UV_ASYNC || type == UV_NAMED_PIPE) {
		calls.closed++;
		calls.alive--;
		calls.not_run += waits_for_first(handle);
	}
	PASS_ON(uv_close, handle, callback);
}

static inline void forget_calls(void)
{
	memset(&calls, 0, sizeof(calls));
}

/* --- a row --- */

struct row {
	const struct sy_mechanism *mechanism;
	struct sy_batch *batch;
	void *state;
};

/* Its batch, unbound, with room for two contexts. */
static inline void make_row(struct row *row, enum sy_family family,
                            const char *name, struct sy_setting setting)
{
	static const int pus[] = { 0, 0 };
	struct sy_batch_spec spec = { .inflight = 1,
		                      .window = 1,
		                      .pus = pus,
		                      .pu_count = 2,
		                      .setting = setting };

	row->mechanism = sy_mechanism_find(&sy_model_eventloop, family, name);
	assert_non_null(row->mechanism);
	assert_null(sy_mechanism_find(&sy_model_eventloop_poll, family, name));
	spec.mechanism = row->mechanism;
	assert_int_equal(sy_batch_create(&row->batch, &spec), 0);
	row->state = NULL;
}

static inline int open_made(struct row *row)
{
	return row->mechanism->open(&row->state, row->batch, row->mechanism);
}

static inline void open_row(struct row *row, enum sy_family family,
                            const char *name, struct sy_setting setting)
{
	make_row(row, family, name, setting);
	assert_int_equal(open_made(row), 0);
}

static inline void close_row(struct row *row)
{
	if (row->state)
		row->mechanism->close(row->state);
	sy_batch_destroy(row->batch);
}

static inline int run_row(struct row *row, uint64_t count)
{
	return row->mechanism->run(row->state, count);
}

static inline void needs_of(const struct row *row, struct sy_needs *needs)
{
	memset(needs, 0, sizeof(*needs));
	row->mechanism->needs(row->mechanism, row->batch, needs);
}

/* libuv and sanitizers make something once a process. */
static inline int warm_libuv(void **state)
{
	struct row row;

	(void)state;
	open_row(&row, SY_SWITCH, "async", (struct sy_setting){ 0 });
	close_row(&row);
	return 0;
}

/* --- what hangs on its loop --- */

static inline uv_loop_t *loop_of(const struct row *row)
{
	return &((struct sy_uv_row *)row->state)->uv;
}

/* Descriptors that the loop's epoll watches. */
static inline unsigned count_watched(const struct row *row)
{
	char path[64], line[256];
	unsigned count = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d",
	         uv_backend_fd(loop_of(row)));
	file = fopen(path, "re");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file))
		count += !strncmp(line, "tfd:", 4);
	fclose(file);
	return count;
}

/* --- failures that are provoked, the same for every row --- */

static inline int refuse_all(struct sy_batch *batch, uint32_t index)
{
	(void)batch;
	(void)index;
	return -ENODEV;
}

static inline void check_refused_bind(enum sy_family family, const char *name,
                                      struct sy_setting setting)
{
	struct holdings before = look();
	struct row row;

	make_row(&row, family, name, setting);
	row.batch->bind = refuse_all;
	assert_int_equal(open_made(&row), -ENODEV);
	assert_null(row.state);
	close_row(&row);
	assert_nothing_left(before);
}

/* Descriptors that fill the gaps below the highest one. */
struct fillers {
	int fds[1024], count;
};

static inline int fill_gaps(struct fillers *fillers)
{
	int highest = 0, fd;

	for (fd = 0; fd < 1024; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			highest = fd;
	fillers->count = 0;
	while ((fd = dup(0)) < highest) {
		assert_true(fd >= 0 && fillers->count < 1024);
		fillers->fds[fillers->count++] = fd;
	}
	close(fd);
	return fd;
}

static inline void free_gaps(struct fillers *fillers)
{
	while (fillers->count)
		close(fillers->fds[--fillers->count]);
}

/* What open or else run of `count` says where there are `limit` descriptors. */
static inline int try_below(struct row *row, uint64_t count, rlim_t limit)
{
	struct rlimit all, few;
	int error;

	getrlimit(RLIMIT_NOFILE, &all);
	few = all;
	few.rlim_cur = limit;
	setrlimit(RLIMIT_NOFILE, &few);
	error = open_made(row);
	if (!error)
		error = run_row(row, count);
	setrlimit(RLIMIT_NOFILE, &all);
	return error;
}

/*
 * With room for 0, 1, 2, ... descriptors, until there are enough: open or
 * run says -EMFILE, and nothing is left.  What needs asks for is enough, and
 * little more than that, as libuv's own of the process are there already.
 */
static inline void check_few_descriptors(enum sy_family family,
                                         const char *name,
                                         struct sy_setting setting)
{
	uint64_t count = (family == SY_IDLE ? 1 : 2) * setting.contexts;
	struct fillers fillers;
	int first = fill_gaps(&fillers), error = -EMFILE;
	struct holdings before = look();
	unsigned room = 0;
	struct sy_needs needs;
	struct row row;

	while (error) {
		make_row(&row, family, name, setting);
		needs_of(&row, &needs);
		error = try_below(&row, count, (rlim_t)first + room);
		close_row(&row);
		assert_true(!error || error == -EMFILE);
		assert_nothing_left(before);
		room += error != 0;
		assert_true(room <= needs.descriptors);
	}
	assert_true(room + 4 >= needs.descriptors);
	free_gaps(&fillers);
}

#endif /* SY_EVENTLOOP_ROWS_H */
