/* SPDX-License-Identifier: MIT */
/*
 * test_coroutine_contexts.c - the rows spawn/coroutine.* and idle/coroutine.*:
 * what they create has run where they say, takes the memory that they say,
 * and is gone afterwards.
 */
#include "coroutine_fixture.h"

#include <sched.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "coroutine/guard.h"
#include "coroutine/stack.h"
#include "refuse_fixture.h"

#if defined(SY_ASAN) || defined(SY_TSAN)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

static bool under_valgrind(void)
{
#ifdef SY_VALGRIND
	return RUNNING_ON_VALGRIND;
#else
	return false;
#endif
}

static int bound_at; /* what bind was called with last */
static int bind_result;

static int bind_noted(struct sy_batch *batch, uint32_t index)
{
	bound_at = (int)index;
	batch->contexts[index].pu = 5;
	return bind_result;
}

static int bind_nowhere(struct sy_batch *batch, uint32_t index)
{
	(void)batch;
	(void)index;
	return 0;
}

static struct sy_context context;

static struct sy_batch batch_of(uint32_t contexts, uint64_t stack_bytes)
{
	context = (struct sy_context){ .pu = -1, .pu_seen = -1 };
	bound_at = -1;
	return (struct sy_batch){
		.bind = bind_noted,
		.contexts = &context,
		.context_count = 1,
		.inflight = 1,
		.pu_count = 1,
		.setting = { .contexts = contexts, .stack_bytes = stack_bytes },
	};
}

static const struct sy_mechanism *row_of(enum sy_family family,
                                         const char *name)
{
	const struct sy_mechanism *row =
		sy_mechanism_find(&sy_model_coroutine, family, name);

	assert_non_null(row);
	return row;
}

/* ThreadSanitizer takes 10 ms to make a fibre. */
#ifdef SY_TSAN
#define FEW 1
#else
#define FEW 0
#endif

static const char *const spawns[] = { "pooled", "malloc", "fresh" };
#define SPAWNS (sizeof(spawns) / sizeof(spawns[0]))

static long faults(void)
{
	struct rusage usage;

	assert_int_equal(0, getrusage(RUSAGE_SELF, &usage));
	return usage.ru_minflt;
}

/* Opens, runs so many times so many, and closes: nothing is left. */
static void spawn_checked(const struct sy_mechanism *row, uint32_t burst,
                          uint64_t stack_bytes)
{
	struct sy_batch batch = batch_of(burst, stack_bytes);
	void *spawner = NULL;

	assert_int_equal(0, row->open(&spawner, &batch, row));
	assert_int_equal(0, bound_at);
	for (uint64_t runs = 0; runs < 4; runs++) {
		context.pu_seen = -1;
		assert_int_equal(0, row->run(spawner, runs * burst));
		/* Nobody but what was created says where it ran. */
		assert_int_equal(runs != 0, context.pu_seen >= 0);
	}
	assert_non_null(row->detail(spawner));
	assert_true(strlen(row->detail(spawner)) <= 31);
	row->close(spawner);
}

static void test_created_contexts_run_and_end(void **state)
{
	static const uint32_t bursts[] = { 1, 2, 7, 100, 1000 };
	static const uint64_t stacks[] = { 0, 65536, 100000, 1 << 20 };
	unsigned before;

	(void)state;
	for (size_t i = 0; i < SPAWNS; i++) {
		const struct sy_mechanism *row = row_of(SY_SPAWN, spawns[i]);

		spawn_checked(row, FEW ? 10 : 100, 0);
		/* malloc keeps a little. */
		before = mappings();
		for (size_t j = 0; j < (FEW ? 3 : 5); j++)
			for (size_t k = 0; k < 4; k++)
				spawn_checked(row, bursts[j], stacks[k]);
		if (!SANITIZED && !under_valgrind())
			assert_true(mappings() <= before + 2);
	}
}

static void test_one_row_is_in_the_tour(void **state)
{
	unsigned count = 0;

	(void)state;
	for (size_t i = 0; i < SPAWNS; i++) {
		const struct sy_mechanism *row = row_of(SY_SPAWN, spawns[i]);

		count += row->in_tour;
		assert_true(row->takes & SY_TAKES_BURST);
		assert_true(row->takes & SY_TAKES_STACK);
	}
	assert_int_equal(1, count);
	assert_true(row_of(SY_SPAWN, "pooled")->in_tour);
}

/* Page faults tell the rows apart: the pool's pages are touched once, a fresh
   stack's each time. */
