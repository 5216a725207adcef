/* SPDX-License-Identifier: MIT */
/*
 * listener_fixture.h - servers to connect to, and batches that do.
 *
 * A server is one process that answers all of its connections in one of a few
 * ways, until it is ended.
 */
#ifndef SY_LISTENER_FIXTURE_H
#define SY_LISTENER_FIXTURE_H

#include "meet_fixture.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/un.h>

#define PEERS_MAX 64

enum manner {
	ECHO,    /* sends back what comes */
	SILENT,  /* reads, and never answers */
	DEAF,    /* never reads */
	TRICKLE, /* a byte every few milliseconds, unasked */
	FLOOD,   /* all the time, unasked */
};

struct listener {
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_un un;
	} address;
	socklen_t bytes;
	int fd;
	pid_t pid; /* 0: nobody accepts */
};

/* Bound and listening; nobody accepts yet. */
static inline void listen_on(struct listener *listener, int family, int backlog)
{
	memset(listener, 0, sizeof(*listener));
	listener->address.any.sa_family = (sa_family_t)family;
	/* A Unix socket without a path is given a name by the kernel. */
	listener->bytes = family == AF_UNIX
	                          ? (socklen_t)sizeof(sa_family_t)
	                          : (socklen_t)sizeof(listener->address.in);
	if (family == AF_INET)
		listener->address.in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	listener->fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(listener->fd >= 0);
	assert_int_equal(
		bind(listener->fd, &listener->address.any, listener->bytes), 0);
	listener->bytes = sizeof(listener->address);
	assert_int_equal(getsockname(listener->fd, &listener->address.any,
	                             &listener->bytes),
	                 0);
	assert_int_equal(listen(listener->fd, backlog), 0);
}

static inline void answer(int fd, enum manner manner)
{
	static char buf[1 << 16];
	ssize_t n = 1;

	if (manner == ECHO || manner == SILENT)
		n = recv(fd, buf, sizeof(buf), MSG_DONTWAIT);
	if (manner == FLOOD)
		n = (ssize_t)sizeof(buf);
	if (n > 0 && manner != SILENT && manner != DEAF)
		(void)!send(fd, buf, (size_t)n, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* What the peers want, or that which the server does unasked. */
static inline void serve_round(struct pollfd *polled, nfds_t *count,
                               enum manner manner)
{
	bool unasked = manner == TRICKLE || manner == FLOOD;
	nfds_t i;

	poll(polled, *count, manner == TRICKLE ? 5 : manner == FLOOD ? 0 : -1);
	for (i = 1; i < *count; i++) {
		if (polled[i].revents & (POLLHUP | POLLERR))
			continue;
		if (unasked || polled[i].revents & POLLIN)
			answer(polled[i].fd, manner);
	}
	for (i = *count; i-- > 1;) {
		char byte;

		if (recv(polled[i].fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT))
			continue;
		close(polled[i].fd);
		polled[i] = polled[--*count];
	}
	if (polled[0].revents & POLLIN && *count < PEERS_MAX)
		polled[(*count)++] =
			(struct pollfd){ .fd = accept(polled[0].fd, NULL, NULL),
			                 .events =
			                         manner == DEAF ? 0 : POLLIN };
}

static inline void serve(struct listener *listener, enum manner manner)
{
	struct pollfd polled[PEERS_MAX] = { { .fd = listener->fd,
		                              .events = POLLIN } };
	nfds_t count = 1;

	fflush(NULL);
	listener->pid = fork();
	assert_true(listener->pid >= 0);
	if (listener->pid)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		serve_round(polled, &count, manner);
}

static inline void end_listener(struct listener *listener)
{
	if (listener->pid) {
		kill(listener->pid, SIGKILL);
		assert_int_equal(waitpid(listener->pid, NULL, 0),
		                 listener->pid);
	}
	close(listener->fd);
}

static inline struct sy_batch *
create_connecting(const struct sy_model *model, sy_step_fn *step,
                  const struct listener *listener)
{
	struct sy_batch *batch = create_batch(model, LANES, step, 0, 0);
	struct sockaddr *address = share(sizeof(listener->address));

	memcpy(address, &listener->address, sizeof(listener->address));
	batch->address = address;
	batch->address_bytes = listener->bytes;
	return batch;
}

static inline void destroy_connecting(struct sy_batch *batch)
{
	munmap((void *)(uintptr_t)batch->address,
	       sizeof(((struct listener *)NULL)->address));
	sy_batch_destroy(batch);
}

static inline void assert_all_hung_up(const struct sy_batch *batch)
{
	for (uint32_t i = 0; i < batch->inflight; i++)
		assert_int_equal(batch->lanes[i].fd, -1);
}

/* Two runs on one state; then nothing is left of the connections. */
static inline void run_connecting(const struct sy_model *model,
                                  struct sy_batch *batch, uint64_t count)
{
	struct sy_tally tally;
	void *state;

	batch->task_count = count;
	assert_int_equal(model->open(&state, batch), 0);
	assert_int_equal(model->run(state), 0);
	assert_int_equal(model->run(state), 0);
	model->close(state);
	sy_batch_tally(batch, &tally);
	assert_int_equal(tally.error, 0);
	assert_int_equal(tally.done, 2 * count);
	assert_all_hung_up(batch);
}

static inline struct sy_op op_carry(struct sy_task *task, enum sy_op_kind kind)
{
	return (struct sy_op){ .kind = kind,
		               .count = sizeof(task->index),
		               .buf = task->lane->scratch };
}

#endif /* SY_LISTENER_FIXTURE_H */
