/* SPDX-License-Identifier: MIT */
/*
 * test_resident.c - memory that is resident before anything is created: all of
 * it, in huge pages or in none, and gone in the end.
 */
#include "subject_fixture.h"

#include "engine/resident.h"
#include "host/memory.h"
#include "process.h"

#define MIB ((uint64_t)1 << 20)

static uint64_t resident_now(void)
{
	struct sy_memory memory = { 0 };

	assert_int_equal(sy_memory_add(getpid(), &memory), 0);
	return memory.pss_bytes;
}

/* Within what else a process does meanwhile. */
static void assert_grown(uint64_t before, uint64_t bytes)
{
	uint64_t now = resident_now();

	assert_true(now + MIB > before + bytes);
	assert_true(now < before + bytes + 4 * MIB);
}

static void test_all_of_it_is_resident_and_goes(void **state)
{
	uint64_t before = resident_now();
	struct sy_resident resident;
	struct sy_reason reason;

	(void)state;
	assert_int_equal(sy_resident_open(&resident, 33 * MIB, false, &reason),
	                 0);
	assert_grown(before, 33 * MIB);
	assert_int_equal(resident.memory[33 * MIB - 1], 0);
	sy_resident_close(&resident);
	assert_grown(before, 0);
	sy_resident_close(&resident);
}

static void test_none_is_none(void **state)
{
	struct sy_resident resident = { .bytes = 1 };
	struct sy_reason reason;

	(void)state;
	assert_int_equal(sy_resident_open(&resident, 0, true, &reason), 0);
	assert_null(resident.memory);
	sy_resident_close(&resident);
}

/* In a child, since it cannot be taken back: no huge page is given. */
static void test_huge_pages_that_are_not_given_are_told(void **state)
{
	pid_t pid = 0;
	int status = 0;

	(void)state;
	assert_int_equal(sy_process_fork(&pid), 0);
	if (!pid) {
		uint64_t before = resident_now();
		struct sy_resident resident;
		struct sy_reason reason = { "" };
		bool told;

		if (prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0))
			_exit(77);
		told = sy_resident_open(&resident, 16 * MIB, true, &reason) ==
		               -ENOTSUP &&
		       strstr(reason.text, "0 of 16384 KiB") &&
		       resident_now() < before + 4 * MIB;
		_exit(told ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		skip(); /* a kernel without huge pages */
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void test_more_than_there_can_be_is_told(void **state)
{
	struct sy_resident resident;
	struct sy_reason reason;

	(void)state;
	assert_int_equal(
		sy_resident_open(&resident, UINT64_MAX, false, &reason),
		-ENOMEM);
	assert_int_equal(
		sy_resident_open(&resident, UINT64_C(1) << 60, false, &reason),
		-ENOMEM);
	assert_says(reason.text, "resident");
}

/* A way of creating that looks at what it is given. */

struct seen {
	uint64_t runs, count, resident_bytes;
	bool given;
};

static void needs(const struct sy_mechanism *mechanism,
                  const struct sy_batch *batch, struct sy_needs *needs)
{
	(void)mechanism;
	(void)batch;
	needs->contexts = 1;
}

static int open_looking(void **state, struct sy_batch *batch,
                        const struct sy_mechanism *mechanism)
{
	struct seen *seen = (struct seen *)mechanism->way;

	*seen = (struct seen){
		.given = batch->setting.resident,
		.resident_bytes = resident_now(),
	};
	*state = seen;
	return 0;
}

static int run_looking(void *state, uint64_t count)
{
	struct seen *seen = state;

	seen->runs++;
	seen->count += count;
	/* What comes first takes 20 ms, each later one 1 ms. */
	usleep(seen->runs == 1 ? 20000 : (useconds_t)(1000 * count));
	return 0;
}

static void close_looking(void *state)
{
	(void)state;
}

static struct seen seen;
static const struct sy_mechanism looking = {
	.name = "looking",
	.summary = "for a test",
	.family = SY_SPAWN,
	.way = &seen,
	.needs = needs,
	.open = open_looking,
	.run = run_looking,
	.close = close_looking,
};

static void make_spawn(struct opened *o, uint32_t burst)
{
	opened_point(o, "switch", "threads.condition", 1);
	o->point.request.mechanism = &looking;
	o->point.request.contexts = burst;
	assert_int_equal(sy_point_name(&o->point), 0);
}

static void test_it_is_there_when_the_mechanism_opens(void **state)
{
	uint64_t before = resident_now();
	struct opened o;

	(void)state;
	make_spawn(&o, 1);
	o.point.request.resident_bytes = 24 * MIB;
	opened_open(&o, "one-pu");
	assert_true(seen.given);
	assert_true(seen.resident_bytes + MIB > before + 24 * MIB);
	opened_close(&o);
	assert_grown(before, 0);
	make_spawn(&o, 1);
	opened_open(&o, "one-pu");
	assert_false(seen.given);
	opened_close(&o);
}

/* What comes first. */

static void test_what_comes_first_is_apart_and_once(void **state)
{
	struct opened o;

	(void)state;
	make_spawn(&o, 3);
	opened_open(&o, "one-pu");
	/* Not while others get ready. */
	assert_int_equal(seen.runs, 0);
	opened_must_run(&o, 6, 3);
	assert_int_equal(o.slice.first_operations, 3);
	assert_true(o.slice.first_ns >= 20 * MS);
	assert_int_equal(o.slice.operations, 6);
	assert_int_equal(seen.runs, 3); /* it, a warm-up, the slice */
	opened_must_run(&o, 6, 0);
	assert_int_equal(seen.runs, 4);
	assert_int_equal(o.slice.first_operations, 3);
	assert_true(o.slice.first_ns >= 20 * MS);
	opened_close(&o);
}

/* It also comes first where a size is asked for. */
static void test_sizing_begins_with_it(void **state)
{
	uint64_t operations = 0;
	struct opened o;

	(void)state;
	make_spawn(&o, 1);
	opened_open(&o, "one-pu");
	assert_int_equal(
		sy_subject_size(o.subject, 5 * MS, &operations, &o.reason), 0);
	assert_true(seen.runs > 1);
	opened_must_run(&o, operations, 0);
	assert_int_equal(o.slice.first_operations, 1);
	assert_true(o.slice.first_ns >= 20 * MS);
	opened_close(&o);
}

/* Where the least takes far longer than a slice, it is run once for each. */
static void test_nothing_dear_is_run_needlessly(void **state)
{
	uint64_t operations = 0;
	struct opened o;

	(void)state;
	make_spawn(&o, 50);
	opened_open(&o, "one-pu");
	assert_int_equal(sy_subject_size(o.subject, MS, &operations, &o.reason),
	                 0);
	assert_int_equal(operations, 50);
	assert_int_equal(seen.runs, 1);
	/* A warm-up would be a whole burst, as the slice is. */
	opened_must_run(&o, operations, 2);
	assert_int_equal(seen.runs, 2);
	assert_int_equal(o.slice.operations, 50);
	opened_close(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_of_it_is_resident_and_goes),
		cmocka_unit_test(test_none_is_none),
		cmocka_unit_test(test_huge_pages_that_are_not_given_are_told),
		cmocka_unit_test(test_more_than_there_can_be_is_told),
		cmocka_unit_test(test_it_is_there_when_the_mechanism_opens),
		cmocka_unit_test(test_what_comes_first_is_apart_and_once),
		cmocka_unit_test(test_sizing_begins_with_it),
		cmocka_unit_test(test_nothing_dear_is_run_needlessly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
