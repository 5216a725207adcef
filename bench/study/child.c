/* SPDX-License-Identifier: MIT */
/* child.c - see child.h. */
#include "study/child.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "model.h"

/* The stream ends a little before the process can be waited for. */
#define ENDING_MS 1000

static int fill_attributes(posix_spawnattr_t *attributes)
{
	sigset_t none, all;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawnattr_setpgroup(attributes, 0);
	posix_spawnattr_setsigmask(attributes, &none);
	posix_spawnattr_setsigdefault(attributes, &all);
	return posix_spawnattr_setflags(
		attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
				    POSIX_SPAWN_SETSIGDEF);
}

static int spawn(struct sy_child *child, char *const *argv, int fd)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int error = posix_spawn_file_actions_init(&actions);

	if (error)
		return -error;
	error = posix_spawnattr_init(&attributes);
	if (error)
		goto destroy_actions;
	error = fill_attributes(&attributes);
	if (!error)
		error = posix_spawn_file_actions_adddup2(&actions, fd, 0);
	if (!error)
		error = posix_spawn_file_actions_adddup2(&actions, fd, 1);
	if (!error)
		error = posix_spawn_file_actions_adddup2(&actions,
		                                         child->stderr_fd, 2);
	if (!error)
		error = posix_spawn(&child->pid, argv[0], &actions, &attributes,
		                    argv, environ);
	posix_spawnattr_destroy(&attributes);
destroy_actions:
	posix_spawn_file_actions_destroy(&actions);
	return -error;
}

static int open_streams(struct sy_child *child, int ends[2])
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		return -errno;
	child->stderr_fd = memfd_create("complaints", MFD_CLOEXEC);
	if (child->stderr_fd >= 0)
		return 0;
	close(ends[0]);
	close(ends[1]);
	return -errno;
}

int sy_child_start(struct sy_child *child, const char *name, char *const *argv,
                   struct sy_reason *reason)
{
	int ends[2], error;

	*child = (struct sy_child){ .name = name, .fd = -1, .stderr_fd = -1 };
	error = open_streams(child, ends);
	if (error)
		return sy_reason(reason, error, "%s: no streams: %s", name,
		                 strerror(-error));
	error = spawn(child, argv, ends[1]);
	close(ends[1]);
	if (!error) {
		child->fd = ends[0];
		return 0;
	}
	close(ends[0]);
	close(child->stderr_fd);
	child->pid = 0;
	return sy_reason(reason, error, "%s cannot be run: %s", argv[0],
	                 strerror(-error));
}

/* The last line that it complained with, or "". */
static void last_complaint(const struct sy_child *child, char *text,
                           size_t bytes)
{
	off_t end = lseek(child->stderr_fd, 0, SEEK_END);
	off_t from = end > (off_t)bytes - 1 ? end - (off_t)bytes + 1 : 0;
	ssize_t got = pread(child->stderr_fd, text, bytes - 1, from);
	char *line;

	text[got > 0 ? got : 0] = '\0';
	while (*text && text[strlen(text) - 1] == '\n')
		text[strlen(text) - 1] = '\0';
	line = strrchr(text, '\n');
	if (line)
		memmove(text, line + 1, strlen(line));
}

static bool wait_end(const struct sy_child *child, int timeout_ms)
{
	int pidfd = pidfd_open(child->pid, 0);
	struct pollfd end = { .fd = pidfd, .events = POLLIN };
	int ended;

	if (pidfd < 0)
		return false;
	ended = poll(&end, 1, timeout_ms);
	close(pidfd);
	return ended > 0;
}

/* How it ended, if it has; it stays to be reaped. */
static int explain_end(const struct sy_child *child, struct sy_reason *reason)
{
	siginfo_t info = { .si_pid = 0 };
	char said[200];

	if (wait_end(child, ENDING_MS))
		waitid(P_PID, (id_t)child->pid, &info,
		       WEXITED | WNOHANG | WNOWAIT);
	last_complaint(child, said, sizeof(said));
	if (!info.si_pid)
		return sy_reason(reason, -EPIPE, "%s hung up", child->name);
	if (info.si_code != CLD_EXITED)
		return sy_reason(reason, -EPIPE,
		                 "%s was ended by signal %d (%s)", child->name,
		                 info.si_status, strsignal(info.si_status));
	return sy_reason(reason, -EPIPE, "%s ended with status %d%s%s",
	                 child->name, info.si_status, *said ? ": " : "", said);
}

