/* SPDX-License-Identifier: MIT */
/* test_trend.c - runs are put in order, and changes of level are found. */
#include "trend_fixture.h"

#include "trend/history.h"

static void read_root(struct sy_trend *trend, const char *root)
{
	struct sy_reason reason = { "" };
	int error = sy_trend_read(trend, root, NULL, &reason);

	if (error)
		fail_msg("%d: %s", error, reason.text);
}

static void test_runs_are_in_the_order_of_time(void **state)
{
	struct sy_trend trend;
	const struct sy_trend_point *point;

	make_run(*state, &(struct made_run){ .folder = "a",
	                                     .day = 9,
	                                     .points = POINT("p", 9) });
	make_run(*state, &(struct made_run){ .folder = "b",
	                                     .day = 3,
	                                     .points = POINT("p", 3) });
	make_run(*state, &(struct made_run){ .folder = "c",
	                                     .day = 5,
	                                     .points = POINT("q", 5) });
	make_run(*state, &(struct made_run){
				 .folder = "d",
				 .day = 7,
				 .points = POINT("q", 8) ", " POINT("p", 7) });
	read_root(&trend, *state);
	assert_int_equal(trend.count, 1);
	assert_int_equal(trend.histories[0].run_count, 4);
	assert_string_equal(sy_trend_run_name(&trend.histories[0].runs[0]),
	                    "b");
	assert_string_equal(sy_trend_run_name(&trend.histories[0].runs[3]),
	                    "a");
	assert_int_equal(trend.histories[0].point_count, 2);
	point = &trend.histories[0].points[0];
	assert_string_equal(point->name, "p");
	assert_int_equal(point->count, 3);
	assert_int_equal(point->values[0].run, 0);
	assert_float_equal(point->values[0].ns.value, 3, 0);
	assert_int_equal(point->values[1].run, 2);
	assert_float_equal(point->values[1].ns.value, 7, 0);
	assert_int_equal(point->values[2].run, 3);
	assert_int_equal(trend.histories[0].points[1].values[0].run, 1);
	sy_trend_free(&trend);
}

/* A run began when its results were written, less what measuring took. */
static void test_time_is_that_of_the_results_else_of_the_name(void **state)
{
	struct sy_trend trend;
	char text[SY_DATE_BYTES];

	make_run_folder(*state, "20260102T030405Z-night");
	put_text(*state, "20260102T030405Z-night/results.json",
	         "{\"schema\": 1, \"points\": [" POINT("p", 1) "]}");
	make_run_folder(*state, "20200102T030405Z-renamed");
	put_text(*state, "20200102T030405Z-renamed/results.json",
	         "{\"schema\": 1, \"wall_ns\": 90000000000, \"context\": "
	         "{\"date\": \"2026-01-05T00:01:00Z\"}, \"points\": []}");
	read_root(&trend, *state);
	assert_int_equal(trend.histories[0].run_count, 2);
	assert_string_equal(
		sy_trend_run_stamp(&trend.histories[0].runs[0], text),
		"2026-01-02T03:04:05Z");
	assert_string_equal(sy_trend_run_label(&trend.histories[0].runs[0]),
	                    "night");
	assert_string_equal(
		sy_trend_run_stamp(&trend.histories[0].runs[1], text),
		"2026-01-04T23:59:30Z");
	sy_trend_free(&trend);
}

static void link_to(const char *root, const char *target, const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", root, name);
	assert_int_equal(symlink(target, path), 0);
}

