/* SPDX-License-Identifier: MIT */
/*
 * test_models_connect.c - the promises of model.h about connections that tasks
 * make, each over all models.
 *
 * Deadlines are in test_models_deadlines.c.
 */
#include "listener_fixture.h"

/* TCP sends at once, and no descriptor is handed to another program. */
static bool is_set_up(int fd)
{
	struct sockaddr address;
	socklen_t bytes = sizeof(address), size = sizeof(int);
	int no_delay = 0;

	if (fd < 0 || !(fcntl(fd, F_GETFD) & FD_CLOEXEC) ||
	    getsockname(fd, &address, &bytes))
		return false;
	if (address.sa_family != AF_INET)
		return true;
	return !getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &no_delay, &size) &&
	       no_delay;
}

/* Connects, has its index sent back, hangs up, and that once more. */
static struct sy_op step_fresh(struct sy_task *task)
{
	uint64_t *buf = (uint64_t *)(void *)task->lane->scratch;

	switch (task->step++) {
	case 0:
	case 4:
		if (task->lane->fd != -1 || (task->step == 5 && task->result))
			return op_fail(task, -EISCONN);
		return (struct sy_op){ .kind = SY_CONNECT };
	case 1:
	case 5:
		if (task->result || !is_set_up(task->lane->fd))
			return op_fail(task, -EPROTO);
		*buf = task->index;
		return op_carry(task, SY_SEND);
	case 2:
	case 6:
		if (task->result != sizeof(*buf))
			return op_fail(task, -EPIPE);
		*buf = ~task->index;
		return op_carry(task, SY_RECV);
	case 3:
	case 7:
		if (task->result != sizeof(*buf) || *buf != task->index)
			return op_fail(task, -EBADMSG);
		return (struct sy_op){ .kind = SY_HANGUP };
	default:
		return task->lane->fd == -1 ? op_done()
		                            : op_fail(task, -EPROTO);
	}
}

static void check_fresh(const struct sy_model *model, int family)
{
	struct holdings before = look();
	struct listener listener;
	struct sy_batch *batch;

	/* Over TCP who finds no room there tries again after a second. */
	listen_on(&listener, family, family == AF_UNIX ? 1 : 64);
	serve(&listener, ECHO);
	batch = create_connecting(model, step_fresh, &listener);
	run_connecting(model, batch, 40);
	destroy_connecting(batch);
	end_listener(&listener);
	assert_nothing_left(before);
}

static void check_fresh_tcp(const struct sy_model *model)
{
	check_fresh(model, AF_INET);
}

static void check_fresh_unix(const struct sy_model *model)
{
	check_fresh(model, AF_UNIX);
}

static void test_tasks_connect_over_tcp(void **state)
{
	(void)state;
	for_each_that_gives(0, check_fresh_tcp);
}

static void test_tasks_connect_over_a_unix_socket(void **state)
{
	(void)state;
	for_each_that_gives(0, check_fresh_unix);
}

/* Connects where the lane has none, and leaves it to the next task. */
static struct sy_op step_kept(struct sy_task *task)
{
	atomic_uint *made = (atomic_uint *)(uintptr_t)task->job;
	uint64_t *buf = (uint64_t *)(void *)task->lane->scratch;

	switch (task->step++) {
	case 0:
		if (task->lane->fd < 0) {
			atomic_fetch_add(made, 1);
			return (struct sy_op){ .kind = SY_CONNECT };
		}
		task->result = 0;
		task->step++;
		/* fall through */
	case 1:
		if (task->result)
			return op_fail(task, (int32_t)task->result);
		*buf = task->index;
		return op_carry(task, SY_SEND);
	case 2:
		*buf = ~task->index;
		return op_carry(task, SY_RECV);
	default:
		if (task->result != sizeof(*buf) || *buf != task->index)
			return op_fail(task, -EBADMSG);
		return op_done();
	}
}

static void check_kept(const struct sy_model *model)
{
	bool ends = !strcmp(model->name, "fork");
	struct holdings before = look();
	atomic_uint *made = share(sizeof(*made));
	struct listener listener;
	struct sy_batch *batch;

	listen_on(&listener, AF_INET, 64);
	serve(&listener, ECHO);
	batch = create_connecting(model, step_kept, &listener);
	batch->job = made;
	run_connecting(model, batch, 60);
	/* A process that ends with its task takes its connection along. */
	assert_in_range(atomic_load(made), ends ? 120 : 1, ends ? 120 : LANES);
	destroy_connecting(batch);
	end_listener(&listener);
	munmap(made, sizeof(*made));
	assert_nothing_left(before);
}

static void test_connection_stays_with_the_lane(void **state)
{
	(void)state;
	for_each_that_gives(0, check_kept);
}

/* What cannot be had is a result, and the lane stays as it is. */

static struct sy_op step_refused(struct sy_task *task)
{
	const int *expected = task->job;

	switch (task->step++) {
	case 0:
		return (struct sy_op){ .kind = SY_CONNECT };
	case 1:
		if (task->result != *expected || task->lane->fd != -1)
			return op_fail(task, -EPROTO);
		return (struct sy_op){ .kind = SY_HANGUP }; /* nothing there */
	default:
		return task->result ? op_fail(task, -EPROTO) : op_done();
	}
}

static void check_refusal(const struct sy_model *model,
                          const struct listener *listener, int expected)
{
	struct holdings before = look();
	struct sy_batch *batch =
		create_connecting(model, step_refused, listener);
	int *job = share(sizeof(*job));

	*job = expected;
	batch->job = job;
	run_connecting(model, batch, 20);
	destroy_connecting(batch);
	munmap(job, sizeof(*job));
	assert_nothing_left(before);
}

static void check_refused(const struct sy_model *model)
{
	struct listener listener;

	/* A port that was free a moment ago, and that nobody listens on. */
	listen_on(&listener, AF_INET, 1);
	close(listener.fd);
	check_refusal(model, &listener, -ECONNREFUSED);
	memset(&listener.address, 0, sizeof(listener.address));
	listener.address.un.sun_family = AF_UNIX;
	strcpy(listener.address.un.sun_path, "/nonexistent/socket");
	listener.bytes = sizeof(listener.address.un);
	check_refusal(model, &listener, -ENOENT);
}

static void test_refusal_is_the_result(void **state)
{
	(void)state;
	for_each_that_gives(0, check_refused);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tasks_connect_over_tcp),
		cmocka_unit_test(test_tasks_connect_over_a_unix_socket),
		cmocka_unit_test(test_connection_stays_with_the_lane),
		cmocka_unit_test(test_refusal_is_the_result),
	};

	return cmocka_run_group_tests(tests, warm_up, NULL);
}
