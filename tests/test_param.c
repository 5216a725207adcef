/* SPDX-License-Identifier: MIT */
/*
 * test_param.c - tasks that meet, share and fetch as points: what they are
 * called, how a plan has them, which numbers go together, and when it is told
 * that they cannot be had.
 */
#include "engine_fixture.h"

#include <errno.h>

#include "engine/param.h"

static void assert_called(const struct sy_request *request, const char *name,
                          const char *group)
{
	struct sy_point point = { .request = *request };

	assert_int_equal(sy_point_name(&point), 0);
	assert_string_equal(point.name, name);
	assert_string_equal(point.group, group);
}

/* A group is what differs in nothing but model and mechanism. */
static void test_a_name_has_the_mechanism_and_a_group_has_not(void **state)
{
	struct sy_request r;
	char row[64];

	(void)state;
	ask_for(&r, "lock", "threads.lock");
	r.inflight = 4;
	assert_called(&r,
	              "lock/threads/mechanism:lock/inflight:4/inside_ns:0/"
	              "outside_ns:0/sections:1000/placement:one-pu",
	              "lock/inflight:4/inside_ns:0/outside_ns:0/sections:1000/"
	              "placement:one-pu");
	ask_for(&r, "lock", "coroutine.ucontext.none");
	r.inside_ns = 1500;
	r.outside_ns = 20;
	r.sections = 7;
	r.window = 16;
	assert_called(&r,
	              "lock/coroutine.ucontext/mechanism:none/inflight:64/"
	              "inside_ns:1500/outside_ns:20/sections:7/"
	              "placement:one-pu/window:16",
	              "lock/inflight:64/inside_ns:1500/outside_ns:20/"
	              "sections:7/placement:one-pu/window:16");
	sy_point_row(&(struct sy_point){ .request = r }, row, sizeof(row));
	assert_string_equal(row, "coroutine.ucontext.none");
	assert_true(sy_request_is_reference(&r));
	ask_for(&r, "lock", "threads.lock");
	assert_false(sy_request_is_reference(&r));
}

static void test_each_family_has_its_own_parameters_only(void **state)
{
	struct sy_request r;

	(void)state;
	ask_for(&r, "gate", "pool");
	r.wait_ns = 0;
	assert_called(&r,
	              "gate/pool/inflight:64/inside_ns:0/outside_ns:0/"
	              "sections:1000/units:5/placement:one-pu",
	              "gate/inflight:64/inside_ns:0/outside_ns:0/"
	              "sections:1000/units:5/placement:one-pu");
	r.wait_ns = 1000;
	assert_called(&r,
	              "gate/pool/inflight:64/wait_us:1/inside_ns:0/"
	              "outside_ns:0/sections:1000/units:5/placement:one-pu",
	              "gate/inflight:64/wait_us:1/inside_ns:0/outside_ns:0/"
	              "sections:1000/units:5/placement:one-pu");
	ask_for(&r, "event", "fork");
	assert_called(&r, "event/fork/inflight:64/placement:one-pu",
	              "event/inflight:64/placement:one-pu");
	ask_for(&r, "condition", "fork");
	assert_called(&r,
	              "condition/fork/inflight:64/notify:1/placement:one-pu",
	              "condition/inflight:64/notify:1/placement:one-pu");
	ask_for(&r, "timer", "eventloop");
	assert_called(&r,
	              "timer/eventloop/inflight:64/wait_us:2000/"
	              "placement:one-pu",
	              "timer/inflight:64/wait_us:2000/placement:one-pu");
	ask_for(&r, "share", "fork.array");
	assert_called(&r,
	              "share/fork/mechanism:array/inflight:64/sections:1000/"
	              "cells:1024/placement:one-pu",
	              "share/inflight:64/sections:1000/cells:1024/"
	              "placement:one-pu");
}

/* It may come later than this test; its points are named from its name. */
static const struct sy_workload fetch = { .name = "fetch" };

static void ask_for_fetch(struct sy_request *r)
{
	ask_for(r, "io", "threads");
	r->workload = &fetch;
}

static void test_fetch_is_named_by_what_it_fetches(void **state)
{
	struct sy_request r;

	(void)state;
	ask_for_fetch(&r);
	assert_called(&r,
	              "fetch/threads/inflight:64/body:4096/placement:one-pu",
	              "fetch/inflight:64/body:4096/placement:one-pu");
	r.fresh = true;
	r.timeout_ns = MS;
	r.server_pu = 1;
	assert_called(&r,
	              "fetch/threads/inflight:64/body:4096/timeout_ns:1000000/"
	              "connection:fresh/server:1/placement:one-pu",
	              "fetch/inflight:64/body:4096/timeout_ns:1000000/"
	              "connection:fresh/server:1/placement:one-pu");
	ask_for_fetch(&r);
	snprintf(r.url, sizeof(r.url), "http://h/inflight:1?a,b");
	assert_called(&r,
	              "fetch/threads/inflight:64/url:http://h/inflight:1?a,b/"
	              "placement:one-pu",
	              "fetch/inflight:64/url:http://h/inflight:1?a,b/"
	              "placement:one-pu");
}

