/* SPDX-License-Identifier: MIT */
/*
 * test_regression_study.c - the study of the rule, on recordings that are made
 * with slowdowns that are known.
 */
#include "regression_fixture.h"

static struct sy_tallied *tally(struct study *s, bool noisy)
{
	struct sy_recordings recordings;
	struct sy_tallied *tallied = calloc(1, sizeof(*tallied));
	struct sy_reason reason;

	assert_non_null(tallied);
	if (sy_recordings_read(s->folder, &recordings, &reason))
		fail_msg("%s", reason.text);
	assert_int_equal(sy_regression_tally(&recordings, noisy, tallied), 0);
	sy_recordings_free(&recordings);
	return tallied;
}

static void done(struct sy_tallied *tallied)
{
	sy_tallied_free(tallied);
	free(tallied);
}

static void assert_share(const struct sy_share *share, size_t found,
                         size_t tried)
{
	if (share->found != found || share->tried != tried)
		fail_msg("%zu of %zu, and not %zu of %zu", share->found,
		         share->tried, found, tried);
}

/* What is found. */

static void test_a_known_slowdown_is_found(void **state)
{
	struct study *s = *state;
	struct sy_tallied *t;
	double median;

	write_made(s, (struct made){ .file = "extra-05-01.json",
	                             .points = 5,
	                             .percent = 5 });
	write_made(s, (struct made){ .file = "extra-02-01.json",
	                             .points = 5,
	                             .percent = 2 });
	write_made(s, (struct made){ .file = "aa-01.json", .points = 6 });
	t = tally(s, false);
	/* 8 s a point are one window of 4 s a side, or two, or four. */
	for (int l = 0; l < SY_LENGTHS; l++) {
		size_t windows = 4u >> l;

		assert_share(&t->benchmarks[SY_RULE_OURS][l][2], 5 * windows,
		             5 * windows);
		assert_share(&t->benchmarks[SY_RULE_OURS][l][1], 0,
		             5 * windows);
		assert_share(&t->benchmarks[SY_RULE_OURS][l][0], 0,
		             6 * windows);
		assert_share(&t->suites[SY_RULE_OURS][l], 0, windows);
		assert_share(&t->points[3][l][2], windows, windows);
		assert_int_equal(t->all_ratios[l][2].count, 5 * windows);
		/* Two per cent that are sure are no slowdown that matters,
		   but those that know no floor call it one. */
		assert_share(&t->benchmarks[SY_RULE_SIGNED_RANK][l][1],
		             5 * windows, 5 * windows);
		assert_share(&t->benchmarks[SY_RULE_MANN_WHITNEY][l][2],
		             5 * windows, 5 * windows);
		assert_share(&t->benchmarks[SY_RULE_LEAST][l][2], 5 * windows,
		             5 * windows);
		assert_share(&t->benchmarks[SY_RULE_LEAST][l][1], 0,
		             5 * windows);
	}
	assert_int_equal(t->name_count, 5);
	assert_int_equal(sy_median(t->all_ratios[2][2].values, 5, &median), 0);
	assert_true(fabs(median - 1.05) < 0.002);
	assert_int_equal(t->walls.count, 1);
	assert_int_equal(t->note_bytes, 0);
	done(t);
}

/* Half of the repeats were slower by what was performed and half were not, so
   half is found. */
static void test_a_share_is_of_all_that_was_tried(void **state)
{
	struct study *s = *state;
	struct sy_tallied *t;

	for (int i = 1; i <= 4; i++) {
		char file[32];

		snprintf(file, sizeof(file), "extra-10-%02d.json", i);
		write_made(s, (struct made){ .file = file,
		                             .points = 2,
		                             .percent = 10,
		                             .slower = i % 2 ? 1.1 : 1.01 });
	}
	t = tally(s, false);
	assert_share(&t->benchmarks[SY_RULE_OURS][1][3], 8, 16);
	assert_share(&t->benchmarks[SY_RULE_OURS][2][3], 4, 8);
	assert_share(&t->points[1][2][3], 2, 4);
	done(t);
}

