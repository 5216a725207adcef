/* SPDX-License-Identifier: MIT */
/*
 * test_spawn_failures.c - the rows that create threads or processes, where
 * that fails: the error is told, nothing is left behind, and the next run is
 * as good as the first.
 */
#include "spawn_fixture.h"

/* Sanitizers make forks a hundred times slower. */
#define BURST (SANITIZED ? 12 : 32)

/* The last of a burst fails, and then no more. */

static int fail_once(struct watched *watched, uint32_t index)
{
	(void)watched;
	return index == BURST - 1 ? -EPERM : 0;
}

static int die_once(struct watched *watched, uint32_t index)
{
	if (index == BURST - 1 && getpid() != watched->creator)
		raise(SIGKILL);
	return 0;
}

static int do_nothing(struct watched *watched, uint32_t index)
{
	(void)watched;
	(void)index;
	return 0;
}

static void check_context(const struct sy_mechanism *row, int expected,
                          int (*then)(struct watched *watched, uint32_t index))
{
	struct sy_batch *batch = create_burst(row, BURST);
	struct holdings before = look();
	struct watched *watched = watch(batch, then);
	void *state;

	assert_int_equal(row->open(&state, batch, row), 0);
	assert_int_equal(row->run(state, BURST), expected);
	assert_nothing_left(before);
	watched->then = do_nothing;
	assert_int_equal(row->run(state, BURST), 0);
	assert_nothing_left(before);
	row->close(state);
	munmap(watched, sizeof(*watched));
	sy_batch_destroy(batch);
}

static void check_bind(const struct sy_mechanism *row)
{
	if (row->takes & SY_TAKES_BURST)
		check_context(row, -EPERM, fail_once);
}

static void test_failed_binding_is_told(void **state)
{
	(void)state;
	for_each_row(SY_SPAWN, check_bind);
}

static void check_death(const struct sy_mechanism *row)
{
	struct sy_batch *batch = create_burst(row, BURST);
	struct sy_needs needs = { 0 };

	row->needs(row, batch, &needs);
	sy_batch_destroy(batch);
	if (row->takes & SY_TAKES_BURST && needs.processes)
		check_context(row, -ECHILD, die_once);
}

static void test_killed_context_is_told(void **state)
{
	(void)state;
	for_each_row(SY_SPAWN, check_death);
}

/* Its child waits while pages are copied, and somebody kills it. */

static void kill_children(pid_t parent)
{
	char path[64];
	FILE *list;
	int pid;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", parent,
	         parent);
	for (;;) {
		list = fopen(path, "re");
		while (list && fscanf(list, "%d", &pid) == 1)
			if (pid != getpid())
				kill(pid, SIGKILL);
		if (list)
			fclose(list);
	}
}

static void test_killed_child_of_a_payer_is_told(void **unused)
{
	const struct sy_mechanism *row = &sy_fork_cow;
	struct sy_batch *batch = create_burst(row, 1);
	struct holdings before = look();
	pid_t parent = getpid(), killer;
	void *state;
	int err = 0;

	(void)unused;
	assert_int_equal(row->open(&state, batch, row), 0);
	fflush(NULL);
	killer = fork();
	assert_true(killer >= 0);
	if (!killer) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		kill_children(parent);
	}
	while (!err)
		err = row->run(state, 1);
	kill(killer, SIGKILL);
	assert_int_equal(waitpid(killer, NULL, 0), killer);
	assert_int_equal(err, -ECHILD);
	assert_nothing_left(before);
	assert_int_equal(row->run(state, 2), 0);
	row->close(state);
	sy_batch_destroy(batch);
}

/* Limits are lowered in a child process. */

static void run_limited(void *data)
{
	const struct sy_mechanism *row = data;
	struct sy_batch *batch = create_burst(row, BURST);
	struct holdings before = look();
	void *state;

	assert_int_equal(row->open(&state, batch, row), 0);
	limit_tasks(BURST / 2);
	assert_int_equal(row->run(state, BURST), -EAGAIN);
	lift(RLIMIT_NPROC);
	assert_nothing_left(before);
	assert_int_equal(row->run(state, BURST), 0);
	row->close(state);
	assert_nothing_left(before);
	sy_batch_destroy(batch);
}

static void check_tasks_limit(const struct sy_mechanism *row)
{
	if (row->takes & SY_TAKES_BURST)
		in_child(run_limited, (void *)(uintptr_t)row);
}

static void test_no_more_tasks_in_the_middle_of_a_burst_is_told(void **state)
{
	(void)state;
	for_each_row(SY_SPAWN, check_tasks_limit);
}

static void run_alone_limited(void *data)
{
	const struct sy_mechanism *row = data;
	struct sy_batch *batch = create_burst(row, 1);
	struct holdings before = look();
	void *state;

	assert_int_equal(row->open(&state, batch, row), 0);
	limit_tasks(1);
	assert_int_equal(row->run(state, 1), -EAGAIN);
	lift(RLIMIT_NPROC);
	assert_nothing_left(before);
	assert_int_equal(row->run(state, 1), 0);
	row->close(state);
	sy_batch_destroy(batch);
}

static void check_task_limit(const struct sy_mechanism *row)
{
	in_child(run_alone_limited, (void *)(uintptr_t)row);
}

static void test_no_more_tasks_at_all_is_told(void **state)
{
	(void)state;
	for_each_row(SY_SPAWN, check_task_limit);
}

