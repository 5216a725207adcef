/* SPDX-License-Identifier: MIT */
/*
 * test_manager.c - processes that own data: what they answer, to clients that
 * die, to nonsense, and what becomes of clients when the owner dies.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "workloads/io_connect.h"
#include "workloads/mailbox.h"
#include "workloads/manager.h"

static size_t set(unsigned char *to, const char *key, const char *value)
{
	return sy_ask(to, key, strlen(key), value, strlen(value));
}

static size_t get(unsigned char *to, const char *key)
{
	return sy_ask(to, key, strlen(key), NULL, 0);
}

/* ---- the dictionary ---- */

static void holds_value(const unsigned char *reply, const char *expected)
{
	const unsigned char *value;

	assert_int_equal(sy_answer_value(reply, &value), strlen(expected));
	assert_memory_equal(value, expected, strlen(expected));
}

static void test_dictionary_keeps_what_is_set(void **state)
{
	unsigned char ask[SY_ASK_BYTES], reply[SY_ASK_BYTES];
	struct sy_dictionary *dictionary;
	const unsigned char *value;
	char key[20];

	(void)state;
	assert_int_equal(sy_dictionary_open(&dictionary, 100), 0);
	for (int i = 0; i < 100; i++) {
		snprintf(key, sizeof(key), "key %d", i);
		set(ask, key, key);
		sy_dictionary_answer(dictionary, ask, reply);
		assert_int_equal(sy_answer_value(reply, &value), 0);
	}
	for (int i = 0; i < 100; i++) {
		snprintf(key, sizeof(key), "key %d", i);
		get(ask, key);
		sy_dictionary_answer(dictionary, ask, reply);
		holds_value(reply, key);
	}
	set(ask, "key 7", "another value");
	sy_dictionary_answer(dictionary, ask, reply);
	get(ask, "key 7");
	sy_dictionary_answer(dictionary, ask, reply);
	holds_value(reply, "another value");
	get(ask, "none");
	sy_dictionary_answer(dictionary, ask, reply);
	assert_int_equal(sy_answer_value(reply, &value), -ENOENT);
	sy_ask_sum(ask);
	sy_dictionary_answer(dictionary, ask, reply);
	assert_int_equal(sy_answer_value(reply, &value), 8);
	assert_memory_equal(value, "\0\0\0\0\0\0\0\0", 8);
	set(ask, "one too many", "x");
	sy_dictionary_answer(dictionary, ask, reply);
	assert_int_equal(sy_answer_value(reply, &value), -ENOSPC);
	sy_dictionary_close(dictionary);
}

static void test_lengths_are_checked(void **state)
{
	unsigned char ask[SY_ASK_BYTES];
	char longest[SY_KEY_BYTES_MAX + 1];
	size_t bytes;

	(void)state;
	memset(longest, 'k', SY_KEY_BYTES_MAX);
	longest[SY_KEY_BYTES_MAX] = '\0';
	bytes = set(ask, longest, "value");
	assert_int_equal(sy_ask_length(ask, 3), 0);
	assert_int_equal(sy_ask_length(ask, 4), bytes);
	ask[1] = SY_KEY_BYTES_MAX + 1;
	assert_int_equal(sy_ask_length(ask, 4), -EBADMSG);
	ask[1] = 0;
	assert_int_equal(sy_ask_length(ask, 4), -EBADMSG);
	get(ask, "k");
	ask[3] = 1; /* a get with 256 bytes of value */
	assert_int_equal(sy_ask_length(ask, 4), -EBADMSG);
	set(ask, "k", "v");
	memset(ask + 2, 0xff, 2);
	assert_int_equal(sy_ask_length(ask, 4), -EBADMSG);
	set(ask, "k", "v");
	ask[0] = '?';
	assert_int_equal(sy_ask_length(ask, 4), -EBADMSG);
}

/* ---- over sockets ---- */

#define CLIENTS 3

struct managed {
	struct sy_server manager;
	int clients[CLIENTS];
};

static void start(struct managed *m)
{
	int servers[CLIENTS];

	assert_int_equal(sy_io_connect(m->clients, servers, CLIENTS, false), 0);
	assert_int_equal(
		sy_manager_start(&m->manager, servers, CLIENTS, 10, -1), 0);
	sy_io_disconnect(servers, CLIENTS);
}

static void stop(struct managed *m)
{
	sy_io_disconnect(m->clients, CLIENTS);
	sy_server_stop(&m->manager);
}

