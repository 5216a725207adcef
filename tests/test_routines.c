/* SPDX-License-Identifier: MIT */
/* test_routines.c - coroutines for programs: order, ends, time, sockets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "coroutine/routines.h"
#include "model.h"

#define MS UINT64_C(1000000)

static char said[200];

static void say(const char *word)
{
	strcat(said, word);
	strcat(said, " ");
}

static struct sy_routines *open_set(uint32_t most)
{
	struct sy_routines *set;

	said[0] = '\0';
	assert_int_equal(sy_routines_open(&set, most, 0), 0);
	return set;
}

struct named {
	const char *word;
	struct sy_routine *self, *other;
	int result;
};

static void ping(struct sy_routines *set, void *data)
{
	struct named *named = data;

	say(named->word);
	assert_int_equal(sy_routine_transfer(set, named->other), 0);
	say(named->word);
	assert_int_equal(sy_routine_transfer(set, named->other), 0);
	say("never");
}

static void pong(struct sy_routines *set, void *data)
{
	struct named *named = data;

	say(named->word);
	assert_int_equal(sy_routine_transfer(set, named->other), 0);
	say(named->word);
}

static void test_transfer_goes_where_it_says(void **state)
{
	struct sy_routines *set = open_set(2);
	struct named a = { .word = "a" }, b = { .word = "b" };

	(void)state;
	assert_int_equal(sy_routine_make(set, ping, &a, &a.self), 0);
	assert_int_equal(sy_routine_make(set, pong, &b, &b.self), 0);
	a.other = b.self;
	b.other = a.self;
	assert_int_equal(sy_routine_transfer(set, a.self), 0);
	/* The end of b lets its maker go on, the thread. */
	assert_string_equal(said, "a b a b ");
	assert_int_equal(sy_routine_transfer(set, b.self), -ESRCH);
	assert_int_equal(sy_routine_transfer(set, NULL), 0);
	sy_routines_close(set);
}

static void turns(struct sy_routines *set, void *data)
{
	for (int i = 0; i < 3; i++) {
		say(data);
		sy_routine_yield(set);
	}
}

static void test_yield_takes_turns(void **state)
{
	struct sy_routines *set = open_set(3);
	struct sy_routine *first;

	(void)state;
	assert_int_equal(sy_routine_spawn(set, turns, "1", &first), 0);
	assert_int_equal(sy_routine_transfer(set, first), -EBUSY);
	assert_int_equal(sy_routine_spawn(set, turns, "2", NULL), 0);
	assert_int_equal(sy_routine_spawn(set, turns, "3", NULL), 0);
	assert_int_equal(sy_routine_spawn(set, turns, "4", NULL), -EAGAIN);
	assert_string_equal(said, "");
	assert_int_equal(sy_routines_join(set), 0);
	assert_string_equal(said, "1 2 3 1 2 3 1 2 3 ");
	/* Their slots and stacks are free again. */
	assert_int_equal(sy_routine_spawn(set, turns, "5", NULL), 0);
	assert_int_equal(sy_routines_join(set), 0);
	sy_routines_close(set);
}

static void brief(struct sy_routines *set, void *data)
{
	(void)set;
	++*(uint64_t *)data;
}

static void test_many_are_created_and_ended(void **state)
{
	struct sy_routines *set = open_set(100);
	uint64_t ended = 0;

	(void)state;
	for (int round = 0; round < 50; round++) {
		for (int i = 0; i < 100; i++)
			assert_int_equal(
				sy_routine_spawn(set, brief, &ended, NULL), 0);
		assert_int_equal(sy_routines_join(set), 0);
	}
	assert_int_equal(ended, 5000);
	sy_routines_close(set);
}

static void joins(struct sy_routines *set, void *data)
{
	struct named *named = data;

	named->result = sy_routine_join(set, named->other);
	say(named->word);
}

