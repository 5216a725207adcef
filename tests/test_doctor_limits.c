/* SPDX-License-Identifier: MIT */
/*
 * test_doctor_limits.c - limits that are too low, and the commands that raise
 * them.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "doctor_facts.h"
#include "engine/plan.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_limits_low_and_high),
		cmocka_unit_test(test_what_is_called_enough_is_enough),
		cmocka_unit_test(test_names_that_a_shell_would_misread),
		cmocka_unit_test(test_a_command_is_whole_or_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