/* False: the manager has closed the connection. */
static bool exchange(int fd, unsigned char *message, size_t bytes)
{
	size_t have = 0;
	ssize_t come, length;

	if (send(fd, message, bytes, MSG_NOSIGNAL) != (ssize_t)bytes)
		return false;
	do {
		come = recv(fd, message + have, SY_ASK_BYTES - have, 0);
		if (come <= 0)
			return false;
		have += (size_t)come;
		length = sy_ask_length(message, have);
		assert_true(length >= 0);
	} while (!length || (size_t)length > have);
	return true;
}

static void sets(int fd, const char *key, const char *value)
{
	unsigned char message[SY_ASK_BYTES];
	const unsigned char *ignored;

	assert_true(exchange(fd, message, set(message, key, value)));
	assert_int_equal(sy_answer_value(message, &ignored), 0);
}

static void gets_value(int fd, const char *key, const char *value)
{
	unsigned char message[SY_ASK_BYTES];

	assert_true(exchange(fd, message, get(message, key)));
	holds_value(message, value);
}

static void test_clients_see_each_others_writes(void **state)
{
	struct managed m;

	(void)state;
	start(&m);
	sets(m.clients[0], "a", "of 0");
	sets(m.clients[1], "b", "of 1");
	gets_value(m.clients[1], "a", "of 0");
	gets_value(m.clients[2], "b", "of 1");
	sets(m.clients[2], "a", "of 2");
	gets_value(m.clients[0], "a", "of 2");
	stop(&m);
}

static void test_requests_come_in_pieces_or_together(void **state)
{
	unsigned char two[2 * SY_ASK_BYTES], reply[SY_ASK_BYTES];
	size_t bytes, have = 0;
	struct managed m;

	(void)state;
	start(&m);
	bytes = set(two, "pieces", "value");
	for (size_t i = 0; i < bytes; i++)
		assert_int_equal(send(m.clients[0], two + i, 1, 0), 1);
	assert_int_equal(recv(m.clients[0], reply, 4, MSG_WAITALL), 4);
	bytes = get(two, "pieces");
	bytes += get(two + bytes, "pieces");
	assert_int_equal(send(m.clients[0], two, bytes, 0), bytes);
	while (have < 2 * (sizeof(struct sy_ask_header) + 5))
		have += (size_t)recv(m.clients[0], reply + have,
		                     sizeof(reply) - have, 0);
	holds_value(reply + sizeof(struct sy_ask_header) + 5, "value");
	stop(&m);
}