/* A wait is none of theirs, whatever the default is: slices would be sized
   by it. */
static void test_a_load_has_what_was_asked_for(void **state)
{
	struct sy_point point;

	(void)state;
	make_point(&point, "lock", "threads.none");
	assert_int_equal(point.load.wait_ns, 0);
	assert_int_equal(point.load.mechanism, point.request.way);
	assert_int_equal(point.load.sections, 1000);
	assert_false(sy_point_stamped(&point));
	make_point(&point, "timer", "threads");
	assert_int_equal(point.load.wait_ns, 2 * MS);
	assert_true(sy_point_stamped(&point));
	make_point(&point, "wait", "threads");
	assert_int_equal(point.load.wait_ns, 2 * MS);
}

static void round_trip(const struct sy_request *r)
{
	struct sy_point point = { .request = *r }, back;
	int pus[] = { 0 };
	struct sy_request request;
	struct sy_reason reason;
	json_t *json = sy_request_to_json(r), *again;

	assert_int_equal(sy_request_from_json(&request, json, &reason), 0);
	again = sy_request_to_json(&request);
	assert_true(json_equal(json, again));
	json_decref(json);
	json_decref(again);
	assert_int_equal(sy_point_name(&point), 0);
	point.where = (struct sy_placement){ .pus = pus, .count = 1 };
	point.load.inside_rounds = r->inside_ns ? 17 : 0;
	point.load.outside_rounds = r->outside_ns ? 18 : 0;
	json = sy_point_to_json(&point);
	assert_int_equal(sy_point_from_json(&back, json, &reason), 0);
	assert_memory_equal(&back.load, &point.load, sizeof(back.load));
	assert_int_equal(back.request.way, r->way);
	json_decref(json);
	sy_point_release(&back);
}

static void test_a_plan_brings_them_back(void **state)
{
	struct sy_request r;

	(void)state;
	ask_for(&r, "lock", "threads.none");
	r.inside_ns = 5;
	r.outside_ns = 6;
	r.sections = 7;
	round_trip(&r);
	ask_for(&r, "gate", "pool");
	r.units = 64;
	round_trip(&r);
	ask_for(&r, "condition", "fork");
	r.notify = 63;
	round_trip(&r);
	ask_for(&r, "share", "pool.raw");
	r.cells = 1;
	round_trip(&r);
	ask_for(&r, "timer", "coroutine");
	round_trip(&r);
}

/* Else a plan that an older program wrote would be another one. */
static void test_others_are_written_as_they_were(void **state)
{
	struct sy_request r;
	json_t *json;

	(void)state;
	ask_for(&r, "cpu", "threads");
	json = sy_request_to_json(&r);
	for (const struct sy_param *p = sy_params; p->key; p++)
		assert_null(json_object_get(json, p->key));
	assert_null(json_object_get(json, "mechanism"));
	assert_null(json_object_get(json, "url"));
	json_decref(json);
}

/* `key` set to `value`, JSON; NULL: taken away. */
static void assert_refused(const struct sy_request *r, const char *key,
                           const char *value)
{
	json_t *json = sy_request_to_json(r);
	struct sy_reason reason = { "" };
	struct sy_request back;

	if (value)
		json_object_set_new(json, key,
		                    json_loads(value, JSON_DECODE_ANY, NULL));
	else
		json_object_del(json, key);
	if (sy_request_from_json(&back, json, &reason) != -EINVAL)
		fail_msg("%s: %s is taken", key, value ? value : "-");
	assert_true(strlen(reason.text) > 0);
	json_decref(json);
}

static void test_what_makes_no_sense_is_refused(void **state)
{
	struct sy_request r;

	(void)state;
	ask_for(&r, "lock", "threads.lock");
	assert_refused(&r, "mechanism", NULL);
	assert_refused(&r, "mechanism", "\"array\"");
	assert_refused(&r, "inside_ns", NULL);
	assert_refused(&r, "inside_ns", "-1");
	assert_refused(&r, "inside_ns", "100000001");
	assert_refused(&r, "outside_ns", "0.5");
	assert_refused(&r, "sections", "0");
	assert_refused(&r, "sections", "1000001");
	ask_for(&r, "gate", "threads");
	assert_refused(&r, "mechanism", "\"lock\"");
	assert_refused(&r, "units", "0");
	assert_refused(&r, "units", "65");
	ask_for(&r, "event", "threads");
	assert_refused(&r, "inflight", "1");
	ask_for(&r, "condition", "threads");
	assert_refused(&r, "inflight", "1");
	assert_refused(&r, "notify", "0");
	assert_refused(&r, "notify", "64");
	ask_for(&r, "share", "threads.array");
	assert_refused(&r, "cells", "3");
	assert_refused(&r, "cells", "2097152");
	ask_for(&r, "cpu", "threads");
	assert_refused(&r, "mechanism", "\"lock\"");
}

