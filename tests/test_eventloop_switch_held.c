/* SPDX-License-Identifier: MIT */
/*
 * test_eventloop_switch_held.c - what hand-offs of the event loop hold while
 * they are open, and what they leave where something fails.
 */
#include "eventloop_rows.h"

static const uint32_t rings[] = { 0, 2, 3, 16 };

/* --- what they hold --- */

static void check_needs(const char *name, uint32_t ring)
{
	struct sy_setting setting = { .contexts = ring };
	struct holdings before = look(), now;
	struct sy_needs needs;
	struct row row;

	open_row(&row, SY_SWITCH, name, setting);
	needs_of(&row, &needs);
	now = look();
	assert_int_equal(now.threads - before.threads, needs.threads);
	assert_int_equal(needs.contexts, needs.threads + 1);
	/* What there is once a process is there already. */
	assert_in_range(now.descriptors - before.descriptors,
	                needs.descriptors - 4, needs.descriptors - 2);
	close_row(&row);
	assert_nothing_left(before);
}

static void test_needs_covers_what_open_takes(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rings) / sizeof(*rings); i++) {
		check_needs("callback", rings[i]);
		check_needs("pipe", rings[i]);
	}
	check_needs("async", 0);
}

static uint64_t cpu_ns(void)
{
	struct timespec used;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	return (uint64_t)used.tv_sec * 1000 * MS + (uint64_t)used.tv_nsec;
}

static void test_loops_sleep_between_runs(void **state)
{
	struct sy_setting setting = { 0 };
	uint64_t before_ns;
	struct row row;

	(void)state;
	open_row(&row, SY_SWITCH, "async", setting);
	assert_int_equal(run_row(&row, 200), 0);
	before_ns = cpu_ns();
	usleep(200000);
	assert_true(cpu_ns() - before_ns < 60 * MS);
	close_row(&row);
}

/* --- failures that are provoked --- */

static void test_refused_binding_is_told(void **state)
{
	static const char *const names[] = { "callback", "pipe", "async" };
	struct sy_setting setting = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++)
		check_refused_bind(SY_SWITCH, names[i], setting);
}

static int refuse_second(struct sy_batch *batch, uint32_t index)
{
	(void)batch;
	return index ? -EINVAL : 0;
}

static void test_a_peer_that_is_not_bound_is_told(void **state)
{
	struct holdings before = look();
	struct row row;

	(void)state;
	make_row(&row, SY_SWITCH, "async", (struct sy_setting){ 0 });
	row.batch->bind = refuse_second;
	assert_int_equal(open_made(&row), -EINVAL);
	assert_null(row.state);
	close_row(&row);
	assert_nothing_left(before);
}

static void test_running_out_of_descriptors_is_told(void **state)
{
	struct sy_setting pair = { 0 }, ring = { .contexts = 7 };

	(void)state;
	check_few_descriptors(SY_SWITCH, "callback", pair);
	check_few_descriptors(SY_SWITCH, "pipe", pair);
	check_few_descriptors(SY_SWITCH, "pipe", ring);
	check_few_descriptors(SY_SWITCH, "async", pair);
}

struct writers {
	uv_os_fd_t fds[3];
	unsigned count;
};

static void find_writer(uv_handle_t *handle, void *data)
{
	struct writers *writers = data;

	if (uv_handle_get_type(handle) != UV_NAMED_PIPE ||
	    !uv_is_writable((uv_stream_t *)handle))
		return;
	assert_true(writers->count < 3);
	uv_fileno(handle, &writers->fds[writers->count++]);
}

/* One pipe of three leads elsewhere: the run ends there, wherever it is. */
static void check_broken(unsigned which, int other, bool keep, int expected)
{
	struct sy_setting setting = { .contexts = 3 };
	struct writers writers = { .count = 0 };
	int kept = -1;
	struct row row;

	open_row(&row, SY_SWITCH, "pipe", setting);
	uv_walk(loop_of(&row), find_writer, &writers);
	assert_int_equal(writers.count, 3);
	if (keep)
		kept = dup(writers.fds[which]);
	assert_int_equal(dup2(other, writers.fds[which]), writers.fds[which]);
	assert_int_equal(run_row(&row, 60), expected);
	close_row(&row);
	if (keep)
		close(kept);
}

static void test_a_failed_write_ends_the_run(void **state)
{
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	struct holdings before = look();
	unsigned i;

	(void)state;
	for (i = 0; i < 3; i++)
		check_broken(i, full, true, -ENOSPC);
	assert_nothing_left(before);
	close(full);
}

static void test_the_end_of_a_pipe_ends_the_run(void **state)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	struct holdings before = look();
	unsigned i;

	(void)state;
	for (i = 0; i < 3; i++)
		check_broken(i, null, false, -EPIPE);
	assert_nothing_left(before);
	close(null);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_needs_covers_what_open_takes),
		cmocka_unit_test(test_loops_sleep_between_runs),
		cmocka_unit_test(test_refused_binding_is_told),
		cmocka_unit_test(test_a_peer_that_is_not_bound_is_told),
		cmocka_unit_test(test_running_out_of_descriptors_is_told),
		cmocka_unit_test(test_a_failed_write_ends_the_run),
		cmocka_unit_test(test_the_end_of_a_pipe_ends_the_run),
	};

	return cmocka_run_group_tests(tests, warm_libuv, NULL);
}
