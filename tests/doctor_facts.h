/* SPDX-License-Identifier: MIT */
/*
 * doctor_facts.h - what is found where the facts of a good machine are changed.
 *
 * After cmocka.h.
 */
#ifndef SY_DOCTOR_FACTS_H
#define SY_DOCTOR_FACTS_H

#include "doctor_fixture.h"

/* A machine on which all is as it should be. */
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

#endif /* SY_DOCTOR_FACTS_H */
