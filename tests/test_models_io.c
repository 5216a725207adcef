/* SPDX-License-Identifier: MIT */
/*
 * test_models_io.c - the promises of model.h about a lane's connection, each
 * over all models.
 */
#include "models_fixture.h"

#include <poll.h>

#define LANES 8
#define MESSAGE_BYTES (256 * 1024) /* more than a socket holds */

/* What a server does with a lane that has something to read. */
typedef void answer_fn(int fd, size_t *got);

static void answer_echo(int fd, size_t *got)
{
	unsigned char buf[4096];
	ssize_t n = recv(fd, buf, sizeof(buf), 0);

	(void)got;
	if (n <= 0 || send(fd, buf, (size_t)n, MSG_NOSIGNAL) != n)
		_exit(1);
}

static void answer_long(int fd, size_t *got)
{
	unsigned char buf[4096];
	ssize_t n = recv(fd, buf, sizeof(buf), 0);

	if (n <= 0)
		_exit(1);
	*got += (size_t)n;
	if (*got < MESSAGE_BYTES)
		return;
	*got = 0;
	if (send(fd, &buf[n - 1], 1, MSG_NOSIGNAL) != 1)
		_exit(1);
}

/* Until it is killed. */
static _Noreturn void answer_all(const int *fds, nfds_t count,
                                 answer_fn *answer)
{
	struct pollfd polled[LANES];
	size_t got[LANES] = { 0 };
	nfds_t i;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (i = 0; i < count; i++)
		polled[i] = (struct pollfd){ .fd = fds[i], .events = POLLIN };
	for (;;) {
		poll(polled, count, -1);
		for (i = 0; i < count; i++)
			if (polled[i].revents & POLLIN)
				answer(fds[i], &got[i]);
	}
}

struct connections {
	int peers[LANES]; /* -1 once the server has them */
	pid_t server;
};

static void connect_lanes(struct sy_batch *batch,
                          struct connections *connections)
{
	uint32_t i;

	for (i = 0; i < batch->inflight; i++) {
		int pair[2];

		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC,
		                            0, pair),
		                 0);
		batch->lanes[i].fd = pair[0];
		connections->peers[i] = pair[1];
	}
	connections->server = 0;
}

static void close_peers(struct sy_batch *batch, struct connections *connections)
{
	uint32_t i;

	for (i = 0; i < batch->inflight; i++) {
		if (connections->peers[i] >= 0)
			close(connections->peers[i]);
		connections->peers[i] = -1;
	}
}

static void serve(struct sy_batch *batch, struct connections *connections,
                  answer_fn *answer)
{
	fflush(NULL);
	connections->server = fork();
	assert_true(connections->server >= 0);
	if (!connections->server)
		answer_all(connections->peers, batch->inflight, answer);
	close_peers(batch, connections);
}

static void disconnect(struct sy_batch *batch, struct connections *connections)
{
	uint32_t i;

	close_peers(batch, connections);
	if (connections->server) {
		kill(connections->server, SIGKILL);
		assert_int_equal(waitpid(connections->server, NULL, 0),
		                 connections->server);
	}
	for (i = 0; i < batch->inflight; i++)
		close(batch->lanes[i].fd);
}

static void run_on(const struct sy_model *model, struct sy_batch *batch,
                   uint64_t count, struct sy_tally *tally)
{
	void *state;

	batch->task_count = count;
	assert_int_equal(model->open(&state, batch), 0);
	assert_int_equal(model->run(state), 0);
	/* And once more on the same connections. */
	sy_batch_reset(batch);
	assert_int_equal(model->run(state), 0);
	model->close(state);
	sy_batch_tally(batch, tally);
}

/*
 * Sends what no other task sends and takes it back in as many pieces as come.
 * local[0] is how much is back; scratch holds what was sent, then what came.
 */
static struct sy_op receive_rest(struct sy_task *task, uint32_t bytes)
{
	unsigned char *in = task->lane->scratch + bytes;

	return (struct sy_op){ .kind = SY_RECV,
		               .count = bytes - (uint32_t)task->local[0],
		               .buf = in + task->local[0] };
}

static struct sy_op step_echo(struct sy_task *task)
{
	const uint32_t bytes = *(const uint32_t *)task->job;
	unsigned char *out = task->lane->scratch;

	switch (task->step++) {
	case 0:
		memset(out, (int)(task->index % 251), bytes);
		memset(out + bytes, 255, bytes);
		memcpy(out, &task->index, sizeof(task->index));
		return (struct sy_op){ .kind = SY_SEND,
			               .count = bytes,
			               .buf = out };
	case 1:
		if (task->result != bytes)
			task->error = -EPIPE;
		task->local[0] = 0;
		return receive_rest(task, bytes);
	default:
		if (task->result <= 0)
			task->error = -EIO;
		else
			task->local[0] += (uint64_t)task->result;
		if (!task->error && task->local[0] < bytes)
			return receive_rest(task, bytes);
		if (memcmp(out, out + bytes, bytes))
			task->error = -EBADMSG;
		task->value = task->index * 3;
		return (struct sy_op){ .kind = SY_DONE };
	}
}

static struct sy_batch *create_io_batch(const struct sy_model *model,
                                        uint32_t bytes, sy_step_fn *step)
{
	int pus[2];
	struct sy_batch_spec spec = { .model = model,
		                      .inflight = LANES,
		                      .window = 64,
		                      .scratch_bytes = 2 * (size_t)bytes,
		                      .pus = pus,
		                      .pu_count = allowed_pus(pus, 2) };
	struct sy_batch *batch;

	assert_int_equal(sy_batch_create(&batch, &spec), 0);
	batch->step = step;
	return batch;
}

