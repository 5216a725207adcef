/* SPDX-License-Identifier: MIT */
/*
 * eventloop_fixture.h - an event loop open on a batch, for its tests: lanes
 * connected by Unix sockets or TCP, and an echo server in a process of its
 * own.
 */
#ifndef SY_EVENTLOOP_FIXTURE_H
#define SY_EVENTLOOP_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/batch.h"
#include "eventloop.h"

#define NS_PER_MS UINT64_C(1000000)
#define LARGE (UINT32_C(1) << 20)

static inline struct sy_op done_op(void)
{
	return (struct sy_op){ .kind = SY_DONE };
}

/* What the tasks of a test are told, and where they tell what they saw. */
struct job {
	uint32_t bytes;     /* of a message */
	uint64_t rounds;    /* of a computation */
	uint64_t start_ns;  /* sleeps count from here */
	uint32_t order[64]; /* task indices as they ended */
	uint32_t ended;
	uint64_t early; /* sleeps that ended before their time */
};

/* A model that is open on a batch. */
struct fixture {
	const struct sy_model *model;
	struct sy_batch *batch;
	void *state;
	struct job job;
	int *peers; /* the other ends of the lanes' connections */
	pid_t server;
};

static inline void make_batch(struct fixture *fixture,
                              const struct sy_model *model, uint32_t inflight,
                              uint32_t loops, size_t scratch_bytes)
{
	const int pus[] = { 0, 0 };

	memset(fixture, 0, sizeof(*fixture));
	fixture->model = model;
	assert_int_equal(sy_batch_create(&fixture->batch,
	                                 &(struct sy_batch_spec){
						 .model = model,
						 .inflight = inflight,
						 .scratch_bytes = scratch_bytes,
						 .pus = pus,
						 .pu_count = loops,
					 }),
	                 0);
	fixture->batch->job = &fixture->job;
}

static inline void open_model(struct fixture *fixture, sy_step_fn *step)
{
	fixture->batch->step = step;
	assert_int_equal(fixture->model->open(&fixture->state, fixture->batch),
	                 0);
}

static inline void connect_tcp(int ends[2])
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t bytes = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(listener, (struct sockaddr *)&address, bytes), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(
		getsockname(listener, (struct sockaddr *)&address, &bytes), 0);
	ends[0] = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(connect(ends[0], (struct sockaddr *)&address, bytes),
	                 0);
	ends[1] = accept(listener, NULL, NULL);
	assert_true(ends[1] >= 0);
	close(listener);
}

