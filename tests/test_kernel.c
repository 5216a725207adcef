/* SPDX-License-Identifier: MIT */
/*
 * test_kernel.c - the CPU-bound work is what it says it is: known answers, and
 * as many instructions as there are rounds, counted one by one (ptrace).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel.h"

#define ROUNDS 500u

/* Computed with arbitrary-precision integers, not with C. */
static void test_known_answers(void **state)
{
	(void)state;
	assert_true(sy_kernel(UINT64_C(0x1), 1) ==
	            UINT64_C(0xbf58476d1ce4e5b9));
	assert_true(sy_kernel(UINT64_C(0x1), 2) ==
	            UINT64_C(0x9e7681a9658bfa09));
	assert_true(sy_kernel(UINT64_C(0x0), 1000) ==
	            UINT64_C(0x0000000000000000));
	assert_true(sy_kernel(UINT64_C(0x9e3779b97f4a7c15), 1) ==
	            UINT64_C(0xca009717327d1f6e));
	assert_true(sy_kernel(UINT64_C(0x9e3779b97f4a7c15), 64) ==
	            UINT64_C(0x08cdea4764e15047));
	assert_true(sy_kernel(UINT64_C(0xffffffffffffffff), 1000) ==
	            UINT64_C(0x8a5bfde3a18a5dd7));
	assert_true(sy_kernel(UINT64_C(0xdeadbeef), 12345) ==
	            UINT64_C(0xb86ace4d4808deb8));
}

static void test_no_rounds_change_nothing(void **state)
{
	(void)state;
	assert_int_equal(sy_kernel(0, 0), 0);
	assert_int_equal(sy_kernel(12345, 0), 12345);
}

static void test_rounds_add_up(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < 50; i++)
		assert_int_equal(sy_kernel(sy_kernel(7, i), 50 - i),
		                 sy_kernel(7, 50));
}

/* Instructions of a child that runs the kernel between its two stops. */
static long instructions(uint64_t rounds)
{
	pid_t child = fork();
	long count = 0;
	int status;

	if (!child) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL))
			_exit(77);
		raise(SIGSTOP);
		sy_kernel(rounds, rounds);
		raise(SIGUSR1);
		_exit(0);
	}
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	if (!WIFSTOPPED(status))
		return -1;
	for (;; count++) {
		if (ptrace(PTRACE_SINGLESTEP, child, NULL, NULL))
			break;
		assert_int_equal(waitpid(child, &status, 0), child);
		if (!WIFSTOPPED(status) || WSTOPSIG(status) == SIGUSR1)
			break;
	}
	if (WIFSTOPPED(status)) {
		kill(child, SIGKILL);
		waitpid(child, &status, 0);
		return count;
	}
	return -1;
}

static void test_each_round_is_executed(void **state)
{
	long none = instructions(0), once = instructions(ROUNDS),
	     twice = instructions(2 * ROUNDS);

	(void)state;
	if (none < 0 || once < 0 || twice < 0) {
		print_message("ptrace is refused here\n");
		skip();
	}
	/* A shift, an exclusive or and a multiplication at the least. */
	assert_true(once - none >= 3 * (long)ROUNDS);
	assert_in_range(twice - once, (once - none) * 98 / 100,
	                (once - none) * 102 / 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_answers),
		cmocka_unit_test(test_no_rounds_change_nothing),
		cmocka_unit_test(test_rounds_add_up),
		cmocka_unit_test(test_each_round_is_executed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
