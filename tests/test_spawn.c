/* SPDX-License-Identifier: MIT */
/*
 * test_spawn.c - the promises of struct sy_mechanism about creating contexts,
 * over all rows that create threads or processes: so many are created, they
 * are alive at once, run where they belong, and are gone afterwards.
 */
#include "spawn_fixture.h"

#include <dlfcn.h>
#include <pthread.h>

#define BURST 8

/* Threads and processes that the system has ever created. */
static uint64_t count_created(void)
{
	unsigned long long count = 0;
	char line[256];
	FILE *file = fopen("/proc/stat", "re");

	assert_non_null(file);
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "processes %llu", &count) == 1)
			break;
	fclose(file);
	assert_true(count > 0);
	return count;
}

/* Others create too: there is no upper bound. */
static void check_created(const struct sy_mechanism *row)
{
	uint32_t burst = burst_of(row, BURST);
	struct sy_batch *batch = create_burst(row, burst);
	uint64_t before, rounds;
	void *state;

	assert_int_equal(row->open(&state, batch, row), 0);
	for (rounds = 0; rounds < 4; rounds++) {
		before = count_created();
		assert_int_equal(row->run(state, rounds * burst), 0);
		assert_true(count_created() - before >= rounds * burst);
	}
	row->close(state);
	sy_batch_destroy(batch);
}

static void test_as_many_are_created_as_asked_for(void **state)
{
	(void)state;
	for_each_row(SY_SPAWN, check_created);
}

static void check_place(const struct sy_mechanism *row)
{
	uint32_t burst = burst_of(row, BURST), i;
	struct sy_batch *batch = create_burst(row, burst);
	struct holdings before = look();
	int pus[2];
	void *state;

	if (allowed_pus(pus, 2) < 2)
		pus[1] = pus[0];
	assert_int_equal(row->open(&state, batch, row), 0);
	assert_int_equal(batch->context_count, burst);
	assert_int_equal(row->run(state, 2 * (uint64_t)burst), 0);
	for (i = 0; i < burst; i++) {
		const struct sy_context *context = &batch->contexts[i];
		int pu = pus[i % 2];

		assert_int_equal(context->pu, pu);
		assert_int_equal(context->pu_seen, pu);
		assert_int_equal(context->migrations, 0);
		assert_int_equal(context->process, 0);
		assert_true(context->visited[pu / 64] == UINT64_C(1)
		                                                 << (pu % 64));
	}
	row->close(state);
	assert_nothing_left(before);
	sy_batch_destroy(batch);
}

static void test_contexts_run_where_they_belong(void **state)
{
	(void)state;
	for_each_row(SY_SPAWN, check_place);
}

/* Whoever is created elsewhere than asked for is told, not counted. */
static void check_elsewhere(const struct sy_mechanism *row)
{
	struct sy_batch *batch =
		create_spawn(row, (struct sy_setting){ .contexts = 1 }, 1);
	struct holdings before = look();
	void *state;

	assert_int_equal(row->open(&state, batch, row), 0);
	/* Nobody runs there: what the batch says and what is differ. */
	batch->contexts[0].pu += 1000;
	assert_int_equal(row->run(state, 1), -ENODEV);
	row->close(state);
	assert_nothing_left(before);
	sy_batch_destroy(batch);
}

static void check_inheritor(const struct sy_mechanism *row)
{
	/* It is bound through the batch each time. */
	if (row != &sy_pool_worker)
		check_elsewhere(row);
}

static void test_running_elsewhere_is_told(void **state)
{
	(void)state;
	for_each_row(SY_SPAWN, check_inheritor);
}

