/* SPDX-License-Identifier: MIT */
/*
 * test_json_memory.c - what is written down is whole or is not there, wherever
 * memory runs out while it is made.
 */
#include "engine_fixture.h"

#include "engine/protocol.h"
#include "engine/record.h"

/* Allocations before the one that fails; those after it do not.  Jansson's
   hooks have no data of their own. */
static size_t allowed;

static void *allocate(size_t bytes)
{
	return allowed-- ? malloc(bytes) : NULL;
}

static struct sy_plan plan;
static struct sy_slice slice;
static struct sy_record record;

static int set_up(void **state)
{
	struct sy_request request;

	(void)state;
	json_set_alloc_funcs(allocate, free);
	sy_plan_init(&plan);
	ask_for(&request, "cpu", "threads");
	assert_int_equal(sy_plan_add(&plan, &request), 0);
	plan.points[0].where.bound = true;
	plan.points[0].where.count = 2;
	plan.points[0].where.pus = calloc(2, sizeof(int));
	assert_non_null(plan.points[0].where.pus);
	slice = (struct sy_slice){ .operations = 10,
		                   .elapsed_ns = 100,
		                   .alone_operations = 2,
		                   .alone_ns = 3 };
	slice.visited[0] = 3;
	slice.latencies.counts[9] = 3;
	slice.latencies.total = 3;
	record = (struct sy_record){ .at_ns = 1,
		                     .end = 1,
		                     .sized = 11,
		                     .dropped = true,
		                     .slice = &slice };
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	sy_plan_free(&plan);
	return 0;
}

typedef json_t *make_fn(void);

static json_t *make_plan(void)
{
	return sy_plan_to_json(&plan);
}

static json_t *make_record(void)
{
	return sy_record_to_json(&record, &plan);
}

/* Another allocation fails each time, until it is one that is not made. */
static void assert_whole_or_none(make_fn *make)
{
	json_t *whole, *json = NULL;
	size_t enough = 0;

	allowed = SIZE_MAX;
	whole = make();
	assert_non_null(whole);
	for (; !json; enough++) {
		allowed = enough;
		json = make();
		allowed = SIZE_MAX;
		if (json && !json_equal(json, whole))
			fail_msg("a part of it, with %zu allocations", enough);
	}
	assert_true(enough > 5);
	json_decref(json);
	json_decref(whole);
}

static void test_a_plan_is_whole_or_none(void **state)
{
	(void)state;
	assert_whole_or_none(make_plan);
}

static void test_a_record_is_whole_or_none(void **state)
{
	static const enum sy_record_kind kinds[] = { SY_RECORD_SAMPLED,
		                                     SY_RECORD_TURN };

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		record.kind = kinds[i];
		assert_whole_or_none(make_record);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_plan_is_whole_or_none,
		                                set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_record_is_whole_or_none,
		                                set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
