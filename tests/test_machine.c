/* SPDX-License-Identifier: MIT */
/*
 * test_machine.c - facts of made-up machines and of this one.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "host/machine_internal.h"
#include "host/topology.h"
#include "made_tree.h"

#define CPUS "/sys/devices/system/cpu"

static const struct utsname made_kernel = {
	.sysname = "Linux",
	.release = "6.1.0-test",
	.version = "#1 SMP PREEMPT_DYNAMIC Debian",
	.machine = "x86_64",
};

static struct sy_topology *described(const char *text)
{
	struct sy_topology *topology = NULL;

	assert_int_equal(sy_topology_open_synthetic(&topology, text), 0);
	return topology;
}

/* Facts of the made-up tree's processors. */
static json_t *cpu_facts(const char *root)
{
	struct sy_topology *topology = described("pack:2 l3:1 core:4 pu:2");
	json_t *facts = sy_cpu_facts(root, topology);

	sy_topology_close(topology);
	assert_non_null(facts);
	return facts;
}

static void assert_text(const json_t *object, const char *key,
                        const char *value)
{
	const char *text = json_string_value(json_object_get(object, key));

	assert_non_null(text);
	assert_string_equal(text, value);
}

static void assert_null_fact(const json_t *object, const char *key)
{
	assert_true(json_is_null(json_object_get(object, key)));
}

static void test_what_is_not_told_is_null(void **state)
{
	json_t *cpu = cpu_facts(*state);
	json_t *kernel = sy_kernel_facts(*state, &made_kernel);
	json_t *load = sy_load_facts(*state);
	json_t *mitigations = sy_mitigation_facts(*state);

	assert_null_fact(cpu, "governor");
	assert_null_fact(cpu, "turbo");
	assert_null_fact(cpu, "smt");
	assert_null_fact(cpu, "mhz");
	assert_null_fact(cpu, "online");
	assert_null_fact(cpu, "idle_driver");
	assert_null_fact(kernel, "hz");
	assert_null_fact(kernel, "clock_source");
	assert_null_fact(kernel, "huge_pages");
	assert_null_fact(kernel, "autogroup");
	assert_null_fact(load, "one_minute");
	assert_null_fact(load, "steal_share");
	assert_int_equal(json_object_size(mitigations), 0);
	json_decref(cpu);
	json_decref(kernel);
	json_decref(load);
	json_decref(mitigations);
}

static void test_cpu_facts_are_read(void **state)
{
	json_t *cpu;

	tree_write(*state, "/proc/cpuinfo",
	           "processor\t: 0\nmodel\t\t: 2\n"
	           "model name\t: Fast CPU 9000\nmicrocode\t: 0x12\n");
	tree_write(*state, CPUS "/online", "0-3,8-11,15\n");
	tree_write(*state, CPUS "/smt/active", "1\n");
	tree_write(*state, CPUS "/smt/control", "on\n");
	tree_write(*state, CPUS "/isolated", "\n");
	tree_write(*state, CPUS "/cpuidle/current_driver", "intel_idle\n");
	cpu = cpu_facts(*state);
	assert_text(cpu, "model", "Fast CPU 9000");
	assert_text(cpu, "microcode", "0x12");
	assert_int_equal(json_integer_value(json_object_get(cpu, "online")), 9);
	assert_int_equal(json_integer_value(json_object_get(cpu, "pus")), 16);
	assert_int_equal(json_integer_value(json_object_get(cpu, "cores")), 8);
	assert_true(json_is_true(json_object_get(cpu, "smt")));
	assert_text(cpu, "idle_driver", "intel_idle");
	assert_null_fact(cpu, "isolated");
	json_decref(cpu);
}

static void test_cpu_lists_are_counted(void **state)
{
	static const struct {
		const char *text;
		unsigned count;
	} lists[] = {
		{ "0\n", 1 },     { "0-1\n", 2 },
		{ "0-3,8\n", 5 }, { "\n", 0 },
		{ "3-1\n", 0 },   { "0,\n", 0 },
		{ "a\n", 0 },     { "0-1x\n", 0 },
		{ "0-\n", 0 },    { "0-99999999999999999999\n", 0 },
	};

	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		tree_write(*state, "/list", lists[i].text);
		assert_int_equal(sy_file_cpu_count(*state, "/list"),
		                 lists[i].count);
	}
	assert_int_equal(sy_file_cpu_count(*state, "/nothing"), 0);
}

