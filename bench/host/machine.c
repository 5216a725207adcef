/* SPDX-License-Identifier: MIT */
/*
 * machine.c - the facts put together, the machine's identity and its clock.
 */
#include "machine_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "doctor.h"
#include "identity.h"
#include "model.h"
#include "topology.h"

#define HERE ""

/* Enough reads for the least of a batch to be the undisturbed cost. */
#define CLOCK_BATCHES 50
#define CLOCK_READS 1000

/*
 * The PUs that are online, not those that may be used: a run under taskset is
 * a run on the same machine.
 */
static unsigned count_pus(const struct sy_topology *topology)
{
	unsigned online = 0;

	if (sy_topology_is_here(topology))
		online = sy_file_cpu_count(HERE,
		                           "/sys/devices/system/cpu/online");
	return online ? online : sy_topology_pu_count(topology);
}

void sy_machine_id(const struct sy_topology *topology,
                   char id[SY_MACHINE_ID_BYTES])
{
	struct sy_topology_facts facts;
	char signature[SY_HYPERVISOR_BYTES], model[256], text[512];

	sy_topology_facts(topology, &facts);
	sy_cpuid_hypervisor(signature);
	sy_cpu_model(HERE, model, sizeof(model));
	snprintf(text, sizeof(text),
	         "%s|%u|%" PRIu64 "|%" PRIu64 "|%" PRIu64 "|%s", model,
	         count_pus(topology), facts.l1d_bytes, facts.l2_bytes,
	         facts.l3_bytes, sy_virtualisation(HERE, signature));
	snprintf(id, SY_MACHINE_ID_BYTES, "%016" PRIx64,
	         sy_hash(SY_HASH_EMPTY, text, strlen(text)));
}

void sy_machine_clock(double *cost_ns, double *resolution_ns)
{
	uint64_t least_batch = UINT64_MAX, least_step = UINT64_MAX;

	for (int batch = 0; batch < CLOCK_BATCHES; batch++) {
		uint64_t first = sy_clock_ns(), now = first, before;

		for (int i = 0; i < CLOCK_READS; i++) {
			before = now;
			now = sy_clock_ns();
			if (now > before && now - before < least_step)
				least_step = now - before;
		}
		if (now - first < least_batch)
			least_batch = now - first;
	}
	*cost_ns = (double)least_batch / CLOCK_READS;
	*resolution_ns = (double)least_step;
}

static json_t *limit_facts(const char *root, uint64_t uid, char *tasks_file)
{
	json_t *object = json_object();
	struct sy_limits limits;
	int rc = 0;

	sy_limits_read_at(root, sy_limits_processes(), uid, tasks_file,
	                  &limits);
	rc |= sy_json_put(object, "descriptors",
	                  sy_json_number(limits.descriptors));
	rc |= sy_json_put(object, "tasks_free",
	                  sy_json_number(limits.tasks_free));
	rc |= sy_json_put(object, "tasks_by", sy_json_text(limits.tasks_by));
	rc |= sy_json_put(object, "mappings", sy_json_number(limits.mappings));
	rc |= sy_json_put(object, "memory_free_bytes",
	                  sy_json_number(limits.memory_free));
	if (!rc)
		return object;
	json_decref(object);
	return NULL;
}

static json_t *clock_facts(void)
{
	double cost_ns, resolution_ns;

	sy_machine_clock(&cost_ns, &resolution_ns);
	return json_pack("{s:f, s:f}", "cost_ns", cost_ns, "resolution_ns",
	                 resolution_ns);
}

/* The variables that change what hwloc does, by name. */
static json_t *hwloc_environment(void)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
	json_t *names = json_array();
	int rc = 0;

	for (char **entry = environ; names && *entry; entry++) {
		size_t length = strspn(*entry, letters);

		/* Empty is as good as not set. */
		if (!strncmp(*entry, "HWLOC_", 6) && (*entry)[length] == '=' &&
		    (*entry)[length + 1])
			rc |= json_array_append_new(
				names, json_stringn(*entry, length));
	}
	if (!rc)
		return names;
	json_decref(names);
	return NULL;
}

json_t *sy_machine_facts_at(const char *root, uint64_t uid,
                            const struct utsname *name, const char *signature,
                            const struct sy_topology *topology)
{
	json_t *facts = json_object();
	char id[SY_MACHINE_ID_BYTES] = "", tasks_file[SY_PATH_BYTES];
	struct sy_cgroup_quota quota;
	int rc = 0;

	sy_cgroup_quota_read(root, &quota);
	if (topology)
		sy_machine_id(topology, id);
	rc |= sy_json_put(facts, "id", sy_json_text(id));
	rc |= sy_json_put(facts, "cpu", sy_cpu_facts(root, topology));
	rc |= sy_json_put(facts, "caches", sy_cache_facts(root));
	rc |= sy_json_put(facts, "kernel", sy_kernel_facts(root, name));
	rc |= sy_json_put(facts, "virtualisation",
	                  json_string(sy_virtualisation(root, signature)));
	rc |= sy_json_put(facts, "container", sy_container_fact(root));
	rc |= sy_json_put(facts, "mitigations", sy_mitigation_facts(root));
	rc |= sy_json_put(facts, "load", sy_load_facts(root));
	rc |= sy_json_put(facts, "limits", limit_facts(root, uid, tasks_file));
	rc |= sy_json_put(facts, "cgroup_cpus",
	                  quota.cpus > 0 ? json_real(quota.cpus) : json_null());
	rc |= sy_json_put(facts, "cgroup",
	                  sy_cgroup_facts(root, &quota, tasks_file));
	rc |= sy_json_put(facts, "clock", clock_facts());
	rc |= sy_json_put(facts, "hwloc_environment", hwloc_environment());
	rc |= sy_json_put(facts, "libraries", sy_library_facts());
	rc |= sy_json_put(facts, "build", sy_build_facts());
	rc = rc ? rc : sy_json_put(facts, "findings", sy_findings(facts));
	if (!rc)
		return facts;
	json_decref(facts);
	return NULL;
}

json_t *sy_machine_facts(const struct sy_topology *topology)
{
	char signature[SY_HYPERVISOR_BYTES];
	struct utsname name;

	memset(&name, 0, sizeof(name));
	uname(&name);
	sy_cpuid_hypervisor(signature);
	return sy_machine_facts_at(HERE, getuid(), &name, signature, topology);
}
