/* SPDX-License-Identifier: MIT */
/*
 * test_eventloop_connect.c - both event loops make connections and close them:
 * kept or fresh, refused, to nowhere, without descriptors.
 *
 * The first stream of a loop opens /dev/null, which stays until the loop ends:
 * hence the range where descriptors are counted.
 */
#include <fcntl.h>
#include <stdbool.h>

#include "eventloop_server.h"

/* --- connections that are kept --- */

static struct sy_op keep_step(struct sy_task *task)
{
	switch (task->step++) {
	case 0:
		if (task->lane->fd < 0)
			return plain_op(SY_CONNECT);
		task->result = 0;
		/* fallthrough */
	case 1:
		task->step = 2;
		expect(task, 0);
		if (task->error || task->lane->fd < 0)
			return done_op();
		return request_op(task, 'e', 0);
	case 2:
		expect(task, REQUEST);
		return reply_op(task);
	default:
		return replied(task) ? done_op() : reply_op(task);
	}
}

static void check_closed(const struct fixture *fixture)
{
	uint32_t i;

	for (i = 0; i < fixture->batch->inflight; i++)
		assert_int_equal(fixture->batch->lanes[i].fd, -1);
}

static void check_kept(const struct sy_model *model, bool tcp, uint32_t loops)
{
	struct fixture fixture;
	struct place place;
	unsigned open, i;

	open_place(&place, tcp);
	open = count_open();
	make_client(&fixture, model, 40, loops, &place);
	open_model(&fixture, keep_step);
	for (i = 0; i < 3; i++)
		run_tasks(&fixture, 1000);
	for (i = 0; i < 40; i++)
		assert_true(fixture.batch->lanes[i].fd >= 0);
	fixture.model->close(fixture.state);
	fixture.state = NULL;
	check_closed(&fixture);
	close_fixture(&fixture);
	assert_int_equal(count_open(), open);
	close_place(&place);
}

static void test_a_connection_is_kept_and_closed_at_the_end(void **model)
{
	/* What libuv makes once a process. */
	check_echo(*model, false, 64, 2, 2, 9);
	check_kept(*model, true, 1);
	check_kept(*model, true, 2);
	check_kept(*model, false, 1);
	check_kept(*model, false, 2);
}

/* --- a connection a task --- */

static struct sy_op fresh_step(struct sy_task *task)
{
	switch (task->step++) {
	case 0:
		return plain_op(SY_CONNECT);
	case 1:
		expect(task, 0);
		if (task->error || task->lane->fd < 0)
			return done_op();
		return request_op(task, task->index % 5 ? 'e' : 'c', 0);
	case 2:
		expect(task, REQUEST);
		return reply_op(task);
	case 3:
		if (task->index % 5 == 0) {
			/* Closed with or without what it had not read. */
			if (task->result && task->result != -ECONNRESET)
				task->error = -EPROTO;
		} else if (!replied(task)) {
			task->step = 3;
			return reply_op(task);
		}
		return plain_op(SY_HANGUP);
	case 4:
		expect(task, 0);
		task->error = task->lane->fd == -1 ? task->error : -EBADFD;
		return plain_op(SY_HANGUP); /* there is none */
	default:
		expect(task, 0);
		return done_op();
	}
}

static void test_connections_are_made_and_closed_many_times(void **model)
{
	struct fixture fixture;
	struct place place;
	unsigned open, loops, tcp;

	for (loops = 1; loops <= 2; loops++) {
		for (tcp = 0; tcp <= 1; tcp++) {
			open_place(&place, tcp);
			make_client(&fixture, *model, 33, loops, &place);
			open_model(&fixture, fresh_step);
			open = count_open();
			run_tasks(&fixture, 1000);
			assert_in_range(count_open(), open, open + loops);
			run_tasks(&fixture, 100);
			check_closed(&fixture);
			close_fixture(&fixture);
			close_place(&place);
		}
	}
}

/* --- what goes wrong --- */

/* Three times what the job's first number says, and then never connected. */
static struct sy_op refused_step(struct sy_task *task)
{
	const struct job *job = task->job;

	if (task->step) {
		expect(task, -(int64_t)job->bytes);
		if (task->lane->fd != -1)
			task->error = -EBADFD;
	}
	if (task->step++ < 3)
		return plain_op(SY_CONNECT);
	return done_op();
}

static void check_refused(const struct sy_model *model,
                          const struct place *place, int error)
{
	struct fixture fixture;
	unsigned open, loops;

	for (loops = 1; loops <= 2; loops++) {
		make_client(&fixture, model, 5, loops, place);
		fixture.job.bytes = (uint32_t)error;
		open_model(&fixture, refused_step);
		open = count_open();
		run_tasks(&fixture, 50);
		assert_in_range(count_open(), open, open + loops);
		close_fixture(&fixture);
	}
}

static void test_nobody_listens(void **model)
{
	struct place place;
	unsigned tcp;

	for (tcp = 0; tcp <= 1; tcp++) {
		listen_at(&place, tcp, 1);
		close(place.listener);
		check_refused(*model, &place, ECONNREFUSED);
	}
}

static void test_nowhere_to_connect_to(void **model)
{
	struct place place;

	memset(&place, 0, sizeof(place));
	place.address.in.sin_family = AF_INET;
	place.address.in.sin_addr.s_addr = htonl(INADDR_BROADCAST);
	place.address.in.sin_port = htons(80);
	place.bytes = sizeof(place.address.in);
	check_refused(*model, &place, ENETUNREACH);
	/* No address at all. */
	place.address.any.sa_family = AF_APPLETALK;
	place.bytes = 2;
	check_refused(*model, &place, EAFNOSUPPORT);
}

