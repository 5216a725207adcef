/* SPDX-License-Identifier: MIT */
/*
 * started_process.c - see started.h: processes, as their starter sees them.
 *
 * A process in the foreground is a child of the starter; of a daemon its
 * keeper is (started_keeper.c), which ends when all of the daemon has.
 */
#include "started_internal.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "futex.h"
#include "process.h"

/* How often a starter that waits for a word looks whether the child lives. */
static const struct timespec look_every = { .tv_nsec = 10 * 1000 * 1000 };

_Noreturn void sy_started_live(struct sy_started *started)
{
	sy_started_run(started, started->shared);
	fflush(NULL);
	_exit(started->shared->result & 0xff);
}

static int await_told(const struct sy_started *started)
{
	struct sy_report *shared = started->shared;

	while (!atomic_load(&shared->told)) {
		sy_futex_wait(&shared->told, 0, &look_every);
		if (!atomic_load(&shared->told) &&
		    !sy_process_alive(started->pid))
			return -ECHILD;
	}
	return shared->error;
}

/* What it has told is kept, in place of the memory that it told it in. */
static void reap(struct sy_started *started)
{
	while (waitpid(started->pid, NULL, 0) < 0 && errno == EINTR)
		;
	started->report = *started->shared;
	sy_shared_destroy(started->shared, sizeof(*started->shared));
	started->shared = NULL;
}

int sy_started_process(struct sy_started *started)
{
	void *shared;
	int err = sy_shared_create(&shared, sizeof(struct sy_report));

	if (err)
		return err;
	started->shared = shared;
	fflush(NULL);
	err = sy_process_fork(&started->pid);
	if (err) {
		sy_shared_destroy(shared, sizeof(struct sy_report));
		return err;
	}
	if (!started->pid && started->start.daemon)
		sy_started_keep(started);
	if (!started->pid)
		sy_started_live(started);
	err = await_told(started);
	if (err)
		reap(started);
	else
		started->report.id = started->shared->id;
	return err;
}

/* Where the kernel has no descriptors of processes, or there is none left. */
static int look_until(pid_t pid, uint64_t by_ns)
{
	while (sy_process_alive(pid)) {
		if (sy_clock_ns() >= by_ns)
			return -ETIMEDOUT;
		usleep(1000);
	}
	return 0;
}

/* Until the child has ended, which is then there to be reaped. */
static int await_end(pid_t pid, uint64_t by_ns)
{
	struct pollfd wait = { .fd = (int)syscall(SYS_pidfd_open, pid, 0),
		               .events = POLLIN };
	int ready = 0;

	if (wait.fd < 0)
		return look_until(pid, by_ns);
	do {
		uint64_t now_ns = sy_clock_ns();
		uint64_t left = by_ns > now_ns ? by_ns - now_ns : 0;
		struct timespec limit = {
			.tv_sec = (time_t)(left / 1000000000),
			.tv_nsec = (long)(left % 1000000000),
		};

		ready = ppoll(&wait, 1, &limit, NULL);
	} while (ready < 0 && errno == EINTR);
	close(wait.fd);
	return ready > 0 ? 0 : -ETIMEDOUT;
}

int sy_started_reap(struct sy_started *started, uint64_t by_ns)
{
	int err = by_ns ? await_end(started->pid, by_ns) : 0;

	if (!err)
		reap(started);
	return err;
}

bool sy_started_process_alive(const struct sy_started *started)
{
	return sy_process_alive(started->pid);
}

void sy_started_stop(struct sy_started *started)
{
	if (started->start.kind == SY_START_PROCESS && !started->joined)
		kill(started->pid, SIGTERM);
}
