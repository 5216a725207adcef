/* SPDX-License-Identifier: MIT */
/*
 * test_pool_deaths.c - workers of the pool that die: in a task, idle, all of
 * them, again and again, and where no other can be started.
 */
#include "pool_fixture.h"

static struct plan *plan_of(unsigned count, unsigned every, int how)
{
	struct plan *plan = share(sizeof(*plan));
	unsigned i;

	for (i = 0; i < count; i++)
		plan->dies[i] = every && i % every == every - 1 ? how : 0;
	return plan;
}

/* Of `count` tasks each that is to die does, and no other. */
static void check_deaths(uint32_t workers, uint32_t window, uint32_t chunk,
                         unsigned every, int how)
{
	enum { count = 40 };
	struct holdings before = look();
	struct plan *plan = plan_of(count, every, how);
	struct sy_batch *batch =
		create_pool_batch(workers, window, false, plan);
	struct ledger ledger = { 0 };
	struct sy_pool *pool;
	unsigned i;

	assert_int_equal(sy_pool_open(&pool, batch), 0);
	assert_int_equal(sy_pool_map(pool, 0, count, chunk, enter, &ledger), 0);
	assert_int_equal(sy_pool_wait(pool), 0);
	assert_all_once(&ledger, plan, count);
	for (i = 0; i < count; i++)
		assert_int_equal(ledger.errors[i], plan->dies[i] ? -ECHILD : 0);
	assert_int_equal(ledger.lost, count / every);
	assert_int_equal(sy_pool_deaths(pool), count / every);
	assert_int_equal(look().children - before.children, workers);
	assert_int_equal(sy_pool_join(pool), 0);
	sy_pool_close(pool);
	sy_batch_destroy(batch);
	munmap(plan, sizeof(*plan));
	assert_nothing_left(before);
}

static void test_a_death_costs_the_one_task(void **state)
{
	static const int ways[] = { SIGKILL, SIGSEGV, SIGTERM, -1 };
	unsigned i;

	(void)state;
	for (i = 0; i < 4; i++) {
		check_deaths(1, 1, 1, 10, ways[i]);
		check_deaths(3, 64, 1, 7, ways[i]);
		check_deaths(2, 16, 5, 8, ways[i]); /* in a chunk */
	}
	check_deaths(4, 64, 40, 40, SIGKILL); /* the last of all */
	check_deaths(2, 8, 1, 1, SIGKILL);    /* every one */
	check_deaths(2, 8, 4, 1, SIGKILL);
}

static void test_apply_tells_of_a_death(void **state)
{
	struct plan *plan = plan_of(TASKS, 3, SIGKILL);
	struct sy_batch *batch = create_pool_batch(2, 4, false, plan);
	struct sy_pool_result result;
	struct sy_pool *pool;
	unsigned i;

	(void)state;
	assert_int_equal(sy_pool_open(&pool, batch), 0);
	for (i = 0; i < 30; i++) {
		assert_int_equal(sy_pool_apply(pool, i, &result), 0);
		assert_int_equal(result.index, i);
		assert_int_equal(result.error, i % 3 == 2 ? -ECHILD : 0);
		assert_int_equal(result.value, i % 3 == 2 ? 0 : value_of(i));
	}
	sy_pool_close(pool);
	sy_batch_destroy(batch);
	munmap(plan, sizeof(*plan));
}

/* Bound as it was, and known as the process of its context. */
static void assert_bound(const struct sy_batch *batch, uint32_t i, int pu)
{
	pid_t pid = batch->contexts[i].process;
	cpu_set_t set;

	assert_true(pid > 0);
	assert_int_equal(kill(pid, 0), 0);
	assert_int_equal(batch->contexts[i].pu, pu);
	assert_int_equal(sched_getaffinity(pid, sizeof(set), &set), 0);
	assert_int_equal(CPU_COUNT(&set), 1);
	assert_true(CPU_ISSET((size_t)pu, &set));
}

static void kill_worker(struct sy_batch *batch, uint32_t i)
{
	siginfo_t info;
	pid_t pid = batch->contexts[i].process;

	assert_true(pid > 0);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
}

