/* SPDX-License-Identifier: MIT */
/*
 * test_journal.c - a journal read again: what it makes of a session, and that
 * whatever no driver writes is refused with its line.
 */
#include "engine_fixture.h"

#include <fcntl.h>

#include "engine/protocol.h"
#include "results/journal.h"

#define ID "feedfacecafebeef"
#define SAMPLE                                                                 \
	"\"operations\":10,\"elapsed_ns\":100,\"voluntary\":2,"                \
	"\"involuntary\":1,\"cpu_ns\":90,\"server_ns\":3,\"migrations\":4,"    \
	"\"alone_operations\":10,\"alone_ns\":20,\"pus\":[0,65],"
#define SERIAL "\"cpu/serial/inflight:64/grain_us:100/placement:one-pu\""
#define THREADS "\"cpu/threads/inflight:64/grain_us:100/placement:one-pu\""
#define FUTEX "\"switch/pool.futex/placement:one-pu\""
#define CPU "\"cpu/inflight:64/grain_us:100/placement:one-pu\""
#define SWITCH "\"switch/placement:one-pu\""

/* A run of two sets that was stopped in the first turn of the second. */
static const char *const lines[] = {
	"{\"journal\":{\"schema\":2,\"machine_id\":\"" ID "\"}}",
	"{\"point\":" FUTEX ",\"state\":\"absent\",\"reason\":\"not here\","
	"\"at_ns\":900}",
	"{\"begun\":{\"at_ns\":1000,\"spent_ns\":0}}",
	"{\"calibrated\":{\"at_ns\":1100,\"kernel_round_ns\":2.5}}",
	/* 5: the first turn. */
	"{\"turn\":{\"at_ns\":1200,\"set\":0,\"group\":" CPU
	",\"first\":0,\"end\":2,\"left_ns\":5000}}",
	"{" SAMPLE "\"point\":" SERIAL
	",\"set\":0,\"round\":0,\"at_ns\":1300,\"sized\":11}",
	"{" SAMPLE "\"point\":\"sentinel/b\",\"set\":0,\"round\":0,"
	"\"at_ns\":1500}",
	"{" SAMPLE "\"point\":" SERIAL ",\"set\":0,\"round\":1,\"at_ns\":1700,"
	"\"dropped\":true,\"latencies\":[[7,3]],\"latency_max_ns\":7}",
	"{" SAMPLE "\"point\":" SERIAL ",\"set\":0,\"round\":2,\"at_ns\":1900,"
	"\"latencies\":[[9,3]],\"latency_max_ns\":9}",
	"{\"done\":{\"at_ns\":2100,\"set\":0,\"group\":" CPU
	",\"first\":0,\"end\":2}}",
	/* 11: the second. */
	"{\"turn\":{\"at_ns\":2200,\"set\":1,\"group\":" CPU
	",\"first\":0,\"end\":2,\"left_ns\":5000}}",
	"{\"point\":" THREADS ",\"state\":\"wrong\",\"reason\":\"a sum\","
	"\"at_ns\":2300}",
	"{" SAMPLE "\"point\":" SERIAL ",\"set\":1,\"round\":0,\"at_ns\":2400}",
	"{\"ended\":{\"at_ns\":3000,\"complete\":false}}",
	/* 15: gone on with, on a machine that was started anew. */
	"{\"begun\":{\"at_ns\":10,\"spent_ns\":2000}}",
	"{\"turn\":{\"at_ns\":20,\"set\":2,\"group\":" CPU
	",\"first\":0,\"end\":2,\"left_ns\":4200}}",
	"{" SAMPLE "\"point\":" SERIAL ",\"set\":2,\"round\":0,\"at_ns\":30}",
	"{\"done\":{\"at_ns\":200,\"set\":2,\"group\":" CPU
	",\"first\":0,\"end\":2}}",
	"{\"ended\":{\"at_ns\":300,\"complete\":true}}",
};
#define LINES (sizeof(lines) / sizeof(lines[0]))

static struct sy_plan plan;
static struct sy_session session;
static struct sy_reason reason;
static struct sy_journal journal;
static char folder[64];

static void add(const char *family, const char *row)
{
	struct sy_request request;

	ask_for(&request, family, row);
	assert_int_equal(sy_plan_add(&plan, &request), 0);
}

