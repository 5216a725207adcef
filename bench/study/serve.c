/* SPDX-License-Identifier: MIT */
/*
 * serve.c - the server that fetch measures with, for other clients: wrk asks
 * the same nginx on the same PU for the same bodies.
 */
#include "study/study.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "workloads/fetch.h"
#include "workloads/nginx.h"

/* Until standard input is closed.  False: the server has ended before. */
static bool wait_for_end(pid_t server)
{
	struct pollfd polled[] = {
		{ .fd = STDIN_FILENO, .events = POLLIN },
		{ .fd = pidfd_open(server, 0), .events = POLLIN },
	};
	bool over = false, gone = false;
	char text[256];

	while (!over && !gone) {
		if (poll(polled, 2, -1) < 0 && errno != EINTR)
			break;
		gone = polled[1].revents;
		over = polled[0].revents &&
		       read(STDIN_FILENO, text, sizeof(text)) <= 0;
	}
	close(polled[1].fd);
	return !gone;
}

int sy_study_serve(uint64_t body_bytes, uint32_t connections, int pu)
{
	const struct sy_load load = { .body_bytes = (uint32_t)body_bytes };
	const struct sy_nginx_spec spec = {
		.body_bytes = body_bytes,
		.bodies = sy_fetch_bodies(&load),
		.connections = connections,
		.pu = pu,
	};
	char reason[SY_BROKEN_BYTES];
	struct sy_nginx nginx;
	bool lived;

	if (body_bytes > SY_FETCH_BODY_MAX) {
		fputs("switchyard-study: a body has at most 64MiB\n", stderr);
		return 2;
	}
	if (sy_nginx_start(&nginx, &spec, reason)) {
		fprintf(stderr, "switchyard-study: %s\n", reason);
		return 4;
	}
	printf("http://127.0.0.1:%u/0\n", ntohs(nginx.address.sin_port));
	fflush(stdout);
	lived = wait_for_end(nginx.pid);
	sy_nginx_stop(&nginx);
	if (!lived)
		fputs("switchyard-study: nginx has ended by itself\n", stderr);
	return lived ? 0 : 4;
}