static void test_governors_of_all_policies(void **state)
{
	json_t *cpu;

	tree_write(*state, CPUS "/cpufreq/policy0/scaling_governor",
	           "performance\n");
	tree_write(*state, CPUS "/cpufreq/policy4/scaling_governor",
	           "performance\n");
	cpu = cpu_facts(*state);
	assert_text(cpu, "governor", "performance");
	json_decref(cpu);
	tree_write(*state, CPUS "/cpufreq/policy4/scaling_governor",
	           "powersave\n");
	cpu = cpu_facts(*state);
	assert_text(cpu, "governor", "mixed");
	json_decref(cpu);
}

static bool turbo_is(const char *root, bool on)
{
	json_t *cpu = cpu_facts(root);
	const json_t *turbo = json_object_get(cpu, "turbo");
	bool is = on ? json_is_true(turbo) : json_is_false(turbo);

	json_decref(cpu);
	return is;
}

/* no_turbo and boost mean the opposite of one another. */
static void test_turbo_is_told_in_two_ways(void **state)
{
	tree_write(*state, CPUS "/cpufreq/boost", "1\n");
	assert_true(turbo_is(*state, true));
	tree_write(*state, CPUS "/cpufreq/boost", "0\n");
	assert_true(turbo_is(*state, false));
	tree_write(*state, CPUS "/intel_pstate/no_turbo", "0\n");
	assert_true(turbo_is(*state, true));
	tree_write(*state, CPUS "/intel_pstate/no_turbo", "1\n");
	assert_true(turbo_is(*state, false));
}

static void assert_preemption(const char *root, const char *version,
                              const char *mode)
{
	struct utsname name = made_kernel;
	json_t *kernel;

	snprintf(name.version, sizeof(name.version), "%s", version);
	kernel = sy_kernel_facts(root, &name);
	assert_text(kernel, "preemption", mode);
	json_decref(kernel);
}

/* From the least sure source to the surest. */
static void test_preemption_mode(void **state)
{
	const char *dynamic = made_kernel.version;

	assert_preemption(*state, "#1 SMP Debian", "none or voluntary");
	assert_preemption(*state, "#1 SMP PREEMPT Debian", "full");
	assert_preemption(*state, "#1 SMP PREEMPT_RT Debian", "rt");
	assert_preemption(*state, dynamic, "dynamic");
	tree_write(*state, "/boot/config-6.1.0-test",
	           "# CONFIG_PREEMPT_NONE is not set\n"
	           "CONFIG_PREEMPT_BUILD=y\n"
	           "CONFIG_PREEMPT_VOLUNTARY=y\nCONFIG_HZ_250=y\n"
	           "CONFIG_HZ=250\n");
	assert_preemption(*state, dynamic, "voluntary");
	tree_write(*state, "/proc/cmdline",
	           "quiet nopreempt=x preempt=full a\n");
	assert_preemption(*state, dynamic, "full");
	assert_preemption(*state, "#1 SMP Debian", "voluntary");
	tree_write(*state, "/sys/kernel/debug/sched/preempt",
	           "none voluntary full (lazy)\n");
	assert_preemption(*state, dynamic, "lazy");
}

static void test_kernel_facts_are_read(void **state)
{
	json_t *kernel;

	tree_write(*state, "/lib/modules/6.1.0-test/config",
	           "CONFIG_HZ=1000\n");
	tree_write(*state, "/sys/kernel/mm/transparent_hugepage/enabled",
	           "always [madvise] never\n");
	tree_write(*state, "/proc/sys/kernel/sched_autogroup_enabled", "1\n");
	tree_write(*state,
	           "/sys/devices/system/clocksource/clocksource0/"
	           "current_clocksource",
	           "tsc\n");
	kernel = sy_kernel_facts(*state, &made_kernel);
	assert_int_equal(json_integer_value(json_object_get(kernel, "hz")),
	                 1000);
	assert_text(kernel, "huge_pages", "madvise");
	assert_text(kernel, "clock_source", "tsc");
	assert_text(kernel, "release", "6.1.0-test");
	assert_true(json_is_true(json_object_get(kernel, "autogroup")));
	json_decref(kernel);
}

