/* SPDX-License-Identifier: MIT */
/*
 * spawn_fork.c - processes that are forked, run once and are waited for.
 *
 * `fork.wait` is fork, _exit and waitpid.  A burst of children waits on a futex
 * until all have been forked, so that they are alive at once; and what waits
 * is tied to its parent's life.
 *
 * One at a time, the child has nothing to wait for and ends microseconds later
 * whatever becomes of its parent.  Each page that it touches costs a
 * hundredth or two of all that is measured.  So it does not ask for a signal at its
 * parent's death; it tells by its exit status that it runs where it belongs,
 * which its parent notes for it; and what its parent writes meanwhile lies in
 * shared memory, of which nothing is copied.
 *
 * `fork.exec` executes a program that does nothing, with no environment.  Its
 * children are always tied to their parent, as nobody knows how long a program
 * takes; that outlives execve.
 */
#include "models.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "futex.h"
#include "process.h"
#include "spawned.h"

/* How a lone child says that it runs elsewhere than it belongs. */
#define EXIT_ELSEWHERE 2

/* Lies in a shared mapping. */
struct burst {
	struct sy_batch *batch;
	const char *program; /* NULL: a child just ends */
	size_t bytes;
	uint32_t size, live;
	_Atomic uint32_t open; /* 1: those that wait go on */
	atomic_int error;      /* the first of a child that could tell */
	pid_t pids[];
};

static void needs(const struct sy_mechanism *mechanism,
                  const struct sy_batch *batch, struct sy_needs *needs)
{
	uint32_t burst = sy_spawn_burst(batch);
	/* Page tables of what the parent has: 8 bytes a page of 4 KiB. */
	uint64_t each = SY_CHILD_BYTES + batch->setting.resident_bytes / 512;

	if (mechanism->way)
		each += SY_SPAWN_PROGRAM_BYTES;
	*needs = (struct sy_needs){
		.contexts = burst,
		.processes = burst,
		.mappings = 1,
		.bytes = burst * each,
	};
}

/* In the child: there is nobody to return an error to. */
static _Noreturn void give_up(struct burst *burst, int err)
{
	int none = 0;

	atomic_compare_exchange_strong(&burst->error, &none, err);
	_exit(EXIT_FAILURE);
}

/* In the child: its whole life. */
static _Noreturn void live(struct burst *burst, uint32_t index)
{
	static char *const no_variables[] = { NULL };
	int err = sy_spawn_begin(burst->batch, index);

	if (err)
		give_up(burst, err);
	while (burst->size > 1 && !atomic_load(&burst->open))
		sy_futex_wait(&burst->open, 0, NULL);
	if (burst->program) {
		char *const arguments[] = { (char *)(uintptr_t)burst->program,
			                    NULL };

		execve(burst->program, arguments, no_variables);
		give_up(burst, -errno);
	}
	_exit(0);
}

/* One that neither waits nor executes, and need not be told apart. */
static bool is_lone(const struct burst *burst)
{
	return burst->size == 1 && !burst->program &&
	       burst->batch->contexts[0].pu >= 0;
}

static int fork_lone(const struct burst *burst, pid_t *pid_out)
{
	int pu = burst->batch->contexts[0].pu;
	pid_t pid = fork();

	if (!pid)
		_exit(sy_context_pu() == pu ? 0 : EXIT_ELSEWHERE);
	if (pid < 0)
		return -errno;
	*pid_out = pid;
	return 0;
}

static int start(struct burst *burst)
{
	uint32_t index = burst->live;
	pid_t pid;
	int err;

	sy_spawn_prepare(burst->batch, index);
	err = is_lone(burst) ? fork_lone(burst, &pid) : sy_process_fork(&pid);
	if (err)
		return err;
	if (!pid)
		live(burst, index);
	burst->pids[index] = pid;
	burst->batch->contexts[index].process = pid;
	burst->live++;
	return 0;
}

/* Of a child that has ended: what there is to tell. */
static int judge(const struct burst *burst, uint32_t index, int status)
{
	struct sy_context *context = &burst->batch->contexts[index];
	int err;

	if (is_lone(burst) && WIFEXITED(status) &&
	    WEXITSTATUS(status) == EXIT_ELSEWHERE)
		return -ENODEV;
	if (status) {
		err = atomic_load(&burst->error);
		return err ? err : -ECHILD;
	}
	if (is_lone(burst))
		sy_context_see_at(context, context->pu);
	return sy_spawn_check(burst->batch, index);
}

static int reap(const struct burst *burst, uint32_t index)
{
	int status;
	pid_t pid;

	do
		pid = waitpid(burst->pids[index], &status, 0);
	while (pid < 0 && errno == EINTR);
	burst->batch->contexts[index].process = 0;
	return pid < 0 ? -ECHILD : judge(burst, index, status);
}

/* All of them are reaped, whatever there is to tell of one. */
static int reap_all(struct burst *burst)
{
	int err = 0, one;
	uint32_t i;

	for (i = 0; i < burst->live; i++) {
		one = reap(burst, i);
		if (!err)
			err = one;
	}
	burst->live = 0;
	return err;
}

static int run_burst(struct burst *burst, uint32_t count)
{
	int err = 0, ended;

	if (burst->size > 1)
		atomic_store(&burst->open, 0);
	while (!err && burst->live < count)
		err = start(burst);
	if (burst->size > 1) {
		atomic_store(&burst->open, 1);
		sy_futex_wake(&burst->open, burst->live);
	}
	ended = reap_all(burst);
	return err ? err : ended;
}

static int run(void *state, uint64_t count)
{
	struct burst *burst = state;
	int err = 0;

	atomic_store(&burst->error, 0);
	fflush(NULL);
	while (count && !err) {
		uint32_t now =
			count < burst->size ? (uint32_t)count : burst->size;

		err = run_burst(burst, now);
		count -= now;
	}
	return err;
}

static int open_burst(void **state, struct sy_batch *batch,
                      const struct sy_mechanism *mechanism)
{
	uint32_t size = sy_spawn_burst(batch);
	size_t bytes = sizeof(struct burst) + size * sizeof(pid_t);
	struct burst *burst;
	void *memory;
	int err;

	err = sy_spawn_open(batch);
	if (!err)
		err = sy_shared_create(&memory, bytes);
	if (err)
		return err;
	burst = memory;
	burst->batch = batch;
	burst->program = mechanism->way;
	burst->bytes = bytes;
	burst->size = size;
	*state = burst;
	return 0;
}

static void close_burst(void *state)
{
	struct burst *burst = state;

	sy_shared_destroy(burst, burst->bytes);
}

const char *sy_spawn_no_program(void)
{
	return access(SY_SPAWN_PROGRAM, X_OK) ? "there is no " SY_SPAWN_PROGRAM
	                                        " to execute"
	                                      : NULL;
}

const struct sy_mechanism sy_fork_wait = {
	.name = "wait",
	.summary = "fork, _exit and waitpid",
	.family = SY_SPAWN,
	.takes = SY_TAKES_BURST,
	.in_tour = true,
	.needs = needs,
	.open = open_burst,
	.run = run,
	.close = close_burst,
};

const struct sy_mechanism sy_fork_exec = {
	.name = "exec",
	.summary = "fork and execve of " SY_SPAWN_PROGRAM,
	.family = SY_SPAWN,
	.takes = SY_TAKES_BURST,
	.way = SY_SPAWN_PROGRAM,
	.absent = sy_spawn_no_program,
	.needs = needs,
	.open = open_burst,
	.run = run,
	.close = close_burst,
};
