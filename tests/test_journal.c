/* SPDX-License-Identifier: MIT */
/*
 * test_journal.c - a journal read again: what it makes of a session.
 */
#include "journal_fixture.h"

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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
