/* SPDX-License-Identifier: MIT */
/*
 * test_trial.c - what may crash, hang or eat the memory harms only a child.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/trial.h"

static int end_well(const void *data)
{
	(void)data;
	return 0;
}

static int return_it(const void *data)
{
	return *(const int *)data;
}

static int crash(const void *data)
{
	(void)data;
	raise(SIGSEGV);
	return 0;
}

static int stop(const void *data)
{
	(void)data;
	abort();
}

static int complain(const void *data)
{
	(void)data;
	return write(STDERR_FILENO, "oh", 2) == 2 ? 0 : -EIO;
}

static int hang(const void *data)
{
	volatile const void *forever = data;

	while (forever)
		;
	return 0;
}

/* Where a sanitizer's allocator ends the process, that is a no as well. */
static int eat(const void *data)
{
	(void)data;
	for (int i = 0; i < 64; i++) {
		char *piece = malloc(64 << 20);

		if (!piece)
			return -ENOMEM;
		memset(piece, i, 64 << 20);
	}
	return 0;
}

static void assert_no_child(void)
{
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void test_what_it_returned_is_returned(void **state)
{
	int error = -E2BIG;

	(void)state;
	assert_int_equal(sy_trial(end_well, NULL), 0);
	assert_int_equal(sy_trial(return_it, &error), -E2BIG);
	assert_no_child();
}

static void test_a_child_that_dies_is_a_no(void **state)
{
	(void)state;
	assert_int_equal(sy_trial(crash, NULL), -EINVAL);
	assert_int_equal(sy_trial(stop, NULL), -EINVAL);
	assert_no_child();
}

static void test_a_complaint_is_a_no(void **state)
{
	(void)state;
	assert_int_equal(sy_trial(complain, NULL), -EINVAL);
}

static void test_memory_has_an_end(void **state)
{
	int rc = sy_trial(eat, NULL);

	(void)state;
	assert_true(rc == -ENOMEM || rc == -EINVAL);
	assert_no_child();
}

/* A limit that is lower than its own stays, so that a second is enough. */
static void test_time_has_an_end(void **state)
{
	struct rlimit before, low;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_CPU, &before), 0);
	low = before;
	low.rlim_cur = 1;
	assert_int_equal(setrlimit(RLIMIT_CPU, &low), 0);
	assert_int_equal(sy_trial(hang, &low), -EINVAL);
	assert_int_equal(setrlimit(RLIMIT_CPU, &before), 0);
	assert_no_child();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_it_returned_is_returned),
		cmocka_unit_test(test_a_child_that_dies_is_a_no),
		cmocka_unit_test(test_a_complaint_is_a_no),
		cmocka_unit_test(test_memory_has_an_end),
		cmocka_unit_test(test_time_has_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
