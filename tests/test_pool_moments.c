/* SPDX-License-Identifier: MIT */
/*
 * test_pool_moments.c - a worker of the pool killed after each single
 * instruction that it makes from its wake to its next sleep: no task is lost,
 * begun twice or called back twice, whichever of them was the last.
 *
 * The test is the parent of the workers, so it may trace one of them.
 */
#include "pool_fixture.h"

#include <linux/futex.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>

#define TOGETHER 2  /* tasks */
#define MEETING 100 /* and the next one */
/* Instrumented code makes many more of them: some are left out. */
#define STRIDE (SANITIZED ? 128u : 8u)
#define BUDGET_NS (12000 * MS) /* of three */

/* As few instructions of the task's own as can be. */
static struct sy_op step_at_once(struct sy_task *task)
{
	struct plan *plan = (struct plan *)(uintptr_t)task->job;

	atomic_fetch_add(&plan->begun[task->index], 1);
	task->value = plan->values[task->index];
	return (struct sy_op){ .kind = SY_DONE };
}

/* Two tasks that end only when both have begun. */
static struct sy_op step_meet(struct sy_task *task)
{
	struct plan *plan = (struct plan *)(uintptr_t)task->job;

	if (!task->step++)
		atomic_fetch_add(&plan->begun[MEETING], 1);
	if (atomic_load(&plan->begun[MEETING]) < 2 && task->step < 10000)
		return (struct sy_op){ .kind = SY_SLEEP,
			               .until_ns = sy_clock_ns() + MS };
	task->value = plan->values[task->index];
	task->error = task->step < 10000 ? 0 : -ETIME;
	return (struct sy_op){ .kind = SY_DONE };
}

/* As step_at_once, but it seems to block, so that another worker is woken. */
static struct sy_op step_that_blocks(struct sy_task *task)
{
	struct plan *plan = (struct plan *)(uintptr_t)task->job;

	if (task->index == MEETING || task->index == MEETING + 1)
		return step_meet(task);
	if (task->step++)
		return (struct sy_op){ .kind = SY_DONE };
	atomic_fetch_add(&plan->begun[task->index], 1);
	task->value = plan->values[task->index];
	return (struct sy_op){ .kind = SY_SLEEP, .until_ns = 0 };
}

/* Asleep in the futex of those who have no work. */
static void await_parked(pid_t pid)
{
	char path[64], state = 0;
	int tries;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	for (tries = 0; tries < 5000 && state != 'S'; tries++) {
		FILE *file = fopen(path, "re");

		assert_non_null(file);
		assert_int_equal(fscanf(file, "%*d (%*[^)]) %c", &state), 1);
		fclose(file);
		if (state != 'S')
			usleep(200);
	}
	assert_int_equal(state, 'S');
}

static void await_stop(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSTOPPED(status));
}

/* Its next instruction is the call in which it waits to be woken. */
static bool about_to_sleep(pid_t pid)
{
#ifdef __x86_64__
	struct user_regs_struct regs;
	long code;

	assert_int_equal(ptrace(PTRACE_GETREGS, pid, NULL, &regs), 0);
	if (regs.rax != SYS_futex || regs.rsi != FUTEX_WAIT)
		return false;
	code = ptrace(PTRACE_PEEKTEXT, pid, (void *)regs.rip, NULL);
	return (code & 0xffff) == 0x050f; /* syscall */
#else
	(void)pid;
	return true;
#endif
}

/* False: before these were over it wanted to sleep again.  The first of them
   ends the sleep that it is in. */
static bool step(pid_t pid, unsigned instructions)
{
	unsigned i;

	for (i = 0; i < instructions; i++) {
		if (i && about_to_sleep(pid))
			return false;
		assert_int_equal(ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL), 0);
		await_stop(pid);
	}
	return true;
}

