/* SPDX-License-Identifier: MIT */
/*
 * awake.c - idle-class spinners, told by a word in shared memory.
 *
 * Processes and not threads, so that their CPU time is in no other process's
 * and the caller stays without threads.  hwloc allocates when it binds, which
 * glibc allows after fork.
 */
#include "awake.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "topology.h"

struct sy_awake {
	_Atomic uint32_t *spinning; /* shared; 0 or 1, and a futex */
	unsigned count;             /* processes started */
	pid_t processes[];
};

static void futex(_Atomic uint32_t *word, int operation, uint32_t value)
{
	/* Woken, interrupted or too late: the caller looks again. */
	(void)syscall(SYS_futex, word, operation, value, NULL, NULL, 0);
}

static __attribute__((noreturn)) void spin(_Atomic uint32_t *spinning)
{
	for (;;) {
		/* On purpose without a pause instruction: a hypervisor may
		   take a loop of those for a reason to leave the PU. */
		while (atomic_load_explicit(spinning, memory_order_relaxed))
			;
		futex(spinning, FUTEX_WAIT, 0);
	}
}

/* Makes the calling process a spinner on `pu`. */
static int become_spinner(const struct sy_binder *binder, int pu, pid_t parent)
{
	const struct sched_param priority = { .sched_priority = 0 };

	if (prctl(PR_SET_PDEATHSIG, SIGKILL))
		return -errno;
	if (getppid() != parent)
		return -ESRCH;
	if (sched_setscheduler(0, SCHED_IDLE, &priority))
		return -errno;
	return sy_binder_bind(binder, pu);
}

/* What a spinner does, from fork on; `report` takes one int. */
static __attribute__((noreturn)) void child(struct sy_awake *awake,
                                            const struct sy_binder *binder,
                                            int pu, pid_t parent, int report)
{
	int rc = become_spinner(binder, pu, parent);

	if (write(report, &rc, sizeof(rc)) != sizeof(rc) || rc)
		_exit(1);
	/* Nobody's end of file may wait for a spinner. */
	if (report <= STDERR_FILENO)
		close(report);
	if (close_range(STDERR_FILENO + 1, UINT_MAX, 0))
		_exit(1);
	spin(awake->spinning);
}

/*
 * Forks with all signals blocked, which the child keeps: the caller's handlers
 * are not meant for it.
 */
static int fork_spinner(struct sy_awake *awake, const struct sy_binder *binder,
                        int pu, int report)
{
	pid_t parent = getpid(), process;
	sigset_t all, before;
	int rc = 0;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	process = fork();
	if (process == 0)
		child(awake, binder, pu, parent, report);
	if (process < 0)
		rc = -errno;
	else
		awake->processes[awake->count++] = process;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return rc;
}

/* Waits for one spinner's answer; -ECHILD: one ended without any. */
static int read_report(int report)
{
	ssize_t bytes;
	int rc;

	do {
		bytes = read(report, &rc, sizeof(rc));
	} while (bytes < 0 && errno == EINTR);
	if (bytes < 0)
		return -errno;
	return bytes == sizeof(rc) ? rc : -ECHILD;
}

/* Forks them all, then waits for each; what was started is in `awake`. */
static int start_all(struct sy_awake *awake, const struct sy_binder *binder,
                     const int *pus, unsigned count)
{
	int report[2], rc = 0;

	if (pipe2(report, O_CLOEXEC))
		return -errno;
	for (unsigned i = 0; i < count && !rc; i++)
		rc = fork_spinner(awake, binder, pus[i], report[1]);
	close(report[1]);
	for (unsigned i = 0; i < count && !rc; i++)
		rc = read_report(report[0]);
	close(report[0]);
	return rc;
}

static struct sy_awake *make(unsigned count)
{
	struct sy_awake *awake =
		calloc(1, sizeof(*awake) + count * sizeof(pid_t));
	void *word;

	if (!awake)
		return NULL;
	word = mmap(NULL, sizeof(*awake->spinning), PROT_READ | PROT_WRITE,
	            MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (word == MAP_FAILED) {
		free(awake);
		return NULL;
	}
	awake->spinning = word;
	return awake;
}

int sy_awake_start(struct sy_awake **awake, const int *pus, unsigned count)
{
	struct sy_awake *made = make(count);
	struct sy_binder *binder;
	int rc;

	if (!made)
		return -ENOMEM;
	rc = sy_binder_open(&binder);
	if (rc)
		goto stop;
	rc = start_all(made, binder, pus, count);
	sy_binder_close(binder);
	if (rc)
		goto stop;
	*awake = made;
	return 0;

stop:
	sy_awake_stop(made);
	return rc;
}

void sy_awake_set(struct sy_awake *awake, bool spinning)
{
	atomic_store(awake->spinning, spinning);
	if (spinning)
		futex(awake->spinning, FUTEX_WAKE, INT_MAX);
}

int sy_awake_check(const struct sy_awake *awake)
{
	for (unsigned i = 0; i < awake->count; i++) {
		siginfo_t info = { .si_pid = 0 };

		if (waitid(P_PID, (id_t)awake->processes[i], &info,
		           WEXITED | WNOHANG | WNOWAIT) ||
		    info.si_pid)
			return -ECHILD;
	}
	return 0;
}

void sy_awake_stop(struct sy_awake *awake)
{
	if (!awake)
		return;
	for (unsigned i = 0; i < awake->count; i++)
		kill(awake->processes[i], SIGKILL);
	for (unsigned i = 0; i < awake->count; i++)
		while (waitpid(awake->processes[i], NULL, 0) < 0 &&
		       errno == EINTR)
			;
	munmap(awake->spinning, sizeof(*awake->spinning));
	free(awake);
}

pid_t sy_awake_process(const struct sy_awake *awake, unsigned index)
{
	return awake->processes[index];
}
