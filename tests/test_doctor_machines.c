/* SPDX-License-Identifier: MIT */
/*
 * test_doctor_machines.c - what the checks find on machines that are made of
 * files, from the files to the finding.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <unistd.h>

#include "doctor_fixture.h"
#include "made_tree.h"

#define CPUS "/sys/devices/system/cpu"
#define POLICIES CPUS "/cpufreq/policy"
#define CLOCKS "/sys/devices/system/clocksource/clocksource0"

static struct utsname made_kernel(const char *version)
{
	struct utsname name = { .sysname = "Linux",
		                .release = "6.1.0-test",
		                .machine = "x86_64" };

	snprintf(name.version, sizeof(name.version), "%s", version);
	return name;
}

/* What is found on the machine below `root`, as root on a dynamic kernel. */
static void assert_machine(const char *root, const char *signature,
                           const char *version, const struct expected *expected)
{
	struct utsname name = made_kernel(version);
	json_t *facts = sy_machine_facts_at(root, 0, &name, signature, NULL);

	assert_non_null(facts);
	assert_found(json_object_get(facts, "findings"), expected);
	json_decref(facts);
}

/* NAME, LEVEL, VALUE, COMMAND, REASON of what is found on bare metal. */
#define HERE_IS(root, ...)                                                     \
	assert_machine(root, "", "#1 SMP PREEMPT_DYNAMIC",                     \
	               &(struct expected){ __VA_ARGS__ })
/* The same in a guest. */
#define GUEST_IS(root, ...)                                                    \
	assert_machine(root, "KVMKVMKVM", "#1 SMP PREEMPT_DYNAMIC",            \
	               &(struct expected){ __VA_ARGS__ })

static void test_governors(void **state)
{
	static const char performance[] =
		"cpupower frequency-set -g performance";
	static const char *const loads[] = { "powersave", "ondemand",
		                             "schedutil", "conservative" };
	char line[32];

	HERE_IS(*state, "governor", "unknown", NULL, NULL, "No cpufreq driver");
	GUEST_IS(*state, "governor", "unknown", NULL, NULL, "guest");
	tree_write(*state, POLICIES "0/scaling_governor", "performance\n");
	HERE_IS(*state, "governor", "ok", "performance", NULL, NULL);
	for (size_t i = 0; i < sizeof(loads) / sizeof(*loads); i++) {
		snprintf(line, sizeof(line), "%s\n", loads[i]);
		tree_write(*state, POLICIES "0/scaling_governor", line);
		HERE_IS(*state, "governor", "warning", loads[i], performance,
		        NULL);
	}
	tree_write(*state, POLICIES "4/scaling_governor", "performance\n");
	HERE_IS(*state, "governor", "warning", "mixed", performance, NULL);
	tree_write(*state, POLICIES "0/scaling_governor", "userspace\n");
	tree_write(*state, POLICIES "4/scaling_governor", "userspace\n");
	HERE_IS(*state, "governor", "note", "userspace", performance, NULL);
}

static void test_turbo(void **state)
{
	HERE_IS(*state, "turbo", "unknown", NULL, NULL, "no switch");
	GUEST_IS(*state, "turbo", "unknown", NULL, NULL, "guest");
	tree_write(*state, POLICIES "0/boost", "1\n");
	HERE_IS(*state, "turbo", "warning", "on",
	        "echo 0 | tee " POLICIES "*/boost", NULL);
	tree_write(*state, POLICIES "1/boost", "0\n");
	HERE_IS(*state, "turbo", "warning", "on",
	        "echo 0 | tee " POLICIES "*/boost", NULL);
	tree_write(*state, POLICIES "0/boost", "0\n");
	HERE_IS(*state, "turbo", "ok", "off", NULL, NULL);
	tree_write(*state, CPUS "/cpufreq/boost", "1\n");
	HERE_IS(*state, "turbo", "warning", "on",
	        "echo 0 > " CPUS "/cpufreq/boost", NULL);
	tree_write(*state, CPUS "/cpufreq/boost", "0\n");
	HERE_IS(*state, "turbo", "ok", "off", NULL, NULL);
	tree_write(*state, CPUS "/intel_pstate/no_turbo", "0\n");
	HERE_IS(*state, "turbo", "warning", "on",
	        "echo 1 > " CPUS "/intel_pstate/no_turbo", NULL);
	tree_write(*state, CPUS "/intel_pstate/no_turbo", "1\n");
	HERE_IS(*state, "turbo", "ok", "off", NULL, NULL);
}

