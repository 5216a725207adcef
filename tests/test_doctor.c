/* SPDX-License-Identifier: MIT */
/*
 * test_doctor.c - what the checks find in made-up facts.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "doctor_fixture.h"
#include "engine/plan.h"

/* A machine on which all is as it should be, but for a slow idle driver. */
static const char good_machine[] =
	"{\"cpu\": {\"online\": 4, \"online_list\": \"0-3\","
	"   \"allowed_list\": \"0-3\", \"smt\": false, \"smt_control\": "
	"\"off\","
	"   \"turbo\": false, \"turbo_file\": \"cpufreq/boost\","
	"   \"governor\": \"performance\", \"idle_driver\": \"intel_idle\","
	"   \"isolated\": null,"
	"   \"throttling\": {\"core_events\": 0, \"package_events\": 0}},"
	" \"kernel\": {\"clock_source\": \"tsc\", \"clock_sources\": \"tsc\","
	"   \"preemption\": \"none\", \"preemption_by\": \"debugfs\","
	"   \"huge_pages\": \"madvise\", \"autogroup\": false,"
	"   \"timer_slack_ns\": 50000},"
	" \"load\": {\"one_minute\": 0.5, \"steal_share\": 0.0,"
	"   \"uptime_s\": 86400.0, \"memory_pressure\": 0.0,"
	"   \"swap_used_bytes\": 0},"
	" \"limits\": {\"descriptors\": 1048576, \"tasks_free\": 100000,"
	"   \"tasks_by\": \"kernel.pid_max\", \"mappings\": 65530},"
	" \"cgroup\": {\"known\": true}, \"cgroup_cpus\": null,"
	" \"mitigations\": {\"meltdown\": \"Not affected\"},"
	" \"clock\": {\"cost_ns\": 25.0}, \"hwloc_environment\": [],"
	" \"virtualisation\": \"none\", \"container\": \"none\","
	" \"build\": {\"type\": \"Release\", \"sanitizer\": null,"
	"   \"git_commit\": \"0123456789ab\", \"git_dirty\": \"no\"}}";

/* The findings of the good machine with `change` merged into its facts. */
static json_t *findings_with(const char *change)
{
	json_t *facts = json_loads(good_machine, 0, NULL);
	json_t *changes = json_loads(change, 0, NULL), *findings;

	assert_non_null(facts);
	assert_non_null(changes);
	assert_int_equal(json_object_update_recursive(facts, changes), 0);
	findings = sy_findings(facts);
	assert_non_null(findings);
	json_decref(facts);
	json_decref(changes);
	return findings;
}

static size_t count_bad(const json_t *findings)
{
	size_t i, bad = 0;
	json_t *finding;

	json_array_foreach ((json_t *)findings, i, finding)
		bad += strcmp(finding_text(finding, "level"), "ok") != 0;
	return bad;
}

/* Nothing else than this is found. */
static void assert_alone(const char *change, const struct expected *expected)
{
	json_t *findings = findings_with(change);

	assert_found(findings, expected);
	if (count_bad(findings) != (strcmp(expected->level, "ok") != 0))
		fail_msg("%s: %zu findings", change, count_bad(findings));
	json_decref(findings);
}

struct change {
	const char *facts;
	struct expected expected;
};

static void assert_changes(const struct change *changes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		assert_alone(changes[i].facts, &changes[i].expected);
}
#define ASSERT_CHANGES(changes)                                                \
	assert_changes(changes, sizeof(changes) / sizeof(*(changes)))

static void test_a_good_machine_is_all_ok(void **state)
{
	json_t *findings = findings_with("{}");

	(void)state;
	assert_int_equal(count_bad(findings), 0);
	assert_int_equal(json_array_size(findings), 25);
	json_decref(findings);
}

