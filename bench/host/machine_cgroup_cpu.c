/* SPDX-License-Identifier: MIT */
/*
 * machine_cgroup_cpu.c - what the control groups leave of the processors: time
 * and CPUs.
 *
 * The file that limits is kept beside the limit, for whoever wants to change
 * it.  Documentation/admin-guide/cgroup-v2.rst, scheduler/sched-bwc.rst.
 */
#include "machine_internal.h"

#include <stdio.h>
#include <stdlib.h>

/* v2: "quota period" or "max period"; v1: two files, -1 for no quota. */
static double read_quota(const char *root, const char *folder, bool v2)
{
	char path[SY_PATH_BYTES], line[64];
	double quota = 0, period = 0;

	if (v2) {
		if (!sy_file_line(root, sy_cgroup_path(path, folder, "cpu.max"),
		                  line, sizeof(line)) ||
		    sscanf(line, "%lf %lf", &quota, &period) != 2)
			return 0;
	} else {
		quota = (double)sy_cgroup_number(root, folder,
		                                 "cpu.cfs_quota_us");
		period = (double)sy_cgroup_number(root, folder,
		                                  "cpu.cfs_period_us");
		/* -1, or not there. */
		if (quota >= (double)UINT64_MAX)
			return 0;
	}
	return quota > 0 && period > 0 ? quota / period : 0;
}

static void see_quota(const char *root, const char *folder, bool v2, void *data)
{
	struct sy_cgroup_quota *least = data;
	double cpus = read_quota(root, folder, v2);

	least->seen = true;
	if (cpus <= 0 || (least->cpus > 0 && cpus >= least->cpus))
		return;
	least->cpus = cpus;
	least->v2 = v2;
	snprintf(least->folder, sizeof(least->folder), "%s", folder);
}

void sy_cgroup_quota_read(const char *root, struct sy_cgroup_quota *quota)
{
	*quota = (struct sy_cgroup_quota){ .cpus = 0 };
	sy_cgroup_walk(root, "cpu", see_quota, quota);
}

struct cpuset {
	unsigned online;
	bool seen;                     /* the process's own cgroup */
	char list[SY_FACT_LINE_BYTES]; /* what it may use, or "" */
	char file[SY_PATH_BYTES];      /* the uppermost that leaves some out */
};

/* v2 knows what is left after all cgroups above; an old v1 does not say so. */
static void read_own_cpuset(const char *root, const char *folder, bool v2,
                            struct cpuset *set)
{
	char path[SY_PATH_BYTES];

	if (sy_file_line(root,
	                 sy_cgroup_path(path, folder,
	                                v2 ? "cpuset.cpus.effective"
	                                   : "cpuset.effective_cpus"),
	                 set->list, sizeof(set->list)) ||
	    (!v2 &&
	     sy_file_line(root, sy_cgroup_path(path, folder, "cpuset.cpus"),
	                  set->list, sizeof(set->list))))
		set->seen = true;
}

/*
 * A cgroup without CPUs of its own (v2) has those of the one above.  The
 * uppermost has to be changed first, as none below can have more.
 */
static void see_cpuset(const char *root, const char *folder, bool v2,
                       void *data)
{
	struct cpuset *set = data;
	char path[SY_PATH_BYTES];
	unsigned count = sy_file_cpu_count(
		root, sy_cgroup_path(path, folder, "cpuset.cpus"));

	if (!set->seen)
		read_own_cpuset(root, folder, v2, set);
	if (count && count < set->online)
		snprintf(set->file, sizeof(set->file), "%s", path);
}

static int put_cpuset(json_t *facts, const char *root)
{
	struct cpuset *set = calloc(1, sizeof(*set));
	int rc = 0;

	if (!set)
		return -1;
	set->online = sy_file_cpu_count(root, "/sys/devices/system/cpu/online");
	sy_cgroup_walk(root, "cpuset", see_cpuset, set);
	rc |= sy_json_put(facts, "cpuset", sy_json_text(set->list));
	rc |= sy_json_put(facts, "cpuset_file", sy_json_text(set->file));
	free(set);
	return rc;
}

/* cpu.stat of the cgroup with the least quota, since it was made. */
static int put_quota(json_t *facts, const char *root,
                     const struct sy_cgroup_quota *quota)
{
	uint64_t periods = UINT64_MAX, throttled = UINT64_MAX;
	char path[SY_PATH_BYTES];
	const char *file = NULL;
	int rc = 0;

	if (quota->cpus > 0) {
		sy_cgroup_path(path, quota->folder, "cpu.stat");
		periods = sy_file_field_number(root, path, "nr_periods");
		throttled = sy_file_field_number(root, path, "nr_throttled");
		file = sy_cgroup_path(path, quota->folder,
		                      quota->v2 ? "cpu.max"
		                                : "cpu.cfs_quota_us");
	}
	rc |= sy_json_put(facts, "known", json_boolean(quota->seen));
	rc |= sy_json_put(facts, "quota_file", sy_json_text(file));
	rc |= sy_json_put(facts, "periods", sy_json_number(periods));
	rc |= sy_json_put(facts, "throttled", sy_json_number(throttled));
	return rc;
}

json_t *sy_cgroup_facts(const char *root, const struct sy_cgroup_quota *quota,
                        const char *tasks_file)
{
	json_t *facts = json_object();
	int rc = 0;

	rc |= put_quota(facts, root, quota);
	rc |= put_cpuset(facts, root);
	rc |= sy_json_put(facts, "tasks_file", sy_json_text(tasks_file));
	if (!rc)
		return facts;
	json_decref(facts);
	return NULL;
}
