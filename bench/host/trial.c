/* SPDX-License-Identifier: MIT */
/* trial.c - see trial.h. */
#include "trial.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define CPU_SECONDS 20
#define MEMORY_BYTES ((rlim_t)1 << 30)

static void limit(__rlimit_resource_t resource, rlim_t most)
{
	struct rlimit now;

	/* One that is lower already stays. */
	if (getrlimit(resource, &now) || now.rlim_cur < most)
		return;
	now.rlim_cur = most;
	setrlimit(resource, &now);
}

/* Addresses in use, which sanitizers have terabytes of. */
static rlim_t address_bytes(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	unsigned long pages = 0;

	if (!file)
		return RLIM_INFINITY;
	if (fscanf(file, "%lu", &pages) != 1)
		pages = 0;
	fclose(file);
	return pages ? (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE)
	             : RLIM_INFINITY;
}

/* A handler of the program's would go on with the program. */
static void die_of_faults(void)
{
	static const int faults[] = { SIGABRT, SIGSEGV, SIGBUS, SIGFPE,
		                      SIGILL };

	for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++)
		signal(faults[i], SIG_DFL);
}

static _Noreturn void child(int (*attempt)(const void *data), const void *data,
                            int said_fd)
{
	rlim_t bytes = address_bytes();

	/* Ours may not outlive us; it ends by itself if we end before this. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	die_of_faults();
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_CPU, CPU_SECONDS);
	if (bytes != RLIM_INFINITY)
		limit(RLIMIT_AS, bytes + MEMORY_BYTES);
	if (dup2(said_fd, STDERR_FILENO) < 0)
		_exit(EIO);
	/* An errno fits into a status. */
	_exit(-attempt(data));
}

int sy_trial(int (*attempt)(const void *data), const void *data)
{
	int said_fd = memfd_create("trial", MFD_CLOEXEC), status = 0, rc = 0;
	struct stat said;
	pid_t pid;

	if (said_fd < 0)
		return -errno;
	pid = fork();
	if (pid < 0) {
		rc = -errno;
		goto close_said;
	}
	if (!pid)
		child(attempt, data, said_fd);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR) {
			rc = -errno;
			goto close_said;
		}
	if (!WIFEXITED(status) || fstat(said_fd, &said) || said.st_size)
		rc = -EINVAL;
	else
		rc = -WEXITSTATUS(status);
close_said:
	close(said_fd);
	return rc;
}