static void check_unbound(const struct sy_mechanism *row)
{
	int pus[2];
	struct sy_batch_spec spec = { .mechanism = row,
		                      .setting = { .contexts = 1 },
		                      .inflight = 1,
		                      .window = 1,
		                      .pus = pus,
		                      .pu_count = allowed_pus(pus, 2) };
	struct sy_batch *batch;
	void *state;

	assert_int_equal(sy_batch_create(&batch, &spec), 0);
	assert_int_equal(row->open(&state, batch, row), 0);
	assert_int_equal(row->run(state, 3), 0);
	assert_int_equal(batch->contexts[0].pu, -1);
	assert_true(batch->contexts[0].pu_seen >= 0);
	row->close(state);
	sy_batch_destroy(batch);
}

static void test_unbound_contexts_are_seen(void **state)
{
	(void)state;
	for_each_row(SY_SPAWN, check_unbound);
}

/*
 * Creation is watched from within: this program's own pthread_create and fork
 * stand before the C library's.  After each, the new context is given the time
 * to run, and to end if nothing holds it; after the last, all must be there.
 */
static struct {
	const struct sy_batch *batch; /* NULL: nobody watches */
	pid_t creator;
	uint32_t created;
	int alive;
} watch_creation;

static int count_living_children(void)
{
	char path[64], state;
	int pid, count = 0;
	FILE *list, *stat;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", getpid());
	list = fopen(path, "re");
	while (list && fscanf(list, "%d", &pid) == 1) {
		snprintf(path, sizeof(path), "/proc/%d/stat", pid);
		stat = fopen(path, "re");
		if (stat && fscanf(stat, "%*d (%*[^)]) %c", &state) == 1)
			count += state != 'Z' && state != 'X';
		if (stat)
			fclose(stat);
	}
	if (list)
		fclose(list);
	return count;
}

static void look_on(void)
{
	const struct sy_batch *batch = watch_creation.batch;
	const volatile struct sy_context *context;
	int tries;

	if (!batch || getpid() != watch_creation.creator)
		return;
	context = &batch->contexts[watch_creation.created++];
	for (tries = 0; context->pu_seen < 0 && tries < 2000; tries++)
		usleep(1000);
	usleep(5000);
	watch_creation.alive =
		count_entries("/proc/self/task") - 1 + count_living_children();
}

typedef int create_fn(pthread_t *thread, const pthread_attr_t *attr,
                      void *(*start)(void *data), void *data);

int pthread_create(pthread_t *thread, const pthread_attr_t *attr,
                   void *(*start)(void *data), void *data)
{
	create_fn *next = (create_fn *)dlsym(RTLD_NEXT, "pthread_create");
	int err = next(thread, attr, start, data);

	look_on();
	return err;
}

pid_t fork(void)
{
	pid_t (*next)(void) = (pid_t(*)(void))dlsym(RTLD_NEXT, "fork");
	pid_t pid = next();

	look_on();
	return pid;
}

static void check_alive(const struct sy_mechanism *row)
{
	struct sy_batch *batch;
	struct sy_needs needs = { 0 };
	void *state;

	if (!(row->takes & SY_TAKES_BURST))
		return;
	batch = create_burst(row, BURST);
	row->needs(row, batch, &needs);
	assert_int_equal(needs.threads + needs.processes, BURST);
	assert_int_equal(row->open(&state, batch, row), 0);
	watch_creation.creator = getpid();
	watch_creation.created = 0;
	watch_creation.batch = batch;
	assert_int_equal(row->run(state, BURST), 0);
	watch_creation.batch = NULL;
	row->close(state);
	assert_int_equal(watch_creation.created, BURST);
	assert_int_equal(watch_creation.alive, BURST);
	sy_batch_destroy(batch);
}

static void test_a_burst_is_alive_at_once(void **state)
{
	(void)state;
	if (SANITIZED)
		skip(); /* they have a pthread_create of their own */
	for_each_row(SY_SPAWN, check_alive);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		spawn_test(test_as_many_are_created_as_asked_for),
		spawn_test(test_contexts_run_where_they_belong),
		spawn_test(test_running_elsewhere_is_told),
		spawn_test(test_unbound_contexts_are_seen),
		spawn_test(test_a_burst_is_alive_at_once),
	};

	return cmocka_run_group_tests(tests, warm_up, NULL);
}
