/* SPDX-License-Identifier: MIT */
/*
 * test_idle.c - the promises of struct sy_mechanism about contexts that wait,
 * over the rows whose contexts are threads or processes.
 */
#include "spawn_fixture.h"

#include "host/memory.h"

/* Sanitizers make forks, and the end of processes, a hundred times slower. */
#define CONTEXTS (SANITIZED ? 40 : 300)
#define HELD (SANITIZED ? 30 : 1000)

static struct sy_batch *create_idle(const struct sy_mechanism *row,
                                    uint32_t contexts)
{
	return create_burst(row, contexts);
}

static struct sy_needs needs_of(const struct sy_mechanism *row,
                                const struct sy_batch *batch)
{
	struct sy_needs needs = { 0 };

	row->needs(row, batch, &needs);
	return needs;
}

/* So many live, and each of them has run where it belongs. */
static void assert_idle(const struct sy_mechanism *row,
                        const struct sy_batch *batch, struct holdings before,
                        uint32_t count)
{
	struct holdings now = look();
	bool threads = needs_of(row, batch).threads;
	uint32_t i;

	assert_int_equal(now.threads - before.threads, threads ? count : 0);
	assert_int_equal(now.children - before.children, threads ? 0 : count);
	for (i = 0; i < count; i++) {
		const struct sy_context *context = &batch->contexts[i];

		assert_true(context->pu >= 0);
		assert_int_equal(context->pu_seen, context->pu);
		assert_int_equal(context->pu, batch->contexts[i % 2].pu);
		if (threads)
			assert_int_equal(context->process, 0);
		else
			assert_int_equal(kill(context->process, 0), 0);
	}
	for (; i < batch->context_count; i++)
		assert_int_equal(batch->contexts[i].pu_seen, -1);
}

static void check_rising(const struct sy_mechanism *row)
{
	const uint32_t counts[] = { 1, 2, 10, 10, 20, 5, CONTEXTS };
	struct sy_batch *batch = create_idle(row, CONTEXTS);
	struct holdings before = look();
	uint32_t most = 0;
	size_t i;
	void *state;

	assert_int_equal(row->open(&state, batch, row), 0);
	for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		assert_int_equal(row->run(state, counts[i]), 0);
		most = counts[i] > most ? counts[i] : most;
		assert_idle(row, batch, before, most);
	}
	/* There is no room for more. */
	assert_int_equal(row->run(state, CONTEXTS + 1), -EINVAL);
	assert_idle(row, batch, before, CONTEXTS);
	row->close(state);
	assert_nothing_left(before);
	for (i = 0; i < CONTEXTS; i++)
		assert_int_equal(batch->contexts[i].process, 0);
	sy_batch_destroy(batch);
}

static void test_as_many_wait_as_asked_for(void **state)
{
	(void)state;
	for_each_row(SY_IDLE, check_rising);
}

static void check_none(const struct sy_mechanism *row)
{
	struct sy_batch *batch = create_idle(row, 4);
	struct holdings before = look();
	void *state;

	assert_int_equal(row->open(&state, batch, row), 0);
	row->close(state);
	assert_int_equal(row->open(&state, batch, row), 0);
	assert_int_equal(row->run(state, 0), 0);
	assert_nothing_left(before);
	row->close(state);
	assert_nothing_left(before);
	sy_batch_destroy(batch);
}

static void test_none_is_a_number_too(void **state)
{
	(void)state;
	for_each_row(SY_IDLE, check_none);
}

static uint64_t count_mappings(void)
{
	FILE *file = fopen("/proc/self/maps", "re");
	uint64_t lines = 0;
	int c;

	assert_non_null(file);
	while ((c = fgetc(file)) != EOF)
		lines += c == '\n';
	fclose(file);
	return lines;
}

static void check_needs(const struct sy_mechanism *row)
{
	struct sy_batch *batch = create_idle(row, CONTEXTS);
	struct sy_needs needs = needs_of(row, batch);
	uint64_t mappings = count_mappings();
	void *state;

	assert_int_equal(needs.contexts, CONTEXTS);
	assert_int_equal(needs.threads + needs.processes, CONTEXTS);
	assert_int_equal(row->open(&state, batch, row), 0);
	assert_int_equal(row->run(state, CONTEXTS), 0);
	/* Binding half of them takes heaps of the C library's, and sanitizers
	   map as they like. */
	assert_true(SANITIZED ||
	            count_mappings() <= mappings + needs.mappings + 64);
	row->close(state);
	sy_batch_destroy(batch);
}

