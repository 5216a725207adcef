/* SPDX-License-Identifier: MIT */
/*
 * io_serve.h - the loop that answers the requests of the io workload.
 *
 * One thread, one epoll.  A request is answered when `wait_ns` have passed
 * since it was complete, never sooner; with no wait at once.
 */
#ifndef SY_IO_SERVE_H
#define SY_IO_SERVE_H

#include <stdbool.h>
#include <stdint.h>

struct sy_io_service {
	const int *fds; /* connected stream sockets; serving closes them */
	uint32_t count;
	int control;            /* the service ends when its peer closes */
	uint32_t request_bytes; /* 8 .. SY_MESSAGE_MAX, as are replies */
	uint32_t reply_bytes;
	uint64_t wait_ns;
	bool timerfd; /* waits by timerfd even where epoll_pwait2 exists */
};

struct sy_io_serve;

/* Takes over the connections on success.  -EMFILE, -ENOMEM. */
int sy_io_serve_open(struct sy_io_serve **serve,
                     const struct sy_io_service *service);
/* Answers until all clients or the control peer have closed. */
int sy_io_serve_run(struct sy_io_serve *serve);
void sy_io_serve_close(struct sy_io_serve *serve);

#endif /* SY_IO_SERVE_H */
