/* SPDX-License-Identifier: MIT */
/*
 * test_models_failures.c - the promises of model.h about failing, each over
 * all models: the error is told and nothing is left behind.
 *
 * Limits are lowered in a child process, which tells what it saw.
 */
#include "models_fixture.h"

#define INFLIGHT 32

/* What a child saw, in shared memory. */
struct outcome {
	int open_error, run_error;
	struct holdings before, after;
	bool finished;
};

typedef void limit_fn(void);

/* So that tasks, and what carries them out, are alive at once. */
static struct sy_op step_sleep(struct sy_task *task)
{
	if (!task->step++)
		return (struct sy_op){ .kind = SY_SLEEP,
			               .until_ns = sy_clock_ns() + 20 * MS };
	return (struct sy_op){ .kind = SY_DONE };
}

static void work_limited(const struct sy_model *model, struct sy_batch *batch,
                         struct outcome *outcome)
{
	void *state;

	outcome->open_error = model->open(&state, batch);
	if (outcome->open_error)
		return;
	outcome->run_error = model->run(state);
	model->close(state);
}

/* Limits are soft, so that looking around afterwards is not limited. */
static void lift(__rlimit_resource_t resource)
{
	struct rlimit limit;

	getrlimit(resource, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(resource, &limit);
}

static void limit_to(__rlimit_resource_t resource, rlim_t value)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(resource, &limit), 0);
	limit.rlim_cur = value;
	assert_int_equal(setrlimit(resource, &limit), 0);
}

static void run_limited(const struct sy_model *model, limit_fn *limit,
                        struct outcome *outcome_out)
{
	struct sy_batch *batch =
		create_batch(model, INFLIGHT, step_sleep, 0, 0);
	struct outcome *outcome = share(sizeof(*outcome));
	int status;
	pid_t pid;

	batch->task_count = 2 * INFLIGHT;
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		outcome->before = look();
		limit();
		work_limited(model, batch, outcome);
		lift(RLIMIT_NPROC);
		lift(RLIMIT_NOFILE);
		lift(RLIMIT_AS);
		outcome->after = look_settled(outcome->before);
		outcome->finished = true;
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_true(outcome->finished);
	*outcome_out = *outcome;
	munmap(outcome, sizeof(*outcome));
	sy_batch_destroy(batch);
}

static void assert_left_nothing(const struct outcome *outcome)
{
	assert_int_equal(outcome->after.threads, outcome->before.threads);
	assert_int_equal(outcome->after.children, outcome->before.children);
	assert_int_equal(outcome->after.descriptors,
	                 outcome->before.descriptors);
}

static struct sy_needs needs_of(const struct sy_model *model)
{
	struct sy_batch *batch =
		create_batch(model, INFLIGHT, step_sleep, 0, 0);
	struct sy_needs needs = { 0 };

	model->needs(batch, &needs);
	sy_batch_destroy(batch);
	return needs;
}

/* No more threads and processes than a few. */

static void limit_processes(void)
{
	/* The limit does not hold for root. */
	if (!getuid())
		assert_int_equal(setresuid(64999, 64999, 64999), 0);
	limit_to(RLIMIT_NPROC, 5);
}

static void check_process_limit(const struct sy_model *model)
{
	struct sy_needs needs = needs_of(model);
	struct outcome outcome = { 0 };
	int err;

	run_limited(model, limit_processes, &outcome);
	assert_left_nothing(&outcome);
	err = outcome.open_error ? outcome.open_error : outcome.run_error;
	if (needs.threads + needs.processes >= 8)
		assert_int_equal(err, -EAGAIN);
	else if (!needs.threads && !needs.processes)
		assert_int_equal(err, 0);
	else
		assert_true(!err || err == -EAGAIN);
}

static void test_no_more_processes_is_told(void **state)
{
	(void)state;
	for_each_model(check_process_limit);
}

/* No more descriptors. */

static void limit_descriptors(void)
{
	int fd = dup(0);

	/* All below the limit are taken, but for one that is needed to look. */
	assert_true(fd >= 0);
	close(fd);
	limit_to(RLIMIT_NOFILE, (rlim_t)fd);
}

static void check_descriptor_limit(const struct sy_model *model)
{
	struct sy_needs needs = needs_of(model);
	struct outcome outcome = { 0 };

	run_limited(model, limit_descriptors, &outcome);
	assert_left_nothing(&outcome);
	assert_int_equal(outcome.run_error, 0);
	assert_int_equal(outcome.open_error, needs.descriptors ? -EMFILE : 0);
}

static void test_no_more_descriptors_is_told(void **state)
{
	(void)state;
	for_each_model(check_descriptor_limit);
}

/* No more memory. */

static void limit_memory(void)
{
	unsigned long pages = 0;
	FILE *file = fopen("/proc/self/statm", "re");

	assert_non_null(file);
	assert_int_equal(fscanf(file, "%lu", &pages), 1);
	fclose(file);
	limit_to(RLIMIT_AS, pages * (rlim_t)sysconf(_SC_PAGESIZE) + 400000);
}

