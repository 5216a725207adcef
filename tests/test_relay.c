/* SPDX-License-Identifier: MIT */
/*
 * test_relay.c - rings of threads and processes, over all mechanisms: each
 * context has its turns, sleeps between runs, and is what was asked for.
 */
#include "relay_fixture.h"

static uint32_t ring_of(const struct sy_mechanism *row, uint32_t contexts)
{
	return row->takes & SY_TAKES_RING ? contexts : 0;
}

/* Runs of several lengths, the mechanism alone between them. */
static void check_turns(const struct sy_mechanism *row, uint32_t contexts)
{
	struct holdings before = look();
	struct ring ring = open_ring(row, ring_of(row, contexts));
	uint32_t i;

	assert_int_equal(run_laps(&ring, 3), 0);
	assert_int_equal(row->alone(ring.state, 50), 0);
	assert_int_equal(run_laps(&ring, 0), 0);
	assert_int_equal(run_laps(&ring, 1), 0);
	assert_int_equal(row->alone(ring.state, 1), 0);
	assert_int_equal(run_laps(&ring, 1), 0);
	for (i = 0; i < ring.count; i++)
		assert_turns(&ring, i, i ? 5 : 56);
	close_ring(&ring);
	assert_nothing_left(before);
}

static void check_all_turns(const struct sy_mechanism *row)
{
	check_turns(row, 0);
	if (!(row->takes & SY_TAKES_RING))
		return;
	check_turns(row, 2);
	check_turns(row, 3);
	check_turns(row, 17);
	/* A fork takes 20 ms under ThreadSanitizer. */
	if (!SANITIZED || !of_processes(row))
		check_turns(row, 100);
}

static void test_each_context_has_its_turns(void **state)
{
	(void)state;
	for_each_relay(check_all_turns);
}

static void check_many_runs(const struct sy_mechanism *row)
{
	struct ring ring = open_ring(row, ring_of(row, 5));
	uint32_t i;

	for (i = 0; i < 200; i++)
		assert_int_equal(run_laps(&ring, i % 3), 0);
	for (i = 0; i < ring.count; i++)
		assert_turns(&ring, i, 66 * 3 + 1);
	close_ring(&ring);
}

/* Closed while the last of its contexts are on their way to their wait. */
static void check_no_run(const struct sy_mechanism *row)
{
	struct ring ring;
	int i;

	for (i = 0; i < (of_processes(row) ? 3 : 30); i++) {
		ring = open_ring(row, ring_of(row, 9));
		close_ring(&ring);
	}
}

static void test_a_ring_that_never_ran_is_closed(void **state)
{
	(void)state;
	for_each_relay(check_no_run);
}

static void test_many_short_runs_end_well(void **state)
{
	(void)state;
	for_each_relay(check_many_runs);
}

/* Every context runs where it is bound, and says so. */
static void check_places(const struct sy_mechanism *row)
{
	struct ring ring = open_ring(row, ring_of(row, 7));
	uint32_t i;

	assert_int_equal(run_laps(&ring, 10), 0);
	for (i = 0; i < ring.count; i++) {
		const struct sy_context *context = &ring.batch->contexts[i];

		assert_true(context->pu >= 0);
		assert_int_equal(context->pu_seen, context->pu);
		assert_int_equal(context->migrations, 0);
		assert_true(!context->process == !(i && of_processes(row)));
	}
	close_ring(&ring);
}

static void test_each_context_is_bound_and_seen(void **state)
{
	(void)state;
	for_each_relay(check_places);
}

/* The limits are looked up by it before anything is started. */
static void check_needs(const struct sy_mechanism *row)
{
	struct holdings before = look(), now;
	struct ring ring = open_ring(row, ring_of(row, 9));
	struct sy_needs needs = { 0 };

	row->needs(row, ring.batch, &needs);
	now = look();
	assert_int_equal(needs.contexts, ring.count);
	assert_int_equal(needs.threads, now.threads - before.threads);
	assert_int_equal(needs.processes, now.children - before.children);
	/* And a file for each child, with which its switches are counted. */
	assert_int_equal(needs.descriptors, now.descriptors -
	                                            before.descriptors +
	                                            (int)needs.processes);
	close_ring(&ring);
}

static void test_needs_are_what_a_ring_takes(void **state)
{
	(void)state;
	for_each_relay(check_needs);
}

/* The state of a task, as /proc has it behind the name in brackets. */
static char state_of(const char *path)
{
	char line[512] = "";
	FILE *file = fopen(path, "re");
	char *at;

	if (!file)
		return '?';
	at = fgets(line, sizeof(line), file) ? strrchr(line, ')') : NULL;
	fclose(file);
	return at ? at[2] : '?';
}

