/* SPDX-License-Identifier: MIT */
/*
 * test_plan.c - the points of a group stand together, each of them once.
 */
#include "engine_fixture.h"

static void add(struct sy_plan *plan, const char *family, const char *row,
                uint32_t inflight)
{
	struct sy_request request;

	ask_for(&request, family, row);
	request.inflight = inflight;
	assert_int_equal(sy_plan_add(plan, &request), 0);
}

static void assert_order(const struct sy_plan *plan, const char *const *names)
{
	for (size_t i = 0; i < plan->count; i++) {
		assert_non_null(names[i]);
		assert_int_equal(strncmp(plan->points[i].name, names[i],
		                         strlen(names[i])),
		                 0);
	}
	assert_null(names[plan->count]);
}

static void test_points_of_a_group_stand_together(void **state)
{
	struct sy_plan plan;

	(void)state;
	sy_plan_init(&plan);
	add(&plan, "cpu", "serial", 1);
	add(&plan, "cpu", "serial", 4);
	add(&plan, "switch", "threads.condition", 1);
	add(&plan, "cpu", "threads", 1);
	add(&plan, "io", "threads", 1);
	add(&plan, "cpu", "pool", 1);
	add(&plan, "cpu", "threads", 4);
	add(&plan, "switch", "semaphore.posix", 1);
	assert_int_equal(sy_plan_arrange(&plan), 0);
	assert_order(&plan, (const char *const[]){
				    "cpu/serial/inflight:1/",
				    "cpu/threads/inflight:1/",
				    "cpu/pool/inflight:1/",
				    "cpu/serial/inflight:4/",
				    "cpu/threads/inflight:4/",
				    "switch/threads.condition/",
				    "switch/semaphore.posix/",
				    "io/threads/inflight:1/",
				    NULL,
			    });
	assert_int_equal(sy_plan_group_count(&plan), 4);
	assert_int_equal(sy_plan_group_end(&plan, 0), 3);
	assert_int_equal(sy_plan_group_end(&plan, 1), 3);
	assert_int_equal(sy_plan_group_end(&plan, 3), 5);
	assert_int_equal(sy_plan_group_end(&plan, 5), 7);
	assert_int_equal(sy_plan_group_end(&plan, 7), 8);
	assert_int_equal(sy_plan_group_end(&plan, 8), 8);
	sy_plan_free(&plan);
}

static void test_a_point_is_added_once(void **state)
{
	struct sy_plan plan;

	(void)state;
	sy_plan_init(&plan);
	for (int i = 0; i < 3; i++) {
		add(&plan, "cpu", "serial", 2);
		add(&plan, "cpu", "threads", 2);
	}
	/* A hand-off has no number in flight that could tell two apart. */
	add(&plan, "switch", "threads.condition", 1);
	add(&plan, "switch", "threads.condition", 2);
	assert_int_equal(plan.count, 3);
	sy_plan_free(&plan);
}

static void test_a_plan_grows(void **state)
{
	struct sy_plan plan;

	(void)state;
	sy_plan_init(&plan);
	for (uint32_t i = 0; i < 300; i++) {
		add(&plan, "cpu", "serial", i % 150 + 1);
		add(&plan, "cpu", i < 150 ? "pool" : "fork", i % 150 + 1);
	}
	assert_int_equal(plan.count, 450);
	assert_int_equal(sy_plan_arrange(&plan), 0);
	assert_int_equal(sy_plan_group_count(&plan), 150);
	for (size_t i = 0; i < plan.count; i += 3) {
		assert_int_equal(sy_plan_group_end(&plan, i), i + 3);
		assert_string_equal(plan.points[i + 2].request.model->name,
		                    "fork");
	}
	sy_plan_free(&plan);
	assert_null(plan.points);
	assert_int_equal(plan.count, 0);
}