static void test_stacks_come_from_where_the_row_says(void **state)
{
	enum { BURST = 64, ROUNDS = 20 };
	struct sy_batch batch = batch_of(BURST, 0);
	const struct sy_mechanism *pooled = row_of(SY_SPAWN, "pooled");
	const struct sy_mechanism *fresh = row_of(SY_SPAWN, "fresh");
	void *spawner;
	long before;

	(void)state;
	if (SANITIZED || under_valgrind())
		skip(); /* they make faults of their own */
	assert_int_equal(0, pooled->open(&spawner, &batch, pooled));
	before = faults();
	assert_int_equal(0, pooled->run(spawner, BURST));
	assert_true(faults() - before >= BURST);
	before = faults();
	assert_int_equal(0, pooled->run(spawner, BURST * ROUNDS));
	assert_true(faults() - before < BURST / 2);
	pooled->close(spawner);

	assert_int_equal(0, fresh->open(&spawner, &batch, fresh));
	for (int i = 0; i < 2; i++) {
		before = faults();
		assert_int_equal(0, fresh->run(spawner, BURST * ROUNDS));
		assert_true(faults() - before >= BURST * ROUNDS);
	}
	fresh->close(spawner);
}

/* Does `check` in a child; true: it could. */
static bool child_could(void (*check)(void))
{
	pid_t child;
	int status;

	fflush(NULL);
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		check();
		_exit(0);
	}
	assert_int_equal(child, waitpid(child, &status, 0));
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		return false;
	assert_int_equal(0, WEXITSTATUS(status));
	return true;
}

/* Of a child: it is not as it should be, at this line. */
#define MUST(condition)                                                        \
	do {                                                                   \
		if (!(condition)) {                                            \
			dprintf(2, "line %d: %s\n", __LINE__, #condition);     \
			_exit(1);                                              \
		}                                                              \
	} while (0)

/* The address space ends within a burst: those before are ended. */
static void run_out_of_space(void)
{
	const struct sy_mechanism *row = row_of(SY_SPAWN, "fresh");
	struct sy_batch batch = batch_of(1000, 1 << 20);
	unsigned before;
	struct rlimit limit;
	void *spawner;

	MUST(!row->open(&spawner, &batch, row));
	MUST(!row->run(spawner, 1000));
	before = mappings();
	limit.rlim_cur = limit.rlim_max = 500 << 20;
	MUST(!setrlimit(RLIMIT_AS, &limit));
	for (int i = 0; i < 3; i++)
		MUST(row->run(spawner, 1000) == -ENOMEM);
	MUST(mappings() <= before);
	/* What fits still runs. */
	MUST(!row->run(spawner, 100));
	row->close(spawner);
}

static void test_a_burst_that_fails_leaves_nothing(void **state)
{
	(void)state;
	if (SANITIZED || under_valgrind())
		skip(); /* their shadow takes more than any such limit */
	assert_true(child_could(run_out_of_space));
}

/* On a PU whose number is not what a canary reads as. */
static bool leave_first_pu(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set))
		return false;
	CPU_CLR(0, &set);
	return CPU_COUNT(&set) && !sched_setaffinity(0, sizeof(set), &set);
}

/* Where malloc puts a stack of a spawner that is opened now. */
static uintptr_t next_stack(const struct sy_mechanism *row,
                            struct sy_batch *batch)
{
	uintptr_t address;
	void *spawner, *block;

	MUST(!row->open(&spawner, batch, row));
	block = malloc(batch->setting.stack_bytes);
	MUST(block != NULL);
	address = (uintptr_t)block;
	free(block);
	row->close(spawner);
	return address;
}

/* What notes where the context runs is made to write into the canary. */
static void overwrite_canary(void)
{
	const struct sy_mechanism *row = row_of(SY_SPAWN, "malloc");
	struct sy_batch batch = batch_of(1, 65536);
	uintptr_t address;
	void *spawner;

	if (!leave_first_pu())
		_exit(77);
	address = next_stack(row, &batch);
	batch.bind = bind_nowhere;
	batch.contexts = (struct sy_context *)((address + 63) / 64 * 64);
	MUST(!row->open(&spawner, &batch, row));
	MUST(!strcmp("canary", row->detail(spawner)));
	MUST(row->run(spawner, 1) == -EFAULT);
}

static void test_a_heap_overflow_is_reported(void **state)
{
	(void)state;
	if (SANITIZED || under_valgrind())
		skip(); /* blocks are not used again at once */
	if (!child_could(overwrite_canary))
		skip(); /* no second PU */
}

/* Errors of open, for all rows. */
static void test_what_cannot_be_opened_is_told(void **state)
{
	static const enum sy_family families[] = { SY_SPAWN, SY_SPAWN, SY_SPAWN,
		                                   SY_IDLE };
	static const char *const names[] = { "pooled", "malloc", "fresh",
		                             "parked" };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		const struct sy_mechanism *row = row_of(families[i], names[i]);
		struct sy_batch batch = batch_of(10, 0);
		void *made = NULL;

		bind_result = -ENODEV;
		assert_int_equal(-ENODEV, row->open(&made, &batch, row));
		bind_result = 0;
		batch = batch_of(10, SY_STACK_LEAST_BYTES - 1);
		assert_int_equal(-EINVAL, row->open(&made, &batch, row));
		batch = batch_of(9000, 0);
		if (!sy_note_room(9000))
			assert_int_equal(-EAGAIN,
			                 row->open(&made, &batch, row));
		assert_null(made);
	}
}