/* Idle ones, which nobody misses until there is work; then all of them. */
static void test_idle_workers_are_replaced(void **state)
{
	enum { workers = 3 };
	struct plan *plan = plan_of(0, 0, 0);
	struct sy_batch *batch = create_pool_batch(workers, 16, true, plan);
	struct sy_pool_result result;
	pid_t first[workers];
	int pus[workers];
	struct sy_pool *pool;
	uint32_t i;

	(void)state;
	assert_int_equal(sy_pool_open(&pool, batch), 0);
	for (i = 0; i < workers; i++) {
		first[i] = batch->contexts[i].process;
		pus[i] = batch->contexts[i].pu;
	}
	kill_worker(batch, 0);
	assert_int_equal(sy_pool_apply(pool, 1, &result), 0);
	assert_int_equal(result.error, 0);
	assert_int_equal(result.value, value_of(1));

	for (i = 0; i < workers; i++)
		kill_worker(batch, i);
	assert_int_equal(sy_pool_apply(pool, 2, &result), 0);
	assert_int_equal(result.error, 0);
	assert_int_equal(result.value, value_of(2));
	/* Nobody may have missed the first before it was replaced. */
	assert_in_range(sy_pool_deaths(pool), workers, workers + 1);
	for (i = 0; i < workers; i++) {
		assert_bound(batch, i, pus[i]);
		assert_int_not_equal(batch->contexts[i].process, first[i]);
	}
	sy_pool_close(pool);
	sy_batch_destroy(batch);
	munmap(plan, sizeof(*plan));
}

/* The model: an error of that run, of which no other task is lost. */
static void test_run_with_a_death_fails_and_the_next_does_not(void **state)
{
	struct plan *plan = plan_of(100, 50, SIGKILL);
	struct sy_batch *batch = create_pool_batch(2, 16, false, plan);
	struct sy_tally tally;
	uint64_t sum = 0;
	unsigned i;
	void *pool;

	(void)state;
	batch->task_count = 100;
	assert_int_equal(sy_model_pool.open(&pool, batch), 0);
	assert_int_equal(sy_model_pool.run(pool), -ECHILD);
	sy_batch_tally(batch, &tally);
	assert_int_equal(tally.done, 100);
	assert_int_equal(tally.error, -ECHILD);

	memset(plan->dies, 0, sizeof(plan->dies));
	sy_batch_reset(batch);
	assert_int_equal(sy_model_pool.run(pool), 0);
	sy_batch_tally(batch, &tally);
	for (i = 0; i < 100; i++)
		sum += value_of(i);
	assert_int_equal(tally.done, 100);
	assert_int_equal(tally.error, 0);
	assert_int_equal(tally.sum, sum);
	sy_model_pool.close(pool);
	sy_batch_destroy(batch);
	munmap(plan, sizeof(*plan));
}

/* Each holds the only unit of a gate as it dies, or goes on. */
static struct sy_op step_gated(struct sy_task *task)
{
	struct plan *plan = (struct plan *)(uintptr_t)task->job;

	switch (task->step++) {
	case 0:
		return (struct sy_op){ .kind = SY_ACQUIRE };
	case 1:
		if (task->result) {
			task->error = (int32_t)task->result;
			return (struct sy_op){ .kind = SY_DONE };
		}
		if (plan->dies[task->index])
			die(plan->dies[task->index]);
		return (struct sy_op){ .kind = SY_RELEASE, .count = 1 };
	default:
		task->error = (int32_t)task->result;
		return (struct sy_op){ .kind = SY_DONE };
	}
}

/* The unit that died with its holder is there again in the next run. */
static void test_places_are_whole_again_in_the_next_run(void **state)
{
	static const uint32_t units = 1;
	struct plan *plan = plan_of(20, 20, SIGKILL);
	struct sy_batch *batch = create_pool_batch(4, 16, false, plan);
	struct sy_tally tally;
	void *pool;

	(void)state;
	batch->step = step_gated;
	batch->gate_count = 1;
	batch->gate_units = &units;
	batch->task_count = 40;
	assert_int_equal(sy_model_pool.open(&pool, batch), 0);
	assert_int_equal(sy_model_pool.run(pool), -ECHILD);
	sy_batch_tally(batch, &tally);
	assert_int_equal(tally.done, 40);

	memset(plan->dies, 0, sizeof(plan->dies));
	sy_batch_reset(batch);
	assert_int_equal(sy_model_pool.run(pool), 0);
	sy_batch_tally(batch, &tally);
	assert_int_equal(tally.done, 40);
	assert_int_equal(tally.error, 0);
	sy_model_pool.close(pool);
	sy_batch_destroy(batch);
	munmap(plan, sizeof(*plan));
}

