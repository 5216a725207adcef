/* SPDX-License-Identifier: MIT */
/* memory.c - see memory.h. */
#include "host/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/machine_internal.h"

/* More than status and smaps_rollup have. */
#define TEXT_BYTES 8192
#define STACK_BYTES (UINT64_C(16) << 10)

/*
 * The whole file of a process, in one go: ten thousand of them are read for one
 * figure.  -ESRCH: it is gone; else -errno.
 */
static int read_text(const char *root, pid_t pid, const char *name,
                     char text[TEXT_BYTES])
{
	char path[SY_PATH_BYTES];
	ssize_t got = -1;
	int fd;

	snprintf(path, sizeof(path), "%.4000s/proc/%d/%s", root, (int)pid,
	         name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		got = read(fd, text, TEXT_BYTES - 1);
	if (fd < 0 || got < 0) {
		int error = errno == ENOENT ? -ESRCH : -errno;

		if (fd >= 0)
			close(fd);
		return error;
	}
	text[got] = '\0';
	close(fd);
	return 0;
}

/* The number behind `key`, which begins at a line's start and ends in ':'. */
static int field(const char *text, const char *key, uint64_t *number)
{
	size_t length = strlen(key);

	while (strncmp(text, key, length)) {
		text = strchr(text, '\n');
		if (!text++)
			return -ESRCH;
	}
	*number = strtoull(text + length, NULL, 10);
	return 0;
}

/* A kernel that has no rollups at all, or a process that has just ended? */
static int why_no_rollup(const char *root)
{
	char path[SY_PATH_BYTES];

	snprintf(path, sizeof(path), "%.4000s/proc/self/smaps_rollup", root);
	return access(path, F_OK) ? -ENOTSUP : -ESRCH;
}

int sy_memory_add_at(const char *root, pid_t pid, struct sy_memory *memory)
{
	uint64_t threads, table_kib, pss_kib;
	char text[TEXT_BYTES];
	int error = read_text(root, pid, "status", text);

	/* A zombie has no memory, and says so by leaving it out. */
	if (!error)
		error = field(text, "Threads:", &threads);
	if (!error)
		error = field(text, "VmPTE:", &table_kib);
	if (error)
		return error;
	error = read_text(root, pid, "smaps_rollup", text);
	if (error == -ESRCH)
		error = why_no_rollup(root);
	if (!error)
		error = field(text, "Pss:", &pss_kib);
	if (error)
		return error;
	memory->threads += threads;
	memory->table_bytes += table_kib * 1024;
	memory->pss_bytes += pss_kib * 1024;
	return 0;
}

int sy_memory_add(pid_t pid, struct sy_memory *memory)
{
	return sy_memory_add_at("", pid, memory);
}

uint64_t sy_kernel_stack_bytes(const char *root)
{
	uint64_t kib =
		sy_file_field_number(root, "/proc/meminfo", "KernelStack");
	uint64_t threads = sy_threads_alive(root), stack = 4096, mean;

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