/* However the points came to stand where they do, each is found. */
static void test_a_point_is_found_where_it_was_moved_to(void **state)
{
	struct sy_plan plan;

	(void)state;
	sy_plan_init(&plan);
	for (uint32_t i = 1; i <= 100; i++)
		add(&plan, "cpu", "serial", i);
	for (uint32_t i = 1; i <= 100; i++)
		add(&plan, "cpu", "threads", i);
	assert_int_equal(sy_plan_group_count(&plan), 200);
	assert_int_equal(sy_plan_arrange(&plan), 0);
	assert_int_equal(sy_plan_group_count(&plan), 100);
	for (uint32_t i = 1; i <= 100; i++) {
		add(&plan, "cpu", "serial", i);
		add(&plan, "cpu", "threads", i);
	}
	assert_int_equal(plan.count, 200);
	sy_plan_free(&plan);
}

static bool is_serial(const struct sy_point *point, void *data)
{
	return !strcmp(point->request.model->name, data);
}

static void test_what_is_not_wanted_is_gone(void **state)
{
	struct sy_plan plan;

	(void)state;
	sy_plan_init(&plan);
	for (uint32_t i = 1; i <= 40; i++) {
		add(&plan, "cpu", "serial", i);
		add(&plan, "cpu", "threads", i);
	}
	sy_plan_keep(&plan, is_serial, (char[]){ "serial" });
	assert_int_equal(plan.count, 40);
	for (uint32_t i = 0; i < 40; i++)
		assert_int_equal(plan.points[i].request.inflight, i + 1);
	/* Those that stayed are known, those that went are not. */
	add(&plan, "cpu", "serial", 7);
	assert_int_equal(plan.count, 40);
	add(&plan, "cpu", "threads", 7);
	assert_int_equal(plan.count, 41);
	sy_plan_keep(&plan, is_serial, (char[]){ "none" });
	assert_int_equal(plan.count, 0);
	sy_plan_free(&plan);
}

static void add_wait(struct sy_plan *plan, const char *row, uint32_t inflight,
                     uint64_t wait_ns)
{
	struct sy_request request;

	ask_for(&request, "wait", row);
	request.inflight = inflight;
	request.wait_ns = wait_ns;
	assert_int_equal(sy_plan_add(plan, &request), 0);
}

#define SECOND UINT64_C(1000000000)

static void test_a_plan_takes_its_budget(void **state)
{
	struct sy_plan plan;

	(void)state;
	sy_plan_init(&plan);
	for (uint32_t i = 1; i <= 30; i++)
		add(&plan, "cpu", "threads", i);
	plan.budget_ns = sy_plan_usual_budget(&plan);
	assert_int_equal(plan.budget_ns, 30 * SECOND);
	assert_in_range(sy_plan_expected_ns(&plan), 30 * SECOND, 32 * SECOND);
	plan.budget_ns = 300 * SECOND;
	assert_in_range(sy_plan_expected_ns(&plan), 300 * SECOND, 302 * SECOND);
	/* Less than a slice a point and set cannot be. */
	plan.budget_ns = 1;
	assert_in_range(sy_plan_expected_ns(&plan), 2 * SECOND, 30 * SECOND);
	sy_plan_free(&plan);
}

static void test_long_slices_take_longer_than_the_budget(void **state)
{
	struct sy_plan plan;

	(void)state;
	sy_plan_init(&plan);
	plan.sets = 2;
	add_wait(&plan, "threads", 8, 5 * SECOND);
	plan.budget_ns = sy_plan_usual_budget(&plan);
	/* Two sets, and finding the size. */
	assert_in_range(sy_plan_expected_ns(&plan), 15 * SECOND, 25 * SECOND);
	/* A plain loop waits for its lanes one after another. */
	add_wait(&plan, "serial", 8, 5 * SECOND);
	assert_in_range(sy_plan_expected_ns(&plan), 95 * SECOND, 190 * SECOND);
	sy_plan_free(&plan);
}

/* A slice goes through the lanes four times where they share a PU, unless that
   takes more than 40 ms: as in sizing.c. */
