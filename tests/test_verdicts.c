/* SPDX-License-Identifier: MIT */
/*
 * test_verdicts.c - who is called slower than whom, who may not compete, and
 * which hand-offs are not what they claim to be.
 */
#include "summary_fixture.h"

static struct made made;

static int set_up(void **state)
{
	(void)state;
	made_open(&made);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	made_close(&made);
	return 0;
}

static const json_t *group(size_t i)
{
	return json_array_get(json_object_get(made.results, "groups"), i);
}

static const json_t *rival(size_t of_group, const char *row)
{
	json_t *other;
	size_t i;

	json_array_foreach (json_object_get(group(of_group), "others"), i,
	                    other)
		if (!strcmp(text_in(other, "row"), row))
			return other;
	return NULL;
}

static void test_the_rest_is_compared_with_the_best(void **state)
{
	(void)state;
	made_add(&made, "cpu", "serial", 1, -1);
	made_add(&made, "cpu", "threads", 1, -1);
	made_add(&made, "cpu", "pool", 1, -1);
	made_add(&made, "cpu", "fork", 1, -1);
	made_add(&made, "wait", "fork", 1, -1);
	made_begin(&made);
	made_fill(&made.session.points[0], 200, 3, 5);
	made_fill(&made.session.points[1], 100, 3, 5);
	made_fill(&made.session.points[2], 102, 3, 5);
	made_fill(&made.session.points[3], 104, 3, 5);
	made_fill(&made.session.points[4], 7, 3, 5);
	made_sum_up(&made);
	assert_string_equal(text_in(group(0), "best"), "threads");
	assert_string_equal(text_in(group(0), "group"),
	                    made.plan.points[0].group);
	assert_near(number_in(rival(0, "serial"), "ratio", "value"), 2);
	assert_string_equal(text_in(rival(0, "serial"), "verdict"), "slower");
	assert_near(number_in(rival(0, "pool"), "ratio", "value"), 1.02);
	assert_string_equal(text_in(rival(0, "pool"), "verdict"),
	                    "too close to call");
	assert_string_equal(text_in(rival(0, "fork"), "verdict"), "slower");
	assert_null(rival(0, "threads"));
	assert_string_equal(text_in(group(1), "best"), "fork");
	assert_int_equal(json_array_size(json_object_get(group(1), "others")),
	                 0);
	assert_null(group(2));
}

/* A ratio of 1.5 in half of the rounds and of 0.6 in the others. */
static void test_what_varies_is_too_close_to_call(void **state)
{
	(void)state;
	made_add(&made, "cpu", "serial", 1, -1);
	made_add(&made, "cpu", "threads", 1, -1);
	made_begin(&made);
	made_fill(&made.session.points[0], 100, 3, 5);
	for (uint32_t i = 0; i < 15; i++) {
		struct sy_slice *slice = made_slice(i % 2 ? 60 : 150);

		made_put(&made.session.points[1], slice, i / 5, i % 5);
		free(slice);
	}
	made_sum_up(&made);
	assert_string_equal(text_in(rival(0, "threads"), "verdict"),
	                    "too close to call");
	assert_true(number_in(rival(0, "threads"), "ratio", "low") < 1);
	assert_true(number_in(rival(0, "threads"), "ratio", "high") > 1);
}

static void fill_some(struct sy_result *result, uint64_t ns, uint32_t set,
                      uint32_t first, uint32_t end)
{
	struct sy_slice *slice = made_slice(ns);

	for (uint32_t round = first; round < end; round++)
		made_put(result, slice, set, round);
	free(slice);
}

static void test_too_few_pairs_are_no_comparison(void **state)
{
	(void)state;
	made_add(&made, "cpu", "serial", 1, -1);
	made_add(&made, "cpu", "threads", 1, -1);
	made_add(&made, "cpu", "pool", 1, -1);
	made_add(&made, "cpu", "fork", 1, -1);
	made_begin(&made);
	fill_some(&made.session.points[0], 100, 0, 0, 10);
	/* Four and five in common; many, but none of them in common. */
	fill_some(&made.session.points[1], 200, 0, 6, 20);
	fill_some(&made.session.points[2], 200, 0, 5, 20);
	fill_some(&made.session.points[3], 200, 1, 0, 10);
	made_sum_up(&made);
	assert_string_equal(text_in(group(0), "best"), "serial");
	assert_null(rival(0, "threads"));
	assert_non_null(rival(0, "pool"));
	assert_null(rival(0, "fork"));
	assert_null(json_object_get(made_point(&made, 1), "efficiency"));
	assert_near(number_in(made_point(&made, 2), "efficiency", "value"),
	            0.5);
}

