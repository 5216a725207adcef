/* SPDX-License-Identifier: MIT */
/*
 * test_stored.c - two runs that are what they should be: what their comparison
 * finds, what of it is known and what is not.
 */
#include "stored_fixture.h"

#include "compare/judge.h"

/* ---- figures ---- */

/* OLD 100 (-5 %, +2 %), NEW 110 (-1 %, +4 %), by hand: the lower end has the
   lower of NEW and the upper of OLD in it. */
static void test_intervals_are_combined_by_their_facing_ends(void **state)
{
	struct runs *runs = *state;
	const struct sy_finding_gate *gate;

	add_ns(runs, SY_OLD, "p", 100, 95, 102);
	add_ns(runs, SY_NEW, "p", 110, 108.9, 114.4);
	compare(runs);
	gate = &row(runs, 0)->gates[SY_GATE_TIME];
	assert_true(gate->there);
	assert_estimate(&gate->ratio, 1.1, 1.0758414769707159,
	                1.1733701009249866);
	assert_is(gate->p[0], 2.0163401930401145e-17);
	assert_true(gate->p[1] > 0.99);
	assert_int_equal(row(runs, 0)->change, SY_CHANGE_SLOWER);
}

static void test_swapped_sides_mirror(void **state)
{
	struct runs *runs = *state;
	struct sy_finding_gate there, back;

	add_ns(runs, SY_OLD, "p", 100, 95, 102);
	add_ns(runs, SY_NEW, "p", 110, 108.9, 114.4);
	compare(runs);
	there = row(runs, 0)->gates[SY_GATE_TIME];
	put_json(runs, SY_OLD, "results.json", runs->results[SY_NEW]);
	put_json(runs, SY_NEW, "results.json", runs->results[SY_OLD]);
	assert_int_equal(compare_dirs(runs, NULL, false), 0);
	back = row(runs, 0)->gates[SY_GATE_TIME];
	assert_estimate(&back.ratio, 1 / there.ratio.value,
	                1 / there.ratio.high, 1 / there.ratio.low);
	assert_is(back.p[0], there.p[1]);
	assert_is(back.p[1], there.p[0]);
	assert_int_equal(row(runs, 0)->change, SY_CHANGE_FASTER);
}

static void test_verdicts_of_the_rule(void **state)
{
	struct runs *runs = *state;

	add_time(runs, SY_OLD, "same", 100);
	add_time(runs, SY_NEW, "same", 101);
	add_time(runs, SY_OLD, "below the floor", 100);
	add_time(runs, SY_NEW, "below the floor", 102.9);
	add_ns(runs, SY_OLD, "wide", 100, 80, 125);
	add_ns(runs, SY_NEW, "wide", 110, 90, 130);
	add_time(runs, SY_OLD, "slower", 100);
	add_time(runs, SY_NEW, "slower", 110);
	compare(runs);
	assert_int_equal(row(runs, 0)->change, SY_CHANGE_SAME);
	assert_true(row(runs, 1)->change <= SY_CHANGE_NOISY);
	assert_int_equal(row(runs, 2)->change, SY_CHANGE_NOISY);
	assert_int_equal(row(runs, 3)->change, SY_CHANGE_SLOWER);
	assert_int_equal(sy_judge_status(&runs->comparison, false), 1);
}

/* The caller's rule is the one that is judged by. */
static void test_floor_is_the_callers(void **state)
{
	struct runs *runs = *state;

	add_time(runs, SY_OLD, "p", 100);
	add_time(runs, SY_NEW, "p", 110);
	runs->comparison.rule.floor = 0.2;
	compare(runs);
	assert_true(row(runs, 0)->change != SY_CHANGE_SLOWER);
}

