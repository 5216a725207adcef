/* SPDX-License-Identifier: MIT */
/*
 * eventloop_server.h - a server that tasks connect to, in a process of its
 * own.  What it does with a request of REQUEST bytes says the first of them:
 * 'e' sends it back, 'd' sends it back after as many milliseconds as the
 * second byte says, 'p' reads nothing for so long and drops what comes then,
 * 't' sends a byte now and then for ever, 'f' as much as
 * goes for ever, 'n' reads nothing more, 'c' closes; all others send nothing.
 */
#ifndef SY_EVENTLOOP_SERVER_H
#define SY_EVENTLOOP_SERVER_H

#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/un.h>

#include "eventloop_fixture.h"

#define REQUEST 64
#define CLIENTS 600
#define TRICKLE_NS (2 * NS_PER_MS)

struct client {
	unsigned char buf[REQUEST];
	size_t got;
	char mode;       /* of the request that goes on, or 0 */
	uint64_t due_ns; /* 'd', 'p', 't': the next look */
};

struct server {
	int listener;
	struct pollfd polls[CLIENTS + 1]; /* the first is the listener's */
	struct client clients[CLIENTS + 1];
	nfds_t count;
	int pending; /* clients with something due */
};

/* An address to connect to, and who answers there. */
struct place {
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_un un;
	} address;
	socklen_t bytes;
	int listener;
	pid_t server; /* or 0 */
};

static inline void drop(struct server *server, nfds_t i)
{
	close(server->polls[i].fd);
	server->count--;
	server->polls[i] = server->polls[server->count];
	server->clients[i] = server->clients[server->count];
}

static inline void begin_request(struct client *client)
{
	client->mode = (char)client->buf[0];
	client->got = 0;
	if (client->mode == 'd' || client->mode == 'p')
		client->due_ns = sy_clock_ns() + client->buf[1] * NS_PER_MS;
	else
		client->due_ns = sy_clock_ns();
}

/* False: the client is to be dropped. */
static inline bool hear(struct pollfd *poll_, struct client *client)
{
	static unsigned char dropped[1 << 20];
	ssize_t count;

	if (client->mode == 'p')
		return recv(poll_->fd, dropped, sizeof(dropped), MSG_DONTWAIT) >
		       0;
	count = recv(poll_->fd, client->buf + client->got,
	             REQUEST - client->got, MSG_DONTWAIT);
	if (count < 0)
		return errno == EAGAIN;
	client->got += (size_t)count;
	if (client->got == REQUEST)
		begin_request(client);
	return count && client->mode != 'c';
}

static inline bool reply(struct pollfd *poll_, struct client *client)
{
	static const unsigned char bytes[65536];
	const int flags = MSG_DONTWAIT | MSG_NOSIGNAL;
	uint64_t now_ns = sy_clock_ns();

	if (client->mode == 'f')
		return send(poll_->fd, bytes, sizeof(bytes), flags) >= 0 ||
		       errno == EAGAIN;
	if (now_ns < client->due_ns)
		return true;
	if (client->mode == 't') {
		client->due_ns = now_ns + TRICKLE_NS;
		return send(poll_->fd, bytes, 1, flags) == 1;
	}
	client->mode = 0;
	return send(poll_->fd, client->buf, REQUEST, flags) == REQUEST;
}

/* What is looked at in the next turn. */
static inline void set_events(struct server *server, nfds_t i)
{
	const struct client *client = &server->clients[i];
	char mode = client->mode;
	bool pauses = mode == 'p' && sy_clock_ns() < client->due_ns;

	server->polls[i].events = mode == 'n' || pauses ? 0
	                          : mode == 'f'         ? POLLIN | POLLOUT
	                                                : POLLIN;
	server->pending += mode == 'd' || mode == 't' || pauses;
}

static inline void serve_client(struct server *server, nfds_t i)
{
	struct pollfd *poll_ = &server->polls[i];
	struct client *client = &server->clients[i];
	bool stays = true;

	if (poll_->revents & ~POLLOUT)
		stays = hear(poll_, client);
	if (stays && client->mode && strchr("edtf", client->mode))
		stays = reply(poll_, client);
	if (stays)
		set_events(server, i);
	else
		drop(server, i);
}

static inline void admit(struct server *server)
{
	int fd = accept(server->listener, NULL, NULL);

	if (fd < 0)
		return;
	server->clients[server->count] = (struct client){ 0 };
	server->polls[server->count++] =
		(struct pollfd){ .fd = fd, .events = POLLIN };
}