/* Nothing is known: no check crashes, lies or asks for a change. */
static void test_nothing_known_is_no_harm(void **state)
{
	static const char *const known_anyway[] = { "build", "hwloc", "files",
		                                    "clock" };
	json_t *facts = json_object(), *findings = sy_findings(facts), *finding;
	size_t i;

	(void)state;
	assert_int_equal(json_array_size(findings), 25);
	json_array_foreach (findings, i, finding) {
		const char *name = finding_text(finding, "name");
		bool known = false;

		for (size_t j = 0; j < 4; j++)
			known |= !strcmp(name, known_anyway[j]);
		if (known)
			continue;
		assert_string_equal(finding_text(finding, "level"), "unknown");
		assert_null(finding_text(finding, "value"));
		assert_null(finding_text(finding, "command"));
		assert_non_null(finding_text(finding, "reason"));
	}
	json_decref(findings);
	json_decref(facts);
}

/* Facts of other types than expected are not known. */
static void test_nonsense_is_not_known(void **state)
{
	json_t *facts = json_pack("{s:i, s:[i], s:s, s:b, s:{s:i}, s:f}", "cpu",
	                          1, "kernel", 2, "load", "x", "cgroup", 1,
	                          "limits", "tasks_by", 3, "container", 1.0);
	json_t *findings = sy_findings(facts);

	(void)state;
	assert_int_equal(json_array_size(findings), 25);
	assert_found(findings, &(struct expected){ .name = "governor",
	                                           .level = "unknown" });
	assert_found(findings, &(struct expected){ .name = "processes",
	                                           .level = "unknown" });
	json_decref(findings);
	json_decref(facts);
}

static void test_builds(void **state)
{
	static const struct change changes[] = {
		{ "{\"build\": {\"type\": \"RelWithDebInfo\"}}",
		  { "build", "ok", "RelWithDebInfo", NULL, NULL } },
		{ "{\"build\": {\"type\": \"Debug\"}}",
		  { "build", "warning", "Debug", "scripts/build release",
		    NULL } },
		{ "{\"build\": {\"type\": null}}",
		  { "build", "warning", "no type", "scripts/build release",
		    NULL } },
		{ "{\"build\": {\"sanitizer\": \"thread\"}}",
		  { "build", "warning", "sanitizer: thread",
		    "scripts/build release", NULL } },
		{ "{\"build\": {\"git_dirty\": \"yes\"}}",
		  { "source", "note", "0123456789ab, changed", NULL,
		    "Commit" } },
		{ "{\"build\": {\"git_commit\": \"unknown\"}}",
		  { "source", "unknown", NULL, NULL, "git" } },
	};

	(void)state;
	ASSERT_CHANGES(changes);
}

static void test_variables_of_hwloc(void **state)
{
	static const struct change changes[] = {
		{ "{\"hwloc_environment\": [\"HWLOC_XMLFILE\"]}",
		  { "hwloc", "warning", "HWLOC_XMLFILE", "unset HWLOC_XMLFILE",
		    NULL } },
		{ "{\"hwloc_environment\": [\"HWLOC_HIDE_ERRORS\","
		  "   \"HWLOC_SYNTHETIC\"]}",
		  { "hwloc", "warning", "HWLOC_HIDE_ERRORS HWLOC_SYNTHETIC",
		    "unset HWLOC_HIDE_ERRORS HWLOC_SYNTHETIC", NULL } },
		{ "{\"hwloc_environment\": [\"HWLOC_HIDE_ERRORS\"]}",
		  { "hwloc", "note", "HWLOC_HIDE_ERRORS",
		    "unset HWLOC_HIDE_ERRORS", NULL } },
	};

	(void)state;
	ASSERT_CHANGES(changes);
}

