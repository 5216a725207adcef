/* SPDX-License-Identifier: MIT */
/*
 * test_turns.c - whom the driver asks, when and how often.
 *
 * The workers are played: nothing depends on what else this machine does.
 */
#include "played_fixture.h"

static void test_every_point_is_measured_in_every_set(void **state)
{
	struct drive d;

	(void)state;
	begin(&d, 600, 3);
	three_models(&d);
	add(&d, "wait", "threads");
	carry_out(&d, "", NULL);
	assert_false(d.session.interrupted);
	for (size_t i = 0; i < d.plan.count; i++) {
		const struct sy_result *r = &d.session.points[i];
		size_t all = 0;

		assert_int_equal(r->state, SY_MEASURED);
		for (unsigned set = 0; set < 3; set++) {
			size_t of_set = kept(&d, d.plan.points[i].name, set);

			assert_true(of_set >= 1);
			all += of_set;
		}
		/* What is in the journal is what is in the session. */
		assert_int_equal(r->count, all);
		assert_int_equal(r->operations, 100 * all);
	}
	assert_true(kept(&d, "sentinel/a", 0) >= 1);
	assert_true(kept(&d, "sentinel/b", 2) >= 1);
	assert_int_equal(d.progress.sets, 3);
	assert_int_equal(d.progress.set, 2);
	assert_int_equal(d.progress.groups, 2);
	/* 2 ms for 100 tasks of 20000 rounds: a round is a nanosecond. */
	assert_true(d.session.kernel_round_ns > 0.999 &&
	            d.session.kernel_round_ns < 1.001);
	assert_int_equal(d.plan.points[0].load.rounds, 20000);
	end(&d);
}

/* So many samples of three models. */
static void in_turns(struct drive *drive, uint64_t seed, size_t samples)
{
	begin(drive, 30000, 1);
	drive->plan.seed = seed;
	drive->stop = samples;
	three_models(drive);
	carry_out(drive, "", NULL);
	assert_true(drive->session.interrupted);
	assert_int_equal(json_array_size(drive->journal), samples);
}

/* Each round asks each point once, the sentinels one after the other. */
static void test_rounds_ask_everybody(void **state)
{
	struct drive d;
	size_t first = 0, count, rounds = 0;

	(void)state;
	in_turns(&d, 1, 33); /* nine rounds: 5, 3, 3, 3, 5 ... */
	count = json_array_size(d.journal);
	while (first < count) {
		int64_t round = number_of(&d, first, "round");
		size_t end_of = first, a = SIZE_MAX, b = SIZE_MAX;

		for (;
		     end_of < count && number_of(&d, end_of, "round") == round;
		     end_of++) {
			a = strcmp(name_of(&d, end_of), "sentinel/a") ? a
			                                              : end_of;
			b = strcmp(name_of(&d, end_of), "sentinel/b") ? b
			                                              : end_of;
		}
		assert_int_equal(round, rounds);
		assert_int_equal(end_of - first, round % 4 ? 3 : 5);
		if (round % 4)
			assert_true(a == SIZE_MAX && b == SIZE_MAX);
		else
			assert_true(a == b + 1 || b == a + 1);
		first = end_of;
		rounds++;
	}
	assert_int_equal(rounds, 9);
	end(&d);
}

/* The names of the samples of six rounds, one a line. */
static void order_of(uint64_t seed, char *text, size_t bytes)
{
	struct drive d;
	size_t used = 0;

	in_turns(&d, seed, 22);
	for (size_t i = 0; i < 22; i++)
		used += (size_t)snprintf(text + used, bytes - used, "%s\n",
		                         name_of(&d, i));
	assert_true(used < bytes);
	end(&d);
}

static void test_the_seed_is_the_order(void **state)
{
	char one[2048], again[2048], other[2048];

	(void)state;
	order_of(7, one, sizeof(one));
	order_of(7, again, sizeof(again));
	order_of(8, other, sizeof(other));
	assert_string_equal(one, again);
	assert_string_not_equal(one, other);
}

/* Starting and stopping may take a little more, never much. */
static void test_the_budget_is_kept(void **state)
{
	struct drive d;
	uint64_t begin_ns;

	(void)state;
	begin(&d, 800, 1);
	three_models(&d);
	begin_ns = sy_clock_ns();
	carry_out(&d, "", NULL);
	assert_in_range(sy_clock_ns() - begin_ns, 700 * MS, 5000 * MS);
	assert_in_range(d.session.wall_ns, 700 * MS, 2000 * MS);
	end(&d);
}

