/* SPDX-License-Identifier: MIT */
/*
 * test_sweep_meeting.c - tasks that meet, share and fetch in a sweep: each has
 * its own keys and mechanisms, those that cannot meet are left out, and what
 * would leave nothing is refused with the key.
 */
#include "engine_fixture.h"

#include <errno.h>

#include "sweep/sweep.h"

static void read_sweep(struct sy_sweep *sweep, const char *text)
{
	struct sy_reason reason = { "" };

	if (sy_sweep_parse(sweep, "x.ini", text, strlen(text), &reason))
		fail_msg("%s", reason.text);
}

static void assert_refused(const char *text, const char *why)
{
	struct sy_sweep sweep;
	struct sy_reason reason = { "" };

	if (sy_sweep_parse(&sweep, "x.ini", text, strlen(text), &reason) !=
	    -EINVAL)
		fail_msg("not refused: %s", text);
	assert_says(reason.text, why);
}

/* The points of the only section; how many it was said to have. */
static uint64_t plan_of(struct sy_plan *plan, const char *text)
{
	struct sy_sweep sweep;
	struct sy_values values;
	struct sy_space space;
	struct sy_reason reason;
	uint64_t count;

	read_sweep(&sweep, text);
	assert_int_equal(sweep.count, 1);
	sy_sweep_values(&sweep, &sweep.sections[0], &values);
	assert_int_equal(sy_space_read(&space, &values, &reason), 0);
	count = sy_space_count(&space);
	sy_plan_init(plan);
	assert_int_equal(sy_space_add(&space, plan), 0);
	assert_int_equal(sy_plan_arrange(plan), 0);
	sy_space_free(&space);
	sy_sweep_free(&sweep);
	return count;
}

static void assert_only(const char *text, const char *name)
{
	struct sy_plan plan;

	plan_of(&plan, text);
	assert_int_equal(plan.count, 1);
	assert_string_equal(plan.points[0].name, name);
	sy_plan_free(&plan);
}

static void test_every_key_shapes_points(void **state)
{
	(void)state;
	assert_only("[a]\nworkload = lock\nmodel = pool\nmechanism = none\n"
	            "inside = 1us\noutside = 5ns\nsections = 7\n"
	            "inflight = 3\nwindow = 16\n",
	            "lock/pool/mechanism:none/inflight:3/inside_ns:1000/"
	            "outside_ns:5/sections:7/placement:one-pu/window:16");
	assert_only("[a]\nworkload = gate\nmodel = pool\nunits = 2\n"
	            "wait = 1ms\n",
	            "gate/pool/inflight:64/wait_us:1000/inside_ns:0/"
	            "outside_ns:0/sections:1000/units:2/placement:one-pu");
	assert_only("[a]\nworkload = condition\nmodel = fork\nnotify = 3\n",
	            "condition/fork/inflight:64/notify:3/placement:one-pu");
	assert_only("[a]\nworkload = timer\nmodel = fork\nwait = 3us\n",
	            "timer/fork/inflight:64/wait_us:3/placement:one-pu");
	assert_only("[a]\nworkload = share\nmodel = fork\nmechanism = raw\n"
	            "cells = 1\nsections = 2\n",
	            "share/fork/mechanism:raw/inflight:64/sections:2/cells:1/"
	            "placement:one-pu");
}

/* A gate sleeps where that is written, whatever others wait by default. */
static void test_a_gate_sleeps_where_a_wait_is_written(void **state)
{
	struct sy_plan plan;

	(void)state;
	assert_int_equal(
		plan_of(&plan, "[a]\nworkload = gate, timer\nmodel = pool\n"),
		2);
	assert_int_equal(plan.points[0].load.wait_ns, 0);
	assert_int_equal(plan.points[1].load.wait_ns, 2 * MS);
	sy_plan_free(&plan);
	plan_of(&plan, "[a]\nworkload = gate, timer\nmodel = pool\n"
	               "wait = 1ms\n");
	assert_int_equal(plan.points[0].load.wait_ns, MS);
	assert_int_equal(plan.points[1].load.wait_ns, MS);
	sy_plan_free(&plan);
}