static void test_needs_are_told(void **state)
{
	(void)state;
	for_each_row(SY_IDLE, check_needs);
}

/*
 * What is reckoned for a child, by the row and for any process (96 KiB, of
 * point.c), is enough for what it is seen to take: its share of pages, its
 * page tables, its stack in the kernel, and 42 KiB of slab.  It is the first
 * of these tests, because a child has all the page tables of its parent.
 */
static void test_memory_of_a_child_is_told(void **unused)
{
	const struct sy_mechanism *row = &sy_fork_parked;
	struct sy_batch *batch;
	struct sy_memory sum = { 0 };
	uint64_t each;
	void *state;
	uint32_t i;

	(void)unused;
	if (SANITIZED)
		skip(); /* they have page tables of terabytes */
	batch = create_spawn(row, (struct sy_setting){ .contexts = 100 }, 1);
	assert_int_equal(row->open(&state, batch, row), 0);
	assert_int_equal(row->run(state, 100), 0);
	for (i = 0; i < 100; i++)
		assert_int_equal(
			sy_memory_add(batch->contexts[i].process, &sum), 0);
	each = (sum.pss_bytes + sum.table_bytes) / 100 + ((16 + 42) << 10);
	row->close(state);
	assert_true(each <= needs_of(row, batch).bytes / 100 + (96 << 10));
	sy_batch_destroy(batch);
}

/* Waiting is not turning round: in a third of a second, all of them together
   take less than a third of a PU. */
static uint64_t cpu_ns(pid_t process)
{
	struct timespec cpu;
	clockid_t clock;

	if (clock_getcpuclockid(process, &clock) || clock_gettime(clock, &cpu))
		return 0;
	return (uint64_t)cpu.tv_sec * 1000 * MS + (uint64_t)cpu.tv_nsec;
}

static uint64_t all_cpu_ns(const struct sy_batch *batch)
{
	uint64_t sum = cpu_ns(getpid());
	uint32_t i;

	for (i = 0; i < batch->context_count; i++)
		if (batch->contexts[i].process)
			sum += cpu_ns(batch->contexts[i].process);
	return sum;
}

static void check_sleep(const struct sy_mechanism *row)
{
	struct sy_batch *batch = create_idle(row, 40);
	uint64_t before, all;
	void *state;

	assert_int_equal(row->open(&state, batch, row), 0);
	assert_int_equal(row->run(state, 40), 0);
	/* The last of them may still be on its way to sleep. */
	usleep(50000);
	before = all_cpu_ns(batch);
	assert_true(before > 0);
	usleep(300000);
	all = all_cpu_ns(batch) - before;
	assert_true(all < 100 * MS);
	row->close(state);
	sy_batch_destroy(batch);
}

static void test_they_do_sleep(void **state)
{
	(void)state;
	for_each_row(SY_IDLE, check_sleep);
}

/* Failures. */

static int fail_late(struct watched *watched, uint32_t index)
{
	(void)watched;
	return index == 21 ? -EPERM : 0;
}

static void check_bind(const struct sy_mechanism *row)
{
	struct sy_batch *batch = create_idle(row, 40);
	struct holdings before = look();
	struct watched *watched = watch(batch, fail_late);
	void *state;

	assert_int_equal(row->open(&state, batch, row), 0);
	assert_int_equal(row->run(state, 20), 0);
	assert_int_equal(row->run(state, 30), -EPERM);
	row->close(state);
	assert_nothing_left(before);
	munmap(watched, sizeof(*watched));
	sy_batch_destroy(batch);
}

static void test_failed_binding_is_told(void **state)
{
	(void)state;
	for_each_row(SY_IDLE, check_bind);
}

static void run_limited(void *data)
{
	const struct sy_mechanism *row = data;
	struct sy_batch *batch = create_idle(row, 40);
	struct holdings before = look();
	void *state;

	assert_int_equal(row->open(&state, batch, row), 0);
	limit_tasks(25);
	assert_int_equal(row->run(state, 10), 0);
	assert_int_equal(row->run(state, 40), -EAGAIN);
	lift(RLIMIT_NPROC);
	row->close(state);
	assert_nothing_left(before);
	sy_batch_destroy(batch);
}

static void check_limit(const struct sy_mechanism *row)
{
	in_child(run_limited, (void *)(uintptr_t)row);
}

