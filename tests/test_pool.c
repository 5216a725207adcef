/* SPDX-License-Identifier: MIT */
/*
 * test_pool.c - what pool.h promises beside being a model.
 */
#include "models_fixture.h"

#include "kernel.h"
#include "models.h"
#include "pool.h"

static uint64_t value_of(uint64_t index)
{
	return sy_kernel(index + 1, 20); /* as step_compute */
}

static struct sy_batch *create(uint32_t workers, uint32_t window,
                               sy_step_fn *step)
{
	int pus[2];
	struct sy_batch_spec spec = { .model = &sy_model_pool,
		                      .inflight = workers,
		                      .window = window,
		                      .scratch_bytes = 64,
		                      .pus = pus,
		                      .pu_count = allowed_pus(pus, 2) };
	struct sy_batch *batch;

	assert_int_equal(sy_batch_create(&batch, &spec), 0);
	batch->step = step;
	return batch;
}

/* Every result once; the callback's data is the ledger. */
struct ledger {
	uint64_t count, wrong;
	unsigned char seen[4096];
};

static void enter(void *data, const struct sy_pool_result *result)
{
	struct ledger *ledger = data;

	ledger->count++;
	if (result->index >= sizeof(ledger->seen) ||
	    ledger->seen[result->index]++ || result->error ||
	    result->value != value_of(result->index))
		ledger->wrong++;
}

static void test_apply_returns_the_result(void **state)
{
	struct sy_batch *batch = create(3, 16, step_compute);
	struct sy_pool_result result;
	struct sy_pool *pool;
	uint64_t i;

	(void)state;
	assert_int_equal(sy_pool_open(&pool, batch), 0);
	for (i = 0; i < 500; i++) {
		assert_int_equal(sy_pool_apply(pool, i * 7, &result), 0);
		assert_int_equal(result.index, i * 7);
		assert_int_equal(result.value, value_of(i * 7));
		assert_int_equal(result.error, 0);
	}
	sy_pool_close(pool);
	sy_batch_destroy(batch);
}

static void check_submit(uint32_t workers, uint32_t window)
{
	struct sy_batch *batch = create(workers, window, step_compute);
	struct ledger first = { 0 }, second = { 0 };
	struct sy_pool *pool;
	uint64_t i;

	assert_int_equal(sy_pool_open(&pool, batch), 0);
	for (i = 0; i < 1500; i++)
		assert_int_equal(sy_pool_submit(pool, i, enter, &first), 0);
	assert_int_equal(sy_pool_map(pool, 10, 2500, 1, enter, &second), 0);
	assert_int_equal(sy_pool_wait(pool), 0);
	assert_int_equal(first.count, 1500);
	assert_int_equal(first.wrong, 0);
	assert_int_equal(second.count, 2500);
	assert_int_equal(second.wrong, 0);
	assert_int_equal(second.seen[9], 0);
	assert_int_equal(second.seen[10], 1);
	assert_int_equal(second.seen[2509], 1);
	assert_int_equal(sy_pool_wait(pool), 0); /* nothing to wait for */
	sy_pool_close(pool);
	sy_batch_destroy(batch);
}

static void test_every_task_is_called_back_once(void **state)
{
	(void)state;
	check_submit(1, 1);
	check_submit(1, 1024);
	check_submit(2, 2);
	check_submit(4, 64);
	check_submit(40, 16);
}

/* Tasks that wait for one another: each sleeps until the other has come. */
static struct sy_op step_meet(struct sy_task *task)
{
	atomic_int *come = (atomic_int *)(uintptr_t)task->job;

	if (!task->step++)
		atomic_fetch_add(come, 1);
	if (atomic_load(come) < 4 && task->step < 5000)
		return (struct sy_op){ .kind = SY_SLEEP,
			               .until_ns = sy_clock_ns() + MS };
	task->error = atomic_load(come) < 4 ? -ETIME : 0;
	return (struct sy_op){ .kind = SY_DONE };
}

static void keep_error(void *data, const struct sy_pool_result *result)
{
	int *error = data;

	if (result->error)
		*error = result->error;
}

static void test_blocked_worker_hands_the_work_on(void **state)
{
	struct sy_batch *batch = create(4, 8, step_meet);
	atomic_int *come = share(sizeof(*come));
	struct sy_pool *pool;
	int error = 0;

	(void)state;
	batch->job = come;
	assert_int_equal(sy_pool_open(&pool, batch), 0);
	assert_int_equal(sy_pool_map(pool, 0, 4, 1, keep_error, &error), 0);
	assert_int_equal(sy_pool_wait(pool), 0);
	assert_int_equal(error, 0);
	sy_pool_close(pool);
	sy_batch_destroy(batch);
	munmap(come, sizeof(*come));
}

