/* SPDX-License-Identifier: MIT */
/*
 * test_relay_faults.c - a ring whose process dies says so and is not waited
 * for; one that the kernel refuses is not opened.
 */
#include "relay_fixture.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sys/syscall.h>

#include "process.h"

/* More than there is time for: only a death ends such a run. */
#define ENDLESS (UINT64_C(1) << 40)

struct killer {
	pid_t victim;
	useconds_t after_us;
	pthread_t thread;
};

static void *kill_later(void *data)
{
	struct killer *killer = data;

	usleep(killer->after_us);
	kill(killer->victim, SIGKILL);
	return NULL;
}

/* Killed at some point of its wait or its pass. */
static void check_killed_within(const struct sy_mechanism *row, uint32_t whom,
                                useconds_t after_us)
{
	struct holdings before = look();
	struct ring ring = open_ring(row, 3);
	struct killer killer = {
		.victim = ring.batch->contexts[whom].process,
		.after_us = after_us,
	};

	assert_true(killer.victim > 0);
	assert_int_equal(run_laps(&ring, 10), 0);
	assert_int_equal(
		pthread_create(&killer.thread, NULL, kill_later, &killer), 0);
	assert_int_equal(run_laps(&ring, ENDLESS), -ECHILD);
	pthread_join(killer.thread, NULL);
	/* It stays dead. */
	assert_int_equal(run_laps(&ring, ENDLESS), -ECHILD);
	close_ring(&ring);
	assert_nothing_left(before);
}

static void check_killed(const struct sy_mechanism *row)
{
	if (!of_processes(row))
		return;
	check_killed_within(row, 1, 20000);
	check_killed_within(row, 2, 3000);
	check_killed_within(row, 1, 0);
}

static void test_a_death_ends_the_run(void **state)
{
	(void)state;
	for_each_relay(check_killed);
}

/* Its signal has come and gone before the caller waits. */
static void check_dead_before(const struct sy_mechanism *row)
{
	struct ring ring;
	pid_t victim;

	if (!of_processes(row))
		return;
	ring = open_ring(row, 0);
	victim = ring.batch->contexts[1].process;
	assert_int_equal(kill(victim, SIGKILL), 0);
	while (sy_process_alive(victim))
		usleep(1000);
	assert_int_equal(run_laps(&ring, ENDLESS), -ECHILD);
	close_ring(&ring);
}

static void test_a_death_before_the_run_ends_it_too(void **state)
{
	(void)state;
	for_each_relay(check_dead_before);
}

static pid_t start_other_child(void)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (!pid) {
		usleep(5000);
		_exit(0);
	}
	return pid;
}

/* Somebody else's child that ends in the middle of a run is no concern. */
static void check_other_child(const struct sy_mechanism *row)
{
	struct ring ring;
	uint64_t laps;
	pid_t pid;

	if (!of_processes(row))
		return;
	ring = open_ring(row, 3);
	pid = start_other_child();
	for (laps = 0; sy_process_alive(pid); laps += 10)
		assert_int_equal(run_laps(&ring, 10), 0);
	assert_int_equal(run_laps(&ring, 10), 0);
	assert_turns(&ring, 2, laps + 10);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	close_ring(&ring);
}

static void test_other_children_may_die(void **state)
{
	(void)state;
	for_each_relay(check_other_child);
}

static void on_child(int signal)
{
	(void)signal;
}

/* Timers of this process; none where the kernel does not list them. */
static int count_timers(void)
{
	FILE *file = fopen("/proc/self/timers", "re");
	int count = 0;
	char line[256];

	while (file && fgets(line, sizeof(line), file))
		count += !strncmp(line, "ID:", 3);
	if (file)
		fclose(file);
	return count;
}

/* What the caller does with SIGCHLD is its own again after close. */
static void check_signals(const struct sy_mechanism *row)
{
	struct sigaction own = { .sa_handler = on_child,
		                 .sa_flags = SA_RESTART };
	struct sigaction before, after;
	sigset_t mask, held;
	struct ring ring;

	sigemptyset(&held);
	sigaddset(&held, SIGCHLD);
	assert_int_equal(sigaction(SIGCHLD, &own, &before), 0);
	assert_int_equal(sigprocmask(SIG_BLOCK, &held, NULL), 0);
	ring = open_ring(row, 3);
	assert_int_equal(run_laps(&ring, 10), 0);
	close_ring(&ring);
	assert_int_equal(count_timers(), 0);
	assert_int_equal(sigprocmask(SIG_UNBLOCK, &held, &mask), 0);
	assert_true(sigismember(&mask, SIGCHLD));
	assert_int_equal(sigaction(SIGCHLD, &before, &after), 0);
	assert_ptr_equal(after.sa_handler, on_child);
	assert_true(after.sa_flags & SA_RESTART);
}