static int explain(const struct sy_child *child, int error, int timeout_ms,
                   struct sy_reason *reason)
{
	switch (error) {
	case -EPIPE:
	case -ECONNRESET:
		return explain_end(child, reason);
	case -ETIMEDOUT:
		return sy_reason(reason, error,
		                 "%s did not answer within %d ms: killed",
		                 child->name, timeout_ms);
	case -ECANCELED:
		return sy_reason(reason, error, "interrupted");
	case -EPROTO:
		return sy_reason(reason, error,
		                 "%s answered more than a line of %d bytes",
		                 child->name, SY_ANSWER_BYTES - 1);
	default:
		return sy_reason(reason, error, "%s: %s", child->name,
		                 strerror(-error));
	}
}

static int send_line(const struct sy_child *child, const char *line)
{
	size_t left = strlen(line);

	while (left) {
		ssize_t sent = send(child->fd, line, left, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return -errno;
		line += sent;
		left -= (size_t)sent;
	}
	return 0;
}

/* Until there is something to read. */
static int wait_input(const struct sy_child *child, int cancel_fd,
                      uint64_t deadline_ns)
{
	for (;;) {
		struct pollfd fds[2] = {
			{ .fd = child->fd, .events = POLLIN },
			{ .fd = cancel_fd, .events = POLLIN },
		};
		uint64_t now = sy_clock_ns();
		int left = now < deadline_ns
		                   ? (int)((deadline_ns - now) / 1000000) + 1
		                   : 0;

		if (!left)
			return -ETIMEDOUT;
		if (poll(fds, 2, left) < 0 && errno != EINTR)
			return -errno;
		if (fds[1].revents)
			return -ECANCELED;
		if (fds[0].revents)
			return 0;
	}
}

static int receive_line(const struct sy_child *child, int cancel_fd,
                        uint64_t deadline_ns, char line[SY_ANSWER_BYTES])
{
	size_t used = 0;

	while (!memchr(line, '\n', used)) {
		int error = wait_input(child, cancel_fd, deadline_ns);
		ssize_t got;

		if (error)
			return error;
		if (used == SY_ANSWER_BYTES)
			return -EPROTO;
		got = recv(child->fd, line + used, SY_ANSWER_BYTES - used, 0);
		if (got < 0 && errno != EINTR)
			return -errno;
		if (got == 0)
			return -EPIPE;
		used += got > 0 ? (size_t)got : 0;
	}
	/* Nothing is said unasked. */
	if (line[used - 1] != '\n' || memchr(line, '\0', used))
		return -EPROTO;
	line[used - 1] = '\0';
	return strchr(line, '\n') ? -EPROTO : 0;
}

int sy_child_ask(struct sy_child *child, const char *line, int cancel_fd,
                 int timeout_ms, char answer[SY_ANSWER_BYTES],
                 struct sy_reason *reason)
{
	uint64_t deadline_ns =
		sy_clock_ns() + (uint64_t)timeout_ms * UINT64_C(1000000);
	int error = line ? send_line(child, line) : 0;

	if (!error)
		error = receive_line(child, cancel_fd, deadline_ns, answer);
	return error ? explain(child, error, timeout_ms, reason) : 0;
}

void sy_child_end(struct sy_child *child, int timeout_ms)
{
	if (!child->pid)
		return;
	shutdown(child->fd, SHUT_WR);
	if (!timeout_ms || !wait_end(child, timeout_ms))
		kill(child->pid, SIGKILL);
	while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
		;
	/* Orphans of it became this process's children. */
	kill(-child->pid, SIGKILL);
	while (waitpid(-child->pid, NULL, 0) > 0)
		;
	close(child->fd);
	close(child->stderr_fd);
	*child = (struct sy_child){ .fd = -1, .stderr_fd = -1 };
}
