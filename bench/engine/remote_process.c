/* SPDX-License-Identifier: MIT */
/* remote_process.c - a worker's process: its start and its end; see remote.h. */
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
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/sink.h"

extern char **environ;

/* Where a worker finds its socket; 0 to 2 are the standard streams. */
#define WORKER_FD 3

int sy_remote_prepare(void)
{
	return prctl(PR_SET_CHILD_SUBREAPER, 1) ? -errno : 0;
}

/* All of the driver's are closed by exec; those that it was started with
   itself, a build's or a shell's, are not. */
static void close_others(posix_spawn_file_actions_t *actions)
{
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 34)
	posix_spawn_file_actions_addclosefrom_np(actions, WORKER_FD + 1);
#else
	(void)actions;
#endif
}

/* Own group, no blocked or ignored signals, standard output and error to
   `out`, the socket `fd` where it looks for it. */
static int spawn(pid_t *pid, const char *program, int out, int fd)
{
	char parent[16], number[16];
	char *argv[] = { (char *)program, (char *)"worker", number, parent,
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
	posix_spawn_file_actions_adddup2(&actions, out, 2);
	posix_spawn_file_actions_adddup2(&actions, 2, 1);
	posix_spawn_file_actions_adddup2(&actions, fd, WORKER_FD);
	close_others(&actions);
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

static const struct sy_remote none = { .fd = -1, .end_fd = -1, .sink_fd = -1 };

/* Everything but the process; undone by release. */
static int open_ends(struct sy_remote *remote, bool sink, int *theirs)
{
	const struct timeval patience = { .tv_sec = SY_HELLO_MS / 1000 };
	int ends[2], error;

	*remote = none;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		return -errno;
	remote->fd = ends[0];
	*theirs = ends[1];
	error = sy_line_reader_open(&remote->reader, remote->fd);
	/* A worker that answers and never reads fills the socket at last. */
	if (!error && setsockopt(remote->fd, SOL_SOCKET, SO_SNDTIMEO, &patience,
	                         sizeof(patience)))
		error = -errno;
	if (!error && sink)
		error = sy_sink_open(&remote->sink_fd);
	return error;
}

static void release(struct sy_remote *remote)
{
	sy_line_reader_close(&remote->reader);
	if (remote->end_fd >= 0)
		close(remote->end_fd);
	if (remote->sink_fd >= 0)
		close(remote->sink_fd);
	if (remote->fd >= 0)
		close(remote->fd);
	*remote = none;
}

int sy_remote_start(struct sy_remote *remote, const char *program, bool sink,
                    struct sy_reason *reason)
{
	int theirs = -1;
	int error = open_ends(remote, sink, &theirs);

	if (!error)
		error = spawn(&remote->pid, program, sink ? remote->sink_fd : 2,
		              theirs);
	if (theirs >= 0)
		close(theirs);
	if (!error) {
		remote->end_fd = (int)syscall(SYS_pidfd_open, remote->pid, 0);
		remote->reader.end_fd = remote->end_fd;
		return 0;
	}
	release(remote);
	return sy_reason(reason, error, "cannot start a worker (%s): %s",
	                 program, strerror(-error));
}

void sy_remote_quit(struct sy_remote *remote)
{
	if (remote->pid)
		sy_message_send(remote->fd, json_pack("{sb}", "quit", 1));
}

static bool has_ended(const struct sy_remote *remote, int timeout_ms)
{
	struct pollfd end = { .fd = remote->end_fd, .events = POLLIN };

	return remote->end_fd >= 0 && poll(&end, 1, timeout_ms) > 0;
}

void sy_remote_end(struct sy_remote *remote, int timeout_ms)
{
	if (!remote->pid)
		return;
	if (!has_ended(remote, timeout_ms))
		kill(remote->pid, SIGKILL);
	waitpid(remote->pid, NULL, 0);
	/* Orphans of the worker became this process's children. */
	kill(-remote->pid, SIGKILL);
	while (waitpid(-remote->pid, NULL, 0) > 0)
		;
	release(remote);
}

void sy_remote_stop(struct sy_remote *remote, int error)
{
	if (!error)
		sy_remote_quit(remote);
	sy_remote_end(remote, error ? 0 : SY_QUIT_MS);
}
