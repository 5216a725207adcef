/* SPDX-License-Identifier: MIT */
/*
 * test_workloads.c - carried out by the plainest executor, every workload
 * ends with the values that it promises, and keeps its waits.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "executor.h"
#include "engine/batch.h"
#include "workloads/steps.h"

static const int any_pu = 0;

/* Opens `workload`, runs `count` tasks on `lanes` lanes, and closes it. */
static void carry_out(const char *name, const struct sy_load *load,
                      uint32_t lanes, uint64_t count, struct sy_tally *total)
{
	const struct sy_workload *workload = sy_workload_find(name);
	struct sy_batch_spec spec = {
		.inflight = lanes,
		.window = 1,
		.scratch_bytes = workload->scratch_bytes(load),
		.pus = &any_pu,
		.pu_count = 1,
	};
	struct sy_batch *batch;
	void *state;

	assert_int_equal(sy_batch_create(&batch, &spec), 0);
	assert_int_equal(workload->open(&state, load, batch), 0);
	batch->task_count = count;
	assert_int_equal(executor_run(batch), 0);
	sy_batch_tally(batch, total);
	workload->close(state, batch);
	for (uint32_t i = 0; i < lanes; i++)
		assert_int_equal(batch->lanes[i].fd, -1);
	sy_batch_destroy(batch);
}

static void check(const char *name, const struct sy_load *load, uint32_t lanes,
                  uint64_t count)
{
	uint64_t values[SY_VALUE_PERIOD];
	struct sy_tally total, expected;

	carry_out(name, load, lanes, count, &total);
	sy_workload_values(sy_workload_find(name), load, values);
	sy_workload_expect(values, count, &expected);
	assert_int_equal(total.error, 0);
	assert_int_equal(total.done, expected.done);
	assert_true(total.sum == expected.sum);
	assert_true(total.proof == expected.proof);
}

static void test_every_workload_is_found(void **state)
{
	(void)state;
	assert_non_null(sy_workload_find("cpu"));
	assert_non_null(sy_workload_find("wait"));
	assert_non_null(sy_workload_find("io"));
	assert_false(sy_workload_find("cpu")->stamped);
	assert_true(sy_workload_find("wait")->stamped);
	assert_true(sy_workload_find("io")->stamped);
	assert_null(sy_workload_find("cp"));
	assert_null(sy_workload_find(""));
	for (size_t i = 0; sy_workloads[i]; i++) {
		const struct sy_workload *workload = sy_workloads[i];

		assert_ptr_equal(sy_workload_find(workload->name), workload);
		assert_non_null(workload->summary);
	}
}

/* The values of one period stand for those of every task. */
static void test_expectation_is_the_sum_of_the_tasks(void **state)
{
	const struct sy_load load = { .rounds = 3,
		                      .request_bytes = 8,
		                      .reply_bytes = 77 };
	static const uint64_t counts[] = { 0, 1, 15, 16, 17, 1000 };

	(void)state;
	for (size_t w = 0; sy_workloads[w]; w++) {
		for (size_t c = 0; c < sizeof(counts) / sizeof(*counts); c++) {
			struct sy_tally slow = { 0 }, fast;
			uint64_t values[SY_VALUE_PERIOD];

			for (uint64_t i = 0; i < counts[c]; i++)
				sy_tally_add(
					&slow, i,
					sy_workloads[w]->expected(&load, i), 0);
			sy_workload_values(sy_workloads[w], &load, values);
			sy_workload_expect(values, counts[c], &fast);
			assert_int_equal(slow.done, fast.done);
			assert_true(slow.sum == fast.sum);
			assert_true(slow.proof == fast.proof);
			assert_int_equal(slow.error, fast.error);
		}
	}
}

/* Each residue has a value of its own, or a mix-up would not show. */
static void test_values_differ(void **state)
{
	const struct sy_load load = { .rounds = 3,
		                      .request_bytes = 8,
		                      .reply_bytes = 8 };

	(void)state;
	for (size_t w = 0; sy_workloads[w]; w++) {
		for (uint64_t i = 0; i < SY_VALUE_PERIOD; i++) {
			uint64_t value = sy_workloads[w]->expected(&load, i);

			assert_true(value ==
			            sy_workloads[w]->expected(
					    &load, i + 5 * SY_VALUE_PERIOD));
			for (uint64_t j = 0; j < i; j++)
				assert_true(value != sy_workloads[w]->expected(
							     &load, j));
		}
	}
}

static void test_cpu_values(void **state)
{
	static const uint64_t rounds[] = { 0, 1, 1000 };

	(void)state;
	for (size_t i = 0; i < sizeof(rounds) / sizeof(*rounds); i++) {
		const struct sy_load load = { .rounds = rounds[i] };

		check("cpu", &load, 1, 1000);
		check("cpu", &load, 7, 101);
		check("cpu", &load, 3, 0);
	}
}

/* The empty task is one call that asks for nothing. */
static void test_empty_task_takes_one_step(void **state)
{
	const struct sy_load load = { 0 };
	struct sy_task task = { .index = 3, .job = &load };

	(void)state;
	assert_int_equal(sy_cpu_step(&task).kind, SY_DONE);
	assert_true(task.value == sy_task_seed(3));
}