/* Those of a group are compared; it is not left to chance that they are. */
static void test_mechanisms_are_rows_of_a_group(void **state)
{
	struct sy_plan plan;

	(void)state;
	assert_int_equal(plan_of(&plan, "[a]\nworkload = lock\n"
	                                "model = serial, threads\n"
	                                "inflight = 1, 4\n"),
	                 8);
	assert_int_equal(plan.count, 8);
	assert_int_equal(sy_plan_group_count(&plan), 2);
	assert_int_equal(sy_plan_group_end(&plan, 0), 4);
	sy_plan_free(&plan);
	/* One of a mechanism's name is of all families that have it. */
	plan_of(&plan, "[a]\nworkload = lock, share, cpu\nmodel = threads\n"
	               "mechanism = none\n");
	assert_int_equal(plan.count, 3);
	sy_plan_free(&plan);
}

static unsigned count_alone(const char *text)
{
	struct sy_plan plan;
	unsigned count = 0;

	plan_of(&plan, text);
	for (size_t i = 0; i < plan.count; i++)
		count += plan.points[i].request.model->alone;
	sy_plan_free(&plan);
	return count;
}

/* Where tasks wait for time, a plain loop has one of them in flight. */
static void test_a_plain_loop_waits_only_where_it_is_named(void **state)
{
	(void)state;
	assert_int_equal(count_alone("[a]\nworkload = gate\n"
	                             "wait = 0, 1ms\nsections = 1\n"
	                             "inflight = 8\n"),
	                 1);
	assert_int_equal(count_alone("[a]\nworkload = timer\n"
	                             "inflight = 1, 8\n"),
	                 1);
	assert_int_equal(count_alone("[a]\nworkload = gate, timer\n"
	                             "model = all, serial\nwait = 1ms\n"
	                             "inflight = 8\n"),
	                 2);
}

static void test_tasks_that_cannot_meet_are_left_out(void **state)
{
	struct sy_plan plan;

	(void)state;
	plan_of(&plan, "[a]\nworkload = gate\nmodel = threads\n"
	               "units = 1, 4, 16\ninflight = 1..16*4\n");
	assert_int_equal(plan.count, 3 + 2 + 1);
	sy_plan_free(&plan);
	plan_of(&plan, "[a]\nworkload = event\nmodel = threads\n"
	               "inflight = 1, 2, 3\n");
	assert_int_equal(plan.count, 2);
	sy_plan_free(&plan);
	plan_of(&plan, "[a]\nworkload = condition\nmodel = threads\n"
	               "inflight = 1, 2, 3\nnotify = 1, 2\n");
	assert_int_equal(plan.count, 2 + 1);
	sy_plan_free(&plan);
	/* Nobody asked for these families, so that nothing is missed. */
	plan_of(&plan, "[a]\nmodel = threads\ninflight = 1\n");
	assert_true(plan.count > 0);
	for (size_t i = 0; i < plan.count; i++)
		assert_true(strncmp(plan.points[i].name, "gate/", 5));
	sy_plan_free(&plan);
}

static void test_what_would_leave_nothing_is_refused(void **state)
{
	(void)state;
	assert_refused("[a]\nworkload = gate\nunits = 5, 65\n",
	               "x.ini:3: [a] units: a gate of 65 units never holds 64 "
	               "tasks in flight back");
	assert_refused("[a]\nunits = 65\n", "x.ini:2: [a] units: ");
	assert_refused("[a]\nworkload = gate\ninflight = 1..4*2\n",
	               "x.ini:3: [a] inflight: a gate of 5 units never holds "
	               "4 tasks");
	assert_refused("[a]\nworkload = cpu, event\ninflight = 1\n",
	               "x.ini:3: [a] inflight: an event needs 2 tasks");
	assert_refused("[a]\nworkload = condition\ninflight = 1\n",
	               "[a] inflight: a condition needs 2 tasks");
	assert_refused("[a]\nworkload = condition\ninflight = 4..12+4\n"
	               "notify = 3, 12\n",
	               "x.ini:4: [a] notify: 12 of a condition cannot be "
	               "notified at once: of 12 tasks in flight 11 wait");
	assert_refused("[defaults]\nnotify = 64\n[a]\nworkload = condition\n",
	               "x.ini:2: [a] notify: 64 of a condition");
	assert_refused("[a]\nworkload = lock\nmechanism = array\n",
	               "makes no points");
}