/* However little it is, everybody is measured once. */
static void test_no_budget_is_one_round(void **state)
{
	struct drive d;

	(void)state;
	begin(&d, 0, 1);
	three_models(&d);
	carry_out(&d, "", NULL);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(d.session.points[i].count, 1);
	end(&d);
}

static void test_absent_points_are_left_as_they_are(void **state)
{
	struct drive d;

	(void)state;
	begin(&d, 200, 1);
	three_models(&d);
	carry_out(&d, "", "threads");
	assert_int_equal(d.session.points[0].state, SY_MEASURED);
	assert_int_equal(d.session.points[1].state, SY_PLANNED);
	assert_int_equal(d.session.points[2].state, SY_MEASURED);
	assert_int_equal(kept(&d, d.plan.points[1].name, 0), 0);
	end(&d);
}

/* Slices that are far from what was asked for. */

/* Its size was taken in another mode: each time it comes out otherwise. */
#define SHORT "[[ $model == pool ]] && elapsed=100000"
#define SHORT_AND_OTHER SHORT " sized=$((100 << slices))"

static void run_short(struct drive *d, uint64_t budget_ms, const char *special)
{
	begin(d, budget_ms, 1);
	d->stop = budget_ms ? 33 : 0; /* nine rounds */
	three_models(d);
	carry_out(d, special, NULL);
	assert_int_equal(d->session.points[2].state, SY_MEASURED);
	assert_int_equal(d->session.points[0].dropped, 0);
}

static void test_a_slice_that_misses_its_size_is_taken_again(void **state)
{
	struct drive d;

	(void)state;
	run_short(&d, 30000, SHORT_AND_OTHER);
	/* Twice; from then on it is what there is. */
	assert_int_equal(d.session.points[2].dropped, 2);
	assert_int_equal(d.session.points[2].count, 7);
	assert_int_equal(kept(&d, d.plan.points[2].name, 0), 7);
	assert_int_equal(d.session.points[0].count, 9);
	end(&d);
}

static void test_a_slice_that_is_so_by_nature_is_kept(void **state)
{
	struct drive d;

	(void)state;
	run_short(&d, 30000, SHORT);
	assert_int_equal(d.session.points[2].dropped, 0);
	assert_int_equal(d.session.points[2].count, 9);
	end(&d);
}

/* Its number comes even where there is no time for it. */
static void test_a_point_is_not_left_without_a_number(void **state)
{
	struct drive d;

	(void)state;
	run_short(&d, 0, SHORT_AND_OTHER);
	assert_int_equal(d.session.points[2].dropped, 2);
	assert_int_equal(d.session.points[2].count, 1);
	end(&d);
}

/* Others are asked meanwhile, so that it does not eat up the budget. */
static void test_a_dear_point_is_asked_less_often(void **state)
{
	struct drive d;

	(void)state;
	begin(&d, 1500, 1);
	three_models(&d);
	carry_out(&d, "[[ $model$request == poolslice ]] && sleep 0.1", NULL);
	assert_true(d.session.points[2].count >= 3);
	assert_true(d.session.points[0].count >= 2 * d.session.points[2].count);
	end(&d);
}

/* One slice is enough where another would end the turn late. */
static void test_a_point_that_is_too_dear_is_asked_once(void **state)
{
	struct drive d;

	(void)state;
	begin(&d, 1800, 1);
	three_models(&d);
	carry_out(&d, "[[ $model$request == poolslice ]] && sleep 1", NULL);
	assert_int_equal(d.session.points[2].count, 1);
	assert_true(d.session.points[0].count > 1);
	end(&d);
}

/* A point's own trouble is its own. */

static void assert_costs_its_point(const char *special, enum sy_state wanted,
                                   const char *reason, bool samples)
{
	struct drive d;

	begin(&d, 300, 2);
	d.plan.limit_ns = 400 * MS;
	three_models(&d);
	carry_out(&d, special, NULL);
	assert_false(d.session.interrupted);
	assert_int_equal(d.session.points[2].state, wanted);
	assert_says(d.session.points[2].reason.text, reason);
	assert_int_equal(kept(&d, d.plan.points[2].name, 0) > 0, samples);
	/* It is not tried again. */
	assert_int_equal(kept(&d, d.plan.points[2].name, 1), 0);
	assert_int_equal(d.session.points[0].state, SY_MEASURED);
	assert_int_equal(d.session.points[1].state, SY_MEASURED);
	assert_true(kept(&d, d.plan.points[0].name, 1) > 0);
	end(&d);
}

