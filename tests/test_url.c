/* SPDX-License-Identifier: MIT */
/* test_url.c - addresses are taken apart, or refused with the reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "workloads/url.h"

static void good(const char *text, const char *host, const char *port,
                 const char *authority, const char *target)
{
	struct sy_url url;
	const char *why;

	assert_int_equal(sy_url_parse(&url, text, &why), 0);
	assert_string_equal(url.host, host);
	assert_string_equal(url.port, port);
	assert_string_equal(url.authority, authority);
	assert_string_equal(url.target, target);
	assert_int_equal(sy_url_parse(NULL, text, &why), 0);
}

static void test_good_ones(void **state)
{
	(void)state;
	good("http://a", "a", "80", "a", "/");
	good("http://a/", "a", "80", "a", "/");
	good("http://a:1", "a", "1", "a:1", "/");
	good("http://a:65535/b", "a", "65535", "a:65535", "/b");
	good("http://www.example.com/x/y.html?q=1&r=%20", "www.example.com",
	     "80", "www.example.com", "/x/y.html?q=1&r=%20");
	good("http://a?q", "a", "80", "a", "/?q");
	good("http://127.0.0.1:8080/", "127.0.0.1", "8080", "127.0.0.1:8080",
	     "/");
	good("http://[::1]:8080/~u", "::1", "8080", "[::1]:8080", "/~u");
	good("http://[fe80::1]", "fe80::1", "80", "[fe80::1]", "/");
	good("http://a/@u;v=1,2!$*(x)", "a", "80", "a", "/@u;v=1,2!$*(x)");
	good("http://a/http://b:99999", "a", "80", "a", "/http://b:99999");
}

static void bad(const char *text, const char *word)
{
	struct sy_url url = { .port = "7" };
	const char *why = NULL;

	assert_int_equal(sy_url_parse(&url, text, &why), -EINVAL);
	assert_non_null(why);
	if (!strstr(why, word))
		print_error("'%s': %s\n", text, why);
	assert_non_null(strstr(why, word));
	assert_string_equal(url.port, "7");
}

static void test_bad_ones(void **state)
{
	(void)state;
	bad("", "http://");
	bad("a", "http://");
	bad("https://a/", "https");
	bad("ftp://a/", "http://");
	bad("HTTP://a/", "http://");
	bad("http://", "HOST");
	bad("http:///x", "HOST");
	bad("http://?x", "HOST");
	bad("http://:80/", "HOST");
	bad("http://a/,http://b/", "two addresses");
	bad("http://a,http://b", "two addresses");
	bad("http://a/,https://b/", "two addresses");
	bad("http://a:/", "port");
	bad("http://a:0/", "port");
	bad("http://a:65536/", "port");
	bad("http://a:99999999999999999999", "port");
	bad("http://a:-1/", "HOST");
	bad("http://a:x/", "HOST");
	bad("http://[::1", "HOST");
	bad("http://[::1]x/", "HOST");
	bad("http://a b/", "only");
	bad("http://a/\n", "only");
	bad("http://a/\r\nX: y", "only");
	bad("http://a/'$(x)'", "only");
	bad("http://a/\\x", "only");
	bad("http://a/\"x\"", "only");
	bad("http://a/`x`", "only");
	bad("http://a/\xc3\xa4", "only");
	bad("http://u@a/", "user");
	bad("http://u:p@a/", "user");
	bad("http://a/#x", "only");
}

static void test_the_longest(void **state)
{
	char text[SY_URL_BYTES + 1];
	struct sy_url url;
	const char *why;

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text, "http://", 7);
	text[SY_URL_BYTES] = '\0';
	bad(text, "too long");
	text[SY_URL_BYTES - 1] = '\0';
	assert_int_equal(sy_url_parse(&url, text, &why), 0);
	assert_int_equal(strlen(url.host), SY_URL_BYTES - 1 - 7);
	text[8] = '/';
	assert_int_equal(sy_url_parse(&url, text, &why), 0);
	assert_int_equal(strlen(url.target), SY_URL_BYTES - 1 - 8);
	text[8] = '?';
	assert_int_equal(sy_url_parse(&url, text, &why), 0);
	assert_int_equal(strlen(url.target), SY_URL_BYTES - 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_ones),
		cmocka_unit_test(test_bad_ones),
		cmocka_unit_test(test_the_longest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
