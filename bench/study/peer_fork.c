/* SPDX-License-Identifier: MIT */
/*
 * peer_fork.c - fork.bare: fork, work, _exit, wait.
 *
 * As a program would do it that has no other children that end: it waits for
 * any.  The children are bound to the caller's life as the model's are, so
 * that what differs is how the work is carried out.
 */
#include "study/peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "process.h"

struct forks {
	struct sy_peer peer;
	uint32_t live;
	pid_t pids[]; /* by lane, 0: none */
};

static _Noreturn void child(const struct sy_peer *peer, uint32_t slot,
                            uint64_t index)
{
	struct sy_lane *lane = &peer->batch->lanes[slot];
	struct sy_context *context = &peer->batch->contexts[slot];
	uint64_t value;
	int error = peer->batch->bind(peer->batch, slot);

	if (error)
		_exit(-error);
	context->pu_seen = -1;
	sy_context_see(context);
	error = sy_peer_task(peer, lane, index, &value);
	sy_tally_add(&lane->tally, index, value, error);
	_exit(0);
}

static int start(struct forks *forks, uint32_t slot, uint64_t index)
{
	pid_t pid;
	int error = sy_process_fork(&pid);

	if (error)
		return error;
	if (!pid)
		child(&forks->peer, slot, index);
	forks->pids[slot] = pid;
	forks->peer.batch->contexts[slot].process = pid;
	forks->live++;
	return 0;
}

/* The slot of a child, or `inflight`: it is none of these. */
static uint32_t slot_of(const struct forks *forks, pid_t pid)
{
	uint32_t slot = 0;

	while (slot < forks->peer.batch->inflight && forks->pids[slot] != pid)
		slot++;
	return slot;
}

/* Waits for a child; its slot is free then.  A server that dies is not one. */
static int reap(struct forks *forks, uint32_t *slot)
{
	int status;

	do {
		pid_t pid = wait(&status);

		if (pid < 0 && errno != EINTR) {
			forks->live = 0;
			return -errno;
		}
		*slot = slot_of(forks, pid);
	} while (*slot == forks->peer.batch->inflight);
	forks->pids[*slot] = 0;
	forks->peer.batch->contexts[*slot].process = 0;
	forks->live--;
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -ECHILD;
}

static int peer_run(void *state)
{
	struct forks *forks = state;
	uint64_t count = forks->peer.batch->task_count, next = 0;
	int rc = 0, error;
	uint32_t slot;

	fflush(NULL);
	for (slot = 0; slot < forks->peer.batch->inflight && !rc; slot++) {
		if (next < count)
			rc = start(forks, slot, next++);
	}
	while (forks->live) {
		error = reap(forks, &slot);
		if (!rc)
			rc = error;
		if (!rc && next < count)
			rc = start(forks, slot, next++);
	}
	return rc;
}

static int peer_open(void **state, struct sy_batch *batch)
{
	struct forks *forks =
		calloc(1, sizeof(*forks) + batch->inflight * sizeof(pid_t));
	int rc = forks ? sy_peer_init(&forks->peer, batch) : -ENOMEM;

	if (rc)
		free(forks);
	else
		*state = forks;
	return rc;
}

static void peer_needs(const struct sy_batch *batch, struct sy_needs *needs)
{
	*needs = (struct sy_needs){ .contexts = batch->inflight,
		                    .processes = batch->inflight };
}

const struct sy_model sy_peer_fork = {
	.name = "fork.bare",
	.summary = "fork, the work called directly, _exit, wait",
	.absent = sy_peer_absent,
	.needs = peer_needs,
	.open = peer_open,
	.run = peer_run,
	.close = free,
};