static void test_an_address_is_plain_http(void **state)
{
	static const char *const good[] = {
		"http://127.0.0.1:8080/a/b?c=d&e=f",
		"http://host",
		"http://host/%41~._-!$()*+,;=@",
	};
	static const char *const bad[] = {
		"",
		"https://host/",
		"host",
		"http://",
		"http:///x",
		"http://a b",
		"http://a\"b",
		"http://a'b",
		"http://a\\",
		"http://a\n",
		"http://h/\xc3\xa4",
	};
	struct sy_reason reason;
	char address[2 * SY_URL_BYTES] = "http://";

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		if (sy_url_check(good[i], &reason))
			fail_msg("%s", reason.text);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (sy_url_check(bad[i], &reason) != -EINVAL)
			fail_msg("taken: %s", bad[i]);
	memset(address + 7, 'h', SY_URL_BYTES - 8);
	assert_int_equal(sy_url_check(address, &reason), 0);
	address[SY_URL_BYTES - 1] = 'h';
	assert_int_equal(sy_url_check(address, &reason), -EINVAL);
	assert_says(reason.text, "127 characters");
}

static const char *absent_where_none(const struct sy_load *load)
{
	return load->mechanism ? "nobody has it" : NULL;
}

static unsigned wants_order(const struct sy_load *load)
{
	(void)load;
	return SY_WANTS_ORDER;
}

static const char *lacks_order(unsigned wants)
{
	return wants & SY_WANTS_ORDER ? "it has no order" : NULL;
}

static void test_what_cannot_be_had_is_told(void **state)
{
	struct sy_reason reason = { "" };
	struct sy_workload workload;
	struct sy_model model;
	struct sy_point point;

	(void)state;
	make_point(&point, "lock", "threads.lock");
	assert_null(sy_request_absent(&point.request));
	workload = *point.request.workload;
	model = *point.request.model;
	model.lacks = lacks_order;
	workload.absent = absent_where_none;
	point.request.workload = &workload;
	point.request.model = &model;
	assert_null(sy_request_absent(&point.request));
	point.request.way = 1;
	assert_string_equal(sy_request_absent(&point.request), "nobody has it");
	assert_int_equal(resolve_here(&point, &reason), -ENODEV);
	assert_string_equal(reason.text, "nobody has it");
	point.request.way = 0;
	workload.wants = wants_order;
	assert_string_equal(sy_request_absent(&point.request),
	                    "it has no order");
	assert_int_equal(resolve_here(&point, &reason), -ENODEV);
	assert_string_equal(reason.text, "it has no order");
	sy_point_release(&point);
}

static void needs_of(const char *row, struct sy_needs *needs)
{
	struct sy_point point;

	make_point(&point, "share", row);
	point.request.inflight = 100;
	sy_point_needs(&point, needs);
}

/* A process of its own, which its clients reach over sockets or in memory; there
   its parent watches it, as nobody else would learn of its death. */
static void test_an_owner_of_data_is_needed(void **state)
{
	struct sy_needs array, manager, mailbox;

	(void)state;
	needs_of("threads.array", &array);
	needs_of("threads.manager", &manager);
	needs_of("threads.mailbox", &mailbox);
	assert_int_equal(manager.processes, array.processes + 1);
	assert_int_equal(mailbox.processes, array.processes + 2);
	assert_true(manager.descriptors >= array.descriptors + 200);
	assert_int_equal(mailbox.descriptors, array.descriptors);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_a_name_has_the_mechanism_and_a_group_has_not),
		cmocka_unit_test(test_each_family_has_its_own_parameters_only),
		cmocka_unit_test(test_fetch_is_named_by_what_it_fetches),
		cmocka_unit_test(test_a_load_has_what_was_asked_for),
		cmocka_unit_test(test_a_plan_brings_them_back),
		cmocka_unit_test(test_others_are_written_as_they_were),
		cmocka_unit_test(test_what_makes_no_sense_is_refused),
		cmocka_unit_test(test_an_address_is_plain_http),
		cmocka_unit_test(test_what_cannot_be_had_is_told),
		cmocka_unit_test(test_an_owner_of_data_is_needed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