static bool threads_sleep(void)
{
	DIR *dir = opendir("/proc/self/task");
	struct dirent *entry;
	bool asleep = true;
	char path[300];

	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.' || atoi(entry->d_name) == getpid())
			continue;
		snprintf(path, sizeof(path), "/proc/self/task/%s/stat",
		         entry->d_name);
		asleep &= state_of(path) == 'S';
	}
	closedir(dir);
	return asleep;
}

static bool all_sleep(const struct ring *ring)
{
	bool asleep = threads_sleep();
	char path[64];
	uint32_t i;

	for (i = 1; i < ring->count && of_processes(ring->row); i++) {
		snprintf(path, sizeof(path), "/proc/%d/stat",
		         ring->batch->contexts[i].process);
		asleep &= state_of(path) == 'S';
	}
	return asleep;
}

/* Who is on the way to sleep gets there; nobody wakes from then on. */
static void check_sleep(const struct sy_mechanism *row)
{
	struct ring ring = open_ring(row, ring_of(row, 4));
	int i, run, tries;

	for (run = 0; run < 3; run++) {
		assert_int_equal(run_laps(&ring, (uint64_t)run), 0);
		for (tries = 0; tries < 10000 && !all_sleep(&ring); tries++)
			usleep(1000);
		for (i = 0; i < 20; i++) {
			assert_true(all_sleep(&ring));
			usleep(500);
		}
	}
	close_ring(&ring);
}

static void test_contexts_sleep_between_runs(void **state)
{
	(void)state;
	for_each_relay(check_sleep);
}

/* Without one of its contexts there is no ring, and nothing is left of it. */
struct failing {
	int (*bind)(struct sy_batch *batch, uint32_t index);
	uint32_t whom;
};

static int bind_but_one(struct sy_batch *batch, uint32_t index)
{
	const struct failing *failing = batch->job;

	return index == failing->whom ? -ENODEV : failing->bind(batch, index);
}

static void check_failed(const struct sy_mechanism *row, uint32_t whom)
{
	struct holdings before = look();
	struct ring ring = create_ring(row, ring_of(row, 5));
	struct failing failing = { .bind = ring.batch->bind, .whom = whom };

	ring.batch->bind = bind_but_one;
	ring.batch->job = &failing;
	assert_int_equal(row->open(&ring.state, ring.batch, row), -ENODEV);
	assert_null(ring.state);
	sy_batch_destroy(ring.batch);
	assert_nothing_left(before);
}

static void check_each_failed(const struct sy_mechanism *row)
{
	uint32_t i, count = row->takes & SY_TAKES_RING ? 5 : 2;

	for (i = 0; i < count; i++)
		check_failed(row, i);
}

static void test_a_context_that_cannot_bind_fails_open(void **state)
{
	(void)state;
	for_each_relay(check_each_failed);
}

/* Descriptors run out in the middle of the ring. */
static void check_descriptors(const struct sy_mechanism *row)
{
	const struct sy_relay_way *way = row->way;
	struct rlimit files, few;
	struct holdings before;
	struct ring ring;

	if (!way->descriptors)
		return;
	ring = create_ring(row, 20);
	before = look();
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &files), 0);
	few = files;
	few.rlim_cur = (rlim_t)before.descriptors + 9;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	assert_int_equal(row->open(&ring.state, ring.batch, row), -EMFILE);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &files), 0);
	assert_nothing_left(before);
	sy_batch_destroy(ring.batch);
}

static void test_too_few_descriptors_fail_open(void **state)
{
	(void)state;
	for_each_relay(check_descriptors);
}

/* ThreadSanitizer starts a thread of its own beside the first. */
static void warm_up_row(const struct sy_mechanism *row)
{
	struct ring ring = open_ring(row, 0);

	close_ring(&ring);
}

static int keep_affinity(void **state)
{
	static cpu_set_t everywhere;

	*state = &everywhere;
	return sched_getaffinity(0, sizeof(everywhere), &everywhere);
}

static int restore_affinity(void **state)
{
	return sched_setaffinity(0, sizeof(cpu_set_t), *state);
}

static int warm_up(void **state)
{
	keep_affinity(state);
	for_each_relay(warm_up_row);
	return restore_affinity(state);
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, keep_affinity, restore_affinity)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_each_context_has_its_turns),
		TEST(test_many_short_runs_end_well),
		TEST(test_a_ring_that_never_ran_is_closed),
		TEST(test_each_context_is_bound_and_seen),
		TEST(test_needs_are_what_a_ring_takes),
		TEST(test_contexts_sleep_between_runs),
		TEST(test_a_context_that_cannot_bind_fails_open),
		TEST(test_too_few_descriptors_fail_open),
	};

	return cmocka_run_group_tests(tests, warm_up, NULL);
}
