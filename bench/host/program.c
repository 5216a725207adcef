/* SPDX-License-Identifier: MIT */
/*
 * program.c - see program.h.  Complaints come back as text, through a pipe
 * that is emptied as they come.
 */
#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "model.h"

struct child {
	pid_t pid;
	int pidfd;
	int stderr_fd; /* the reading end, not blocking */
	char said[2048];
	size_t said_bytes;
};

/*
 * Looked up here and not by posix_spawnp: the child changes its folder first,
 * and a relative or empty entry would then mean that folder.
 */
int sy_program_find(const char *name, const char *path, char *program,
                    size_t bytes)
{
	while (path && *path) {
		int length = (int)strcspn(path, ":");
		int needed =
			snprintf(program, bytes, "%.*s/%s", length, path, name);

		if (*path == '/' && needed > 0 && (size_t)needed < bytes &&
		    !access(program, X_OK))
			return 0;
		path += length;
		if (*path == ':')
			path++;
	}
	return -ENOENT;
}

static int64_t now_ms(void)
{
	return (int64_t)(sy_clock_ns() / 1000000);
}

static int fill_stream(posix_spawn_file_actions_t *actions, int stream, int fd)
{
	if (fd >= 0)
		return posix_spawn_file_actions_adddup2(actions, fd, stream);
	return posix_spawn_file_actions_addopen(
		actions, stream, "/dev/null", stream ? O_WRONLY : O_RDONLY, 0);
}

/* Standard streams, folder; the caller destroys them. */
static int fill_actions(posix_spawn_file_actions_t *actions,
                        const struct sy_program *program, int stderr_fd)
{
	int err = fill_stream(actions, 0, program->stdin_fd);

	if (!err)
		err = fill_stream(actions, 1, program->stdout_fd);
	if (!err)
		err = fill_stream(actions, 2, stderr_fd);
	if (!err && program->folder_fd >= 0)
		err = posix_spawn_file_actions_addfchdir_np(actions,
		                                            program->folder_fd);
	return err;
}

/* A process group of its own, so that what it starts can be ended too. */
static int fill_attributes(posix_spawnattr_t *attributes)
{
	sigset_t all, none;
	int err;

	sigfillset(&all);
	sigemptyset(&none);
	err = posix_spawnattr_setflags(
		attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF |
				    POSIX_SPAWN_SETSIGMASK);
	if (!err)
		err = posix_spawnattr_setsigdefault(attributes, &all);
	if (!err)
		err = posix_spawnattr_setsigmask(attributes, &none);
	return err;
}

static int spawn(struct child *child, const struct sy_program *program,
                 int stderr_fd)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int err;

	err = posix_spawn_file_actions_init(&actions);
	if (err)
		return -err;
	err = posix_spawnattr_init(&attributes);
	if (err)
		goto destroy_actions;
	err = fill_actions(&actions, program, stderr_fd);
	if (!err)
		err = fill_attributes(&attributes);
	if (!err)
		err = posix_spawn(&child->pid, program->argv[0], &actions,
		                  &attributes, program->argv, environ);
	posix_spawnattr_destroy(&attributes);
destroy_actions:
	posix_spawn_file_actions_destroy(&actions);
	return -err;
}

/* Keeps what fits and drops the rest, so that the child never blocks. */
static void listen_to(struct child *child)
{
	char spare[512];
	ssize_t got;

	do {
		size_t room = sizeof(child->said) - 1 - child->said_bytes;

		if (room > 0) {
			got = read(child->stderr_fd,
			           child->said + child->said_bytes, room);
			if (got > 0)
				child->said_bytes += (size_t)got;
		} else {
			got = read(child->stderr_fd, spare, sizeof(spare));
		}
	} while (got > 0);
	/* At the end of the stream poll would report it for ever. */
	if (got == 0) {
		close(child->stderr_fd);
		child->stderr_fd = -1;
	}
}

