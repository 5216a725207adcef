/* SPDX-License-Identifier: MIT */
/*
 * test_resume.c - a run that was stopped goes on: from what its journal and
 * its plan tell, with nothing measured lost or taken twice.
 */
#include "resume_fixture.h"

/* What was there is there, in its place. */
static void assert_kept(const struct drive *now, const struct drive *before)
{
	const json_t *record;
	size_t i;

	json_array_foreach (before->records, i, record)
		assert_true(
			json_equal(record, json_array_get(now->records, i)));
}

/* As if its driver had ended so long after it began. */
static void spend(struct drive *d, uint64_t spent_ns)
{
	size_t last = json_array_size(d->records) - 1;
	json_t *begun = json_object_get(json_array_get(d->records, 0), "begun");
	json_t *ended =
		json_object_get(json_array_get(d->records, last), "ended");
	json_int_t begun_ns =
		json_integer_value(json_object_get(begun, "at_ns"));

	assert_non_null(ended);
	json_object_set_new(ended, "at_ns",
	                    json_integer(begun_ns + (json_int_t)spent_ns));
}

static void test_it_goes_on_wherever_it_was_stopped(void **state)
{
	static const size_t stops[] = { 1, 5, 9, 30 };

	(void)state;
	for (size_t i = 0; i < sizeof(stops) / sizeof(*stops); i++) {
		struct drive one, two;

		begin_five(&one, stops[i]);
		carry_out(&one, STEADY, NULL);
		if (!one.session.interrupted) {
			end(&one);
			continue;
		}
		resume(&two, &one, 0, STEADY);
		assert_kept(&two, &one);
		assert_complete(&two);
		end(&two);
		end(&one);
	}
}

/* As a driver that is killed leaves it: with no word of its end. */
static void test_it_goes_on_wherever_it_was_killed(void **state)
{
	struct drive one, two;
	size_t all;

	(void)state;
	begin_five(&one, 0);
	carry_out(&one, STEADY, NULL);
	all = json_array_size(one.records);
	for (size_t left = 1; left < all; left += all / 4) {
		json_t *whole = one.records;

		one.records = json_array();
		for (size_t i = 0; i < left; i++)
			json_array_append(one.records,
			                  json_array_get(whole, i));
		json_array_clear(one.journal);
		resume(&two, &one, 0, STEADY);
		assert_kept(&two, &one);
		assert_complete(&two);
		end(&two);
		json_decref(one.records);
		one.records = whole;
	}
	end(&one);
}

static void test_it_goes_on_again_and_again(void **state)
{
	struct drive d[100];
	size_t last = 0;

	(void)state;
	begin_five(&d[0], 3);
	carry_out(&d[0], STEADY, NULL);
	while (d[last].session.interrupted) {
		assert_true(last + 1 < 100);
		resume(&d[last + 1], &d[last], 25, STEADY);
		last++;
		assert_kept(&d[last], &d[last - 1]);
	}
	assert_true(last >= 1);
	assert_complete(&d[last]);
	for (size_t i = last + 1; i-- > 0;)
		end(&d[i]);
}

/* Processes that were started anew are another set, however little is left. */
static void test_what_two_drivers_measured_is_not_mixed(void **state)
{
	struct drive one, two;

	(void)state;
	begin_five(&one, 9);
	/* So long that the first turn is not over, even on a busy machine. */
	one.plan.budget_ns = 3000 * MS;
	carry_out(&one, STEADY, NULL);
	resume(&two, &one, 0, STEADY);
	for (size_t i = 0; i < json_array_size(two.journal); i++)
		assert_true(i < 9 ? number_of(&two, i, "set") == 0
		                  : number_of(&two, i, "set") >= 1);
	/* Two in the plan, and one of them in two parts. */
	assert_true(kept(&two, two.plan.points[0].name, 0) > 0);
	assert_true(kept(&two, two.plan.points[0].name, 1) > 0);
	assert_true(kept(&two, two.plan.points[0].name, 2) > 0);
	assert_int_equal(kept(&two, two.plan.points[0].name, 3), 0);
	/* The other group was gone through after that alone. */
	assert_int_equal(kept(&two, two.plan.points[3].name, 0), 0);
	end(&two);
	end(&one);
}

/* The models of the samples from..from+19, one letter each. */
static void order_of(const struct drive *d, size_t from, char *order)
{
	for (size_t i = 0; i < 20; i++)
		order[i] = name_of(d, from + i)[strlen("cpu/")];
	order[20] = '\0';
}

/* Each driver has an order of its own, the same for the same seed. */
static void test_another_driver_draws_other_orders(void **state)
{
	char first[21], second[21], again[21];
	struct drive one, two;

	(void)state;
	begin_five(&one, 20);
	one.plan.budget_ns = 30000 * MS;
	carry_out(&one, STEADY, NULL);
	order_of(&one, 0, first);
	resume(&two, &one, 20, STEADY);
	order_of(&two, 20, second);
	end(&two);
	resume(&two, &one, 20, STEADY);
	order_of(&two, 20, again);
	end(&two);
	end(&one);
	assert_string_equal(second, again);
	assert_string_not_equal(first, second);
}

