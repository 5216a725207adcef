/* SPDX-License-Identifier: MIT */
/*
 * test_filter.c - expressions that choose points, and those that glibc would
 * spend the machine's memory or the day on.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include <errno.h>

#include "engine/filter.h"

#define NAME "io/threads/inflight:64/placement:0,2-3"

static struct sy_reason reason;

static int asked(const char *text, const char *name)
{
	regex_t expression;
	int status = sy_filter_compile(&expression, text, &reason);

	if (status)
		return status;
	status = !regexec(&expression, name, 0, NULL, 0);
	regfree(&expression);
	return status;
}

static void test_what_people_write_is_matched(void **state)
{
	static const char *const match[] = {
		"",
		"^io/",
		"(cpu|io)/(threads|pool)",
		"inflight:[0-9]{1,4}/.*placement:0,2-3$",
		"[[:digit:]]+-[]^3]",
		"^i|^j|^k|^l|^m|^n|^o|^p|^q|^r",
		"([a-z]+:){1}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(match) / sizeof(*match); i++)
		assert_int_equal(asked(match[i], NAME), 1);
	assert_int_equal(asked("^cpu/", NAME), 0);
	assert_int_equal(asked("[(]{2}[\\1)]{2}", "((x)"), 0);
	assert_int_equal(asked("[(]{2}[\\1)]{2}", "((1)"), 1);
}

static void assert_refused(const char *text, const char *why)
{
	reason.text[0] = '\0';
	assert_int_equal(asked(text, NAME), -EINVAL);
	if (!strstr(reason.text, why))
		fail_msg("'%s': %s", text, reason.text);
}

/* Each of these took over ten seconds or gigabytes of memory. */
static void test_what_never_ends_is_refused(void **state)
{
	char text[4096] = "", *end = text;

	(void)state;
	assert_refused("((((a{99}){99}){99}){99})", "repeats come to too much");
	assert_refused("(a{32767}){32767}", "repeats come to too much");
	assert_refused("((a{9,}){,40}){3,4}", "repeats come to too much");
	assert_refused("((((((((((a+)+)+)+)+)+)+)+)+)+)+", "too much");
	assert_refused("a++", "repeats a repeat");
	assert_refused("(.*)(.*)(.*)\\1\\2\\3x", "refers back");
	assert_refused("[(](.*)\\\\\\1", "refers back");
	assert_refused("((^|a|$)b)*", "repeats what has ^");
	assert_refused("(a\\b){2}", "repeats what has ^");
	assert_refused("^|^|^|^|^|^|^|^|^|^|^|^|^|^|^|^|^", "too many of ^");
	for (int i = 0; i < 33; i++)
		*end++ = '(';
	assert_refused(text, "nested too deeply");
	memset(text, 'a', 1001);
	assert_refused(text, "too long");
}

static void test_what_is_none_is_refused_in_the_librarys_words(void **state)
{
	(void)state;
	assert_refused("[a", "is not a regular expression: Unmatched [");
	assert_refused("(", "is not a regular expression: Unmatched ( or \\(");
	assert_refused("a{2,1}",
	               "is not a regular expression: Invalid content");
	assert_refused("\\", "is not a regular expression: Trailing backslash");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_people_write_is_matched),
		cmocka_unit_test(test_what_never_ends_is_refused),
		cmocka_unit_test(
			test_what_is_none_is_refused_in_the_librarys_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