static void test_limits_low_and_high(void **state)
{
	static const struct change changes[] = {
		{ "{\"limits\": {\"descriptors\": null}}",
		  { "files", "ok", "no limit", NULL, NULL } },
		{ "{\"limits\": {\"descriptors\": 4096}}",
		  { "files", "note", "4096",
		    "prlimit --pid $$ --nofile=65536:65536", NULL } },
		{ "{\"limits\": {\"descriptors\": 1023}}",
		  { "files", "warning", "1023",
		    "prlimit --pid $$ --nofile=65536:65536", NULL } },
		{ "{\"limits\": {\"tasks_free\": 8000,"
		  "   \"tasks_by\": \"RLIMIT_NPROC\"}}",
		  { "processes", "note", "8000 (RLIMIT_NPROC)",
		    "prlimit --pid $$ --nproc=unlimited:unlimited", NULL } },
		{ "{\"limits\": {\"tasks_free\": 80,"
		  "   \"tasks_by\": \"kernel.threads-max\"}}",
		  { "processes", "warning", "80 (kernel.threads-max)",
		    "sysctl -w kernel.threads-max=4194304", NULL } },
		{ "{\"limits\": {\"tasks_free\": 80,"
		  "   \"tasks_by\": \"kernel.pid_max\"}}",
		  { "processes", "warning", "80 (kernel.pid_max)",
		    "sysctl -w kernel.pid_max=4194304", NULL } },
		{ "{\"limits\": {\"tasks_free\": 80,"
		  "   \"tasks_by\": \"cgroup pids.max\"},"
		  " \"cgroup\": {\"tasks_file\": \"/cg/a b/pids.max\"}}",
		  { "processes", "warning", "80 (cgroup pids.max)",
		    "echo max > '/cg/a b/pids.max'", NULL } },
		{ "{\"limits\": {\"mappings\": 65529}}",
		  { "memory_maps", "note", "65529",
		    "sysctl -w vm.max_map_count=65530", NULL } },
		{ "{\"limits\": {\"mappings\": 1000}}",
		  { "memory_maps", "warning", "1000",
		    "sysctl -w vm.max_map_count=65530", NULL } },
	};

	(void)state;
	ASSERT_CHANGES(changes);
}

struct most {
	uint64_t files, tasks, maps;
};

static void keep_most(uint64_t *most, uint64_t needed)
{
	*most = needed > *most ? needed : *most;
}

/* What the neediest point with so many tasks in flight takes. */
static void find_most(uint32_t inflight, struct most *most)
{
	memset(most, 0, sizeof(*most));
	for (size_t w = 0; sy_workloads[w]; w++)
		for (size_t m = 0; sy_models[m]; m++) {
			struct sy_point point = { .where = { .count = 1 } };
			struct sy_needs needs;

			sy_request_default(&point.request);
			point.request.workload = sy_workloads[w];
			point.request.model = sy_models[m];
			point.request.inflight = inflight;
			sy_point_needs(&point, &needs);
			keep_most(&most->files, needs.descriptors);
			keep_most(&most->tasks,
			          (uint64_t)needs.threads + needs.processes);
			keep_most(&most->maps, needs.mappings);
		}
}

/* One less than what the points need is not found to be enough. */
static void assert_one_less(uint32_t inflight, const char *level)
{
	static const char *const names[] = { "files", "processes",
		                             "memory_maps" };
	struct most most;
	char change[256];
	json_t *findings;

	find_most(inflight, &most);
	snprintf(change, sizeof(change),
	         "{\"limits\": {\"descriptors\": %llu, \"tasks_free\": %llu,"
	         "   \"mappings\": %llu}}",
	         (unsigned long long)most.files - 1,
	         (unsigned long long)most.tasks - 1,
	         (unsigned long long)most.maps - 1);
	findings = findings_with(change);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		assert_string_equal(
			finding_text(finding_named(findings, names[i]),
		                     "level"),
			level);
	json_decref(findings);
}

static void test_what_is_called_enough_is_enough(void **state)
{
	(void)state;
	assert_one_less(256, "warning");
	assert_one_less(4096, "note");
}

/* A file that a shell would read as something else is not in a command. */
static void test_names_that_a_shell_would_misread(void **state)
{
	static const char *const names[][2] = {
		{ "/cg/a-1@b.service/pids.max",
		  "echo max > /cg/a-1@b.service/pids.max" },
		{ "/cg/a\\\\x2db/pids.max",
		  "echo max > '/cg/a\\x2db/pids.max'" },
		{ "/cg/$(reboot)/pids.max",
		  "echo max > '/cg/$(reboot)/pids.max'" },
		{ "/cg/it's/pids.max", NULL },
		{ "/cg/\\u001b[2J/pids.max", NULL },
		{ "/cg/\\u00e4/pids.max", NULL },
	};
	char change[512];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct expected expected = { "processes", "warning", "80",
			                     names[i][1], NULL };

		snprintf(change, sizeof(change),
		         "{\"limits\": {\"tasks_free\": 80,"
		         "   \"tasks_by\": \"cgroup pids.max\"},"
		         " \"cgroup\": {\"tasks_file\": \"%s\"}}",
		         names[i][0]);
		assert_alone(change, &expected);
	}
}

