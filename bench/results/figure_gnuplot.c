/* SPDX-License-Identifier: MIT */
/*
 * figure_gnuplot.c - runs gnuplot: without a shell, in the folder of the
 * plots (so that no path of the run is ever read by it), with nothing to read
 * and a limit on its time.  Its complaints come back as text.
 */
#include "figure_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct child {
	pid_t pid;
	int pidfd;
	int stderr_fd; /* the reading end, not blocking */
	char said[2048];
	size_t said_bytes;
};

/*
 * Looked up here and not by posix_spawnp: the child changes its folder first,
 * and a relative or empty entry would then mean the folder of the plots.
 */
int sy_gnuplot_find(const char *path, char *program, size_t bytes)
{
	while (path && *path) {
		int length = (int)strcspn(path, ":");
		int needed =
			snprintf(program, bytes, "%.*s/gnuplot", length, path);

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
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Standard streams, folder; the caller destroys them. */
static int fill_actions(posix_spawn_file_actions_t *actions, int folder_fd,
                        int stderr_fd)
{
	int err = posix_spawn_file_actions_addopen(actions, 0, "/dev/null",
	                                           O_RDONLY, 0);

	if (!err)
		err = posix_spawn_file_actions_addopen(actions, 1, "/dev/null",
		                                       O_WRONLY, 0);
	if (!err)
		err = posix_spawn_file_actions_adddup2(actions, stderr_fd, 2);
	if (!err)
		err = posix_spawn_file_actions_addfchdir_np(actions, folder_fd);
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

static int spawn(struct child *child, char *const *argv, int folder_fd,
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
	err = fill_actions(&actions, folder_fd, stderr_fd);
	if (!err)
		err = fill_attributes(&attributes);
	if (!err)
		err = posix_spawn(&child->pid, argv[0], &actions, &attributes,
		                  argv, environ);
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

/* Until it ends: 0, or -ETIMEDOUT. */
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

/* Ends what is left of its group and reaps it; its status. */
static int reap(struct child *child)
{
	int status = 0;

	/* Before waitpid: until then the number belongs to this group. */
	kill(-child->pid, SIGKILL);
	while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
		;
	if (child->stderr_fd >= 0)
		listen_to(child);
	return status;
}

/* Runs to the end; `status` as waitpid gives it. */
static int run(struct child *child, char *const *argv, int folder_fd,
               int limit_ms, int *status)
{
	int ends[2], signal_fd;
	sigset_t stop;
	int err;

	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	child->stderr_fd = ends[0];
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	err = spawn(child, argv, folder_fd, ends[1]);
	close(ends[1]);
	if (err)
		goto close_pipe;
	/* A caller that blocks them is told here; nothing is taken. */
	sigemptyset(&stop);
	sigaddset(&stop, SIGINT);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGHUP);
	signal_fd = signalfd(-1, &stop, SFD_CLOEXEC | SFD_NONBLOCK);
	child->pidfd = pidfd_open(child->pid, 0);
	err = child->pidfd < 0 ? -errno
	                       : wait_for_end(child, signal_fd, limit_ms);
	*status = reap(child);
	if (child->pidfd >= 0)
		close(child->pidfd);
	if (signal_fd >= 0)
		close(signal_fd);
close_pipe:
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
static int judge(const struct sy_gnuplot *gnuplot, struct child *child, int err,
                 int status, char *why, size_t why_bytes)
{
	flatten(child);
	if (err == -ETIMEDOUT) {
		snprintf(why, why_bytes,
		         "gnuplot did not finish %s.%s within %d ms",
		         gnuplot->figure, gnuplot->output, gnuplot->limit_ms);
	} else if (err == -EINTR) {
		snprintf(why, why_bytes, "interrupted while drawing");
	} else if (err) {
		snprintf(why, why_bytes, "%s cannot be run: %s",
		         gnuplot->program, strerror(-err));
	} else if (WIFSIGNALED(status)) {
		err = -EIO;
		snprintf(why, why_bytes,
		         "gnuplot died of signal %d in %s.%s: %s",
		         WTERMSIG(status), gnuplot->figure, gnuplot->output,
		         child->said);
	} else if (WEXITSTATUS(status)) {
		err = -EIO;
		snprintf(why, why_bytes, "gnuplot failed in %s.%s: %s",
		         gnuplot->figure, gnuplot->output, child->said);
	}
	return err;
}

/* Puts the drawing in place once it is on the disk. */
static int publish(const struct sy_gnuplot *gnuplot, const char *part,
                   char *why, size_t why_bytes)
{
	char name[64];
	struct stat info;
	int fd, err = 0;

	snprintf(name, sizeof(name), "%s.%s", gnuplot->figure, gnuplot->output);
	fd = openat(gnuplot->plots_fd, part, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &info) || info.st_size == 0)
		err = -EIO;
	else if (fsync(fd) ||
	         renameat(gnuplot->plots_fd, part, gnuplot->plots_fd, name))
		err = -errno;
	if (fd >= 0)
		close(fd);
	if (err)
		snprintf(why, why_bytes, "gnuplot wrote no %s: %s", name,
		         strerror(-err));
	return err;
}

int sy_gnuplot_run(const struct sy_gnuplot *gnuplot, char *why,
                   size_t why_bytes)
{
	struct child child = { .pidfd = -1, .stderr_fd = -1 };
	/* Both words are constants of figures.c. */
	char set[96], part[72];
	char theme[PATH_MAX + 32], figure[PATH_MAX + 32], text[PATH_MAX + 32];
	char program[PATH_MAX], defaults[] = "-d", execute[] = "-e";
	char *argv[] = { program, defaults, execute, set,
		         theme,   figure,   text,    NULL };
	int status = 0, err;

	snprintf(set, sizeof(set), "figure='%s'; out='%s'", gnuplot->figure,
	         gnuplot->output);
	snprintf(part, sizeof(part), "%s.%s.part", gnuplot->figure,
	         gnuplot->output);
	snprintf(program, sizeof(program), "%s", gnuplot->program);
	snprintf(theme, sizeof(theme), "%s/theme.gp", gnuplot->scripts_dir);
	snprintf(figure, sizeof(figure), "%s/%s.gp", gnuplot->scripts_dir,
	         gnuplot->figure);
	snprintf(text, sizeof(text), "%s/text.gp", gnuplot->scripts_dir);
	err = run(&child, argv, gnuplot->plots_fd, gnuplot->limit_ms, &status);
	err = judge(gnuplot, &child, err, status, why, why_bytes);
	if (!err)
		err = publish(gnuplot, part, why, why_bytes);
	if (err)
		unlinkat(gnuplot->plots_fd, part, 0);
	return err;
}
