/* SPDX-License-Identifier: MIT */
/*
 * test_coroutine.c - what the coroutine models promise of tasks and time:
 * each test runs with both switches, on one and several schedulers.
 */
#include "coroutine_fixture.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "coroutine/guard.h"

static struct sy_op step_compute(struct sy_task *task)
{
	if (task->step++ == 0) {
		task->value = task->index;
		return (struct sy_op){ .kind = SY_COMPUTE,
			               .rounds = task->index % 100 * 100 };
	}
	if (task->value != sy_kernel(task->index, task->index % 100 * 100))
		task->error = -EIO;
	return (struct sy_op){ .kind = SY_DONE };
}

static void check_tasks_once(const struct sy_model *model, uint32_t pus)
{
	static const uint32_t lanes[] = { 1, 2, 7, 64 };
	static const uint64_t counts[] = { 0, 1, 5, 64, 1000, 9999 };

	for (size_t i = 0; i < sizeof(lanes) / sizeof(*lanes); i++) {
		struct sy_batch *batch =
			batch_make(step_compute, lanes[i], pus, 0);
		void *state;

		assert_int_equal(0, model->open(&state, batch));
		for (size_t j = 0; j < sizeof(counts) / sizeof(*counts); j++)
			run_checked(model, state, batch, counts[j]);
		model->close(state);
		batch_free(batch);
	}
}

static void test_each_task_runs_once(void **state)
{
	(void)state;
	with_all(check_tasks_once);
}

static struct sy_op step_sleep(struct sy_task *task)
{
	struct job *job = (struct job *)(uintptr_t)task->job;
	uint64_t until_ns =
		job->base_ns + task->index * UINT64_C(7919) % 1000 * 20000;

	if (task->step++ == 0)
		return (struct sy_op){ .kind = SY_SLEEP, .until_ns = until_ns };
	if (sy_clock_ns() < until_ns)
		job->early++;
	if (job->last_until_ns > until_ns)
		job->wrong++;
	job->last_until_ns = until_ns;
	return (struct sy_op){ .kind = SY_DONE };
}

/* 20 us apart, up to 20 ms after a moment that lies 5 ms ahead. */
static void check_sleep(const struct sy_model *model, uint32_t pus)
{
	struct sy_batch *batch = batch_make(step_sleep, 1000, pus, 0);
	struct job *job = job_of(batch);
	uint64_t end_ns;

	job->base_ns = sy_clock_ns() + 5000000;
	end_ns = job->base_ns + 999 * 20000;
	carry_out(model, batch, 1000);
	assert_true(sy_clock_ns() >= end_ns);
	assert_int_equal(0, job->early);
	/* In the second run all are due already, and come as they are. */
	batch_free(batch);
}

static void check_sleep_order(const struct sy_model *model)
{
	struct sy_batch *batch = batch_make(step_sleep, 1000, 1, 0);
	struct job *job = job_of(batch);
	void *state;

	assert_int_equal(0, model->open(&state, batch));
	/* Far enough ahead for all to be asleep even under valgrind. */
	job->base_ns = sy_clock_ns() + 100000000;
	run_checked(model, state, batch, 1000);
	assert_int_equal(0, job->early);
	assert_int_equal(0, job->wrong);
	model->close(state);
	batch_free(batch);
}

static void test_sleepers_wake_in_order_and_never_early(void **state)
{
	(void)state;
	with_all(check_sleep);
	for (size_t i = 0; i < 2; i++)
		if (!models[i]->absent())
			check_sleep_order(models[i]);
}

/* Computes, sleeps or not, and keeps what it needs on its own stack only. */
static struct sy_op step_mixed(struct sy_task *task)
{
	if (task->step++ < 2)
		return task->index % 3
		               ? (struct sy_op){ .kind = SY_COMPUTE,
			                         .rounds = 1 }
		               : (struct sy_op){ .kind = SY_SLEEP,
			                         .until_ns = sy_clock_ns() +
			                                     10000 };
	return (struct sy_op){ .kind = SY_DONE };
}

/* Valgrind looks stacks up in a list; ThreadSanitizer takes most of a MiB for
   each. */
static uint32_t many(void)
{
#ifdef SY_VALGRIND
	if (RUNNING_ON_VALGRIND)
		return 500;
#endif
	return sy_note_room(10000) ? 10000 : 300;
}

