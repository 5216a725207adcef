/* SPDX-License-Identifier: MIT */
/*
 * doctor_limits.c - whether what is measured fits into the limits here.
 *
 * A point that does not is refused by name before it starts; this says so
 * before a run.  The least is what the tour takes (256 tasks in flight), more
 * than enough what 4096 take: `semaphore` starts four threads a task, to 4096,
 * each with two maps, and `io` opens three descriptors a task.
 */
#include <stddef.h>
#include <string.h>

#include "doctor_internal.h"

#define FILES_TOUR 1024
#define FILES_MANY 16384
#define FILES_WANTED 65536
#define TASKS_TOUR 2048
#define TASKS_MANY 16384
#define TASKS_WANTED 4194304 /* as many as there can be (PID_MAX_LIMIT) */
#define MAPS_TOUR 4096
#define MAPS_MANY 65530 /* the kernel's default */

/* Sets level and value by how much there is. */
static void measure(struct sy_finding *finding, double number, double tour,
                    double many, const char *by)
{
	const char *open = by ? " (" : "", *close = by ? ")" : "";

	if (number < tour)
		sy_found(finding, SY_WARNING, "Points of the tour will fail.",
		         "%.0f%s%s%s", number, open, by ? by : "", close);
	else if (number < many)
		sy_found(finding, SY_NOTE,
		         "Enough for the tour; points with thousands of tasks "
		         "in flight may fail.",
		         "%.0f%s%s%s", number, open, by ? by : "", close);
	else
		sy_found(finding, SY_OK, "Enough for 4096 tasks in flight.",
		         "%.0f%s%s%s", number, open, by ? by : "", close);
}

static void look_at_files(const json_t *facts, struct sy_finding *finding)
{
	double files = 0;

	if (!sy_fact_number(facts, "limits", "descriptors", &files)) {
		sy_found(finding, SY_OK, "Enough for 4096 tasks in flight.",
		         "no limit");
		return;
	}
	measure(finding, files, FILES_TOUR, FILES_MANY, NULL);
	if (finding->level != SY_OK)
		sy_change_by(finding, "prlimit --pid $$ --nofile=%d:%d",
		             FILES_WANTED, FILES_WANTED);
}

static void raise_tasks(const json_t *facts, const char *by,
                        struct sy_finding *finding)
{
	if (!strcmp(by, "RLIMIT_NPROC"))
		sy_change_by(finding, "prlimit --pid $$ "
		                      "--nproc=unlimited:unlimited");
	else if (!strcmp(by, "kernel.threads-max"))
		sy_change_by(finding, "sysctl -w kernel.threads-max=%d",
		             TASKS_WANTED);
	else if (!strcmp(by, "kernel.pid_max"))
		sy_change_by(finding, "sysctl -w kernel.pid_max=%d",
		             TASKS_WANTED);
	else
		sy_change_file(finding, facts, "max",
		               sy_fact_text(facts, "cgroup", "tasks_file"));
}

static void look_at_tasks(const json_t *facts, struct sy_finding *finding)
{
	const char *by = sy_fact_text(facts, "limits", "tasks_by");
	double tasks = 0;

	if (!sy_fact_number(facts, "limits", "tasks_free", &tasks)) {
		sy_not_known(finding,
		             "Every context of threads, semaphore, fork and "
		             "pool is a thread or a process.",
		             "Neither /proc/sys/kernel nor a cgroup tells.");
		return;
	}
	measure(finding, tasks, TASKS_TOUR, TASKS_MANY, by);
	if (finding->level != SY_OK && by)
		raise_tasks(facts, by, finding);
}

static void look_at_maps(const json_t *facts, struct sy_finding *finding)
{
	double maps = 0;

	if (!sy_fact_number(facts, "limits", "mappings", &maps)) {
		sy_not_known(finding,
		             "Every thread, and with old kernels every "
		             "coroutine, takes two memory maps.",
		             "/proc/sys/vm/max_map_count cannot be read.");
		return;
	}
	measure(finding, maps, MAPS_TOUR, MAPS_MANY, NULL);
	if (finding->level != SY_OK)
		sy_change_by(finding, "sysctl -w vm.max_map_count=%d",
		             MAPS_MANY);
}

const struct sy_check sy_limit_checks[] = {
	{ "files", false, look_at_files },
	{ "processes", false, look_at_tasks },
	{ "memory_maps", false, look_at_maps },
	{ NULL, false, NULL },
};
