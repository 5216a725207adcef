/* SPDX-License-Identifier: MIT */
/*
 * limits.h - what the machine allows, looked up before it is hit.
 */
#ifndef SY_LIMITS_H
#define SY_LIMITS_H

#include <stddef.h>
#include <stdint.h>

struct sy_limits {
	uint64_t descriptors; /* RLIMIT_NOFILE, soft, after raising to hard */
	uint64_t tasks_free;  /* threads and processes that can still be made:
	                         the least of RLIMIT_NPROC (not for root),
	                         threads-max, pid_max and cgroup pids.max, v1
	                         and v2, each less what is in use */
	const char *tasks_by; /* which of these it is, a static string */
	uint64_t mappings;    /* vm.max_map_count */
	uint64_t
		memory_free; /* bytes: MemAvailable, or what the cgroup leaves */
};

/* Raises the soft RLIMIT_NOFILE to the hard one; -errno. */
int sy_limits_raise(void);

/* Reads them; a file that is not there leaves UINT64_MAX. */
void sy_limits_read(struct sy_limits *limits);

#endif /* SY_LIMITS_H */
