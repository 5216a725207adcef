/* SPDX-License-Identifier: MIT */
/* test_claims.c - rulings follow from figures, and from nothing less. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "results/claims.h"

enum { SWITCHES, CREATION, COROUTINES, WAITING, JOIN, LOCK, CLAIMS };

static json_t *points;

static int begin(void **state)
{
	(void)state;
	points = json_array();
	return points ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	json_decref(points);
	return 0;
}

/* A measured point whose interval is 1 % of its time to either side. */
static json_t *put(const char *family, const char *model, const char *mechanism,
                   double ns)
{
	json_t *point = json_pack(
		"{ss ss ss ss s{ss si} s{sf sf sf} si}", "family", family,
		"group", family, "model", model, "state", "measured", "params",
		"placement", "one-pu", "inflight", 64, "ns_per_op", "value", ns,
		"low", ns * 0.99, "high", ns * 1.01, "slices", 30);

	assert_non_null(point);
	if (mechanism)
		json_object_set_new(point, "mechanism", json_string(mechanism));
	assert_int_equal(json_array_append_new(points, point), 0);
	return point;
}

static enum sy_ruling ruling(size_t claim, const char *says)
{
	char *text = NULL;
	size_t bytes = 0;
	FILE *figures = open_memstream(&text, &bytes);
	enum sy_ruling ruling;

	assert_non_null(figures);
	ruling = sy_claims[claim].judge(points, figures);
	assert_int_equal(fclose(figures), 0);
	if (says)
		assert_non_null(strstr(text, says));
	else
		assert_string_equal(text, "");
	free(text);
	return ruling;
}

static void test_nothing_measured_tells_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < CLAIMS; i++)
		assert_int_equal(ruling(i, NULL), SY_CANNOT_TELL);
	assert_null(sy_claims[CLAIMS].said);
}

static void test_like_is_compared_with_like(void **state)
{
	(void)state;
	put("switch", "fork", "futex", 5000);
	put("switch", "threads", "pipe", 1000);
	assert_int_equal(ruling(SWITCHES, NULL), SY_CANNOT_TELL);
	put("switch", "threads", "futex", 2000);
	assert_int_equal(ruling(SWITCHES, "2.50 times (2.45..2.55)"), SY_HOLDS);
	put("switch", "fork", "pipe", 1100);
	assert_int_equal(ruling(SWITCHES, "1.10 times"), SY_CANNOT_TELL);
}

static void test_a_small_factor_does_not_hold(void **state)
{
	(void)state;
	put("switch", "fork", "futex", 2300);
	put("switch", "threads", "futex", 2000);
	assert_int_equal(ruling(SWITCHES, "1.15 times"), SY_DOES_NOT_HOLD);
}

/* The rule's factor lies within the interval. */
static void test_an_unsure_factor_tells_nothing(void **state)
{
	(void)state;
	put("spawn", "fork", "wait", 100000);
	put("spawn", "threads", "join", 20000);
	assert_int_equal(ruling(CREATION, "5.00 times"), SY_CANNOT_TELL);
}

static void test_what_is_not_sure_takes_no_part(void **state)
{
	json_t *few, *failed, *mixed;

	(void)state;
	put("spawn", "threads", "join", 10000);
	few = put("spawn", "fork", "wait", 100000);
	json_object_del(json_object_get(few, "ns_per_op"), "low");
	assert_int_equal(ruling(CREATION, NULL), SY_CANNOT_TELL);
	failed = put("spawn", "fork", "wait", 100000);
	json_object_set_new(failed, "state", json_string("failed"));
	assert_int_equal(ruling(CREATION, NULL), SY_CANNOT_TELL);
	mixed = put("spawn", "fork", "wait", 100000);
	json_object_set_new(mixed, "mixture", json_true());
	assert_int_equal(ruling(CREATION, NULL), SY_CANNOT_TELL);
	put("spawn", "fork", "wait", 100000);
	assert_int_equal(ruling(CREATION, "10.0"), SY_HOLDS);
}