static void test_a_command_is_whole_or_not_there(void **state)
{
	char change[2048], folder[1500];
	struct expected expected = { "processes", "warning", "80", NULL, NULL };

	(void)state;
	memset(folder, 'a', sizeof(folder) - 1);
	folder[sizeof(folder) - 1] = '\0';
	snprintf(change, sizeof(change),
	         "{\"limits\": {\"tasks_free\": 80,"
	         "   \"tasks_by\": \"cgroup pids.max\"},"
	         " \"cgroup\": {\"tasks_file\": \"/%s\"}}",
	         folder);
	assert_alone(change, &expected);
}

static void test_timer_slack(void **state)
{
	static const struct change changes[] = {
		{ "{\"kernel\": {\"timer_slack_ns\": 0}}",
		  { "timer_slack", "ok", "0 ns", NULL, NULL } },
		{ "{\"kernel\": {\"timer_slack_ns\": 100000000}}",
		  { "timer_slack", "note", "100000000 ns",
		    "echo 50000 > /proc/$$/timerslack_ns", NULL } },
		{ "{\"kernel\": {\"timer_slack_ns\": null}}",
		  { "timer_slack", "unknown", NULL, NULL, "refused" } },
	};

	(void)state;
	ASSERT_CHANGES(changes);
}

static void test_clocks_that_are_dear(void **state)
{
	static const char tsc[] = "echo tsc > /sys/devices/system/clocksource/"
				  "clocksource0/current_clocksource";
	const struct change changes[] = {
		{ "{\"clock\": {\"cost_ns\": 900.0}}",
		  { "clock", "warning", "tsc, 900 ns", NULL, "dmesg" } },
		{ "{\"kernel\": {\"clock_source\": \"hpet\","
		  "   \"clock_sources\": \"hpet acpi_pm\"}}",
		  { "clock", "warning", "hpet", NULL, "dmesg" } },
		{ "{\"kernel\": {\"clock_source\": \"acpi_pm\","
		  "   \"clock_sources\": \"tsc hpet acpi_pm\"}}",
		  { "clock", "warning", "acpi_pm", tsc, NULL } },
		{ "{\"kernel\": {\"clock_source\": \"jiffies\","
		  "   \"clock_sources\": \"jiffies tsc-early\"}}",
		  { "clock", "warning", "jiffies", NULL, "dmesg" } },
		{ "{\"kernel\": {\"clock_source\": \"kvm-clock\"}}",
		  { "clock", "ok", "kvm-clock, 25 ns", NULL, NULL } },
		{ "{\"kernel\": {\"clock_source\": null}}",
		  { "clock", "ok", "not known, 25 ns", NULL, NULL } },
	};

	(void)state;
	ASSERT_CHANGES(changes);
}

/* What a guest cannot change is said, not commanded. */
static void test_a_guest_is_given_no_command_of_its_host(void **state)
{
	static const struct expected guest[] = {
		{ "virtualisation", "note", "guest of xen", NULL,
		  "cannot change its host" },
		{ "governor", "unknown", NULL, NULL, "host sets" },
		{ "turbo", "unknown", NULL, NULL, "host" },
		{ "smt", "note", "on", NULL, "--placement" },
		{ "throttling", "unknown", NULL, NULL, "host's counts" },
		{ "idle_states", "unknown", NULL, NULL, "host" },
		{ "clock", "warning", "xen, 900 ns", NULL, "host offers" },
		{ "steal", "warning", "2.0 %", NULL, "guest cannot" },
	};
	json_t *findings = findings_with(
		"{\"virtualisation\": \"xen\", \"clock\": {\"cost_ns\": 900.0},"
		" \"kernel\": {\"clock_source\": \"xen\","
		"   \"clock_sources\": \"xen hpet\"},"
		" \"load\": {\"steal_share\": 0.02},"
		" \"cpu\": {\"governor\": null, \"turbo\": null, \"smt\": true,"
		"   \"smt_control\": \"on\", \"throttling\": null,"
		"   \"idle_driver\": null}}");

	(void)state;
	for (size_t i = 0; i < sizeof(guest) / sizeof(*guest); i++)
		assert_found(findings, &guest[i]);
	json_decref(findings);
}