static void test_intervals_without_width(void **state)
{
	struct runs *runs = *state;

	add_ns(runs, SY_OLD, "equal", 100, 100, 100);
	add_ns(runs, SY_NEW, "equal", 100, 100, 100);
	add_ns(runs, SY_OLD, "other", 100, 100, 100);
	add_ns(runs, SY_NEW, "other", 120, 120, 120);
	compare(runs);
	assert_estimate(&row(runs, 0)->gates[SY_GATE_TIME].ratio, 1, 1, 1);
	assert_true(row(runs, 0)->gates[SY_GATE_TIME].p[0] == 1);
	assert_true(row(runs, 0)->gates[SY_GATE_TIME].p[1] == 1);
	assert_int_equal(row(runs, 0)->change, SY_CHANGE_SAME);
	assert_int_equal(row(runs, 1)->change, SY_CHANGE_SLOWER);
}

/* Four slices have no interval, so nobody knows; not even that it is SAME. */
static void test_few_slices_are_noisy(void **state)
{
	struct runs *runs = *state;

	for (int side = 0; side < SY_SIDES; side++) {
		json_t *few = add_ns(runs, side, "few", 100, 100, 100);

		add_time(runs, side, "enough", 100);
		json_object_set_new(few, "slices", json_integer(5 - side));
	}
	/* Nor that it is slower: one slice has an interval without width. */
	for (int side = 0; side < SY_SIDES; side++)
		json_object_set_new(add_ns(runs, side, "one", 100 + 50 * side,
		                           100 + 50 * side, 100 + 50 * side),
		                    "slices", json_integer(1));
	compare(runs);
	assert_int_equal(row(runs, 0)->change, SY_CHANGE_NOISY);
	assert_string_equal(row(runs, 0)->reason.text,
	                    "5 and 4 slices, too few for an interval");
	assert_int_equal(row(runs, 1)->change, SY_CHANGE_SAME);
	assert_string_equal(row(runs, 1)->reason.text, "");
	assert_int_equal(row(runs, 2)->change, SY_CHANGE_NOISY);
}

static void test_switches_of_a_handoff_gate(void **state)
{
	struct runs *runs = *state;

	add_handoff(runs, SY_OLD, "more", 100, 2);
	add_handoff(runs, SY_NEW, "more", 100, 2.05);
	add_handoff(runs, SY_OLD, "alike", 100, 2);
	add_handoff(runs, SY_NEW, "alike", 100, 2.03);
	add_handoff(runs, SY_OLD, "fewer", 100, 2);
	add_handoff(runs, SY_NEW, "fewer", 100, 1);
	add_handoff(runs, SY_OLD, "of none", 100, 0);
	add_handoff(runs, SY_NEW, "of none", 100, 0.019);
	compare(runs);
	assert_int_equal(row(runs, 0)->change, SY_CHANGE_SLOWER);
	assert_estimate(&row(runs, 0)->gates[SY_GATE_SWITCHES].ratio, 2.05 - 2,
	                2.05 - 2, 2.05 - 2);
	assert_int_equal(row(runs, 1)->change, SY_CHANGE_SAME);
	assert_int_equal(row(runs, 2)->change, SY_CHANGE_FASTER);
	assert_int_equal(row(runs, 3)->change, SY_CHANGE_SAME);
	/* What is within the floor makes no other point significant either. */
	for (size_t i = 0; i < 4; i++) {
		const double *p = row(runs, i)->gates[SY_GATE_SWITCHES].p;

		assert_true(p[0] == (i == 0 ? 0 : 1));
		assert_true(p[1] == (i == 2 ? 0 : 1));
	}
}

/* Tasks may switch as often as they like. */
static void test_switches_of_others_do_not(void **state)
{
	struct runs *runs = *state;

	add_time(runs, SY_OLD, "p", 100);
	json_object_set_new(json_object_get(add_time(runs, SY_NEW, "p", 100),
	                                    "switches_per_op"),
	                    "voluntary", json_integer(7));
	compare(runs);
	assert_int_equal(row(runs, 0)->change, SY_CHANGE_SAME);
	assert_false(row(runs, 0)->gates[SY_GATE_SWITCHES].there);
	assert_is(row(runs, 0)->shown[SY_NEW].voluntary, 7);
}

