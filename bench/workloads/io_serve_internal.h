/* SPDX-License-Identifier: MIT */
/* io_serve_internal.h - what opening and running the io service share. */
#ifndef SY_IO_SERVE_INTERNAL_H
#define SY_IO_SERVE_INTERNAL_H

#include <errno.h>
#include <sys/epoll.h>

#include "workloads/io_serve.h"

/* What an event is about, where that is not a connection's number. */
#define SY_IO_CONTROL UINT32_MAX
#define SY_IO_TIMER (UINT32_MAX - 1)

struct sy_io_connection {
	int fd;            /* -1: closed */
	uint32_t received; /* bytes of the request that have come */
	uint32_t sent;     /* bytes of the reply that have gone */
	bool stuck;        /* the reply waits for room: EPOLLOUT is on */
	bool damaged;      /* the request is not what a client sends */
	uint64_t index;    /* of the request: the first bytes of both */
};

struct sy_io_deadline {
	uint64_t due_ns;
	uint32_t connection;
};

struct sy_io_serve {
	int epoll;
	int timer;         /* -1: epoll_pwait2 waits */
	uint64_t armed_ns; /* what the timer is set to, 0: nothing */
	uint64_t wait_ns;
	uint32_t request_bytes, reply_bytes;
	uint32_t count, live; /* connections, and those not closed */
	bool over;            /* the control peer has closed */
	struct sy_io_connection *connections;
	struct sy_io_deadline
		*deadlines;      /* a ring of `count`: one a connection */
	uint32_t first, pending; /* the oldest, and how many */
	unsigned char *request;  /* the body that every request has */
	unsigned char *inbox;
	unsigned char *replies; /* reply i starts at word i % period */
};

static inline int sy_io_watch(const struct sy_io_serve *serve, int operation,
                              int fd, uint32_t events, uint32_t about)
{
	struct epoll_event event = { .events = events | EPOLLET,
		                     .data.u32 = about };

	return epoll_ctl(serve->epoll, operation, fd, &event) ? -errno : 0;
}

#endif /* SY_IO_SERVE_INTERNAL_H */
