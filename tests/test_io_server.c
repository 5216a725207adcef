/* SPDX-License-Identifier: MIT */
/*
 * test_io_server.c - what the io server does with clients that are slow, that
 * leave, that damage their requests, and with what started it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "workloads/io_connect.h"
#include "workloads/io_server.h"
#include "workloads/message.h"
#include "workloads/steps.h"

#define CLIENTS_MAX 3000u

struct served {
	struct sy_server server;
	uint32_t count;
	int clients[CLIENTS_MAX];
};

static void serve(struct served *s, uint32_t count, bool tcp,
                  struct sy_io_service service, int pu)
{
	int servers[CLIENTS_MAX];

	s->count = count;
	assert_int_equal(sy_io_connect(s->clients, servers, count, tcp), 0);
	service.fds = servers;
	service.count = count;
	assert_int_equal(sy_io_server_start(&s->server, &service, pu), 0);
	sy_io_disconnect(servers, count);
}

static void serve_end(struct served *s)
{
	sy_io_disconnect(s->clients, s->count);
	sy_server_stop(&s->server);
}

static struct sy_io_service echo(uint32_t bytes, uint64_t wait_ns)
{
	return (struct sy_io_service){ .request_bytes = bytes,
		                       .reply_bytes = bytes,
		                       .wait_ns = wait_ns };
}

static unsigned char *request_make(uint32_t bytes, uint64_t index)
{
	unsigned char *request = malloc(bytes);

	assert_non_null(request);
	memcpy(request, &index, sizeof(index));
	sy_message_fill(request + 8, bytes - 8, SY_MESSAGE_REQUEST);
	return request;
}

static void send_all(int fd, const void *bytes, size_t count)
{
	assert_int_equal(send(fd, bytes, count, MSG_NOSIGNAL), count);
}

/* Receives a reply; says whether it is the right one for `index`. */
static bool reply_right(int fd, uint32_t bytes, uint64_t index)
{
	unsigned char *reply = malloc(bytes), *right = malloc(bytes);
	bool same;

	assert_non_null(reply);
	assert_non_null(right);
	assert_int_equal(recv(fd, reply, bytes, MSG_WAITALL), bytes);
	memcpy(right, &index, sizeof(index));
	sy_message_fill(right + 8, bytes - 8,
	                sy_message_reply(index % SY_VALUE_PERIOD));
	same = !memcmp(reply, right, bytes);
	free(reply);
	free(right);
	return same;
}

static bool has_data(int fd, int timeout_ms)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

	return poll(&poll_fd, 1, timeout_ms) == 1;
}

static void test_request_in_single_bytes(void **state)
{
	unsigned char *request = request_make(40, 77);
	struct served s;

	(void)state;
	for (int tcp = 0; tcp < 2; tcp++) {
		serve(&s, 2, tcp, echo(40, 0), -1);
		for (unsigned i = 0; i < 40; i++) {
			assert_false(has_data(s.clients[1], 0));
			send_all(s.clients[1], request + i, 1);
			/* A whole exchange: the byte has been taken. */
			send_all(s.clients[0], request, 40);
			assert_true(reply_right(s.clients[0], 40, 77));
		}
		assert_true(reply_right(s.clients[1], 40, 77));
		serve_end(&s);
	}
	free(request);
}

/* A reply of 1 MiB that nobody reads holds up nobody else. */
static void test_slow_reader_delays_nobody(void **state)
{
	struct sy_io_service service = { .request_bytes = 8,
		                         .reply_bytes = 1 << 20 };
	unsigned char *request = request_make(8, 5);
	struct served s;

	(void)state;
	for (int tcp = 0; tcp < 2; tcp++) {
		serve(&s, 3, tcp, service, -1);
		send_all(s.clients[0], request, 8);
		send_all(s.clients[1], request, 8);
		for (unsigned i = 0; i < 20; i++) {
			send_all(s.clients[2], request, 8);
			assert_true(reply_right(s.clients[2], 1 << 20, 5));
		}
		assert_true(reply_right(s.clients[0], 1 << 20, 5));
		assert_true(reply_right(s.clients[1], 1 << 20, 5));
		send_all(s.clients[0], request, 8);
		assert_true(reply_right(s.clients[0], 1 << 20, 5));
		serve_end(&s);
	}
	free(request);
}

