/* SPDX-License-Identifier: MIT */
/*
 * test_journal_refused.c - whatever no driver writes is refused with its line.
 */
#include "journal_fixture.h"

/* With `other` for line `changed`, that line is refused. */
static void assert_refused(size_t changed, const char *other, const char *why)
{
	char where[40];

	assert_int_equal(ftruncate(journal.fd, 0), 0);
	assert_int_equal(lseek(journal.fd, 0, SEEK_SET), 0);
	write_lines(LINES, changed, other);
	if (restore() != -EINVAL)
		fail_msg("line %zu is taken: %s", changed, other ? other : "-");
	snprintf(where, sizeof(where), "samples.jsonl, line %zu: ", changed);
	assert_says(reason.text, folder);
	if (!strstr(reason.text, where) || !strstr(reason.text, why))
		fail_msg("'%s' for: %zu %s", reason.text, changed, other);
}

static void test_a_header_that_is_none_is_refused(void **state)
{
	(void)state;
	assert_refused(1, lines[1], "begins otherwise");
	assert_refused(1, "{}", "begins otherwise");
	assert_refused(1, "{\"journal\":1}", "no schema");
	assert_refused(1, "{\"journal\":{\"machine_id\":\"" ID "\"}}",
	               "no schema");
	assert_refused(1,
	               "{\"journal\":{\"schema\":4,\"machine_id\":\"" ID "\"}}",
	               "a newer one");
	assert_refused(1,
	               "{\"journal\":{\"schema\":2,\"machine_id\":\"" ID "\"}}",
	               "an older");
	assert_refused(1, "{\"journal\":{\"schema\":3}}", "not of the machine");
	assert_refused(1,
	               "{\"journal\":{\"schema\":3,\"machine_id\":\"0123\"}}",
	               "not of the machine");
	assert_refused(3, lines[0], "no record");
}

static void test_what_is_not_json_is_refused(void **state)
{
	char text[] = "{\"done\":x}";

	(void)state;
	assert_refused(1, "x", "");
	assert_refused(6, "", "");
	assert_refused(6, "half of a li", "");
	assert_refused(6, "[]", "no record");
	assert_refused(6, "{}", "no record");
	assert_refused(6, "{\"more\":{}}", "no record");
	assert_refused(6, "{\"turn\":1}", "no record");
	assert_refused(6, "{\"point\":4}", "no record");
	assert_refused(6, lines[5] + 1, "");
	assert_refused(6, "{\"point\":" SERIAL ",\"point\":" SERIAL "}",
	               "duplicate");
	assert_refused(6, text, "");
	assert_refused(6, "{\"a\":\"\xff\"}", "");
}

static void test_a_line_that_is_too_long_is_refused(void **state)
{
	size_t bytes = SY_LINE_BYTES * 3;
	char *line = malloc(bytes + 1);

	(void)state;
	assert_non_null(line);
	memset(line, ' ', bytes);
	line[bytes] = '\0';
	assert_refused(6, line, "too long");
	line[0] = '{';
	line[SY_LINE_BYTES - 1] = '}';
	line[SY_LINE_BYTES] = '\0';
	assert_refused(6, line, "no record");
	free(line);
}

/* `text` with `with` for its first `part`; a static buffer. */
static const char *replaced(const char *text, const char *part,
                            const char *with)
{
	static char other[1024];
	const char *at = strstr(text, part);

	assert_non_null(at);
	snprintf(other, sizeof(other), "%.*s%s%s", (int)(at - text), text, with,
	         at + strlen(part));
	return other;
}

static void assert_refused_with(size_t line, const char *part, const char *with,
                                const char *why)
{
	assert_refused(line, replaced(lines[line - 1], part, with), why);
}

static void test_points_that_are_not_in_the_plan_are_refused(void **state)
{
	(void)state;
	assert_refused_with(6, "serial", "fork", "no point 'cpu/fork/");
	assert_refused_with(7, "/b", "/c", "no point 'sentinel/c'");
	assert_refused_with(2, "futex", "pipe", "no point 'switch/pool.pipe/");
	assert_refused_with(6, SERIAL, FUTEX, "not this point's turn");
	assert_refused_with(5, "\"end\":2", "\"end\":3", "not of one group");
	assert_refused_with(5, "\"end\":2", "\"end\":4", "`end` cannot be 4");
	assert_refused_with(5, "\"end\":2", "\"end\":0", "not of one group");
	assert_refused_with(5, "\"first\":0", "\"first\":3",
	                    "`first` cannot be 3");
	assert_refused_with(5, "inflight:64", "inflight:65",
	                    "point 0 is of group");
}

