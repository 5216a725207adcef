/* SPDX-License-Identifier: MIT */
/*
 * lock.c - one number that everybody changes, under a lock or by nothing.
 *
 * Under the lock its final value is exact.  By nothing an addition is lost
 * wherever two of them meet: how many were is found and shown, not judged.
 * An owner that died in its section may or may not have added to the number,
 * and its task did not go on; no more than that may be missing.
 */
#include "workloads/list.h"
#include "workloads/steps.h"

#include <errno.h>
#include <inttypes.h>

#include "workloads/job.h"
#include "workloads/row.h"

enum { WAY_LOCK, WAY_NONE, WAYS };
enum { FOUND_LOST, FOUND_OWNER_DEATHS };

struct lock_job {
	struct sy_row row;
	_Alignas(64) uint64_t number;
};

static int lock_open(void **state, const struct sy_load *load,
                     struct sy_batch *batch)
{
	const struct lock_job empty = { .row = { .load = *load } };
	struct lock_job *job;
	int rc;

	if (!load->sections || load->mechanism >= WAYS)
		return -EINVAL;
	rc = sy_job_create(state, &empty, sizeof(empty));
	if (rc)
		return rc;
	job = *state;
	job->row.sections = (struct sy_sections){
		.by = load->mechanism == WAY_LOCK ? SY_LOCK : SY_DONE,
		.inside_rounds = load->inside_rounds,
		.outside_rounds = load->outside_rounds,
		.cells = &job->number,
		.cell_count = 1,
	};
	batch->step = sy_row_step;
	batch->job = job;
	batch->lock_count = 1;
	return 0;
}

static void lock_close(void *state, struct sy_batch *batch)
{
	batch->job = NULL;
	batch->lock_count = 0;
	sy_job_destroy(state, sizeof(struct lock_job));
}

static int lock_settle(void *state, struct sy_batch *batch,
                       uint64_t found[SY_FINDINGS_MAX],
                       char reason[SY_BROKEN_BYTES])
{
	struct lock_job *job = state;
	uint64_t deaths = sy_count_take(&job->row.owner_deaths);
	uint64_t right = sy_row_total(&job->row.load, batch);
	uint64_t number = sy_row_take(&job->row.sections);
	uint64_t may_miss = deaths * job->row.load.sections;

	if (job->row.load.mechanism == WAY_NONE)
		may_miss = right;
	if (number > right || right - number > may_miss)
		return sy_promise_broken(reason,
		                         "the number that the lock guards is "
		                         "%" PRIu64 " after %" PRIu64
		                         " additions",
		                         number, right);
	found[FOUND_LOST] = right - number;
	found[FOUND_OWNER_DEATHS] = deaths;
	return 0;
}

static const struct sy_way ways[] = {
	[WAY_LOCK] = { .name = "lock", .summary = "a lock around the change" },
	[WAY_NONE] = { .name = "none",
	               .summary = "by nothing: additions may be lost",
	               .reference = true },
	{ .name = NULL },
};

static const struct sy_finding findings[] = {
	[FOUND_LOST] = { .name = "lost",
	                 .summary = "additions that were lost" },
	[FOUND_OWNER_DEATHS] = { .name = "owner_deaths",
	                         .summary =
	                                 "tasks that were told that an owner "
	                                 "of the lock had died" },
	{ .name = NULL },
};

const struct sy_workload sy_workload_lock = {
	.name = "lock",
	.summary = "critical sections: a shared number is changed under a lock",
	.stamped = false,
	.scratch_bytes = sy_no_scratch,
	.open = lock_open,
	.expected = sy_row_expected,
	.ways = ways,
	.findings = findings,
	.portion = sy_row_portion,
	.settle = lock_settle,
	.close = lock_close,
};
