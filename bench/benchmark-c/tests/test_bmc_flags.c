/* SPDX-License-Identifier: MIT */
/*
 * Flags and variables that Google Benchmark ignores, misreads or exits for:
 * refused by name, in one sentence, with argv and the settings as they were.
 */
#include "fixture.h"

#include <ctype.h>
#include <locale.h>

static struct kept kept;

static const struct {
	const char *flag, *why;
} bad[] = {
	{ "--benchmark_min_time=0.5s",
	  "is not a number of seconds; give it without a unit, as in 0.5" },
	{ "--benchmark_min_time=10x",
	  "is a number of iterations; give seconds" },
	{ "--benchmark_min_time=", "is not a number of seconds; give it "
	                           "without a unit, as in 0.5" },
	{ "--benchmark_min_time", "needs a value: --benchmark_min_time=..." },
	{ "--benchmark_min_time=nan", "is not a number of seconds" },
	{ "--benchmark_min_time=inf", "is not a number of seconds" },
	{ "--benchmark_min_time=-1", "is not a number of seconds" },
	{ "--benchmark_min_time=1e999", "is not a number of seconds" },
	{ "--benchmark_min_time= 1", "is not a number of seconds" },
	{ "--benchmark_min_time=0,5", "is not a number of seconds" },
	{ "--benchmark_min_warmup_time=1s", "is not a number of seconds" },
	{ "--benchmark_repetitions=0",
	  "is not a whole number from 1 to 1000000" },
	{ "--benchmark_repetitions=-1", "is not a whole number" },
	{ "--benchmark_repetitions=3.5", "is not a whole number" },
	{ "--benchmark_repetitions=1000001", "is not a whole number" },
	{ "--benchmark_repetitions=99999999999999999999",
	  "is not a whole number" },
	{ "--benchmark_filter=", "is empty: it would choose every benchmark" },
	{ "--benchmark_filter", "needs a value: --benchmark_filter=..." },
	{ "--benchmark_filter=(", "is not a regular expression: " },
	{ "--benchmark_filter=a[", "is not a regular expression: " },
	{ "--benchmark_filter=*", "is not a regular expression: " },
	{ "--benchmark_filter=-(", "is not a regular expression: " },
	{ "--benchmark_format=nonsense", "is none of console json csv" },
	{ "--benchmark_format=", "is none of console json csv" },
	{ "--benchmark_out_format=xml", "is none of console json csv" },
	{ "--benchmark_out=", "names no file" },
	{ "--benchmark_color=purple",
	  "is none of true false yes no on off 1 0 auto" },
	{ "--benchmark_counters_tabular=maybe", "is none of true false" },
	{ "--benchmark_list_tests=x", "is none of true false" },
	{ "--benchmark_enable_random_interleaving=2", "is none of true" },
	{ "--benchmark_time_unit=h", "is none of ns us ms s" },
	{ "--benchmark_context=a", "is not a list of key=value" },
	{ "--benchmark_context==b", "is not a list of key=value" },
	{ "--benchmark_context=a=1,a=2", "has already: a" },
	{ "--benchmark_context=a=1,", "is not a list of key=value" },
	{ "--benchmark_context=num_cpus=1", "has already: num_cpus" },
	{ "--benchmark_context=a\"=1",
	  "has a key that has a quote or a backslash" },
	{ "--benchmark_perf_counters=CYCLES", "is not supported" },
	{ "--benchmark_fliter=x", "is not a flag of Google Benchmark" },
	{ "--benchmark_", "is not a flag of Google Benchmark" },
	{ "--benchmark_min_time_x=1", "is not a flag of Google Benchmark" },
};

static void test_wrong_flags_are_refused_by_name(void **state)
{
	char why[BMC_WHY_BYTES];

	(void)state;
	registered("a", good, NULL);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		char *argv[] = { "test", (char *)bad[i].flag, "rest", NULL };
		int argc = 3;
		assert_int_equal(bmc_read_flags(&argc, argv, why, sizeof why),
		                 -EINVAL);
		assert_int_equal(argc, 3);
		assert_ptr_equal(argv[1], bad[i].flag);
		assert_memory_equal(why, bad[i].flag, strlen(bad[i].flag));
		if (!strstr(why, bad[i].why))
			fail_msg("%s", why);
		/* What was set before still is: one quick iteration. */
		assert_int_equal(run_kept(&kept), 0);
		assert_int_equal(kept.rows[0].row.iterations, 1);
	}
}

