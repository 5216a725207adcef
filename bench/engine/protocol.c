/* SPDX-License-Identifier: MIT */
/* protocol.c - lines of JSON over a socket; see protocol.h. */
#include "engine/protocol.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int sy_line_reader_open(struct sy_line_reader *reader, int fd)
{
	*reader = (struct sy_line_reader){ .fd = fd, .end_fd = -1 };
	reader->buffer = malloc(SY_LINE_BYTES);
	return reader->buffer ? 0 : -ENOMEM;
}

void sy_line_reader_close(struct sy_line_reader *reader)
{
	free(reader->buffer);
	reader->buffer = NULL;
}

/* Parses the line that ends at `end` and drops it from the buffer. */
static int take_line(struct sy_line_reader *reader, char *end, json_t **message)
{
	size_t line = (size_t)(end - reader->buffer);
	json_error_t where;

	*message = json_loadb(reader->buffer, line, JSON_REJECT_DUPLICATES,
	                      &where);
	reader->used -= line + 1;
	reader->scanned = 0;
	memmove(reader->buffer, end + 1, reader->used);
	if (!*message)
		return -EPROTO;
	if (!json_is_object(*message)) {
		json_decref(*message);
		return -EPROTO;
	}
	return 0;
}

/* What is left until then, rounded up; -1: for ever. */
static int left_ms(uint64_t end_ns)
{
	uint64_t now_ns = sy_clock_ns();

	if (end_ns == UINT64_MAX)
		return -1;
	return now_ns < end_ns ? (int)((end_ns - now_ns + 999999) / 1000000)
	                       : 0;
}

static int wait_readable(struct sy_line_reader *reader, int cancel_fd,
                         int timeout_ms)
{
	struct pollfd fds[3] = {
		{ .fd = reader->fd, .events = POLLIN },
		{ .fd = cancel_fd, .events = POLLIN },
		{ .fd = reader->end_fd, .events = POLLIN },
	};
	int ready = poll(fds, 3, timeout_ms);

	if (ready < 0)
		return errno == EINTR ? 0 : -errno;
	if (!ready)
		return -ETIMEDOUT;
	if (fds[1].revents)
		return -ECANCELED;
	/* Its last words come first. */
	return fds[2].revents && !fds[0].revents ? -EPIPE : 0;
}

static int fill(struct sy_line_reader *reader)
{
	ssize_t got;

	if (reader->used == SY_LINE_BYTES)
		return -EPROTO;
	got = recv(reader->fd, reader->buffer + reader->used,
	           SY_LINE_BYTES - reader->used, MSG_DONTWAIT);
	if (got == 0 || (got < 0 && errno == ECONNRESET))
		return -EPIPE;
	if (got < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	reader->used += (size_t)got;
	return 0;
}

bool sy_line_reader_holds(struct sy_line_reader *reader)
{
	/* That the other end is gone is found by who sends or receives. */
	if (!reader->used)
		fill(reader);
	return reader->used;
}

int sy_message_receive(struct sy_line_reader *reader, int cancel_fd,
                       int timeout_ms, json_t **message)
{
	/* Of the whole line: one that only drips in does not put it off. */
	uint64_t end_ns =
		timeout_ms < 0 ? UINT64_MAX
			       : sy_clock_ns() + (uint64_t)timeout_ms * 1000000;

	for (;;) {
		char *end = memchr(reader->buffer + reader->scanned, '\n',
		                   reader->used - reader->scanned);
		int error;

		if (end)
			return take_line(reader, end, message);
		reader->scanned = reader->used;
		error = wait_readable(reader, cancel_fd, left_ms(end_ns));
		if (!error)
			error = fill(reader);
		if (error)
			return error;
	}
}

static int send_all(int fd, const char *text, size_t bytes)
{
	while (bytes) {
		ssize_t sent = send(fd, text, bytes, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return errno == EAGAIN ? -ETIMEDOUT : -errno;
		text += sent;
		bytes -= (size_t)sent;
	}
	return 0;
}

int sy_message_send(int fd, json_t *message)
{
	char *text = message ? json_dumps(message, JSON_COMPACT) : NULL;
	size_t bytes;
	int error;

	json_decref(message);
	if (!text)
		return -ENOMEM;
	bytes = strlen(text);
	text[bytes] = '\n'; /* in place of the NUL: one send a line */
	error = send_all(fd, text, bytes + 1);
	free(text);
	return error;
}
