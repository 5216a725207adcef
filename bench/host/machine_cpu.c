/* SPDX-License-Identifier: MIT */
/*
 * machine_cpu.c - the processors: what they are, how fast they may run, how
 * they sleep, and whether they were slowed down.
 */
#include "machine_internal.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "topology.h"

#define CPUS "/sys/devices/system/cpu"

struct known {
	const char *sign, *name;
};

void sy_cpu_model(const char *root, char *model, size_t bytes)
{
	static const char *const keys[] = {
		"model name", "cpu model", "Model", "cpu", "CPU part", NULL,
	};

	for (size_t i = 0; keys[i]; i++)
		if (sy_file_field(root, "/proc/cpuinfo", keys[i], model, bytes))
			return;
	snprintf(model, bytes, "unknown");
}

/* "performance" where all policies agree, else "mixed". */
static json_t *same_in_policies(const char *root, const char *name)
{
	char folder[SY_PATH_BYTES], path[SY_PATH_BYTES];
	char first[64] = "", line[64];
	struct dirent *entry;
	bool mixed = false;
	DIR *policies;

	snprintf(folder, sizeof(folder), "%s" CPUS "/cpufreq", root);
	policies = opendir(folder);
	if (!policies)
		return json_null();
	while ((entry = readdir(policies))) {
		if (strncmp(entry->d_name, "policy", 6))
			continue;
		snprintf(path, sizeof(path), CPUS "/cpufreq/%s/%s",
		         entry->d_name, name);
		if (!sy_file_line(root, path, line, sizeof(line)))
			continue;
		mixed = mixed || (*first && strcmp(first, line) != 0);
		snprintf(first, sizeof(first), "%s", line);
	}
	closedir(policies);
	return sy_json_text(mixed ? "mixed" : first);
}

/* Drivers say it in three ways; some have no such switch. */
static int put_turbo(json_t *cpu, const char *root)
{
	const char *by = "intel_pstate/no_turbo";
	json_t *on = sy_json_switch(root, CPUS "/intel_pstate/no_turbo", true);
	int rc = 0;

	if (json_is_null(on)) {
		by = "cpufreq/boost";
		on = sy_json_switch(root, CPUS "/cpufreq/boost", false);
	}
	if (json_is_null(on)) {
		json_t *boost = same_in_policies(root, "boost");
		const char *text = json_string_value(boost);

		/* Where policies differ, some processors have it. */
		by = text ? "cpufreq/policy*/boost" : NULL;
		if (text)
			on = json_boolean(strcmp(text, "0") != 0);
		json_decref(boost);
	}
	rc |= sy_json_put(cpu, "turbo", on);
	rc |= sy_json_put(cpu, "turbo_file", sy_json_text(by));
	return rc;
}

static int put_frequency(json_t *cpu, const char *root)
{
	static const char *const keys[] = {
		"scaling_driver",
		"scaling_governor",
		"scaling_min_freq",
		"scaling_max_freq",
		"energy_performance_preference",
	};
	static const char *const names[] = {
		"frequency_driver",  "governor",          "frequency_min_khz",
		"frequency_max_khz", "energy_preference",
	};
	int rc = put_turbo(cpu, root);

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys) && !rc; i++)
		rc = sy_json_put(cpu, names[i],
		                 same_in_policies(root, keys[i]));
	return rc;
}

/* Without a topology nothing is known of the machine's shape. */
static int put_shape(json_t *cpu, const struct sy_topology *topology)
{
	struct sy_topology_facts facts = { 0 };
	int rc = 0;

	if (topology)
		sy_topology_facts(topology, &facts);
	const struct {
		const char *key;
		uint64_t number;
	} shape[] = {
		{ "pus", facts.pus },
		{ "cores", facts.cores },
		{ "packages", facts.packages },
		{ "numa_nodes", facts.numa_nodes },
		{ "kinds", facts.cpu_kinds },
		{ "l1d_bytes", facts.l1d_bytes },
		{ "l2_bytes", facts.l2_bytes },
		{ "l3_bytes", facts.l3_bytes },
		{ "l3_count", facts.l3_count },
	};
	for (size_t i = 0; i < sizeof(shape) / sizeof(*shape) && !rc; i++)
		rc = sy_json_put(cpu, shape[i].key,
		                 topology ? sy_json_number(shape[i].number)
		                          : json_null());
	return rc;
}

static json_t *microcode(const char *root)
{
	char line[64];

	if (!sy_file_field(root, "/proc/cpuinfo", "microcode", line,
	                   sizeof(line)))
		return json_null();
	return sy_json_text(line);
}

/* What CPU 0 runs at; of a guest, often all that is known of its rate. */
static json_t *clock_rate(const char *root)
{
	uint64_t mhz = sy_file_field_number(root, "/proc/cpuinfo", "cpu MHz");

	return mhz ? sy_json_number(mhz) : json_null();
}

