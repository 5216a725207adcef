/* SPDX-License-Identifier: MIT */
/*
 * io_serve.c - answering, see io_serve.h.
 *
 * What the server costs is part of every io figure, so it makes two system
 * calls a round trip beside its share of an epoll_wait: one recv, one send.
 * - Edge-triggered: a level-triggered set looks at every socket twice.
 * - One recv an event: it asks for what the request still lacks, so it either
 *   completes the request, after which the client sends nothing until it is
 *   answered, or has drained the socket.
 * - EPOLLOUT is asked for only while a reply is stuck; else every recv of a
 *   client would wake the server.
 * - All waits are equally long, so deadlines are a queue, not a heap.
 *
 * A damaged request is answered with an index that is not the client's.  A
 * client that has closed its side is not answered any more.
 */
#include "workloads/io_serve_internal.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "workloads/message.h"
#include "workloads/workload.h"

#define EVENTS_MAX 128
#define SECOND_NS UINT64_C(1000000000)

static void connection_close(struct sy_io_serve *serve,
                             struct sy_io_connection *c)
{
	close(c->fd);
	c->fd = -1;
	serve->live--;
}

/* Asks to be told of room, or not, and closes a connection that cannot. */
static void connection_stick(struct sy_io_serve *serve,
                             struct sy_io_connection *c, bool stuck)
{
	uint32_t about = (uint32_t)(c - serve->connections);
	uint32_t out = stuck ? EPOLLOUT : 0;

	c->stuck = stuck;
	if (sy_io_watch(serve, EPOLL_CTL_MOD, c->fd, EPOLLIN | EPOLLRDHUP | out,
	                about))
		connection_close(serve, c);
}

/*
 * Sends what there is room for.  The header is put into the shared filler for
 * the time of the call: a reply is then one piece of memory, and one buffer
 * serves all of them.
 */
static ssize_t reply_send(struct sy_io_serve *serve,
                          const struct sy_io_connection *c)
{
	unsigned char *reply =
		serve->replies + c->index % SY_VALUE_PERIOD * sizeof(c->index);
	uint64_t echo = c->damaged ? ~c->index : c->index;
	uint64_t covered;
	ssize_t sent;

	memcpy(&covered, reply, sizeof(covered));
	memcpy(reply, &echo, sizeof(echo));
	sent = send(c->fd, reply + c->sent, serve->reply_bytes - c->sent,
	            MSG_DONTWAIT | MSG_NOSIGNAL);
	memcpy(reply, &covered, sizeof(covered));
	return sent;
}

static void answer(struct sy_io_serve *serve, struct sy_io_connection *c)
{
	ssize_t sent = reply_send(serve, c);

	if (sent < 0) {
		if (errno != EAGAIN && errno != EINTR) {
			connection_close(serve, c);
			return;
		}
		sent = 0;
	}
	c->sent += (uint32_t)sent;
	if (c->sent < serve->reply_bytes) {
		if (!c->stuck)
			connection_stick(serve, c, true);
		return;
	}
	c->received = 0;
	c->sent = 0;
	c->damaged = false;
	if (c->stuck)
		connection_stick(serve, c, false);
}

static void answer_due(struct sy_io_serve *serve, uint64_t now_ns)
{
	while (serve->pending &&
	       serve->deadlines[serve->first].due_ns <= now_ns) {
		uint32_t i = serve->deadlines[serve->first].connection;

		serve->first++;
		if (serve->first == serve->count)
			serve->first = 0;
		serve->pending--;
		if (serve->connections[i].fd >= 0)
			answer(serve, &serve->connections[i]);
	}
}

static void postpone(struct sy_io_serve *serve, struct sy_io_connection *c,
                     uint64_t now_ns)
{
	uint64_t at = (uint64_t)serve->first + serve->pending++;

	serve->deadlines[at % serve->count] = (struct sy_io_deadline){
		.due_ns = now_ns + serve->wait_ns,
		.connection = (uint32_t)(c - serve->connections),
	};
}