static void test_run_counts_once(void **state)
{
	struct sy_trend trend;

	make_run_folder(*state, "machine");
	make_run(*state,
	         &(struct made_run){ .folder = "machine/r1", .day = 1 });
	make_run(*state,
	         &(struct made_run){ .folder = "machine/r2", .day = 2 });
	/* A copy has the same time to the nanosecond. */
	make_run(*state,
	         &(struct made_run){ .folder = "machine/r3", .day = 2 });
	link_to(*state, "machine/r2", "latest");
	link_to(*state, "machine", "again");
	link_to(*state, ".", "loop");
	link_to(*state, "..", "machine/up");
	link_to(*state, "none", "dangling");
	/* One that has not ended has no time by which it could be told. */
	make_run_folder(*state, "machine/running");
	put_text(*state, "machine/running/samples.jsonl", "");
	link_to(*state, "machine/running", "begun");
	read_root(&trend, *state);
	assert_int_equal(trend.without_results, 1);
	assert_int_equal(trend.count, 1);
	assert_int_equal(trend.histories[0].run_count, 2);
	assert_int_equal(trend.histories[0].points[0].count, 2);
	assert_string_equal(sy_trend_run_name(&trend.histories[0].runs[1]),
	                    "r2");
	sy_trend_free(&trend);
}

static void test_machines_and_builds_are_never_mixed(void **state)
{
	struct sy_trend trend;

	make_run(*state, &(struct made_run){ .folder = "1", .day = 1 });
	make_run(*state,
	         &(struct made_run){ .folder = "2", .day = 2, .machine = "b" });
	make_run(*state, &(struct made_run){
				 .folder = "3", .day = 3, .build = "Debug" });
	make_run(*state, &(struct made_run){ .folder = "4", .day = 4 });
	read_root(&trend, *state);
	assert_int_equal(trend.count, 3);
	assert_string_equal(trend.histories[0].build_type, "Debug");
	assert_string_equal(trend.histories[1].build_type, "Release");
	assert_int_equal(trend.histories[1].run_count, 2);
	assert_string_equal(trend.histories[2].machine_id, "b");
	sy_trend_free(&trend);
}

static void test_damaged_runs_are_skipped_and_named(void **state)
{
	static const struct {
		const char *results, *why;
	} damaged[] = {
		{ "", "line 1" },
		{ "{\"schema\": 1, \"points\": [", "line 1" },
		{ "{\"schema\": 2, \"points\": []}", "use a newer" },
		{ "{\"points\": []}", "no schema" },
		{ "[]", "expected" },
		{ "{\"schema\": 1}", "no list of points" },
		{ "{\"schema\": 1, \"points\": [{}]}", "has no name" },
		{ "{\"schema\": 1, \"points\": [NaN]}", "line 1" },
		{ "{\"schema\": 1, \"points\": [1e999]}", "line 1" },
		{ "{\"schema\": 1, \"points\": [], \"points\": []}",
		  "duplicate" },
		{ "{\"schema\": 1, \"points\": []}", "when it was measured" },
		{ "{\"schema\": 1, \"points\": [" POINT("p", 1) ", " POINT(
			  "p", 2) "]}",
		  "two points have the name p" },
		{ "{\"schema\": 1, \"points\": [" POINT("p", 0) "]}",
		  "no estimate" },
		{ "{\"schema\": 1, \"points\": [{\"name\": \"p\", \"state\": "
		  "\"measured\", \"ns_per_op\": {\"value\": 5, \"low\": 6, "
		  "\"high\": 7}}]}",
		  "no estimate" },
	};
	const size_t count = sizeof(damaged) / sizeof(damaged[0]);
	struct sy_trend trend;
	char name[64];

	for (size_t i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "d%02zu", i);
		make_run_folder(*state, name);
		snprintf(name, sizeof(name), "d%02zu/results.json", i);
		put_text(*state, name, damaged[i].results);
	}
	make_run(*state, &(struct made_run){ .folder = "good", .day = 1 });
	make_run(*state, &(struct made_run){ .folder = "half", .day = 2 });
	put_text(*state, "half/machine.json", "{\"build\"");
	make_run_folder(*state, "running");
	put_text(*state, "running/samples.jsonl", "");
	make_run_folder(*state, "other");
	read_root(&trend, *state);
	assert_int_equal(trend.without_results, 1);
	assert_int_equal(trend.histories[0].run_count, 1);
	assert_int_equal(trend.skipped_count, count + 1);
	for (size_t i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "/d%02zu", i);
		if (!strstr(trend.skipped[i], name) ||
		    !strstr(trend.skipped[i], damaged[i].why))
			fail_msg("not about %s, %s: %s", name, damaged[i].why,
			         trend.skipped[i]);
	}
	assert_non_null(strstr(trend.skipped[count], "half/machine.json"));
	sy_trend_free(&trend);
}

