/* SPDX-License-Identifier: MIT */
/*
 * handoff_descriptor.c - a pipe, a socket pair or an eventfd for each context.
 *
 * A hand-off is a write to the next one's descriptor and a read from one's
 * own: one switch.  A pipe and a socket pair carry one byte, an eventfd the
 * number that it counts by.  Both ends stay open in every context.
 *
 * `alone` writes and reads one's own: the same two system calls, with the
 * token copied in and out, and nobody who sleeps.  What is left in the net
 * figure is putting one context to sleep and waking the other.
 */
#include "models.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "relay.h"

static int create_pipe(struct sy_relay_seat *seat)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	seat->in = ends[0];
	seat->out = ends[1];
	return 0;
}

static int create_sockets(struct sy_relay_seat *seat)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		return -errno;
	seat->in = ends[0];
	seat->out = ends[1];
	return 0;
}

static void destroy_ends(struct sy_relay_seat *seat)
{
	close(seat->in);
	close(seat->out);
}

static int create_event(struct sy_relay_seat *seat)
{
	int fd = eventfd(0, EFD_CLOEXEC);

	if (fd < 0)
		return -errno;
	seat->in = seat->out = fd;
	return 0;
}

static void destroy_event(struct sy_relay_seat *seat)
{
	close(seat->in);
}

/* There is room, as there is one token: only a signal stops it. */
static inline void write_to(struct sy_relay_seat *to, size_t bytes)
{
	const uint64_t token = 1;

	while (write(to->out, &token, bytes) < 0 && errno == EINTR)
		;
}

static inline int read_from(struct sy_relay_seat *me, size_t bytes)
{
	uint64_t token;
	ssize_t got = read(me->in, &token, bytes);

	if (got < 0)
		return -errno;
	return got ? 0 : -EPIPE;
}

static void give_byte(struct sy_relay_seat *to)
{
	write_to(to, 1);
}

static int take_byte(struct sy_relay_seat *me)
{
	return read_from(me, 1);
}

static int pass_byte(struct sy_relay_seat *me)
{
	write_to(me->next, 1);
	return read_from(me, 1);
}

/* There is something to read, so that no signal stops it. */
static int alone_byte(struct sy_relay_seat *me)
{
	write_to(me, 1);
	return read_from(me, 1);
}

static void give_count(struct sy_relay_seat *to)
{
	write_to(to, sizeof(uint64_t));
}

static int take_count(struct sy_relay_seat *me)
{
	return read_from(me, sizeof(uint64_t));
}

static int pass_count(struct sy_relay_seat *me)
{
	write_to(me->next, sizeof(uint64_t));
	return read_from(me, sizeof(uint64_t));
}

static int alone_count(struct sy_relay_seat *me)
{
	write_to(me, sizeof(uint64_t));
	return read_from(me, sizeof(uint64_t));
}

static const struct sy_relay_way over_pipe = {
	.create = create_pipe,
	.destroy = destroy_ends,
	.give = give_byte,
	.take = take_byte,
	.pass = pass_byte,
	.alone = alone_byte,
	.descriptors = 2,
};

static const struct sy_relay_way over_sockets = {
	.create = create_sockets,
	.destroy = destroy_ends,
	.give = give_byte,
	.take = take_byte,
	.pass = pass_byte,
	.alone = alone_byte,
	.descriptors = 2,
};

static const struct sy_relay_way over_event = {
	.create = create_event,
	.destroy = destroy_event,
	.give = give_count,
	.take = take_count,
	.pass = pass_count,
	.alone = alone_count,
	.descriptors = 1,
};

const struct sy_mechanism sy_threads_pipe = {
	SY_RELAY_THREADS,
	.name = "pipe",
	.summary = "a byte through a pipe",
	.takes = SY_TAKES_RING | SY_TAKES_WORKING,
	.switches_min = 1,
	.switches_max = 1,
	.way = &over_pipe,
};

const struct sy_mechanism sy_threads_socketpair = {
	SY_RELAY_THREADS,
	.name = "socketpair",
	.summary = "a byte through a Unix socket pair",
	.takes = SY_TAKES_RING | SY_TAKES_WORKING,
	.switches_min = 1,
	.switches_max = 1,
	.way = &over_sockets,
};

const struct sy_mechanism sy_threads_eventfd = {
	SY_RELAY_THREADS,
	.name = "eventfd",
	.summary = "an event counter",
	.takes = SY_TAKES_RING | SY_TAKES_WORKING,
	.switches_min = 1,
	.switches_max = 1,
	.way = &over_event,
};

const struct sy_mechanism sy_fork_pipe = {
	SY_RELAY_PROCESSES,
	.name = "pipe",
	.summary = "a byte through a pipe",
	.takes = SY_TAKES_RING | SY_TAKES_WORKING,
	.switches_min = 1,
	.switches_max = 1,
	.way = &over_pipe,
};

const struct sy_mechanism sy_fork_socketpair = {
	SY_RELAY_PROCESSES,
	.name = "socketpair",
	.summary = "a byte through a Unix socket pair",
	.takes = SY_TAKES_RING | SY_TAKES_WORKING,
	.switches_min = 1,
	.switches_max = 1,
	.way = &over_sockets,
};