static void test_waits_are_kept(void **state)
{
	const struct sy_load load = { .wait_ns = 3000000 };
	uint64_t begin = sy_clock_ns();

	(void)state;
	check("wait", &load, 1, 4);
	assert_true(sy_clock_ns() - begin >= 4 * load.wait_ns);
	begin = sy_clock_ns();
	check("wait", &load, 100, 300);
	assert_true(sy_clock_ns() - begin >= 3 * load.wait_ns);
}

static void test_going_on_too_early_fails_the_task(void **state)
{
	const struct sy_load load = { .wait_ns = UINT64_C(3600000000000) };
	struct sy_task task = { .job = &load };
	uint64_t begin = sy_clock_ns();
	struct sy_op op;

	(void)state;
	op = sy_wait_step(&task);
	assert_int_equal(op.kind, SY_SLEEP);
	assert_true(op.until_ns >= begin + load.wait_ns);
	assert_int_equal(sy_wait_step(&task).kind, SY_DONE);
	assert_int_equal(task.error, -ETIME);
}

/* What a task makes of what the model says of its receive. */
static int error_after(int64_t sent, int64_t received)
{
	const struct sy_io_job job = { .load = { .request_bytes = 8,
		                                 .reply_bytes = 8 } };
	unsigned char scratch[128] = { 0 };
	struct sy_lane lane = { .fd = -1, .scratch = scratch };
	struct sy_task task = { .job = &job, .lane = &lane };

	assert_int_equal(sy_io_step(&task).kind, SY_SEND);
	task.result = sent;
	if (sy_io_step(&task).kind != SY_DONE) {
		task.result = received;
		assert_int_equal(sy_io_step(&task).kind, SY_DONE);
	}
	return task.error;
}

static void test_failed_calls_fail_the_io_task(void **state)
{
	(void)state;
	assert_int_equal(error_after(-EBADF, 0), -EBADF);
	assert_int_equal(error_after(7, 0), -EPIPE);
	assert_int_equal(error_after(8, 0), -EPIPE);
	assert_int_equal(error_after(8, -ECONNRESET), -ECONNRESET);
	assert_int_equal(error_after(8, 9), -EBADMSG);
}

static const uint32_t sizes[] = { 8,    9,    15,   16,     47,     64,
	                          4096, 4097, 4159, 100001, 1 << 20 };
#define SIZES (sizeof(sizes) / sizeof(*sizes))

static void check_io_sizes(bool tcp)
{
	for (size_t i = 0; i < SIZES; i++) {
		struct sy_load load = {
			.request_bytes = sizes[i],
			.reply_bytes = sizes[SIZES - 1 - i],
			.tcp = tcp,
			.server_pu = -1,
		};

		check("io", &load, 1, 20);
		load.reply_bytes = sizes[i];
		check("io", &load, 5, 40);
	}
}

static void test_io_values_over_unix_sockets(void **state)
{
	(void)state;
	check_io_sizes(false);
}

static void test_io_values_over_tcp(void **state)
{
	(void)state;
	check_io_sizes(true);
}

static void check_io_wait(bool tcp, uint32_t bytes)
{
	const struct sy_load load = {
		.wait_ns = 2000000,
		.request_bytes = bytes,
		.reply_bytes = bytes,
		.tcp = tcp,
		.server_pu = -1,
	};
	uint64_t begin = sy_clock_ns(), elapsed;

	check("io", &load, 1, 5);
	elapsed = sy_clock_ns() - begin;
	assert_true(elapsed >= 5 * load.wait_ns);
	begin = sy_clock_ns();
	check("io", &load, 64, 640);
	elapsed = sy_clock_ns() - begin;
	assert_true(elapsed >= 10 * load.wait_ns);
	/* At the same time, not one after another. */
	if (bytes <= 4096)
		assert_true(elapsed < 640 * load.wait_ns / 2);
}

static void test_io_waits_are_kept(void **state)
{
	(void)state;
	check_io_wait(false, 64);
	check_io_wait(true, 64);
	check_io_wait(false, 4096);
	check_io_wait(false, 1 << 16);
}

static void test_io_on_many_lanes(void **state)
{
	struct sy_load load = { .request_bytes = 64,
		                .reply_bytes = 64,
		                .server_pu = -1 };

	(void)state;
	check("io", &load, 64, 20000);
	load.tcp = true;
	check("io", &load, 64, 5000);
	load.tcp = false;
	load.wait_ns = 100000;
	check("io", &load, 500, 5000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_workload_is_found),
		cmocka_unit_test(test_expectation_is_the_sum_of_the_tasks),
		cmocka_unit_test(test_values_differ),
		cmocka_unit_test(test_cpu_values),
		cmocka_unit_test(test_empty_task_takes_one_step),
		cmocka_unit_test(test_waits_are_kept),
		cmocka_unit_test(test_going_on_too_early_fails_the_task),
		cmocka_unit_test(test_failed_calls_fail_the_io_task),
		cmocka_unit_test(test_io_values_over_unix_sockets),
		cmocka_unit_test(test_io_values_over_tcp),
		cmocka_unit_test(test_io_waits_are_kept),
		cmocka_unit_test(test_io_on_many_lanes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
