/* SPDX-License-Identifier: MIT */
/*
 * peer_epoll.c - raw.epoll: request and reply as a state machine on one
 * epoll, edge-triggered, with nothing between the system calls and the work.
 *
 * An event means that a reply has come: the lane receives it, sends its next
 * request and goes back to sleep.  Only io; there is nothing to poll in cpu.
 */
#include "study/peer.h"

#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS_MAX 128

struct client {
	uint64_t index;    /* of the task */
	uint32_t sent;     /* bytes of the request */
	uint32_t received; /* bytes of the reply */
	bool stuck;        /* EPOLLOUT is on */
	bool live;         /* it has a task */
};

struct loop {
	struct sy_peer peer;
	int epoll;
	uint64_t next;
	uint32_t live; /* lanes with a task */
	struct client clients[];
};

static int watch(const struct loop *loop, int operation, uint32_t i,
                 uint32_t events)
{
	struct epoll_event event = {
		.events = events | EPOLLIN | EPOLLRDHUP | EPOLLET, .data.u32 = i
	};

	return epoll_ctl(loop->epoll, operation, loop->peer.batch->lanes[i].fd,
	                 &event)
	               ? -errno
	               : 0;
}

/* Sends the rest of the request: 1 when it is out, 0 when it is stuck. */
static int client_send(struct loop *loop, uint32_t i)
{
	struct client *client = &loop->clients[i];
	const struct sy_lane *lane = &loop->peer.batch->lanes[i];
	uint32_t bytes = loop->peer.load->request_bytes;
	ssize_t sent = send(lane->fd, lane->scratch + client->sent,
	                    bytes - client->sent, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (sent < 0 && errno != EAGAIN && errno != EINTR)
		return -errno;
	client->sent += sent > 0 ? (uint32_t)sent : 0;
	if ((client->sent < bytes) == client->stuck)
		return !client->stuck;
	client->stuck = !client->stuck;
	return watch(loop, EPOLL_CTL_MOD, i, client->stuck ? EPOLLOUT : 0)
	               ? -errno
	               : !client->stuck;
}

/* Receives what has come: 1 when the reply is whole, 0 when it is not. */
static int client_receive(struct loop *loop, uint32_t i)
{
	struct client *client = &loop->clients[i];
	const struct sy_load *load = loop->peer.load;
	const struct sy_lane *lane = &loop->peer.batch->lanes[i];
	ssize_t got = recv(lane->fd,
	                   sy_io_reply(load, lane->scratch) + client->received,
	                   load->reply_bytes - client->received, MSG_DONTWAIT);

	if (got < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	if (!got)
		return -EPIPE;
	client->received += (uint32_t)got;
	return client->received == load->reply_bytes;
}

static void client_end(struct loop *loop, uint32_t i, int error)
{
	struct sy_lane *lane = &loop->peer.batch->lanes[i];
	uint64_t index = loop->clients[i].index, value = 0;

	if (!error)
		error = sy_io_check(loop->peer.job,
		                    sy_io_reply(loop->peer.load, lane->scratch),
		                    index, &value);
	sy_peer_end(&loop->peer, lane, index);
	sy_tally_add(&lane->tally, index, value, error);
}

/* Begins tasks on a lane until one waits or none is left. */
static void client_begin(struct loop *loop, uint32_t i)
{
	struct client *client = &loop->clients[i];
	struct sy_lane *lane = &loop->peer.batch->lanes[i];
	int error = -EPIPE;

	while (error < 0 && loop->next < loop->peer.batch->task_count) {
		client->index = loop->next++;
		client->sent = 0;
		client->received = 0;
		sy_peer_begin(&loop->peer, lane, client->index);
		sy_io_address(lane->scratch, client->index);
		error = client_send(loop, i);
		if (error < 0)
			client_end(loop, i, error);
	}
	client->live = error >= 0;
	if (!client->live)
		loop->live--;
}

static void client_event(struct loop *loop, uint32_t i, uint32_t events)
{
	struct client *client = &loop->clients[i];
	/* The last event of a connection: all that is left is to be read. */
	bool last = events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR);
	int rc;

	if (!client->live)
		return;
	if (client->sent < loop->peer.load->request_bytes) {
		rc = client_send(loop, i);
		if (rc > 0)
			rc = 0;
	} else {
		do {
			rc = client_receive(loop, i);
		} while (!rc && last);
	}
	if (!rc)
		return;
	client_end(loop, i, rc < 0 ? rc : 0);
	client_begin(loop, i);
}

static int peer_run(void *state)
{
	struct loop *loop = state;
	struct sy_batch *batch = loop->peer.batch;
	struct epoll_event events[EVENTS_MAX];

	loop->next = 0;
	loop->live = batch->inflight;
	for (uint32_t i = 0; i < batch->inflight; i++)
		client_begin(loop, i);
	while (loop->live) {
		int count = epoll_wait(loop->epoll, events, EVENTS_MAX, -1);

		if (count < 0 && errno != EINTR)
			return -errno;
		for (int i = 0; i < count; i++)
			client_event(loop, events[i].data.u32,
			             events[i].events);
	}
	sy_context_see(&batch->contexts[0]);
	return 0;
}

static void peer_close(void *state)
{
	struct loop *loop = state;

	close(loop->epoll);
	free(loop);
}

static int peer_open(void **state, struct sy_batch *batch)
{
	struct loop *loop = calloc(
		1, sizeof(*loop) + batch->inflight * sizeof(struct client));
	int rc = loop ? sy_peer_init_single(&loop->peer, batch) : -ENOMEM;

	if (!rc && !loop->peer.job)
		rc = -ENOTSUP;
	if (rc) {
		free(loop);
		return rc;
	}
	loop->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (loop->epoll < 0) {
		rc = -errno;
		free(loop);
		return rc;
	}
	for (uint32_t i = 0; !rc && i < batch->inflight; i++)
		rc = watch(loop, EPOLL_CTL_ADD, i, 0);
	if (rc)
		peer_close(loop);
	else
		*state = loop;
	return rc;
}

const struct sy_model sy_peer_epoll = {
	.name = "raw.epoll",
	.summary = "request and reply on one epoll, nothing in between",
	.absent = sy_peer_absent,
	.needs = sy_peer_needs_single,
	.open = peer_open,
	.run = peer_run,
	.close = peer_close,
};
