/* SPDX-License-Identifier: MIT */
/*
 * test_plan_json.c - plan.json gives the plan back exactly, and one that makes
 * no sense is refused with the point.
 */
#include "engine_fixture.h"

static struct sy_plan plan;
static struct sy_reason reason;

static struct sy_point *add(const char *family, const char *row, int changed)
{
	struct sy_request request;
	size_t count = plan.count;

	ask_for(&request, family, row);
	if (changed) {
		request.inflight = 7;
		request.window = 32;
		request.grain_ns = 1234;
		request.wait_ns = 77;
		request.request_bytes = 8;
		request.reply_bytes = SY_MESSAGE_MAX;
		request.tcp = true;
		request.hold_awake = true;
		request.server_pu = 2047;
		snprintf(request.placement, sizeof(request.placement), "0,2-3");
	}
	assert_int_equal(sy_plan_add(&plan, &request), 0);
	assert_int_equal(plan.count, count + 1);
	return &plan.points[count];
}

static void place(struct sy_point *point, int server_pu)
{
	point->where.bound = true;
	point->where.count = 2;
	point->where.pus = calloc(2, sizeof(int));
	assert_non_null(point->where.pus);
	point->where.pus[1] = 2047;
	point->load.server_pu = server_pu;
	point->load.rounds = 12345;
}

/* Points of every kind; every other one is not here. */
static int set_up(void **state)
{
	(void)state;
	sy_plan_init(&plan);
	plan.seed = INT64_MAX;
	plan.sets = 1000;
	plan.budget_ns = 0;
	plan.slice_ns = 1;
	plan.limit_ns = UINT64_C(3600) * 1000000000;
	place(add("io", "pool", 1), 2047);
	add("io", "threads", 1);
	place(add("cpu", "serial", 0), -1);
	add("wait", "coroutine.ucontext", 0);
	place(add("switch", "threads.condition", 0), 0);
	add("switch", "semaphore.posix", 0);
	reason.text[0] = '\0';
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	sy_plan_free(&plan);
	return 0;
}

/* Through text, as on the disk. */
static json_t *written(void)
{
	json_t *json = sy_plan_to_json(&plan), *back;
	char *text = json_dumps(json, JSON_INDENT(1));

	back = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(back);
	free(text);
	json_decref(json);
	return back;
}

static void assert_same_point(const struct sy_point *a,
                              const struct sy_point *b)
{
	assert_string_equal(a->name, b->name);
	assert_string_equal(a->group, b->group);
	assert_ptr_equal(a->request.model, b->request.model);
	assert_ptr_equal(a->request.mechanism, b->request.mechanism);
	assert_ptr_equal(a->request.workload, b->request.workload);
	assert_int_equal(a->request.inflight, b->request.inflight);
	assert_int_equal(a->request.window, b->request.window);
	assert_int_equal(a->request.grain_ns, b->request.grain_ns);
	assert_int_equal(a->request.wait_ns, b->request.wait_ns);
	assert_int_equal(a->request.request_bytes, b->request.request_bytes);
	assert_int_equal(a->request.reply_bytes, b->request.reply_bytes);
	assert_int_equal(a->request.tcp, b->request.tcp);
	assert_int_equal(a->request.hold_awake, b->request.hold_awake);
	assert_int_equal(a->request.server_pu, b->request.server_pu);
	assert_string_equal(a->request.placement, b->request.placement);
	assert_int_equal(a->load.rounds, b->load.rounds);
	assert_int_equal(a->load.wait_ns, b->load.wait_ns);
	assert_int_equal(a->load.server_pu, b->load.server_pu);
	assert_int_equal(a->where.bound, b->where.bound);
	assert_int_equal(a->where.count, b->where.count);
	if (a->where.count)
		assert_memory_equal(a->where.pus, b->where.pus,
		                    a->where.count * sizeof(int));
}

static void test_a_plan_comes_back_as_it_was(void **state)
{
	json_t *json = written(), *again;
	struct sy_plan back;

	(void)state;
	if (sy_plan_from_json(&back, json, &reason))
		fail_msg("%s", reason.text);
	assert_int_equal(back.seed, plan.seed);
	assert_int_equal(back.sets, plan.sets);
	assert_int_equal(back.budget_ns, plan.budget_ns);
	assert_int_equal(back.slice_ns, plan.slice_ns);
	assert_int_equal(back.limit_ns, plan.limit_ns);
	assert_int_equal(back.count, plan.count);
	for (size_t i = 0; i < plan.count; i++)
		assert_same_point(&back.points[i], &plan.points[i]);
	again = sy_plan_to_json(&back);
	assert_true(json_equal(again, json));
	json_decref(again);
	json_decref(json);
	sy_plan_free(&back);
}

static void assert_refused(json_t *json, int wanted, const char *why)
{
	struct sy_plan back;
	int error = sy_plan_from_json(&back, json, &reason);

	json_decref(json);
	if (error != wanted)
		fail_msg("%d, not %d, for: %s", error, wanted, why);
	assert_says(reason.text, why);
	assert_int_equal(back.count, 0);
	assert_null(back.points);
}

/* `key` of the plan set to `value`, JSON; NULL: taken away. */
static json_t *with(const char *key, const char *value)
{
	json_t *json = written();

	if (value)
		json_object_set_new(json, key,
		                    json_loads(value, JSON_DECODE_ANY, NULL));
	else
		json_object_del(json, key);
	return json;
}

