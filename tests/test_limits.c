/* SPDX-License-Identifier: MIT */
/*
 * test_limits.c - limits of made-up machines, and of this one.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "host/machine_internal.h"
#include "made_tree.h"

#define NO_LIMIT UINT64_MAX
#define USER 1000

/* 103 threads alive; the least of the two system-wide limits is pid_max. */
static void make_system(const char *root)
{
	tree_write(root, "/proc/loadavg", "0.20 0.06 0.01 5/103 6508\n");
	tree_write(root, "/proc/sys/kernel/threads-max", "192730\n");
	tree_write(root, "/proc/sys/kernel/pid_max", "32768\n");
	tree_write(root, "/proc/sys/vm/max_map_count", "65530\n");
	tree_write(root, "/proc/meminfo",
	           "MemTotal:       24684092 kB\nMemFree:        100 kB\n"
	           "MemAvailable:   1000000 kB\n");
}

static void assert_tasks(const char *root, uint64_t processes, uint64_t uid,
                         uint64_t left, const char *by)
{
	struct sy_limits limits;

	sy_limits_read_at(root, processes, uid, NULL, &limits);
	assert_string_equal(limits.tasks_by, by);
	assert_true(limits.tasks_free == left);
}

static uint64_t memory(const char *root)
{
	struct sy_limits limits;

	sy_limits_read_at(root, NO_LIMIT, 0, NULL, &limits);
	return limits.memory_free;
}

static void test_nothing_known_is_no_limit(void **state)
{
	struct sy_limits limits;

	sy_limits_read_at(*state, NO_LIMIT, USER, NULL, &limits);
	assert_true(limits.tasks_free == UINT64_MAX);
	assert_true(limits.mappings == UINT64_MAX);
	assert_true(limits.memory_free == UINT64_MAX);
	assert_non_null(limits.tasks_by);
}

static void test_system_wide_limits(void **state)
{
	struct sy_limits limits;

	make_system(*state);
	assert_tasks(*state, NO_LIMIT, USER, 32768 - 103, "kernel.pid_max");
	tree_write(*state, "/proc/sys/kernel/threads-max", "1000\n");
	assert_tasks(*state, NO_LIMIT, USER, 897, "kernel.threads-max");
	tree_write(*state, "/proc/sys/kernel/threads-max", "100\n");
	assert_tasks(*state, NO_LIMIT, USER, 0, "kernel.threads-max");
	sy_limits_read_at(*state, NO_LIMIT, USER, NULL, &limits);
	assert_true(limits.mappings == 65530);
	assert_true(limits.memory_free == UINT64_C(1024000000));
}

static void test_a_users_processes_count_threads(void **state)
{
	make_system(*state);
	tree_write(*state, "/proc/17/status",
	           "Name:\ta\nUid:\t1000\t1000\t1000\t1000\nThreads:\t30\n");
	tree_write(*state, "/proc/18/status",
	           "Name:\tb\nUid:\t1000\t0\t0\t0\nThreads:\t4\n");
	tree_write(*state, "/proc/19/status",
	           "Name:\tc\nUid:\t0\t1000\t1000\t1000\nThreads:\t500\n");
	tree_write(*state, "/proc/self/status", "CapEff:\t0000000000000000\n");
	assert_tasks(*state, 100, USER, 66, "RLIMIT_NPROC");
	assert_tasks(*state, 100, 0, 32768 - 103, "kernel.pid_max");
	/* CAP_SYS_RESOURCE, CAP_SYS_ADMIN, and neither. */
	tree_write(*state, "/proc/self/status", "CapEff:\t0000000001000000\n");
	assert_tasks(*state, 100, USER, 32768 - 103, "kernel.pid_max");
	tree_write(*state, "/proc/self/status", "CapEff:\t0000000000200000\n");
	assert_tasks(*state, 100, USER, 32768 - 103, "kernel.pid_max");
	tree_write(*state, "/proc/self/status", "CapEff:\t000001fffedfffff\n");
	assert_tasks(*state, 100, USER, 66, "RLIMIT_NPROC");
}

/* A limit above the process's own cgroup counts as well. */
static void test_cgroup_v2_and_what_is_above_it(void **state)
{
	make_system(*state);
	tree_write(*state, "/proc/self/cgroup", "0::/a/b\n");
	tree_write(
		*state, "/proc/self/mountinfo",
		"24 1 8:1 / / rw - ext4 /dev/vda rw\n"
		"30 24 0:26 / /cg rw,nosuid shared:4 - cgroup2 cgroup2 rw\n");
	tree_write(*state, "/cg/a/b/pids.max", "max\n");
	tree_write(*state, "/cg/a/b/pids.current", "7\n");
	tree_write(*state, "/cg/a/pids.max", "50\n");
	tree_write(*state, "/cg/a/pids.current", "8\n");
	assert_tasks(*state, NO_LIMIT, 0, 42, "cgroup pids.max");
	tree_write(*state, "/cg/a/b/pids.max", "20\n");
	assert_tasks(*state, NO_LIMIT, 0, 13, "cgroup pids.max");
	tree_write(*state, "/cg/a/memory.max", "1000000\n");
	tree_write(*state, "/cg/a/memory.current", "600000\n");
	tree_write(*state, "/cg/a/memory.stat",
	           "anon 1\ninactive_file 100000\nactive_file 5\n");
	tree_write(*state, "/cg/a/b/memory.max", "max\n");
	assert_int_equal(memory(*state), 500000);
	tree_write(*state, "/cg/a/b/memory.max", "300\n");
	tree_write(*state, "/cg/a/b/memory.current", "900\n");
	assert_int_equal(memory(*state), 0);
}

