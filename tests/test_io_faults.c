/* SPDX-License-Identifier: MIT */
/*
 * test_io_faults.c - what goes wrong around an io task is reported, never
 * hangs, and leaves no descriptor and no process behind.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "executor.h"
#include "engine/batch.h"
#include "workloads/steps.h"

#define LANES 8u
#define BYTES 64u

static const int any_pu = 0;

struct setup {
	const struct sy_workload *io;
	struct sy_load load;
	struct sy_batch *batch;
	void *state;
};

static int io_setup(struct setup *s, struct sy_load load, uint32_t lanes)
{
	struct sy_batch_spec spec = {
		.inflight = lanes, .window = 1, .pus = &any_pu, .pu_count = 1
	};
	int rc;

	s->io = sy_workload_find("io");
	s->load = load;
	spec.scratch_bytes = s->io->scratch_bytes(&load);
	assert_int_equal(sy_batch_create(&s->batch, &spec), 0);
	rc = s->io->open(&s->state, &load, s->batch);
	if (rc)
		sy_batch_destroy(s->batch);
	return rc;
}

static void io_teardown(struct setup *s)
{
	s->io->close(s->state, s->batch);
	sy_batch_destroy(s->batch);
}

static struct sy_tally io_run(struct setup *s, uint64_t count)
{
	struct sy_tally total;

	s->batch->task_count = count;
	sy_batch_reset(s->batch);
	assert_int_equal(executor_run(s->batch), 0);
	sy_batch_tally(s->batch, &total);
	return total;
}

static struct sy_load plain(bool tcp)
{
	return (struct sy_load){ .request_bytes = BYTES,
		                 .reply_bytes = BYTES,
		                 .tcp = tcp,
		                 .server_pu = -1 };
}

static unsigned descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned count = 0;

	assert_non_null(dir);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

static void assert_no_child(void)
{
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static bool is_broken(int error)
{
	return error == -EPIPE || error == -ECONNRESET;
}

static void check_dead_server(bool tcp)
{
	struct setup s;
	struct sy_tally total;

	assert_int_equal(io_setup(&s, plain(tcp), LANES), 0);
	assert_int_equal(io_run(&s, 100).error, 0);
	kill(s.io->server(s.state), SIGKILL);
	/* Still there as a zombie: only close reaps it. */
	assert_int_equal(kill(s.io->server(s.state), 0), 0);
	total = io_run(&s, 100);
	assert_true(is_broken(total.error));
	assert_int_equal(total.done, 100);
	io_teardown(&s);
	assert_no_child();
}

static void test_dead_server_fails_the_tasks(void **state)
{
	(void)state;
	check_dead_server(false);
	check_dead_server(true);
}

/* Kills the server when task 20 has sent its request. */
static struct sy_op killing_step(struct sy_task *task)
{
	if (task->index == 20 && task->step == 1) {
		const struct sy_io_job *job = task->job;

		kill((pid_t)job->load.rounds, SIGKILL);
	}
	return sy_io_step(task);
}

static void check_dying_server(bool tcp)
{
	struct sy_load load = plain(tcp);
	struct setup s;
	struct sy_tally total;
	struct sy_io_job *job;

	load.wait_ns = 2000000;
	assert_int_equal(io_setup(&s, load, LANES), 0);
	job = (struct sy_io_job *)(uintptr_t)s.batch->job;
	/* Not read by io: where the step function finds the process. */
	job->load.rounds = (uint64_t)s.io->server(s.state);
	s.batch->step = killing_step;
	total = io_run(&s, 100);
	assert_true(is_broken(total.error));
	assert_int_equal(total.done, 100);
	io_teardown(&s);
	assert_no_child();
}

static void test_server_that_dies_midway_fails_the_tasks(void **state)
{
	(void)state;
	check_dying_server(false);
	check_dying_server(true);
}

/* A stopped server does not see that it is over: it is killed. */
static void test_stopped_server_is_ended(void **state)
{
	struct setup s;

	(void)state;
	assert_int_equal(io_setup(&s, plain(false), LANES), 0);
	kill(s.io->server(s.state), SIGSTOP);
	io_teardown(&s);
	assert_no_child();
}

/* Stands between lane and server and spoils one byte of each message. */
struct middle {
	int client, server;
	uint32_t request_at, reply_at; /* BYTES: spoil nothing */
	bool swap;                     /* two words of the reply's body */
};

static void *middle_run(void *data)
{
	const struct middle *m = data;
	unsigned char bytes[BYTES + 1], word[8];

	while (recv(m->client, bytes, BYTES, MSG_WAITALL) == BYTES) {
		bytes[m->request_at] ^= 1;
		send(m->server, bytes, BYTES, MSG_NOSIGNAL);
		if (recv(m->server, bytes, BYTES, MSG_WAITALL) != BYTES)
			break;
		bytes[m->reply_at] ^= 1;
		if (m->swap) {
			memcpy(word, bytes + 8, 8);
			memcpy(bytes + 8, bytes + 40, 8);
			memcpy(bytes + 40, word, 8);
		}
		send(m->client, bytes, BYTES, MSG_NOSIGNAL);
	}
	return NULL;
}