static void run_without_addresses(void *data)
{
	const struct sy_mechanism *row = data;
	struct sy_setting setting = { .contexts = BURST,
		                      .stack_bytes = 64 << 20 };
	struct sy_batch *batch = create_spawn(row, setting, 1);
	struct holdings before = look();
	void *state;

	assert_int_equal(row->open(&state, batch, row), 0);
	limit_to(RLIMIT_AS, 1 << 30);
	assert_int_equal(row->run(state, BURST), -EAGAIN);
	lift(RLIMIT_AS);
	assert_nothing_left(before);
	row->close(state);
	sy_batch_destroy(batch);
}

static void check_addresses(const struct sy_mechanism *row)
{
	if (row->takes & SY_TAKES_STACK)
		in_child(run_without_addresses, (void *)(uintptr_t)row);
}

static void test_no_more_room_for_stacks_is_told(void **state)
{
	(void)state;
	if (SANITIZED)
		skip(); /* they need terabytes of addresses */
	for_each_row(SY_SPAWN, check_addresses);
}

/* Programs. */

static void check_program(const struct sy_mechanism *row, const char *program,
                          int expected)
{
	struct sy_mechanism other = *row;
	uint32_t burst = burst_of(row, 3);
	struct sy_batch *batch = create_burst(row, burst);
	struct holdings before = look();
	void *state;

	other.way = program;
	assert_int_equal(row->open(&state, batch, &other), 0);
	assert_int_equal(row->run(state, burst), expected);
	assert_nothing_left(before);
	row->close(state);
	sy_batch_destroy(batch);
}

static void check_programs(const struct sy_mechanism *row)
{
	if (!row->way)
		return;
	check_program(row, "/nowhere/true", -ENOENT);
	check_program(row, "/etc/passwd", -EACCES);
	check_program(row, "/bin/false", -ECHILD);
	check_program(row, "/bin/true", 0);
}

static void test_programs_that_cannot_be_executed_are_told(void **state)
{
	(void)state;
	for_each_row(SY_SPAWN, check_programs);
}

/* Who creates is killed: nobody is left, not even for long. */

/* Runs until it is killed, and tells that it does. */
static void create_for_ever(const struct sy_mechanism *row, atomic_int *runs)
{
	struct sy_batch *batch = create_burst(row, burst_of(row, BURST));
	void *state;

	if (row->open(&state, batch, row))
		_exit(EXIT_FAILURE);
	while (!row->run(state, batch->context_count))
		atomic_fetch_add(runs, 1);
	_exit(EXIT_FAILURE);
}

static void check_creator(const struct sy_mechanism *row)
{
	atomic_int *runs = share(sizeof(*runs));
	pid_t creator;
	int status;

	fflush(NULL);
	creator = fork();
	assert_true(creator >= 0);
	if (!creator)
		create_for_ever(row, runs);
	while (atomic_load(runs) < 2 && waitpid(creator, &status, WNOHANG) == 0)
		usleep(100);
	/* Wherever it is just then. */
	usleep((useconds_t)(creator % 1000));
	kill(creator, SIGKILL);
	assert_int_equal(waitpid(creator, &status, 0), creator);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	reap_orphans();
	munmap(runs, sizeof(*runs));
}

static void test_nobody_outlives_the_creator(void **state)
{
	int i;

	(void)state;
	/* Orphans become this process's children. */
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	for (i = 0; i < (SANITIZED ? 1 : 5); i++)
		for_each_row(SY_SPAWN, check_creator);
	prctl(PR_SET_CHILD_SUBREAPER, 0);
}

/* Children that execute cat by now. */
static int count_readers(pid_t parent)
{
	char path[64], name[32];
	int pid, count = 0;
	FILE *list, *comm;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", parent,
	         parent);
	list = fopen(path, "re");
	while (list && fscanf(list, "%d", &pid) == 1) {
		snprintf(path, sizeof(path), "/proc/%d/comm", pid);
		comm = fopen(path, "re");
		if (comm && fscanf(comm, "%31s", name) == 1)
			count += !strcmp(name, "cat");
		if (comm)
			fclose(comm);
	}
	if (list)
		fclose(list);
	return count;
}

/* A program that would wait for ever for what it reads. */
static void test_no_program_outlives_the_creator(void **state)
{
	struct sy_mechanism row = sy_fork_exec;
	atomic_int *runs = share(sizeof(*runs));
	pid_t creator;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	row.way = "/bin/cat";
	fflush(NULL);
	creator = fork();
	assert_true(creator >= 0);
	if (!creator) {
		dup2(ends[0], 0);
		create_for_ever(&row, runs);
	}
	while (count_readers(creator) < BURST)
		usleep(1000);
	kill(creator, SIGKILL);
	assert_int_equal(reap_orphans(), 1 + BURST);
	prctl(PR_SET_CHILD_SUBREAPER, 0);
	close(ends[0]);
	close(ends[1]);
	munmap(runs, sizeof(*runs));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		spawn_test(test_failed_binding_is_told),
		spawn_test(test_killed_context_is_told),
		spawn_test(test_killed_child_of_a_payer_is_told),
		spawn_test(test_no_more_tasks_in_the_middle_of_a_burst_is_told),
		spawn_test(test_no_more_tasks_at_all_is_told),
		spawn_test(test_no_more_room_for_stacks_is_told),
		spawn_test(test_programs_that_cannot_be_executed_are_told),
		spawn_test(test_nobody_outlives_the_creator),
		spawn_test(test_no_program_outlives_the_creator),
	};

	return cmocka_run_group_tests(tests, warm_up, NULL);
}
