/* SPDX-License-Identifier: MIT */
/*
 * places_fixture.h - what the tests of meeting places share: places within a
 * process and between processes, and contexts of either kind to meet there.
 */
#ifndef SY_PLACES_FIXTURE_H
#define SY_PLACES_FIXTURE_H

#include "models_fixture.h"

#include <pthread.h>

#include "places.h"

/* Nothing takes as long; after it a test has failed. */
#define LONG_NS (20000 * MS)

/* What contexts see of one another, in shared memory. */
struct stage {
	struct sy_places *places;
	bool between; /* processes, not threads */
	atomic_uint come, gone;
	atomic_int errors;
	uint64_t count; /* guarded by what is tested */
	uint64_t order[64];
	_Atomic pid_t tids[64]; /* of the actors, once they act */
	atomic_bool ready;
};

typedef void act_fn(struct stage *stage, uint32_t index);

static inline struct stage *open_stage(bool between, uint32_t locks,
                                       uint32_t gates, uint32_t units,
                                       uint32_t events)
{
	struct stage *stage = share(sizeof(*stage));
	const struct sy_batch batch = { .inflight = 64,
		                        .lock_count = locks,
		                        .gate_count = gates,
		                        .gate_units = &units,
		                        .event_count = events };

	stage->between = between;
	assert_int_equal(sy_places_open(&stage->places, &batch, between), 0);
	return stage;
}

static inline void close_stage(struct stage *stage)
{
	sy_places_close(stage->places);
	munmap(stage, sizeof(*stage));
}

/* A thread or a process. */
struct actor {
	struct stage *stage;
	act_fn *act;
	uint32_t index;
	pthread_t thread;
	pid_t pid;
};

static inline void *actor_main(void *data)
{
	struct actor *actor = data;

	atomic_store(&actor->stage->tids[actor->index], gettid());
	actor->act(actor->stage, actor->index);
	atomic_fetch_add(&actor->stage->gone, 1);
	return NULL;
}

static inline void start_actor(struct actor *actor, struct stage *stage,
                               act_fn *act, uint32_t index)
{
	*actor = (struct actor){ stage, act, index, 0, 0 };
	if (!stage->between) {
		assert_int_equal(
			pthread_create(&actor->thread, NULL, actor_main, actor),
			0);
		return;
	}
	fflush(NULL);
	actor->pid = fork();
	assert_true(actor->pid >= 0);
	if (actor->pid)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	actor_main(actor);
	_exit(0);
}

static inline void end_actor(struct actor *actor)
{
	int status;

	if (!actor->stage->between) {
		assert_int_equal(pthread_join(actor->thread, NULL), 0);
		return;
	}
	assert_int_equal(waitpid(actor->pid, &status, 0), actor->pid);
	assert_int_equal(status, 0);
}

/* A process: killed here, or by itself where it is. */
static inline void end_killed(struct actor *actor, bool here)
{
	int status;

	if (here)
		assert_int_equal(kill(actor->pid, SIGKILL), 0);
	assert_int_equal(waitpid(actor->pid, &status, 0), actor->pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

/* Until `count` has reached `wanted`. */
static inline void await_count(atomic_uint *count, unsigned wanted)
{
	uint64_t give_up = sy_clock_ns() + LONG_NS;

	while (atomic_load(count) < wanted && sy_clock_ns() < give_up)
		usleep(1000);
	assert_int_equal(atomic_load(count), wanted);
}

/* Whether the kernel says that it sleeps: which actors do where they meet. */
static inline bool sleeps(const struct actor *actor)
{
	pid_t tid = atomic_load(&actor->stage->tids[actor->index]);
	char path[64], state = 0;
	FILE *file;

	if (!tid)
		return false;
	snprintf(path, sizeof(path), "/proc/%d/task/%d/stat",
	         actor->pid ? actor->pid : getpid(), tid);
	file = fopen(path, "re");
	if (!file)
		return false;
	if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
		state = 0;
	fclose(file);
	return state == 'S';
}

static inline void await_asleep(const struct actor *actors, uint32_t count)
{
	uint64_t give_up = sy_clock_ns() + LONG_NS;

	for (uint32_t i = 0; i < count; i++)
		while (!sleeps(&actors[i])) {
			usleep(1000);
			assert_true(sy_clock_ns() < give_up);
		}
}

/* Runs the test among threads, then among processes. */
static inline void among_both(void (*test)(bool between))
{
	test(false);
	test(true);
}

#endif /* SY_PLACES_FIXTURE_H */
