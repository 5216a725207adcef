/* SPDX-License-Identifier: MIT */
/*
 * test_eventloop_life.c - open, run, run again and close of both event loops:
 * what they take, what they leave, and what they do where something fails.
 */
#include "eventloop_fixture.h"

#include <dirent.h>
#include <fcntl.h>

static struct sy_op compute_step(struct sy_task *task)
{
	const struct job *job = task->job;

	if (!task->step++)
		return (struct sy_op){ .kind = SY_COMPUTE,
			               .rounds = job->rounds };
	return done_op();
}

static void test_every_task_runs_once(void **model)
{
	static const uint32_t lanes[] = { 1, 2, 3, 64, 1000 };
	static const uint64_t counts[] = { 0, 1, 2, 63, 64, 65, 100000, 7 };
	struct fixture fixture;
	size_t i, j;
	uint32_t loops;

	for (loops = 1; loops <= 2; loops++) {
		for (i = 0; i < sizeof(lanes) / sizeof(*lanes); i++) {
			make_batch(&fixture, *model, lanes[i], loops, 0);
			open_model(&fixture, compute_step);
			for (j = 0; j < sizeof(counts) / sizeof(*counts); j++)
				run_tasks(&fixture, counts[j]);
			close_fixture(&fixture);
		}
	}
}

static void test_two_loops_share_large_tasks(void **model)
{
	struct fixture fixture;
	uint64_t of_first = 0, i;

	make_batch(&fixture, *model, 4, 2, 0);
	open_model(&fixture, compute_step);
	fixture.job.rounds = 2000000;
	run_tasks(&fixture, 40);
	for (i = 0; i < 4; i += 2)
		of_first += fixture.batch->lanes[i].tally.done;
	assert_in_range(of_first, 4, 36);
	assert_true(fixture.batch->contexts[0].pu_seen >= 0);
	assert_true(fixture.batch->contexts[1].pu_seen >= 0);
	close_fixture(&fixture);
}

static void test_between_runs_nothing_runs(void **model)
{
	struct fixture fixture;
	uint64_t before_ns;

	make_batch(&fixture, *model, 4, 2, 64);
	connect_lanes(&fixture, false);
	close_peers(&fixture); /* readable for ever */
	open_model(&fixture, compute_step);
	run_tasks(&fixture, 1000);
	before_ns = cpu_ns();
	poll(NULL, 0, 100);
	assert_true(cpu_ns() - before_ns < 40 * NS_PER_MS);
	close_fixture(&fixture);
}