/* Values that are the first line of a file below CPUS. */
static int put_files(json_t *cpu, const char *root)
{
	static const struct known files[] = {
		{ CPUS "/smt/control", "smt_control" },
		{ CPUS "/isolated", "isolated" },
		{ CPUS "/nohz_full", "nohz_full" },
		{ CPUS "/cpuidle/current_driver", "idle_driver" },
		{ CPUS "/cpuidle/current_governor", "idle_governor" },
		{ NULL, NULL },
	};
	int rc = 0;

	for (const struct known *file = files; file->sign && !rc; file++)
		rc = sy_json_put(cpu, file->name,
		                 sy_json_file(root, file->sign));
	return rc;
}

/* Lists such as "0-3": what is online, what this process may use. */
static int put_allowed(json_t *cpu, const char *root)
{
	char list[SY_FACT_LINE_BYTES];
	bool known = sy_file_field(root, "/proc/self/status",
	                           "Cpus_allowed_list", list, sizeof(list));
	int rc = sy_json_put(cpu, "online_list",
	                     sy_json_file(root, CPUS "/online"));

	rc |= sy_json_put(cpu, "allowed_list",
	                  sy_json_text(known ? list : NULL));
	return rc;
}

static uint64_t throttled(const char *root, const char *cpu, const char *name)
{
	char path[SY_PATH_BYTES];

	snprintf(path, sizeof(path), CPUS "/%s/thermal_throttle/%s", cpu, name);
	return sy_file_number(root, path);
}

/*
 * How often heat slowed processors down since boot, or null: only drivers of
 * Intel's count (admin-guide/thermal/intel_thermal_throttle.rst).  A package's
 * event is counted by each of its CPUs, so the highest count is its own.
 */
static json_t *throttling(const char *root)
{
	uint64_t core = UINT64_MAX, package = UINT64_MAX, count;
	char folder[SY_PATH_BYTES];
	struct dirent *entry;
	DIR *cpus;

	snprintf(folder, sizeof(folder), "%s" CPUS, root);
	cpus = opendir(folder);
	while (cpus && (entry = readdir(cpus))) {
		if (strncmp(entry->d_name, "cpu", 3) ||
		    !isdigit((unsigned char)entry->d_name[3]))
			continue;
		count = throttled(root, entry->d_name, "core_throttle_count");
		if (count != UINT64_MAX)
			core = core == UINT64_MAX ? count : core + count;
		count = throttled(root, entry->d_name,
		                  "package_throttle_count");
		if (count != UINT64_MAX &&
		    (package == UINT64_MAX || count > package))
			package = count;
	}
	if (cpus)
		closedir(cpus);
	if (core == UINT64_MAX && package == UINT64_MAX)
		return json_null();
	return json_pack("{s:o, s:o}", "core_events", sy_json_number(core),
	                 "package_events", sy_json_number(package));
}

json_t *sy_cpu_facts(const char *root, const struct sy_topology *topology)
{
	json_t *cpu = json_object();
	unsigned online = sy_file_cpu_count(root, CPUS "/online");
	char model[256];
	int rc = 0;

	sy_cpu_model(root, model, sizeof(model));
	rc |= sy_json_put(cpu, "model", sy_json_text(model));
	rc |= sy_json_put(cpu, "microcode", microcode(root));
	rc |= sy_json_put(cpu, "mhz", clock_rate(root));
	rc |= sy_json_put(cpu, "online",
	                  sy_json_number(online ? online : UINT64_MAX));
	rc |= put_shape(cpu, topology);
	rc |= sy_json_put(cpu, "smt",
	                  sy_json_switch(root, CPUS "/smt/active", false));
	rc |= put_files(cpu, root);
	rc |= put_frequency(cpu, root);
	rc |= put_allowed(cpu, root);
	rc |= sy_json_put(cpu, "throttling", throttling(root));
	if (!rc)
		return cpu;
	json_decref(cpu);
	return NULL;
}

json_t *sy_mitigation_facts(const char *root)
{
	char folder[SY_PATH_BYTES], path[SY_PATH_BYTES];
	json_t *all = json_object();
	struct dirent *entry;
	DIR *names;
	int rc = 0;

	snprintf(folder, sizeof(folder), "%s" CPUS "/vulnerabilities", root);
	names = opendir(folder);
	while (names && !rc && (entry = readdir(names))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), CPUS "/vulnerabilities/%s",
		         entry->d_name);
		rc = sy_json_put(all, entry->d_name, sy_json_file(root, path));
	}
	if (names)
		closedir(names);
	if (!rc)
		return all;
	json_decref(all);
	return NULL;
}