/* What drifts for all alike is no difference: rounds are compared. */
static void test_drift_cancels_out(void **state)
{
	(void)state;
	made_add(&made, "cpu", "serial", 1, -1);
	made_add(&made, "cpu", "threads", 1, -1);
	made_begin(&made);
	for (uint32_t i = 0; i < 20; i++) {
		fill_some(&made.session.points[0], 1000 + 150 * i, i / 5, i % 5,
		          i % 5 + 1);
		fill_some(&made.session.points[1], 2000 + 300 * i, i / 5, i % 5,
		          i % 5 + 1);
	}
	made_sum_up(&made);
	assert_near(number_in(rival(0, "threads"), "ratio", "low"), 2);
	assert_near(number_in(rival(0, "threads"), "ratio", "high"), 2);
}

static void test_who_has_no_number_does_not_compete(void **state)
{
	struct sy_reason reason = { "wrong" };

	(void)state;
	made_add(&made, "cpu", "serial", 1, -1);
	made_add(&made, "cpu", "threads", 1, -1);
	made_add(&made, "cpu", "pool", 1, -1);
	made_add(&made, "wait", "pool", 1, -1);
	made_begin(&made);
	made_fill(&made.session.points[0], 100, 1, 5);
	made_fill(&made.session.points[1], 10, 1, 5);
	made_fill(&made.session.points[2], 10, 1, 5);
	sy_result_fail(&made.session.points[1], SY_WRONG, &reason);
	sy_result_fail(&made.session.points[2], SY_FAILED, &reason);
	made_sum_up(&made);
	assert_string_equal(text_in(group(0), "best"), "serial");
	assert_int_equal(json_array_size(json_object_get(group(0), "others")),
	                 0);
	assert_null(group(1)); /* nothing of it was measured */
}

/* The server. */

static void fill_served(struct sy_result *result, uint64_t ns, double share)
{
	struct sy_slice *slice = made_slice(ns);

	slice->server_ns = (uint64_t)((double)slice->elapsed_ns * share);
	for (uint32_t round = 0; round < 6; round++)
		made_put(result, slice, 0, round);
	free(slice);
}

static bool limited(size_t i)
{
	const json_t *server = json_object_get(made_point(&made, i), "server");

	return json_is_true(json_object_get(server, "limited"));
}

static void test_a_point_that_its_server_limits_does_not_compete(void **state)
{
	(void)state;
	made_add(&made, "io", "threads", 1, 1);
	made_add(&made, "io", "pool", 1, 1);
	made_add(&made, "io", "coroutine", 1, 1);
	made_begin(&made);
	fill_served(&made.session.points[0], 100, 0.9);
	fill_served(&made.session.points[1], 110, 0.79);
	fill_served(&made.session.points[2], 140, 0.5);
	made_sum_up(&made);
	assert_true(limited(0));
	assert_false(limited(1));
	assert_near(number_in(made_point(&made, 0), "server", "share"), 0.9);
	/* It has its numbers, as a bound of what it can do. */
	assert_near(number_in(made_point(&made, 0), "ns_per_op", "value"), 100);
	assert_string_equal(text_in(group(0), "best"), "pool");
	assert_null(rival(0, "threads"));
	assert_string_equal(text_in(rival(0, "coroutine"), "verdict"),
	                    "slower");
}

static void test_a_server_on_the_same_pu_limits_nobody(void **state)
{
	(void)state;
	made_add(&made, "io", "threads", 1, 0);
	made_add(&made, "io", "pool", 1, -1);
	made_add(&made, "io", "coroutine", 1, 1);
	made_begin(&made);
	for (size_t i = 0; i < 3; i++)
		fill_served(&made.session.points[i], 100 + i, 0.9);
	made.plan.points[2].load.wait_ns = 0; /* it only answers */
	made_sum_up(&made);
	for (size_t i = 0; i < 3; i++)
		assert_false(limited(i));
	assert_string_equal(text_in(group(0), "best"), "threads");
	assert_non_null(rival(0, "pool"));
	assert_non_null(rival(0, "coroutine"));
}

