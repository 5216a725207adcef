/* SPDX-License-Identifier: MIT */
/*
 * test_live_course.c - the course of a comparison: sets, orders, sizes, when
 * it ends, and what a sentinel that dies does to it.
 */
#include "live_fixture.h"

/* Every interval is narrow enough, so that a point has its sets and no more,
   however long they take. */
static void until_known(struct compared *c)
{
	c->live.width = 1e9;
	c->plan.budget_ns = 60000 * MS;
}

static void assert_pairs(const struct sy_compared *point)
{
	size_t new_first = 0;

	for (size_t i = 0; i < point->pair_count; i++) {
		const struct sy_pair *pair = &point->pairs[i];

		assert_in_range(pair->set, i ? pair[-1].set : 0,
		                i ? pair[-1].set + 1 : 0);
		assert_int_equal(pair->round, i && pair->set == pair[-1].set
		                                      ? pair[-1].round + 1
		                                      : 0);
		if (i)
			assert_true(pair->at_ns > pair[-1].at_ns);
		assert_true(pair->operations > 0);
		for (int side = 0; side < SY_SIDES; side++) {
			assert_int_equal(pair->performed[side],
			                 pair->operations);
			assert_true(pair->elapsed_ns[side] > 0);
		}
		new_first += pair->new_first;
	}
	assert_in_range(new_first, 1, point->pair_count - 1);
}

/* Of the real program: what only it shows is there, too. */
static void test_a_program_against_itself(void **state)
{
	struct compared *c = *state;

	add(c, "cpu", "serial");
	add(c, "switch", "threads.futex");
	c->live.programs[SY_OLD] = c->live.programs[SY_NEW] = SY_PROGRAM;
	c->plan.slice_ns = MS;
	until_known(c);
	assert_compared(c);
	for (size_t i = 0; i < 2; i++) {
		const struct sy_compared *point = &c->comparison.points[i];

		assert_int_equal(point->outcome, SY_OUTCOME_COMPARED);
		assert_int_equal(point->sets, SY_SETS_TESTED);
		assert_true(point->pair_count >=
		            SY_SETS_TESTED * SY_VISIT_ROUNDS_LEAST);
		assert_pairs(point);
		assert_int_equal(point->is_handoff, i == 1);
	}
	assert_true(c->comparison.points[1].pairs[0].voluntary[SY_NEW] > 0);
	/* So many behind the first visit, one behind each other. */
	assert_int_equal(c->comparison.sentinel_count,
	                 SY_PAIRS_LEAST + 2 * SY_SETS_TESTED - 1);
	assert_true(c->comparison.sliced_ns > 0);
	assert_true(c->comparison.wall_ns > c->comparison.sliced_ns);
	assert_int_equal(c->comparison.seed, c->plan.seed);
	assert_int_equal(c->comparison.budget_ns, c->plan.budget_ns);
}

static void test_memory_and_latencies_are_shown(void **state)
{
	struct compared *c = *state;

	add(c, "idle", "coroutine.parked");
	add(c, "cpu", "serial");
	c->live.programs[SY_OLD] = c->live.programs[SY_NEW] = SY_PROGRAM;
	assert_compared(c);
	for (int side = 0; side < SY_SIDES; side++) {
		assert_true(c->comparison.points[0].shown[side].bytes > 100);
		assert_true(c->comparison.points[1].shown[side].bytes == 0);
		assert_true(c->comparison.points[1].shown[side].latency_p50_ns >
		            1000);
		assert_true(
			c->comparison.points[0].shown[side].latency_p50_ns ==
			0);
	}
}

/* It does so: the loop is longer, and the time is the CPU's. */
static void test_more_work_is_slower(void **state)
{
	struct compared *c = *state;

	add(c, "cpu", "threads");
	fake(c, SY_OLD, "work 100");
	fake(c, SY_NEW, "work 130");
	until_known(c);
	assert_compared(c);
	assert_int_equal(c->comparison.points[0].sets, SY_SETS_TESTED);
	/* Where the machine does what it likes, that is told instead. */
	if (!c->comparison.noisy)
		assert_int_equal(c->comparison.points[0].change,
		                 SY_CHANGE_SLOWER);
	assert_true(c->comparison.points[0].gates[SY_GATE_TIME].ratio.value >
	            1.1);
}

/* However little it is, every point has a visit; but no second one. */
static void test_a_budget_that_is_too_small(void **state)
{
	struct compared *c = *state;

	add(c, "cpu", "threads");
	add(c, "cpu", "fork");
	add(c, "cpu", "pool");
	fake(c, SY_OLD, "");
	fake(c, SY_NEW, "");
	assert_compared(c);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(c->comparison.points[i].sets, 1);
		assert_int_equal(c->comparison.points[i].pair_count,
		                 SY_VISIT_ROUNDS_LEAST);
	}
	assert_int_equal(c->comparison.sentinel_count, SY_PAIRS_LEAST + 2);
}