/* kB of a line of a file of this process's. */
static uint64_t kib(const char *path, const char *name)
{
	FILE *file = fopen(path, "re");
	char line[256];
	uint64_t value = 0;

	MUST(file != NULL);
	while (fgets(line, sizeof(line), file))
		if (!strncmp(line, name, strlen(name)))
			value = strtoull(line + strlen(name), NULL, 10);
	fclose(file);
	return value;
}

static uint64_t memory_bytes(void)
{
	return 1024 * (kib("/proc/self/smaps_rollup", "Pss:") +
	               kib("/proc/self/status", "VmPTE:"));
}

#define PARKED 20000

/* Between two counts, so that what there is once is not counted. */
static void weigh(const char *guard)
{
	const struct sy_mechanism *row = row_of(SY_IDLE, "parked");
	struct sy_batch batch = batch_of(PARKED, 0);
	uint64_t before, each;
	struct sy_needs needs = { 0 };
	void *idle;

	row->needs(row, &batch, &needs);
	MUST(!row->open(&idle, &batch, row));
	MUST(!row->run(idle, PARKED / 10) && context.pu_seen >= 0);
	before = memory_bytes();
	MUST(!row->run(idle, PARKED));
	each = (memory_bytes() - before) / (PARKED - PARKED / 10);
	/* A page has been touched, so it has run; and no more than one. */
	MUST(each >= 4096 && each <= 4300);
	MUST(needs.bytes / PARKED >= each);
	MUST(needs.bytes / PARKED <= 4506);
	MUST(needs.mappings < 65530 / 3 * 2);
	MUST(!strcmp(guard, row->detail(idle)));
	row->close(idle);
}

static void weigh_here(void)
{
	weigh(sy_guard_name(sy_guard_for(PARKED, 0)));
}

static void weigh_canaries(void)
{
	if (!refuse_marks(EINVAL))
		_exit(77);
	if (sy_guard_for(PARKED, 0) == SY_GUARD_PROTECT)
		_exit(77); /* as many mappings as nobody has by default */
	weigh("canary");
}

static void test_a_parked_coroutine_takes_one_page(void **state)
{
	(void)state;
	if (SANITIZED || under_valgrind())
		skip(); /* they keep memory of their own for each */
	assert_true(child_could(weigh_here));
	if (!child_could(weigh_canaries))
		skip();
}

/* Counts rise, also by nothing, and over the edges of slabs. */
static void park_checked(uint32_t most, uint64_t stack_bytes)
{
	const struct sy_mechanism *row = row_of(SY_IDLE, "parked");
	struct sy_batch batch = batch_of(most, stack_bytes);
	void *idle = NULL;

	assert_int_equal(0, row->open(&idle, &batch, row));
	assert_int_equal(0, bound_at);
	for (uint64_t count = 0; count < most; count += 1 + count / 3) {
		context.pu_seen = -1;
		assert_int_equal(0, row->run(idle, count));
		assert_int_equal(count != 0, context.pu_seen >= 0);
	}
	assert_int_equal(0, row->run(idle, most));
	context.pu_seen = -1;
	assert_int_equal(0, row->run(idle, most));
	assert_int_equal(0, row->run(idle, 1));
	assert_int_equal(-1, context.pu_seen);
	assert_int_equal(-EINVAL, row->run(idle, most + 1));
	row->close(idle);
}

static void test_coroutines_wait_and_are_gone(void **state)
{
	static const uint32_t counts[] = { 1, 2, 257, 255, 256, 512, 1000 };
	unsigned before;

	(void)state;
	park_checked(FEW ? 100 : 1000, 0); /* malloc keeps a little */
	before = mappings();
	for (size_t i = 0; i < (FEW ? 3 : 7); i++) {
		park_checked(counts[i], 0);
		park_checked(counts[i], SY_STACK_LEAST_BYTES + 1);
	}
	if (!SANITIZED && !under_valgrind())
		assert_true(mappings() <= before + 2);
}

/* Opened for more than are ever asked for, and for none. */
static void test_idle_ends_at_any_count(void **state)
{
	const struct sy_mechanism *row = row_of(SY_IDLE, "parked");
	struct sy_batch batch = batch_of(5000, 0);
	void *idle;

	(void)state;
	assert_int_equal(0, row->open(&idle, &batch, row));
	row->close(idle);
	assert_int_equal(0, row->open(&idle, &batch, row));
	assert_int_equal(0, row->run(idle, 300));
	row->close(idle);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_created_contexts_run_and_end),
		cmocka_unit_test(test_one_row_is_in_the_tour),
		cmocka_unit_test(test_stacks_come_from_where_the_row_says),
		cmocka_unit_test(test_a_burst_that_fails_leaves_nothing),
		cmocka_unit_test(test_a_heap_overflow_is_reported),
		cmocka_unit_test(test_what_cannot_be_opened_is_told),
		cmocka_unit_test(test_a_parked_coroutine_takes_one_page),
		cmocka_unit_test(test_coroutines_wait_and_are_gone),
		cmocka_unit_test(test_idle_ends_at_any_count),
	};

	if (sy_model_coroutine.absent()) {
		puts(sy_model_coroutine.absent());
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
