/* SPDX-License-Identifier: MIT */
/* job.c - see job.h; written once, before the model starts anything. */
#include "workloads/job.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

int sy_job_zeroed(void **job, size_t bytes)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
	                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		return -errno;
	*job = memory;
	return 0;
}

int sy_job_create(void **job, const void *from, size_t bytes)
{
	int rc = sy_job_zeroed(job, bytes);

	if (!rc)
		memcpy(*job, from, bytes);
	return rc;
}

void sy_job_destroy(void *job, size_t bytes)
{
	munmap(job, bytes);
}