/* Some wait, so that there is somebody to be killed at it. */
static struct sy_op step_hunted(struct sy_task *task)
{
	if (!task->step && task->index % 4 == 1) {
		struct plan *plan = (struct plan *)(uintptr_t)task->job;

		atomic_fetch_add(&plan->begun[task->index], 1);
		task->step = UINT32_MAX;
		return (struct sy_op){ .kind = SY_SLEEP,
			               .until_ns = sy_clock_ns() + MS / 5 };
	}
	if (task->step == UINT32_MAX) {
		task->step = 0;
		return step_compute(task);
	}
	return step_planned(task);
}

/* Kills workers of a pool at times that nobody chose, until it is told. */
static void hunt(const struct sy_batch *batch, const atomic_int *over)
{
	unsigned seed = 12345;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (!atomic_load(over)) {
		const struct sy_context *prey;
		pid_t pid;

		usleep((useconds_t)rand_r(&seed) % 4000);
		prey = &batch->contexts[(unsigned)rand_r(&seed) %
		                        batch->context_count];
		pid = *(volatile const pid_t *)&prey->process;
		if (pid > 0)
			kill(pid, SIGKILL);
	}
	_exit(0);
}

/* Workers are killed in their tasks, between them, asleep and as they start. */
static void test_hunted_pool_loses_no_task(void **state)
{
	struct holdings before = look();
	struct plan *plan = plan_of(0, 0, 0);
	struct sy_batch *batch = create_pool_batch(3, 64, false, plan);
	atomic_int *over = share(sizeof(*over));
	uint64_t until_ns = sy_clock_ns() + 20000 * MS;
	unsigned round, lost = 0;
	struct sy_pool *pool;
	pid_t hunter;

	(void)state;
	batch->step = step_hunted;
	assert_int_equal(sy_pool_open(&pool, batch), 0);
	hunter = fork();
	assert_true(hunter >= 0);
	if (!hunter)
		hunt(batch, over);
	for (round = 0; sy_pool_deaths(pool) < 400 && sy_clock_ns() < until_ns;
	     round++) {
		struct ledger ledger = { 0 };

		forget_begun(plan);
		assert_int_equal(
			sy_pool_map(pool, 0, TASKS, round % 9, enter, &ledger),
			0);
		assert_int_equal(sy_pool_wait(pool), 0);
		assert_all_once(&ledger, plan, TASKS);
		lost += ledger.lost;
	}
	print_message("           %u rounds, %lu deaths, %u tasks at work\n",
	              round, (unsigned long)sy_pool_deaths(pool), lost);
	assert_true(sy_pool_deaths(pool) > 20);
	assert_true(lost > 0);
	assert_in_range(lost, 0, sy_pool_deaths(pool));
	atomic_store(over, 1);
	assert_int_equal(waitpid(hunter, NULL, 0), hunter);
	sy_pool_close(pool);
	sy_batch_destroy(batch);
	munmap(plan, sizeof(*plan));
	munmap(over, sizeof(*over));
	assert_nothing_left(before);
}

/* Binding that fails for as long as it is told to. */
struct binding {
	struct plan plan; /* first, as it is the batch's job */
	int (*bind)(struct sy_batch *batch, uint32_t index);
	atomic_bool fails;
};

static int bind_unless(struct sy_batch *batch, uint32_t index)
{
	struct binding *binding = (struct binding *)(uintptr_t)batch->job;

	return atomic_load(&binding->fails) ? -ENODEV
	                                    : binding->bind(batch, index);
}

/* One of two: the other does its work.  Both: it is told, and told what is
   not finished; nothing is lost of that when there can be workers again. */
