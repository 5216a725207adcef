/* SPDX-License-Identifier: MIT */
/*
 * spawn_vfork.c - processes that borrow their parent's memory: vfork, and
 * posix_spawn, which the C library builds on the same.
 *
 * The parent sleeps until the child has ended (`fork.vfork`) or executes a
 * program (`fork.spawn`), so there is one at a time.  A child has no time to
 * outlive its parent by: one behind vfork ends microseconds later, and the
 * program does nothing and waits for nobody.  It gets no environment.
 *
 * A program cannot say where it runs.  It inherits the binding of the parent,
 * which notes its own PU for it.
 */
#include "models.h"

#include <errno.h>
#include <sched.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "spawned.h"

struct borrower {
	struct sy_batch *batch;
	const char *program;
};

static void needs(const struct sy_mechanism *mechanism,
                  const struct sy_batch *batch, struct sy_needs *needs)
{
	(void)batch;
	*needs = (struct sy_needs){
		.contexts = 1,
		.processes = 1,
		.bytes = mechanism->way ? SY_SPAWN_PROGRAM_BYTES : 0,
		.mappings = 1, /* the C library's stack for the child */
	};
}

/* A function of its own: nothing of the child's may be kept beyond it. */
static pid_t start_vfork(struct sy_context *context)
{
	pid_t pid = vfork();
	unsigned pu;

	if (pid)
		return pid;
	if (!getcpu(&pu, NULL))
		sy_context_see_at(context, (int)pu);
	_exit(0);
}

static int reap(const struct borrower *borrower, pid_t pid)
{
	int status = -1;
	pid_t reaped;

	do
		reaped = waitpid(pid, &status, 0);
	while (reaped < 0 && errno == EINTR);
	if (reaped < 0 || status)
		return -ECHILD;
	return sy_spawn_check(borrower->batch, 0);
}

static int run_vfork(void *state, uint64_t count)
{
	struct borrower *borrower = state;
	struct sy_batch *batch = borrower->batch;
	int err = 0;

	for (; count && !err; count--) {
		pid_t pid;

		sy_spawn_prepare(batch, 0);
		pid = start_vfork(&batch->contexts[0]);
		err = pid < 0 ? -errno : reap(borrower, pid);
	}
	return err;
}

static int run_spawn(void *state, uint64_t count)
{
	struct borrower *borrower = state;
	struct sy_batch *batch = borrower->batch;
	char *arguments[] = { (char *)(uintptr_t)borrower->program, NULL };
	char *no_variables[] = { NULL };
	int err = 0;

	for (; count && !err; count--) {
		pid_t pid;

		sy_spawn_prepare(batch, 0);
		sy_context_see(&batch->contexts[0]);
		err = -posix_spawn(&pid, borrower->program, NULL, NULL,
		                   arguments, no_variables);
		if (!err)
			err = reap(borrower, pid);
	}
	return err;
}

static int open_borrower(void **state, struct sy_batch *batch,
                         const struct sy_mechanism *mechanism)
{
	struct borrower *borrower;
	int err = sy_spawn_open(batch);

	if (err)
		return err;
	borrower = calloc(1, sizeof(*borrower));
	if (!borrower)
		return -ENOMEM;
	borrower->batch = batch;
	borrower->program = mechanism->way;
	*state = borrower;
	return 0;
}

static void close_borrower(void *state)
{
	free(state);
}

const struct sy_mechanism sy_fork_vfork = {
	.name = "vfork",
	.summary = "vfork, _exit and waitpid",
	.family = SY_SPAWN,
	.needs = needs,
	.open = open_borrower,
	.run = run_vfork,
	.close = close_borrower,
};

const struct sy_mechanism sy_fork_spawn = {
	.name = "spawn",
	.summary = "posix_spawn of " SY_SPAWN_PROGRAM,
	.family = SY_SPAWN,
	.way = SY_SPAWN_PROGRAM,
	.absent = sy_spawn_no_program,
	.needs = needs,
	.open = open_borrower,
	.run = run_spawn,
	.close = close_borrower,
};
