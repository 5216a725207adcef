/* SPDX-License-Identifier: MIT */
/*
 * test_eventloop_time.c - time in both event loops: sleeps end in order and
 * never early, and whoever computes does not keep them waiting.
 */
#include "eventloop_fixture.h"

static uint64_t due_ns(const struct sy_task *task)
{
	const struct job *job = task->job;

	return job->start_ns + (task->index * 7 % 40 + 1) * NS_PER_MS / 4;
}

static struct sy_op sleep_step(struct sy_task *task)
{
	struct job *job = (struct job *)(uintptr_t)task->job;

	if (!task->step++)
		return (struct sy_op){ .kind = SY_SLEEP,
			               .until_ns = due_ns(task) };
	if (sy_clock_ns() < due_ns(task))
		__atomic_fetch_add(&job->early, 1, __ATOMIC_RELAXED);
	return done_op();
}

static void test_a_sleep_never_ends_early(void **model)
{
	struct fixture fixture;
	unsigned i;

	make_batch(&fixture, *model, 40, 2, 0);
	open_model(&fixture, sleep_step);
	for (i = 0; i < 25; i++) {
		/* Any part of libuv's millisecond. */
		fixture.job.start_ns = sy_clock_ns() + i * 37000;
		run_tasks(&fixture, 80);
	}
	assert_int_equal(fixture.job.early, 0);
	close_fixture(&fixture);
}

static struct sy_op ordered_step(struct sy_task *task)
{
	struct job *job = (struct job *)(uintptr_t)task->job;

	if (!task->step++)
		return (struct sy_op){
			.kind = SY_SLEEP,
			.until_ns = job->start_ns +
			            (8 - task->index) * 4 * NS_PER_MS,
		};
	job->order[job->ended++] = (uint32_t)task->index;
	return done_op();
}

static void test_sleeps_end_in_the_order_of_their_times(void **model)
{
	struct fixture fixture;
	uint32_t i;

	make_batch(&fixture, *model, 8, 1, 0);
	open_model(&fixture, ordered_step);
	fixture.job.start_ns = sy_clock_ns();
	run_tasks(&fixture, 8);
	for (i = 0; i < 8; i++)
		assert_int_equal(fixture.job.order[i], 7 - i);
	close_fixture(&fixture);
}

static struct sy_op wait_step(struct sy_task *task)
{
	if (!task->step++)
		return (struct sy_op){ .kind = SY_SLEEP,
			               .until_ns =
			                       sy_clock_ns() + 20 * NS_PER_MS };
	return done_op();
}

static void test_ten_thousand_sleep_at_once(void **model)
{
	struct fixture fixture;
	uint64_t start_ns;

	make_batch(&fixture, *model, 10000, 2, 0);
	open_model(&fixture, wait_step);
	start_ns = sy_clock_ns();
	run_tasks(&fixture, 10000);
	/* One after another they would take 200 s. */
	assert_true(sy_clock_ns() - start_ns < 5000 * NS_PER_MS);
	assert_true(sy_clock_ns() - start_ns >= 20 * NS_PER_MS);
	close_fixture(&fixture);
}

/* Task 0 sleeps 2 ms, the others compute. */
static struct sy_op sleeper_among_step(struct sy_task *task)
{
	struct job *job = (struct job *)(uintptr_t)task->job;

	if (!task->step++) {
		if (!task->index)
			return (struct sy_op){ .kind = SY_SLEEP,
				               .until_ns = sy_clock_ns() +
				                           2 * NS_PER_MS };
		return (struct sy_op){ .kind = SY_COMPUTE,
			               .rounds = job->rounds };
	}
	if (!task->index)
		job->order[0] = job->ended;
	job->ended++;
	return done_op();
}

static void test_a_sleeper_is_not_starved(void **model)
{
	struct fixture fixture;

	make_batch(&fixture, *model, 2, 1, 0);
	open_model(&fixture, sleeper_among_step);
	fixture.job.rounds = 0; /* only callbacks are counted */
	run_tasks(&fixture, 1000000);
	assert_in_range(fixture.job.order[0], 1, 900000);
	fixture.job.ended = 0;
	fixture.job.rounds = 3000000; /* some ms: only rounds matter */
	run_tasks(&fixture, 60);
	assert_in_range(fixture.job.order[0], 1, 5);
	close_fixture(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(test_a_sleep_never_ends_early),
		BOTH(test_sleeps_end_in_the_order_of_their_times),
		BOTH(test_ten_thousand_sleep_at_once),
		BOTH(test_a_sleeper_is_not_starved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