static void test_join_waits_for_the_end(void **state)
{
	struct sy_routines *set = open_set(3);
	struct named waiter = { .word = "joined", .result = 1 };

	(void)state;
	assert_int_equal(sy_routine_spawn(set, joins, &waiter, &waiter.self),
	                 0);
	assert_int_equal(sy_routine_spawn(set, turns, "t", &waiter.other), 0);
	assert_int_equal(sy_routine_join(set, waiter.self), 0);
	assert_string_equal(said, "t t t joined ");
	assert_int_equal(waiter.result, 0);
	sy_routines_close(set);
}

/* One waits for the other, that for one that nobody ever begins. */
static void test_what_cannot_come_is_told(void **state)
{
	struct sy_routines *set = open_set(3);
	struct named a = { .result = 1, .word = "a" };
	struct named b = { .result = 1, .word = "b" };

	(void)state;
	assert_int_equal(sy_routine_make(set, turns, "t", &b.other), 0);
	assert_int_equal(sy_routine_spawn(set, joins, &a, &a.self), 0);
	assert_int_equal(sy_routine_spawn(set, joins, &b, &a.other), 0);
	assert_int_equal(sy_routine_join(set, a.self), 0);
	assert_int_equal(b.result, -EDEADLK);
	assert_int_equal(a.result, 0);
	assert_int_equal(sy_routine_join(set, b.other), -EDEADLK);
	assert_string_equal(said, "b a ");
	sy_routines_close(set);
}

struct sleeper {
	uint64_t until_ns;
	const char *word;
	uint64_t woke_ns;
};

static void sleeps(struct sy_routines *set, void *data)
{
	struct sleeper *sleeper = data;

	assert_int_equal(sy_routine_sleep(set, sleeper->until_ns), 0);
	sleeper->woke_ns = sy_clock_ns();
	say(sleeper->word);
}

static void test_sleepers_wake_in_order_and_never_early(void **state)
{
	struct sy_routines *set = open_set(4);
	uint64_t now = sy_clock_ns();
	struct sleeper sleepers[] = { { now + 30 * MS, "30", 0 },
		                      { now + 10 * MS, "10", 0 },
		                      { now + 40 * MS, "40", 0 },
		                      { now + 20 * MS, "20", 0 } };

	(void)state;
	for (int i = 0; i < 4; i++)
		assert_int_equal(
			sy_routine_spawn(set, sleeps, &sleepers[i], NULL), 0);
	assert_int_equal(sy_routines_join(set), 0);
	assert_string_equal(said, "10 20 30 40 ");
	for (int i = 0; i < 4; i++)
		assert_true(sleepers[i].woke_ns >= sleepers[i].until_ns);
	sy_routines_close(set);
}

struct pipe_end {
	int fd;
	uint64_t by_ns;
	int result;
	char text[20];
	size_t bytes;
};

static void reads(struct sy_routines *set, void *data)
{
	struct pipe_end *end = data;

	end->result =
		sy_routine_receive(set, end->fd, end->text, sizeof(end->text),
	                           end->by_ns, &end->bytes);
	say("read");
}

static void writes(struct sy_routines *set, void *data)
{
	struct pipe_end *end = data;

	say("write");
	end->result = sy_routine_send(set, end->fd, "hello", 5, 0);
}

