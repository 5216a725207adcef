/* SPDX-License-Identifier: MIT */
/*
 * fork.c - one child process a task, at most `inflight` alive.
 *
 * Lane i and context i belong to slot i, and a child takes the slot of one
 * that ended.  It is reaped as soon as it ends, before a new one starts in
 * its place.
 *
 * run returns what fork says where it fails (-EAGAIN, -ENOMEM), the error of
 * bind, or -ECHILD where a child was killed or left otherwise than by the end
 * of its task; each time after it has reaped every child of its own.
 * Children of the caller that are not its own are left alone.  Where a child
 * has failed, tasks that wait for others go on with -EOWNERDEAD, then and in
 * each later run: what it held, or was to do, is lost.
 */
#include "models.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "blocking.h"
#include "process.h"

struct slot {
	pid_t pid; /* 0: free */
	uint32_t index;
};

/*
 * The slots that live come first, in no order.  A child that ended is found
 * among them one by one: 4096 of them take under a microsecond, and a fork
 * takes two hundred.
 */
struct forks {
	struct sy_batch *batch;
	struct sy_places *places;
	uint32_t live;
	int error; /* the first of this run */
	struct slot slots[];
};

static const char *absent(void)
{
	return NULL;
}

static void needs(const struct sy_batch *batch, struct sy_needs *needs)
{
	*needs = (struct sy_needs){
		.contexts = batch->inflight,
		.processes = batch->inflight,
		.mappings = 1, /* the meeting places */
	};
}

static int open_fork(void **state, struct sy_batch *batch)
{
	struct forks *forks;
	uint32_t i;
	int err;

	forks = calloc(1,
	               sizeof(*forks) + batch->inflight * sizeof(struct slot));
	if (!forks)
		return -ENOMEM;
	err = sy_places_join(&forks->places, batch, true);
	if (err) {
		free(forks);
		return err;
	}
	forks->batch = batch;
	for (i = 0; i < batch->inflight; i++)
		forks->slots[i].index = i;
	*state = forks;
	return 0;
}

/* In the child: its whole life.  Its exit status is bind's errno. */
static _Noreturn void carry_out(struct forks *forks, uint32_t slot,
                                uint64_t index)
{
	struct sy_batch *batch = forks->batch;
	struct sy_lane *lane = &batch->lanes[slot];
	struct sy_context *context = &batch->contexts[slot];
	int err = batch->bind(batch, slot);

	if (err)
		_exit(-err);
	/* Another process than the last of this slot: it did not migrate. */
	context->pu_seen = -1;
	sy_context_see(context);
	sy_task_begin(batch, lane, index);
	sy_blocking_run(batch, forks->places, lane, NULL, NULL);
	sy_task_end(batch, lane);
	sy_context_see(context);
	_exit(0);
}

static int start(struct forks *forks, uint64_t index)
{
	struct slot *slot = &forks->slots[forks->live];
	pid_t pid;
	int err;

	err = sy_process_fork(&pid);
	if (err)
		return err;
	if (!pid)
		carry_out(forks, slot->index, index);
	slot->pid = pid;
	forks->batch->contexts[slot->index].process = pid;
	forks->live++;
	return 0;
}

/* The place of a child among those that live, or `live`: not ours. */
static uint32_t find(const struct forks *forks, pid_t pid)
{
	uint32_t i;

	for (i = 0; i < forks->live; i++)
		if (forks->slots[i].pid == pid)
			break;
	return i;
}

/*
 * The place of a child that has ended, waiting for one.  The caller may have
 * ended children of its own that it has not waited for: they come up first
 * each time and hide ours, which are then asked one by one.
 */
static uint32_t await_ended(const struct forks *forks)
{
	siginfo_t info = { .si_pid = 0 };
	uint32_t i;

	while (waitid(P_ALL, 0, &info, WEXITED | WNOWAIT) && errno == EINTR)
		;
	i = find(forks, info.si_pid);
	if (i < forks->live)
		return i;
	for (i = 0; i < forks->live; i++)
		if (!sy_process_alive(forks->slots[i].pid))
			return i;
	return 0; /* none yet: wait for this one */
}

/* No task is started from now on; the others are not to wait for it. */
static void fail(struct forks *forks, int err)
{
	if (!forks->error)
		forks->error = err;
	sy_places_abandon(forks->places);
}

static void reap_one(struct forks *forks)
{
	uint32_t i = await_ended(forks);
	struct slot ended = forks->slots[i];
	int status = -1, err = 0;
	pid_t pid;

	do
		pid = waitpid(ended.pid, &status, 0);
	while (pid < 0 && errno == EINTR);
	if (pid < 0 || !WIFEXITED(status))
		err = -ECHILD;
	else if (WEXITSTATUS(status))
		err = -WEXITSTATUS(status);
	if (err)
		fail(forks, err);
	forks->batch->contexts[ended.index].process = 0;
	if (forks->batch->address) /* its connection went with it */
		forks->batch->lanes[ended.index].fd = -1;
	ended.pid = 0;
	forks->slots[i] = forks->slots[--forks->live];
	forks->slots[forks->live] = ended;
}

static int run(void *state)
{
	struct forks *forks = state;
	uint64_t count = forks->batch->task_count;
	uint32_t inflight = forks->batch->inflight;
	uint64_t next = 0;

	forks->error = 0;
	fflush(NULL);
	for (;;) {
		while (next < count && forks->live < inflight &&
		       !forks->error) {
			int err = start(forks, next++);

			if (err)
				fail(forks, err);
		}
		if (!forks->live)
			return forks->error;
		reap_one(forks);
	}
}

static void close_fork(void *state)
{
	struct forks *forks = state;

	sy_places_part(forks->places, forks->batch);
	free(forks);
}

const struct sy_model sy_model_fork = {
	.name = "fork",
	.summary = "one child process a task, reaped as they end; "
		   "a context is a process",
	.absent = absent,
	.needs = needs,
	.open = open_fork,
	.run = run,
	.close = close_fork,
	.mechanisms = sy_fork_mechanisms,
};