static void test_smt(void **state)
{
	HERE_IS(*state, "smt", "unknown", NULL, NULL, "smt/active");
	tree_write(*state, CPUS "/smt/active", "1\n");
	tree_write(*state, CPUS "/smt/control", "on\n");
	HERE_IS(*state, "smt", "note", "on", "echo off > " CPUS "/smt/control",
	        NULL);
	GUEST_IS(*state, "smt", "note", "on", NULL, "guest");
	tree_write(*state, CPUS "/smt/control", "notimplemented\n");
	HERE_IS(*state, "smt", "note", "on", NULL, "cannot turn it off");
	tree_write(*state, CPUS "/smt/active", "0\n");
	tree_write(*state, CPUS "/smt/control", "off\n");
	HERE_IS(*state, "smt", "ok", "off", NULL, NULL);
	tree_write(*state, CPUS "/smt/control", "forceoff\n");
	HERE_IS(*state, "smt", "ok", "forceoff", NULL, NULL);
	tree_write(*state, CPUS "/smt/control", "notsupported\n");
	HERE_IS(*state, "smt", "ok", "notsupported", NULL, NULL);
	GUEST_IS(*state, "smt", "unknown", NULL, NULL, "guest");
}

static void test_idle_states(void **state)
{
	HERE_IS(*state, "idle_states", "unknown", NULL, NULL, "No cpuidle");
	GUEST_IS(*state, "idle_states", "unknown", NULL, NULL, "host");
	tree_write(*state, CPUS "/cpuidle/current_driver", "none\n");
	HERE_IS(*state, "idle_states", "unknown", NULL, NULL, "No cpuidle");
	tree_write(*state, CPUS "/cpuidle/current_driver", "intel_idle\n");
	tree_write(*state, CPUS "/cpuidle/current_governor", "menu\n");
	HERE_IS(*state, "idle_states", "ok", "intel_idle, governor menu", NULL,
	        NULL);
}

/* One of old counts a note, as they cannot be set back. */
static void test_throttling(void **state)
{
	HERE_IS(*state, "throttling", "unknown", NULL, NULL, "Intel");
	GUEST_IS(*state, "throttling", "unknown", NULL, NULL, "guest");
	tree_write(*state, CPUS "/cpu0/thermal_throttle/core_throttle_count",
	           "0\n");
	tree_write(*state, CPUS "/cpu0/thermal_throttle/package_throttle_count",
	           "0\n");
	tree_write(*state, CPUS "/cpufreq/x", "\n");
	HERE_IS(*state, "throttling", "ok", "never", NULL, NULL);
	tree_write(*state, "/proc/uptime", "36000.12 70000.00\n");
	tree_write(*state, CPUS "/cpu0/thermal_throttle/core_throttle_count",
	           "2\n");
	tree_write(*state, CPUS "/cpu1/thermal_throttle/core_throttle_count",
	           "3\n");
	HERE_IS(*state, "throttling", "note", "cores 5 times, packages 0 times",
	        NULL, "Cool");
	tree_write(*state, CPUS "/cpu0/thermal_throttle/package_throttle_count",
	           "7\n");
	tree_write(*state, CPUS "/cpu1/thermal_throttle/package_throttle_count",
	           "7\n");
	HERE_IS(*state, "throttling", "warning",
	        "cores 5 times, packages 7 times", NULL, "Cool");
}

static void test_isolated_cpus(void **state)
{
	HERE_IS(*state, "isolated_cpus", "unknown", NULL, NULL, "isolated");
	tree_write(*state, CPUS "/online", "0-3\n");
	tree_write(*state, CPUS "/isolated", "\n");
	HERE_IS(*state, "isolated_cpus", "ok", "none", NULL, NULL);
	tree_write(*state, CPUS "/isolated", "2-3\n");
	HERE_IS(*state, "isolated_cpus", "note", "2-3", "taskset -pc 2-3 $$",
	        NULL);
}

