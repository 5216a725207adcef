/* SPDX-License-Identifier: MIT */
/*
 * test_doctor.c - what the checks find in made-up facts.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "doctor_facts.h"

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
		cmocka_unit_test(test_timer_slack),
		cmocka_unit_test(test_clocks_that_are_dear),
		cmocka_unit_test(test_a_guest_is_given_no_command_of_its_host),
		cmocka_unit_test(test_a_container_is_changed_from_outside),
		cmocka_unit_test(test_the_worst_comes_first),
		cmocka_unit_test(test_what_stands_under_every_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
