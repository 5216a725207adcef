/* SPDX-License-Identifier: MIT */
/* io_serve_open.c - making and unmaking what io_serve.c answers with. */
#include "workloads/io_serve_internal.h"

#include <stdlib.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "workloads/message.h"
#include "workloads/workload.h"

/* epoll_pwait2 came with Linux 5.11; before, a timerfd is in the set. */
static int timer_open(struct sy_io_serve *serve, bool forced)
{
	const struct timespec none = { 0 };
	struct epoll_event event;

	if (!serve->wait_ns)
		return 0;
	if (!forced && epoll_pwait2(serve->epoll, &event, 1, &none, NULL) >= 0)
		return 0;
	serve->timer =
		timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (serve->timer < 0)
		return -errno;
	return sy_io_watch(serve, EPOLL_CTL_ADD, serve->timer, EPOLLIN,
	                   SY_IO_TIMER);
}

static int buffers_make(struct sy_io_serve *serve)
{
	size_t replies =
		serve->reply_bytes + SY_VALUE_PERIOD * sizeof(uint64_t);

	serve->connections = calloc(serve->count, sizeof(*serve->connections));
	serve->deadlines = calloc(serve->count, sizeof(*serve->deadlines));
	serve->request = malloc(serve->request_bytes);
	serve->inbox = malloc(serve->request_bytes);
	serve->replies = malloc(replies);
	if (!serve->connections || !serve->deadlines || !serve->request ||
	    !serve->inbox || !serve->replies)
		return -ENOMEM;
	sy_message_fill(serve->request,
	                serve->request_bytes - SY_MESSAGE_HEADER,
	                SY_MESSAGE_REQUEST);
	/* A word earlier: the body of a reply follows its header. */
	sy_message_fill(serve->replies, replies, sy_message_reply(0) - 1);
	return 0;
}

static int connections_watch(struct sy_io_serve *serve, const int *fds)
{
	int rc = 0;

	for (uint32_t i = 0; !rc && i < serve->count; i++)
		rc = sy_io_watch(serve, EPOLL_CTL_ADD, fds[i],
		                 EPOLLIN | EPOLLRDHUP, i);
	/* Owned from here on only if all of them could be watched. */
	for (uint32_t i = 0; i < serve->count; i++)
		serve->connections[i].fd = rc ? -1 : fds[i];
	return rc;
}

int sy_io_serve_open(struct sy_io_serve **serve,
                     const struct sy_io_service *service)
{
	struct sy_io_serve *s = calloc(1, sizeof(*s));
	int rc;

	if (!s)
		return -ENOMEM;
	s->timer = -1;
	s->wait_ns = service->wait_ns;
	s->request_bytes = service->request_bytes;
	s->reply_bytes = service->reply_bytes;
	s->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (s->epoll < 0) {
		rc = -errno;
		goto close_serve;
	}
	s->count = service->count;
	rc = buffers_make(s);
	if (rc)
		goto close_none;
	rc = timer_open(s, service->timerfd);
	if (!rc)
		rc = sy_io_watch(s, EPOLL_CTL_ADD, service->control,
		                 EPOLLIN | EPOLLRDHUP, SY_IO_CONTROL);
	if (!rc)
		rc = connections_watch(s, service->fds);
	if (rc)
		goto close_none;
	s->live = s->count;
	*serve = s;
	return 0;
close_none:
	s->count = 0; /* the connections are still the caller's */
close_serve:
	sy_io_serve_close(s);
	return rc;
}

void sy_io_serve_close(struct sy_io_serve *serve)
{
	for (uint32_t i = 0; i < serve->count; i++) {
		if (serve->connections[i].fd >= 0)
			close(serve->connections[i].fd);
	}
	if (serve->timer >= 0)
		close(serve->timer);
	if (serve->epoll >= 0)
		close(serve->epoll);
	free(serve->connections);
	free(serve->deadlines);
	free(serve->request);
	free(serve->inbox);
	free(serve->replies);
	free(serve);
}