static void test_what_is_no_history_is_refused(void **state)
{
	struct sy_trend trend;
	struct sy_reason reason;
	char path[512];

	assert_int_equal(sy_trend_read(&trend, *state, NULL, &reason),
	                 -ENODATA);
	sy_trend_free(&trend);
	make_run(*state, &(struct made_run){ .folder = "r", .day = 1 });
	snprintf(path, sizeof(path), "%s/r", (char *)*state);
	assert_int_equal(sy_trend_read(&trend, path, NULL, &reason), -ENOTDIR);
	assert_non_null(strstr(reason.text, "is one run"));
	sy_trend_free(&trend);
	snprintf(path, sizeof(path), "%s/none", (char *)*state);
	assert_int_equal(sy_trend_read(&trend, path, NULL, &reason), -ENOENT);
	sy_trend_free(&trend);
}

static void test_filter_chooses_points(void **state)
{
	struct sy_trend trend;
	struct sy_reason reason;
	regex_t filter;

	make_run(*state,
	         &(struct made_run){
			 .folder = "r",
			 .day = 1,
			 .points = POINT("cpu/a", 1) ", " POINT("io/a", 2) });
	assert_int_equal(regcomp(&filter, "^io", REG_EXTENDED | REG_NOSUB), 0);
	assert_int_equal(sy_trend_read(&trend, *state, &filter, &reason), 0);
	assert_int_equal(trend.histories[0].point_count, 1);
	assert_string_equal(trend.histories[0].points[0].name, "io/a");
	sy_trend_free(&trend);
	regfree(&filter);
}

/* ---- changes ---- */

static void fill(struct sy_trend_point *point, size_t runs, size_t at,
                 double factor, uint64_t seed)
{
	for (size_t i = 0; i < runs; i++)
		add_value(point, 1000 * (i < at ? 1 : factor) *
		                         (1 + made_noise(&seed)));
}

static void test_shift_is_found_where_it_is(void **state)
{
	struct sy_history *history = made_history(40, 3);
	const struct sy_trend_point **changed;
	size_t count, counts[4];

	(void)state;
	fill(&history->points[0], 40, 40, 1, 1);
	fill(&history->points[1], 40, 25, 1.1, 2);
	fill(&history->points[2], 40, 30, 0.8, 3);
	assert_int_equal(sy_trend_find(history, 1), 0);
	changed = sy_trend_changed(history, &count);
	assert_int_equal(count, 2);
	/* The newest first. */
	assert_ptr_equal(changed[0], &history->points[2]);
	assert_int_equal(changed[0]->changes[0].at, 30);
	assert_int_equal(changed[1]->change_count, 1);
	assert_int_equal(changed[1]->changes[0].at, 25);
	assert_float_equal(sy_trend_ratio(&changed[1]->changes[0]), 1.1, 0.02);
	assert_float_equal(changed[1]->changes[0].before, 1000, 15);
	sy_trend_count(history, counts);
	assert_int_equal(counts[SY_TREND_STEADY], 1);
	assert_int_equal(counts[SY_TREND_CHANGED], 2);
	free(changed);
	free_made(history);
}

/* Of nothing that changes, in 100 histories of 12 points, one at most may show
   a change on average: three are very unlikely, and seeds make it certain. */
static void test_nothing_is_found_where_nothing_changed(void **state)
{
	size_t found = 0;

	(void)state;
	for (uint64_t seed = 0; seed < 100; seed++) {
		struct sy_history *history = made_history(30, 12);

		for (size_t i = 0; i < 12; i++)
			fill(&history->points[i], 30, 30, 1, seed * 100 + i);
		assert_int_equal(sy_trend_find(history, seed), 0);
		for (size_t i = 0; i < 12; i++)
			found += history->points[i].change_count > 0;
		free_made(history);
	}
	assert_true(found <= 3);
}