static void test_a_point_that_failed_is_not_asked_again(void **state)
{
	struct drive one, two;
	size_t samples;

	(void)state;
	begin_five(&one, 9);
	one.plan.budget_ns = 2000 * MS;
	carry_out(&one,
	          STEADY "[[ $model == threads ]] && ((slices == 1)) && exit 3",
	          NULL);
	assert_int_equal(one.session.points[1].state, SY_FAILED);
	samples = one.session.points[1].count;
	resume(&two, &one, 0, STEADY);
	assert_int_equal(two.session.points[1].state, SY_FAILED);
	assert_says(two.session.points[1].reason.text, "status 3");
	assert_int_equal(two.session.points[1].count, samples);
	assert_int_equal(two.session.points[0].state, SY_MEASURED);
	assert_told(&two);
	end(&two);
	end(&one);
}

static void test_a_full_journal_goes_on_where_there_is_room(void **state)
{
	struct drive one, two;
	char folder[64], program[80];

	(void)state;
	begin_five(&one, 0);
	one.room = 8;
	one.plan.budget_ns = 3000 * MS;
	make_folder(folder);
	play(folder, STEADY);
	snprintf(program, sizeof(program), "%s/worker", folder);
	one.hooks.program = program;
	assert_int_equal(measure(&one, NULL), -ENOSPC);
	remove_folder(folder);
	assert_true(one.session.interrupted);
	/* What was refused was not written, so nobody has it. */
	json_array_remove(one.records, json_array_size(one.records) - 1);
	json_array_remove(one.journal, json_array_size(one.journal) - 1);
	assert_told(&one);
	resume(&two, &one, 0, STEADY);
	assert_kept(&two, &one);
	assert_complete(&two);
	end(&two);
	end(&one);
}

static void test_the_budget_is_that_of_all_drivers(void **state)
{
	struct drive one, two;

	(void)state;
	begin_five(&one, 4);
	one.plan.budget_ns = 30000 * MS;
	carry_out(&one, STEADY, NULL);
	assert_true(one.session.interrupted);
	spend(&one, one.plan.budget_ns - 200 * MS);
	resume(&two, &one, 0, STEADY);
	assert_complete(&two);
	assert_in_range(two.session.wall_ns, 29800 * MS, 40000 * MS);
	end(&two);
	end(&one);
}

/* It was spent by others before: a round of what is left. */
static void test_no_time_left_is_a_round_of_each(void **state)
{
	struct drive one, two;

	(void)state;
	begin_five(&one, 4);
	one.plan.budget_ns = 0;
	carry_out(&one, STEADY, NULL);
	assert_true(one.session.interrupted);
	resume(&two, &one, 0, STEADY);
	assert_complete(&two);
	/* Once in each set, and perhaps by the driver that began one. */
	for (size_t i = 0; i < two.plan.count; i++)
		assert_in_range(two.session.points[i].count, 2, 3);
	end(&two);
	end(&one);
}

/* Stopped in the rounds beyond the end, which are there for such a point. */
static void test_a_point_without_a_number_gets_one(void **state)
{
	struct drive one, two;

	(void)state;
	begin(&one, 0, 1);
	three_models(&one);
	one.stop = 7; /* two sentinels, three points, and two once more */
	carry_out(&one,
	          "[[ $model == pool ]] && elapsed=100000 "
	          "sized=$((100 << slices))",
	          NULL);
	assert_true(one.session.interrupted);
	assert_int_equal(one.session.course.round, 1);
	assert_int_equal(one.session.points[2].count, 0);
	resume(&two, &one, 0, "");
	assert_complete(&two);
	end(&two);
	end(&one);
}

/* Only what was never written is missing: its last word. */
static void test_all_turns_done_is_nothing_to_measure(void **state)
{
	struct drive one, two;
	size_t last;

	(void)state;
	begin_five(&one, 0);
	carry_out(&one, STEADY, NULL);
	last = json_array_size(one.records) - 1;
	json_array_remove(one.records, last);
	resume(&two, &one, 0, "exit 1");
	assert_int_equal(json_array_size(two.journal),
	                 json_array_size(one.journal));
	assert_complete(&two);
	end(&two);
	end(&one);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_it_goes_on_wherever_it_was_stopped),
		cmocka_unit_test(test_it_goes_on_wherever_it_was_killed),
		cmocka_unit_test(test_it_goes_on_again_and_again),
		cmocka_unit_test(test_what_two_drivers_measured_is_not_mixed),
		cmocka_unit_test(test_another_driver_draws_other_orders),
		cmocka_unit_test(test_a_point_that_failed_is_not_asked_again),
		cmocka_unit_test(
			test_a_full_journal_goes_on_where_there_is_room),
		cmocka_unit_test(test_the_budget_is_that_of_all_drivers),
		cmocka_unit_test(test_no_time_left_is_a_round_of_each),
		cmocka_unit_test(test_a_point_without_a_number_gets_one),
		cmocka_unit_test(test_all_turns_done_is_nothing_to_measure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