static void test_what_is_ours_is_taken_out_of_argv(void **state)
{
	char *argv[] = { "test",    "run", QUICK,
		         "--other", "--",  "--benchmark_foo",
		         NULL };
	int argc = 6;

	(void)state;
	assert_int_equal(bmc_read_flags(&argc, argv, NULL, 0), 0);
	assert_int_equal(argc, 5);
	assert_string_equal(argv[1], "run");
	assert_string_equal(argv[2], "--other");
	assert_string_equal(argv[3], "--");
	assert_string_equal(argv[4], "--benchmark_foo");
	assert_null(argv[5]);
}

static void test_an_argv_that_is_none(void **state)
{
	char *argv[] = { NULL };
	int argc = 0;

	(void)state;
	assert_int_equal(bmc_read_flags(&argc, argv, NULL, 0), 0);
	assert_int_equal(bmc_read_flags(NULL, argv, NULL, 0), -EINVAL);
	assert_int_equal(bmc_read_flags(&argc, NULL, NULL, 0), -EINVAL);
	argc = -1;
	assert_int_equal(bmc_read_flags(&argc, argv, NULL, 0), -EINVAL);
}

static void test_a_sentence_is_one_line_of_text(void **state)
{
	char why[BMC_WHY_BYTES], small[15];
	char flag[2000] = "--benchmark_";

	(void)state;
	assert_int_equal(set_flags(why, "--benchmark_a\n\x1b[31m\xff", NULL),
	                 -EINVAL);
	assert_string_equal(why, "--benchmark_a\\x0a\\x1b[31m\\xff is not a "
	                         "flag of Google Benchmark");
	memset(flag + 12, 'x', sizeof flag - 13);
	flag[sizeof flag - 1] = '\0';
	assert_int_equal(set_flags(why, flag, NULL), -EINVAL);
	assert_non_null(strstr(why, "xxx... is not a flag"));
	char *argv[] = { "test", "--benchmark_f\xc3\xa4", NULL };
	int argc = 2;
	assert_int_equal(bmc_read_flags(&argc, argv, small, sizeof small),
	                 -EINVAL);
	/* The last character is not cut in two. */
	assert_string_equal(small, "--benchmark_f");
}

static void test_each_flag_is_heard(void **state)
{
	(void)state;
	registered("one/a", good, NULL);
	registered("two/b", good, NULL);
	assert_int_equal(set_flags(NULL, QUICK, "--benchmark_filter=^two",
	                           "--benchmark_repetitions=2",
	                           "--benchmark_report_aggregates_only=true",
	                           "--benchmark_time_unit=ms",
	                           "--benchmark_min_warmup_time=0.00001", NULL),
	                 0);
	assert_int_equal(run_kept(&kept), 0);
	assert_int_equal(kept.totals.benchmarks, 1);
	assert_int_equal(kept.totals.runs, 2);
	assert_string_equal(kept.rows[0].name, "two/b_mean");
	assert_int_equal(kept.rows[0].row.unit, BMC_MS);
}

static void test_a_negative_filter_chooses_the_others(void **state)
{
	(void)state;
	registered("one", good, NULL);
	registered("two", good, NULL);
	assert_int_equal(
		set_flags(NULL, QUICK, "--benchmark_filter=-one", NULL), 0);
	assert_int_equal(run_kept(&kept), 0);
	assert_int_equal(kept.count, 1);
	assert_string_equal(kept.rows[0].name, "two");
}

static void test_defaults_give_way_to_flags(void **state)
{
	char why[BMC_WHY_BYTES];

	(void)state;
	registered("one", good, NULL);
	registered("two", good, NULL);
	assert_int_equal(bmc_default_filter("one", why, sizeof why), 0);
	assert_int_equal(run_kept(&kept), 0);
	assert_string_equal(kept.rows[0].name, "one");
	assert_int_equal(set_flags(NULL, QUICK, "--benchmark_filter=two", NULL),
	                 0);
	assert_int_equal(run_kept(&kept), 0);
	assert_int_equal(kept.count, 1);
	assert_string_equal(kept.rows[0].name, "two");
	assert_int_equal(bmc_default_filter("(", why, sizeof why), -EINVAL);
	assert_non_null(strstr(why, "the filter ( is not a regular"));
	assert_int_equal(bmc_default_filter("", why, sizeof why), -EINVAL);
	assert_int_equal(bmc_default_filter(NULL, why, sizeof why), -EINVAL);
}

/* The order in which benchmarks were called, a letter each. */
static char order[256];

static void note(struct bmc_state *state, void *data)
{
	strncat(order, data, 1);
	good(state, NULL);
}

