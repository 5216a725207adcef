/* SPDX-License-Identifier: MIT */
/*
 * test_live_sides.c - programs that are none, that are no switchyard, that are
 * another's, or that are built unlike: one line each, before anything is
 * measured.
 */
#include "live_fixture.h"

#include "engine/remote.h"

static void assert_refused(struct compared *c, int error, const char *says)
{
	add(c, "cpu", "threads");
	assert_int_equal(compare(c), error);
	assert_says(c->reason.text, says);
	assert_null(strchr(c->reason.text, '\n'));
}

static void assert_told(const struct compared *c, enum sy_side side,
                        const char *key, const char *value)
{
	const char *told = json_string_value(
		json_object_get(c->comparison.sides[side].told, key));

	if (!value)
		assert_null(told);
	else
		assert_string_equal(told, value);
}

static void test_a_program_that_is_not_there(void **state)
{
	struct compared *c = *state;
	char says[120];

	fake(c, SY_OLD, "");
	snprintf(says, sizeof(says), "NEW: %s: No such file or directory",
	         c->programs[SY_NEW]);
	assert_refused(c, -ENOEXEC, says);
}

static void test_a_program_that_may_not_run(void **state)
{
	struct compared *c = *state;

	write_file(c->programs[SY_OLD], "#!/bin/sh\n", 0600);
	assert_refused(c, -ENOEXEC, "/old: Permission denied");
}

static void test_a_file_that_is_no_program(void **state)
{
	struct compared *c = *state;

	script(c, SY_OLD, "words\n");
	assert_refused(c, -ENOEXEC, "/old: Exec format error");
}

static void test_a_script_without_its_interpreter(void **state)
{
	struct compared *c = *state;

	script(c, SY_OLD, "#!/nowhere/sh\n");
	assert_refused(c, -ENOEXEC,
	               "the interpreter that it names is not there");
}

static void test_a_program_that_is_no_switchyard(void **state)
{
	struct compared *c = *state;

	c->live.programs[SY_OLD] = "/bin/cat";
	assert_refused(c, -ENOEXEC,
	               "OLD: /bin/cat is no switchyard: the worker ended with "
	               "status 1 before it said hello (/bin/cat: worker: No "
	               "such file or directory)");
}

static void test_a_program_that_says_no_hello(void **state)
{
	uint64_t begin_ns = sy_clock_ns();
	struct compared *c = *state;

	fake(c, SY_OLD, "");
	fake(c, SY_NEW, "hello hang");
	c->plan.limit_ns = 300 * MS;
	assert_refused(c, -ENOEXEC, "/new is no switchyard: no hello within");
	/* Not for as long as a hello may take otherwise. */
	assert_true(sy_clock_ns() - begin_ns < SY_HELLO_MS * MS);
}

static void test_a_program_that_floods_instead(void **state)
{
	struct compared *c = *state;

	fake(c, SY_OLD, "hello flood");
	assert_refused(c, -ENOEXEC, "/old is no switchyard: the worker's");
}

static void test_a_program_that_says_two_hellos(void **state)
{
	struct compared *c = *state;

	fake(c, SY_OLD, "hello double");
	fake(c, SY_NEW, "");
	assert_refused(c, -EIO, "speaks without being asked");
}

static void test_a_program_of_another_protocol(void **state)
{
	struct compared *c = *state;

	fake(c, SY_OLD, "");
	fake(c, SY_NEW, "hello protocol");
	assert_refused(c, -EPROTO,
	               "/new: the worker speaks protocol 99, not 2");
}

static void test_a_wrapper_that_does_not_exec(void **state)
{
	struct compared *c = *state;

	script(c, SY_OLD, "#!/bin/sh\n" SY_PROGRAM " \"$@\"\nexit $?\n");
	assert_refused(c, -ENOEXEC,
	               "/old: its parent is not the driver: a wrapper script "
	               "must start it by exec");
}

static void test_builds_that_are_unlike(void **state)
{
	struct compared *c = *state;

	fake(c, SY_OLD, "");
	fake(c, SY_NEW, "told build_type Debug");
	assert_refused(c, -EXDEV, "different build types: OLD Release, NEW Debug");
	assert_told(c, SY_NEW, "build_type", "Debug");
}

static void test_sanitizers_that_are_unlike(void **state)
{
	struct compared *c = *state;

	fake(c, SY_OLD, "told sanitizer address");
	fake(c, SY_NEW, "");
	assert_refused(c, -EXDEV, "different sanitizers: OLD address, NEW none");
}

static void test_unlike_builds_all_the_same(void **state)
{
	struct compared *c = *state;

	fake(c, SY_OLD, "");
	fake(c, SY_NEW, "told build_type Debug");
	c->live.anyway = true;
	add(c, "cpu", "threads");
	assert_compared(c);
	assert_says(c->comparison.unlike.text, "different build types");
	assert_int_equal(point_of(c, "threads")->outcome, SY_OUTCOME_COMPARED);
}

/* An older build has not said of what it is. */
static void test_what_is_not_told_is_not_unlike(void **state)
{
	struct compared *c = *state;

	fake(c, SY_OLD, "told sanitizer -\ntold build_type -");
	fake(c, SY_NEW, "told sanitizer address");
	add(c, "cpu", "threads");
	assert_compared(c);
	assert_string_equal(c->comparison.unlike.text, "");
	assert_told(c, SY_OLD, "program", "fake");
	assert_told(c, SY_OLD, "build_type", NULL);
	assert_told(c, SY_NEW, "sanitizer", "address");
}

static void test_what_the_real_one_tells(void **state)
{
	static const char *const facts[] = { "program",    "compiler",
		                             "build_type", "flags",
		                             "sanitizer",  "git_commit" };
	struct compared *c = *state;

	c->live.programs[SY_OLD] = SY_PROGRAM;
	script(c, SY_NEW, "#!/bin/sh\nexec " SY_PROGRAM " \"$@\"\n");
	add(c, "cpu", "serial");
	assert_compared(c);
	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
		assert_true(json_is_string(json_object_get(
			c->comparison.sides[SY_OLD].told, facts[i])));
	assert_true(json_equal(c->comparison.sides[SY_OLD].told,
	                       c->comparison.sides[SY_NEW].told));
	assert_string_equal(c->comparison.sides[SY_OLD].path, SY_PROGRAM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_program_that_is_not_there),
		TEST(test_a_program_that_may_not_run),
		TEST(test_a_file_that_is_no_program),
		TEST(test_a_script_without_its_interpreter),
		TEST(test_a_program_that_is_no_switchyard),
		TEST(test_a_program_that_says_no_hello),
		TEST(test_a_program_that_floods_instead),
		TEST(test_a_program_that_says_two_hellos),
		TEST(test_a_program_of_another_protocol),
		TEST(test_a_wrapper_that_does_not_exec),
		TEST(test_builds_that_are_unlike),
		TEST(test_sanitizers_that_are_unlike),
		TEST(test_unlike_builds_all_the_same),
		TEST(test_what_is_not_told_is_not_unlike),
		TEST(test_what_the_real_one_tells),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