static void check_memory_limit(const struct sy_model *model)
{
	struct sy_needs needs = needs_of(model);
	struct outcome outcome = { 0 };
	int err;

	run_limited(model, limit_memory, &outcome);
	assert_left_nothing(&outcome);
	err = outcome.open_error ? outcome.open_error : outcome.run_error;
	assert_true(!err || err == -ENOMEM || err == -EAGAIN);
	if (needs.threads >= INFLIGHT)
		assert_true(err != 0);
}

static void test_no_more_memory_is_told(void **state)
{
	(void)state;
	if (SANITIZED)
		skip(); /* they need terabytes of addresses */
	for_each_model(check_memory_limit);
}

/* A context that cannot be bound. */

/* Shared: a model's processes bind themselves. */
struct binding {
	int (*bind)(struct sy_batch *batch, uint32_t index);
	void *bind_data;
	uint32_t fails;
	atomic_bool failed;
};

static int bind_but_one(struct sy_batch *batch, uint32_t index)
{
	struct binding *binding = (struct binding *)(uintptr_t)batch->job;

	if (index != binding->fails)
		return binding->bind(batch, index);
	atomic_store(&binding->failed, true);
	return -ENODEV;
}

static void check_bind_error(const struct sy_model *model)
{
	struct holdings before = look();
	struct binding *binding = share(sizeof(*binding));
	struct sy_batch *batch = create_batch(model, 4, step_sleep, 0, 0);
	struct sy_needs needs = { 0 };
	void *state;
	int err;

	model->needs(batch, &needs);
	*binding = (struct binding){ .bind = batch->bind,
		                     .fails = needs.contexts - 1 };
	batch->bind = bind_but_one;
	batch->job = binding;
	batch->task_count = 8;
	err = model->open(&state, batch);
	if (!err) {
		/* Its contexts are made as it runs. */
		err = model->run(state);
		model->close(state);
	}
	assert_int_equal(err, -ENODEV);
	assert_true(atomic_load(&binding->failed));
	sy_batch_destroy(batch);
	munmap(binding, sizeof(*binding));
	assert_nothing_left(before);
}

static void test_failed_binding_is_told(void **state)
{
	(void)state;
	for_each_model(check_bind_error);
}

/* Processes: the model's own, and those that are not. */

static struct sy_op step_die(struct sy_task *task)
{
	const pid_t *caller = task->job;

	if (task->index == 3 && getpid() != *caller)
		raise(SIGKILL);
	return (struct sy_op){ .kind = SY_DONE };
}

static void check_death(const struct sy_model *model)
{
	struct holdings before = look();
	struct sy_batch *batch = create_batch(model, 2, step_die, 0, 0);
	pid_t caller = getpid();
	void *state;

	batch->job = &caller;
	batch->task_count = 10;
	assert_int_equal(model->open(&state, batch), 0);
	assert_int_equal(model->run(state),
	                 needs_of(model).processes ? -ECHILD : 0);
	model->close(state);
	sy_batch_destroy(batch);
	assert_nothing_left(before);
}

static void test_killed_context_ends_the_run(void **state)
{
	(void)state;
	for_each_model(check_death);
}

static pid_t start_foreign(bool ends)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (!ends)
		pause();
	_exit(7);
}

static void check_foreign(const struct sy_model *model)
{
	struct sy_batch *batch = create_batch(model, 4, step_compute, 0, 0);
	pid_t ended = start_foreign(true), living = start_foreign(false);
	struct sy_tally tally;
	siginfo_t info;
	void *state;
	int status;

	/* Dead for sure, and not reaped. */
	assert_int_equal(waitid(P_PID, (id_t)ended, &info, WEXITED | WNOWAIT),
	                 0);
	batch->task_count = 50;
	assert_int_equal(model->open(&state, batch), 0);
	assert_int_equal(model->run(state), 0);
	model->close(state);
	sy_batch_tally(batch, &tally);
	assert_int_equal(tally.done, 50);
	sy_batch_destroy(batch);

	assert_int_equal(waitpid(ended, &status, 0), ended);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 7);
	kill(living, SIGTERM);
	assert_int_equal(waitpid(living, &status, 0), living);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
}

static void test_children_of_the_caller_are_left_alone(void **state)
{
	(void)state;
	for_each_model(check_foreign);
}

static void check_once(const struct sy_model *model)
{
	struct sy_batch *batch = create_batch(model, 1, step_compute, 0, 0);
	void *state;

	batch->task_count = 1;
	assert_int_equal(model->open(&state, batch), 0);
	assert_int_equal(model->run(state), 0);
	model->close(state);
	sy_batch_destroy(batch);
}

/* What a library keeps for good once it was used is not the models'. */
static int warm_up(void **state)
{
	(void)state;
	for_each_model(check_once);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_more_processes_is_told),
		cmocka_unit_test(test_no_more_descriptors_is_told),
		cmocka_unit_test(test_no_more_memory_is_told),
		cmocka_unit_test(test_failed_binding_is_told),
		cmocka_unit_test(test_killed_context_ends_the_run),
		cmocka_unit_test(test_children_of_the_caller_are_left_alone),
	};

	return cmocka_run_group_tests(tests, warm_up, NULL);
}
