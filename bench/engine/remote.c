/* SPDX-License-Identifier: MIT */
/* remote.c - what is asked of a worker and what it answers; see remote.h. */
#include "engine/remote.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/wait.h>

#include "engine/sink.h"

/* Whether the worker has ended, asked until `tries` milliseconds are over. */
static bool has_ended(const struct sy_remote *remote, int tries,
                      siginfo_t *info)
{
	*info = (siginfo_t){ .si_pid = 0 };
	for (int i = 0; i < tries && !info->si_pid; i++) {
		if (i)
			poll(NULL, 0, 1);
		waitid(P_PID, (id_t)remote->pid, info,
		       WEXITED | WNOHANG | WNOWAIT);
	}
	return info->si_pid;
}

/* How the worker ended, if it has; else that it does not answer. */
static int tell_end(struct sy_remote *remote, int error,
                    struct sy_reason *reason)
{
	const char *when = remote->greeted ? "" : " before it said hello";
	siginfo_t info;
	/* The socket closes a little before the process can be waited for. */
	bool ended = has_ended(remote, error == -EPIPE ? 100 : 1, &info);

	/* What it left behind may hold the socket open when it has died. */
	if (ended && info.si_code == CLD_EXITED)
		return sy_reason(reason, -EPIPE,
		                 "the worker ended with status %d%s",
		                 info.si_status, when);
	if (ended)
		return sy_reason(reason, -EPIPE,
		                 "the worker was ended by signal %d (%s)%s",
		                 info.si_status, strsignal(info.si_status),
		                 when);
	if (error == -ETIMEDOUT)
		return sy_reason(reason, error,
		                 "no %s within its limit: killed",
		                 remote->greeted ? "answer" : "hello");
	if (error == -EPIPE)
		return sy_reason(reason, error, "the worker hung up%s", when);
	return sy_reason(reason, error, "the worker's answer: %s",
	                 strerror(-error));
}

/* With what it has said of it, where that was kept. */
static int explain(struct sy_remote *remote, int error,
                   struct sy_reason *reason)
{
	char line[SY_SINK_LINE_BYTES];
	struct sy_reason end;

	error = tell_end(remote, error, &end);
	if (remote->sink_fd < 0 || sy_sink_line(remote->sink_fd, line)) {
		*reason = end;
		return error;
	}
	return sy_reason(reason, error, "%.200s (%s)", end.text, line);
}

/* The value under `key` of the next message, a reference of the caller's. */
static int receive(struct sy_remote *remote, const char *key, int cancel_fd,
                   int timeout_ms, json_t **value, struct sy_reason *reason)
{
	json_t *message, *told;
	json_int_t code;
	const char *text;
	int error;

	error = sy_message_receive(&remote->reader, cancel_fd, timeout_ms,
	                           &message);
	if (error == -ECANCELED)
		return sy_reason(reason, error, "interrupted");
	if (error)
		return explain(remote, error, reason);
	*value = json_incref(json_object_get(message, key));
	told = json_object_get(message, "error");
	if (!*value &&
	    !json_unpack(told, "{sI ss}", "code", &code, "reason", &text) &&
	    code > 0 && code <= INT32_MAX)
		/* Only the driver's own cancelling ends a run. */
		error = sy_reason(reason, code == ECANCELED ? -EIO : -(int)code,
		                  "%s", *text ? text : strerror((int)code));
	else if (!*value)
		error = sy_reason(reason, -EPROTO,
		                  "the worker answered nonsense");
	json_decref(message);
	return error;
}

int sy_remote_hello(struct sy_remote *remote, int cancel_fd, int timeout_ms,
                    json_t **told, struct sy_reason *reason)
{
	json_t *hello;
	json_int_t version = 0;
	int error;

	if (timeout_ms <= 0 || timeout_ms > SY_HELLO_MS)
		timeout_ms = SY_HELLO_MS;
	error = receive(remote, "hello", cancel_fd, timeout_ms, &hello, reason);
	if (error)
		return error;
	remote->greeted = true;
	if (json_unpack(hello, "{sI}", "protocol", &version) ||
	    version != SY_PROTOCOL_VERSION)
		error = sy_reason(reason, -EPROTO,
		                  "the worker speaks protocol %lld, not %d",
		                  (long long)version, SY_PROTOCOL_VERSION);
	if (!error && told)
		*told = json_incref(hello);
	json_decref(hello);
	return error;
}

/* What lies there now would be taken for the answer. */
static int ask(struct sy_remote *remote, json_t *message,
               struct sy_reason *reason)
{
	int error;

	if (sy_line_reader_holds(&remote->reader)) {
		json_decref(message);
		return sy_reason(reason, -EPROTO,
		                 "the worker speaks without being asked");
	}
	error = sy_message_send(remote->fd, message);
	return error ? explain(remote, error, reason) : 0;
}

int sy_remote_open_begin(struct sy_remote *remote, const struct sy_point *point,
                         struct sy_reason *reason)
{
	remote->findings = sy_point_findings(point);
	return ask(remote, json_pack("{so}", "open", sy_point_to_json(point)),
	           reason);
}

int sy_remote_open_end(struct sy_remote *remote, int cancel_fd, int timeout_ms,
                       struct sy_reason *reason)
{
	json_t *ready;
	int error =
		receive(remote, "ready", cancel_fd, timeout_ms, &ready, reason);

	if (!error)
		json_decref(ready);
	return error;
}

static int take_size(const json_t *sized, uint64_t *operations,
                     struct sy_reason *reason)
{
	json_int_t count = json_integer_value(sized);

	if (count <= 0)
		return sy_reason(reason, -EPROTO,
		                 "the worker sized its slice to nothing");
	if (count > (json_int_t)SY_NUMBER_MOST)
		return sy_reason(
			reason, -EPROTO,
			"the worker sized its slice to %" JSON_INTEGER_FORMAT
			" operations",
			count);
	*operations = (uint64_t)count;
	return 0;
}

int sy_remote_size(struct sy_remote *remote, uint64_t target_ns, int cancel_fd,
                   int timeout_ms, uint64_t *operations,
                   struct sy_reason *reason)
{
	json_t *sized;
	int error =
		ask(remote, json_pack("{sI}", "size", (json_int_t)target_ns),
	            reason);

	if (!error)
		error = receive(remote, "sized", cancel_fd, timeout_ms, &sized,
		                reason);
	if (error)
		return error;
	error = take_size(sized, operations, reason);
	json_decref(sized);
	return error;
}

int sy_remote_slice(struct sy_remote *remote, uint64_t operations,
                    uint64_t warmup, int cancel_fd, int timeout_ms,
                    struct sy_slice *slice, struct sy_reason *reason)
{
	json_t *sample;
	int error = ask(remote,
	                json_pack("{s[II]}", "slice", (json_int_t)operations,
	                          (json_int_t)warmup),
	                reason);

	if (!error)
		error = receive(remote, "sample", cancel_fd, timeout_ms,
		                &sample, reason);
	if (error)
		return error;
	if (sy_slice_from_json(slice, sample) ||
	    sy_findings_from_json(slice, remote->findings, sample))
		error = sy_reason(reason, -EPROTO,
		                  "the worker's sample makes no sense");
	json_decref(sample);
	return error;
}