/* Until it ends, its time is over or a signal waits that asks to stop. */
static int wait_for_end(struct child *child, int signal_fd, int limit_ms)
{
	int64_t deadline = now_ms() + limit_ms;

	for (;;) {
		/* poll passes over a descriptor of -1. */
		struct pollfd fds[3] = {
			{ .fd = child->pidfd, .events = POLLIN },
			{ .fd = child->stderr_fd, .events = POLLIN },
			{ .fd = signal_fd, .events = POLLIN },
		};
		int64_t left = deadline - now_ms();

		if (left <= 0)
			return -ETIMEDOUT;
		if (poll(fds, 3, (int)left) < 0 && errno != EINTR)
			return -errno;
		if (fds[2].revents)
			return -EINTR;
		if (fds[1].revents && child->stderr_fd >= 0)
			listen_to(child);
		if (fds[0].revents)
			return 0;
	}
}

/* Ends what is left of its group and reaps it. */
static int reap(struct child *child, int *status)
{
	int err = 0;

	/* Before waitpid: until then the number belongs to this group. */
	kill(-child->pid, SIGKILL);
	while (waitpid(child->pid, status, 0) < 0 && !err)
		err = errno == EINTR ? 0 : -errno;
	if (child->stderr_fd >= 0)
		listen_to(child);
	return err;
}

/* With the signals of `stop` blocked, so that they wait to be seen here. */
static int wait_and_reap(struct child *child, const sigset_t *stop,
                         int limit_ms, int *status)
{
	int signal_fd = signalfd(-1, stop, SFD_CLOEXEC | SFD_NONBLOCK);
	int err, unknown;

	child->pidfd = pidfd_open(child->pid, 0);
	err = child->pidfd < 0 ? -errno
	                       : wait_for_end(child, signal_fd, limit_ms);
	unknown = reap(child, status);
	if (child->pidfd >= 0)
		close(child->pidfd);
	if (signal_fd >= 0)
		close(signal_fd);
	return err ? err : unknown;
}

/* Runs to the end; `status` as waitpid gives it. */
static int run(struct child *child, const struct sy_program *program,
               int *status)
{
	sigset_t stop, before;
	int ends[2], err;

	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	child->stderr_fd = ends[0];
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	/* It is in no group that a terminal would interrupt with us, so it
	   has to be ended before such a signal ends us. */
	sigemptyset(&stop);
	sigaddset(&stop, SIGINT);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &stop, &before);
	err = spawn(child, program, ends[1]);
	close(ends[1]);
	if (!err)
		err = wait_and_reap(child, &stop, program->limit_ms, status);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (child->stderr_fd >= 0)
		close(child->stderr_fd);
	return err;
}

/* On one line, as a sentence has it. */
static void flatten(struct child *child)
{
	size_t i, kept = 0;

	for (i = 0; i < child->said_bytes; i++) {
		char c = child->said[i];

		if (c == '\n' || c == '\t' || c == '\r')
			c = ' ';
		if (c != ' ' || (kept && child->said[kept - 1] != ' '))
			child->said[kept++] = c;
	}
	child->said[kept] = '\0';
}

/* What the run came to, as an errno and a sentence. */
static int judge(const struct sy_program *program, struct child *child, int err,
                 int status, char *why, size_t why_bytes)
{
	flatten(child);
	if (err == -ETIMEDOUT) {
		snprintf(why, why_bytes, "%s did not finish %s within %d ms",
		         program->name, program->making, program->limit_ms);
	} else if (err == -EINTR) {
		snprintf(why, why_bytes,
		         "interrupted before %s had finished %s", program->name,
		         program->making);
	} else if (err) {
		snprintf(why, why_bytes, "%s cannot be run: %s",
		         program->argv[0], strerror(-err));
	} else if (WIFSIGNALED(status)) {
		err = -EIO;
		snprintf(why, why_bytes, "%s died of signal %d in %s: %s",
		         program->name, WTERMSIG(status), program->making,
		         child->said);
	} else if (WEXITSTATUS(status)) {
		err = -EIO;
		snprintf(why, why_bytes, "%s failed in %s: %s", program->name,
		         program->making, child->said);
	}
	return err;
}

int sy_program_run(const struct sy_program *program, char *why,
                   size_t why_bytes)
{
	struct child child = { .pidfd = -1, .stderr_fd = -1 };
	int status = 0;
	int err = run(&child, program, &status);

	return judge(program, &child, err, status, why, why_bytes);
}