static void test_another_schema_is_told(void **state)
{
	(void)state;
	assert_refused(with("schema", "4"), -ENOTSUP, "a newer one wrote it");
	assert_refused(with("schema", "2"), -ENOTSUP, "an older program");
	assert_refused(with("schema", NULL), -EINVAL, "no schema");
	assert_refused(with("schema", "\"3\""), -EINVAL, "no schema");
	assert_refused(with("schema", "-1"), -EINVAL, "no schema");
	assert_refused(json_array(), -EINVAL, "no schema");
	assert_refused(json_null(), -EINVAL, "no schema");
}

static void test_times_that_make_no_sense_are_refused(void **state)
{
	static const char *const keys[] = { "seed",      "sets",
		                            "slice_ns",  "limit_ns",
		                            "budget_ns", "timer_slack_ns" };

	(void)state;
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		assert_refused(with(keys[i], NULL), -EINVAL, keys[i]);
		assert_refused(with(keys[i], "[]"), -EINVAL, "xpected");
		assert_refused(with(keys[i], "-1"), -EINVAL, "out of range");
	}
	assert_refused(with("sets", "0"), -EINVAL, "out of range");
	assert_refused(with("sets", "1001"), -EINVAL, "out of range");
	assert_refused(with("slice_ns", "0"), -EINVAL, "out of range");
	assert_refused(with("limit_ns", "0"), -EINVAL, "out of range");
	assert_refused(with("limit_ns", "3600000000001"), -EINVAL,
	               "out of range");
	assert_refused(with("budget_ns", "604800000000001"), -EINVAL,
	               "out of range");
	assert_refused(with("timer_slack_ns", "50000"), -EINVAL,
	               "out of range");
}

/* The point `i`, or an object in it, with `key` set to `value`. */
static json_t *with_point(size_t i, const char *object, const char *key,
                          const char *value)
{
	json_t *json = written(), *point;

	point = json_array_get(json_object_get(json, "points"), i);
	if (object)
		point = json_object_get(point, object);
	assert_non_null(point);
	if (value)
		json_object_set_new(point, key,
		                    json_loads(value, JSON_DECODE_ANY, NULL));
	else
		json_object_del(point, key);
	return json;
}

static void test_requests_that_make_no_sense_are_refused(void **state)
{
	static const struct {
		const char *key, *value;
	} bad[] = {
		{ "model", NULL },
		{ "model", "\"none\"" },
		{ "workload", NULL },
		{ "workload", "\"none\"" },
		{ "mechanism", "\"none\"" },
		{ "mechanism", "\"futex\"" },
		{ "inflight", "0" },
		{ "window", "3" },
		{ "window", "0" },
		{ "grain_ns", "-1" },
		{ "wait_ns", "-1" },
		{ "request_bytes", "7" },
		{ "reply_bytes", "1048577" },
		{ "tcp", "1" },
		{ "hold_awake", "null" },
		{ "server_pu", "-3" },
		{ "server_pu", "2048" },
		{ "placement", "4" },
		{ "placement", "\"0123456789012345678901234567890123456789"
		               "012345678901234567890123\"" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_refused(
			with_point(0, "request", bad[i].key, bad[i].value),
			-EINVAL, "point 0: ");
	assert_refused(with_point(4, NULL, "request", NULL), -EINVAL,
	               "point 4: request: ");
}

/* A sweep and the command line have the same bounds. */
static void test_requests_that_are_too_large_are_refused(void **state)
{
	static const struct {
		const char *key, *value;
	} bad[] = {
		{ "inflight", "1000001" },
		{ "window", "131072" },
		{ "grain_ns", "100000001" },
		{ "wait_ns", "10000000001" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_refused(
			with_point(0, "request", bad[i].key, bad[i].value),
			-EINVAL, "value out of range");
}

/* What was asked for, its name, and what it came out as belong together. */
static void test_parts_of_other_points_are_refused(void **state)
{
	(void)state;
	assert_refused(with_point(1, NULL, "name", "\"io/x\""), -EINVAL,
	               "point 1: `name` and `group` are of another point");
	assert_refused(with_point(1, NULL, "group", NULL), -EINVAL,
	               "point 1: `name` and `group` are of another point");
	assert_refused(with_point(1, "request", "inflight", "8"), -EINVAL,
	               "point 1: `name` and `group` are of another point");
	assert_refused(with_point(0, "point", "inflight", "8"), -EINVAL,
	               "point 0: `point` is not what `request` asks for");
	assert_refused(with_point(0, "point", "wait_ns", "1"), -EINVAL,
	               "point 0: `point` is not what");
	assert_refused(with_point(0, "point", "model", "\"fork\""), -EINVAL,
	               "point 0: `point` is not what");
	assert_refused(with_point(0, "point", "pus", "[]"), -EINVAL,
	               "point 0: point: bad PUs");
	assert_refused(with_point(0, "point", "bound", NULL), -EPROTO,
	               "point 0: point: ");
}

static void test_points_that_are_there_twice_are_refused(void **state)
{
	json_t *json = written(), *points = json_object_get(json, "points");

	(void)state;
	json_array_append(points, json_array_get(points, 0));
	assert_refused(json, -EINVAL, "point 6: ");
	assert_refused(with("points", "[]"), -EINVAL, "no points");
	assert_refused(with("points", NULL), -EINVAL, "no points");
	assert_refused(with("points", "[1]"), -EINVAL, "point 0: request");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_plan_comes_back_as_it_was),
		TEST(test_another_schema_is_told),
		TEST(test_times_that_make_no_sense_are_refused),
		TEST(test_requests_that_make_no_sense_are_refused),
		TEST(test_requests_that_are_too_large_are_refused),
		TEST(test_parts_of_other_points_are_refused),
		TEST(test_points_that_are_there_twice_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