static void test_a_reader_parks_until_there_is_something(void **state)
{
	struct sy_routines *set = open_set(2);
	struct pipe_end in = { .result = 1 }, out = { .result = 1 };
	int fds[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	in.fd = fds[0];
	out.fd = fds[1];
	in.by_ns = sy_clock_ns() + 60000 * MS;
	assert_int_equal(sy_routine_spawn(set, reads, &in, NULL), 0);
	assert_int_equal(sy_routine_spawn(set, writes, &out, NULL), 0);
	assert_int_equal(sy_routines_join(set), 0);
	assert_string_equal(said, "write read ");
	assert_int_equal(in.result, 0);
	assert_int_equal(in.bytes, 5);
	assert_memory_equal(in.text, "hello", 5);
	sy_routine_forget(set, fds[0]);
	close(fds[0]);
	close(fds[1]);
	sy_routines_close(set);
}

/* Nobody answers; then, behind the time-out, somebody does. */
static void test_a_deadline_ends_the_wait(void **state)
{
	struct sy_routines *set = open_set(2);
	struct pipe_end in = { .result = 1 };
	struct sleeper sleeper = { .word = "woke" };
	int fds[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	in.fd = fds[0];
	in.by_ns = sy_clock_ns() + 20 * MS;
	assert_int_equal(sy_routine_spawn(set, reads, &in, NULL), 0);
	assert_int_equal(sy_routines_join(set), 0);
	assert_int_equal(in.result, -ETIMEDOUT);
	assert_true(sy_clock_ns() >= in.by_ns);
	/* What comes late wakes nobody: the next sleeper sleeps to the end. */
	assert_int_equal(write(fds[1], "x", 1), 1);
	sleeper.until_ns = sy_clock_ns() + 20 * MS;
	assert_int_equal(sy_routine_spawn(set, sleeps, &sleeper, NULL), 0);
	assert_int_equal(sy_routines_join(set), 0);
	assert_true(sleeper.woke_ns >= sleeper.until_ns);
	close(fds[0]);
	close(fds[1]);
	sy_routines_close(set);
}

struct client {
	struct sockaddr_in address;
	int result, fd;
};

static void connects(struct sy_routines *set, void *data)
{
	struct client *client = data;

	client->result = sy_routine_connect(
		set, (const struct sockaddr *)&client->address,
		sizeof(client->address), sy_clock_ns() + 60000 * MS,
		&client->fd);
}

static void test_connect_tells_who_listens(void **state)
{
	struct sy_routines *set = open_set(2);
	struct client client = { .fd = -1 };
	socklen_t bytes = sizeof(client.address);
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	(void)state;
	client.address.sin_family = AF_INET;
	client.address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(listener, (void *)&client.address, bytes), 0);
	assert_int_equal(getsockname(listener, (void *)&client.address, &bytes),
	                 0);
	assert_int_equal(sy_routine_spawn(set, connects, &client, NULL), 0);
	assert_int_equal(sy_routines_join(set), 0);
	assert_int_equal(client.result, -ECONNREFUSED);
	assert_int_equal(client.fd, -1);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(sy_routine_spawn(set, connects, &client, NULL), 0);
	assert_int_equal(sy_routines_join(set), 0);
	assert_int_equal(client.result, 0);
	assert_true(client.fd >= 0);
	close(client.fd);
	close(listener);
	sy_routines_close(set);
}

static int count_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int count = 0;

	assert_non_null(dir);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

static void waits_for_ever(struct sy_routines *set, void *data)
{
	sy_routine_await(set, *(int *)data, EPOLLIN, 0);
}

/* Also with routines that wait, and with one that never began. */
static void test_close_leaves_nothing(void **state)
{
	int before = count_descriptors(), fds[2];
	struct sy_routines *set;
	struct sy_routine *routine;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	set = open_set(3);
	assert_int_equal(sy_routine_spawn(set, waits_for_ever, &fds[0], NULL),
	                 0);
	assert_int_equal(sy_routine_spawn(set, turns, "t", NULL), 0);
	assert_int_equal(sy_routine_make(set, turns, "n", &routine), 0);
	sy_routine_yield(set);
	sy_routines_close(set);
	close(fds[0]);
	close(fds[1]);
	assert_int_equal(count_descriptors(), before);
}

static void test_bad_sizes_are_refused(void **state)
{
	struct sy_routines *set;

	(void)state;
	assert_int_equal(sy_routines_open(&set, 0, 0), -EINVAL);
	assert_int_equal(sy_routines_open(&set, 1, 1), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_transfer_goes_where_it_says),
		cmocka_unit_test(test_yield_takes_turns),
		cmocka_unit_test(test_many_are_created_and_ended),
		cmocka_unit_test(test_join_waits_for_the_end),
		cmocka_unit_test(test_what_cannot_come_is_told),
		cmocka_unit_test(test_sleepers_wake_in_order_and_never_early),
		cmocka_unit_test(test_a_reader_parks_until_there_is_something),
		cmocka_unit_test(test_a_deadline_ends_the_wait),
		cmocka_unit_test(test_connect_tells_who_listens),
		cmocka_unit_test(test_close_leaves_nothing),
		cmocka_unit_test(test_bad_sizes_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
