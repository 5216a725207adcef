/* SPDX-License-Identifier: MIT */
/*
 * test_coroutine_io.c - what the coroutine models promise of connections.
 */
#include "coroutine_fixture.h"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#define MESSAGE_MAX 400000

/* Ends with its lane's bytes as they came back, whole and unmixed. */
static struct sy_op step_echo(struct sy_task *task)
{
	const struct job *job = task->job;
	unsigned char *scratch = task->lane->scratch;
	uint32_t got = task->step ? (uint32_t)task->local[0] : 0;

	if (task->step++ == 0) {
		memset(scratch, (int)task->index, job->bytes);
		task->local[0] = 0;
		return (struct sy_op){ .kind = SY_SEND,
			               .count = job->bytes,
			               .buf = scratch };
	}
	if (task->step == 2 && task->result != (int64_t)job->bytes)
		task->error = -EPROTO;
	if (task->step == 2)
		memset(scratch, 0x5a, job->bytes);
	if (task->step > 2 && task->result <= 0)
		task->error = -EPIPE;
	else if (task->step > 2)
		task->local[0] = got += (uint32_t)task->result;
	if (!task->error && got < job->bytes)
		return (struct sy_op){ .kind = SY_RECV,
			               .count = job->bytes - got,
			               .buf = scratch + got };
	for (uint32_t i = 0; !task->error && i < job->bytes; i++)
		if (scratch[i] != (unsigned char)task->index)
			task->error = -EBADMSG;
	return (struct sy_op){ .kind = SY_DONE };
}

/* Answers one message with its like, in two parts.  False: no more come. */
static bool answer(int fd, uint32_t bytes)
{
	static unsigned char message[MESSAGE_MAX];

	if (recv(fd, message, bytes, MSG_WAITALL) != (ssize_t)bytes)
		return false;
	return send(fd, message, bytes / 2, MSG_NOSIGNAL) >= 0 &&
	       send(fd, message + bytes / 2, bytes - bytes / 2, MSG_NOSIGNAL) >=
	               0;
}

static void serve(struct pollfd *polls, nfds_t count, uint32_t bytes)
{
	nfds_t open = count;

	while (open && poll(polls, count, -1) > 0)
		for (nfds_t i = 0; i < count; i++)
			if (polls[i].revents && !answer(polls[i].fd, bytes)) {
				polls[i].fd = -1;
				open--;
			}
}

/* Connects all lanes to a forked server. */
static pid_t serve_lanes(struct sy_batch *batch, uint32_t bytes)
{
	struct pollfd polls[64] = { 0 };
	pid_t child, parent = getpid();

	for (uint32_t i = 0; i < batch->inflight; i++) {
		int pair[2];

		assert_int_equal(0, socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
		batch->lanes[i].fd = pair[0];
		polls[i] = (struct pollfd){ .fd = pair[1], .events = POLLIN };
	}
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (uint32_t i = 0; i < batch->inflight; i++)
			close(batch->lanes[i].fd);
		if (getppid() == parent)
			serve(polls, batch->inflight, bytes);
		_exit(0);
	}
	for (uint32_t i = 0; i < batch->inflight; i++)
		close(polls[i].fd);
	return child;
}

static void echo(const struct sy_model *model, uint32_t pus, uint32_t lanes,
                 uint32_t bytes, uint64_t tasks)
{
	struct sy_batch *batch = batch_make(step_echo, lanes, pus, bytes);
	pid_t server;
	int status;

	job_of(batch)->bytes = bytes;
	server = serve_lanes(batch, bytes);
	carry_out(model, batch, tasks);
	for (uint32_t i = 0; i < lanes; i++)
		close(batch->lanes[i].fd);
	assert_int_equal(server, waitpid(server, &status, 0));
	assert_int_equal(0, status);
	batch_free(batch);
}

static void check_echo(const struct sy_model *model, uint32_t pus)
{
	echo(model, pus, 1, 64, 100);
	echo(model, pus, 64, 64, 2000);
	/* More than a socket holds: sending parks too, replies come in parts. */
	echo(model, pus, 5, MESSAGE_MAX, 20);
}

static void test_echo_comes_back(void **state)
{
	(void)state;
	with_all(check_echo);
}

/* Send, receive, send, receive; the results are what is of interest. */
static struct sy_op step_end(struct sy_task *task)
{
	struct job *job = (struct job *)(uintptr_t)task->job;
	enum sy_op_kind kind = task->step % 2 ? SY_RECV : SY_SEND;

	if (task->step)
		job->marks[task->step - 1] = (uint64_t)task->result;
	if (task->step++ == 4)
		return (struct sy_op){ .kind = SY_DONE };
	return (struct sy_op){ .kind = kind,
		               .count = 8,
		               .buf = task->lane->scratch };
}

/*
 * The peer's answer and its end make one edge: who takes the answer and then
 * waits for another edge waits for ever.
 */
