/* SPDX-License-Identifier: MIT */
/* process.c - see process.h. */
#include "process.h"

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "futex.h"

/* How often a parent that waits for a word looks whether the child lives. */
static const struct timespec look_every = { .tv_nsec = 100 * 1000 * 1000 };

int sy_process_fork(pid_t *pid_out)
{
	pid_t parent = getpid();
	pid_t pid = fork();

	if (pid < 0)
		return -errno;
	/* The parent may have died before the kernel was told. */
	if (!pid && (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent))
		_exit(ESRCH);
	*pid_out = pid;
	return 0;
}

int sy_process_start(struct sy_process *process, struct sy_batch *batch,
                     uint32_t index, sy_process_work_fn *work, void *data)
{
	pid_t pid;
	int err;

	process->error = 0;
	process->context = &batch->contexts[index];
	atomic_store(&process->told, 0);
	err = sy_process_fork(&pid);
	if (err)
		return err;
	if (pid) {
		process->pid = pid;
		process->context->process = pid;
		return 0;
	}
	err = batch->bind(batch, index);
	if (!err)
		sy_context_see(process->context);
	process->error = err;
	atomic_store(&process->told, 1);
	sy_futex_wake(&process->told, 1);
	if (!err)
		work(data);
	_exit(0);
}

int sy_process_await(struct sy_process *process)
{
	while (!atomic_load(&process->told)) {
		sy_futex_wait(&process->told, 0, &look_every);
		if (!atomic_load(&process->told) &&
		    !sy_process_alive(process->pid))
			return -ECHILD;
	}
	return process->error;
}

bool sy_process_alive(pid_t pid)
{
	siginfo_t info = { .si_pid = 0 };

	if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT))
		return false;
	return !info.si_pid;
}

void sy_process_reap(struct sy_process *process)
{
	if (!process->pid)
		return;
	while (waitpid(process->pid, NULL, 0) < 0 && errno == EINTR)
		;
	process->pid = 0;
	process->context->process = 0;
}

void sy_process_end(struct sy_process *process)
{
	if (process->pid)
		kill(process->pid, SIGKILL);
	sy_process_reap(process);
}

int sy_shared_create(void **memory, size_t bytes)
{
	void *mapped = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
	                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (mapped == MAP_FAILED)
		return -ENOMEM;
	*memory = mapped;
	return 0;
}

void sy_shared_destroy(void *memory, size_t bytes)
{
	munmap(memory, bytes);
}
