/* SPDX-License-Identifier: MIT */
/*
 * doctor_sharing.c - who else has a part of this machine, and how much of it
 * is left to this process.
 */
#include <string.h>

#include "doctor_internal.h"
#include "machine_internal.h"

/* A machine of which half is busy has no PU that is surely free. */
#define LOAD_SHARE_MAX 0.5
#define STEAL_SHARE_MAX 0.01
#define STEAL_SHARE_NOTED 0.001
#define PRESSURE_MAX 0.01

static void look_at_load(const json_t *facts, struct sy_finding *finding)
{
	double load = 0, waited = 0, pus = sy_fact_pus(facts);
	bool high;

	if (!sy_fact_number(facts, "load", "one_minute", &load)) {
		sy_not_known(finding,
		             "What else runs takes time from what is measured.",
		             "/proc/loadavg cannot be read.");
		return;
	}
	high = load > LOAD_SHARE_MAX * pus;
	sy_found(finding, high ? SY_WARNING : SY_OK,
	         high ? "What still runs takes time from what is measured; "
	                "the noise above a table tells."
	              : "Little else runs.",
	         "%.2f on %.0f PUs in the last minute", load, pus);
	if (sy_fact_number(facts, "load", "cpu_pressure", &waited))
		sy_found(finding, finding->level, finding->meaning,
		         "%.2f on %.0f PUs, tasks waited in %.1f %% of the "
		         "last minute",
		         load, pus, 100 * waited);
	if (high)
		finding->reason = "Wait, or end what `ps -eo pcpu,pid,args "
				  "--sort=-pcpu` shows.";
}

static void look_at_steal(const json_t *facts, struct sy_finding *finding)
{
	double share = 0;

	if (!sy_fact_number(facts, "load", "steal_share", &share)) {
		sy_not_known(finding,
		             "A host that gives time to others makes intervals "
		             "wide.",
		             "/proc/stat cannot be read.");
		return;
	}
	sy_found(finding, SY_OK, "No host takes time away.",
	         "%.1f %% since boot", 100 * share);
	if (share <= STEAL_SHARE_NOTED)
		return;
	finding->level = share > STEAL_SHARE_MAX ? SY_WARNING : SY_NOTE;
	finding->meaning = "The host gives time to others: expect wide "
			   "intervals.";
	finding->reason = "A guest cannot change it; use another host, or "
			  "processors that are not shared.";
}

static void look_at_quota(const json_t *facts, struct sy_finding *finding)
{
	double cpus = 0, periods = 0, throttled = 0;
	const char *file = sy_fact_text(facts, "cgroup", "quota_file");
	bool v2 = file && strstr(file, "/cpu.max");

	if (!json_is_true(sy_fact(facts, "cgroup", "known"))) {
		sy_not_known(finding,
		             "A quota stops contexts when it is used up.",
		             "No cgroup of this process is mounted.");
		return;
	}
	if (!sy_fact_number(facts, NULL, "cgroup_cpus", &cpus)) {
		sy_found(finding, SY_OK,
		         "Nothing stops contexts for the time that they used.",
		         "none");
		return;
	}
	(void)sy_fact_number(facts, "cgroup", "periods", &periods);
	(void)sy_fact_number(facts, "cgroup", "throttled", &throttled);
	sy_found(finding, SY_OK, "It is more than the PUs can use.",
	         "%.2f CPUs, used up in %.0f of %.0f periods", cpus, throttled,
	         periods);
	if (cpus >= sy_fact_pus(facts))
		return;
	finding->level = SY_WARNING;
	finding->meaning = "Contexts are stopped for the rest of a period "
			   "when it is used up.";
	sy_change_file(finding, facts, v2 ? "max" : "-1", file);
}

/* A cpuset or an affinity mask: what leaves most out is named. */
static void say_what_narrows(const json_t *facts, const char *online,
                             unsigned allowed, struct sy_finding *finding)
{
	const char *file = sy_fact_text(facts, "cgroup", "cpuset_file");
	const char *set = sy_fact_text(facts, "cgroup", "cpuset");

	if (file && set && sy_cpu_list_count(set) <= allowed)
		sy_change_file(finding, facts, online, file);
	else
		sy_change_by(finding, "taskset -pc %s $$", online);
}

static void look_at_cpuset(const json_t *facts, struct sy_finding *finding)
{
	const char *online = sy_fact_text(facts, "cpu", "online_list");
	const char *list = sy_fact_text(facts, "cpu", "allowed_list");
	unsigned all = online ? sy_cpu_list_count(online) : 0;
	unsigned allowed = list ? sy_cpu_list_count(list) : 0;

	if (!all || !allowed) {
		sy_not_known(finding,
		             "Only PUs that this process may use are measured.",
		             "/proc/self/status or /sys/devices/system/cpu/"
		             "online cannot be read.");
		return;
	}
	if (allowed >= all) {
		sy_found(finding, SY_OK, "Every PU can be measured.",
		         "all of %s", online);
		return;
	}
	sy_found(finding, SY_NOTE,
	         "Only these PUs are measured; the figures say nothing about "
	         "the others.",
	         "%u of %u PUs (%s)", allowed, all, list);
	say_what_narrows(facts, online, allowed, finding);
}

static void look_at_memory(const json_t *facts, struct sy_finding *finding)
{
	double waited = 0, swapped = 0;
	bool pressure =
		sy_fact_number(facts, "load", "memory_pressure", &waited);
	bool swap = sy_fact_number(facts, "load", "swap_used_bytes", &swapped);

	if (!pressure && !swap) {
		sy_not_known(finding,
		             "Contexts wait where pages have to be freed or "
		             "read back.",
		             "/proc/pressure and /proc/meminfo cannot be "
		             "read.");
		return;
	}
	sy_found(finding, SY_OK, "Contexts do not wait for memory.",
	         "waited for in %.1f %% of the last minute, %.0f MiB swapped "
	         "out",
	         100 * waited, swapped / 1048576);
	if (!pressure)
		sy_found(finding, swapped > 0 ? SY_NOTE : SY_OK,
		         swapped > 0 ? "Contexts may wait for pages that are "
		                       "read back."
		                     : "Nothing has to be read back.",
		         "%.0f MiB swapped out, pressure not known",
		         swapped / 1048576);
	if (waited > PRESSURE_MAX) {
		finding->level = SY_WARNING;
		finding->meaning = "Contexts wait while pages are freed or "
				   "read back.";
	}
	if (finding->level != SY_OK)
		finding->reason = "End what `ps -eo rss,pid,args --sort=-rss` "
				  "shows, or use more memory.";
}

const struct sy_check sy_sharing_checks[] = {
	{ "load", true, look_at_load },
	{ "steal", true, look_at_steal },
	{ "cgroup_quota", true, look_at_quota },
	{ "cpuset", true, look_at_cpuset },
	{ "memory", false, look_at_memory },
	{ NULL, false, NULL },
};
