/* SPDX-License-Identifier: MIT */
/*
 * test_spawn_settings.c - what creation is asked for beside a number, and
 * what memory it touches: stacks, copies, pages of a child.
 */
#include "spawn_fixture.h"

#include <pthread.h>

/* Settings. */

static int measure_stack(struct watched *watched, uint32_t index)
{
	pthread_attr_t attr;
	size_t bytes = 0;

	(void)index;
	if (!pthread_getattr_np(pthread_self(), &attr)) {
		pthread_attr_getstacksize(&attr, &bytes);
		pthread_attr_destroy(&attr);
	}
	atomic_store(&watched->found, (int)(bytes >> 10));
	return 0;
}

static int find_stack(const struct sy_mechanism *row, uint64_t stack_bytes)
{
	struct sy_setting setting = { .contexts = 2,
		                      .stack_bytes = stack_bytes };
	struct sy_batch *batch = create_spawn(row, setting, 2);
	struct watched *watched = watch(batch, measure_stack);
	void *state;
	int found;

	assert_int_equal(row->open(&state, batch, row), 0);
	assert_int_equal(row->run(state, 2), 0);
	row->close(state);
	found = atomic_load(&watched->found);
	munmap(watched, sizeof(*watched));
	sy_batch_destroy(batch);
	return found;
}

static void check_stack(const struct sy_mechanism *row)
{
	struct sy_setting least = { .contexts = 1, .stack_bytes = 1 };
	struct sy_batch *batch;
	void *state;

	if (!(row->takes & SY_TAKES_STACK))
		return;
	assert_in_range(find_stack(row, 3 << 20), 3 << 10, (3 << 10) + 64);
	/* Not the C library's 8 MiB; it may give one of before, up to four
	   times as large. */
	assert_in_range(find_stack(row, 0), 32, 4 << 10);
	batch = create_spawn(row, least, 1);
	assert_int_equal(row->open(&state, batch, row), -EINVAL);
	sy_batch_destroy(batch);
}

static void test_stacks_are_as_large_as_asked_for(void **state)
{
	(void)state;
	for_each_row(SY_SPAWN, check_stack);
	for_each_row(SY_IDLE, check_stack);
}

/* Copies. */

static uint64_t count_faults(int (*run)(void *state, uint64_t count),
                             void *state, uint64_t count)
{
	struct rusage before, after;

	getrusage(RUSAGE_SELF, &before);
	assert_int_equal(run(state, count), 0);
	getrusage(RUSAGE_SELF, &after);
	return (uint64_t)(after.ru_minflt - before.ru_minflt);
}

static void test_the_parent_pays_for_each_page(void **unused)
{
	const struct sy_mechanism *row = &sy_fork_cow;
	uint64_t pages = 512, page = (uint64_t)sysconf(_SC_PAGESIZE), i;
	struct sy_setting setting = { .contexts = 1,
		                      .resident_bytes = pages * page };
	struct sy_batch *batch;
	void *state;

	(void)unused;
	setting.resident = mmap(NULL, pages * page, PROT_READ | PROT_WRITE,
	                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(setting.resident, MAP_FAILED);
	madvise(setting.resident, pages * page, MADV_NOHUGEPAGE);
	memset(setting.resident, 1, pages * page);
	batch = create_spawn(row, setting, 1);
	assert_int_equal(row->open(&state, batch, row), 0);
	assert_null(row->detail(state));
	assert_true(count_faults(row->run, state, 3) >= 3 * pages);
	for (i = 0; i < pages; i++)
		assert_int_equal(setting.resident[i * page], 4);
	/* Without a single write only what any fork takes is left. */
	assert_true(count_faults(row->alone, state, 3) < 3 * pages / 2);
	assert_int_equal(setting.resident[0], 4);
	row->close(state);
	sy_batch_destroy(batch);
	munmap(setting.resident, pages * page);
}

static void test_copies_of_its_own_are_said_to_be(void **unused)
{
	const struct sy_mechanism *row = &sy_fork_cow;
	struct sy_batch *batch = create_burst(row, 1);
	void *state;

	(void)unused;
	assert_int_equal(row->open(&state, batch, row), 0);
	assert_string_equal(row->detail(state), "1 MiB of its own");
	assert_true(strlen(row->detail(state)) <= 31);
	assert_true(count_faults(row->run, state, 2) >= 2 * (1 << 20) / 65536);
	row->close(state);
	sy_batch_destroy(batch);
}

/*
 * A bare child touches seven or eight pages.  To ask for a signal and to note
 * its PU in shared memory would be three more, each a hundredth or two of its
 * life.
 */

static uint64_t count_child_faults(void (*work)(void *state, uint64_t count),
                                   void *state, uint64_t count)
{
	struct rusage before, after;

	getrusage(RUSAGE_CHILDREN, &before);
	work(state, count);
	getrusage(RUSAGE_CHILDREN, &after);
	return (uint64_t)(after.ru_minflt - before.ru_minflt);
}

static void fork_bare(void *unused, uint64_t count)
{
	(void)unused;
	for (; count; count--) {
		pid_t pid = fork();

		if (!pid)
			_exit(0);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
	}
}

static void fork_lone(void *state, uint64_t count)
{
	assert_int_equal(sy_fork_wait.run(state, count), 0);
}

static void test_a_lone_child_touches_hardly_more_than_a_bare_one(void **unused)
{
	const struct sy_mechanism *row = &sy_fork_wait;
	struct sy_batch *batch = create_burst(row, 1);
	uint64_t bare, ours;
	void *state;

	(void)unused;
	if (SANITIZED) {
		sy_batch_destroy(batch);
		skip(); /* they write to shadows of memory */
	}
	assert_int_equal(row->open(&state, batch, row), 0);
	fork_lone(state, 10);
	fork_bare(NULL, 10);
	ours = count_child_faults(fork_lone, state, 200);
	bare = count_child_faults(fork_bare, NULL, 200);
	/* Code of either that lies elsewhere in the file is a fault. */
	assert_true(ours <= bare + 200 + 100);
	row->close(state);
	sy_batch_destroy(batch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		spawn_test(test_stacks_are_as_large_as_asked_for),
		spawn_test(test_the_parent_pays_for_each_page),
		spawn_test(test_copies_of_its_own_are_said_to_be),
		spawn_test(
			test_a_lone_child_touches_hardly_more_than_a_bare_one),
	};

	return cmocka_run_group_tests(tests, warm_up, NULL);
}
