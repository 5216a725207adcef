/* SPDX-License-Identifier: MIT */
/*
 * test_sink.c - what a program prints goes into memory of a fixed size, and a
 * line of it into a sentence.
 */
#include "models_fixture.h"

#include "engine/sink.h"

static int fd;
static char line[SY_SINK_LINE_BYTES];

static int set_up(void **state)
{
	(void)state;
	memset(line, 'x', sizeof(line));
	return sy_sink_open(&fd);
}

static int tear_down(void **state)
{
	(void)state;
	return close(fd);
}

static void print(const char *text, size_t bytes)
{
	assert_int_equal(write(fd, text, bytes), bytes);
}

static void assert_line(const char *expected)
{
	assert_int_equal(sy_sink_line(fd, line), 0);
	assert_string_equal(line, expected);
}

static void test_nothing_was_printed(void **state)
{
	(void)state;
	assert_int_equal(sy_sink_line(fd, line), -ENOENT);
}

static void test_the_first_line_that_says_something(void **state)
{
	static const char text[] = "\n\n======\n\t==1== ERROR: overflow\nmore";

	(void)state;
	print(text, sizeof(text) - 1);
	assert_line("==1== ERROR: overflow");
}

static void test_a_line_that_does_not_end(void **state)
{
	(void)state;
	print("so far", 6);
	assert_line("so far");
}

static void test_what_a_terminal_would_obey_is_left_out(void **state)
{
	static const char text[] = "\033]0;a\a\xc3\xa9\x7f\x9b"
				   "b\n";

	(void)state;
	print(text, sizeof(text) - 1);
	assert_line("]0;ab");
}

static void test_zeros_are_no_text(void **state)
{
	(void)state;
	print("\0\0\0\n...\n\0", 9);
	assert_int_equal(sy_sink_line(fd, line), -ENOENT);
}

static void test_a_long_line_is_cut(void **state)
{
	char text[1000];

	(void)state;
	memset(text, 'y', sizeof(text));
	print(text, sizeof(text));
	assert_int_equal(sy_sink_line(fd, line), 0);
	assert_int_equal(strlen(line), SY_SINK_LINE_BYTES - 1);
}

/* The last write is cut, the ones behind it are refused: nothing grows. */
static void test_a_flood_ends(void **state)
{
	char text[1000];
	ssize_t taken = 0, now;

	(void)state;
	memset(text, 'y', sizeof(text));
	while ((now = write(fd, text, sizeof(text))) > 0 && taken < 1000000)
		taken += now;
	assert_int_equal(taken, SY_SINK_BYTES);
	assert_int_equal(errno, EPERM);
	assert_int_equal(ftruncate(fd, 1000000), -1);
	assert_int_equal(ftruncate(fd, 0), -1);
}

static void test_a_program_that_is_started_does_not_have_it(void **state)
{
	(void)state;
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_nothing_was_printed),
		TEST(test_the_first_line_that_says_something),
		TEST(test_a_line_that_does_not_end),
		TEST(test_what_a_terminal_would_obey_is_left_out),
		TEST(test_zeros_are_no_text),
		TEST(test_a_long_line_is_cut),
		TEST(test_a_flood_ends),
		TEST(test_a_program_that_is_started_does_not_have_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