static void link_namespace(const char *root, const char *name, const char *to)
{
	char path[TREE_PATH_BYTES];

	tree_write(root, "/proc/self/ns/made", "");
	snprintf(path, sizeof(path), "%s/proc/self/ns/%s", root, name);
	(void)unlink(path);
	assert_int_equal(symlink(to, path), 0);
}

static void test_guests_and_containers(void **state)
{
	HERE_IS(*state, "virtualisation", "ok", "none", NULL, NULL);
	GUEST_IS(*state, "virtualisation", "note", "guest of kvm", NULL,
	         "another machine");
	HERE_IS(*state, "container", "unknown", NULL, NULL, "ns");
	/* A file that an image brought does not make a container. */
	tree_write(*state, "/.dockerenv", "");
	link_namespace(*state, "pid", "pid:[4026531836]");
	HERE_IS(*state, "container", "ok", "none", NULL, NULL);
	link_namespace(*state, "pid", "pid:[4026532448]");
	HERE_IS(*state, "container", "note", "docker", NULL, "host");
	link_namespace(*state, "pid", "pid:[4026531836]");
	link_namespace(*state, "cgroup", "cgroup:[4026532500]");
	tree_write(*state, "/run/.containerenv", "");
	HERE_IS(*state, "container", "note", "podman", NULL, "host");
	tree_write(*state, "/run/systemd/container", "lxc\n");
	HERE_IS(*state, "container", "note", "lxc", NULL, "host");
}

static void test_mitigations_are_no_advice(void **state)
{
	HERE_IS(*state, "mitigations", "unknown", NULL, NULL, "list");
	tree_write(*state, CPUS "/vulnerabilities/a", "Not affected\n");
	tree_write(*state, CPUS "/vulnerabilities/b", "Mitigation: PTI\n");
	tree_write(*state, CPUS "/vulnerabilities/c",
	           "KVM: Mitigation: VMX disabled\n");
	tree_write(*state, CPUS "/vulnerabilities/d", "Vulnerable\n");
	HERE_IS(*state, "mitigations", "ok",
	        "2 mitigated, 1 vulnerable, 1 not affected", NULL, NULL);
}

static void test_load(void **state)
{
	HERE_IS(*state, "load", "unknown", NULL, NULL, "/proc/loadavg");
	tree_write(*state, CPUS "/online", "0-3\n");
	tree_write(*state, "/proc/loadavg", "2.00 0.06 0.01 5/103 6508\n");
	HERE_IS(*state, "load", "ok", "2.00 on 4 PUs", NULL, NULL);
	tree_write(*state, "/proc/pressure/cpu",
	           "some avg10=2.88 avg60=2.50 avg300=2.68 total=2335\n");
	HERE_IS(*state, "load", "ok", "waited in 2.5 %", NULL, NULL);
	tree_write(*state, "/proc/loadavg", "2.01 0.06 0.01 5/103 6508\n");
	HERE_IS(*state, "load", "warning", "2.01 on 4 PUs", NULL, "ps -eo");
}

static void test_steal(void **state)
{
	HERE_IS(*state, "steal", "unknown", NULL, NULL, "/proc/stat");
	tree_write(*state, "/proc/stat", "cpu  0 0 0 10000 0 0 0 0 0 0\n");
	HERE_IS(*state, "steal", "ok", "0.0 %", NULL, NULL);
	tree_write(*state, "/proc/stat", "cpu  0 0 0 9950 0 0 0 50 0 0\n");
	HERE_IS(*state, "steal", "note", "0.5 %", NULL, "guest cannot");
	tree_write(*state, "/proc/stat", "cpu  0 0 0 9800 0 0 0 200 0 0\n");
	HERE_IS(*state, "steal", "warning", "2.0 %", NULL, "guest cannot");
}