static void test_fewest_runs_are_enough_for_a_large_shift(void **state)
{
	(void)state;
	for (size_t points = 1; points <= 200; points += 66) {
		struct sy_history *history = made_history(40, points);
		size_t fewest;

		for (size_t i = 0; i < points; i++)
			fill(&history->points[i], 40, 40, 1, i + 7);
		assert_int_equal(sy_trend_find(history, 1), 0);
		fewest = history->fewest;
		free_made(history);
		history = made_history(40, points);
		fill(&history->points[0], fewest, fewest / 2, 3, 5);
		for (size_t i = 1; i < points; i++)
			fill(&history->points[i], 40, 40, 1, i + 7);
		assert_int_equal(sy_trend_find(history, 1), 0);
		assert_int_equal(history->fewest, fewest);
		assert_int_equal(history->points[0].change_count, 1);
		assert_int_equal(history->points[0].changes[0].at, fewest / 2);
		history->points[0].count = fewest - 1;
		free(history->points[0].changes);
		history->points[0].changes = NULL;
		history->points[0].change_count = 0;
		assert_int_equal(
			sy_trend_state_of(history, &history->points[0]),
			SY_TREND_TOO_FEW);
		free_made(history);
	}
}

static void test_small_change_is_counted_and_no_news(void **state)
{
	struct sy_history *history = made_history(60, 1);

	(void)state;
	fill(&history->points[0], 60, 30, 1.025, 11);
	assert_int_equal(sy_trend_find(history, 1), 0);
	assert_int_equal(history->points[0].change_count, 1);
	assert_null(sy_trend_newest(&history->points[0]));
	assert_int_equal(sy_trend_state_of(history, &history->points[0]),
	                 SY_TREND_SMALL);
	free_made(history);
}

static void test_one_bad_run_is_no_level(void **state)
{
	struct sy_history *history = made_history(40, 1);

	(void)state;
	fill(&history->points[0], 40, 40, 1, 4);
	history->points[0].values[20].ns.value *= 50;
	history->points[0].values[39].ns.value *= 3;
	assert_int_equal(sy_trend_find(history, 1), 0);
	assert_int_equal(history->points[0].change_count, 0);
	free_made(history);
}

static void test_newest_of_a_long_history_are_looked_at(void **state)
{
	struct sy_history *history = made_history(SY_TREND_MOST + 50, 1);

	(void)state;
	fill(&history->points[0], SY_TREND_MOST + 50, 50, 2, 4);
	assert_int_equal(sy_trend_find(history, 1), 0);
	assert_int_equal(history->points[0].first, 50);
	assert_int_equal(history->points[0].change_count, 0);
	free_made(history);
}

static void test_same_seed_same_changes(void **state)
{
	double p[2];

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct sy_history *history = made_history(24, 1);

		fill(&history->points[0], 24, 12, 1.012, 77);
		assert_int_equal(sy_trend_find(history, 5), 0);
		p[i] = history->points[0].change_count
		               ? history->points[0].changes[0].p
		               : 1;
		free_made(history);
	}
	assert_float_equal(p[0], p[1], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_ROOT(test_runs_are_in_the_order_of_time),
		IN_ROOT(test_time_is_that_of_the_results_else_of_the_name),
		IN_ROOT(test_run_counts_once),
		IN_ROOT(test_machines_and_builds_are_never_mixed),
		IN_ROOT(test_damaged_runs_are_skipped_and_named),
		IN_ROOT(test_what_is_no_history_is_refused),
		IN_ROOT(test_filter_chooses_points),
		cmocka_unit_test(test_shift_is_found_where_it_is),
		cmocka_unit_test(test_nothing_is_found_where_nothing_changed),
		cmocka_unit_test(test_fewest_runs_are_enough_for_a_large_shift),
		cmocka_unit_test(test_small_change_is_counted_and_no_news),
		cmocka_unit_test(test_one_bad_run_is_no_level),
		cmocka_unit_test(test_newest_of_a_long_history_are_looked_at),
		cmocka_unit_test(test_same_seed_same_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