static void test_more_lanes_than_pus_make_longer_slices(void **state)
{
	struct sy_request request;
	struct sy_plan plan;
	uint64_t few, many;

	(void)state;
	sy_plan_init(&plan);
	plan.sets = 1000;
	ask_for(&request, "cpu", "threads");
	request.inflight = 1;
	request.grain_ns = 9000000;
	assert_int_equal(sy_plan_add(&plan, &request), 0);
	few = sy_plan_expected_ns(&plan);
	sy_plan_free(&plan);
	sy_plan_init(&plan);
	plan.sets = 1000;
	request.inflight = 2;
	request.grain_ns = 4500000;
	assert_int_equal(sy_plan_add(&plan, &request), 0);
	many = sy_plan_expected_ns(&plan);
	sy_plan_free(&plan);
	assert_in_range(many - few, 1000 * UINT64_C(25000000),
	                1010 * UINT64_C(27000000));
}

static void test_an_empty_plan_has_no_group(void **state)
{
	struct sy_plan plan;

	(void)state;
	sy_plan_init(&plan);
	assert_int_equal(plan.count, 0);
	assert_int_equal(sy_plan_arrange(&plan), 0);
	sy_plan_keep(&plan, is_serial, NULL);
	assert_int_equal(sy_plan_group_count(&plan), 0);
	assert_true(plan.sets >= 1 && plan.slice_ns && plan.limit_ns);
	sy_plan_free(&plan);
}

static void test_a_name_that_is_too_long_is_not_added(void **state)
{
	struct sy_request request;
	struct sy_plan plan;
	struct sy_model model;
	char name[SY_NAME_BYTES];

	(void)state;
	sy_plan_init(&plan);
	ask_for(&request, "io", "coroutine.ucontext");
	model = *request.model;
	model.name = long_name(name);
	request.model = &model;
	assert_int_equal(sy_plan_add(&plan, &request), -ENAMETOOLONG);
	assert_int_equal(plan.count, 0);
	sy_plan_free(&plan);
}

static const char *name_at(const json_t *json, size_t i)
{
	return json_string_value(json_object_get(
		json_array_get(json_object_get(json, "points"), i), "name"));
}

static void test_plan_json_tells_points_and_times(void **state)
{
	struct sy_reason reason;
	struct sy_plan plan;
	json_int_t seed, budget, slice, limit;
	json_t *json, *points;
	int sets;

	(void)state;
	sy_plan_init(&plan);
	plan.seed = INT64_MAX;
	plan.budget_ns = 12;
	add(&plan, "cpu", "serial", 2);
	add(&plan, "cpu", "threads", 2);
	assert_int_equal(resolve_here(&plan.points[1], &reason), 0);
	json = sy_plan_to_json(&plan);
	assert_int_equal(json_unpack(json, "{sI si sI sI sI so}", "seed", &seed,
	                             "sets", &sets, "budget_ns", &budget,
	                             "slice_ns", &slice, "limit_ns", &limit,
	                             "points", &points),
	                 0);
	assert_true(seed == INT64_MAX && budget == 12 && sets == 5);
	assert_true(slice == (json_int_t)plan.slice_ns &&
	            limit == (json_int_t)plan.limit_ns);
	assert_int_equal(json_array_size(points), 2);
	assert_string_equal(name_at(json, 0), plan.points[0].name);
	assert_string_equal(name_at(json, 1), plan.points[1].name);
	/* What a worker is sent, where the point is here. */
	assert_null(json_object_get(json_array_get(points, 0), "point"));
	assert_non_null(json_object_get(json_array_get(points, 1), "point"));
	json_decref(json);
	sy_plan_free(&plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_points_of_a_group_stand_together),
		cmocka_unit_test(test_a_point_is_added_once),
		cmocka_unit_test(test_a_plan_grows),
		cmocka_unit_test(test_a_point_is_found_where_it_was_moved_to),
		cmocka_unit_test(test_what_is_not_wanted_is_gone),
		cmocka_unit_test(test_a_plan_takes_its_budget),
		cmocka_unit_test(test_long_slices_take_longer_than_the_budget),
		cmocka_unit_test(test_more_lanes_than_pus_make_longer_slices),
		cmocka_unit_test(test_an_empty_plan_has_no_group),
		cmocka_unit_test(test_a_name_that_is_too_long_is_not_added),
		cmocka_unit_test(test_plan_json_tells_points_and_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
