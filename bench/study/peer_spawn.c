/* SPDX-License-Identifier: MIT */
/*
 * peer_spawn.c - bare creation: pthread_create and pthread_join, also with a
 * time-out, fork and waitpid, one at a time, of contexts that do nothing.
 */
#include "models.h"
#include "study/peer.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* What threads.join asks for where no size is given. */
#define STACK_BYTES ((size_t)64 << 10)

struct bare {
	struct sy_batch *batch;
	pthread_attr_t attributes;
};

static int open_bare(void **state, struct sy_batch *batch,
                     const struct sy_mechanism *mechanism)
{
	struct bare *bare;
	int rc = batch->bind(batch, 0);

	(void)mechanism;
	if (rc)
		return rc;
	bare = malloc(sizeof(*bare));
	if (!bare)
		return -ENOMEM;
	bare->batch = batch;
	pthread_attr_init(&bare->attributes);
	pthread_attr_setstacksize(&bare->attributes, STACK_BYTES);
	sy_context_see(&batch->contexts[0]);
	*state = bare;
	return 0;
}

static void close_bare(void *state)
{
	struct bare *bare = state;

	pthread_attr_destroy(&bare->attributes);
	free(bare);
}

static void *nothing(void *data)
{
	return data;
}

static int run_join(void *state, uint64_t count)
{
	struct bare *bare = state;

	for (; count; count--) {
		pthread_t thread;
		int rc = -pthread_create(&thread, &bare->attributes, nothing,
		                         NULL);

		if (rc)
			return rc;
		pthread_join(thread, NULL);
	}
	return 0;
}

/* A daemon's end is waited for, but for a second at most. */
static int join_within(pthread_t thread, time_t seconds)
{
	struct timespec by;

	clock_gettime(CLOCK_MONOTONIC, &by);
	by.tv_sec += seconds;
	return -pthread_clockjoin_np(thread, NULL, CLOCK_MONOTONIC, &by);
}

static int run_timed(void *state, uint64_t count)
{
	struct bare *bare = state;
	int rc = 0;

	for (; count && !rc; count--) {
		pthread_t thread;

		rc = -pthread_create(&thread, &bare->attributes, nothing, NULL);
		if (!rc)
			rc = join_within(thread, 1);
		/* It ends all the same, and is not left behind. */
		if (rc == -ETIMEDOUT)
			rc = -pthread_join(thread, NULL);
	}
	return rc;
}

static int run_wait(void *state, uint64_t count)
{
	(void)state;
	for (; count; count--) {
		pid_t pid = fork();

		if (pid < 0)
			return -errno;
		if (!pid)
			_exit(0);
		waitpid(pid, NULL, 0);
	}
	return 0;
}

#define BARE(NAME, SUMMARY)                                                    \
	const struct sy_mechanism sy_bare_##NAME = {                           \
		.name = #NAME,                                                 \
		.summary = SUMMARY,                                            \
		.family = SY_SPAWN,                                            \
		.needs = sy_pair_needs,                                        \
		.open = open_bare,                                             \
		.run = run_##NAME,                                             \
		.close = close_bare,                                           \
	}

BARE(join, "a thread, created and joined");
BARE(timed, "a thread, created and joined within a second");
BARE(wait, "a process, forked and reaped");