static void check_waits(bool timerfd)
{
	struct sy_io_service service = echo(16, 20000000);
	unsigned char *request = request_make(16, 3);
	uint64_t begin_ns;
	struct served s;

	service.timerfd = timerfd;
	serve(&s, 300, false, service, -1);
	for (unsigned round = 0; round < 2; round++) {
		begin_ns = sy_clock_ns();
		for (unsigned i = 0; i < 300; i++)
			send_all(s.clients[i], request, 16);
		for (unsigned i = 0; i < 300; i++) {
			assert_true(reply_right(s.clients[i], 16, 3));
			assert_true(sy_clock_ns() - begin_ns >= 20000000);
		}
		/* All at once, with ample time for a slow machine. */
		assert_true(sy_clock_ns() - begin_ns < 2000000000);
	}
	serve_end(&s);
	free(request);
}

static void test_answers_are_never_early(void **state)
{
	(void)state;
	check_waits(false);
	check_waits(true);
}

static void test_damaged_request_is_answered_wrongly(void **state)
{
	unsigned char *right = request_make(4096, 9);
	unsigned char *damaged = request_make(4096, 9);
	struct served s;

	(void)state;
	damaged[100] ^= 4;
	damaged[4095] ^= 1; /* twice, in two pieces */
	serve(&s, 2, false, echo(4096, 0), -1);
	send_all(s.clients[0], damaged, 2000);
	/* A whole exchange: the first piece has been taken. */
	send_all(s.clients[1], right, 4096);
	assert_true(reply_right(s.clients[1], 4096, 9));
	send_all(s.clients[0], damaged + 2000, 2096);
	assert_false(reply_right(s.clients[0], 4096, 9));
	send_all(s.clients[0], right, 4096);
	assert_true(reply_right(s.clients[0], 4096, 9));
	serve_end(&s);
	free(right);
	free(damaged);
}

/* Clients leave before, within and after a request, and while it waits. */
static void test_clients_may_leave(void **state)
{
	unsigned char *request = request_make(16, 1);
	struct served s;

	(void)state;
	for (int tcp = 0; tcp < 2; tcp++) {
		serve(&s, 5, tcp, echo(16, 1000000), -1);
		send_all(s.clients[1], request, 7);
		send_all(s.clients[2], request, 16);
		for (unsigned i = 0; i < 3; i++)
			close(s.clients[i]);
		for (unsigned i = 0; i < 5; i++) {
			send_all(s.clients[3], request, 16);
			send_all(s.clients[4], request, 16);
			assert_true(reply_right(s.clients[3], 16, 1));
			assert_true(reply_right(s.clients[4], 16, 1));
		}
		close(s.clients[3]);
		close(s.clients[4]);
		/* The last one has left: the server ends by itself. */
		assert_true(has_data(s.server.control, 10000));
		sy_server_stop(&s.server);
	}
	free(request);
}

static void test_thousands_of_clients(void **state)
{
	struct served *s = malloc(sizeof(*s));
	struct rlimit limit;

	(void)state;
	assert_non_null(s);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = limit.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	if (limit.rlim_cur < 2 * CLIENTS_MAX + 100) {
		free(s);
		print_message("too few descriptors are allowed here\n");
		skip();
	}
	serve(s, CLIENTS_MAX, false, echo(64, 1000000), -1);
	for (uint64_t i = 0; i < CLIENTS_MAX; i++) {
		unsigned char *request = request_make(64, i);

		send_all(s->clients[i], request, 64);
		free(request);
	}
	for (uint64_t i = CLIENTS_MAX; i-- > 0;)
		assert_true(reply_right(s->clients[i], 64, i));
	serve_end(s);
	free(s);
}

