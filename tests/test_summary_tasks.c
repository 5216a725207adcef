/* SPDX-License-Identifier: MIT */
/*
 * test_summary_tasks.c - tasks that meet and share in results.json, in tables
 * and in exports: what was found, who may compete, what an operation is.
 */
#include "summary_fixture.h"

#include "results/export_parts.h"

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

/* Six slices, in each of which `more` were found than in the one before. */
static void fill(size_t i, uint64_t ns, uint64_t found, uint64_t more)
{
	struct sy_slice *slice = made_slice(ns);

	slice->findings = sy_point_findings(&made.plan.points[i]);
	slice->found[0] = found;
	for (uint32_t round = 0; round < 6; round++) {
		made_put(&made.session.points[i], slice, round / 3, round);
		slice->found[0] += more;
	}
	free(slice);
}

static const json_t *group(size_t i)
{
	return json_array_get(json_object_get(made.results, "groups"), i);
}

static void make_locks(void)
{
	made_add(&made, "lock", "threads.lock", 1, -1);
	made_add(&made, "lock", "threads.none", 1, -1);
	made_add(&made, "lock", "pool.lock", 1, -1);
	made_begin(&made);
	fill(0, 100, 0, 0);
	fill(1, 10, 5, 10);
	fill(2, 200, 1, 0);
	made_sum_up(&made);
}

/* 5, 15 ... 55 of 6 slices of 1000 operations. */
static void test_sums_are_told_as_shares_too(void **state)
{
	const json_t *found;

	(void)state;
	make_locks();
	found = json_object_get(made_point(&made, 1), "findings");
	assert_near(number_in(found, "lost", NULL), 180);
	assert_near(number_in(found, "lost_share", NULL), 0.03);
	/* Where nothing was lost that is said. */
	found = json_object_get(made_point(&made, 0), "findings");
	assert_near(number_in(found, "lost", NULL) + 1, 1);
	assert_near(number_in(found, "lost_share", NULL) + 1, 1);
}

static void test_of_several_slices_the_most_is_told(void **state)
{
	const json_t *found;

	(void)state;
	made_add(&made, "gate", "threads", 1, -1);
	made_begin(&made);
	fill(0, 100, 51, (uint64_t)-10);
	made_sum_up(&made);
	found = json_object_get(made_point(&made, 0), "findings");
	assert_near(number_in(found, "most_inside", NULL), 51);
	assert_null(json_object_get(found, "most_inside_share"));
}

/* One group, in which the yardstick neither wins nor loses. */
static void test_a_reference_is_no_rival(void **state)
{
	const json_t *others;

	(void)state;
	make_locks();
	assert_int_equal(
		json_array_size(json_object_get(made.results, "groups")), 1);
	assert_string_equal(text_in(group(0), "best"), "threads.lock");
	others = json_object_get(group(0), "others");
	assert_int_equal(json_array_size(others), 1);
	assert_string_equal(text_in(json_array_get(others, 0), "row"),
	                    "pool.lock");
	assert_true(json_is_true(
		json_object_get(made_point(&made, 1), "reference")));
	assert_null(json_object_get(made_point(&made, 0), "reference"));
	assert_string_equal(text_in(made_point(&made, 1), "mechanism"), "none");
}

static void test_parameters_are_the_family_s_own(void **state)
{
	const json_t *params;

	(void)state;
	made_add(&made, "lock", "threads.lock", 1, -1);
	made_add(&made, "condition", "threads", 1, -1);
	made_add(&made, "timer", "threads", 1, -1);
	made_begin(&made);
	made.plan.points[0].load.inside_rounds = 12;
	made_sum_up(&made);
	params = json_object_get(made_point(&made, 0), "params");
	assert_near(number_in(params, "sections", NULL), 1000);
	assert_near(number_in(params, "inside_rounds", NULL), 12);
	assert_null(json_object_get(params, "wait_ns"));
	assert_null(json_object_get(params, "units"));
	assert_null(json_object_get(params, "server_pu"));
	params = json_object_get(made_point(&made, 1), "params");
	assert_near(number_in(params, "notify", NULL), 1);
	assert_null(json_object_get(params, "sections"));
	params = json_object_get(made_point(&made, 2), "params");
	assert_near(number_in(params, "wait_ns", NULL), 2e6);
}

/* As those of another tool: a share of the operations, no sum. */
static void test_counters_of_google_benchmark_have_them(void **state)
{
	const json_t *list, *entry;
	bool found = false;
	size_t i;

	(void)state;
	make_locks();
	list = json_object_get(made.results, "benchmarks");
	json_array_foreach ((json_t *)list, i, entry) {
		if (strcmp(text_in(entry, "run_name"),
		           made.plan.points[1].name) ||
		    strcmp(text_in(entry, "aggregate_name"), "median"))
			continue;
		assert_near(number_in(entry, "lost_share", NULL), 0.03);
		assert_null(json_object_get(entry, "lost"));
		found = true;
	}
	assert_true(found);
}

/* The table of the only section. */
static struct sy_table open_table(json_t **sections)
{
	struct sy_table table;

	*sections = sy_sections(made.results);
	assert_int_equal(json_object_size(*sections), 1);
	table = sy_table_of(
		json_object_iter_key(json_object_iter(*sections)),
		json_object_iter_value(json_object_iter(*sections)));
	assert_true(sy_table_next(&table, SY_COLUMNS_MAX));
	return table;
}

