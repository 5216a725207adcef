/* SPDX-License-Identifier: MIT */
/*
 * fetch.c - three addresses fetched at once by one thread, in straight-line
 * code: a coroutine that has to wait for its socket parks, and another goes on.
 *
 * The server is a child of this program, on loopback, and answers the first
 * request last, so that one after the other would never end.
 */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "coroutine/routines.h"
#include "model.h"
#include "workloads/response.h"
#include "streams.h"

#define FETCHES 3
#define TIMEOUT_NS UINT64_C(20000000000)

/* ---- the server ---- */

static void answer(int fd, size_t body_bytes)
{
	static char text[9000];
	int head = snprintf(text, 200,
	                    "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n",
	                    body_bytes);

	memset(text + head, 'x', body_bytes);
	if (send(fd, text, (size_t)head + body_bytes, MSG_NOSIGNAL) < 0)
		_exit(1);
	close(fd);
}

/* The path is a digit: so many thousand bytes.  Answers when all have come. */
static void serve(int listener)
{
	char request[2000];
	int fds[FETCHES];
	size_t bytes[FETCHES];

	for (int i = 0; i < FETCHES; i++) {
		fds[i] = accept(listener, NULL, NULL);
		if (recv(fds[i], request, sizeof(request), 0) < 6)
			_exit(1);
		bytes[i] = (size_t)(request[5] - '0') * 1000;
	}
	for (int i = FETCHES; i-- > 0;)
		answer(fds[i], bytes[i]);
	_exit(0);
}

/* Its process; the address is set. */
static pid_t start_server(struct sockaddr_in *address)
{
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t bytes = sizeof(*address);
	pid_t pid;

	*address = (struct sockaddr_in){ .sin_family = AF_INET };
	address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(listener, (struct sockaddr *)address, bytes) ||
	    listen(listener, FETCHES) ||
	    getsockname(listener, (struct sockaddr *)address, &bytes))
		return -1;
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		serve(listener);
	}
	close(listener);
	return pid;
}

/* ---- the client ---- */

struct fetch {
	const struct sockaddr_in *server;
	char path;
	int error;
	uint64_t body_bytes;
};

static int take_answer(struct sy_routines *set, int fd, uint64_t by_ns,
                       struct sy_response *response)
{
	char buffer[4096];
	size_t bytes;
	int rc = 0;

	while (!rc) {
		rc = sy_routine_receive(set, fd, buffer, sizeof(buffer), by_ns,
		                        &bytes);
		if (!rc)
			rc = bytes ? sy_response_take(response, buffer, bytes)
			           : sy_response_end(response);
	}
	return rc == 1 ? 0 : rc;
}

static void fetch_one(struct sy_routines *set, void *data)
{
	struct fetch *fetch = data;
	uint64_t by_ns = sy_clock_ns() + TIMEOUT_NS;
	char request[] = "GET /? HTTP/1.1\r\nHost: localhost\r\n\r\n";
	struct sy_response response;
	int fd;

	request[5] = fetch->path;
	sy_response_begin(&response, 10000);
	fetch->error =
		sy_routine_connect(set, (const struct sockaddr *)fetch->server,
	                           sizeof(*fetch->server), by_ns, &fd);
	if (fetch->error)
		return;
	fetch->error =
		sy_routine_send(set, fd, request, strlen(request), by_ns);
	if (!fetch->error)
		fetch->error = take_answer(set, fd, by_ns, &response);
	fetch->body_bytes = response.body_bytes;
	sy_routine_forget(set, fd);
	close(fd);
}

int main(void)
{
	struct fetch fetches[FETCHES] = { { .path = '1' },
		                          { .path = '2' },
		                          { .path = '8' } };
	struct sockaddr_in address;
	struct sy_routines *set;
	pid_t server;
	int failed;

	example_begin();
	server = start_server(&address);
	if (server < 0 || sy_routines_open(&set, FETCHES, 64 << 10))
		return example_end(1);
	for (int i = 0; i < FETCHES; i++) {
		fetches[i].server = &address;
		sy_routine_spawn(set, fetch_one, &fetches[i], NULL);
	}
	failed = sy_routines_join(set);
	for (int i = 0; i < FETCHES; i++)
		printf("/%c: %lu bytes, %s\n", fetches[i].path,
		       (unsigned long)fetches[i].body_bytes,
		       strerror(-fetches[i].error));
	sy_routines_close(set);
	if (failed)
		kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	return example_end(failed);
}