static unsigned descriptors(pid_t pid)
{
	char path[64];
	unsigned count = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	dir = opendir(path);
	assert_non_null(dir);
	for (struct dirent *entry; (entry = readdir(dir));)
		count += entry->d_name[0] != '.';
	closedir(dir);
	return count;
}

/* Whatever the caller had open: streams, control, epoll and connections. */
static void test_server_holds_only_what_is_its_own(void **state)
{
	int others[4];
	struct served s;

	(void)state;
	assert_int_equal(pipe(others), 0);
	serve(&s, 10, false, echo(8, 0), -1);
	assert_int_equal(pipe(others + 2), 0);
	assert_int_equal(descriptors(s.server.pid), 3 + 2 + 10);
	serve_end(&s);
	for (unsigned i = 0; i < 4; i++)
		close(others[i]);
}

static void test_server_is_bound(void **state)
{
	cpu_set_t own, bound;
	int pu = 0;
	struct served s;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(own), &own), 0);
	for (int i = 0; i < CPU_SETSIZE; i++) {
		if (CPU_ISSET((size_t)i, &own))
			pu = i;
	}
	serve(&s, 1, false, echo(8, 0), pu);
	assert_int_equal(sched_getaffinity(s.server.pid, sizeof(bound), &bound),
	                 0);
	assert_int_equal(CPU_COUNT(&bound), 1);
	assert_true(CPU_ISSET((size_t)pu, &bound));
	serve_end(&s);
}

static void test_interrupt_is_ignored(void **state)
{
	unsigned char *request = request_make(8, 2);
	struct served s;

	(void)state;
	serve(&s, 1, false, echo(8, 0), -1);
	kill(s.server.pid, SIGINT);
	send_all(s.clients[0], request, 8);
	assert_true(reply_right(s.clients[0], 8, 2));
	serve_end(&s);
	free(request);
}

/* Another child of the caller is still there to be waited for. */
static void test_only_the_server_is_reaped(void **state)
{
	struct served s;
	pid_t other = fork();

	(void)state;
	if (!other)
		_exit(7);
	serve(&s, 1, false, echo(8, 0), -1);
	serve_end(&s);
	assert_int_equal(waitpid(s.server.pid, NULL, WNOHANG), -1);
	assert_int_equal(waitpid(other, NULL, 0), other);
}

/* A starter that is killed takes its server with it: its end is seen. */
static void test_server_dies_with_its_starter(void **state)
{
	struct served s;
	int clients[2], servers[2];
	pid_t starter;
	char byte;

	(void)state;
	assert_int_equal(sy_io_connect(clients, servers, 2, false), 0);
	starter = fork();
	if (!starter) {
		struct sy_io_service service = echo(8, 0);

		service.fds = servers;
		service.count = 2;
		if (sy_io_server_start(&s.server, &service, -1))
			_exit(1);
		send(clients[0], "12345678", 8, 0);
		for (;;)
			pause();
	}
	/* The starter's copies of the ends live as long as it does. */
	sy_io_disconnect(servers, 2);
	assert_int_equal(recv(clients[0], &byte, 1, 0), 1);
	assert_int_equal(kill(starter, SIGKILL), 0);
	assert_int_equal(waitpid(starter, NULL, 0), starter);
	assert_true(has_data(clients[1], 10000));
	assert_int_equal(recv(clients[1], &byte, 1, 0), 0);
	sy_io_disconnect(clients, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_request_in_single_bytes),
		cmocka_unit_test(test_slow_reader_delays_nobody),
		cmocka_unit_test(test_answers_are_never_early),
		cmocka_unit_test(test_damaged_request_is_answered_wrongly),
		cmocka_unit_test(test_clients_may_leave),
		cmocka_unit_test(test_thousands_of_clients),
		cmocka_unit_test(test_server_holds_only_what_is_its_own),
		cmocka_unit_test(test_server_is_bound),
		cmocka_unit_test(test_interrupt_is_ignored),
		cmocka_unit_test(test_only_the_server_is_reaped),
		cmocka_unit_test(test_server_dies_with_its_starter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