static void test_signals_are_as_before(void **state)
{
	(void)state;
	for_each_relay(check_signals);
}

/* The kernel answers EPERM to one system call; 0, or why that cannot be. */
static int refuse(unsigned number)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		         offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {
		.len = sizeof(filter) / sizeof(filter[0]),
		.filter = filter,
	};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		return -errno;
	return 0;
}

/* Which rows a refused system call stops; all the others work. */
struct refusal {
	const char *call;
	unsigned number;
	const char *names; /* of rows; NULL: every one */
	bool processes;    /* every one of these */
};

static const struct refusal refusals[] = {
	{ "futex", SYS_futex, NULL, true },
	{ "pipe2", SYS_pipe2, "pipe", false },
	{ "eventfd2", SYS_eventfd2, "eventfd", false },
	{ "socketpair", SYS_socketpair, "socketpair", false },
	{ "sched_yield", SYS_sched_yield, "yield", false },
	{ "timer_create", SYS_timer_create, "none", true },
};

static bool stops(const struct refusal *refusal, const struct sy_mechanism *row)
{
	return !refusal->names || !strcmp(refusal->names, row->name) ||
	       (refusal->processes && of_processes(row));
}

static int not_permitted;

/* Leaves with the line in which something was otherwise. */
#define EXPECT(holds)                                                          \
	do                                                                     \
		if (!(holds))                                                  \
			_exit(__LINE__ - base);                                \
	while (0)

static void try_refused(const struct sy_mechanism *row,
                        const struct refusal *refusal)
{
	const int base = __LINE__;
	struct ring ring = create_ring(row, 0);
	struct holdings before = look(), after;
	int err = refuse(refusal->number);

	if (err)
		_exit(77);
	err = row->open(&ring.state, ring.batch, row);
	EXPECT(err == (stops(refusal, row) ? -EPERM : 0));
	if (!err) {
		EXPECT(!run_laps(&ring, 10));
		row->close(ring.state);
	}
	after = look_settled(before);
	EXPECT(after.threads == before.threads);
	EXPECT(after.children == before.children);
	EXPECT(after.descriptors == before.descriptors);
	_exit(0);
}

static void check_refused(const struct sy_mechanism *row)
{
	size_t i;

	for (i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		int status;
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (!pid)
			try_refused(row, &refusals[i]);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
			not_permitted++;
		else if (status)
			fail_msg("%s without %s: status %x, line %d of "
			         "try_refused",
			         row->name, refusals[i].call, (unsigned)status,
			         WEXITSTATUS(status));
	}
}

static void test_what_the_kernel_refuses_fails_open(void **state)
{
	(void)state;
	if (SANITIZED) {
		print_message("a sanitizer makes some of the calls itself\n");
		skip();
	}
	for_each_relay(check_refused);
	if (not_permitted) {
		print_message("filters of system calls are not permitted\n");
		skip();
	}
}

static int keep_affinity(void **state)
{
	static cpu_set_t everywhere;

	*state = &everywhere;
	return sched_getaffinity(0, sizeof(everywhere), &everywhere);
}

static int restore_affinity(void **state)
{
	return sched_setaffinity(0, sizeof(cpu_set_t), *state);
}

/* ThreadSanitizer starts a thread of its own beside the first. */
static void warm_up_row(const struct sy_mechanism *row)
{
	struct ring ring = open_ring(row, 0);

	close_ring(&ring);
}

static int warm_up(void **state)
{
	keep_affinity(state);
	for_each_relay(warm_up_row);
	return restore_affinity(state);
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, keep_affinity, restore_affinity)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_death_ends_the_run),
		TEST(test_a_death_before_the_run_ends_it_too),
		TEST(test_other_children_may_die),
		TEST(test_signals_are_as_before),
		TEST(test_what_the_kernel_refuses_fails_open),
	};

	return cmocka_run_group_tests(tests, warm_up, NULL);
}
