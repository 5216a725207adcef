/* SPDX-License-Identifier: MIT */
/*
 * started_keeper.c - the process between a starter and its daemon.
 *
 * It is the parent of the daemon and inherits every descendant of it whose
 * own parent has gone (PR_SET_CHILD_SUBREAPER), whatever session or process
 * group that has moved to.  When the daemon has ended, or the starter asks for
 * it (SIGTERM) or has died (which is the same signal), it kills its children
 * until it has none: those of a child that was killed are its own then.
 *
 * It lets no other signal near itself, and holds no descriptor of the
 * starter's open.
 */
#include "started_internal.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "futex.h"
#include "process.h"

/* Children that will not be killed are looked for so often, a millisecond
   apart: they are those that were inherited just now, or not ours to kill. */
#define TRIES 200

/* As the starter had them, for the daemon. */
struct signals {
	sigset_t mask;
	struct sigaction term, child;
};

static void take_signals(struct signals *before)
{
	struct sigaction plain = { .sa_handler = SIG_DFL };
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before->mask);
	sigaction(SIGTERM, &plain, &before->term);
	sigaction(SIGCHLD, &plain, &before->child);
}

static void give_signals(const struct signals *before)
{
	sigaction(SIGTERM, &before->term, NULL);
	sigaction(SIGCHLD, &before->child, NULL);
	sigprocmask(SIG_SETMASK, &before->mask, NULL);
}

/* What stands behind the name in its stat; 0: it is gone. */
static pid_t parent_of(pid_t pid)
{
	char path[64], line[512];
	const char *end;
	int parent = 0;
	size_t got;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	file = fopen(path, "re");
	if (!file)
		return 0;
	got = fread(line, 1, sizeof(line) - 1, file);
	fclose(file);
	line[got] = '\0';
	/* A name may have anything in it; it ends with the last bracket. */
	end = strrchr(line, ')');
	return end && sscanf(end, ") %*c %d", &parent) == 1 ? parent : 0;
}

/* The kernel's own list; false: it has none. */
static bool kill_listed(unsigned *killed)
{
	char path[64];
	FILE *file;
	int pid;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children",
	         (int)getpid());
	file = fopen(path, "re");
	if (!file)
		return false;
	while (fscanf(file, "%d", &pid) == 1)
		*killed += !kill(pid, SIGKILL);
	fclose(file);
	return true;
}

static void kill_found(unsigned *killed)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		pid_t pid = (pid_t)atoi(entry->d_name);

		if (pid > 0 && parent_of(pid) == getpid())
			*killed += !kill(pid, SIGKILL);
	}
	if (dir)
		closedir(dir);
}

/* All children, and all whom these leave behind. */
static void end_all(void)
{
	static const struct timespec pause = { .tv_nsec = 1000000 };
	unsigned tries = 0;

	while (tries < TRIES) {
		unsigned killed = 0;
		pid_t pid;

		if (!kill_listed(&killed))
			kill_found(&killed);
		pid = waitpid(-1, NULL, killed ? 0 : WNOHANG);
		if (pid < 0)
			return;
		if (pid == 0) {
			nanosleep(&pause, NULL);
			tries++;
		}
	}
}

static void close_all(void)
{
	long most = sysconf(_SC_OPEN_MAX);
	int fd;

	if (!syscall(SYS_close_range, 0, ~0U, 0))
		return;
	for (fd = 0; fd < (most > 0 && most < 65536 ? most : 65536); fd++)
		close(fd);
}

/* Until the daemon has ended, or is to. */
static void watch(pid_t daemon)
{
	sigset_t set;
	pid_t pid;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGCHLD);
	for (;;) {
		while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
			if (pid == daemon)
				return;
		if (sigwaitinfo(&set, NULL) == SIGTERM)
			return;
	}
}

_Noreturn void sy_started_keep(struct sy_started *started)
{
	struct sy_report *report = started->shared;
	struct signals before;
	pid_t daemon;
	int err;

	take_signals(&before);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	err = sy_process_fork(&daemon);
	if (!err && !daemon) {
		give_signals(&before);
		sy_started_live(started);
	}
	if (err) {
		report->error = err;
		atomic_store(&report->told, 1);
		sy_futex_wake(&report->told, 1);
		_exit(0);
	}
	prctl(PR_SET_NAME, "keeper");
	close_all();
	watch(daemon);
	end_all();
	_exit(0);
}