static void test_what_is_shown(void **state)
{
	struct runs *runs = *state;
	const struct sy_shown *shown;
	json_t *point = add_time(runs, SY_OLD, "p", 100);

	json_object_set_new(point, "bytes_per_context",
	                    json_pack("{sf}", "value", 4096.5));
	json_object_set_new(point, "latency_ns",
	                    json_pack("{si si}", "p50", 70, "p99", 900));
	add_time(runs, SY_NEW, "p", 101);
	compare(runs);
	shown = row(runs, 0)->shown;
	assert_is(shown[SY_OLD].ns, 100);
	assert_is(shown[SY_OLD].cpu_ns, 50);
	assert_is(shown[SY_OLD].involuntary, 0.5);
	assert_is(shown[SY_OLD].bytes, 4096.5);
	assert_is(shown[SY_OLD].latency_p50_ns, 70);
	assert_is(shown[SY_OLD].latency_p99_ns, 900);
	assert_is(shown[SY_NEW].ns, 101);
	assert_true(shown[SY_NEW].bytes == 0);
	assert_true(shown[SY_NEW].latency_p99_ns == 0);
}

/* ---- noise ---- */

static void set_spread(struct runs *runs, int side, json_t *spread)
{
	json_object_set_new(json_object_get(runs->results[side], "sentinel"),
	                    "spread", spread);
}

static void test_larger_spread_counts(void **state)
{
	struct runs *runs = *state;

	add_time(runs, SY_OLD, "p", 100);
	add_time(runs, SY_NEW, "p", 150);
	set_spread(runs, SY_OLD, json_real(0.05));
	compare(runs);
	assert_is(runs->comparison.spread, 0.05);
	assert_true(runs->comparison.noisy);
	assert_int_equal(row(runs, 0)->change, SY_CHANGE_NOISY);
	set_spread(runs, SY_OLD, json_null());
	compare(runs);
	assert_is(runs->comparison.spread, 0.01);
	assert_int_equal(row(runs, 0)->change, SY_CHANGE_SLOWER);
	set_spread(runs, SY_NEW, json_null());
	compare(runs);
	assert_true(runs->comparison.spread < 0);
}

/* ---- the same run ---- */

/* However wide its intervals and noisy its points: it is what it is. */
static void test_example_is_the_same_as_itself(void **state)
{
	static const char example[] = SY_FIXTURES "/../../results/example";
	struct runs *runs = *state;
	size_t compared = 0;

	if (sy_compare_stored(example, example, NULL, false, &runs->comparison,
	                      &runs->reason))
		fail_msg("%s", runs->reason.text);
	assert_false(runs->comparison.live);
	assert_says(runs->comparison.unlike.text, "one and the same run");
	for (size_t i = 0; i < runs->comparison.count; i++)
		if (row(runs, i)->outcome == SY_OUTCOME_COMPARED) {
			compared++;
			assert_int_equal(row(runs, i)->change, SY_CHANGE_SAME);
		}
	assert_int_equal(compared, runs->comparison.count);
	assert_true(compared > 50);
}

/* A copy is another run for all we know: what is wide in it stays open. */
static void test_copy_is_not_the_same_run(void **state)
{
	struct runs *runs = *state;

	for (int side = 0; side < SY_SIDES; side++)
		add_ns(runs, side, "wide", 100, 80, 125);
	compare(runs);
	assert_string_equal(runs->comparison.unlike.text, "");
	assert_int_equal(row(runs, 0)->change, SY_CHANGE_NOISY);
}

int main(void)
{
#define TEST(function)                                                         \
	cmocka_unit_test_setup_teardown(function, runs_open, runs_close)
	const struct CMUnitTest tests[] = {
		TEST(test_intervals_are_combined_by_their_facing_ends),
		TEST(test_swapped_sides_mirror),
		TEST(test_verdicts_of_the_rule),
		TEST(test_floor_is_the_callers),
		TEST(test_intervals_without_width),
		TEST(test_few_slices_are_noisy),
		TEST(test_switches_of_a_handoff_gate),
		TEST(test_switches_of_others_do_not),
		TEST(test_what_is_shown),
		TEST(test_larger_spread_counts),
		TEST(test_example_is_the_same_as_itself),
		TEST(test_copy_is_not_the_same_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
