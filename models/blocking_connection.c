/* SPDX-License-Identifier: MIT */
/*
 * blocking_connection.c - see blocking_connection.h.
 *
 * The time for connecting is limited by the socket's own time-out: that is
 * the only one that also holds while a Unix socket waits for room in its
 * listener's queue.  It is rounded up to the kernel's tick.
 */
#include "blocking_connection.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "stream_socket.h"

/* 0: the deadline has passed. */
static uint64_t remaining_ns(uint64_t by_ns)
{
	uint64_t now_ns = sy_clock_ns();

	return by_ns > now_ns ? by_ns - now_ns : 0;
}

/* 0 `ns`: no limit. */
static int limit_sending(int fd, uint64_t ns)
{
	uint64_t us = (ns + 999) / 1000;
	struct timeval limit = { .tv_sec = (time_t)(us / 1000000),
		                 .tv_usec = (suseconds_t)(us % 1000000) };

	return setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit))
	               ? -errno
	               : 0;
}

/* One call of connect, until it is done, interrupted, or time is up. */
static int try_connect(int fd, const struct sy_batch *batch, uint64_t by_ns)
{
	uint64_t ns = by_ns ? remaining_ns(by_ns) : 0;
	int err = 0;

	if (by_ns && !ns)
		return -ETIMEDOUT;
	if (by_ns)
		err = limit_sending(fd, ns);
	if (!err && connect(fd, batch->address, batch->address_bytes))
		err = -errno;
	/* What a socket says whose time is up: of a Unix one, or of others
	   in the first call and in one that went on after a signal. */
	if (by_ns &&
	    (err == -EAGAIN || err == -EINPROGRESS || err == -EALREADY))
		return -ETIMEDOUT;
	return err;
}

/* Called again after a signal, connect goes on waiting. */
static int connect_by(int fd, const struct sy_batch *batch, uint64_t by_ns)
{
	int err;

	do
		err = try_connect(fd, batch, by_ns);
	while (err == -EINTR);
	if (!err && by_ns)
		err = limit_sending(fd, 0);
	return err;
}

int64_t sy_blocking_connect(const struct sy_batch *batch, struct sy_lane *lane,
                            uint64_t by_ns)
{
	const struct sockaddr *address = batch->address;
	int fd, err;

	if (!address)
		return -EDESTADDRREQ;
	if (lane->fd >= 0)
		return -EISCONN;
	fd = sy_stream_socket(address, 0);
	if (fd < 0)
		return fd;
	err = connect_by(fd, batch, by_ns);
	if (err) {
		close(fd);
		return err;
	}
	lane->fd = fd;
	return 0;
}

void sy_blocking_hang_up(struct sy_lane *lane)
{
	if (lane->fd >= 0)
		close(lane->fd);
	lane->fd = -1;
}

/* Until the socket is ready for `events`, has an error, or time is up. */
static int await_ready(int fd, short events, uint64_t by_ns)
{
	struct pollfd polled = { .fd = fd, .events = events };
	int count;

	do {
		uint64_t ns = remaining_ns(by_ns);
		struct timespec limit = {
			.tv_sec = (time_t)(ns / UINT64_C(1000000000)),
			.tv_nsec = (long)(ns % UINT64_C(1000000000)),
		};

		if (!ns)
			return -ETIMEDOUT;
		count = ppoll(&polled, 1, &limit, NULL);
	} while (count < 0 && errno == EINTR);
	if (count < 0)
		return -errno;
	return count ? 0 : -ETIMEDOUT;
}

/*
 * The clock is read before each call, so that a peer which always has
 * something, or always room for something, cannot put the deadline off.
 */
static int64_t send_by(int fd, const unsigned char *buf, size_t count,
                       uint64_t by_ns)
{
	size_t sent = 0;
	int err = 0;

	while (sent < count && !err) {
		ssize_t n;

		if (!remaining_ns(by_ns))
			return -ETIMEDOUT;
		n = send(fd, buf + sent, count - sent,
		         MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n >= 0)
			sent += (size_t)n;
		else if (errno == EAGAIN)
			err = await_ready(fd, POLLOUT, by_ns);
		else if (errno != EINTR)
			err = -errno;
	}
	return err ? err : (int64_t)sent;
}

static int64_t receive_by(int fd, void *buf, size_t count, uint64_t by_ns)
{
	int err = 0;

	while (!err) {
		ssize_t n;

		if (!remaining_ns(by_ns))
			return -ETIMEDOUT;
		n = recv(fd, buf, count, MSG_DONTWAIT);
		if (n >= 0)
			return n;
		if (errno == EAGAIN)
			err = await_ready(fd, POLLIN, by_ns);
		else if (errno != EINTR)
			err = -errno;
	}
	return err;
}

int64_t sy_blocking_send(int fd, const void *buf, size_t count, uint64_t by_ns)
{
	const unsigned char *bytes = buf;
	size_t sent = 0;

	if (by_ns)
		return send_by(fd, buf, count, by_ns);
	while (sent < count) {
		ssize_t n = send(fd, bytes + sent, count - sent, MSG_NOSIGNAL);

		if (n >= 0)
			sent += (size_t)n;
		else if (errno != EINTR)
			return -errno;
	}
	return (int64_t)sent;
}

int64_t sy_blocking_receive(int fd, void *buf, size_t count, uint64_t by_ns)
{
	ssize_t n;

	if (by_ns)
		return receive_by(fd, buf, count, by_ns);
	do
		n = recv(fd, buf, count, 0);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

void sy_connections_close(struct sy_batch *batch)
{
	uint32_t i;

	if (!batch->address)
		return;
	for (i = 0; i < batch->inflight; i++)
		sy_blocking_hang_up(&batch->lanes[i]);
}

void sy_connections_forget(struct sy_batch *batch)
{
	uint32_t i;

	if (!batch->address)
		return;
	for (i = 0; i < batch->inflight; i++)
		batch->lanes[i].fd = -1;
}