/* A false alarm is one of its benchmark, of its suite, and is named. */
static void test_a_false_alarm_is_counted_and_named(void **state)
{
	struct study *s = *state;
	struct sy_tallied *t;

	write_made(s, (struct made){ .file = "aa-01.json", .points = 3 });
	write_made(s, (struct made){ .file = "aa-02.json",
	                             .points = 3,
	                             .slower = 1.04 });
	t = tally(s, false);
	assert_share(&t->benchmarks[SY_RULE_OURS][2][0], 3, 6);
	assert_share(&t->suites[SY_RULE_OURS][2], 1, 2);
	assert_share(&t->suites[SY_RULE_OURS][1], 2, 4);
	assert_share(&t->suites[SY_RULE_STOPPED][1], 2, 4);
	assert_share(&t->suites[SY_RULE_SIGNED_RANK][2], 1, 2);
	assert_non_null(strstr(t->notes, "aa-02.json"));
	assert_null(strstr(t->notes, "aa-01.json"));
	done(t);
}

/* What drifts from one recording to the next misleads what was stored, and
   nothing that is interleaved. */
static void test_drift_misleads_what_is_stored(void **state)
{
	struct study *s = *state;
	struct sy_tallied *t;

	write_made(s, (struct made){ .file = "aa-01.json", .points = 4 });
	write_made(s, (struct made){ .file = "aa-02.json",
	                             .points = 4,
	                             .drift = 1.1 });
	write_made(s, (struct made){ .file = "aa-03.json",
	                             .points = 4,
	                             .drift = 1.1 });
	t = tally(s, false);
	/* The first has nothing before it. */
	assert_share(&t->benchmarks[SY_RULE_STORED_MEANS][2][0], 4, 8);
	assert_share(&t->suites[SY_RULE_STORED_MEANS][2], 1, 2);
	assert_true(t->benchmarks[SY_RULE_STORED_RANKS][2][0].found >= 4);
	assert_int_equal(t->benchmarks[SY_RULE_STORED_RANKS][2][0].tried, 8);
	assert_share(&t->suites[SY_RULE_OURS][2], 0, 3);
	done(t);
}

/* As many as there are tests, so that one point with more work is one of
   them. */
static void test_a_family_has_the_gates_of_a_suite(void **state)
{
	struct study *s = *state;
	struct sy_tallied *t;

	write_made(s, (struct made){ .file = "aa-01.json", .points = 2 });
	t = tally(s, false);
	assert_int_equal(t->family, 24);
	done(t);
	write_made(s, (struct made){ .file = "aa-01.json", .points = 30 });
	t = tally(s, false);
	assert_int_equal(t->family, 30);
	done(t);
}

/* So many pairs of one point, every one with NEW slower by a tenth. */
static struct sy_window tenth_slower(struct sy_pair *pairs, size_t count)
{
	for (size_t i = 0; i < count; i++)
		pairs[i] = (struct sy_pair){
			.operations = 1,
			.elapsed_ns = { 1000 + i, 1100 + 2 * i },
		};
	return (struct sy_window){ .pairs = pairs, .count = count };
}

/* Eight pairs in a row have a chance of 1 in 256: enough for one gate alone,
   and not for one of a suite. */
static void test_a_window_is_one_of_a_suite(void **state)
{
	struct sy_pair pairs[16];
	struct sy_window eight = tenth_slower(pairs, 8), more;
	struct sy_finding_gate gate;
	struct sy_comparison of;

	(void)state;
	sy_comparison_init(&of);
	assert_int_equal(sy_rule_ours(&of, &eight, 8, 1, &gate), 0);
	assert_int_equal(gate.change, SY_CHANGE_SLOWER);
	assert_int_equal(sy_rule_ours(&of, &eight, 8, 24, &gate), 0);
	assert_int_equal(gate.change, SY_CHANGE_NOISY);
	more = tenth_slower(pairs, 16);
	assert_int_equal(sy_rule_ours(&of, &more, 16, 24, &gate), 0);
	assert_int_equal(gate.change, SY_CHANGE_SLOWER);
	of.spread = 0.05;
	assert_int_equal(sy_rule_ours(&of, &more, 16, 24, &gate), 0);
	assert_int_equal(gate.change, SY_CHANGE_NOISY);
	assert_int_equal(sy_rule_ours(&of, &more, 4, 24, &gate), -ENODATA);
	sy_comparison_free(&of);
}