/* Whether all calls of one came before all of the other. */
static bool in_blocks(void)
{
	order[0] = '\0';
	assert_int_equal(run_kept(&kept), 0);
	assert_int_equal(strlen(order), 100);
	return strspn(order, "a") == 50 || strspn(order, "b") == 50;
}

static void test_interleaving_mixes_the_repetitions(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct bmc_benchmark *it =
			registered(i ? "b" : "a", note, i ? "b" : "a");
		assert_int_equal(bmc_iterations(it, 1), 0);
		assert_int_equal(bmc_repetitions(it, 50), 0);
	}
	assert_true(in_blocks());
	assert_int_equal(bmc_default_random_interleaving(true), 0);
	assert_false(in_blocks());
	assert_int_equal(
		set_flags(NULL, "--benchmark_enable_random_interleaving=false",
	                  NULL),
		0);
	assert_true(in_blocks());
	assert_int_equal(bmc_default_random_interleaving(false), 0);
	assert_int_equal(
		set_flags(NULL, "--benchmark_enable_random_interleaving", NULL),
		0);
	assert_false(in_blocks());
}

static void test_the_environment_is_checked_alike(void **state)
{
	char why[BMC_WHY_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		char name[128];
		const char *value = strchr(bad[i].flag, '=');
		if (!value || strstr(bad[i].why, "not a flag"))
			continue;
		snprintf(name, sizeof name, "%.*s",
		         (int)(value - bad[i].flag - 2), bad[i].flag + 2);
		for (char *letter = name; *letter; letter++)
			*letter = (char)toupper((unsigned char)*letter);
		setenv(name, value + 1, 1);
		assert_int_equal(set_flags(why, NULL), -EINVAL);
		assert_memory_equal(why, name, strlen(name));
		unsetenv(name);
	}
	setenv("BENCHMARK_CONTEXT", "good=1", 1);
	assert_int_equal(set_flags(why, NULL), -EINVAL);
	assert_non_null(strstr(why, "use --benchmark_context"));
	unsetenv("BENCHMARK_CONTEXT");
}

static void test_a_flag_wins_over_the_environment(void **state)
{
	(void)state;
	registered("one", good, NULL);
	registered("two", good, NULL);
	setenv("BENCHMARK_FILTER", "one", 1);
	setenv("BENCHMARK_SOMETHING_ELSE", "", 1);
	assert_int_equal(set_flags(NULL, QUICK, NULL), 0);
	assert_int_equal(run_kept(&kept), 0);
	assert_string_equal(kept.rows[0].name, "one");
	assert_int_equal(set_flags(NULL, QUICK, "--benchmark_filter=two", NULL),
	                 0);
	unsetenv("BENCHMARK_FILTER");
	assert_int_equal(run_kept(&kept), 0);
	assert_string_equal(kept.rows[0].name, "two");
}

static void test_numbers_do_not_depend_on_the_locale(void **state)
{
	static const char *const commas[] = { "de_DE.UTF-8", "fr_FR.UTF-8",
		                              "de_DE", "fr_FR" };
	bool found = false;

	(void)state;
	for (size_t i = 0; !found && i < 4; i++)
		found = setlocale(LC_ALL, commas[i]) != NULL;
	if (!found)
		skip();
	registered("a", good, NULL);
	assert_int_equal(set_flags(NULL, "--benchmark_min_time=0.001", NULL),
	                 0);
	assert_int_equal(run_kept(&kept), 0);
	assert_true(kept.rows[0].row.iterations > 1);
	setlocale(LC_ALL, "C");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_wrong_flags_are_refused_by_name,
		                       start_clean),
		cmocka_unit_test_setup(test_what_is_ours_is_taken_out_of_argv,
		                       start_clean),
		cmocka_unit_test_setup(test_an_argv_that_is_none, start_clean),
		cmocka_unit_test_setup(test_a_sentence_is_one_line_of_text,
		                       start_clean),
		cmocka_unit_test_setup(test_each_flag_is_heard, start_clean),
		cmocka_unit_test_setup(
			test_a_negative_filter_chooses_the_others, start_clean),
		cmocka_unit_test_setup(test_defaults_give_way_to_flags,
		                       start_clean),
		cmocka_unit_test_setup(test_interleaving_mixes_the_repetitions,
		                       start_clean),
		cmocka_unit_test_setup(test_the_environment_is_checked_alike,
		                       start_clean),
		cmocka_unit_test_setup(test_a_flag_wins_over_the_environment,
		                       start_clean),
		cmocka_unit_test_setup(test_numbers_do_not_depend_on_the_locale,
		                       start_clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
