/* SPDX-License-Identifier: MIT */
/*
 * machine_cpu.c - the processors: what they are, how fast they may run, how
 * they sleep, and who else they belong to.
 */
#include "machine_internal.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "topology.h"

#define CPUS "/sys/devices/system/cpu"

struct known {
	const char *sign, *name;
};

static const char *find_known(const struct known *known, const char *text)
{
	for (; known->sign; known++)
		if (strstr(text, known->sign))
			return known->name;
	return NULL;
}

/* By the board's maker, where CPUID is not there to ask (arm64). */
static const char *virtual_board(const char *root)
{
	static const struct known boards[] = {
		{ "QEMU", "qemu" },
		{ "KVM", "kvm" },
		{ "VMware", "vmware" },
		{ "VirtualBox", "virtualbox" },
		{ "innotek", "virtualbox" },
		{ "Xen", "xen" },
		{ "Amazon EC2", "amazon" },
		{ "Google Compute Engine", "google" },
		{ "Virtual Machine", "hyperv" },
		{ NULL, NULL },
	};
	static const char *const files[] = {
		"/sys/class/dmi/id/sys_vendor",
		"/sys/class/dmi/id/product_name",
	};
	char line[256];
	const char *name = NULL;

	for (size_t i = 0; i < sizeof(files) / sizeof(*files) && !name; i++)
		if (sy_file_line(root, files[i], line, sizeof(line)))
			name = find_known(boards, line);
	/* The same names are on machines that are rented whole. */
	if (name &&
	    sy_file_line(root, "/sys/class/dmi/id/product_name", line,
	                 sizeof(line)) &&
	    strstr(line, ".metal"))
		name = NULL;
	return name;
}

const char *sy_virtualisation(const char *root, const char *signature)
{
	static const struct known hypervisors[] = {
		{ "KVMKVMKVM", "kvm" },
		{ "VMwareVMware", "vmware" },
		{ "Microsoft Hv", "hyperv" },
		{ "XenVMMXenVMM", "xen" },
		{ "TCGTCGTCGTCG", "qemu" },
		{ "VBoxVBoxVBox", "virtualbox" },
		{ "bhyve", "bhyve" },
		{ "ACRNACRNACRN", "acrn" },
		{ NULL, NULL },
	};
	char line[SY_LINE_BYTES];
	const char *name = find_known(hypervisors, signature);

	if (name)
		return name;
	if (sy_file_line(root, "/sys/hypervisor/type", line, sizeof(line)) &&
	    strstr(line, "xen"))
		return "xen";
	if (sy_file_line(root, "/proc/device-tree/hypervisor/compatible", line,
	                 sizeof(line)))
		return strstr(line, "kvm") ? "kvm" : "unknown";
	name = virtual_board(root);
	if (name)
		return name;
	if (*signature)
		return "unknown";
	if (sy_file_field(root, "/proc/cpuinfo", "flags", line, sizeof(line)) &&
	    strstr(line, " hypervisor"))
		return "unknown";
	return "none";
}

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

/* Two drivers say it in two ways; a third has no such switch. */
static json_t *turbo(const char *root)
{
	json_t *known =
		sy_json_switch(root, CPUS "/intel_pstate/no_turbo", true);

	if (!json_is_null(known))
		return known;
	return sy_json_switch(root, CPUS "/cpufreq/boost", false);
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
	int rc = sy_json_put(cpu, "turbo", turbo(root));

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys) && !rc; i++)
		rc = sy_json_put(cpu, names[i],
		                 same_in_policies(root, keys[i]));
	return rc;
}

static int put_shape(json_t *cpu, const struct sy_topology *topology)
{
	struct sy_topology_facts facts;
	int rc = 0;

	sy_topology_facts(topology, &facts);
	rc |= sy_json_put(cpu, "pus", sy_json_number(facts.pus));
	rc |= sy_json_put(cpu, "cores", sy_json_number(facts.cores));
	rc |= sy_json_put(cpu, "packages", sy_json_number(facts.packages));
	rc |= sy_json_put(cpu, "numa_nodes", sy_json_number(facts.numa_nodes));
	rc |= sy_json_put(cpu, "kinds", sy_json_number(facts.cpu_kinds));
	rc |= sy_json_put(cpu, "l1d_bytes", sy_json_number(facts.l1d_bytes));
	rc |= sy_json_put(cpu, "l2_bytes", sy_json_number(facts.l2_bytes));
	rc |= sy_json_put(cpu, "l3_bytes", sy_json_number(facts.l3_bytes));
	rc |= sy_json_put(cpu, "l3_count", sy_json_number(facts.l3_count));
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

json_t *sy_cpu_facts(const char *root, const struct sy_topology *topology)
{
	json_t *cpu = json_object();
	unsigned online = sy_file_cpu_count(root, CPUS "/online");
	char model[256];
	int rc = 0;

	sy_cpu_model(root, model, sizeof(model));
	rc |= sy_json_put(cpu, "model", sy_json_text(model));
	rc |= sy_json_put(cpu, "microcode", microcode(root));
	rc |= sy_json_put(cpu, "online",
	                  sy_json_number(online ? online : UINT64_MAX));
	rc |= put_shape(cpu, topology);
	rc |= sy_json_put(cpu, "smt",
	                  sy_json_switch(root, CPUS "/smt/active", false));
	rc |= put_files(cpu, root);
	rc |= put_frequency(cpu, root);
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
