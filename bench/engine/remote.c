/* SPDX-License-Identifier: MIT */
/* remote.c - see remote.h. */
#include "engine/remote.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* Where a worker finds its socket; 0 to 2 are the standard streams. */
#define WORKER_FD 3
/* Starting a program takes milliseconds; this is for a machine on its knees. */
#define HELLO_MS 10000

int sy_remote_prepare(void)
{
	return prctl(PR_SET_CHILD_SUBREAPER, 1) ? -errno : 0;
}

/* Own group, no blocked or ignored signals, standard output to the errors. */
static int spawn(pid_t *pid, const char *program, int fd)
{
	char parent[16], number[16];
	char *argv[] = { (char *)"switchyard", (char *)"worker", number, parent,
		         NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, all;
	int error;

	snprintf(number, sizeof(number), "%d", WORKER_FD);
	snprintf(parent, sizeof(parent), "%d", (int)getpid());
	sigemptyset(&none);
	sigfillset(&all);
	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attributes);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", 0, 0);
	posix_spawn_file_actions_adddup2(&actions, 2, 1);
	posix_spawn_file_actions_adddup2(&actions, fd, WORKER_FD);
	posix_spawnattr_setpgroup(&attributes, 0);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &all);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP |
	                                              POSIX_SPAWN_SETSIGMASK |
	                                              POSIX_SPAWN_SETSIGDEF);
	error = posix_spawn(pid, program, &actions, &attributes, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	return -error;
}

int sy_remote_start(struct sy_remote *remote, const char *program,
                    struct sy_reason *reason)
{
	int ends[2], error;

	*remote = (struct sy_remote){ .fd = -1 };
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		return sy_reason(reason, -errno, "socketpair: %s",
		                 strerror(errno));
	error = sy_line_reader_open(&remote->reader, ends[0]);
	if (!error)
		error = spawn(&remote->pid, program, ends[1]);
	close(ends[1]);
	if (!error) {
		remote->fd = ends[0];
		return 0;
	}
	remote->pid = 0;
	sy_line_reader_close(&remote->reader);
	close(ends[0]);
	return sy_reason(reason, error, "cannot start a worker (%s): %s",
	                 program, strerror(-error));
}

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
static int explain(struct sy_remote *remote, int error,
                   struct sy_reason *reason)
{
	siginfo_t info;
	/* The socket closes a little before the process can be waited for. */
	bool ended = has_ended(remote, error == -EPIPE ? 100 : 1, &info);

	/* What it left behind may hold the socket open when it has died. */
	if (ended && info.si_code == CLD_EXITED)
		return sy_reason(reason, -EPIPE,
		                 "the worker ended with status %d",
		                 info.si_status);
	if (ended)
		return sy_reason(reason, -EPIPE,
		                 "the worker was ended by signal %d (%s)",
		                 info.si_status, strsignal(info.si_status));
	if (error == -ETIMEDOUT)
		return sy_reason(reason, error,
		                 "no answer within its limit: killed");
	if (error == -EPIPE)
		return sy_reason(reason, error, "the worker hung up");
	return sy_reason(reason, error, "the worker's answer: %s",
	                 strerror(-error));
}

/* The value under `key` of the next message, a reference of the caller's. */
static int receive(struct sy_remote *remote, const char *key, int cancel_fd,
                   int timeout_ms, json_t **value, struct sy_reason *reason)
{
	json_t *message, *told;
	int code, error;
	const char *text;

	error = sy_message_receive(&remote->reader, cancel_fd, timeout_ms,
	                           &message);
	if (error == -ECANCELED)
		return sy_reason(reason, error, "interrupted");
	if (error)
		return explain(remote, error, reason);
	*value = json_incref(json_object_get(message, key));
	told = json_object_get(message, "error");
	if (!*value &&
	    !json_unpack(told, "{si ss}", "code", &code, "reason", &text) &&
	    code > 0)
		/* Only the driver's own cancelling ends a run. */
		error = sy_reason(reason, code == ECANCELED ? -EIO : -code,
		                  "%s", text);
	else if (!*value)
		error = sy_reason(reason, -EPROTO,
		                  "the worker answered nonsense");
	json_decref(message);
	return error;
}

int sy_remote_hello(struct sy_remote *remote, int cancel_fd,
                    struct sy_reason *reason)
{
	json_t *hello;
	int version = 0;
	int error =
		receive(remote, "hello", cancel_fd, HELLO_MS, &hello, reason);

	if (error)
		return error;
	if (json_unpack(hello, "{si}", "protocol", &version) ||
	    version != SY_PROTOCOL_VERSION)
		error = sy_reason(reason, -EPROTO,
		                  "the worker speaks protocol %d, not %d",
		                  version, SY_PROTOCOL_VERSION);
	json_decref(hello);
	return error;
}

static int ask(struct sy_remote *remote, json_t *message,
               struct sy_reason *reason)
{
	int error = sy_message_send(remote->fd, message);

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
	if (json_integer_value(sized) > 0)
		*operations = (uint64_t)json_integer_value(sized);
	else
		error = sy_reason(reason, -EPROTO,
		                  "the worker sized its slice to nothing");
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

void sy_remote_quit(struct sy_remote *remote)
{
	if (remote->pid)
		sy_message_send(remote->fd, json_pack("{sb}", "quit", 1));
}

static int wait_end(pid_t pid, int timeout_ms)
{
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	struct pollfd end = { .fd = pidfd, .events = POLLIN };
	int ended;

	if (pidfd < 0)
		return 0;
	ended = poll(&end, 1, timeout_ms);
	close(pidfd);
	return ended > 0;
}

void sy_remote_end(struct sy_remote *remote, int timeout_ms)
{
	if (!remote->pid)
		return;
	if (!wait_end(remote->pid, timeout_ms))
		kill(remote->pid, SIGKILL);
	waitpid(remote->pid, NULL, 0);
	/* Orphans of the worker became this process's children. */
	kill(-remote->pid, SIGKILL);
	while (waitpid(-remote->pid, NULL, 0) > 0)
		;
	close(remote->fd);
	sy_line_reader_close(&remote->reader);
	*remote = (struct sy_remote){ .fd = -1 };
}

void sy_remote_stop(struct sy_remote *remote, int error)
{
	if (!error)
		sy_remote_quit(remote);
	sy_remote_end(remote, error ? 0 : SY_QUIT_MS);
}
