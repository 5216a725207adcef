/* SPDX-License-Identifier: MIT */
/*
 * share_none.c - a counter that is in no shared memory: a global variable of
 * the program, as it were, that every task changes.
 *
 * Tasks that run in the process that opened the workload change what it sees,
 * exactly: the additions are atomic.  Those that run in another process
 * change a copy of their own, and the opener sees nothing of that.  Which of
 * both it is they are not told by the model: a page that the kernel wipes in
 * a forked child tells.  Every task looks whether what it wrote is there.
 */
#include "workloads/share.h"

#include <errno.h>
#include <inttypes.h>
#include <sys/mman.h>
#include <unistd.h>

#include "workloads/job.h"
#include "workloads/promise.h"
#include "workloads/steps.h"

static void add(uint64_t *count, uint64_t more)
{
	__atomic_fetch_add(count, more, __ATOMIC_SEQ_CST);
}

static uint64_t take(uint64_t *count)
{
	return __atomic_exchange_n(count, 0, __ATOMIC_SEQ_CST);
}

static struct sy_op none_step(struct sy_task *task)
{
	struct sy_share_private *job = (struct sy_share_private *)task->job;
	uint32_t writes = job->load.sections;
	uint64_t before = __atomic_load_n(job->counter, __ATOMIC_SEQ_CST);

	for (uint32_t i = 0; i < writes; i++)
		__atomic_fetch_add(job->counter, 1, __ATOMIC_RELAXED);
	if (__atomic_load_n(job->counter, __ATOMIC_SEQ_CST) - before < writes)
		sy_count(&job->unseen);
	add(*job->here ? &job->written_here : &job->written_elsewhere, writes);
	task->value = sy_task_seed(task->index);
	return (struct sy_op){ .kind = SY_DONE };
}

/* The two pages. */
static int make_private(struct sy_share_private *job)
{
	size_t bytes = (size_t)sysconf(_SC_PAGESIZE);
	char *pages = mmap(NULL, 2 * bytes, PROT_READ | PROT_WRITE,
	                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (pages == MAP_FAILED)
		return -errno;
	if (madvise(pages, bytes, MADV_WIPEONFORK)) {
		int error = -errno;

		munmap(pages, 2 * bytes);
		return error;
	}
	job->page_bytes = bytes;
	job->here = (uint32_t *)pages;
	job->counter = (uint64_t *)(pages + bytes);
	*job->here = 1;
	return 0;
}

static int none_open(void **state, const struct sy_load *load,
                     struct sy_batch *batch)
{
	struct sy_share_private *job;
	void *made;
	int rc;

	if (!load->sections)
		return -EINVAL;
	rc = sy_job_zeroed(&made, sizeof(*job));
	if (rc)
		return rc;
	job = made;
	job->load = *load;
	rc = make_private(job);
	if (rc) {
		sy_job_destroy(job, sizeof(*job));
		return rc;
	}
	batch->step = none_step;
	batch->job = job;
	*state = job;
	return 0;
}

static void none_close(void *state, struct sy_batch *batch)
{
	struct sy_share_private *job = state;

	batch->job = NULL;
	munmap(job->here, 2 * job->page_bytes);
	sy_job_destroy(job, sizeof(*job));
}

static int none_settle(void *state, struct sy_batch *batch,
                       uint64_t found[SY_FINDINGS_MAX],
                       char reason[SY_BROKEN_BYTES])
{
	struct sy_share_private *job = state;
	uint64_t here = take(&job->written_here);
	uint64_t elsewhere = take(&job->written_elsewhere);
	uint64_t seen = take(job->counter);
	uint32_t unseen = sy_count_take(&job->unseen);

	if (unseen)
		return sy_promise_broken(reason,
		                         "%" PRIu32 " tasks did not find what "
		                         "they had written themselves",
		                         unseen);
	if (here + elsewhere != batch->task_count * job->load.sections)
		return sy_promise_broken(reason,
		                         "%" PRIu64 " writes instead of "
		                         "%" PRIu64,
		                         here + elsewhere,
		                         batch->task_count *
		                                 job->load.sections);
	if (seen != here)
		return sy_promise_broken(reason,
		                         "%" PRIu64
		                         " writes are seen in memory "
		                         "that %" PRIu64 " were made to, and "
		                         "%" PRIu64 " in other processes",
		                         seen, here, elsewhere);
	found[SY_SHARE_FOUND_WRITTEN] = here + elsewhere;
	found[SY_SHARE_FOUND_SEEN] = seen;
	return 0;
}

const struct sy_share_way sy_share_none = {
	.scratch_bytes = sy_no_scratch,
	.open = none_open,
	.expected = sy_seed_expected,
	.settle = none_settle,
	.close = none_close,
};