static void test_wrong_values_are_told(void **state)
{
	(void)state;
	assert_refused("[a]\nunits = 0\n", "units: 0 is out of range: 1 to");
	assert_refused("[a]\nnotify = 0\n", "notify: 0 is out of range");
	assert_refused("[a]\nsections = 0\n", "sections: 0 is out of range");
	assert_refused("[a]\nsections = 1000001\n", "out of range");
	assert_refused("[a]\ninside = -1us\n", "'-1us' is not a duration");
	assert_refused("[a]\ninside = 101ms\n", "out of range: 0 to 100ms");
	assert_refused("[a]\noutside = 1h\n",
	               "outside: '1h' is not a duration");
	assert_refused("[a]\ncells = 3\n", "3 is not a power of two");
	assert_refused("[a]\ncells = 2097152\n", "out of range: 1 to 1048576");
	assert_refused("[a]\nbody = 0\n", "out of range: 1 to 64MiB");
	assert_refused("[a]\nconnection = no\n", "is not 'keep' or 'fresh'");
	assert_refused("[a]\ntimeout = 0\n", "out of range: 1ms to 60s");
	assert_refused("[a]\ntimeout = 61s\n", "out of range: 1ms to 60s");
	assert_refused("[a]\nmechanism = lok\n", "did you mean 'lock'?");
	assert_refused("[a]\nworkload = lok\n", "did you mean 'lock'?");
	assert_refused("[a]\nworkload = lock\nunits = 5\n",
	               "units: no point of this section has it, only those of "
	               "gate");
	assert_refused("[a]\nworkload = event\nsections = 5\n",
	               "only those of lock gate share");
}

/* What is of our server, where another one is named. */
static void assert_not_beside(enum sy_key ours, const char *value)
{
	struct sy_values values = { { NULL } };
	struct sy_reason reason = { "" };
	struct sy_space space;
	enum sy_key key;

	values.text[SY_KEY_URL] = "http://h/";
	assert_int_equal(sy_space_read(&space, &values, &reason), 0);
	assert_int_equal(sy_space_check(&space, &key, &reason), 0);
	sy_space_free(&space);
	values.text[ours] = value;
	assert_int_equal(sy_space_read(&space, &values, &reason), 0);
	assert_int_equal(sy_space_check(&space, &key, &reason), -EINVAL);
	assert_int_equal(key, ours);
	assert_says(reason.text, "is of the server that is started here");
	sy_space_free(&space);
}

/* One, and no list. */
static void test_an_address_is_one_value(void **state)
{
	struct sy_reason reason;

	(void)state;
	assert_int_equal(sy_value_check(SY_KEY_URL, "http://h/a,b", &reason),
	                 0);
	assert_int_equal(sy_value_check(SY_KEY_URL, "none", &reason), 0);
	assert_int_equal(sy_value_check(SY_KEY_URL, "https://h/", &reason),
	                 -EINVAL);
	assert_says(reason.text, "must begin with http://");
	assert_int_equal(sy_value_check(SY_KEY_URL, "http://a b", &reason),
	                 -EINVAL);
	assert_says(reason.text, "may have letters, digits and");
	assert_not_beside(SY_KEY_BODY, "1KiB");
	assert_not_beside(SY_KEY_SERVER, "1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_key_shapes_points),
		cmocka_unit_test(test_a_gate_sleeps_where_a_wait_is_written),
		cmocka_unit_test(test_mechanisms_are_rows_of_a_group),
		cmocka_unit_test(
			test_a_plain_loop_waits_only_where_it_is_named),
		cmocka_unit_test(test_tasks_that_cannot_meet_are_left_out),
		cmocka_unit_test(test_what_would_leave_nothing_is_refused),
		cmocka_unit_test(test_wrong_values_are_told),
		cmocka_unit_test(test_an_address_is_one_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