/* Worker 0 is given what there is, makes so many instructions, and dies. */
static bool kill_after(struct sy_pool *pool, struct plan *plan,
                       unsigned instructions, uint32_t chunk, unsigned *lost)
{
	struct sy_batch *batch = sy_pool_batch(pool);
	pid_t pid = batch->contexts[0].process;
	uint64_t deaths = sy_pool_deaths(pool);
	struct sy_pool_result result;
	struct ledger ledger = { 0 };
	bool awake;

	await_parked(pid);
	await_parked(batch->contexts[1].process);
	assert_int_equal(ptrace(PTRACE_SEIZE, pid, NULL, NULL), 0);
	assert_int_equal(ptrace(PTRACE_INTERRUPT, pid, NULL, NULL), 0);
	await_stop(pid);

	forget_begun(plan);
	assert_int_equal(sy_pool_map(pool, 0, TOGETHER, chunk, enter, &ledger),
	                 0);
	awake = step(pid, instructions);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(sy_pool_wait(pool), 0);
	assert_all_once(&ledger, plan, TOGETHER);
	assert_in_range(ledger.lost, 0, 1);
	*lost += ledger.lost;
	/* It may have died when all was done. */
	while (sy_pool_deaths(pool) == deaths)
		assert_int_equal(sy_pool_apply(pool, TOGETHER, &result), 0);
	return awake;
}

/* Nobody sleeps whom nobody would wake. */
static void check_all_are_there(struct sy_pool *pool, struct plan *plan)
{
	struct ledger ledger = { 0 };

	atomic_store(&plan->begun[MEETING], 0);
	assert_int_equal(sy_pool_map(pool, MEETING, 2, 1, enter, &ledger), 0);
	assert_int_equal(sy_pool_wait(pool), 0);
	assert_int_equal(ledger.count, 2);
	assert_int_equal(ledger.wrong, 0);
}

struct moments {
	uint64_t until_ns;
	unsigned all; /* instructions from wake to sleep, rounded up */
	unsigned rounds, lost;
};

/* Every STRIDE-th moment from `first` on.  The first pass finds how many there
   are. */
static void pass(struct sy_pool *pool, struct plan *plan, uint32_t chunk,
                 unsigned first, struct moments *moments)
{
	unsigned i = first;

	for (; !moments->all || i < moments->all; i += STRIDE) {
		bool awake;

		if (moments->all && sy_clock_ns() > moments->until_ns)
			return;
		awake = kill_after(pool, plan, i, chunk, &moments->lost);
		moments->rounds++;
		if (sy_pool_batch(pool)->step == step_that_blocks)
			check_all_are_there(pool, plan);
		if (!awake && !moments->all)
			moments->all = i;
	}
}

/* Coarse first, so that a slow machine has seen the whole of it as well. */
static void check_moments(uint32_t chunk, sy_step_fn *step_fn)
{
	static const unsigned order[] = { 0, 4, 2, 6, 1, 5, 3, 7 };
	struct moments moments = { .until_ns = sy_clock_ns() + BUDGET_NS };
	struct holdings before = look();
	struct plan *plan = share(sizeof(*plan));
	struct sy_batch *batch = create_pool_batch(2, 8, false, plan);
	struct sy_pool *pool;
	unsigned i;

	for (i = 0; i < TASKS; i++)
		plan->values[i] = value_of(i);
	batch->pu_count = 1; /* one is woken, the first */
	batch->step = step_fn;
	assert_int_equal(sy_pool_open(&pool, batch), 0);
	for (i = 0; i < 8; i++)
		pass(pool, plan, chunk, order[i] * STRIDE / 8, &moments);
	print_message("           chunks of %u: %u instructions, %u deaths, "
	              "%u at work\n",
	              chunk, moments.all, moments.rounds, moments.lost);
	assert_in_range(moments.lost, 1, moments.rounds);
	assert_int_equal(sy_pool_deaths(pool), moments.rounds);
	sy_pool_close(pool);
	sy_batch_destroy(batch);
	munmap(plan, sizeof(*plan));
	assert_nothing_left(before);
}

static void test_killed_after_each_instruction(void **state)
{
	(void)state;
	check_moments(1, step_at_once);
	check_moments(TOGETHER, step_at_once);
}

static void test_killed_as_it_wakes_another(void **state)
{
	(void)state;
	check_moments(1, step_that_blocks);
}

/* Sandboxes may refuse to trace, and an instruction that reserves a word does
   not come to its end where each is a stop. */
static bool may_trace(void)
{
#ifdef __x86_64__
	pid_t pid = fork();
	long rc;

	if (!pid) {
		pause();
		_exit(0);
	}
	rc = ptrace(PTRACE_SEIZE, pid, NULL, NULL);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return !rc;
#else
	return false;
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_killed_after_each_instruction),
		cmocka_unit_test(test_killed_as_it_wakes_another),
	};

	if (!may_trace()) {
		puts("skipped: processes cannot be traced here by the step");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