static void test_quota_of_version_2(void **state)
{
	HERE_IS(*state, "cgroup_quota", "unknown", NULL, NULL, "No cgroup");
	tree_write(*state, CPUS "/online", "0-3\n");
	tree_write(*state, "/proc/self/cgroup", "0::/a/b.service\n");
	tree_write(*state, "/proc/self/mountinfo",
	           "30 24 0:26 / /cg rw - cgroup2 cgroup2 rw\n");
	tree_write(*state, "/cg/a/b.service/cpu.max", "max 100000\n");
	HERE_IS(*state, "cgroup_quota", "ok", "none", NULL, NULL);
	tree_write(*state, "/cg/a/b.service/cpu.max", "400000 100000\n");
	HERE_IS(*state, "cgroup_quota", "ok", "4.00 CPUs", NULL, NULL);
	/* Of two, the one that allows less counts, with its own counters. */
	tree_write(*state, "/cg/a/cpu.max", "150000 100000\n");
	tree_write(*state, "/cg/a/cpu.stat",
	           "usage_usec 1\nnr_periods 5000\nnr_throttled 120\n"
	           "throttled_usec 77\n");
	tree_write(*state, "/cg/a/b.service/cpu.stat",
	           "usage_usec 1\nnr_periods 9\nnr_throttled 8\n");
	HERE_IS(*state, "cgroup_quota", "warning",
	        "1.50 CPUs, used up in 120 of 5000 periods",
	        "echo max > /cg/a/cpu.max", NULL);
	link_namespace(*state, "cgroup", "cgroup:[4026532500]");
	HERE_IS(*state, "cgroup_quota", "warning", "1.50 CPUs", NULL,
	        "outside of this container");
}

static void test_quota_of_version_1(void **state)
{
	tree_write(*state, CPUS "/online", "0-3\n");
	tree_write(*state, "/proc/self/cgroup", "3:cpu,cpuacct:/q\n0::/\n");
	tree_write(*state, "/proc/self/mountinfo",
	           "31 24 0:27 / /v1 rw - cgroup cgroup rw,cpu,cpuacct\n");
	tree_write(*state, "/v1/q/cpu.cfs_quota_us", "-1\n");
	tree_write(*state, "/v1/q/cpu.cfs_period_us", "100000\n");
	HERE_IS(*state, "cgroup_quota", "ok", "none", NULL, NULL);
	tree_write(*state, "/v1/q/cpu.cfs_quota_us", "50000\n");
	tree_write(*state, "/v1/q/cpu.stat",
	           "nr_periods 40\nnr_throttled 3\nthrottled_time 99\n");
	HERE_IS(*state, "cgroup_quota", "warning",
	        "0.50 CPUs, used up in 3 of 40 periods",
	        "echo -1 > /v1/q/cpu.cfs_quota_us", NULL);
}