static void test_numbers_that_cannot_be_are_refused(void **state)
{
	static const struct {
		size_t line;
		const char *part, *with, *why;
	} bad[] = {
		{ 3, "1000", "-1", "`at_ns` cannot be -1" },
		{ 3, "1000", "1.5", "`at_ns` is no whole number" },
		{ 3, "1000", "9223372036854775807", "`at_ns` cannot be" },
		{ 3, "1000", "92233720368547758070", "too big" },
		{ 3, "\"spent_ns\":0", "\"spent_ns\":1", "0 ns were spent" },
		{ 4, "2.5", "0", "takes between" },
		{ 4, "2.5", "-2.5", "takes between" },
		{ 4, "2.5", "1e-300", "takes between" },
		{ 4, "2.5", "1e300", "takes between" },
		{ 4, "2.5", "1e999", "" },
		{ 4, "2.5", "\"2.5\"", "takes between" },
		{ 5, "\"set\":0", "\"set\":2", "no set 2" },
		{ 5, "\"set\":0", "\"set\":4294967296", "`set` cannot be" },
		{ 5, "5000", "-1", "`left_ns` cannot be" },
		{ 5, "5000", "604800000000001", "`left_ns` cannot be" },
		{ 6, "\"operations\":10", "\"operations\":0", "no sense" },
		{ 6, "\"operations\":10", "\"operations\":-1", "no sense" },
		{ 6, "\"operations\":10", "\"operations\":4611686018427387904",
		  "no sense" },
		{ 6, "\"elapsed_ns\":100", "\"elapsed_ns\":0", "no sense" },
		{ 6, "\"elapsed_ns\":100", "\"elapsed_ns\":1e3", "no sense" },
		{ 6, "[0,65]", "[2048]", "no sense" },
		{ 6, "\"sized\":11", "\"sized\":0", "`sized` cannot be 0" },
		{ 6, "\"sized\":11", "\"sized\":-1", "`sized` cannot be -1" },
		{ 6, "\"round\":0", "\"round\":-1", "`round` cannot be" },
		{ 8, "true", "false", "`dropped` is not true" },
		{ 9, "[[9,3]]", "[[9,-3]]", "no sense" },
		{ 9, "[[9,3]]", "[[2560,3]]", "no sense" },
		{ 14, "false", "0", "`complete` is neither" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_refused_with(bad[i].line, bad[i].part, bad[i].with,
		                    bad[i].why);
}

static void test_states_that_nobody_tells_are_refused(void **state)
{
	(void)state;
	assert_refused_with(2, "absent", "measured", "neither a sample");
	assert_refused_with(2, "absent", "invalid", "neither a sample");
	assert_refused_with(2, "absent", "gone", "neither a sample");
	assert_refused_with(2, "\"not here\"", "1", "neither a sample");
	assert_refused_with(2, "900", "null", "`at_ns` is no whole number");
}

/* Nothing is there twice, and nothing before what it follows from. */
static void test_what_cannot_have_happened_then_is_refused(void **state)
{
	static const struct {
		size_t line, instead; /* another line stands in its place */
		const char *why;
	} bad[] = {
		{ 3, 4, "nobody measures" },
		{ 4, 5, "not calibrated" },
		{ 5, 4, "calibrated twice" },
		{ 5, 6, "not in a turn" },
		{ 7, 6, "there twice" },
		{ 9, 6, "there twice" },
		{ 6, 5, "has not ended" },
		{ 6, 13, "not in a turn of set 1" },
		{ 6, 18, "before its driver" },
		{ 11, 10, "not in a turn" },
		{ 11, 5, "had their turn" },
		{ 15, 13, "nobody measures" },
		{ 15, 14, "nobody measures" },
		{ 16, 11, "had their turn" },
		{ 18, 19, "has not ended" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_refused(bad[i].line, lines[bad[i].instead - 1],
		               bad[i].why);
	assert_refused_with(6, "1300", "999", "before its driver began");
	assert_refused_with(9, "1900", "1700", "there twice");
	assert_refused_with(9, "\"round\":2", "\"round\":0", "there twice");
	assert_refused_with(10, "\"first\":0", "\"first\":1",
	                    "another turn than");
	assert_refused_with(10, "\"set\":0", "\"set\":1", "not in a turn");
	assert_refused_with(15, "2000", "1999", "2000 ns were spent");
}

static void test_nothing_follows_the_end(void **state)
{
	(void)state;
	write_lines(LINES, 0, NULL);
	put_line("{\"begun\":{\"at_ns\":400,\"spent_ns\":2290}}");
	assert_int_equal(restore(), -EINVAL);
	assert_says(reason.text, "line 20: it was complete before");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_header_that_is_none_is_refused),
		TEST(test_what_is_not_json_is_refused),
		TEST(test_a_line_that_is_too_long_is_refused),
		TEST(test_points_that_are_not_in_the_plan_are_refused),
		TEST(test_numbers_that_cannot_be_are_refused),
		TEST(test_states_that_nobody_tells_are_refused),
		TEST(test_what_cannot_have_happened_then_is_refused),
		TEST(test_nothing_follows_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