static void test_load_and_steal(void **state)
{
	json_t *load;
	double share;

	tree_write(*state, "/proc/loadavg", "1.50 0.06 0.01 5/103 6508\n");
	tree_write(*state, "/proc/stat",
	           "cpu  100 0 100 690 50 10 30 20 40 0\ncpu0 1 2 3\n");
	load = sy_load_facts(*state);
	share = json_real_value(json_object_get(load, "steal_share"));
	assert_true(share > 0.0199 && share < 0.0201);
	assert_int_equal(
		json_integer_value(json_object_get(load, "steal_ticks")), 20);
	assert_int_equal(json_integer_value(json_object_get(load, "threads")),
	                 103);
	json_decref(load);
	tree_write(*state, "/proc/stat", "cpu  100 0 100\n");
	load = sy_load_facts(*state);
	assert_null_fact(load, "steal_share");
	json_decref(load);
}

static void test_caches_are_those_of_cpu_0(void **state)
{
	json_t *caches, *cache;

	tree_write(*state, CPUS "/cpu0/cache/index0/type", "Data\n");
	tree_write(*state, CPUS "/cpu0/cache/index0/level", "1\n");
	tree_write(*state, CPUS "/cpu0/cache/index0/size", "48K\n");
	tree_write(*state, CPUS "/cpu0/cache/index0/shared_cpu_list", "0,64\n");
	tree_write(*state, CPUS "/cpu0/cache/index1/type", "Unified\n");
	tree_write(*state, CPUS "/cpu0/cache/index1/level", "3\n");
	tree_write(*state, CPUS "/cpu0/cache/index1/size", "2M\n");
	caches = sy_cache_facts(*state);
	assert_int_equal(json_array_size(caches), 2);
	cache = json_array_get(caches, 0);
	assert_text(cache, "type", "Data");
	assert_int_equal(json_integer_value(json_object_get(cache, "size")),
	                 49152);
	assert_int_equal(
		json_integer_value(json_object_get(cache, "num_sharing")), 2);
	cache = json_array_get(caches, 1);
	assert_int_equal(json_integer_value(json_object_get(cache, "size")),
	                 2 << 20);
	assert_null_fact(cache, "num_sharing");
	json_decref(caches);
}

static void test_mitigations_are_listed(void **state)
{
	json_t *all;

	tree_write(*state, CPUS "/vulnerabilities/retbleed", "Not affected\n");
	tree_write(*state, CPUS "/vulnerabilities/spectre_v2",
	           "Mitigation: Retpolines\n");
	all = sy_mitigation_facts(*state);
	assert_int_equal(json_object_size(all), 2);
	assert_text(all, "spectre_v2", "Mitigation: Retpolines");
	json_decref(all);
}

static void test_virtualisation(void **state)
{
	const char *root = *state;

	assert_string_equal(sy_virtualisation(root, ""), "none");
	assert_string_equal(sy_virtualisation(root, "KVMKVMKVM"), "kvm");
	assert_string_equal(sy_virtualisation(root, "Microsoft Hv"), "hyperv");
	assert_string_equal(sy_virtualisation(root, "strange"), "unknown");
	tree_write(root, "/proc/cpuinfo", "flags\t\t: fpu hypervisor lahf\n");
	assert_string_equal(sy_virtualisation(root, ""), "unknown");
	tree_write(root, "/sys/class/dmi/id/sys_vendor", "Amazon EC2\n");
	assert_string_equal(sy_virtualisation(root, ""), "amazon");
	tree_write(root, "/proc/cpuinfo", "flags\t\t: fpu lahf\n");
	tree_write(root, "/sys/class/dmi/id/product_name", "c7g.metal\n");
	assert_string_equal(sy_virtualisation(root, ""), "none");
	tree_write(root, "/sys/hypervisor/type", "xen\n");
	assert_string_equal(sy_virtualisation(root, ""), "xen");
}

