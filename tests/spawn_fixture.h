/* SPDX-License-Identifier: MIT */
/*
 * spawn_fixture.h - what the tests of creation and of idleness share: batches
 * for a mechanism, a bind that is watched, and children that are looked at
 * from outside.
 */
#ifndef SY_SPAWN_FIXTURE_H
#define SY_SPAWN_FIXTURE_H

#include "models_fixture.h"

#include "models.h"

/* The rows whose contexts the kernel schedules. */
static inline void for_each_row(enum sy_family family,
                                void (*test)(const struct sy_mechanism *row))
{
	static const struct sy_mechanism *const *const lists[] = {
		sy_threads_mechanisms,
		sy_semaphore_mechanisms,
		sy_fork_mechanisms,
		sy_pool_mechanisms,
	};
	size_t i;

	for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		const struct sy_mechanism *const *row = lists[i];

		for (; *row; row++) {
			if ((*row)->family != family ||
			    ((*row)->absent && (*row)->absent()))
				continue;
			print_message("           %s\n", (*row)->summary);
			test(*row);
		}
	}
}

static inline uint32_t burst_of(const struct sy_mechanism *row, uint32_t wanted)
{
	return row->takes & SY_TAKES_BURST ? wanted : 1;
}

/*
 * Two PUs, so that every other context has to bind itself; where there is but
 * one, it is given twice.
 */
static inline struct sy_batch *create_spawn(const struct sy_mechanism *row,
                                            struct sy_setting setting,
                                            uint32_t pu_count)
{
	int pus[2];
	uint32_t count = allowed_pus(pus, 2);
	struct sy_batch_spec spec = { .mechanism = row,
		                      .setting = setting,
		                      .inflight = 1,
		                      .window = 1,
		                      .pus = pus,
		                      .pu_count = pu_count,
		                      .bound = true };
	struct sy_batch *batch;

	if (count < 2)
		pus[1] = pus[0];
	assert_int_equal(sy_batch_create(&batch, &spec), 0);
	return batch;
}

static inline struct sy_batch *create_burst(const struct sy_mechanism *row,
                                            uint32_t contexts)
{
	struct sy_setting setting = { .contexts = contexts };

	return create_spawn(row, setting, 2);
}

/* Stands in for the batch's bind, and is called with what it did; shared, as
   contexts may be processes. */
struct watched {
	int (*bind)(struct sy_batch *batch, uint32_t index);
	int (*then)(struct watched *watched, uint32_t index);
	pid_t creator;
	atomic_int found; /* of `then` */
};

static inline int bind_watched(struct sy_batch *batch, uint32_t index)
{
	struct watched *watched = (struct watched *)(uintptr_t)batch->job;
	int err = watched->bind(batch, index);

	if (err || (!index && getpid() == watched->creator))
		return err;
	return watched->then(watched, index);
}

static inline struct watched *watch(struct sy_batch *batch,
                                    int (*then)(struct watched *watched,
                                                uint32_t index))
{
	struct watched *watched = share(sizeof(*watched));

	watched->bind = batch->bind;
	watched->then = then;
	watched->creator = getpid();
	batch->bind = bind_watched;
	batch->job = watched;
	return watched;
}

static inline void limit_to(__rlimit_resource_t resource, rlim_t value)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(resource, &limit), 0);
	limit.rlim_cur = value;
	assert_int_equal(setrlimit(resource, &limit), 0);
}

/* No more processes and threads than `count`, for a user with no others. */
static inline void limit_tasks(rlim_t count)
{
	uid_t user = 60000 + (uid_t)getpid() % 4000;

	/* The limit does not hold for root. */
	if (!getuid())
		assert_int_equal(setresuid(user, user, user), 0);
	limit_to(RLIMIT_NPROC, count);
}

/* Runs `work` in a process of its own; it ends well. */
static inline void in_child(void (*work)(void *data), void *data)
{
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		work(data);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* Waits until all children of this process are gone, which are nobody's but
   those that a killed one left; how many. */
static inline int reap_orphans(void)
{
	int count = 0, tries;
	pid_t pid;

	for (tries = 0; tries < 30000; tries++) {
		while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
			count++;
		if (pid < 0)
			return count;
		usleep(1000);
	}
	fail_msg("children outlive who made them");
	return -1;
}

/* Limits are soft, so that looking around afterwards is not limited. */
static inline void lift(__rlimit_resource_t resource)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(resource, &limit), 0);
	limit.rlim_cur = limit.rlim_max;
	assert_int_equal(setrlimit(resource, &limit), 0);
}

/* The caller's binding comes back: open binds it. */
static cpu_set_t everywhere;

static inline int keep_affinity(void **state)
{
	(void)state;
	return sched_getaffinity(0, sizeof(everywhere), &everywhere);
}

static inline int restore_affinity(void **state)
{
	(void)state;
	return sched_setaffinity(0, sizeof(everywhere), &everywhere);
}

static inline void create_once(const struct sy_mechanism *row)
{
	struct sy_batch *batch = create_burst(row, 1);
	void *state;

	assert_int_equal(row->open(&state, batch, row), 0);
	assert_int_equal(row->run(state, 1), 0);
	row->close(state);
	sy_batch_destroy(batch);
}

/* ThreadSanitizer starts a thread of its own beside the first. */
static inline int warm_up(void **state)
{
	keep_affinity(state);
	for_each_row(SY_SPAWN, create_once);
	return restore_affinity(state);
}

#define spawn_test(test)                                                       \
	cmocka_unit_test_setup_teardown(test, keep_affinity, restore_affinity)

#endif /* SY_SPAWN_FIXTURE_H */
