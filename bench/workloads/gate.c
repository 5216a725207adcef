/* SPDX-License-Identifier: MIT */
/*
 * gate.c - sections that so many may be in at once, and no more.
 *
 * With more lanes than units those inside are counted, and the most there
 * were must not be more than the units.  With no more lanes than units nobody
 * can be too many and nothing is counted, so that what is measured then is
 * the gate alone.  The last task of a run gives one more unit back than was
 * taken: a gate that is full again refuses it, and one that has lost a unit
 * does not.
 *
 * With a wait a section sleeps inside, so that lanes meet in the gate under
 * models too whose contexts change places only where they wait.
 */
#include "workloads/list.h"
#include "workloads/steps.h"

#include <errno.h>
#include <inttypes.h>

#include "sections.h"
#include "workloads/job.h"
#include "workloads/row.h"

enum { FOUND_MOST_INSIDE };

/* From GATE_ENTERED on: a section that sleeps. */
enum {
	GATE_BEGIN,
	GATE_SECTIONS,
	GATE_ENTERED,
	GATE_WORKED,
	GATE_SLEPT,
	GATE_LEFT,
	GATE_NEXT,
	GATE_FULL,
};

struct gate_job {
	struct sy_row row;
	const struct sy_batch *batch; /* at one address in every process */
	uint32_t units;
	uint32_t full;               /* the gate was, at the end of the run */
	_Alignas(64) uint32_t ended; /* tasks */
	_Alignas(64) uint64_t cell;
	_Alignas(64) uint32_t inside;
	uint32_t most;
};

/* The last task of the run looks whether all units are back. */
static struct sy_op gate_over(struct sy_task *task, struct gate_job *job)
{
	if (sy_count(&job->ended) != job->batch->task_count)
		return (struct sy_op){ .kind = SY_DONE };
	task->step = GATE_FULL;
	return (struct sy_op){ .kind = SY_RELEASE, .count = 1 };
}

static struct sy_op gate_full(struct sy_task *task, struct gate_job *job)
{
	sy_count_set(&job->full, task->result == -EOVERFLOW);
	return (struct sy_op){ .kind = SY_DONE };
}

static struct sy_op gate_step(struct sy_task *task)
{
	struct gate_job *job = (struct gate_job *)task->job;

	if (task->step == GATE_BEGIN)
		return sy_row_begin(task);
	if (task->step == GATE_FULL)
		return gate_full(task, job);
	sy_row_end(task);
	return gate_over(task, job);
}

/* Counts down the sections in local[0]. */
static struct sy_op gate_enter(struct sy_task *task, struct gate_job *job)
{
	if (!task->local[0]--)
		return gate_over(task, job);
	task->step = GATE_ENTERED;
	return (struct sy_op){ .kind = SY_ACQUIRE };
}

static struct sy_op gate_compute(struct sy_task *task, uint64_t rounds,
                                 uint32_t then)
{
	task->step = then;
	return (struct sy_op){ .kind = SY_COMPUTE, .rounds = rounds };
}

static struct sy_op gate_sleep(struct sy_task *task, uint64_t wait_ns)
{
	task->step = GATE_SLEPT;
	return (struct sy_op){ .kind = SY_SLEEP,
		               .until_ns = sy_clock_ns() + wait_ns };
}

static struct sy_op gate_leave(struct sy_task *task, struct gate_job *job)
{
	sy_section_leave(&job->row.sections);
	task->step = GATE_LEFT;
	return (struct sy_op){ .kind = SY_RELEASE, .count = 1 };
}

static struct sy_op gate_wait_step(struct sy_task *task)
{
	struct gate_job *job = (struct gate_job *)task->job;
	const struct sy_load *load = &job->row.load;

	switch (task->step) {
	case GATE_BEGIN:
		task->value = sy_task_seed(task->index);
		task->local[0] = load->sections;
		return gate_enter(task, job);
	case GATE_ENTERED:
		sy_section_enter(&job->row.sections);
		return gate_compute(task, load->inside_rounds, GATE_WORKED);
	case GATE_WORKED:
		return gate_sleep(task, load->wait_ns);
	case GATE_SLEPT:
		return gate_leave(task, job);
	case GATE_LEFT:
		if (task->result < 0)
			task->error = (int32_t)task->result;
		return gate_compute(task, load->outside_rounds, GATE_NEXT);
	case GATE_NEXT:
		return gate_enter(task, job);
	default:
		return gate_full(task, job);
	}
}

static int gate_open(void **state, const struct sy_load *load,
                     struct sy_batch *batch)
{
	const struct gate_job empty = { .row = { .load = *load },
		                        .batch = batch,
		                        .units = load->units };
	bool counted = batch->inflight > load->units;
	struct gate_job *job;
	int rc;

	if (!load->sections || !load->units)
		return -EINVAL;
	rc = sy_job_create(state, &empty, sizeof(empty));
	if (rc)
		return rc;
	job = *state;
	job->row.sections = (struct sy_sections){
		.by = SY_ACQUIRE,
		.inside_rounds = load->inside_rounds,
		.outside_rounds = load->outside_rounds,
		.cells = &job->cell,
		.cell_count = 1,
		.inside = counted ? &job->inside : NULL,
		.most = counted ? &job->most : NULL,
	};
	batch->step = load->wait_ns ? gate_wait_step : gate_step;
	batch->job = job;
	batch->gate_count = 1;
	batch->gate_units = &job->units;
	return 0;
}

static void gate_close(void *state, struct sy_batch *batch)
{
	batch->job = NULL;
	batch->gate_count = 0;
	batch->gate_units = NULL;
	sy_job_destroy(state, sizeof(struct gate_job));
}

static int gate_settle(void *state, struct sy_batch *batch,
                       uint64_t found[SY_FINDINGS_MAX],
                       char reason[SY_BROKEN_BYTES])
{
	struct gate_job *job = state;
	uint32_t most = sy_count_take(&job->most);
	uint32_t inside = sy_count_take(&job->inside);
	uint32_t full = sy_count_take(&job->full);

	sy_count_set(&job->ended, 0);
	if (most > job->units)
		return sy_promise_broken(reason,
		                         "%" PRIu32 " were at once inside a "
		                         "gate of %" PRIu32,
		                         most, job->units);
	if (inside || (batch->task_count && !full))
		return sy_promise_broken(reason,
		                         "the gate of %" PRIu32 " was not full "
		                         "again when all tasks had ended",
		                         job->units);
	found[FOUND_MOST_INSIDE] = most;
	return 0;
}

static const struct sy_finding findings[] = {
	[FOUND_MOST_INSIDE] = { .name = "most_inside",
	                        .summary = "inside at once, at most; 0: all "
	                                   "have a unit, nobody counts",
	                        .most = true },
	{ .name = NULL },
};

const struct sy_workload sy_workload_gate = {
	.name = "gate",
	.summary = "sections that a set number may be in at once",
	.stamped = false,
	.scratch_bytes = sy_no_scratch,
	.open = gate_open,
	.expected = sy_row_expected,
	.findings = findings,
	.portion = sy_row_portion,
	.settle = gate_settle,
	.close = gate_close,
};