static inline void serve_place(int listener)
{
	static struct server server;
	nfds_t i;

	server.listener = listener;
	server.polls[0] = (struct pollfd){ .fd = listener, .events = POLLIN };
	server.count = 1;
	while (poll(server.polls, server.count, server.pending ? 1 : -1) >= 0) {
		server.pending = 0;
		for (i = server.count; --i;)
			serve_client(&server, i);
		if (server.polls[0].revents && server.count <= CLIENTS)
			admit(&server);
	}
}

/* A listener with room for `backlog`, and nobody behind it. */
static inline void listen_at(struct place *place, bool tcp, int backlog)
{
	memset(place, 0, sizeof(*place));
	place->listener =
		socket(tcp ? AF_INET : AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (tcp) {
		place->address.in.sin_family = AF_INET;
		place->address.in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		place->bytes = sizeof(place->address.in);
	} else {
		place->address.un.sun_family = AF_UNIX;
		/* The kernel chooses an abstract name. */
		place->bytes = offsetof(struct sockaddr_un, sun_path);
	}
	assert_int_equal(
		bind(place->listener, &place->address.any, place->bytes), 0);
	assert_int_equal(listen(place->listener, backlog), 0);
	place->bytes = sizeof(place->address);
	assert_int_equal(getsockname(place->listener, &place->address.any,
	                             &place->bytes),
	                 0);
}

static inline void start_serving(struct place *place)
{
	pid_t parent = getpid();

	place->server = fork();
	assert_true(place->server >= 0);
	if (!place->server) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() == parent)
			serve_place(place->listener);
		_exit(1);
	}
	close(place->listener);
	place->listener = -1;
}

static inline void open_place(struct place *place, bool tcp)
{
	listen_at(place, tcp, 1024);
	start_serving(place);
}

static inline void close_place(struct place *place)
{
	if (place->listener >= 0)
		close(place->listener);
	if (!place->server)
		return;
	kill(place->server, SIGKILL);
	assert_int_equal(waitpid(place->server, NULL, 0), place->server);
}

/* A batch whose tasks connect there. */
static inline void make_client(struct fixture *fixture,
                               const struct sy_model *model, uint32_t inflight,
                               uint32_t loops, const struct place *place)
{
	make_batch(fixture, model, inflight, loops, 65536);
	fixture->batch->address = &place->address;
	fixture->batch->address_bytes = place->bytes;
}

static inline struct sy_op plain_op(uint32_t kind)
{
	return (struct sy_op){ .kind = kind };
}

/* A request of this kind; the task's index is in it. */
static inline struct sy_op request_op(struct sy_task *task, char mode,
                                      unsigned char ms)
{
	unsigned char *buf = task->lane->scratch;

	memset(buf, 0, REQUEST);
	buf[0] = (unsigned char)mode;
	buf[1] = ms;
	memcpy(buf + 2, &task->index, sizeof(task->index));
	task->local[1] = 0; /* bytes of the reply */
	return (struct sy_op){ .kind = SY_SEND, .count = REQUEST, .buf = buf };
}

/* More of the reply, which goes behind the request. */
static inline struct sy_op reply_op(struct sy_task *task)
{
	return (struct sy_op){
		.kind = SY_RECV,
		.count = (uint32_t)(REQUEST - task->local[1]),
		.buf = task->lane->scratch + REQUEST + task->local[1],
	};
}

/* After a receive.  True: the reply is whole and right, or has failed. */
static inline bool replied(struct sy_task *task)
{
	if (task->result <= 0) {
		task->error = task->result ? (int32_t)task->result : -EPIPE;
		return true;
	}
	task->local[1] += (uint64_t)task->result;
	if (task->local[1] < REQUEST)
		return false;
	if (memcmp(task->lane->scratch, task->lane->scratch + REQUEST, REQUEST))
		task->error = -EBADMSG;
	return true;
}

/* Fails the task where its last op did not end with `result`. */
static inline void expect(struct sy_task *task, int64_t result)
{
	if (task->result != result && !task->error)
		task->error =
			task->result < 0 ? (int32_t)task->result : -EPROTO;
}

static inline unsigned count_open(void)
{
	unsigned count = 0;
	int fd;

	for (fd = 0; fd < 4096; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

#endif /* SY_EVENTLOOP_SERVER_H */