static int set_up(void **state)
{
	char path[80];

	(void)state;
	make_folder(folder);
	sy_plan_init(&plan);
	plan.sets = 2;
	add("cpu", "serial");
	add("cpu", "threads");
	add("switch", "pool.futex");
	assert_int_equal(sy_session_init(&session, &plan), 0);
	snprintf(path, sizeof(path), "%s/samples.jsonl", folder);
	journal = (struct sy_journal){
		.fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600),
		.folder = folder,
		.machine_id = ID,
	};
	assert_true(journal.fd >= 0);
	reason.text[0] = '\0';
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	close(journal.fd);
	sy_session_free(&session, &plan);
	sy_plan_free(&plan);
	remove_folder(folder);
	return 0;
}

static void put(const char *text, size_t bytes)
{
	assert_int_equal(write(journal.fd, text, bytes), (ssize_t)bytes);
}

static void put_line(const char *line)
{
	put(line, strlen(line));
	put("\n", 1);
}

/* The first `count` lines, with `other` for line `changed` (from 1). */
static void write_lines(size_t count, size_t changed, const char *other)
{
	for (size_t i = 0; i < count; i++) {
		const char *line = i + 1 == changed ? other : lines[i];

		if (!line)
			continue;
		put_line(line);
	}
}

/* Into a session that is empty again. */
static int restore(void)
{
	sy_session_free(&session, &plan);
	assert_int_equal(sy_session_init(&session, &plan), 0);
	return sy_journal_restore(&journal, &plan, &session, &reason);
}

static void restore_well(void)
{
	if (restore())
		fail_msg("%s", reason.text);
	if (!journal.torn)
		assert_int_equal(journal.whole_bytes,
		                 lseek(journal.fd, 0, SEEK_END));
}

/* What it makes of a session. */

static void test_every_line_is_part_of_the_session(void **state)
{
	const struct sy_result *serial = &session.points[0];

	(void)state;
	write_lines(LINES, 0, NULL);
	restore_well();
	serial = &session.points[0];
	assert_int_equal(journal.lines, LINES);
	assert_false(journal.torn);
	assert_true(session.kernel_round_ns == 2.5);
	assert_false(session.interrupted);
	assert_int_equal(session.wall_ns, 2000 + 290);
	assert_int_equal(session.sliced_ns, 6 * 120);
	assert_int_equal(session.course.drivers, 2);
	assert_int_equal(serial->state, SY_MEASURED);
	assert_int_equal(serial->count, 4);
	assert_int_equal(serial->dropped, 1);
	assert_int_equal(serial->slice_operations, 10);
	assert_int_equal(serial->operations, 40);
	assert_int_equal(serial->usage.voluntary, 8);
	assert_int_equal(serial->server_ns, 12);
	assert_int_equal(serial->migrations, 16);
	assert_int_equal(serial->visited[1], 2);
	assert_int_equal(serial->latencies->total, 3);
	assert_int_equal(serial->latencies->max, 9);
	/* One that was split is two sets. */
	assert_int_equal(serial->samples[1].set, 0);
	assert_int_equal(serial->samples[1].round, 2);
	assert_int_equal(serial->samples[2].set, 1);
	assert_int_equal(serial->samples[3].set, 2);
	assert_int_equal(session.points[1].state, SY_WRONG);
	assert_string_equal(session.points[1].reason.text, "a sum");
	assert_int_equal(session.points[2].state, SY_ABSENT);
	assert_int_equal(session.sentinels[0].count, 0);
	assert_int_equal(session.sentinels[1].count, 1);
}

/* Wherever it stops, it is told where to go on. */
static void test_the_course_is_where_the_lines_end(void **state)
{
	const struct sy_course *c = &session.course;

	(void)state;
	write_lines(5, 0, NULL);
	restore_well();
	assert_true(c->set == 0 && c->next == 0 && c->turn_end == 2);
	assert_true(session.interrupted && !c->ended);
	for (size_t i = 5; i < 10; i++)
		put_line(lines[i]);
	restore_well();
	assert_true(c->set == 0 && c->next == 2 && c->turn_end == 0);
	assert_int_equal(session.points[0].slice_operations, 10);
	for (size_t i = 10; i < 15; i++)
		put_line(lines[i]);
	restore_well();
	/* 5000 less what passed until its driver ended. */
	assert_true(c->set == 1 && c->next == 0 && c->turn_end == 0);
	assert_int_equal(c->left_ns, 4200);
	assert_int_equal(c->spent_ns, 2000);
}

static void end_of(size_t count, const char *line)
{
	assert_int_equal(ftruncate(journal.fd, 0), 0);
	assert_int_equal(lseek(journal.fd, 0, SEEK_SET), 0);
	write_lines(count, 0, NULL);
	put_line(line);
}