static void check_many_lanes(const struct sy_model *model, uint32_t pus)
{
	struct sy_batch *batch = batch_make(step_mixed, many(), pus, 0);
	struct sy_needs needs;

	model->needs(batch, &needs);
	assert_int_equal(pus, needs.contexts);
	assert_int_equal(pus - 1, needs.threads);
	assert_true(needs.mappings >= (uint64_t)sy_guard_mappings(sy_guard_for(
					      batch->inflight, 0)) *
	                                      batch->inflight);
	carry_out(model, batch, 2 * many());
	batch_free(batch);
}

static void test_ten_thousand_coroutines(void **state)
{
	(void)state;
	with_all(check_many_lanes);
}

static void test_too_many_for_a_tool_is_an_error(void **state)
{
	struct sy_batch *batch = batch_make(step_mixed, 9000, 1, 0);
	void *made = NULL;

	(void)state;
	if (!sy_note_room(9000)) {
		assert_int_equal(-EAGAIN, sy_model_coroutine_ucontext.open(
						  &made, batch));
		assert_null(made);
	}
	batch_free(batch);
}

static void check_bind_failure(const struct sy_model *model, uint32_t pus)
{
	struct sy_batch *batch = batch_make(step_mixed, 16, pus, 0);
	void *state = NULL;

	if (pus > 1) {
		job_of(batch)->bad_bind = pus - 1;
		assert_int_equal(-ENODEV, model->open(&state, batch));
		assert_null(state);
	}
	batch_free(batch);
}

static void test_failed_bind_is_reported(void **state)
{
	(void)state;
	with_all(check_bind_failure);
}

static void check_bad_connection(const struct sy_model *model, uint32_t pus)
{
	struct sy_batch *batch = batch_make(step_mixed, 16, pus, 0);
	void *state = NULL;

	batch->lanes[15].fd = 9999;
	assert_int_equal(-EBADF, model->open(&state, batch));
	assert_null(state);
	batch_free(batch);
}

static void test_failed_registration_is_reported(void **state)
{
	(void)state;
	with_all(check_bad_connection);
}

static struct sy_op step_unknown(struct sy_task *task)
{
	(void)task;
	return (struct sy_op){ .kind = 99 };
}

static void test_unknown_op_is_a_task_error(void **state)
{
	struct sy_batch *batch = batch_make(step_unknown, 1, 1, 0);
	void *made;

	(void)state;
	batch->task_count = 1;
	assert_int_equal(0, sy_model_coroutine_ucontext.open(&made, batch));
	assert_int_equal(0, sy_model_coroutine_ucontext.run(made));
	assert_int_equal(-EINVAL, batch->lanes[0].tally.error);
	sy_model_coroutine_ucontext.close(made);
	batch_free(batch);
}

static void test_latencies_are_stamped(void **state)
{
	static uint64_t latencies[100];
	struct sy_batch *batch = batch_make(step_mixed, 8, 2, 0);

	(void)state;
	batch->latencies_ns = latencies;
	carry_out(&sy_model_coroutine_ucontext, batch, 100);
	for (int i = 0; i < 100; i += 3)
		assert_true(latencies[i] >= 10000);
	batch_free(batch);
}

/* Makes epoll_pwait2 fail as on a kernel that does not have it. */
static bool forbid_pwait2(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		         offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 441, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(code) / sizeof(*code), code };

	return !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) &&
	       !prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

static void test_old_kernel_sleeps_by_a_timer(void **state)
{
	pid_t child;
	int status;

	(void)state;
	fflush(NULL);
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		alarm(HANG_S);
		if (!forbid_pwait2())
			_exit(77);
		check_sleep(&sy_model_coroutine_ucontext, 1);
		check_sleep_order(&sy_model_coroutine_ucontext);
		_exit(0);
	}
	assert_int_equal(child, waitpid(child, &status, 0));
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(0, status);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_task_runs_once),
		cmocka_unit_test(test_sleepers_wake_in_order_and_never_early),
		cmocka_unit_test(test_ten_thousand_coroutines),
		cmocka_unit_test(test_too_many_for_a_tool_is_an_error),
		cmocka_unit_test(test_failed_bind_is_reported),
		cmocka_unit_test(test_failed_registration_is_reported),
		cmocka_unit_test(test_unknown_op_is_a_task_error),
		cmocka_unit_test(test_latencies_are_stamped),
		cmocka_unit_test(test_old_kernel_sleeps_by_a_timer),
	};

	alarm(HANG_S);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
