/* SPDX-License-Identifier: MIT */
/*
 * fuzz_message.c - lines of the worker's protocol as they come from a socket:
 * whole, torn and together.
 *
 * The first byte says in which pieces they come.  However they do, there are
 * as many answers as lines, and the end of the stream is told.
 */
#include "fuzz.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/protocol.h"

/* Takes what is there; how many lines that were. */
static size_t take(struct sy_line_reader *reader, int *last)
{
	json_t *message;
	size_t lines = 0;

	for (;;) {
		*last = sy_message_receive(reader, -1, 0, &message);
		if (*last && *last != -EPROTO)
			return lines;
		lines++;
		if (*last)
			continue;
		fuzz_must(json_is_object(message));
		json_decref(message);
	}
}

static size_t count_lines(const uint8_t *data, size_t size)
{
	size_t lines = 0;

	for (size_t i = 0; i < size; i++)
		lines += data[i] == '\n';
	return lines;
}

static void feed(const uint8_t *data, size_t size, size_t piece)
{
	struct sy_line_reader reader;
	int ends[2], last;
	size_t expected = count_lines(data, size), lines = 0;

	fuzz_must(!socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
	fuzz_must(!sy_line_reader_open(&reader, ends[0]));
	while (size) {
		size_t part = size < piece ? size : piece;

		fuzz_must(send(ends[1], data, part, 0) == (ssize_t)part);
		lines += take(&reader, &last);
		fuzz_must(last == -ETIMEDOUT);
		data += part;
		size -= part;
	}
	close(ends[1]);
	fuzz_must(take(&reader, &last) == 0 && last == -EPIPE);
	fuzz_must(lines == expected);
	sy_line_reader_close(&reader);
	close(ends[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size)
		feed(data + 1, size - 1, 1 + (size_t)data[0] * 16);
	return 0;
}