static void test_cpusets(void **state)
{
	HERE_IS(*state, "cpuset", "unknown", NULL, NULL, "cannot be read");
	tree_write(*state, CPUS "/online", "0-3\n");
	tree_write(*state, "/proc/self/status",
	           "Name:\tx\nCpus_allowed:\tf\nCpus_allowed_list:\t0-3\n");
	HERE_IS(*state, "cpuset", "ok", "all of 0-3", NULL, NULL);
	tree_write(*state, "/proc/self/status", "Cpus_allowed_list:\t0,2\n");
	HERE_IS(*state, "cpuset", "note", "2 of 4 PUs (0,2)",
	        "taskset -pc 0-3 $$", NULL);
	tree_write(*state, "/proc/self/cgroup", "5:cpuset:/s\n0::/a/b\n");
	tree_write(*state, "/proc/self/mountinfo",
	           "30 24 0:26 / /cg rw - cgroup2 cgroup2 rw\n");
	/* Nothing of its own, two PUs of the cgroup above, which has four. */
	tree_write(*state, "/cg/a/b/cpuset.cpus", "\n");
	tree_write(*state, "/cg/a/b/cpuset.cpus.effective", "0,2\n");
	tree_write(*state, "/cg/a/cpuset.cpus", "0,2\n");
	tree_write(*state, "/cg/a/cpuset.cpus.effective", "0,2\n");
	tree_write(*state, "/cg/cpuset.cpus.effective", "0-3\n");
	HERE_IS(*state, "cpuset", "note", "2 of 4 PUs (0,2)",
	        "echo 0-3 > /cg/a/cpuset.cpus", NULL);
	/* Where both leave some out, the upper one has to be changed first. */
	tree_write(*state, "/cg/a/b/cpuset.cpus", "0,2\n");
	HERE_IS(*state, "cpuset", "note", "2 of 4 PUs (0,2)",
	        "echo 0-3 > /cg/a/cpuset.cpus", NULL);
	/* The mask leaves less than the cpuset does. */
	tree_write(*state, "/proc/self/status", "Cpus_allowed_list:\t0\n");
	HERE_IS(*state, "cpuset", "note", "1 of 4 PUs (0)",
	        "taskset -pc 0-3 $$", NULL);
	tree_write(*state, "/proc/self/mountinfo",
	           "31 24 0:27 / /v1 rw - cgroup cgroup rw,cpuset\n");
	tree_write(*state, "/v1/s/cpuset.cpus", "0\n");
	tree_write(*state, "/v1/cpuset.cpus", "0-3\n");
	HERE_IS(*state, "cpuset", "note", "1 of 4 PUs (0)",
	        "echo 0-3 > /v1/s/cpuset.cpus", NULL);
}

static void test_memory(void **state)
{
	HERE_IS(*state, "memory", "unknown", NULL, NULL, "/proc/pressure");
	tree_write(*state, "/proc/meminfo",
	           "SwapTotal:       2048 kB\nSwapFree:        2048 kB\n");
	HERE_IS(*state, "memory", "ok", "0 MiB swapped out", NULL, NULL);
	tree_write(*state, "/proc/meminfo",
	           "SwapTotal:       2048 kB\nSwapFree:        1024 kB\n");
	HERE_IS(*state, "memory", "note", "1 MiB swapped out", NULL, "ps -eo");
	tree_write(*state, "/proc/pressure/memory",
	           "some avg10=0.00 avg60=0.20 avg300=0.00 total=0\n");
	HERE_IS(*state, "memory", "ok", "0.2 %", NULL, NULL);
	tree_write(*state, "/proc/pressure/memory",
	           "some avg10=0.00 avg60=3.00 avg300=0.00 total=0\n");
	HERE_IS(*state, "memory", "warning", "3.0 %", NULL, "ps -eo");
}

/* From what is surest to what is least sure. */
static void test_preemption(void **state)
{
	const struct expected rt = { "preemption", "note", "rt", NULL,
		                     "another kernel" };
	const struct expected old = { "preemption", "ok", "none or voluntary",
		                      NULL, NULL };

	HERE_IS(*state, "preemption", "unknown", NULL, NULL, "debugfs");
	assert_machine(*state, "", "#1 SMP Debian", &old);
	assert_machine(*state, "", "#1 SMP PREEMPT_RT Debian", &rt);
	tree_write(*state, "/boot/config-6.1.0-test",
	           "CONFIG_PREEMPT_VOLUNTARY=y\n");
	HERE_IS(*state, "preemption", "ok", "voluntary (by configuration)",
	        NULL, NULL);
	tree_write(*state, "/proc/cmdline", "quiet preempt=full\n");
	HERE_IS(*state, "preemption", "ok", "full (by command line)", NULL,
	        NULL);
	tree_write(*state, "/sys/kernel/debug/sched/preempt",
	           "none voluntary full (lazy)\n");
	HERE_IS(*state, "preemption", "ok", "lazy (by debugfs)", NULL, NULL);
}

static void test_clock_sources(void **state)
{
	tree_write(*state, CLOCKS "/current_clocksource", "hpet\n");
	tree_write(*state, CLOCKS "/available_clocksource", "hpet acpi_pm \n");
	HERE_IS(*state, "clock", "warning", "hpet, ", NULL, "dmesg");
	GUEST_IS(*state, "clock", "warning", "hpet, ", NULL, "host");
	tree_write(*state, CLOCKS "/available_clocksource",
	           "tsc hpet acpi_pm \n");
	HERE_IS(*state, "clock", "warning", "hpet, ",
	        "echo tsc > " CLOCKS "/current_clocksource", NULL);
}

