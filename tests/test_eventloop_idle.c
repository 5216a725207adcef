/* SPDX-License-Identifier: MIT */
/*
 * test_eventloop_idle.c - callback chains that wait in the event loop: that
 * there are as many as were asked for, that each has run and still waits, and
 * what is left where one more cannot be had.
 */
#include "eventloop_rows.h"

#include <malloc.h>

#define A_DAY_MS (UINT64_C(86400) * 1000)
/* A sanitizer needs several times as long for each. */
#define MANY (SANITIZED ? 100000 : 1000000)

/* What waits in a loop. */
struct waiting {
	uint64_t timers, sockets, not_run;
};

static void count_one(uv_handle_t *handle, void *data)
{
	struct waiting *waiting = data;

	assert_true(uv_is_active(handle));
	if (uv_handle_get_type(handle) == UV_NAMED_PIPE) {
		waiting->sockets++;
		waiting->not_run += waits_for_first(handle);
		return;
	}
	assert_int_equal(uv_handle_get_type(handle), UV_TIMER);
	waiting->timers++;
	waiting->not_run +=
		uv_timer_get_due_in((uv_timer_t *)handle) < 300 * A_DAY_MS;
}

static struct waiting look_at_waiting(const struct row *row)
{
	struct waiting waiting = { 0 };

	uv_walk(loop_of(row), count_one, &waiting);
	return waiting;
}

static void check_timers(struct row *row, uint64_t count)
{
	struct waiting waiting;

	assert_int_equal(run_row(row, count), 0);
	waiting = look_at_waiting(row);
	assert_int_equal(waiting.timers, count);
	assert_int_equal(waiting.not_run, 0);
}

static void test_timers_wait(void **state)
{
	struct sy_setting setting = { .contexts = MANY };
	struct holdings before = look();
	struct row row;

	(void)state;
	open_row(&row, SY_IDLE, "timer", setting);
	assert_int_equal(run_row(&row, 0), 0);
	assert_int_equal(look_at_waiting(&row).timers, 0);
	check_timers(&row, 1);
	check_timers(&row, 63);
	check_timers(&row, 64);
	check_timers(&row, 65);
	check_timers(&row, 65); /* they are there */
	check_timers(&row, 1000);
	check_timers(&row, MANY);
	assert_int_equal(run_row(&row, MANY + 1), -EINVAL);
	assert_true(row.batch->contexts[0].pu_seen >= 0);
	close_row(&row);
	assert_nothing_left(before);
}

/* `before` the first of them, and those of the loop that epoll watches. */
static void check_sockets(struct row *row, int before, unsigned watched,
                          uint64_t count)
{
	struct waiting waiting;

	assert_int_equal(run_row(row, count), 0);
	waiting = look_at_waiting(row);
	assert_int_equal(waiting.sockets, count);
	assert_int_equal(waiting.not_run, 0);
	assert_int_equal(look().descriptors, before + 2 * (int)count);
	assert_int_equal(count_watched(row), watched + count);
}

static void test_sockets_wait(void **state)
{
	struct sy_setting setting = { .contexts = 400 };
	struct holdings before = look();
	unsigned watched;
	int descriptors;
	struct row row;

	(void)state;
	open_row(&row, SY_IDLE, "socket", setting);
	assert_int_equal(count_watched(&row), 0);
	descriptors = look().descriptors + SY_UV_DESCRIPTORS_OF_STREAMS;
	/* The loop's own are watched from its first turn on. */
	assert_int_equal(run_row(&row, 1), 0);
	watched = count_watched(&row) - 1;
	check_sockets(&row, descriptors, watched, 1);
	check_sockets(&row, descriptors, watched, 64);
	check_sockets(&row, descriptors, watched, 200);
	check_sockets(&row, descriptors, watched, 400);
	close_row(&row);
	assert_nothing_left(before);
}

/* --- what they need --- */

/* What a row asks for is enough, and not ten times what it takes. */
static void test_needs_covers_the_timers(void **state)
{
	struct sy_setting setting = { .contexts = 50000 };
	struct sy_needs needs;
	struct row row;
	size_t before;

	(void)state;
	if (SANITIZED)
		skip(); /* whose memory mallinfo2 does not know */
	before = mallinfo2().uordblks;
	open_row(&row, SY_IDLE, "timer", setting);
	needs_of(&row, &needs);
	assert_int_equal(run_row(&row, 50000), 0);
	assert_in_range(mallinfo2().uordblks - before, needs.bytes / 10,
	                needs.bytes);
	assert_true(needs.descriptors <= 6);
	assert_int_equal(needs.contexts, 1);
	assert_int_equal(needs.threads, 0);
	close_row(&row);
}

static void test_needs_covers_the_sockets(void **state)
{
	struct sy_setting setting = { .contexts = 300 };
	struct holdings before = look();
	struct sy_needs needs;
	struct row row;

	(void)state;
	open_row(&row, SY_IDLE, "socket", setting);
	needs_of(&row, &needs);
	assert_int_equal(run_row(&row, 300), 0);
	assert_in_range(look().descriptors - before.descriptors,
	                needs.descriptors - 4, needs.descriptors - 2);
	assert_in_range(needs.bytes, 300 * 4096, 300 * 16384);
	close_row(&row);
}

/* --- failures that are provoked --- */

static void test_refused_binding_is_told(void **state)
{
	struct sy_setting setting = { .contexts = 4 };

	(void)state;
	check_refused_bind(SY_IDLE, "timer", setting);
	check_refused_bind(SY_IDLE, "socket", setting);
}

static void test_running_out_of_descriptors_is_told(void **state)
{
	struct sy_setting setting = { .contexts = 5 };

	(void)state;
	check_few_descriptors(SY_IDLE, "timer", setting);
	check_few_descriptors(SY_IDLE, "socket", setting);
}

/* libuv would abort where its epoll takes no more. */
static void test_more_than_epoll_takes_is_told(void **state)
{
	struct sy_setting setting = { 0 };
	FILE *file = fopen("/proc/sys/fs/epoll/max_user_watches", "re");
	struct holdings before;
	unsigned long long most;
	struct row row;

	(void)state;
	if (!file)
		skip();
	assert_int_equal(fscanf(file, "%llu", &most), 1);
	fclose(file);
	if (most >= UINT32_MAX)
		skip();
	before = look();
	setting.contexts = (uint32_t)most + 1;
	make_row(&row, SY_IDLE, "socket", setting);
	assert_int_equal(open_made(&row), -ENOSPC);
	assert_null(row.state);
	close_row(&row);
	assert_nothing_left(before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_timers_wait),
		cmocka_unit_test(test_sockets_wait),
		cmocka_unit_test(test_needs_covers_the_timers),
		cmocka_unit_test(test_needs_covers_the_sockets),
		cmocka_unit_test(test_refused_binding_is_told),
		cmocka_unit_test(test_running_out_of_descriptors_is_told),
		cmocka_unit_test(test_more_than_epoll_takes_is_told),
	};

	return cmocka_run_group_tests(tests, warm_libuv, NULL);
}