/* Switches: as many as a hand-off declares, or it is not what it claims. */

static const char *state_with(const char *row, unsigned pu_count, bool bound,
                              unsigned voluntary, unsigned involuntary)
{
	struct sy_slice *slice = made_slice(100);

	tear_down(NULL);
	made_open(&made);
	made_add(&made, "switch", row, pu_count, -1);
	made.plan.points[0].where.bound = bound;
	made_begin(&made);
	slice->usage.voluntary = voluntary;
	slice->usage.involuntary = involuntary;
	for (uint32_t round = 0; round < 6; round++)
		made_put(&made.session.points[0], slice, 0, round);
	free(slice);
	made_sum_up(&made);
	return text_in(made_point(&made, 0), "state");
}

static void test_hand_offs_make_the_switches_that_they_declare(void **state)
{
	const struct sy_mechanism *handoff = sy_mechanism_find(
		sy_model_find("threads"), SY_SWITCH, "condition");
	unsigned least = handoff->switches_min * OPERATIONS;
	unsigned most = handoff->switches_max * OPERATIONS;
	const char *row = "threads.condition";

	(void)state;
	assert_true(least >= OPERATIONS);
	assert_string_equal(state_with(row, 1, true, least, 0), "measured");
	assert_string_equal(state_with(row, 1, true, most, 0), "measured");
	assert_string_equal(state_with(row, 1, true, least * 981 / 1000, 0),
	                    "measured");
	assert_string_equal(state_with(row, 1, true, least * 979 / 1000, 0),
	                    "invalid");
	assert_string_equal(state_with(row, 1, true, 0, 0), "invalid");
	assert_string_equal(state_with(row, 1, true, most + 19, 0), "measured");
	assert_string_equal(state_with(row, 1, true, most + 21, 0), "invalid");
	/* A kernel may count a switch as involuntary, and others as well. */
	assert_string_equal(state_with(row, 1, true, least / 2, least / 2),
	                    "measured");
	assert_string_equal(state_with(row, 1, true, most, 50 * most),
	                    "measured");
	/* On two PUs none is needed. */
	assert_string_equal(state_with(row, 2, true, 0, 0), "measured");
	assert_string_equal(state_with(row, 1, false, 0, 0), "measured");
}

static void test_hand_offs_in_user_space_make_none(void **state)
{
	(void)state;
	assert_string_equal(state_with("coroutine.assembly", 1, true, 0, 0),
	                    "measured");
	assert_string_equal(state_with("coroutine.assembly", 1, true, 0, 9),
	                    "measured");
	assert_string_equal(state_with("coroutine.assembly", 1, true, 21, 0),
	                    "invalid");
}

static void test_what_is_invalid_tells_why_and_has_no_figure(void **state)
{
	const json_t *point;

	(void)state;
	assert_string_equal(state_with("threads.condition", 1, true, 500, 250),
	                    "invalid");
	point = made_point(&made, 0);
	assert_says(text_in(point, "reason"),
	            "0.750 switches a hand-off, 0.500 of them voluntary");
	assert_null(json_object_get(point, "ns_per_op"));
	assert_near(number_in(point, "switches_per_op", "voluntary"), 0.5);
	assert_null(group(0));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_the_rest_is_compared_with_the_best),
		TEST(test_what_varies_is_too_close_to_call),
		TEST(test_too_few_pairs_are_no_comparison),
		TEST(test_drift_cancels_out),
		TEST(test_who_has_no_number_does_not_compete),
		TEST(test_a_point_that_its_server_limits_does_not_compete),
		TEST(test_a_server_on_the_same_pu_limits_nobody),
		TEST(test_hand_offs_make_the_switches_that_they_declare),
		TEST(test_hand_offs_in_user_space_make_none),
		TEST(test_what_is_invalid_tells_why_and_has_no_figure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