static void test_without_replacement_others_go_on(void **state)
{
	struct holdings before = look();
	struct binding *binding = share(sizeof(*binding));
	struct sy_batch *batch = create_pool_batch(2, 16, true, &binding->plan);
	struct ledger ledger = { 0 };
	struct sy_pool_result result;
	uint64_t unfinished[16];
	struct sy_pool *pool;

	(void)state;
	binding->bind = batch->bind;
	batch->bind = bind_unless;
	assert_int_equal(sy_pool_open(&pool, batch), 0);
	atomic_store(&binding->fails, true);

	binding->plan.dies[3] = SIGKILL;
	assert_int_equal(sy_pool_map(pool, 0, 100, 1, enter, &ledger), 0);
	assert_int_equal(sy_pool_wait(pool), 0);
	assert_all_once(&ledger, &binding->plan, 100);
	assert_int_equal(ledger.lost, 1);
	assert_int_equal(ledger.errors[3], -ECHILD);
	assert_int_equal(look().children - before.children, 1);

	binding->plan.dies[100] = SIGKILL;
	assert_int_equal(sy_pool_apply(pool, 100, &result), 0);
	assert_int_equal(result.error, -ECHILD);
	assert_int_equal(look().children, before.children);
	assert_int_equal(sy_pool_apply(pool, 101, &result), -ENODEV);
	assert_int_equal(sy_pool_submit(pool, 102, enter, &ledger), 0);
	assert_int_equal(sy_pool_wait(pool), -ENODEV);
	assert_int_equal(sy_pool_unfinished(pool, unfinished, 16), 2);
	assert_int_equal(unfinished[0] + unfinished[1], 101 + 102);

	atomic_store(&binding->fails, false);
	assert_int_equal(sy_pool_wait(pool), 0);
	assert_int_equal(ledger.seen[101], 0); /* apply has returned */
	assert_int_equal(ledger.seen[102], 1);
	assert_int_equal(ledger.wrong, 0);
	assert_int_equal(sy_pool_unfinished(pool, unfinished, 16), 0);
	assert_int_equal(sy_pool_apply(pool, 103, &result), 0);
	assert_int_equal(look().children - before.children, 2);
	sy_pool_close(pool);
	sy_batch_destroy(batch);
	munmap(binding, sizeof(*binding));
	assert_nothing_left(before);
}

/* In a process of its own, as it gives up its rights. */
static void starve(struct sy_batch *batch, struct plan *plan)
{
	struct rlimit limit;
	struct ledger ledger = { 0 };
	struct sy_pool_result result;
	struct sy_pool *pool;

	assert_int_equal(sy_pool_open(&pool, batch), 0);
	/* The limit does not hold for root. */
	if (!getuid())
		assert_int_equal(setresuid(64998, 64998, 64998), 0);
	assert_int_equal(getrlimit(RLIMIT_NPROC, &limit), 0);
	limit.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NPROC, &limit), 0);

	plan->dies[5] = SIGKILL;
	assert_int_equal(sy_pool_map(pool, 0, 50, 1, enter, &ledger), 0);
	assert_int_equal(sy_pool_wait(pool), 0);
	assert_all_once(&ledger, plan, 50);
	assert_int_equal(ledger.lost, 1);
	plan->dies[60] = SIGKILL;
	assert_int_equal(sy_pool_apply(pool, 60, &result), 0);
	assert_int_equal(result.error, -ECHILD);
	assert_int_equal(sy_pool_apply(pool, 61, &result), -EAGAIN);

	limit.rlim_cur = limit.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_NPROC, &limit), 0);
	assert_int_equal(sy_pool_apply(pool, 62, &result), 0);
	assert_int_equal(result.value, value_of(62));
	assert_int_equal(atomic_load(&plan->begun[61]), 1);
	sy_pool_close(pool);
}

static void test_fork_that_fails_is_tried_again(void **state)
{
	struct plan *plan = plan_of(0, 0, 0);
	struct sy_batch *batch = create_pool_batch(2, 16, false, plan);
	int status;
	pid_t pid;

	(void)state;
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		/* A failed assertion does not end with status 0. */
		starve(batch, plan);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	sy_batch_destroy(batch);
	munmap(plan, sizeof(*plan));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_death_costs_the_one_task),
		cmocka_unit_test(test_apply_tells_of_a_death),
		cmocka_unit_test(test_idle_workers_are_replaced),
		cmocka_unit_test(
			test_run_with_a_death_fails_and_the_next_does_not),
		cmocka_unit_test(test_places_are_whole_again_in_the_next_run),
		cmocka_unit_test(test_hunted_pool_loses_no_task),
		cmocka_unit_test(test_without_replacement_others_go_on),
		cmocka_unit_test(test_fork_that_fails_is_tried_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