static inline void connect_lanes(struct fixture *fixture, bool tcp)
{
	struct sy_batch *batch = fixture->batch;
	uint32_t i;

	fixture->peers = calloc(batch->inflight, sizeof(*fixture->peers));
	assert_non_null(fixture->peers);
	for (i = 0; i < batch->inflight; i++) {
		int ends[2];

		if (tcp)
			connect_tcp(ends);
		else
			assert_int_equal(
				socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
		batch->lanes[i].fd = ends[0];
		fixture->peers[i] = ends[1];
	}
}

static inline void close_peers(struct fixture *fixture)
{
	uint32_t i;

	for (i = 0; fixture->peers && i < fixture->batch->inflight; i++)
		if (fixture->peers[i] >= 0)
			close(fixture->peers[i]);
	free(fixture->peers);
	fixture->peers = NULL;
}

static inline void close_fixture(struct fixture *fixture)
{
	uint32_t i;

	if (fixture->state)
		fixture->model->close(fixture->state);
	close_peers(fixture);
	for (i = 0; i < fixture->batch->inflight; i++)
		if (fixture->batch->lanes[i].fd >= 0)
			close(fixture->batch->lanes[i].fd);
	if (fixture->server)
		assert_int_equal(waitpid(fixture->server, NULL, 0),
		                 fixture->server);
	sy_batch_destroy(fixture->batch);
}

/* Runs `count` tasks and checks that each ran once and without error. */
static inline void run_tasks(struct fixture *fixture, uint64_t count)
{
	struct sy_tally tally;
	uint64_t i, proof = 0;

	fixture->batch->task_count = count;
	sy_batch_reset(fixture->batch);
	assert_int_equal(fixture->model->run(fixture->state), 0);
	sy_batch_tally(fixture->batch, &tally);
	for (i = 0; i < count; i++)
		proof += sy_proof(i);
	assert_int_equal(tally.error, 0);
	assert_int_equal(tally.done, count);
	assert_true(tally.proof == proof);
}

/* --- an echo server in a process of its own --- */

static inline bool serve_one(int fd, char *buf, size_t bytes)
{
	size_t at = 0;
	ssize_t count;

	for (; at < bytes; at += (size_t)count) {
		count = recv(fd, buf + at, bytes - at, 0);
		if (count <= 0)
			return false;
	}
	for (at = 0; at < bytes; at += (size_t)count) {
		count = send(fd, buf + at, bytes - at, MSG_NOSIGNAL);
		if (count <= 0)
			return false;
	}
	return true;
}

/* Answers whole messages of `bytes` until all connections have ended. */
static inline void serve(const int *fds, uint32_t count, size_t bytes)
{
	struct pollfd *polls = calloc(count, sizeof(*polls));
	char *buf = malloc(bytes);
	uint32_t i, left = count;

	for (i = 0; i < count; i++)
		polls[i] = (struct pollfd){ .fd = fds[i], .events = POLLIN };
	while (left && poll(polls, count, -1) > 0) {
		for (i = 0; i < count; i++) {
			if (!polls[i].revents ||
			    serve_one(polls[i].fd, buf, bytes))
				continue;
			polls[i].fd = -1;
			left--;
		}
	}
	free(buf);
	free(polls);
}

static inline void start_server(struct fixture *fixture)
{
	uint32_t i, inflight = fixture->batch->inflight;

	fixture->server = fork();
	assert_true(fixture->server >= 0);
	if (!fixture->server) {
		for (i = 0; i < inflight; i++)
			close(fixture->batch->lanes[i].fd);
		serve(fixture->peers, inflight, fixture->job.bytes);
		_exit(0);
	}
	close_peers(fixture);
}

/* A byte of a message, different at each place and in each task. */
static inline unsigned char mark(const struct sy_task *task, uint32_t place)
{
	return (unsigned char)((task->index + place) % 251);
}

/* local[0]: bytes received. */
static inline struct sy_op echo_step(struct sy_task *task)
{
	const struct job *job = task->job;
	unsigned char *buf = task->lane->scratch;
	uint32_t i;

	if (!task->step++) {
		for (i = 0; i < job->bytes; i++)
			buf[i] = mark(task, i);
		task->local[0] = 0;
		return (struct sy_op){ .kind = SY_SEND,
			               .count = job->bytes,
			               .buf = buf };
	}
	if (task->step == 2) {
		if (task->result != job->bytes)
			task->error = -EPROTO;
		memset(buf, 255, job->bytes);
	} else if (task->result > 0) {
		task->local[0] += (uint64_t)task->result;
	} else {
		task->error = task->result ? (int32_t)task->result : -EPIPE;
	}
	if (!task->error && task->local[0] < job->bytes)
		return (struct sy_op){
			.kind = SY_RECV,
			.count = job->bytes - (uint32_t)task->local[0],
			.buf = buf + task->local[0],
		};
	for (i = 0; i < job->bytes; i++)
		if (buf[i] != mark(task, i))
			task->error = -EBADMSG;
	return done_op();
}

static inline void check_echo(const struct sy_model *model, bool tcp,
                              uint32_t bytes, uint32_t lanes, uint32_t loops,
                              uint64_t count)
{
	struct fixture fixture;

	make_batch(&fixture, model, lanes, loops, bytes);
	fixture.job.bytes = bytes;
	connect_lanes(&fixture, tcp);
	start_server(&fixture);
	open_model(&fixture, echo_step);
	run_tasks(&fixture, count);
	run_tasks(&fixture, count / 3);
	run_tasks(&fixture, 1);
	close_fixture(&fixture);
}

static inline uint64_t cpu_ns(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return ((uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) *
	                1000000 +
	        (uint64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)) *
	       1000;
}

/* A test of a row of its own for each variant, which is its state. */
#define BOTH(test)                                                             \
	{ #test, test, NULL, NULL, (void *)(uintptr_t)&sy_model_eventloop },   \
	{                                                                      \
#test ".poll", test, NULL, NULL,                               \
			(void *)(uintptr_t)&sy_model_eventloop_poll            \
	}

#endif /* SY_EVENTLOOP_FIXTURE_H */
