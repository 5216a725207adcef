/* SPDX-License-Identifier: MIT */
/* sink.c - see sink.h. */
#include "engine/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int sy_sink_open(int *fd)
{
	int sink = memfd_create("switchyard-sink",
	                        MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int error;

	if (sink < 0)
		return -errno;
	if (!ftruncate(sink, SY_SINK_BYTES) &&
	    !fcntl(sink, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK)) {
		*fd = sink;
		return 0;
	}
	error = -errno;
	close(sink);
	return error;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Copies what can be printed up to the line's end; whether it says anything. */
static bool copy(const char *from, size_t length, char *line)
{
	bool says = false;
	size_t used = 0;

	for (size_t i = 0; i < length && used < SY_SINK_LINE_BYTES - 1; i++) {
		if (from[i] < ' ' || from[i] > '~')
			continue;
		says |= is_letter(from[i]);
		line[used++] = from[i];
	}
	line[used] = '\0';
	return says;
}

int sy_sink_line(int fd, char line[SY_SINK_LINE_BYTES])
{
	char text[SY_SINK_BYTES];
	ssize_t got = pread(fd, text, sizeof(text), 0);
	const char *at = text, *end = text + (got > 0 ? got : 0);

	while (at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		size_t length = (size_t)((stop ? stop : end) - at);

		if (copy(at, length, line))
			return 0;
		at += length + 1;
	}
	return -ENOENT;
}