static struct sy_op step_fail(struct sy_task *task)
{
	task->value = 9;
	task->error = -EDOM;
	return (struct sy_op){ .kind = SY_DONE };
}

static void test_error_of_a_task_is_in_its_result(void **state)
{
	struct sy_batch *batch = create(1, 4, step_fail);
	struct sy_pool_result result;
	struct sy_pool *pool;

	(void)state;
	assert_int_equal(sy_pool_open(&pool, batch), 0);
	assert_int_equal(sy_pool_apply(pool, 3, &result), 0);
	assert_int_equal(result.error, -EDOM);
	assert_int_equal(result.value, 9);
	sy_pool_close(pool);
	sy_batch_destroy(batch);
}

/* Of the children that were reaped since this process began. */
static double children_seconds(void)
{
	struct rusage usage;

	assert_int_equal(getrusage(RUSAGE_CHILDREN, &usage), 0);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	       1e-6 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

/* Workers sleep between calls, and there are no more than were asked for. */
static void test_idle_pool_takes_no_time(void **state)
{
	struct holdings before = look();
	struct sy_batch *batch = create(4, 64, step_compute);
	struct sy_pool_result result;
	struct sy_pool *pool;
	double seconds = children_seconds();

	(void)state;
	assert_int_equal(sy_pool_open(&pool, batch), 0);
	assert_int_equal(sy_pool_apply(pool, 1, &result), 0);
	assert_int_equal(look().children - before.children, 4);
	usleep(300000);
	sy_pool_close(pool);
	assert_true(children_seconds() - seconds < 0.2); /* of four times 0.3 */
	sy_batch_destroy(batch);
	assert_nothing_left(before);
}

static void check_map(uint32_t window, uint32_t chunk, uint64_t count)
{
	struct sy_batch *batch = create(3, window, step_compute);
	struct ledger ledger = { 0 };
	struct sy_pool *pool;
	uint64_t i;

	assert_int_equal(sy_pool_open(&pool, batch), 0);
	assert_int_equal(sy_pool_map(pool, 5, count, chunk, enter, &ledger), 0);
	assert_int_equal(sy_pool_wait(pool), 0);
	assert_int_equal(ledger.count, count);
	assert_int_equal(ledger.wrong, 0);
	for (i = 0; i < sizeof(ledger.seen); i++)
		assert_int_equal(ledger.seen[i], i >= 5 && i < 5 + count);
	sy_pool_close(pool);
	sy_batch_destroy(batch);
}

/* Chunks that divide the number of tasks and the window, and that do not. */
static void test_chunks_hold_what_was_asked_for(void **state)
{
	static const uint32_t chunks[] = { 0, 1, 2, 7, 16, 64, 1000 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(chunks) / sizeof(chunks[0]); i++) {
		check_map(64, chunks[i], 1000);
		check_map(16, chunks[i], 1);
		check_map(1, chunks[i], 9);
		check_map(8, chunks[i], 0);
	}
}

static struct sy_op step_number(struct sy_task *task)
{
	atomic_int *next = (atomic_int *)(uintptr_t)task->job;

	task->value = (uint64_t)atomic_fetch_add(next, 1);
	return (struct sy_op){ .kind = SY_DONE };
}

struct order {
	uint64_t values[64];
	unsigned count;
};

static void note(void *data, const struct sy_pool_result *result)
{
	struct order *order = data;

	order->values[order->count++] = result->value;
}

/* The tasks of a chunk are carried out by one worker, in their order, and a
   single worker's are called back in the order in which they ended. */
static void test_one_worker_keeps_the_order(void **state)
{
	struct sy_batch *batch = create(1, 64, step_number);
	atomic_int *next = share(sizeof(*next));
	struct order order = { .count = 0 };
	struct sy_pool *pool;
	unsigned i;

	(void)state;
	batch->job = next;
	assert_int_equal(sy_pool_open(&pool, batch), 0);
	assert_int_equal(sy_pool_map(pool, 0, 64, 5, note, &order), 0);
	assert_int_equal(sy_pool_wait(pool), 0);
	assert_int_equal(order.count, 64);
	for (i = 0; i < 64; i++)
		assert_int_equal(order.values[i], i);
	sy_pool_close(pool);
	sy_batch_destroy(batch);
	munmap(next, sizeof(*next));
}

static void test_shut_refuses_new_tasks(void **state)
{
	struct sy_batch *batch = create(2, 64, step_compute);
	struct ledger ledger = { 0 }, none = { 0 };
	struct sy_pool_result result;
	struct sy_pool *pool;

	(void)state;
	assert_int_equal(sy_pool_open(&pool, batch), 0);
	assert_int_equal(sy_pool_map(pool, 0, 40, 1, enter, &ledger), 0);
	sy_pool_shut(pool);
	assert_int_equal(sy_pool_submit(pool, 50, enter, &none), -ESHUTDOWN);
	assert_int_equal(sy_pool_map(pool, 50, 9, 1, enter, &none), -ESHUTDOWN);
	assert_int_equal(sy_pool_apply(pool, 50, &result), -ESHUTDOWN);
	assert_int_equal(sy_pool_join(pool), 0);
	assert_int_equal(ledger.count, 40);
	assert_int_equal(ledger.wrong, 0);
	assert_int_equal(none.count, 0);
	sy_pool_close(pool);
	sy_batch_destroy(batch);
}

/* How children ended, as the kernel tells their parent. */
static volatile sig_atomic_t exited, killed;

static void on_child(int signal, siginfo_t *info, void *context)
{
	(void)signal;
	(void)context;
	if (info->si_code == CLD_EXITED && !info->si_status)
		exited++;
	else
		killed++;
}

/* One worker, as the signals of several may be told as one. */
static void check_end(bool join)
{
	struct sigaction action = { .sa_sigaction = on_child,
		                    .sa_flags = SA_SIGINFO | SA_RESTART };
	struct sigaction old;
	struct holdings before = look();
	struct sy_batch *batch = create(1, 8, step_compute);
	struct ledger ledger = { 0 };
	struct sy_pool *pool;

	exited = killed = 0;
	assert_int_equal(sigaction(SIGCHLD, &action, &old), 0);
	assert_int_equal(sy_pool_open(&pool, batch), 0);
	assert_int_equal(sy_pool_map(pool, 0, 50, 1, enter, &ledger), 0);
	if (join) {
		assert_int_equal(sy_pool_join(pool), 0);
		assert_int_equal(ledger.count, 50);
		assert_int_equal(look().children, before.children);
		assert_int_equal(batch->contexts[0].process, 0);
		/* And once more, of a pool that has nobody left. */
		assert_int_equal(sy_pool_join(pool), 0);
		assert_int_equal(sy_pool_wait(pool), 0);
		assert_int_equal(sy_pool_submit(pool, 1, enter, &ledger),
		                 -ESHUTDOWN);
	}
	sy_pool_close(pool);
	assert_int_equal(sigaction(SIGCHLD, &old, NULL), 0);
	assert_int_equal(exited, join);
	assert_int_equal(killed, !join);
	sy_batch_destroy(batch);
	assert_nothing_left(before);
}

static void test_join_waits_and_lets_the_workers_end(void **state)
{
	(void)state;
	check_end(true);
	check_end(false);
}

static void test_join_ends_many_workers(void **state)
{
	struct holdings before = look();
	struct sy_batch *batch = create(100, 16, step_compute);
	struct ledger ledger = { 0 };
	struct sy_pool *pool;

	(void)state;
	assert_int_equal(sy_pool_open(&pool, batch), 0);
	assert_int_equal(sy_pool_map(pool, 0, 500, 1, enter, &ledger), 0);
	assert_int_equal(sy_pool_join(pool), 0);
	assert_int_equal(ledger.count, 500);
	assert_int_equal(look().children, before.children);
	sy_pool_close(pool);
	sy_batch_destroy(batch);
	assert_nothing_left(before);
}

/* Even tasks end at once, odd ones never. */
static struct sy_op step_stay(struct sy_task *task)
{
	if (task->index % 2)
		return (struct sy_op){ .kind = SY_SLEEP,
			               .until_ns = sy_clock_ns() + MS };
	return step_compute(task);
}

static int by_value(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Four tasks stay for ever with four of the six workers. */
static void test_closing_names_what_is_unfinished(void **state)
{
	struct holdings before = look();
	int maps = count_maps();
	struct sy_batch *batch = create(6, 16, step_stay);
	struct ledger ledger = { 0 };
	uint64_t unfinished[16], some[2];
	struct sy_pool_result result;
	struct sy_pool *pool;
	unsigned i;

	(void)state;
	assert_int_equal(sy_pool_open(&pool, batch), 0);
	assert_int_equal(sy_pool_unfinished(pool, unfinished, 16), 0);
	assert_int_equal(sy_pool_map(pool, 20, 8, 1, enter, &ledger), 0);
	while (ledger.count < 4)
		assert_int_equal(sy_pool_apply(pool, 2, &result), 0);
	sy_pool_shut(pool);
	assert_int_equal(sy_pool_unfinished(pool, some, 2), 4);
	assert_int_equal(sy_pool_unfinished(pool, unfinished, 16), 4);
	assert_memory_equal(some, unfinished, sizeof(some));
	qsort(unfinished, 4, sizeof(unfinished[0]), by_value);
	for (i = 0; i < 4; i++)
		assert_int_equal(unfinished[i], 21 + 2 * i);
	sy_pool_close(pool);
	assert_int_equal(ledger.count, 4);
	assert_int_equal(ledger.wrong, 0);
	sy_batch_destroy(batch);
	assert_nothing_left(before);
	assert_int_equal(count_maps(), maps);
}

struct caller {
	struct sy_pool *pool;
	int submitted, mapped, applied, waited, joined;
};

static void call_again(void *data, const struct sy_pool_result *result)
{
	struct caller *caller = data;
	struct sy_pool_result none;

	(void)result;
	caller->submitted = sy_pool_submit(caller->pool, 1, call_again, data);
	caller->mapped = sy_pool_map(caller->pool, 1, 2, 1, call_again, data);
	caller->applied = sy_pool_apply(caller->pool, 1, &none);
	caller->waited = sy_pool_wait(caller->pool);
	caller->joined = sy_pool_join(caller->pool);
}

static void test_callback_that_calls_is_told(void **state)
{
	struct sy_batch *batch = create(1, 4, step_compute);
	struct sy_pool_result result;
	struct caller caller = { 0 };

	(void)state;
	assert_int_equal(sy_pool_open(&caller.pool, batch), 0);
	assert_int_equal(sy_pool_submit(caller.pool, 1, call_again, &caller),
	                 0);
	assert_int_equal(sy_pool_wait(caller.pool), 0);
	assert_int_equal(caller.submitted, -EDEADLK);
	assert_int_equal(caller.mapped, -EDEADLK);
	assert_int_equal(caller.applied, -EDEADLK);
	assert_int_equal(caller.waited, -EDEADLK);
	assert_int_equal(caller.joined, -EDEADLK);
	/* It did not shut the pool either. */
	assert_int_equal(sy_pool_apply(caller.pool, 1, &result), 0);
	sy_pool_close(caller.pool);
	sy_batch_destroy(batch);
}

static void test_window_must_be_a_power_of_two(void **state)
{
	static const uint32_t windows[] = { 0, 3, 1000 };
	struct holdings before = look();
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		struct sy_batch *batch = create(2, windows[i], step_compute);
		struct sy_pool *pool;

		assert_int_equal(sy_pool_open(&pool, batch), -EINVAL);
		sy_batch_destroy(batch);
	}
	assert_nothing_left(before);
}

/* The workers' end when nobody is left to close the pool. */
static void test_workers_die_with_their_parent(void **state)
{
	struct sy_batch *batch = create(3, 64, step_compute);
	pid_t pid, adopted;
	int status;

	(void)state;
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		struct sy_pool *pool;

		_exit(sy_pool_open(&pool, batch) ? 1 : 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	/* The three are ours now, and end by themselves. */
	while ((adopted = waitpid(-1, &status, 0)) > 0)
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	assert_int_equal(errno, ECHILD);
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 0), 0);
	sy_batch_destroy(batch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_apply_returns_the_result),
		cmocka_unit_test(test_every_task_is_called_back_once),
		cmocka_unit_test(test_blocked_worker_hands_the_work_on),
		cmocka_unit_test(test_error_of_a_task_is_in_its_result),
		cmocka_unit_test(test_idle_pool_takes_no_time),
		cmocka_unit_test(test_chunks_hold_what_was_asked_for),
		cmocka_unit_test(test_one_worker_keeps_the_order),
		cmocka_unit_test(test_shut_refuses_new_tasks),
		cmocka_unit_test(test_join_waits_and_lets_the_workers_end),
		cmocka_unit_test(test_join_ends_many_workers),
		cmocka_unit_test(test_closing_names_what_is_unfinished),
		cmocka_unit_test(test_callback_that_calls_is_told),
		cmocka_unit_test(test_window_must_be_a_power_of_two),
		cmocka_unit_test(test_workers_die_with_their_parent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