static void test_a_budget_is_used_up(void **state)
{
	struct compared *c = *state;

	add(c, "cpu", "threads");
	fake(c, SY_OLD, "");
	fake(c, SY_NEW, "");
	c->live.visit_ns = 10 * MS;
	c->plan.budget_ns = 250 * MS;
	assert_compared(c);
	assert_true(c->comparison.points[0].sets >= 1);
	/* What a visit takes is not known before it. */
	assert_true(c->comparison.wall_ns < 10000 * MS);
	if (c->comparison.points[0].sets > 1)
		assert_true(c->comparison.wall_ns > 100 * MS);
}

/* Who has had it does not lack it: a figure is not to vanish unseen. */
static void test_a_point_that_is_lost_later(void **state)
{
	struct compared *c = *state;

	add(c, "cpu", "threads");
	fake(c, SY_OLD, "");
	fake(c, SY_NEW, "later open lacks threads");
	until_known(c);
	assert_compared(c);
	assert_int_equal(c->comparison.points[0].outcome, SY_OUTCOME_FAILED);
	assert_int_equal(c->comparison.points[0].side, SY_NEW);
	assert_says(c->comparison.points[0].reason.text, "no such thing");
	assert_int_equal(sy_judge_status(&c->comparison, true), 3);
}

static void test_the_same_seed_has_the_same_orders(void **state)
{
	struct compared *c[2];

	(void)state;
	for (int i = 0; i < 2; i++) {
		begin((void **)&c[i]);
		c[i]->plan.seed = 7;
		add(c[i], "cpu", "threads");
		fake(c[i], SY_OLD, "");
		fake(c[i], SY_NEW, "");
		until_known(c[i]);
		assert_compared(c[i]);
	}
	assert_int_equal(c[0]->comparison.points[0].pair_count,
	                 c[1]->comparison.points[0].pair_count);
	for (size_t j = 0; j < c[0]->comparison.points[0].pair_count; j++)
		assert_int_equal(c[0]->comparison.points[0].pairs[j].new_first,
		                 c[1]->comparison.points[0].pairs[j].new_first);
	end((void **)&c[1]);
	end((void **)&c[0]);
}

/* The passes are the outer loop: a point's sets do not follow one another. */
static void test_sets_of_a_point_are_spread(void **state)
{
	struct compared *c = *state;
	const struct sy_compared *p = NULL, *q = NULL;

	add(c, "cpu", "threads");
	add(c, "cpu", "fork");
	fake(c, SY_OLD, "");
	fake(c, SY_NEW, "");
	until_known(c);
	assert_compared(c);
	p = &c->comparison.points[0];
	q = &c->comparison.points[1];
	for (uint32_t set = 0; set + 1 < SY_SETS_TESTED; set++) {
		size_t at = set * SY_VISIT_ROUNDS_LEAST;

		assert_int_equal(p->pairs[at].set, set);
		assert_true(p->pairs[at].at_ns <
		            q->pairs[at + SY_VISIT_ROUNDS_LEAST].at_ns);
		assert_true(q->pairs[at].at_ns <
		            p->pairs[at + SY_VISIT_ROUNDS_LEAST].at_ns);
	}
}

/* A slice that is far from its size is sized again, and in no pair. */
static void test_a_slice_that_misses_its_size(void **state)
{
	struct compared *c = *state;
	const struct sy_compared *point;

	add(c, "cpu", "threads");
	/* The first count is a quarter of what it ought to be. */
	fake(c, SY_OLD, "size short threads");
	fake(c, SY_NEW, "");
	assert_compared(c);
	point = &c->comparison.points[0];
	assert_int_equal(point->outcome, SY_OUTCOME_COMPARED);
	assert_int_equal(point->pair_count, SY_VISIT_ROUNDS_LEAST);
	for (size_t i = 0; i < point->pair_count; i++)
		assert_int_equal(point->pairs[i].operations, 2000);
}

/* A side that is just that slow is neither sized for ever nor dropped. */
static void test_a_slice_that_is_just_that_long(void **state)
{
	struct compared *c = *state;
	const struct sy_compared *point;

	add(c, "cpu", "threads");
	fake(c, SY_OLD, "");
	fake(c, SY_NEW, "slow 300");
	assert_compared(c);
	point = &c->comparison.points[0];
	assert_int_equal(point->pair_count, SY_VISIT_ROUNDS_LEAST);
	assert_int_equal(point->pairs[0].operations, 2000);
	assert_true(point->pairs[0].elapsed_ns[SY_NEW] >
	            2 * point->pairs[0].elapsed_ns[SY_OLD]);
}