static void test_cgroup_v1_beside_v2(void **state)
{
	make_system(*state);
	tree_write(*state, "/proc/self/cgroup",
	           "9:name=systemd:/\n8:pids:/x\n4:cpu,memory:/y/z\n0::/\n");
	tree_write(*state, "/proc/self/mountinfo",
	           "30 24 0:26 / /cg/pids rw - cgroup cgroup rw,pids\n"
	           "31 24 0:27 / /cg/memory rw - cgroup cgroup rw,cpu,memory\n"
	           "32 24 0:28 / /cg/unified rw - cgroup2 cgroup2 rw\n");
	tree_write(*state, "/cg/pids/x/pids.max", "200\n");
	tree_write(*state, "/cg/pids/x/pids.current", "20\n");
	assert_tasks(*state, NO_LIMIT, 0, 180, "cgroup pids.max");
	tree_write(*state, "/cg/memory/y/memory.limit_in_bytes", "5000\n");
	tree_write(*state, "/cg/memory/y/memory.usage_in_bytes", "3000\n");
	tree_write(*state, "/cg/memory/y/memory.stat",
	           "inactive_file 1\ntotal_inactive_file 500\n");
	tree_write(*state, "/cg/memory/y/z/memory.limit_in_bytes",
	           "9223372036854771712\n");
	assert_int_equal(memory(*state), 2500);
}

/* Inside a container the mount shows only its own part of the tree. */
static void test_cgroup_paths_of_a_container(void **state)
{
	make_system(*state);
	tree_write(*state, "/proc/self/cgroup", "0::/docker/abc/in\n");
	tree_write(*state, "/proc/self/mountinfo",
	           "30 24 0:26 /docker/abc /cg rw - cgroup2 cgroup2 rw\n");
	tree_write(*state, "/cg/in/pids.max", "60\n");
	tree_write(*state, "/cg/in/pids.current", "1\n");
	assert_tasks(*state, NO_LIMIT, 0, 59, "cgroup pids.max");
	tree_write(*state, "/cg/pids.max", "30\n");
	assert_tasks(*state, NO_LIMIT, 0, 30, "cgroup pids.max");
}

static double quota_cpus(const char *root)
{
	struct sy_cgroup_quota quota;

	sy_cgroup_quota_read(root, &quota);
	return quota.cpus;
}

static void test_cpu_quotas(void **state)
{
	double cpus;

	tree_write(*state, "/proc/self/cgroup", "3:cpu,cpuacct:/q\n0::/a/b\n");
	tree_write(*state, "/proc/self/mountinfo",
	           "31 24 0:27 / /v1 rw - cgroup cgroup rw,cpu,cpuacct\n"
	           "32 24 0:28 / /v2 rw - cgroup2 cgroup2 rw\n");
	assert_true(quota_cpus(*state) <= 0);
	tree_write(*state, "/v1/q/cpu.cfs_quota_us", "-1\n");
	tree_write(*state, "/v1/q/cpu.cfs_period_us", "100000\n");
	tree_write(*state, "/v2/a/b/cpu.max", "max 100000\n");
	assert_true(quota_cpus(*state) <= 0);
	tree_write(*state, "/v2/a/cpu.max", "150000 100000\n");
	cpus = quota_cpus(*state);
	assert_true(cpus > 1.499 && cpus < 1.501);
	tree_write(*state, "/v1/cpu.cfs_quota_us", "50000\n");
	tree_write(*state, "/v1/cpu.cfs_period_us", "100000\n");
	cpus = quota_cpus(*state);
	assert_true(cpus > 0.499 && cpus < 0.501);
}

static void test_this_machine(void **state)
{
	struct sy_limits limits;

	(void)state;
	sy_limits_read(&limits);
	assert_true(limits.tasks_free > 0 && limits.tasks_free != UINT64_MAX);
	assert_non_null(limits.tasks_by);
	assert_true(limits.mappings > 1000 && limits.mappings != UINT64_MAX);
	assert_true(limits.memory_free > 1 << 20);
	assert_true(limits.memory_free < UINT64_C(1) << 50);
}

static void test_descriptors_are_raised(void **state)
{
	struct sy_limits limits;
	struct rlimit before, low;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	low = before;
	low.rlim_cur = 64;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
	sy_limits_read(&limits);
	assert_int_equal(limits.descriptors, 64);
	assert_int_equal(sy_limits_raise(), 0);
	assert_int_equal(sy_limits_raise(), 0);
	sy_limits_read(&limits);
	assert_true(limits.descriptors == before.rlim_max);
	setrlimit(RLIMIT_NOFILE, &before);
}

#define with_tree(test)                                                        \
	cmocka_unit_test_setup_teardown(test, tree_setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_tree(test_nothing_known_is_no_limit),
		with_tree(test_system_wide_limits),
		with_tree(test_a_users_processes_count_threads),
		with_tree(test_cgroup_v2_and_what_is_above_it),
		with_tree(test_cgroup_v1_beside_v2),
		with_tree(test_cgroup_paths_of_a_container),
		with_tree(test_cpu_quotas),
		cmocka_unit_test(test_this_machine),
		cmocka_unit_test(test_descriptors_are_raised),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
