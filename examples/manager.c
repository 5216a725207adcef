/* SPDX-License-Identifier: MIT */
/*
 * manager.c - a process owns a dictionary; other processes set and get over
 * sockets, and one that dies takes nothing of the others with it.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "workloads/dictionary.h"
#include "workloads/io_connect.h"
#include "workloads/manager.h"
#include "streams.h"

#define CLIENTS 3

/* Sends a request and receives the reply, which a manager sends as one. */
static ssize_t ask(int fd, const char *key, const char *value,
                   unsigned char *message, const unsigned char **answer)
{
	size_t bytes = sy_ask(message, key, strlen(key), value,
	                      value ? strlen(value) : 0);

	if (send(fd, message, bytes, MSG_NOSIGNAL) != (ssize_t)bytes ||
	    recv(fd, message, SY_ASK_BYTES, 0) <= 0)
		return -1;
	return sy_answer_value(message, answer);
}

/* A client in a process of its own, which is killed in the end. */
static int set_and_die(int fd, const char *key, const char *value)
{
	unsigned char message[SY_ASK_BYTES];
	const unsigned char *answer;
	pid_t child = fork();

	if (!child) {
		ask(fd, key, value, message, &answer);
		raise(SIGKILL);
		_exit(1);
	}
	return child > 0 && waitpid(child, NULL, 0) == child ? 0 : -1;
}

static void show(int fd, const char *key)
{
	unsigned char message[SY_ASK_BYTES];
	const unsigned char *value;
	ssize_t bytes = ask(fd, key, NULL, message, &value);

	if (bytes < 0)
		printf("%s: not set\n", key);
	else
		printf("%s: %.*s\n", key, (int)bytes, (const char *)value);
}

int main(void)
{
	int clients[CLIENTS], servers[CLIENTS], failed;
	struct sy_server manager;

	example_begin();
	fflush(stdout);
	if (sy_io_connect(clients, servers, CLIENTS, false))
		return example_end(1);
	failed = sy_manager_start(&manager, servers, CLIENTS, 100, -1);
	sy_io_disconnect(servers, CLIENTS);
	if (failed) {
		sy_io_disconnect(clients, CLIENTS);
		return example_end(1);
	}
	failed |= set_and_die(clients[0], "first", "of a client that died");
	failed |= set_and_die(clients[1], "second", "of another one");
	show(clients[2], "first");
	show(clients[2], "second");
	show(clients[2], "third");
	sy_io_disconnect(clients, CLIENTS);
	sy_server_stop(&manager);
	return example_end(failed);
}