/* A turn whose time was over goes on only where somebody had no slice. */
static void test_a_turn_without_time_has_ended(void **state)
{
	(void)state;
	end_of(9, "{\"begun\":{\"at_ns\":7,\"spent_ns\":1020}}");
	restore_well();
	assert_int_equal(session.course.next, 0);
	assert_int_equal(session.course.left_ns, 5000 - (2020 - 1200));
	end_of(9, "{\"ended\":{\"at_ns\":9000,\"complete\":false}}");
	put_line("{\"begun\":{\"at_ns\":7,\"spent_ns\":8000}}");
	restore_well();
	assert_int_equal(session.course.next, 2);
	assert_int_equal(session.course.left_ns, 0);
	end_of(6, "{\"ended\":{\"at_ns\":9000,\"complete\":false}}");
	put_line("{\"begun\":{\"at_ns\":7,\"spent_ns\":8000}}");
	restore_well();
	assert_int_equal(session.course.next, 0);
	assert_int_equal(session.course.left_ns, 1);
}

/* The end of the file. */

static void test_half_a_last_line_is_left_out(void **state)
{
	off_t whole;

	(void)state;
	write_lines(9, 0, NULL);
	whole = lseek(journal.fd, 0, SEEK_CUR);
	for (size_t bytes = 1; bytes < strlen(lines[9]); bytes += 7) {
		assert_int_equal(ftruncate(journal.fd, whole), 0);
		assert_int_equal(lseek(journal.fd, whole, SEEK_SET), whole);
		put(lines[9], bytes);
		restore_well();
		assert_true(journal.torn);
		assert_int_equal(journal.whole_bytes, whole);
		assert_int_equal(journal.lines, 9);
		assert_int_equal(session.points[0].count, 2);
	}
	/* All of it but its end: it was not written whole. */
	assert_int_equal(ftruncate(journal.fd, whole), 0);
	assert_int_equal(lseek(journal.fd, whole, SEEK_SET), whole);
	put(lines[9], strlen(lines[9]));
	restore_well();
	assert_true(journal.torn);
	put("\n", 1);
	restore_well();
	assert_false(journal.torn);
	assert_int_equal(session.course.next, 2);
}

/* A file system may leave zeros where it lost what was written. */
static void test_zeros_behind_the_last_line_are_left_out(void **state)
{
	static const off_t lengths[] = { 1, 4096, 1 << 20 };
	off_t whole;

	(void)state;
	write_lines(9, 0, NULL);
	whole = lseek(journal.fd, 0, SEEK_CUR);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(ftruncate(journal.fd, whole + lengths[i]), 0);
		restore_well();
		assert_true(journal.torn);
		assert_int_equal(journal.whole_bytes, whole);
		assert_int_equal(journal.lines, 9);
	}
}

static void test_nothing_whole_is_no_journal(void **state)
{
	(void)state;
	assert_int_equal(restore(), -EINVAL);
	assert_says(reason.text, "/samples.jsonl, line 1: there is none");
	put(lines[0], 20);
	assert_int_equal(restore(), -EINVAL);
	assert_says(reason.text, "/samples.jsonl, line 1: there is none");
}

static void test_a_folder_is_no_journal(void **state)
{
	(void)state;
	close(journal.fd);
	journal.fd = open(folder, O_RDONLY | O_CLOEXEC);
	assert_int_equal(restore(), -EISDIR);
	assert_says(reason.text, "cannot read");
}

/* What no driver writes. */

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
	               "{\"journal\":{\"schema\":3,\"machine_id\":\"" ID "\"}}",
	               "a newer one");
	assert_refused(1,
	               "{\"journal\":{\"schema\":1,\"machine_id\":\"" ID "\"}}",
	               "an older");
	assert_refused(1, "{\"journal\":{\"schema\":2}}", "not of the machine");
	assert_refused(1,
	               "{\"journal\":{\"schema\":2,\"machine_id\":\"0123\"}}",
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
		{ 4, "2.5", "0", "takes some time" },
		{ 4, "2.5", "-2.5", "takes some time" },
		{ 4, "2.5", "1e999", "" },
		{ 4, "2.5", "\"2.5\"", "takes some time" },
		{ 5, "\"set\":0", "\"set\":2", "no set 2" },
		{ 5, "\"set\":0", "\"set\":4294967296", "`set` cannot be" },
		{ 5, "5000", "-1", "`left_ns` cannot be" },
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_every_line_is_part_of_the_session),
		TEST(test_the_course_is_where_the_lines_end),
		TEST(test_a_turn_without_time_has_ended),
		TEST(test_half_a_last_line_is_left_out),
		TEST(test_zeros_behind_the_last_line_are_left_out),
		TEST(test_nothing_whole_is_no_journal),
		TEST(test_a_folder_is_no_journal),
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