/* Both ways: of five pairs in a row the chance is 1 in 16, of six 1 in 32. */
static void test_rivals_ask_both_ways(void **state)
{
	struct sy_pair pairs[10];
	struct sy_window five = tenth_slower(pairs, 5), six;
	bool slower;

	(void)state;
	assert_int_equal(
		sy_rule_rival(SY_RULE_SIGNED_RANK, &five, NULL, &slower), 0);
	assert_false(slower);
	six = tenth_slower(pairs, 6);
	assert_int_equal(
		sy_rule_rival(SY_RULE_SIGNED_RANK, &six, NULL, &slower), 0);
	assert_true(slower);
	assert_int_equal(
		sy_rule_rival(SY_RULE_STORED_MEANS, &six, NULL, &slower),
		-ENODATA);
	assert_int_equal(
		sy_rule_rival(SY_RULE_STORED_RANKS, &six, &six, &slower),
		-ENODATA);
	/* What is faster is not slower, by any of them. */
	for (size_t i = 0; i < 10; i++)
		pairs[i] = (struct sy_pair){
			.operations = 1,
			.elapsed_ns = { 1100 + 2 * i, 1000 + i },
		};
	six.count = 10;
	for (enum sy_ruled_by rule = SY_RULE_SIGNED_RANK; rule < SY_RULES;
	     rule++) {
		assert_int_equal(sy_rule_rival(rule, &six, &six, &slower), 0);
		assert_false(slower);
	}
}

/* The stop takes pairs away and none of the answers. */
static void test_a_narrow_interval_stops(void **state)
{
	struct study *s = *state;
	struct sy_tallied *t;

	write_made(s, (struct made){ .file = "aa-01.json", .points = 2 });
	t = tally(s, false);
	assert_int_equal(t->kept[2].count, 2);
	assert_true(t->kept[2].values[0] < 1);
	assert_true(t->kept[2].values[0] >= (double)SY_SETS_TESTED / VISITS);
	assert_share(&t->suites[SY_RULE_STOPPED][2], 0, 1);
	done(t);
}

static void test_noisy_recordings_are_apart(void **state)
{
	struct study *s = *state;
	struct sy_tallied *t;
	struct sy_recordings recordings;
	struct sy_reason reason;

	write_made(s, (struct made){ .file = "aa-01.json", .points = 2 });
	write_made(s, (struct made){ .file = "aa-02.json",
	                             .points = 2,
	                             .slower = 1.1,
	                             .noisy = true });
	write_made(s, (struct made){ .file = "aa-01.noisy1.json",
	                             .points = 2,
	                             .slower = 1.1,
	                             .noisy = true });
	write_made(s, (struct made){ .file = "burner-01.json",
	                             .points = 2,
	                             .slower = 1.1,
	                             .noisy = true });
	write_made(s,
	           (struct made){ .file = "aa-03.noisy1.json", .points = 2 });
	t = tally(s, false);
	assert_share(&t->suites[SY_RULE_OURS][2], 0, 1);
	done(t);
	t = tally(s, true);
	assert_share(&t->suites[SY_RULE_OURS][2], 2, 2);
	done(t);
	assert_int_equal(sy_recordings_read(s->folder, &recordings, &reason),
	                 0);
	assert_int_equal(recordings.count, 5);
	assert_string_equal(recordings.items[1].file, "aa-01.noisy1.json");
	assert_int_equal(recordings.items[1].aside, 1);
	sy_recordings_free(&recordings);
}

/* The report. */

static char *verdicts(struct study *s)
{
	struct sy_recordings recordings;
	struct sy_reason reason;
	struct sy_tallied *quiet = tally(s, false), *noisy = tally(s, true);
	struct sy_regression_report report = { &recordings, quiet, noisy };
	char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);

	assert_int_equal(sy_recordings_read(s->folder, &recordings, &reason),
	                 0);
	sy_regression_markdown(out, &report);
	sy_regression_tsv(out, &report);
	assert_int_equal(fclose(out), 0);
	sy_recordings_free(&recordings);
	done(quiet);
	done(noisy);
	return text;
}