static void test_a_failing_worker_costs_its_point(void **state)
{
	(void)state;
	assert_costs_its_point("[[ $model$request == poolopen ]] && exit 3",
	                       SY_FAILED, "status 3", false);
	assert_costs_its_point("[[ $model$request == poolsize ]] && "
	                       "kill -KILL $$",
	                       SY_FAILED, "signal 9", false);
	assert_costs_its_point("[[ $model == pool ]] && ((slices == 2)) && "
	                       "exec sleep 1000",
	                       SY_FAILED, "no answer within its limit", true);
	assert_costs_its_point("if [[ $model == pool ]] && ((slices == 2)); "
	                       "then say '{\"error\":{\"code\":125,"
	                       "\"reason\":\"stopped\"}}'; continue; fi",
	                       SY_FAILED, "stopped", true);
}

static void test_a_wrong_answer_costs_its_point(void **state)
{
	(void)state;
	assert_costs_its_point("if [[ $model == pool ]] && ((slices == 2)); "
	                       "then say '{\"error\":{\"code\":74,"
	                       "\"reason\":\"wrong\"}}'; continue; fi",
	                       SY_WRONG, "wrong", true);
}

static void test_what_is_not_here_is_absent(void **state)
{
	(void)state;
	assert_costs_its_point("if [[ $model$request == poolopen ]]; "
	                       "then say '{\"error\":{\"code\":95,"
	                       "\"reason\":\"no huge pages\"}}'; continue; "
	                       "fi",
	                       SY_ABSENT, "no huge pages", false);
}

/* One worker at a time: a folder is there while one opens. */
static void test_much_memory_is_written_by_one_after_another(void **state)
{
	static const char *const rows[] = { "fork.wait", "fork.vfork",
		                            "threads.join" };
	char folder[64], special[300];
	struct drive d;

	(void)state;
	make_folder(folder);
	snprintf(special, sizeof(special),
	         "if [[ $request == open && $line == *resident_bytes*:107* ]]; "
	         "then mkdir %s/one || exit 3; sleep 0.2; rmdir %s/one; fi",
	         folder, folder);
	begin(&d, 300, 1);
	for (size_t i = 0; i < 3; i++) {
		struct sy_request request;

		ask_for(&request, "spawn", rows[i]);
		request.resident_bytes = 1 << 30;
		assert_int_equal(sy_plan_add(&d.plan, &request), 0);
	}
	carry_out(&d, special, NULL);
	for (size_t i = 0; i < 3; i++)
		if (d.session.points[i].state != SY_MEASURED)
			fail_msg("%s", d.session.points[i].reason.text);
	end(&d);
	remove_folder(folder);
}

/* Calibrating, too: it is killed, and not asked to end. */
static void test_a_worker_is_not_waited_for_once_all_is_over(void **state)
{
	char folder[64], told[80], special[200];
	struct drive d;

	(void)state;
	make_folder(folder);
	snprintf(told, sizeof(told), "%s/told", folder);
	snprintf(special, sizeof(special), "[[ $request == quit ]] && : >%s",
	         told);
	begin(&d, 300, 1);
	three_models(&d);
	assert_int_equal(eventfd_write(d.hooks.cancel_fd, 1), 0);
	carry_out(&d, special, NULL);
	assert_true(d.session.interrupted);
	assert_int_equal(d.session.kernel_round_ns > 0, false);
	assert_int_not_equal(access(told, F_OK), 0);
	remove_folder(folder);
	end(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_point_is_measured_in_every_set),
		cmocka_unit_test(test_rounds_ask_everybody),
		cmocka_unit_test(test_the_seed_is_the_order),
		cmocka_unit_test(test_the_budget_is_kept),
		cmocka_unit_test(test_no_budget_is_one_round),
		cmocka_unit_test(test_absent_points_are_left_as_they_are),
		cmocka_unit_test(
			test_a_slice_that_misses_its_size_is_taken_again),
		cmocka_unit_test(test_a_slice_that_is_so_by_nature_is_kept),
		cmocka_unit_test(test_a_point_is_not_left_without_a_number),
		cmocka_unit_test(test_a_dear_point_is_asked_less_often),
		cmocka_unit_test(test_a_point_that_is_too_dear_is_asked_once),
		cmocka_unit_test(test_a_failing_worker_costs_its_point),
		cmocka_unit_test(test_a_wrong_answer_costs_its_point),
		cmocka_unit_test(test_what_is_not_here_is_absent),
		cmocka_unit_test(
			test_much_memory_is_written_by_one_after_another),
		cmocka_unit_test(
			test_a_worker_is_not_waited_for_once_all_is_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
