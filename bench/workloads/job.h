/* SPDX-License-Identifier: MIT */
/* job.h - a job where every process of a model sees it at one address. */
#ifndef SY_JOB_H
#define SY_JOB_H

#include <stddef.h>

/* A copy of `bytes` of `from` in shared anonymous memory.  -ENOMEM. */
int sy_job_create(void **job, const void *from, size_t bytes);
/* The same, all bytes of it 0. */
int sy_job_zeroed(void **job, size_t bytes);
void sy_job_destroy(void *job, size_t bytes);

#endif /* SY_JOB_H */
