/* SPDX-License-Identifier: MIT */
/*
 * test_awake.c - spinners spin when told to, and leave nothing behind.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "host/awake.h"

/* CPU time that counts as spinning; reached at once on an idle PU. */
#define SPUN_NS 5000000
#define WAIT_SECONDS 20

static int64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	assert_int_equal(clock_gettime(clock, &now), 0);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static int64_t cpu_ns(pid_t process)
{
	clockid_t clock;

	assert_int_equal(clock_getcpuclockid(process, &clock), 0);
	return clock_ns(clock);
}

static void pause_ms(long ms)
{
	const struct timespec length = { .tv_nsec = ms * 1000000 };

	nanosleep(&length, NULL);
}

/* Whether the process uses SPUN_NS of CPU time before the wait is over. */
static bool spins(pid_t process)
{
	int64_t end = clock_ns(CLOCK_MONOTONIC) + WAIT_SECONDS * 1000000000LL;
	int64_t goal = cpu_ns(process) + SPUN_NS;

	while (clock_ns(CLOCK_MONOTONIC) < end) {
		if (cpu_ns(process) >= goal)
			return true;
		pause_ms(2);
	}
	return false;
}

/*
 * The kernel's letter for what a process does: R also where it would run but
 * others are served first, S where it waits.  proc_pid_stat(5).
 */
static char state_of(pid_t process)
{
	char path[64], letter = '?';
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)process);
	file = fopen(path, "re");
	assert_non_null(file);
	assert_int_equal(fscanf(file, "%*d %*s %c", &letter), 1);
	fclose(file);
	return letter;
}

/* Whether the process comes to wait, and then uses no more CPU time. */
static bool rests(pid_t process)
{
	int64_t end = clock_ns(CLOCK_MONOTONIC) + WAIT_SECONDS * 1000000000LL;
	int64_t before;

	while (clock_ns(CLOCK_MONOTONIC) < end) {
		before = cpu_ns(process);
		pause_ms(20);
		if (state_of(process) == 'S' && cpu_ns(process) == before)
			return true;
	}
	return false;
}

static int last_pu(void)
{
	cpu_set_t mask;
	int pu = CPU_SETSIZE - 1;

	assert_int_equal(sched_getaffinity(0, sizeof(mask), &mask), 0);
	while (!CPU_ISSET((size_t)pu, &mask))
		pu--;
	return pu;
}

static void test_spins_while_told_to(void **state)
{
	struct sy_awake *awake = NULL;
	int pu = last_pu();
	cpu_set_t mask;
	pid_t process;

	(void)state;
	assert_int_equal(sy_awake_start(&awake, &pu, 1), 0);
	process = sy_awake_process(awake, 0);
	assert_int_equal(sched_getscheduler(process), SCHED_IDLE);
	assert_int_equal(sched_getaffinity(process, sizeof(mask), &mask), 0);
	assert_int_equal(CPU_COUNT(&mask), 1);
	assert_true(CPU_ISSET((size_t)pu, &mask));
	assert_true(rests(process));
	for (int round = 0; round < 2; round++) {
		sy_awake_set(awake, true);
		assert_true(spins(process));
		sy_awake_set(awake, false);
		assert_true(rests(process));
	}
	sy_awake_stop(awake);
}

static void test_no_process_is_left(void **state)
{
	struct sy_awake *awake = NULL;
	const int pus[] = { last_pu(), last_pu(), last_pu() };
	pid_t processes[3];

	(void)state;
	assert_int_equal(sy_awake_start(&awake, pus, 3), 0);
	for (unsigned i = 0; i < 3; i++)
		processes[i] = sy_awake_process(awake, i);
	sy_awake_set(awake, true);
	sy_awake_stop(awake);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(kill(processes[i], 0), -1);
	assert_int_equal(waitpid(-1, NULL, 0), -1);
	assert_int_equal(errno, ECHILD);
}

static void test_failed_start_leaves_nothing(void **state)
{
	struct sy_awake *awake = NULL;
	const int pus[] = { last_pu(), 8191 };

	(void)state;
	assert_int_equal(sy_awake_start(&awake, pus, 2), -EINVAL);
	assert_null(awake);
	assert_int_equal(waitpid(-1, NULL, 0), -1);
	assert_int_equal(errno, ECHILD);
}

/* The other end of a pipe sees its end although a spinner was forked. */
static void test_spinners_hold_no_descriptor(void **state)
{
	struct sy_awake *awake = NULL;
	struct pollfd end = { .events = POLLIN };
	int pu = last_pu(), ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(sy_awake_start(&awake, &pu, 1), 0);
	close(ends[1]);
	end.fd = ends[0];
	assert_int_equal(poll(&end, 1, WAIT_SECONDS * 1000), 1);
	assert_true(end.revents & POLLHUP);
	close(ends[0]);
	sy_awake_stop(awake);
}

/* Starts a spinner and dies with it running, the spinner's id told first. */
static void start_and_die(int to)
{
	struct sy_awake *awake = NULL;
	int pu = last_pu();
	pid_t process = -1;

	if (!sy_awake_start(&awake, &pu, 1))
		process = sy_awake_process(awake, 0);
	if (write(to, &process, sizeof(process)) != sizeof(process))
		_exit(1);
	_exit(0);
}

static void test_spinners_die_with_their_starter(void **state)
{
	pid_t starter, process = -1;
	int ends[2];

	(void)state;
	/* The orphan becomes ours, so that its end can be waited for. */
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	assert_int_equal(pipe(ends), 0);
	starter = fork();
	if (starter == 0)
		start_and_die(ends[1]);
	close(ends[1]);
	assert_int_equal(read(ends[0], &process, sizeof(process)),
	                 sizeof(process));
	close(ends[0]);
	assert_int_equal(waitpid(starter, NULL, 0), starter);
	assert_true(process > 0);
	assert_int_equal(waitpid(process, NULL, 0), process);
	prctl(PR_SET_CHILD_SUBREAPER, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_spins_while_told_to),
		cmocka_unit_test(test_no_process_is_left),
		cmocka_unit_test(test_failed_start_leaves_nothing),
		cmocka_unit_test(test_spinners_hold_no_descriptor),
		cmocka_unit_test(test_spinners_die_with_their_starter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