/* Whether `count` bytes that came are the next ones of a right request. */
static bool request_take(struct sy_io_serve *serve, struct sy_io_connection *c,
                         size_t count)
{
	const unsigned char *in = serve->inbox;
	size_t at = c->received;

	c->received += (uint32_t)count;
	if (at < SY_MESSAGE_HEADER) {
		size_t head = SY_MESSAGE_HEADER - at;

		if (head > count)
			head = count;
		memcpy((unsigned char *)&c->index + at, in, head);
		at += head;
		in += head;
		count -= head;
	}
	return !memcmp(in, serve->request + at - SY_MESSAGE_HEADER, count);
}

static void receive(struct sy_io_serve *serve, struct sy_io_connection *c)
{
	ssize_t got = recv(c->fd, serve->inbox,
	                   serve->request_bytes - c->received, MSG_DONTWAIT);

	if (got <= 0) {
		if (!got || (errno != EAGAIN && errno != EINTR))
			connection_close(serve, c);
		return;
	}
	if (!request_take(serve, c, (size_t)got))
		c->damaged = true;
	if (c->received < serve->request_bytes)
		return;
	if (serve->wait_ns) {
		uint64_t now_ns = sy_clock_ns();

		postpone(serve, c, now_ns);
		answer_due(serve, now_ns);
	} else {
		answer(serve, c);
	}
}

static void handle(struct sy_io_serve *serve, const struct epoll_event *event)
{
	struct sy_io_connection *c;

	if (event->data.u32 == SY_IO_TIMER) {
		serve->armed_ns = 0;
		return;
	}
	if (event->data.u32 == SY_IO_CONTROL) {
		serve->over = true;
		return;
	}
	c = &serve->connections[event->data.u32];
	if (c->fd < 0)
		return;
	if (event->events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))
		connection_close(serve, c);
	else if (c->stuck)
		answer(serve, c);
	else if (c->received < serve->request_bytes)
		receive(serve, c);
}

/* Sets the timer to the oldest deadline where it is set to another. */
static int timer_arm(struct sy_io_serve *serve)
{
	uint64_t due_ns = serve->deadlines[serve->first].due_ns;
	struct itimerspec at = {
		.it_value.tv_sec = (time_t)(due_ns / SECOND_NS),
		.it_value.tv_nsec = (long)(due_ns % SECOND_NS),
	};

	if (due_ns == serve->armed_ns)
		return 0;
	if (timerfd_settime(serve->timer, TFD_TIMER_ABSTIME, &at, NULL))
		return -errno;
	serve->armed_ns = due_ns;
	return 0;
}

/* The events that have come, waiting for one or for the oldest deadline. */
static int await(struct sy_io_serve *serve, struct epoll_event *events)
{
	struct timespec timeout = { 0 };
	uint64_t now_ns, due_ns;
	int rc;

	if (!serve->pending)
		return epoll_wait(serve->epoll, events, EVENTS_MAX, -1);
	if (serve->timer >= 0) {
		rc = timer_arm(serve);
		if (rc) {
			errno = -rc;
			return -1;
		}
		return epoll_wait(serve->epoll, events, EVENTS_MAX, -1);
	}
	now_ns = sy_clock_ns();
	due_ns = serve->deadlines[serve->first].due_ns;
	if (due_ns > now_ns) {
		timeout.tv_sec = (time_t)((due_ns - now_ns) / SECOND_NS);
		timeout.tv_nsec = (long)((due_ns - now_ns) % SECOND_NS);
	}
	return epoll_pwait2(serve->epoll, events, EVENTS_MAX, &timeout, NULL);
}

int sy_io_serve_run(struct sy_io_serve *serve)
{
	struct epoll_event events[EVENTS_MAX];

	while (serve->live && !serve->over) {
		int count = await(serve, events);

		if (count < 0 && errno != EINTR)
			return -errno;
		for (int i = 0; i < count; i++)
			handle(serve, &events[i]);
		if (serve->pending)
			answer_due(serve, sy_clock_ns());
	}
	return 0;
}