static void test_it_is_stopped(void **state)
{
	struct compared *c = *state;

	add(c, "cpu", "threads");
	add(c, "cpu", "fork");
	fake(c, SY_OLD, "");
	fake(c, SY_NEW, "");
	/* In the visit of the second point. */
	c->stop = 2 * (SY_VISIT_ROUNDS_LEAST + SY_PAIRS_LEAST) + 3;
	assert_compared(c);
	assert_true(c->comparison.interrupted);
	assert_int_equal(c->comparison.points[0].pair_count +
	                         c->comparison.points[1].pair_count,
	                 SY_VISIT_ROUNDS_LEAST + 1);
}

static void test_it_is_stopped_before_anything(void **state)
{
	struct compared *c = *state;

	add(c, "cpu", "threads");
	fake(c, SY_OLD, "hello hang");
	c->live.cancel_fd = eventfd(1, EFD_CLOEXEC);
	assert_compared(c);
	close(c->live.cancel_fd);
	assert_true(c->comparison.interrupted);
	assert_int_equal(c->comparison.points[0].outcome, SY_OUTCOME_PLANNED);
	assert_int_equal(sy_judge_status(&c->comparison, false), 130);
}

/* Calibrating takes more slices than this; then a set has another. */
static void test_a_sentinel_that_dies_once(void **state)
{
	struct compared *c = *state;

	add(c, "cpu", "threads");
	fake(c, SY_OLD, "once slice die serial 7");
	fake(c, SY_NEW, "");
	until_known(c);
	assert_compared(c);
	assert_int_equal(c->comparison.points[0].outcome, SY_OUTCOME_COMPARED);
	/* The pair that it died in is not there; its heir is of a new set. */
	assert_int_equal(c->comparison.sentinel_count,
	                 SY_PAIRS_LEAST + SY_SETS_TESTED - 2);
	assert_int_equal(c->comparison.sentinel[0].set, 0);
	assert_int_equal(
		c->comparison.sentinel[SY_PAIRS_LEAST + SY_SETS_TESTED - 3].set,
		1);
}

static void test_a_sentinel_that_always_dies(void **state)
{
	struct compared *c = *state;

	add(c, "cpu", "threads");
	add(c, "cpu", "fork");
	fake(c, SY_OLD, "slice die serial 7");
	fake(c, SY_NEW, "");
	until_known(c);
	assert_int_equal(compare(c), -EIO);
	assert_says(c->reason.text, "OLD fails at the plain kernel (the "
	                            "sentinel): the worker was ended by signal "
	                            "11");
}

static void test_an_old_one_that_has_no_kernel(void **state)
{
	struct compared *c = *state;

	add(c, "cpu", "threads");
	fake(c, SY_OLD, "open lacks serial");
	fake(c, SY_NEW, "");
	assert_int_equal(compare(c), -EIO);
	assert_says(c->reason.text, "by which work is sized: no such thing");
}

/* What this machine has not is asked of nobody. */
static void test_nothing_to_compare(void **state)
{
	struct compared *c = *state;

	add(c, "cpu", "threads");
	fake(c, SY_OLD, "open hang");
	fake(c, SY_NEW, "open hang");
	sy_comparison_init(&c->comparison);
	assert_int_equal(sy_comparison_reserve(&c->comparison, 1), 0);
	c->comparison.points[0].outcome = SY_OUTCOME_ABSENT;
	assert_int_equal(sy_compare_live(&c->live, &c->comparison, &c->reason),
	                 0);
	assert_int_equal(c->comparison.points[0].outcome, SY_OUTCOME_ABSENT);
	assert_int_equal(c->comparison.sentinel_count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_program_against_itself),
		TEST(test_memory_and_latencies_are_shown),
		TEST(test_more_work_is_slower),
		TEST(test_a_budget_that_is_too_small),
		TEST(test_a_budget_is_used_up),
		TEST(test_a_point_that_is_lost_later),
		cmocka_unit_test(test_the_same_seed_has_the_same_orders),
		TEST(test_sets_of_a_point_are_spread),
		TEST(test_a_slice_that_misses_its_size),
		TEST(test_a_slice_that_is_just_that_long),
		TEST(test_it_is_stopped),
		TEST(test_it_is_stopped_before_anything),
		TEST(test_a_sentinel_that_dies_once),
		TEST(test_a_sentinel_that_always_dies),
		TEST(test_an_old_one_that_has_no_kernel),
		TEST(test_nothing_to_compare),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