static void test_no_more_tasks_is_told(void **state)
{
	(void)state;
	for_each_row(SY_IDLE, check_limit);
}

static int die_at_once(struct watched *watched, uint32_t index)
{
	if (index == 21 && getpid() != watched->creator)
		raise(SIGKILL);
	return 0;
}

/* Dead before it was counted, or in its sleep. */
static void test_killed_child_is_told(void **unused)
{
	const struct sy_mechanism *row = &sy_fork_parked;
	struct sy_batch *batch = create_idle(row, 40);
	struct holdings before = look();
	struct watched *watched;
	siginfo_t info;
	void *state;

	(void)unused;
	assert_int_equal(row->open(&state, batch, row), 0);
	assert_int_equal(row->run(state, 10), 0);
	kill(batch->contexts[7].process, SIGKILL);
	assert_int_equal(waitid(P_PID, (id_t)batch->contexts[7].process, &info,
	                        WEXITED | WNOWAIT),
	                 0);
	assert_int_equal(row->run(state, 20), -ECHILD);
	row->close(state);
	assert_nothing_left(before);

	watched = watch(batch, die_at_once);
	assert_int_equal(row->open(&state, batch, row), 0);
	assert_int_equal(row->run(state, 20), 0);
	assert_int_equal(row->run(state, 40), -ECHILD);
	row->close(state);
	assert_nothing_left(before);
	munmap(watched, sizeof(*watched));
	sy_batch_destroy(batch);
}

static void test_foreign_children_are_left_alone(void **unused)
{
	const struct sy_mechanism *row = &sy_fork_parked;
	struct sy_batch *batch = create_idle(row, 10);
	pid_t foreign = fork();
	siginfo_t info;
	void *state;
	int status;

	(void)unused;
	if (!foreign)
		_exit(7);
	/* Dead for sure, and not reaped. */
	assert_int_equal(waitid(P_PID, (id_t)foreign, &info, WEXITED | WNOWAIT),
	                 0);
	assert_int_equal(row->open(&state, batch, row), 0);
	assert_int_equal(row->run(state, 10), 0);
	row->close(state);
	assert_int_equal(waitpid(foreign, &status, 0), foreign);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 7);
	sy_batch_destroy(batch);
}

/* As the engine does it: a process of its own holds them, and is killed. */
struct holder {
	const struct sy_mechanism *row;
	struct sy_batch *batch;
	atomic_int done;
};

static _Noreturn void hold(struct holder *holder)
{
	void *state;
	int err = holder->row->open(&state, holder->batch, holder->row);

	if (!err)
		err = holder->row->run(state, holder->batch->context_count);
	atomic_store(&holder->done, err ? err : 1);
	for (;;)
		pause();
}

static void check_holder(const struct sy_mechanism *row)
{
	struct holder *holder = share(sizeof(*holder));
	uint32_t count = HELD, i;
	bool threads;
	pid_t pid;

	holder->row = row;
	holder->batch = create_idle(row, count);
	threads = needs_of(row, holder->batch).threads;
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid)
		hold(holder);
	while (!atomic_load(&holder->done) && !kill(pid, 0))
		usleep(1000);
	assert_int_equal(atomic_load(&holder->done), 1);
	for (i = 0; i < count; i++)
		assert_true(threads ? holder->batch->contexts[i].process == pid
		                    : holder->batch->contexts[i].process > 0);
	kill(pid, SIGKILL);
	/* The holder, and whoever it has left. */
	assert_int_equal(reap_orphans(), threads ? 1 : 1 + (int)count);
	sy_batch_destroy(holder->batch);
	munmap(holder, sizeof(*holder));
}

static void test_nobody_outlives_the_holder(void **state)
{
	(void)state;
	/* Orphans become this process's children. */
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	for_each_row(SY_IDLE, check_holder);
	prctl(PR_SET_CHILD_SUBREAPER, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		spawn_test(test_memory_of_a_child_is_told),
		spawn_test(test_as_many_wait_as_asked_for),
		spawn_test(test_none_is_a_number_too),
		spawn_test(test_needs_are_told),
		spawn_test(test_they_do_sleep),
		spawn_test(test_failed_binding_is_told),
		spawn_test(test_no_more_tasks_is_told),
		spawn_test(test_killed_child_is_told),
		spawn_test(test_foreign_children_are_left_alone),
		spawn_test(test_nobody_outlives_the_holder),
	};

	return cmocka_run_group_tests(tests, warm_up, NULL);
}