static void test_huge_pages(void **state)
{
	static const char file[] =
		"/sys/kernel/mm/transparent_hugepage/enabled";

	HERE_IS(*state, "huge_pages", "unknown", NULL, NULL, "cannot be read");
	tree_write(*state, file, "[always] madvise never\n");
	HERE_IS(*state, "huge_pages", "note", "always",
	        "echo madvise > /sys/kernel/mm/transparent_hugepage/enabled",
	        NULL);
	tree_write(*state, file, "always [madvise] never\n");
	HERE_IS(*state, "huge_pages", "ok", "madvise", NULL, NULL);
	tree_write(*state, file, "always madvise [never]\n");
	HERE_IS(*state, "huge_pages", "ok", "never", NULL, NULL);
}

static void test_autogroup(void **state)
{
	HERE_IS(*state, "autogroup", "unknown", NULL, NULL, "/proc/sys");
	tree_write(*state, "/proc/sys/vm/max_map_count", "65530\n");
	HERE_IS(*state, "autogroup", "ok", "not in this kernel", NULL, NULL);
	tree_write(*state, "/proc/sys/kernel/sched_autogroup_enabled", "0\n");
	HERE_IS(*state, "autogroup", "ok", "off", NULL, NULL);
	tree_write(*state, "/proc/sys/kernel/sched_autogroup_enabled", "1\n");
	HERE_IS(*state, "autogroup", "note", "on",
	        "sysctl -w kernel.sched_autogroup_enabled=0", NULL);
}

static void test_limits(void **state)
{
	HERE_IS(*state, "memory_maps", "unknown", NULL, NULL, "max_map_count");
	tree_write(*state, "/proc/sys/vm/max_map_count", "1000\n");
	HERE_IS(*state, "memory_maps", "warning", "1000",
	        "sysctl -w vm.max_map_count=65530", NULL);
	tree_write(*state, "/proc/loadavg", "0.20 0.06 0.01 5/100 6508\n");
	tree_write(*state, "/proc/sys/kernel/threads-max", "192730\n");
	tree_write(*state, "/proc/sys/kernel/pid_max", "32768\n");
	HERE_IS(*state, "processes", "ok", "32668 (kernel.pid_max)", NULL,
	        NULL);
	tree_write(*state, "/proc/sys/kernel/threads-max", "2000\n");
	HERE_IS(*state, "processes", "warning", "1900 (kernel.threads-max)",
	        "sysctl -w kernel.threads-max=4194304", NULL);
	tree_write(*state, "/proc/self/cgroup", "0::/a\n");
	tree_write(*state, "/proc/self/mountinfo",
	           "30 24 0:26 / /cg rw - cgroup2 cgroup2 rw\n");
	tree_write(*state, "/cg/a/pids.max", "max\n");
	tree_write(*state, "/cg/pids.max", "50\n");
	tree_write(*state, "/cg/pids.current", "8\n");
	HERE_IS(*state, "processes", "warning", "42 (cgroup pids.max)",
	        "echo max > /cg/pids.max", NULL);
}

#define with_tree(test)                                                        \
	cmocka_unit_test_setup_teardown(test, tree_setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_tree(test_governors),
		with_tree(test_turbo),
		with_tree(test_smt),
		with_tree(test_idle_states),
		with_tree(test_throttling),
		with_tree(test_isolated_cpus),
		with_tree(test_guests_and_containers),
		with_tree(test_mitigations_are_no_advice),
		with_tree(test_load),
		with_tree(test_steal),
		with_tree(test_quota_of_version_2),
		with_tree(test_quota_of_version_1),
		with_tree(test_cpusets),
		with_tree(test_memory),
		with_tree(test_preemption),
		with_tree(test_clock_sources),
		with_tree(test_huge_pages),
		with_tree(test_autogroup),
		with_tree(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
