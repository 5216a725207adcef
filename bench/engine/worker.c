/* SPDX-License-Identifier: MIT */
/* worker.c - see worker.h and protocol.h. */
#include "engine/worker.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "build_info.h"
#include "engine/crash.h"
#include "engine/protocol.h"
#include "host/limits.h"

struct worker {
	int fd;
	struct sy_line_reader reader;
	struct sy_point point;
	struct sy_subject *subject;
};

static int say_error(const struct worker *worker, int error,
                     const struct sy_reason *reason)
{
	return sy_message_send(worker->fd,
	                       json_pack("{s{si ss}}", "error", "code", -error,
	                                 "reason", reason->text));
}

static int say_hello(const struct worker *worker)
{
	return sy_message_send(worker->fd,
	                       json_pack("{s{si ss ss ss ss ss ss}}", "hello",
	                                 "protocol", SY_PROTOCOL_VERSION,
	                                 "program", "switchyard " SY_VERSION,
	                                 "compiler", SY_COMPILER, "build_type",
	                                 SY_BUILD_TYPE, "flags", SY_FLAGS,
	                                 "sanitizer", SY_SANITIZER,
	                                 "git_commit", SY_GIT_COMMIT));
}

static int open_point(struct worker *worker, json_t *spec)
{
	struct sy_reason reason;
	int error;

	if (worker->subject)
		return -EPROTO;
	error = sy_point_from_json(&worker->point, spec, &reason);
	if (!error)
		error = sy_subject_open(&worker->subject, &worker->point,
		                        &reason);
	if (error)
		return say_error(worker, error, &reason);
	return sy_message_send(worker->fd, json_pack("{s{}}", "ready"));
}

static int size_point(struct worker *worker, json_t *target)
{
	struct sy_reason reason;
	uint64_t operations;
	json_int_t target_ns = json_integer_value(target);
	int error;

	if (!worker->subject || target_ns <= 0)
		return -EPROTO;
	error = sy_subject_size(worker->subject, (uint64_t)target_ns,
	                        &operations, &reason);
	if (error)
		return say_error(worker, error, &reason);
	return sy_message_send(
		worker->fd, json_pack("{sI}", "sized", (json_int_t)operations));
}

static int run_slice(struct worker *worker, json_t *counts)
{
	struct sy_reason reason;
	struct sy_slice *slice;
	json_int_t operations, warmup;
	int error;

	if (!worker->subject ||
	    json_unpack(counts, "[II!]", &operations, &warmup) ||
	    operations <= 0 || warmup < 0)
		return -EPROTO;
	slice = malloc(sizeof(*slice));
	if (!slice)
		return -ENOMEM;
	error = sy_subject_run(worker->subject, (uint64_t)operations,
	                       (uint64_t)warmup, slice, &reason);
	if (error)
		error = say_error(worker, error, &reason);
	else
		error = sy_message_send(
			worker->fd,
			json_pack("{so}", "sample", sy_slice_to_json(slice)));
	free(slice);
	return error;
}

/* 1: the driver said quit. */
static int answer(struct worker *worker, json_t *message)
{
	json_t *value;

	if ((value = json_object_get(message, "open")))
		return open_point(worker, value);
	if ((value = json_object_get(message, "size")))
		return size_point(worker, value);
	if ((value = json_object_get(message, "slice")))
		return run_slice(worker, value);
	return json_object_get(message, "quit") ? 1 : -EPROTO;
}

static int serve(struct worker *worker)
{
	int error = say_hello(worker);

	while (!error) {
		json_t *message;

		error = sy_message_receive(&worker->reader, -1, -1, &message);
		if (error)
			break;
		error = answer(worker, message);
		json_decref(message);
	}
	return error;
}

/*
 * Between the fork and the tie to its parent's life the driver may have died;
 * or what it has started was a script that waits for this program, and the
 * tie is to the script.
 */
static int check_parent(const struct worker *worker, pid_t parent)
{
	struct sy_reason reason;

	if (getppid() == parent)
		return 0;
	sy_reason(&reason, -ESRCH,
	          "its parent is not the driver: a wrapper script must start "
	          "it by exec");
	say_error(worker, -ESRCH, &reason);
	return -ESRCH;
}

int sy_worker_serve(int fd, pid_t parent)
{
	struct worker worker = { .fd = fd };
	int error;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL))
		return -errno;
	error = check_parent(&worker, parent);
	if (error)
		return error;
	signal(SIGPIPE, SIG_IGN);
	sy_limits_raise();
	error = sy_crash_tell(fd);
	if (error)
		return error;
	error = sy_line_reader_open(&worker.reader, fd);
	if (error)
		return error;
	error = serve(&worker);
	if (worker.subject)
		sy_subject_close(worker.subject);
	sy_point_release(&worker.point);
	sy_line_reader_close(&worker.reader);
	/* The driver's end closing is a way of saying quit. */
	return error == 1 || error == -EPIPE ? 0 : error;
}