static void check_echo(const struct sy_model *model, uint32_t bytes,
                       uint64_t count)
{
	struct sy_batch *batch = create_io_batch(model, bytes, step_echo);
	struct connections connections;
	struct sy_tally tally;

	batch->job = &bytes;
	connect_lanes(batch, &connections);
	serve(batch, &connections, answer_echo);
	run_on(model, batch, count, &tally);
	disconnect(batch, &connections);
	assert_int_equal(tally.error, 0);
	assert_int_equal(tally.done, count);
	assert_int_equal(tally.sum, 3 * (count * (count - 1) / 2));
	sy_batch_destroy(batch);
}

static void check_short_echo(const struct sy_model *model)
{
	struct holdings before = look();

	check_echo(model, 64, 200);
	assert_nothing_left(before);
}

static void test_request_and_reply_come_whole(void **state)
{
	(void)state;
	for_each_model(check_short_echo);
}

/*
 * The peer reads all of it, slowly, before it answers with the last byte; a
 * model that sends a part and calls it sent gets no answer.
 */
static struct sy_op step_send_long(struct sy_task *task)
{
	unsigned char *buf = task->lane->scratch;

	switch (task->step++) {
	case 0:
		memset(buf, (int)(task->index % 251), MESSAGE_BYTES);
		return (struct sy_op){ .kind = SY_SEND,
			               .count = MESSAGE_BYTES,
			               .buf = buf };
	case 1:
		if (task->result != MESSAGE_BYTES)
			task->error = -EPIPE;
		buf[0] = 255;
		return (struct sy_op){ .kind = SY_RECV,
			               .count = 1,
			               .buf = buf };
	default:
		if (task->result != 1 || buf[0] != task->index % 251)
			task->error = -EBADMSG;
		return (struct sy_op){ .kind = SY_DONE };
	}
}

static void on_alarm(int number)
{
	(void)number;
}

static void ring_every(suseconds_t us)
{
	struct itimerval every = { { 0, us }, { 0, us } };

	setitimer(ITIMER_REAL, &every, NULL);
}

/* Without signals a blocking send carries all of it by itself. */
static void check_long_send(const struct sy_model *model)
{
	struct sy_batch *batch =
		create_io_batch(model, MESSAGE_BYTES, step_send_long);
	struct connections connections;
	struct sy_tally tally;

	connect_lanes(batch, &connections);
	serve(batch, &connections, answer_long);
	ring_every(300);
	run_on(model, batch, 24, &tally);
	ring_every(0);
	disconnect(batch, &connections);
	assert_int_equal(tally.error, 0);
	assert_int_equal(tally.done, 24);
	sy_batch_destroy(batch);
}

static void test_all_bytes_are_sent(void **state)
{
	struct sigaction act = { .sa_handler = on_alarm }, old;

	(void)state;
	sigaction(SIGALRM, &act, &old);
	for_each_model(check_long_send);
	sigaction(SIGALRM, &old, NULL);
}

/* The end of the stream, and a peer that is gone. */

static struct sy_op step_receive(struct sy_task *task)
{
	if (!task->step++)
		return (struct sy_op){ .kind = SY_RECV,
			               .count = 8,
			               .buf = task->lane->scratch };
	task->value = (uint64_t)task->result + 1;
	return (struct sy_op){ .kind = SY_DONE };
}

static struct sy_op step_send(struct sy_task *task)
{
	if (!task->step++)
		return (struct sy_op){ .kind = SY_SEND,
			               .count = 8,
			               .buf = task->lane->scratch };
	task->value = task->result == -EPIPE;
	return (struct sy_op){ .kind = SY_DONE };
}

static void check_gone_peer(const struct sy_model *model, sy_step_fn *step)
{
	struct sy_batch *batch = create_io_batch(model, 8, step);
	struct connections connections;
	struct sy_tally tally;

	connect_lanes(batch, &connections);
	close_peers(batch, &connections);
	run_on(model, batch, 20, &tally);
	disconnect(batch, &connections);
	assert_int_equal(tally.done, 20);
	assert_int_equal(tally.sum, 20); /* each task found what it expects */
	assert_int_equal(tally.error, 0);
	sy_batch_destroy(batch);
}

static void check_end_of_stream(const struct sy_model *model)
{
	check_gone_peer(model, step_receive);
}

static void test_end_of_stream_is_received_as_zero(void **state)
{
	(void)state;
	for_each_model(check_end_of_stream);
}

static void check_broken_pipe(const struct sy_model *model)
{
	check_gone_peer(model, step_send);
}

static void test_failed_send_is_its_result(void **state)
{
	(void)state;
	for_each_model(check_broken_pipe);
}

static struct sy_op step_nothing(struct sy_task *task)
{
	(void)task;
	return (struct sy_op){ .kind = SY_DONE };
}

static int warm_up(void **state)
{
	const struct sy_model *const *model;

	(void)state;
	for (model = sy_models; *model; model++) {
		struct sy_batch *batch;
		struct sy_tally tally;

		if ((*model)->absent())
			continue;
		batch = create_batch(*model, 1, step_nothing, 0, 0);
		run_on(*model, batch, 1, &tally);
		sy_batch_destroy(batch);
	}
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_request_and_reply_come_whole),
		cmocka_unit_test(test_all_bytes_are_sent),
		cmocka_unit_test(test_end_of_stream_is_received_as_zero),
		cmocka_unit_test(test_failed_send_is_its_result),
	};

	return cmocka_run_group_tests(tests, warm_up, NULL);
}
