/* SPDX-License-Identifier: MIT */
/*
 * fuzz_answer.c - what a worker answers, as the driver takes it: hello, ready,
 * sized, samples, errors.
 *
 * The lines are there before they are asked for.  A sample that is taken is
 * the same when it is written down and read again, and can be added up.
 */
#include "fuzz.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/protocol.h"
#include "engine/remote.h"
#include "engine/result.h"

/* Of each workload that looks for something, in turn. */
static const struct sy_finding *findings_of(size_t number)
{
	size_t count = 0;

	while (sy_workloads[count])
		count++;
	return sy_workloads[number % count]->findings;
}

static void check_slice(const struct sy_slice *slice)
{
	struct sy_slice *again = malloc(sizeof(*again));
	struct sy_result result = { 0 };
	json_t *json = sy_slice_to_json(slice), *back;

	fuzz_must(again && json);
	fuzz_must(slice->operations && slice->elapsed_ns);
	fuzz_must(!sy_slice_from_json(again, json));
	fuzz_must(!sy_findings_from_json(again, slice->findings, json));
	back = sy_slice_to_json(again);
	fuzz_must(json_equal(json, back));
	json_decref(back);
	json_decref(json);
	fuzz_must(!sy_result_add(&result, slice, 0, 0));
	sy_result_free(&result);
	free(again);
}

/* What is asked for in turn, once the worker is ready. */
static int ask(struct sy_remote *remote, size_t turn, struct sy_slice *slice,
               struct sy_reason *reason)
{
	uint64_t operations = 0;
	int error;

	if (turn == 0) {
		json_t *told = NULL;

		error = sy_remote_hello(remote, -1, 0, &told, reason);
		json_decref(told);
		return error;
	}
	if (turn == 1)
		return sy_remote_open_end(remote, -1, 0, reason);
	if (turn == 2) {
		error = sy_remote_size(remote, 10000000, -1, 0, &operations,
		                       reason);
		fuzz_must(error || operations);
		return error;
	}
	remote->findings = findings_of(turn);
	error = sy_remote_slice(remote, 1, 0, -1, 0, slice, reason);
	if (!error)
		check_slice(slice);
	return error;
}

/* A worker reads what it is asked, whatever it then answers. */
static void read_requests(int fd)
{
	char requests[4096];

	while (recv(fd, requests, sizeof(requests), MSG_DONTWAIT) > 0)
		;
}

static void answer(const uint8_t *data, size_t size, int ends[2])
{
	struct sy_remote remote = { .fd = ends[0] };
	struct sy_slice *slice = malloc(sizeof(*slice));
	struct sy_reason reason;

	fuzz_must(slice && !sy_line_reader_open(&remote.reader, ends[0]));
	fuzz_must(send(ends[1], data, size, 0) == (ssize_t)size);
	/* A line for every question, so that nobody waits for one. */
	for (size_t turn = 0; data; turn++) {
		const uint8_t *end = memchr(data, '\n', size);

		if (!end)
			break;
		if (ask(&remote, turn, slice, &reason))
			fuzz_check_reason(&reason);
		read_requests(ends[1]);
		size -= (size_t)(end + 1 - data);
		data = end + 1;
	}
	sy_line_reader_close(&remote.reader);
	free(slice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int ends[2];

	fuzz_must(!socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
	answer(data, size, ends);
	close(ends[0]);
	close(ends[1]);
	return 0;
}