static void test_a_container_is_changed_from_outside(void **state)
{
	static const struct expected inside[] = {
		{ "container", "note", "docker", NULL, "host" },
		{ "cgroup_quota", "warning", "1.50 CPUs", NULL, "outside" },
		{ "cpuset", "note", "2 of 4 PUs (0-1)", NULL, "outside" },
		{ "processes", "warning", "80", NULL, "outside" },
	};
	json_t *findings = findings_with(
		"{\"container\": \"docker\", \"cgroup_cpus\": 1.5,"
		" \"cpu\": {\"allowed_list\": \"0-1\"},"
		" \"limits\": {\"tasks_free\": 80,"
		"   \"tasks_by\": \"cgroup pids.max\"},"
		" \"cgroup\": {\"quota_file\": \"/cg/cpu.max\","
		"   \"tasks_file\": \"/cg/pids.max\", \"cpuset\": \"0-1\","
		"   \"cpuset_file\": \"/cg/cpuset.cpus\"}}");

	(void)state;
	for (size_t i = 0; i < sizeof(inside) / sizeof(*inside); i++)
		assert_found(findings, &inside[i]);
	json_decref(findings);
}

/* What is read first is what spoils most. */
static void test_the_worst_comes_first(void **state)
{
	static const char *const order[] = { "warning", "note", "unknown",
		                             "ok" };
	json_t *findings = findings_with(
		"{\"virtualisation\": \"kvm\", \"cpu\": {\"governor\": null},"
		" \"build\": {\"sanitizer\": \"thread\"}}");
	size_t at = 0, i;
	json_t *finding;

	(void)state;
	json_array_foreach (findings, i, finding) {
		const char *level = finding_text(finding, "level");

		while (strcmp(order[at], level) != 0)
			assert_true(++at < 4);
	}
	assert_int_equal(at, 3);
	json_decref(findings);
}

/* Under a table stand all warnings, and of the notes those that matter. */
static void test_what_stands_under_every_table(void **state)
{
	json_t *findings =
		findings_with("{\"virtualisation\": \"kvm\","
	                      " \"kernel\": {\"huge_pages\": \"always\"},"
	                      " \"limits\": {\"descriptors\": 10},"
	                      " \"load\": {\"one_minute\": null}}");
	json_t *finding;
	size_t i;

	(void)state;
	json_array_foreach (findings, i, finding) {
		const char *name = finding_text(finding, "name");
		bool brief = !strcmp(name, "virtualisation") ||
		             !strcmp(name, "files");

		assert_true(json_is_true(json_object_get(finding, "brief")) ==
		            brief);
	}
	json_decref(findings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_good_machine_is_all_ok),
		cmocka_unit_test(test_nothing_known_is_no_harm),
		cmocka_unit_test(test_nonsense_is_not_known),
		cmocka_unit_test(test_builds),
		cmocka_unit_test(test_variables_of_hwloc),
		cmocka_unit_test(test_limits_low_and_high),
		cmocka_unit_test(test_what_is_called_enough_is_enough),
		cmocka_unit_test(test_names_that_a_shell_would_misread),
		cmocka_unit_test(test_a_command_is_whole_or_not_there),
		cmocka_unit_test(test_timer_slack),
		cmocka_unit_test(test_clocks_that_are_dear),
		cmocka_unit_test(test_a_guest_is_given_no_command_of_its_host),
		cmocka_unit_test(test_a_container_is_changed_from_outside),
		cmocka_unit_test(test_the_worst_comes_first),
		cmocka_unit_test(test_what_stands_under_every_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