static struct sy_op nowhere_step(struct sy_task *task)
{
	if (!task->step++)
		return plain_op(SY_CONNECT);
	expect(task, -EDESTADDRREQ);
	return done_op();
}

static struct sy_op twice_step(struct sy_task *task)
{
	switch (task->step++) {
	case 0:
		return plain_op(SY_CONNECT);
	case 1:
		expect(task, 0);
		return plain_op(SY_CONNECT);
	case 2:
		expect(task, -EISCONN);
		return plain_op(SY_HANGUP);
	case 3:
		return request_op(task, 'e', 0);
	default:
		expect(task, -EBADF);
		return done_op();
	}
}

static void test_a_connect_out_of_place_is_told(void **model)
{
	struct fixture fixture;
	struct place place;

	make_batch(&fixture, *model, 2, 1, 64);
	open_model(&fixture, nowhere_step);
	run_tasks(&fixture, 5);
	close_fixture(&fixture);
	open_place(&place, true);
	make_client(&fixture, *model, 2, 2, &place);
	open_model(&fixture, twice_step);
	run_tasks(&fixture, 20);
	close_fixture(&fixture);
	close_place(&place);
}

/* A task that cannot have a descriptor ends with that error. */
static struct sy_op starved_step(struct sy_task *task)
{
	switch (task->step++) {
	case 0:
		return plain_op(SY_CONNECT);
	case 1:
		if (task->result)
			expect(task, -EMFILE);
		task->value = !task->result;
		return plain_op(SY_HANGUP);
	default:
		return done_op();
	}
}

static void test_without_descriptors_a_connect_fails(void **model)
{
	struct rlimit before, low;
	struct fixture fixture;
	struct place place;
	struct sy_tally tally;
	int next, extra;

	open_place(&place, true);
	make_client(&fixture, *model, 4, 1, &place);
	open_model(&fixture, starved_step);
	run_tasks(&fixture, 4);
	getrlimit(RLIMIT_NOFILE, &before);
	low = before;
	next = dup(0);
	close(next);
	for (extra = 0; extra <= 2; extra++) {
		low.rlim_cur = (rlim_t)(next + extra);
		setrlimit(RLIMIT_NOFILE, &low);
		run_tasks(&fixture, 20);
		setrlimit(RLIMIT_NOFILE, &before);
		sy_batch_tally(fixture.batch, &tally);
		/* As many connect at once as there are descriptors. */
		if (!extra)
			assert_int_equal(tally.sum, 0);
		else
			assert_in_range(tally.sum, 1, 20);
	}
	close_fixture(&fixture);
	close_place(&place);
}

/* Hangs up on what the batch had connected. */
static struct sy_op hang_up_step(struct sy_task *task)
{
	if (!task->step++)
		return plain_op(SY_HANGUP);
	expect(task, 0);
	task->error = task->lane->fd == -1 ? task->error : -EBADFD;
	return done_op();
}

static void test_a_connection_of_the_batch_can_be_hung_up(void **model)
{
	struct fixture fixture;
	char byte;

	make_batch(&fixture, *model, 3, 1, 64);
	connect_lanes(&fixture, false);
	open_model(&fixture, hang_up_step);
	run_tasks(&fixture, 2);
	assert_int_equal(recv(fixture.peers[0], &byte, 1, 0), 0);
	assert_int_equal(recv(fixture.peers[2], &byte, 1, MSG_DONTWAIT), -1);
	close_fixture(&fixture);
}

static void test_needs_counts_connections_to_come(void **model)
{
	struct sy_needs needs;
	struct fixture fixture;
	struct place place;
	unsigned open, most;

	open_place(&place, true);
	open = count_open();
	make_client(&fixture, *model, 8, 1, &place);
	fixture.model->needs(fixture.batch, &needs);
	open_model(&fixture, keep_step);
	run_tasks(&fixture, 100);
	/* A connection is the lane's own descriptor; libuv has its pipe. */
	most = (unsigned)needs.descriptors + 8 * (1 + needs.lane_descriptors);
	assert_in_range(count_open() - open, most - 4, most - 2);
	close_fixture(&fixture);
	close_place(&place);
}

/* libuv would abort where epoll takes no more. */
static void test_more_than_can_be_watched_is_refused(void **model)
{
	unsigned long long most = 0;
	struct fixture fixture;
	struct place place;
	FILE *file = fopen("/proc/sys/fs/epoll/max_user_watches", "re");

	if (!file || fscanf(file, "%llu", &most) != 1 || most >= UINT32_MAX)
		skip();
	fclose(file);
	listen_at(&place, true, 1);
	make_client(&fixture, *model, 1, 1, &place);
	fixture.batch->inflight = UINT32_MAX;
	assert_int_equal(fixture.model->open(&fixture.state, fixture.batch),
	                 -ENOSPC);
	fixture.batch->inflight = 1;
	close_fixture(&fixture);
	close_place(&place);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(test_a_connection_is_kept_and_closed_at_the_end),
		BOTH(test_connections_are_made_and_closed_many_times),
		BOTH(test_nobody_listens),
		BOTH(test_nowhere_to_connect_to),
		BOTH(test_a_connect_out_of_place_is_told),
		BOTH(test_without_descriptors_a_connect_fails),
		BOTH(test_a_connection_of_the_batch_can_be_hung_up),
		BOTH(test_needs_counts_connections_to_come),
		BOTH(test_more_than_can_be_watched_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