static void test_another_group_is_not_compared(void **state)
{
	json_t *other;

	(void)state;
	put("spawn", "threads", "join", 10000);
	other = put("spawn", "fork", "wait", 100000);
	json_object_set_new(other, "group", json_string("elsewhere"));
	assert_int_equal(ruling(CREATION, NULL), SY_CANNOT_TELL);
}

static void test_the_cheapest_hand_offs_are_compared(void **state)
{
	json_t *yardstick;

	(void)state;
	put("switch", "threads", "condition", 4000);
	put("switch", "threads", "yield", 1000);
	put("switch", "coroutine", "ucontext", 300);
	yardstick = put("switch", "coroutine", "boost", 1);
	json_object_set_new(yardstick, "reference", json_true());
	assert_int_equal(ruling(COROUTINES, "threads.yield"), SY_DOES_NOT_HOLD);
	put("switch", "coroutine", "inline", 2);
	assert_int_equal(ruling(COROUTINES, "500 times"), SY_HOLDS);
}

static void test_few_waiters_tell_nothing(void **state)
{
	json_t *threads, *coroutine;

	(void)state;
	threads = put("wait", "threads", NULL, 5000);
	coroutine = put("wait", "coroutine", NULL, 4000);
	assert_int_equal(ruling(WAITING, "1.25 times"), SY_HOLDS);
	json_object_set_new(json_object_get(threads, "params"), "inflight",
	                    json_integer(8));
	json_object_set_new(json_object_get(coroutine, "params"), "inflight",
	                    json_integer(8));
	assert_int_equal(ruling(WAITING, NULL), SY_CANNOT_TELL);
}

static void test_join_is_held_against_loop_and_threads(void **state)
{
	(void)state;
	put("wait", "serial", NULL, 10100);
	put("wait", "threads.joined", NULL, 10200);
	assert_int_equal(ruling(JOIN, NULL), SY_CANNOT_TELL);
	put("wait", "threads.each", NULL, 1100);
	assert_int_equal(ruling(JOIN, "threads.each"), SY_HOLDS);
}

static void test_join_that_gains_does_not_hold(void **state)
{
	(void)state;
	put("wait", "serial", NULL, 10100);
	put("wait", "threads.joined", NULL, 5000);
	put("wait", "threads.each", NULL, 1100);
	assert_int_equal(ruling(JOIN, "2.02 times"), SY_DOES_NOT_HOLD);
}

static json_t *unlocked(json_int_t lost)
{
	json_t *point = put("lock", "threads", "none", 10);

	json_object_set_new(point, "operations", json_integer(1000));
	json_object_set_new(point, "findings", json_pack("{sI}", "lost", lost));
	return point;
}

static void test_none_lost_shows_nothing(void **state)
{
	json_t *locked;

	(void)state;
	unlocked(0);
	assert_int_equal(ruling(LOCK, "0 of 1000 updates lost"),
	                 SY_CANNOT_TELL);
	locked = unlocked(5);
	json_object_set_new(locked, "mechanism", json_string("lock"));
	assert_int_equal(ruling(LOCK, "0 of 1000"), SY_CANNOT_TELL);
	unlocked(7);
	assert_int_equal(ruling(LOCK, "7 of 1000 updates lost, 64 in flight at "
	                              "one-pu"),
	                 SY_DOES_NOT_HOLD);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_nothing_measured_tells_nothing),
		TEST(test_like_is_compared_with_like),
		TEST(test_a_small_factor_does_not_hold),
		TEST(test_an_unsure_factor_tells_nothing),
		TEST(test_what_is_not_sure_takes_no_part),
		TEST(test_another_group_is_not_compared),
		TEST(test_the_cheapest_hand_offs_are_compared),
		TEST(test_few_waiters_tell_nothing),
		TEST(test_join_is_held_against_loop_and_threads),
		TEST(test_join_that_gains_does_not_hold),
		TEST(test_none_lost_shows_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
