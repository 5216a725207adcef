/* SPDX-License-Identifier: MIT */
/*
 * fuzz_answer.c - what a worker answers, as the driver takes it: hello, ready,
 * sized, samples, errors.
 *
 * A thread says one line for each request.  A sample that is taken is the same
 * when it is written down and read again, and can be added up.
 */
#include "fuzz.h"

#include <errno.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/protocol.h"
#include "engine/remote.h"
#include "engine/result.h"

/* Nobody waits so long: a line is there, or follows a request. */
#define LIMIT_MS 10000

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

	if (turn == 0)
		return sy_remote_hello(remote, -1, LIMIT_MS, NULL, reason);
	if (turn == 1)
		return sy_remote_open_end(remote, -1, LIMIT_MS, reason);
	if (turn == 2) {
		error = sy_remote_size(remote, 10000000, -1, LIMIT_MS,
		                       &operations, reason);
		fuzz_must(error || operations);
		return error;
	}
	remote->findings = findings_of(turn);
	error = sy_remote_slice(remote, 1, 0, -1, LIMIT_MS, slice, reason);
	if (!error)
		check_slice(slice);
	return error;
}

/* A worker that says the next line whenever it is asked something. */
struct worker {
	int fd;
	const uint8_t *data;
	size_t size;
};

/* The next line with its end; 0: there is none. */
static size_t line_bytes(const uint8_t *data, size_t size)
{
	const uint8_t *end = memchr(data, '\n', size);

	return end ? (size_t)(end + 1 - data) : 0;
}

static void say_line(struct worker *worker)
{
	size_t bytes = line_bytes(worker->data, worker->size);

	send(worker->fd, worker->data, bytes, MSG_NOSIGNAL);
	worker->data += bytes;
	worker->size -= bytes;
}

static void *work(void *data)
{
	struct worker *worker = data;
	char request[256];

	say_line(worker);
	say_line(worker);
	while (recv(worker->fd, request, sizeof(request), 0) > 0)
		say_line(worker);
	return NULL;
}

/* As many questions as there are lines, so that nobody waits for one. */
static void ask_all(struct sy_remote *remote, const uint8_t *data, size_t size)
{
	struct sy_slice *slice = malloc(sizeof(*slice));
	struct sy_reason reason;
	size_t bytes;

	fuzz_must(slice);
	for (size_t turn = 0; (bytes = line_bytes(data, size)); turn++) {
		if (ask(remote, turn, slice, &reason))
			fuzz_check_reason(&reason);
		data += bytes;
		size -= bytes;
	}
	free(slice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct worker worker = { .data = data, .size = size };
	struct sy_remote remote = { .end_fd = -1, .sink_fd = -1 };
	pthread_t thread;
	int ends[2];

	fuzz_must(!socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
	remote.fd = ends[0];
	worker.fd = ends[1];
	fuzz_must(!sy_line_reader_open(&remote.reader, ends[0]));
	fuzz_must(!pthread_create(&thread, NULL, work, &worker));
	ask_all(&remote, data, size);
	shutdown(ends[0], SHUT_RDWR);
	pthread_join(thread, NULL);
	sy_line_reader_close(&remote.reader);
	close(ends[0]);
	close(ends[1]);
	return 0;
}