static void check_end(const struct sy_model *model, uint32_t pus)
{
	struct sy_batch *batch = batch_make(step_end, 1, pus, 8);
	const uint64_t *marks = job_of(batch)->marks;
	void *state;
	int pair[2];

	assert_int_equal(0, socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	assert_int_equal(8, send(pair[1], "answered", 8, 0));
	assert_int_equal(0, shutdown(pair[1], SHUT_WR));
	batch->lanes[0].fd = pair[0];
	assert_int_equal(0, model->open(&state, batch));
	run_checked(model, state, batch, 1);
	assert_int_equal(8, marks[0]);
	assert_int_equal(8, marks[1]);
	assert_int_equal(8, marks[2]);
	assert_int_equal(0, marks[3]);
	close(pair[1]);
	run_checked(model, state, batch, 1);
	assert_int_equal((uint64_t)-EPIPE, marks[0]);
	model->close(state);
	close(pair[0]);
	batch_free(batch);
}

static void test_end_of_stream_is_seen(void **state)
{
	(void)state;
	with_all(check_end);
}

/*
 * Lane 1 waits for a byte; lane 0 runs empty tasks, so that its own edge is
 * taken from epoll while it waits for nothing, and then receives.
 */
static struct sy_op step_remember(struct sy_task *task)
{
	const struct job *job = task->job;
	bool last = task->index == 201;

	if (task->lane->index == 1 && task->step++ == 0)
		return (struct sy_op){ .kind = SY_RECV,
			               .count = 1,
			               .buf = task->lane->scratch };
	if (task->lane->index == 1 || !last)
		return (struct sy_op){ .kind = SY_DONE };
	if (task->step < 2)
		return (struct sy_op){ .kind = task->step++ ? SY_RECV : SY_SEND,
			               .count = 1,
			               .buf = task->lane->scratch };
	if (task->result != 1 || write(job->poke, "x", 1) != 1)
		task->error = -EIO;
	return (struct sy_op){ .kind = SY_DONE };
}

static void test_edge_before_the_wait_is_remembered(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct sy_batch *batch = batch_make(step_remember, 2, 1, 1);
		int first[2], second[2];
		void *made;

		if (models[i]->absent())
			continue;
		socketpair(AF_UNIX, SOCK_STREAM, 0, first);
		socketpair(AF_UNIX, SOCK_STREAM, 0, second);
		batch->lanes[0].fd = first[0];
		batch->lanes[1].fd = second[0];
		job_of(batch)->poke = second[1];
		assert_int_equal(1, send(first[1], "y", 1, 0));
		assert_int_equal(0, models[i]->open(&made, batch));
		run_checked(models[i], made, batch, 202);
		assert_int_equal(201, batch->lanes[0].tally.done);
		models[i]->close(made);
		for (int j = 0; j < 2; j++) {
			close(first[j]);
			close(second[j]);
		}
		batch_free(batch);
	}
}

/* Lane 0 has more to receive than it takes in a while; lane 1 sleeps, and
   lane 0 ends when that one has. */
static struct sy_op step_flooded(struct sy_task *task)
{
	struct job *job = (struct job *)(uintptr_t)task->job;

	if (task->lane->index == 1 && task->step++ == 0)
		return (struct sy_op){ .kind = SY_SLEEP,
			               .until_ns = sy_clock_ns() + 1000 };
	if (task->lane->index == 1)
		job->woken++;
	else if (task->step && task->result != 1)
		task->error = -EPIPE; /* it took all, and the other none */
	if (task->lane->index == 1 || task->error || job->woken)
		return (struct sy_op){ .kind = SY_DONE };
	task->step = 1;
	return (struct sy_op){ .kind = SY_RECV,
		               .count = 1,
		               .buf = task->lane->scratch };
}

static void test_a_flood_does_not_keep_others_from_their_turn(void **state)
{
	static char flood[100000];

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct sy_batch *batch = batch_make(step_flooded, 2, 1, 1);
		int pair[2];
		void *made;

		if (models[i]->absent())
			continue;
		assert_int_equal(0, socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
		assert_int_equal(sizeof(flood),
		                 send(pair[1], flood, sizeof(flood), 0));
		assert_int_equal(0, shutdown(pair[1], SHUT_WR));
		batch->lanes[0].fd = pair[0];
		assert_int_equal(0, models[i]->open(&made, batch));
		run_checked(models[i], made, batch, 2);
		models[i]->close(made);
		close(pair[0]);
		close(pair[1]);
		batch_free(batch);
	}
}

/* What there is to receive comes too late for a deadline that has passed, and
   is there for who has none. */
static struct sy_op step_late(struct sy_task *task)
{
	struct job *job = (struct job *)(uintptr_t)task->job;

	if (task->step)
		job->marks[task->step - 1] = (uint64_t)task->result;
	task->deadline_ns = task->step == 0 ? 1 : 0;
	if (task->step++ == 2)
		return (struct sy_op){ .kind = SY_DONE };
	return (struct sy_op){ .kind = SY_RECV,
		               .count = 8,
		               .buf = task->lane->scratch };
}

static void check_late(const struct sy_model *model, uint32_t pus)
{
	struct sy_batch *batch = batch_make(step_late, 1, pus, 8);
	const uint64_t *marks = job_of(batch)->marks;
	void *state;
	int pair[2];

	assert_int_equal(0, socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	assert_int_equal(8, send(pair[1], "answered", 8, 0));
	batch->lanes[0].fd = pair[0];
	assert_int_equal(0, model->open(&state, batch));
	run_checked(model, state, batch, 1);
	assert_int_equal((uint64_t)-ETIMEDOUT, marks[0]);
	assert_int_equal(8, marks[1]);
	model->close(state);
	close(pair[0]);
	close(pair[1]);
	batch_free(batch);
}

static void test_a_deadline_that_has_passed(void **state)
{
	(void)state;
	with_all(check_late);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_echo_comes_back),
		cmocka_unit_test(test_end_of_stream_is_seen),
		cmocka_unit_test(test_edge_before_the_wait_is_remembered),
		cmocka_unit_test(
			test_a_flood_does_not_keep_others_from_their_turn),
		cmocka_unit_test(test_a_deadline_that_has_passed),
	};

	alarm(HANG_S);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
