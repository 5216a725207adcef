/* SPDX-License-Identifier: MIT */
/* memory.c - see memory.h. */
#include "host/memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/machine_internal.h"

#define STACK_BYTES (UINT64_C(16) << 10)

/* The number behind `path` of a process, of the line with that key. */
static uint64_t field(const char *root, pid_t pid, const char *file,
                      const char *key)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	return sy_file_field_number(root, path, key);
}

int sy_memory_add_at(const char *root, pid_t pid, struct sy_memory *memory)
{
	uint64_t threads = field(root, pid, "status", "Threads");
	uint64_t table_kib = field(root, pid, "status", "VmPTE");
	uint64_t pss_kib;

	/* A zombie has no memory, and says so by leaving it out. */
	if (threads == UINT64_MAX || table_kib == UINT64_MAX)
		return -ESRCH;
	pss_kib = field(root, pid, "smaps_rollup", "Pss");
	if (pss_kib == UINT64_MAX)
		return -ENOTSUP;
	memory->threads += threads;
	memory->table_bytes += table_kib * 1024;
	memory->pss_bytes += pss_kib * 1024;
	return 0;
}

int sy_memory_add(pid_t pid, struct sy_memory *memory)
{
	return sy_memory_add_at("", pid, memory);
}

/* The 103 of "0.20 0.06 0.01 5/103 6508"; 0: not told. */
static uint64_t threads_of_system(const char *root)
{
	char line[128];
	unsigned long long total;

	if (!sy_file_line(root, "/proc/loadavg", line, sizeof(line)) ||
	    sscanf(line, "%*s %*s %*s %*[0-9]/%llu", &total) != 1)
		return 0;
	return total;
}

uint64_t sy_kernel_stack_bytes(const char *root)
{
	uint64_t kib =
		sy_file_field_number(root, "/proc/meminfo", "KernelStack");
	uint64_t threads = threads_of_system(root), stack = 4096, mean;

	if (kib == UINT64_MAX || !threads)
		return STACK_BYTES;
	mean = kib * 1024 / threads;
	/* Threads come and go between the two readings: the nearest one. */
	while (stack + stack / 2 < mean && stack < UINT64_C(1) << 20)
		stack *= 2;
	return stack;
}

uint64_t sy_memory_slab(const char *root)
{
	uint64_t kib =
		sy_file_field_number(root, "/proc/meminfo", "SUnreclaim");

	return kib == UINT64_MAX ? 0 : kib * 1024;
}
