/* SPDX-License-Identifier: MIT */
/*
 * limits.c - what the machine allows, from rlimits, sysctls and cgroups.
 *
 * The counts in use move while they are read; a caller leaves some room.
 */
#include "machine_internal.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Capabilities that RLIMIT_NPROC does not hold for; capability.h. */
#define CAP_SYS_ADMIN_BIT 21
#define CAP_SYS_RESOURCE_BIT 24

int sy_limits_raise(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files))
		return -errno;
	if (files.rlim_cur == files.rlim_max)
		return 0;
	files.rlim_cur = files.rlim_max;
	return setrlimit(RLIMIT_NOFILE, &files) ? -errno : 0;
}

uint64_t sy_threads_alive(const char *root)
{
	char line[128];
	unsigned long long total;

	if (!sy_file_line(root, "/proc/loadavg", line, sizeof(line)) ||
	    sscanf(line, "%*s %*s %*s %*[0-9]/%llu", &total) != 1)
		return 0;
	return total;
}

/* Threads of one user: the sum over the processes whose real user it is. */
static uint64_t threads_of(const char *root, uint64_t uid)
{
	char path[SY_PATH_BYTES];
	uint64_t sum = 0, threads;
	struct dirent *entry;
	DIR *proc;

	snprintf(path, sizeof(path), "%s/proc", root);
	proc = opendir(path);
	if (!proc)
		return 0;
	while ((entry = readdir(proc))) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		snprintf(path, sizeof(path), "/proc/%s/status", entry->d_name);
		if (sy_file_field_number(root, path, "Uid") != uid)
			continue;
		threads = sy_file_field_number(root, path, "Threads");
		sum += threads == UINT64_MAX ? 1 : threads;
	}
	closedir(proc);
	return sum;
}

/* The kernel's own rule, in copy_process(). */
static bool exempt(const char *root, uint64_t uid)
{
	char value[64];
	unsigned long long mask;

	if (uid == 0)
		return true;
	if (!sy_file_field(root, "/proc/self/status", "CapEff", value,
	                   sizeof(value)))
		return false;
	mask = strtoull(value, NULL, 16);
	return mask >> CAP_SYS_ADMIN_BIT & 1 ||
	       mask >> CAP_SYS_RESOURCE_BIT & 1;
}

static void keep_least(struct sy_limits *limits, uint64_t limit, uint64_t used,
                       const char *by)
{
	uint64_t left = limit > used ? limit - used : 0;

	if (limit == UINT64_MAX || left >= limits->tasks_free)
		return;
	limits->tasks_free = left;
	limits->tasks_by = by;
}

static void read_tasks(const char *root, uint64_t processes, uint64_t uid,
                       char *file, struct sy_limits *limits)
{
	uint64_t alive = sy_threads_alive(root);

	limits->tasks_free = UINT64_MAX;
	limits->tasks_by = "no known limit";
	if (processes != UINT64_MAX && !exempt(root, uid))
		keep_least(limits, processes, threads_of(root, uid),
		           "RLIMIT_NPROC");
	keep_least(limits, sy_file_number(root, "/proc/sys/kernel/threads-max"),
	           alive, "kernel.threads-max");
	keep_least(limits, sy_file_number(root, "/proc/sys/kernel/pid_max"),
	           alive, "kernel.pid_max");
	keep_least(limits, sy_cgroup_tasks_free(root, file), 0,
	           "cgroup pids.max");
}

static uint64_t memory_free(const char *root)
{
	uint64_t kib =
		sy_file_field_number(root, "/proc/meminfo", "MemAvailable");
	uint64_t left = sy_cgroup_memory_free(root);

	if (kib == UINT64_MAX)
		return left;
	return kib * 1024 < left ? kib * 1024 : left;
}

void sy_limits_read_at(const char *root, uint64_t processes, uint64_t uid,
                       char file[SY_PATH_BYTES], struct sy_limits *limits)
{
	struct rlimit files;

	limits->descriptors =
		getrlimit(RLIMIT_NOFILE, &files) ? UINT64_MAX : files.rlim_cur;
	read_tasks(root, processes, uid, file, limits);
	limits->mappings = sy_file_number(root, "/proc/sys/vm/max_map_count");
	limits->memory_free = memory_free(root);
}

uint64_t sy_limits_processes(void)
{
	struct rlimit processes = { .rlim_cur = RLIM_INFINITY };

	/* It cannot fail; if it does, the limit is not known. */
	(void)getrlimit(RLIMIT_NPROC, &processes);
	return processes.rlim_cur;
}

void sy_limits_read(struct sy_limits *limits)
{
	sy_limits_read_at("", sy_limits_processes(), getuid(), NULL, limits);
}