static void test_identity_is_of_the_kind_of_machine(void **state)
{
	struct sy_topology *two = described("l3:1(size=8388608) core:2 pu:1");
	struct sy_topology *four = described("l3:1(size=8388608) core:4 pu:1");
	struct sy_topology *cache =
		described("l3:1(size=16777216) core:2 pu:1");
	char id[SY_MACHINE_ID_BYTES], same[SY_MACHINE_ID_BYTES];
	char other[SY_MACHINE_ID_BYTES];

	(void)state;
	sy_machine_id(two, id);
	assert_int_equal(strlen(id), SY_MACHINE_ID_BYTES - 1);
	for (size_t i = 0; id[i]; i++)
		assert_true(isxdigit((unsigned char)id[i]));
	sy_machine_id(two, same);
	assert_string_equal(id, same);
	sy_machine_id(four, other);
	assert_string_not_equal(id, other);
	sy_machine_id(cache, other);
	assert_string_not_equal(id, other);
	sy_topology_close(two);
	sy_topology_close(four);
	sy_topology_close(cache);
}

/* A run under taskset is on the same machine. */
static void test_identity_survives_a_narrowed_mask(void **state)
{
	char id[SY_MACHINE_ID_BYTES], narrowed[SY_MACHINE_ID_BYTES];
	struct sy_topology *topology = NULL;
	struct sy_placement one;
	char why[128];

	(void)state;
	assert_int_equal(sy_topology_open(&topology), 0);
	if (sy_topology_pu_count(topology) < 2) {
		sy_topology_close(topology);
		skip();
	}
	sy_machine_id(topology, id);
	assert_int_equal(
		sy_placement_make(&one, topology, "one-pu", why, sizeof(why)),
		0);
	assert_int_equal(sy_topology_restrict(topology, one.pus, 1), 0);
	sy_machine_id(topology, narrowed);
	assert_string_equal(id, narrowed);
	sy_placement_free(&one);
	sy_topology_close(topology);
}

static void test_facts_of_this_machine(void **state)
{
	static const char *const parts[] = {
		"cpu",    "kernel", "mitigations", "load",  "limits",
		"cgroup", "clock",  "libraries",   "build",
	};
	struct sy_topology *topology = NULL;
	json_t *facts;

	(void)state;
	assert_int_equal(sy_topology_open(&topology), 0);
	facts = sy_machine_facts(topology);
	sy_topology_close(topology);
	assert_non_null(facts);
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		assert_true(json_is_object(json_object_get(facts, parts[i])));
	assert_true(json_is_string(json_object_get(facts, "virtualisation")));
	assert_non_null(json_object_get(facts, "cgroup_cpus"));
	assert_true(json_is_string(
		json_object_get(json_object_get(facts, "libraries"), "hwloc")));
	assert_true(json_array_size(json_object_get(facts, "findings")) > 20);
	json_decref(facts);
}

static void test_clock_is_measured(void **state)
{
	double cost_ns = 0, resolution_ns = 0;

	(void)state;
	sy_machine_clock(&cost_ns, &resolution_ns);
	assert_true(cost_ns > 1 && cost_ns < 100000);
	assert_true(resolution_ns >= 1 && resolution_ns < 1e8);
}

#define with_tree(test)                                                        \
	cmocka_unit_test_setup_teardown(test, tree_setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_tree(test_what_is_not_told_is_null),
		with_tree(test_cpu_facts_are_read),
		with_tree(test_cpu_lists_are_counted),
		with_tree(test_governors_of_all_policies),
		with_tree(test_turbo_is_told_in_two_ways),
		with_tree(test_preemption_mode),
		with_tree(test_kernel_facts_are_read),
		with_tree(test_load_and_steal),
		with_tree(test_caches_are_those_of_cpu_0),
		with_tree(test_mitigations_are_listed),
		with_tree(test_virtualisation),
		cmocka_unit_test(test_identity_is_of_the_kind_of_machine),
		cmocka_unit_test(test_identity_survives_a_narrowed_mask),
		cmocka_unit_test(test_facts_of_this_machine),
		cmocka_unit_test(test_clock_is_measured),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