static void test_what_was_not_recorded_is_not_reached(void **state)
{
	struct study *s = *state;
	char *text;

	write_made(s, (struct made){ .file = "extra-05-01.json",
	                             .points = 2,
	                             .percent = 5 });
	/* Too few to say that there is none. */
	write_made(s, (struct made){ .file = "aa-01.json", .points = 2 });
	text = verdicts(s);
	assert_told(text, "5 % found at least 99 % at 4 s a side: reached (2 "
	                  "of 2, 100.0 %");
	assert_told(text, "10 % found at least 99 % at 2 s a side: **not "
	                  "reached** (not recorded)");
	assert_told(text, "at 2 s a side: **not reached** (not recorded)");
	assert_told(text, "2 s a side: **not reached** (0 of 2, 0.0 %");
	assert_told(text, "every PU: **not reached** (not recorded)");
	assert_told(text, "192 s at 4 s a side: **not reached** (not "
	                  "recorded)");
	free(text);
}

static void test_figures_are_reached_or_not(void **state)
{
	struct study *s = *state;
	char *text;

	write_made(s, (struct made){ .file = "burner-01.json",
	                             .points = 1,
	                             .noisy = true });
	write_made(s, (struct made){ .file = "long-01.json", .points = 1 });
	for (int i = 1; i <= 30; i++) {
		char file[32];

		snprintf(file, sizeof(file), "aa-%02d.json", i);
		write_made(s, (struct made){ .file = file, .points = 1 });
	}
	text = verdicts(s);
	assert_told(text, "every PU: reached (spread ");
	assert_told(text, "192 s at 4 s a side: reached (8.9 s)");
	/* Each is two suites of 2 s a side. */
	assert_told(text, "the same at 2 s a side: reached (0 of 62, 0.0 %, "
	                  "interval 0.0 to 5.8 %)");
	free(text);
	write_made(s, (struct made){ .file = "aa-31.json",
	                             .points = 1,
	                             .slower = 1.1 });
	text = verdicts(s);
	assert_told(text, "the same at 2 s a side: **not reached** (2 of 64");
	free(text);
}

/* Against scipy 1.10.1: beta.ppf(.025, k, n-k+1), beta.ppf(.975, k+1, n-k). */
static void assert_bounds(size_t found, size_t tried, double low, double high)
{
	const struct sy_share share = { tried, found };
	struct sy_estimate e;

	sy_share_bounds(&share, &e);
	assert_true(fabs(e.low - low) < 1e-7);
	assert_true(fabs(e.high - high) < 1e-7);
	assert_true(tried ? e.value == (double)found / (double)tried
	                  : isnan(e.value));
}

static void test_bounds_of_shares_are_exact(void **state)
{
	(void)state;
	assert_bounds(0, 30, 0, 0.11570331);
	assert_bounds(1, 30, 0.00084357, 0.17216946);
	assert_bounds(15, 30, 0.31297029, 0.68702971);
	assert_bounds(30, 30, 0.88429669, 1);
	assert_bounds(0, 720, 0, 0.00511034);
	assert_bounds(37, 400, 0.06596594, 0.12524331);
	assert_bounds(399, 400, 0.98615023, 0.99993671);
	assert_bounds(0, 1, 0, 0.975);
	assert_bounds(0, 0, 0, 1);
}

/* Against scipy 1.10.1: mannwhitneyu(second, first, method='asymptotic'). */
static void assert_ranks(const double *first, size_t first_count,
                         const double *second, size_t second_count, double p,
                         bool larger)
{
	double found;
	bool is_larger;

	assert_int_equal(sy_mann_whitney(first, first_count, second,
	                                 second_count, &found, &is_larger),
	                 0);
	assert_true(fabs(found - p) < 1e-9);
	assert_int_equal(is_larger, larger);
}

