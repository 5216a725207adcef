/* SPDX-License-Identifier: MIT */
/*
 * test_point_json.c - a point on its way to a worker: it arrives as it was,
 * and what makes no sense is refused with a reason.
 */
#include "engine_fixture.h"

#include "host/topology.h"

static struct sy_point point;
static int pus[] = { 3, 0, 2047 };

/* A point with no value that is a default. */
static int set_up(void **state)
{
	(void)state;
	make_point(&point, "io", "pool");
	point.request.inflight = 7;
	point.request.window = 32;
	point.request.grain_ns = 1234;
	point.request.hold_awake = true;
	point.where =
		(struct sy_placement){ .bound = true, .count = 3, .pus = pus };
	point.load = (struct sy_load){ .rounds = UINT64_C(1) << 40,
		                       .wait_ns = 77,
		                       .request_bytes = 8,
		                       .reply_bytes = SY_MESSAGE_MAX,
		                       .tcp = true,
		                       .server_pu = 5 };
	return 0;
}

static int read_back(struct sy_point *back, json_t *json,
                     struct sy_reason *reason)
{
	int error = sy_point_from_json(back, json, reason);

	json_decref(json);
	return error;
}

static void assert_same(const struct sy_point *a, const struct sy_point *b)
{
	assert_ptr_equal(a->request.model, b->request.model);
	assert_ptr_equal(a->request.mechanism, b->request.mechanism);
	assert_ptr_equal(a->request.workload, b->request.workload);
	assert_int_equal(a->request.inflight, b->request.inflight);
	assert_int_equal(a->request.window, b->request.window);
	assert_int_equal(a->request.grain_ns, b->request.grain_ns);
	assert_int_equal(a->request.hold_awake, b->request.hold_awake);
	assert_int_equal(a->load.rounds, b->load.rounds);
	assert_int_equal(a->load.wait_ns, b->load.wait_ns);
	assert_int_equal(a->load.request_bytes, b->load.request_bytes);
	assert_int_equal(a->load.reply_bytes, b->load.reply_bytes);
	assert_int_equal(a->load.tcp, b->load.tcp);
	assert_int_equal(a->load.server_pu, b->load.server_pu);
	assert_int_equal(a->where.bound, b->where.bound);
	assert_int_equal(a->where.count, b->where.count);
	assert_memory_equal(a->where.pus, b->where.pus,
	                    a->where.count * sizeof(int));
}

static void test_a_point_arrives_as_it_was(void **state)
{
	struct sy_reason reason;
	struct sy_point back;

	(void)state;
	assert_int_equal(read_back(&back, sy_point_to_json(&point), &reason),
	                 0);
	assert_same(&back, &point);
	sy_point_release(&back);
	ask_for(&point.request, "switch", "semaphore.posix");
	point.where.bound = false;
	point.load.tcp = false;
	point.load.server_pu = -1;
	assert_int_equal(read_back(&back, sy_point_to_json(&point), &reason),
	                 0);
	assert_same(&back, &point);
	sy_point_release(&back);
}

/* `key` set to `value`, JSON; NULL: taken away. */
static void assert_refused(const char *key, const char *value, int wanted)
{
	json_t *json = sy_point_to_json(&point);
	struct sy_reason reason = { "" };
	struct sy_point back;
	int error;

	if (value)
		json_object_set_new(json, key,
		                    json_loads(value, JSON_DECODE_ANY, NULL));
	else
		json_object_del(json, key);
	error = read_back(&back, json, &reason);
	sy_point_release(&back);
	if (error != wanted)
		fail_msg("%s: %s gives %d, not %d", key, value ? value : "-",
		         error, wanted);
	assert_true(strlen(reason.text) > 0);
}

static void test_what_makes_no_sense_is_refused(void **state)
{
	static const char *const keys[] = {
		"model",  "inflight",  "window",        "grain_ns",
		"rounds", "wait_ns",   "request_bytes", "reply_bytes",
		"tcp",    "server_pu", "hold_awake",    "bound",
		"pus"
	};

	(void)state;
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		assert_refused(keys[i], NULL, -EPROTO);
		if (strcmp(keys[i], "pus"))
			assert_refused(keys[i], "[1]", -EPROTO);
	}
	assert_refused("model", "\"none\"", -EINVAL);
	assert_refused("workload", "\"none\"", -EINVAL);
	assert_refused("workload", NULL, -EINVAL);
	assert_refused("mechanism", "\"none\"", -EINVAL);
	assert_refused("mechanism", "\"socket\"", -EINVAL);
	assert_refused("inflight", "0", -EINVAL);
	assert_refused("inflight", "-1", -EINVAL);
	assert_refused("window", "0", -EINVAL);
	assert_refused("window", "3", -EINVAL);
	assert_refused("grain_ns", "-1", -EINVAL);
	assert_refused("rounds", "-1", -EINVAL);
	assert_refused("wait_ns", "-1", -EINVAL);
	assert_refused("request_bytes", "7", -EINVAL);
	assert_refused("reply_bytes", "7", -EINVAL);
	assert_refused("request_bytes", "1048577", -EINVAL);
	assert_refused("reply_bytes", "1048577", -EINVAL);
	assert_refused("server_pu", "-2", -EINVAL);
	assert_refused("server_pu", "2048", -EINVAL);
}

static void test_pus_that_make_no_sense_are_refused(void **state)
{
	(void)state;
	assert_refused("pus", "[]", -EINVAL);
	assert_refused("pus", "7", -EINVAL);
	assert_refused("pus", "{\"0\": 1}", -EINVAL);
	assert_refused("pus", "[0, -1]", -EINVAL);
	assert_refused("pus", "[2048]", -EINVAL);
	assert_refused("pus", "[4294967296]", -EINVAL);
	assert_refused("pus", "[\"0\"]", -EINVAL);
	assert_refused("pus", "[0.5]", -EINVAL);
}

static void test_other_things_than_objects_are_refused(void **state)
{
	struct sy_reason reason = { "" };
	struct sy_point back;

	(void)state;
	assert_int_equal(read_back(&back, json_array(), &reason), -EPROTO);
	assert_int_equal(read_back(&back, json_null(), &reason), -EPROTO);
	assert_int_equal(read_back(&back, json_string("x"), &reason), -EPROTO);
	assert_true(strlen(reason.text) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_a_point_arrives_as_it_was, set_up),
		cmocka_unit_test_setup(test_what_makes_no_sense_is_refused,
		                       set_up),
		cmocka_unit_test_setup(test_pus_that_make_no_sense_are_refused,
		                       set_up),
		cmocka_unit_test_setup(
			test_other_things_than_objects_are_refused, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