static int run_through(struct middle middle)
{
	struct setup s;
	struct sy_tally total;
	pthread_t thread;
	int pair[2];

	assert_int_equal(io_setup(&s, plain(false), 1), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	middle.server = s.batch->lanes[0].fd;
	middle.client = pair[1];
	s.batch->lanes[0].fd = pair[0];
	assert_int_equal(pthread_create(&thread, NULL, middle_run, &middle), 0);
	total = io_run(&s, 5);
	assert_int_equal(total.done, 5);
	shutdown(pair[0], SHUT_RDWR);
	pthread_join(thread, NULL);
	close(pair[1]);
	close(middle.server);
	io_teardown(&s);
	return total.error;
}

static void test_spoiled_messages_are_found(void **state)
{
	(void)state;
	assert_int_equal(run_through((struct middle){ .request_at = BYTES,
	                                              .reply_at = BYTES }),
	                 0);
	for (uint32_t at = 0; at < BYTES; at++) {
		assert_int_equal(run_through((struct middle){
					 .request_at = at, .reply_at = BYTES }),
		                 -EBADMSG);
		assert_int_equal(run_through((struct middle){
					 .request_at = BYTES, .reply_at = at }),
		                 -EBADMSG);
	}
	assert_int_equal(run_through((struct middle){ .request_at = BYTES,
	                                              .reply_at = BYTES,
	                                              .swap = true }),
	                 -EBADMSG);
}

/* Under every limit up to one that is enough: -EMFILE, and nothing is left. */
static void check_descriptor_limit(bool tcp)
{
	unsigned before = descriptors();
	struct rlimit old, low;
	unsigned failed = 0;
	int rc = -EMFILE;

	getrlimit(RLIMIT_NOFILE, &old);
	low = old;
	for (low.rlim_cur = 0; rc; low.rlim_cur++) {
		struct setup s;

		assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
		rc = io_setup(&s, plain(tcp), LANES);
		setrlimit(RLIMIT_NOFILE, &old);
		if (rc) {
			assert_int_equal(rc, -EMFILE);
			failed++;
			assert_no_child();
		} else {
			io_teardown(&s);
		}
		assert_int_equal(descriptors(), before);
	}
	assert_true(failed > 2 * LANES);
	assert_no_child();
}

static void test_no_descriptors_is_reported(void **state)
{
	(void)state;
	check_descriptor_limit(false);
	check_descriptor_limit(true);
}

/* In a child without privileges, so that the limit on processes counts. */
static void test_no_processes_is_reported(void **state)
{
	const struct rlimit none = { 0, 0 };
	pid_t child = fork();
	int status;

	(void)state;
	if (!child) {
		struct setup s;
		unsigned before = descriptors();

		if ((!geteuid() && setresuid(65534, 65534, 65534)) ||
		    setrlimit(RLIMIT_NPROC, &none))
			_exit(77);
		if (io_setup(&s, plain(false), LANES) != -EAGAIN)
			_exit(1);
		_exit(descriptors() == before ? 0 : 2);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void test_binding_that_fails_is_reported(void **state)
{
	struct sy_load load = plain(false);
	unsigned before = descriptors();
	struct setup s;

	(void)state;
	load.server_pu = SY_PUS_MAX - 1;
	assert_true(io_setup(&s, load, LANES) < 0);
	assert_int_equal(descriptors(), before);
	assert_no_child();
}

static void test_sizes_out_of_range_are_refused(void **state)
{
	struct sy_load load = plain(false);
	struct setup s;

	(void)state;
	load.request_bytes = 7;
	assert_int_equal(io_setup(&s, load, 1), -EINVAL);
	load.request_bytes = SY_MESSAGE_MAX + 1;
	assert_int_equal(io_setup(&s, load, 1), -EINVAL);
	load = plain(false);
	load.reply_bytes = 0;
	assert_int_equal(io_setup(&s, load, 1), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dead_server_fails_the_tasks),
		cmocka_unit_test(test_server_that_dies_midway_fails_the_tasks),
		cmocka_unit_test(test_stopped_server_is_ended),
		cmocka_unit_test(test_spoiled_messages_are_found),
		cmocka_unit_test(test_no_descriptors_is_reported),
		cmocka_unit_test(test_no_processes_is_reported),
		cmocka_unit_test(test_binding_that_fails_is_reported),
		cmocka_unit_test(test_sizes_out_of_range_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