static void test_ranks_are_as_elsewhere(void **state)
{
	const double a[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };
	const double b[] = {
		3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5, 10.5, 11.5, 12.5
	};
	const double c[] = { 1, 2, 2, 3, 3, 3, 4 }, d[] = { 2, 3, 4, 4, 5 };
	double p;
	bool larger;

	(void)state;
	assert_ranks(a, 10, b, 10, 0.1041098897, true);
	assert_ranks(b, 10, a, 10, 0.1041098897, false);
	assert_ranks(c, 7, d, 5, 0.1538683947, true);
	assert_ranks(a + 4, 3, a, 4, 0.0518299272, false);
	assert_ranks(a, 2, a, 2, 1, false);
	assert_int_equal(sy_mann_whitney(a, 0, b, 1, &p, &larger), -EINVAL);
}

/* Windows. */

static void test_windows_are_whole_visits_that_fit(void **state)
{
	struct study *s = *state;
	struct sy_recording r;
	struct sy_reason reason;
	struct sy_windows windows;

	write_made(s, (struct made){ .file = "aa-01.json", .points = 3 });
	assert_int_equal(sy_recording_read(s->fd, "aa-01.json", &r, &reason),
	                 0);
	/* 8 s a point, as the budget was: all of it. */
	assert_int_equal(sy_windows_cut(&r.comparison, 8 * SECOND, &windows),
	                 0);
	assert_int_equal(windows.count, 3);
	assert_int_equal(windows.items[1].count, VISITS * ROUNDS);
	free(windows.items);
	/* Also where it took longer than it was to. */
	r.comparison.budget_ns = 3 * 7 * SECOND;
	assert_int_equal(sy_windows_cut(&r.comparison, 7 * SECOND, &windows),
	                 0);
	assert_int_equal(windows.count, 3);
	assert_int_equal(windows.items[2].count, VISITS * ROUNDS);
	free(windows.items);
	/* And where that was less than three quarters of it. */
	r.comparison.budget_ns = 3 * 11 * SECOND;
	assert_int_equal(sy_windows_cut(&r.comparison, 11 * SECOND, &windows),
	                 0);
	assert_int_equal(windows.count, 3);
	free(windows.items);
	/* Nine visits of 0.395 s fit, and ten do not. */
	assert_int_equal(
		sy_windows_cut(&r.comparison, 36 * SECOND / 10, &windows), 0);
	assert_int_equal(windows.count, 6);
	for (size_t i = 0; i < windows.count; i++) {
		const struct sy_window *w = &windows.items[i];

		assert_int_equal(w->count, 9 * ROUNDS);
		assert_int_equal(w->nth, i % 2);
		assert_int_equal(w->point, i / 2);
		assert_in_range(w->wall_ns, 32 * SECOND / 10, 36 * SECOND / 10);
		assert_int_equal(w->pairs[0].set, 9 * (i % 2));
	}
	assert_ptr_equal(sy_window_find(&windows, 2, 1), &windows.items[5]);
	assert_null(sy_window_find(&windows, 2, 2));
	assert_null(sy_window_find(&windows, 3, 0));
	free(windows.items);
	/* What is too short for three quarters of a window is none. */
	assert_int_equal(sy_windows_cut(&r.comparison, 20 * SECOND, &windows),
	                 0);
	assert_int_equal(windows.count, 0);
	free(windows.items);
	sy_recording_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define HERE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
		HERE(test_a_known_slowdown_is_found),
		HERE(test_a_share_is_of_all_that_was_tried),
		HERE(test_a_false_alarm_is_counted_and_named),
		HERE(test_drift_misleads_what_is_stored),
		HERE(test_a_family_has_the_gates_of_a_suite),
		HERE(test_a_window_is_one_of_a_suite),
		HERE(test_rivals_ask_both_ways),
		HERE(test_a_narrow_interval_stops),
		HERE(test_noisy_recordings_are_apart),
		HERE(test_what_was_not_recorded_is_not_reached),
		HERE(test_figures_are_reached_or_not),
		HERE(test_bounds_of_shares_are_exact),
		HERE(test_ranks_are_as_elsewhere),
		HERE(test_windows_are_whole_visits_that_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