static void assert_shown(const struct sy_table *table, const char *row,
                         const char *key, const char *wanted)
{
	const json_t *cells = json_object_get(table->rows, row);
	char text[32];

	assert_string_equal(
		sy_format_finding(json_object_get(cells, table->told), key,
	                          text, sizeof(text)),
		wanted);
}

static void test_a_table_tells_what_was_found(void **state)
{
	struct sy_table table;
	const char *key;
	json_t *sections;
	char text[160];

	(void)state;
	make_locks();
	table = open_table(&sections);
	assert_string_equal(table.rate, "sections/s");
	assert_int_equal(table.ends, SY_ENDS_NOTHING);
	key = sy_finding_after(&table, NULL);
	assert_string_equal(key, "lost_share");
	assert_says(sy_finding_text(&table, key, text, sizeof(text)),
	            "lost, a share of all operations");
	assert_shown(&table, "threads.lock", key, "0");
	assert_shown(&table, "threads.none", key, "3%");
	assert_false(sy_finding_is_one(&table, key, text, sizeof(text)));
	/* The second one is 0 in all of them. */
	key = sy_finding_after(&table, key);
	assert_non_null(key);
	assert_true(sy_finding_is_one(&table, key, text, sizeof(text)));
	assert_string_equal(text, "0");
	assert_null(sy_finding_after(&table, key));
	json_decref(sections);
}

static void test_findings_are_short(void **state)
{
	static const struct {
		double value;
		const char *key, *text;
	} cases[] = {
		{ 0, "x_share", "0" },
		{ 1e-7, "x_share", "<.01%" },
		{ 0.0123, "x_share", "1.23%" },
		{ 0.1234, "x_share", "12.3%" },
		{ 0.9999, "x_share", ">99.9%" },
		{ 1, "x_share", "100%" },
		{ 2.5, "x_share", "2.50/op" },
		{ 0, "most", "0" },
		{ 7, "most", "7" },
		{ 9999, "most", "9999" },
		{ 123456, "most", "123.5k" },
		{ 1e300, "most", "-" },
	};
	char text[32];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		json_t *point = json_pack("{s{sf}}", "findings", cases[i].key,
		                          cases[i].value);

		sy_format_finding(point, cases[i].key, text, sizeof(text));
		json_decref(point);
		assert_string_equal(text, cases[i].text);
	}
	assert_string_equal(sy_format_finding(NULL, "x", text, sizeof(text)),
	                    "-");
}

/* Nothing but the number in flight stands across. */
static void test_latencies_are_shown_where_there_are_any(void **state)
{
	static const struct {
		const char *family, *row;
		enum sy_ends ends;
		const char *latency;
	} cases[] = {
		{ "cpu", "serial", SY_ENDS_EFFICIENCY, "latency" },
		{ "wait", "threads", SY_ENDS_LATENCY, "latency" },
		{ "timer", "threads", SY_ENDS_LATENCY, "lateness" },
		{ "event", "threads", SY_ENDS_NOTHING, "latency" },
		{ "share", "threads.array", SY_ENDS_NOTHING, "latency" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct sy_table table;
		json_t *sections;

		made_close(&made);
		made_open(&made);
		made_add(&made, cases[i].family, cases[i].row, 1, -1);
		made_begin(&made);
		made_sum_up(&made);
		table = open_table(&sections);
		assert_int_equal(table.ends, cases[i].ends);
		assert_string_equal(table.latency, cases[i].latency);
		json_decref(sections);
	}
}

/* All of a report on a run that is nowhere on disk. */
static char *exported(const struct sy_export_format *format)
{
	struct sy_export run = { .results = made.results, .dir = "/nowhere" };
	struct sy_reason reason;
	char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);

	assert_non_null(out);
	if (format->write(out, &run, &reason))
		fail_msg("%s", reason.text);
	fclose(out);
	return text;
}

static void test_exports_have_the_findings(void **state)
{
	char *text;

	(void)state;
	make_locks();
	text = exported(&sy_export_tsv);
	assert_says(text, "lost:180 lost_share:0.03");
	assert_says(text, "\tfindings\t");
	free(text);
	text = exported(&sy_export_csv);
	assert_says(text, ",lost:180 lost_share:0.03");
	free(text);
	text = exported(&sy_export_markdown);
	assert_says(text, "| sections/s at 64 in flight |");
	assert_says(text, "| `threads.none` (`ref`) |");
	assert_says(text, "`lost_share`: additions that were lost, a share");
	assert_says(text, "| `threads.lock` | 0 |");
	assert_says(text, "| `threads.none` | 3% |");
	assert_null(strstr(text, "latency"));
	free(text);
}

int main(void)
{
#define TEST(function)                                                         \
	cmocka_unit_test_setup_teardown(function, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_sums_are_told_as_shares_too),
		TEST(test_of_several_slices_the_most_is_told),
		TEST(test_a_reference_is_no_rival),
		TEST(test_parameters_are_the_family_s_own),
		TEST(test_counters_of_google_benchmark_have_them),
		TEST(test_a_table_tells_what_was_found),
		TEST(test_findings_are_short),
		TEST(test_latencies_are_shown_where_there_are_any),
		TEST(test_exports_have_the_findings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