/* In the midst of a request, with a write of its own done. */
static void test_a_client_that_dies_loses_nothing_of_others(void **state)
{
	unsigned char half[SY_ASK_BYTES];
	struct managed m;
	pid_t child;
	int status;

	(void)state;
	start(&m);
	sets(m.clients[0], "a", "kept");
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		sets(m.clients[1], "b", "of the dead");
		set(half, "a", "never whole");
		if (send(m.clients[1], half, 6, 0) == 6)
			raise(SIGKILL);
		_exit(1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	close(m.clients[1]);
	gets_value(m.clients[0], "a", "kept");
	gets_value(m.clients[2], "b", "of the dead");
	m.clients[1] = dup(m.clients[0]);
	stop(&m);
}

static void test_nonsense_costs_the_connection_only(void **state)
{
	unsigned char message[SY_ASK_BYTES];
	struct managed m;

	(void)state;
	start(&m);
	sets(m.clients[0], "a", "kept");
	memset(message, 0xff, sizeof(message));
	assert_false(exchange(m.clients[1], message, sizeof(message)));
	/* A reply is no request. */
	memcpy(message, "n\0\0\0", 4);
	assert_false(exchange(m.clients[2], message, 4));
	gets_value(m.clients[0], "a", "kept");
	stop(&m);
}

static void test_a_manager_that_is_killed_is_noticed(void **state)
{
	unsigned char message[SY_ASK_BYTES];
	struct managed m;

	(void)state;
	start(&m);
	sets(m.clients[0], "a", "lost");
	assert_int_equal(kill(m.manager.pid, SIGKILL), 0);
	assert_false(exchange(m.clients[0], message, get(message, "a")));
	stop(&m);
}

/* ---- through mailboxes ---- */

/* What a client does; false: there was no reply, as the owner has died. */
static bool post(struct sy_post *post, uint32_t client)
{
	sy_mailbox_mark(post, client);
	sy_places_release(post->places, SY_MAILBOX_GATE, 1);
	sy_places_acquire(post->places, sy_mailbox_gate(client));
	return sy_mailbox_answered(post, client);
}

static void posts(struct sy_post *p, uint32_t client, const char *key,
                  const char *value)
{
	const unsigned char *ignored;

	set(p->boxes[client].request, key, value);
	assert_true(post(p, client));
	assert_int_equal(sy_answer_value(p->boxes[client].reply, &ignored), 0);
}

static void finds(struct sy_post *p, uint32_t client, const char *key,
                  const char *value)
{
	get(p->boxes[client].request, key);
	assert_true(post(p, client));
	holds_value(p->boxes[client].reply, value);
}

static void test_mailboxes_are_answered(void **state)
{
	struct sy_post *p;
	char text[20];

	(void)state;
	assert_int_equal(sy_post_open(&p, 130, 200, -1), 0);
	for (uint32_t i = 0; i < 130; i++) {
		snprintf(text, sizeof(text), "of %u", i);
		posts(p, i, text, text);
	}
	for (uint32_t i = 0; i < 130; i++) {
		snprintf(text, sizeof(text), "of %u", i);
		finds(p, 129 - i, text, text);
	}
	sy_post_close(p);
}

/* Many at once, from processes; each sees its own last write. */
static void test_many_clients_post_at_once(void **state)
{
	enum { MANY = 8, TIMES = 500 };
	struct sy_post *p;
	char key[20], value[20];
	int status;

	(void)state;
	assert_int_equal(sy_post_open(&p, MANY, MANY, -1), 0);
	for (uint32_t i = 0; i < MANY; i++) {
		pid_t child = fork();

		assert_true(child >= 0);
		if (child)
			continue;
		snprintf(key, sizeof(key), "key %u", i);
		for (int k = 0; k < TIMES; k++) {
			snprintf(value, sizeof(value), "%d", k);
			posts(p, i, key, value);
			finds(p, i, key, value);
		}
		_exit(0);
	}
	for (uint32_t i = 0; i < MANY; i++) {
		assert_true(wait(&status) > 0);
		assert_true(WIFEXITED(status) && !WEXITSTATUS(status));
	}
	for (uint32_t i = 0; i < MANY; i++) {
		snprintf(key, sizeof(key), "key %u", i);
		snprintf(value, sizeof(value), "%d", TIMES - 1);
		finds(p, 0, key, value);
	}
	sy_post_close(p);
}

/* A client that has marked its mailbox, and no more, harms nobody else. */
static void test_a_dead_client_harms_its_own_mailbox(void **state)
{
	struct sy_post *p;

	(void)state;
	assert_int_equal(sy_post_open(&p, 2, 4, -1), 0);
	posts(p, 0, "a", "kept");
	set(p->boxes[1].request, "b", "half");
	sy_mailbox_mark(p, 1);
	finds(p, 0, "a", "kept");
	memset(p->boxes[1].request, 0xff, SY_ASK_BYTES);
	sy_mailbox_mark(p, 1);
	finds(p, 0, "a", "kept");
	sy_post_close(p);
}

static void test_an_owner_that_is_killed_lets_clients_go(void **state)
{
	struct sy_post *p;

	(void)state;
	assert_int_equal(sy_post_open(&p, 2, 4, -1), 0);
	posts(p, 0, "a", "lost");
	assert_int_equal(kill(atomic_load(&p->owner), SIGKILL), 0);
	/* The one that waits, and the one that comes later. */
	get(p->boxes[0].request, "a");
	while (post(p, 0))
		;
	assert_true(atomic_load(&p->dead));
	get(p->boxes[1].request, "a");
	assert_false(post(p, 1));
	sy_post_close(p);
}

/* Neither a child nor one that the child left. */
static void test_nothing_is_left(void **state)
{
	struct sy_post *p;
	pid_t owner;

	(void)state;
	assert_int_equal(sy_post_open(&p, 1, 1, -1), 0);
	owner = atomic_load(&p->owner);
	sy_post_close(p);
	assert_int_equal(kill(owner, 0), -1);
	assert_int_equal(errno, ESRCH);
	assert_int_equal(waitpid(-1, NULL, 0), -1);
	assert_int_equal(errno, ECHILD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dictionary_keeps_what_is_set),
		cmocka_unit_test(test_lengths_are_checked),
		cmocka_unit_test(test_clients_see_each_others_writes),
		cmocka_unit_test(test_requests_come_in_pieces_or_together),
		cmocka_unit_test(
			test_a_client_that_dies_loses_nothing_of_others),
		cmocka_unit_test(test_nonsense_costs_the_connection_only),
		cmocka_unit_test(test_a_manager_that_is_killed_is_noticed),
		cmocka_unit_test(test_mailboxes_are_answered),
		cmocka_unit_test(test_many_clients_post_at_once),
		cmocka_unit_test(test_a_dead_client_harms_its_own_mailbox),
		cmocka_unit_test(test_an_owner_that_is_killed_lets_clients_go),
		cmocka_unit_test(test_nothing_is_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
