/* SPDX-License-Identifier: MIT */
/*
 * daemon.c - the end of main waits for what is in the foreground, and stops the
 * daemons with what they started; a join with a time-out gives up, and what it
 * waited for goes on.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "model.h"
#include "started.h"
#include "streams.h"

#define NS_PER_MS UINT64_C(1000000)

static void sleep_ms(uint64_t ms)
{
	usleep((useconds_t)ms * 1000);
}

static int work(void *data)
{
	sleep_ms(200);
	puts("foreground: has ended");
	return *(int *)data;
}

/* With a child of its own, which is stopped as well. */
static int serve_for_ever(void *data)
{
	(void)data;
	if (!fork())
		for (;;)
			pause();
	for (;;)
		pause();
	return 0;
}

int main(void)
{
	int seven = 7, error, result = 0;
	const struct sy_start foreground = { .kind = SY_START_PROCESS,
		                             .function = work,
		                             .data = &seven,
		                             .name = "foreground" };
	const struct sy_start daemon = { .kind = SY_START_PROCESS,
		                         .function = serve_for_ever,
		                         .name = "daemon",
		                         .daemon = true };
	struct sy_started *worker, *server;
	struct sy_scope *scope;
	pid_t id;

	example_begin();
	error = sy_scope_open(&scope);
	if (error)
		return example_end(1);
	error = sy_start(scope, &daemon, &server);
	if (!error)
		error = sy_start(scope, &foreground, &worker);
	if (error)
		return example_end(1);
	id = sy_started_id(server);
	printf("join for 20 ms: %s\n",
	       strerror(-sy_started_join_by(
		       worker, sy_clock_ns() + 20 * NS_PER_MS, &result)));
	printf("goes on: %d\n", sy_started_alive(worker));
	fflush(stdout);
	sy_scope_end(scope);
	printf("the daemon is there: %d\n", !kill(id, 0));
	return example_end(0);
}