static unsigned count_entries(const char *folder)
{
	DIR *dir = opendir(folder);
	unsigned count = 0;

	assert_non_null(dir);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

/* A thread that was joined can still be listed for a moment. */
static void assert_threads(unsigned count)
{
	unsigned tries;

	for (tries = 0; tries < 1000; tries++) {
		if (count_entries("/proc/self/task") == count)
			return;
		poll(NULL, 0, 1);
	}
	assert_int_equal(count_entries("/proc/self/task"), count);
}

static void test_close_leaves_nothing(void **model)
{
	unsigned descriptors, threads, i;
	struct fixture fixture;

	/* What libuv and sanitizers make once a process. */
	check_echo(*model, false, 64, 2, 2, 9);
	descriptors = count_entries("/proc/self/fd");
	threads = count_entries("/proc/self/task");
	for (i = 0; i < 3; i++) {
		make_batch(&fixture, *model, 6, 2, 64);
		connect_lanes(&fixture, i & 1);
		open_model(&fixture, compute_step);
		assert_int_equal(count_entries("/proc/self/task"), threads + 1);
		run_tasks(&fixture, 10);
		fixture.model->close(fixture.state);
		fixture.state = NULL;
		assert_true(fcntl(fixture.batch->lanes[5].fd, F_GETFD) >= 0);
		assert_false(fcntl(fixture.batch->lanes[5].fd, F_GETFL) &
		             O_NONBLOCK);
		close_fixture(&fixture);
	}
	assert_int_equal(count_entries("/proc/self/fd"), descriptors);
	assert_threads(threads);
}

static void test_needs_covers_what_open_takes(void **model)
{
	struct sy_needs needs;
	unsigned descriptors, threads;
	struct fixture fixture;
	uint64_t most;

	make_batch(&fixture, *model, 5, 2, 64);
	connect_lanes(&fixture, false);
	fixture.model->needs(fixture.batch, &needs);
	most = needs.descriptors + 5 * needs.lane_descriptors;
	descriptors = count_entries("/proc/self/fd");
	threads = count_entries("/proc/self/task");
	open_model(&fixture, compute_step);
	assert_int_equal(needs.contexts, 2);
	assert_int_equal(count_entries("/proc/self/task") - threads,
	                 needs.threads);
	/* The process has libuv's pipe already; io_uring may be refused. */
	assert_in_range(count_entries("/proc/self/fd") - descriptors, most - 4,
	                most - 2);
	close_fixture(&fixture);
}

/* --- failures that are provoked --- */

static int refuse_second(struct sy_batch *batch, uint32_t index)
{
	(void)batch;
	return index == 1 ? -ENODEV : 0;
}

static void test_a_context_that_cannot_be_bound_is_reported(void **model)
{
	unsigned descriptors, threads = count_entries("/proc/self/task");
	struct fixture fixture;

	make_batch(&fixture, *model, 4, 2, 64);
	connect_lanes(&fixture, false);
	fixture.batch->bind = refuse_second;
	descriptors = count_entries("/proc/self/fd");
	assert_int_equal(fixture.model->open(&fixture.state, fixture.batch),
	                 -ENODEV);
	assert_null(fixture.state);
	assert_int_equal(count_entries("/proc/self/fd"), descriptors);
	assert_threads(threads);
	close_fixture(&fixture);
}

static void test_a_lane_that_cannot_be_watched_is_reported(void **model)
{
	struct fixture fixture;
	unsigned descriptors;
	int error;

	make_batch(&fixture, *model, 4, 2, 64);
	connect_lanes(&fixture, false);
	close(fixture.batch->lanes[3].fd);
	fixture.batch->lanes[3].fd = open("/dev/null", O_RDWR);
	descriptors = count_entries("/proc/self/fd");
	error = fixture.model->open(&fixture.state, fixture.batch);
	assert_true(error == -ENOTSOCK || error == -EPERM);
	assert_null(fixture.state);
	assert_int_equal(count_entries("/proc/self/fd"), descriptors);
	close_fixture(&fixture);
}

/* Fails at each descriptor that open asks for, one after another. */
static void test_running_out_of_descriptors_is_reported(void **model)
{
	struct rlimit before, low;
	unsigned in_use, i, failures = 0;
	struct fixture fixture;

	make_batch(&fixture, *model, 4, 2, 64);
	connect_lanes(&fixture, false);
	in_use = count_entries("/proc/self/fd");
	getrlimit(RLIMIT_NOFILE, &before);
	for (i = 0; i < 20; i++) {
		int error;

		low = before;
		low.rlim_cur = (rlim_t)fixture.peers[3] + 1 + i;
		setrlimit(RLIMIT_NOFILE, &low);
		error = fixture.model->open(&fixture.state, fixture.batch);
		setrlimit(RLIMIT_NOFILE, &before);
		if (!error) {
			fixture.model->close(fixture.state);
			fixture.state = NULL;
		} else {
			assert_int_equal(error, -EMFILE);
			failures++;
		}
		assert_int_equal(count_entries("/proc/self/fd"), in_use);
	}
	assert_in_range(failures, 2, 19);
	close_fixture(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(test_every_task_runs_once),
		BOTH(test_two_loops_share_large_tasks),
		BOTH(test_between_runs_nothing_runs),
		BOTH(test_close_leaves_nothing),
		BOTH(test_needs_covers_what_open_takes),
		BOTH(test_a_context_that_cannot_be_bound_is_reported),
		BOTH(test_a_lane_that_cannot_be_watched_is_reported),
		BOTH(test_running_out_of_descriptors_is_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
