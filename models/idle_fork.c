/* SPDX-License-Identifier: MIT */
/*
 * idle_fork.c - `fork.parked`: processes that wait for a signal.
 *
 * A child counts itself right before it waits, and a run returns when as many
 * have as were asked for.  Those that were forked stay until close, also where
 * a run failed; all are tied to the life of the thread that forked them.
 *
 * A child touches as little memory as it can, since its copies of pages are
 * what the figure shows: one that inherits its PU makes no call to bind.
 */
#include "models.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "futex.h"
#include "process.h"
#include "spawned.h"

/* How often a parent that waits for children looks whether they live. */
static const struct timespec look_every = { .tv_nsec = 100 * 1000 * 1000 };

/* Between children and parent. */
struct shared {
	_Atomic uint32_t counted; /* by the children themselves */
	_Atomic uint32_t wanted;  /* of them by the run */
	atomic_int error;         /* the first of bind's */
};

struct parked {
	struct sy_batch *batch;
	struct shared *shared;
	uint32_t capacity; /* children that may be asked for */
	uint32_t created;
	pid_t pids[]; /* `capacity` */
};

static void needs(const struct sy_mechanism *mechanism,
                  const struct sy_batch *batch, struct sy_needs *needs)
{
	uint32_t contexts = sy_spawn_burst(batch);

	(void)mechanism;
	*needs = (struct sy_needs){
		.contexts = contexts,
		.processes = contexts,
		.mappings = 1,
		.bytes = contexts * SY_CHILD_BYTES,
	};
}

/* In the child: its whole life.  The parent learns of an error at once. */
static _Noreturn void live(const struct parked *parked, uint32_t index)
{
	struct shared *shared = parked->shared;
	int err = sy_spawn_begin(parked->batch, index), none = 0;

	if (err)
		atomic_compare_exchange_strong(&shared->error, &none, err);
	if (atomic_fetch_add(&shared->counted, 1) + 1 ==
	    atomic_load(&shared->wanted))
		sy_futex_wake(&shared->counted, 1);
	for (;;)
		pause();
}

static int create_one(struct parked *parked)
{
	uint32_t index = parked->created;
	pid_t pid;
	int err;

	sy_spawn_prepare(parked->batch, index);
	err = sy_process_fork(&pid);
	if (err)
		return err;
	if (!pid)
		live(parked, index);
	parked->pids[index] = pid;
	parked->batch->contexts[index].process = pid;
	parked->created++;
	return 0;
}

/*
 * One question where nobody has died, since ten thousand are three
 * milliseconds of a run.  Else the dead one may be a child of the caller's.
 */
static int check_alive(const struct parked *parked)
{
	siginfo_t info = { .si_pid = 0 };
	uint32_t i;

	if (!waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) &&
	    !info.si_pid)
		return 0;
	for (i = 0; i < parked->created; i++)
		if (!sy_process_alive(parked->pids[i]))
			return -ECHILD;
	return 0;
}

static int await(const struct parked *parked, uint32_t count)
{
	_Atomic uint32_t *word = &parked->shared->counted;
	uint32_t counted;
	int err = 0;

	while (!err && (counted = atomic_load(word)) < count) {
		sy_futex_wait(word, counted, &look_every);
		/* Nobody came in all that time: somebody may be dead. */
		if (atomic_load(word) == counted)
			err = check_alive(parked);
	}
	return err;
}

static int run(void *state, uint64_t count)
{
	struct parked *parked = state;
	uint32_t first = parked->created, i;
	int err = 0;

	if (count > parked->capacity)
		return -EINVAL;
	atomic_store(&parked->shared->wanted, (uint32_t)count);
	fflush(NULL);
	while (!err && parked->created < count)
		err = create_one(parked);
	if (!err)
		err = await(parked, (uint32_t)count);
	if (!err)
		err = atomic_load(&parked->shared->error);
	for (i = first; !err && i < count; i++)
		err = sy_spawn_check(parked->batch, i);
	return err ? err : check_alive(parked);
}

static int open_parked(void **state, struct sy_batch *batch,
                       const struct sy_mechanism *mechanism)
{
	uint32_t capacity = sy_spawn_burst(batch);
	struct parked *parked;
	void *shared;
	int err;

	(void)mechanism;
	err = sy_spawn_open(batch);
	if (err)
		return err;
	parked =
		calloc(1, sizeof(*parked) + capacity * sizeof(parked->pids[0]));
	if (!parked)
		return -ENOMEM;
	err = sy_shared_create(&shared, sizeof(*parked->shared));
	if (err) {
		free(parked);
		return err;
	}
	parked->batch = batch;
	parked->shared = shared;
	parked->capacity = capacity;
	/* It is the first child's from now on, and there is none yet. */
	batch->contexts[0].process = 0;
	*state = parked;
	return 0;
}

/* They die side by side: first all are killed, then all are waited for. */
static void close_parked(void *state)
{
	struct parked *parked = state;
	uint32_t i;

	for (i = 0; i < parked->created; i++)
		kill(parked->pids[i], SIGKILL);
	for (i = 0; i < parked->created; i++) {
		while (waitpid(parked->pids[i], NULL, 0) < 0 && errno == EINTR)
			;
		parked->batch->contexts[i].process = 0;
	}
	sy_shared_destroy(parked->shared, sizeof(*parked->shared));
	free(parked);
}

const struct sy_mechanism sy_fork_parked = {
	.name = "parked",
	.summary = "processes that wait for a signal",
	.family = SY_IDLE,
	.needs = needs,
	.open = open_parked,
	.run = run,
	.close = close_parked,
};
