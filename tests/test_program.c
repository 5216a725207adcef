/* SPDX-License-Identifier: MIT */
/*
 * test_program.c - another program's end is told as it was, or as not known.
 * What gnuplot and lstopo do wrong is in test_figures.c and cli/topology.sh.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <string.h>

#include "host/program.h"

#define WHY_BYTES 512

static int run_shell(char *script, int limit_ms, char *why)
{
	char *argv[] = { "/bin/sh", "-c", script, NULL };
	const struct sy_program shell = {
		.name = "sh",
		.making = "a test",
		.argv = argv,
		.folder_fd = -1,
		.stdin_fd = -1,
		.stdout_fd = -1,
		.limit_ms = limit_ms,
	};

	*why = '\0';
	return sy_program_run(&shell, why, WHY_BYTES);
}

static void test_an_end_is_told(void **state)
{
	char why[WHY_BYTES];

	(void)state;
	assert_int_equal(run_shell("exit 0", 20000, why), 0);
	assert_string_equal(why, "");
	assert_int_equal(run_shell("echo no >&2; exit 3", 20000, why), -EIO);
	assert_string_equal(why, "sh failed in a test: no ");
	assert_int_equal(run_shell("kill -9 $$", 20000, why), -EIO);
	assert_non_null(strstr(why, "died of signal 9"));
	assert_int_equal(run_shell("sleep 50", 300, why), -ETIMEDOUT);
}

/* The kernel reaps what nobody wants to hear of. */
static void test_an_end_that_is_not_known_is_no_success(void **state)
{
	char why[WHY_BYTES];

	(void)state;
	signal(SIGCHLD, SIG_IGN);
	/* Not so fast that it is gone before it can be waited for. */
	assert_int_equal(run_shell("sleep 0.3; exit 3", 20000, why), -ECHILD);
	assert_string_equal(why, "/bin/sh cannot be run: No child processes");
	assert_int_equal(run_shell("sleep 50", 300, why), -ETIMEDOUT);
	signal(SIGCHLD, SIG_DFL);
}

static void test_a_signal_is_left_waiting(void **state)
{
	sigset_t stop, before, waiting;
	char why[WHY_BYTES];

	(void)state;
	sigemptyset(&stop);
	sigaddset(&stop, SIGTERM);
	sigprocmask(SIG_BLOCK, &stop, &before);
	raise(SIGTERM);
	assert_int_equal(run_shell("sleep 50", 20000, why), -EINTR);
	assert_string_equal(why, "interrupted before sh had finished a test");
	sigpending(&waiting);
	assert_true(sigismember(&waiting, SIGTERM));
	/* Ignoring it takes it away. */
	signal(SIGTERM, SIG_IGN);
	signal(SIGTERM, SIG_DFL);
	sigprocmask(SIG_SETMASK, &before, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_end_is_told),
		cmocka_unit_test(test_an_end_that_is_not_known_is_no_success),
		cmocka_unit_test(test_a_signal_is_left_waiting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
