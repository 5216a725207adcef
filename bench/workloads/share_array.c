/* SPDX-License-Identifier: MIT */
/*
 * share_array.c - an array in shared memory, written under a lock or raw.
 *
 * Write i of all adds 1 to cell i modulo the cells, so what each cell must
 * hold is known.  Under the lock every cell is exact; raw, additions that
 * meet are lost, and counted.  An owner of the lock that died may have left
 * the rest of its task undone.
 */
#include "workloads/share.h"

#include <errno.h>
#include <inttypes.h>

#include "workloads/job.h"
#include "workloads/row.h"

struct array_job {
	struct sy_row row;
	uint64_t cells[] __attribute__((aligned(64)));
};

static size_t job_bytes(uint32_t cells)
{
	return sizeof(struct array_job) + cells * sizeof(uint64_t);
}

static int array_open(void **state, const struct sy_load *load,
                      struct sy_batch *batch)
{
	struct array_job *job;
	void *made;
	int rc;

	if (!load->sections || !load->cells || load->cells & (load->cells - 1))
		return -EINVAL;
	rc = sy_job_zeroed(&made, job_bytes(load->cells));
	if (rc)
		return rc;
	job = made;
	job->row.load = *load;
	job->row.sections = (struct sy_sections){
		.by = load->mechanism == SY_SHARE_ARRAY ? SY_LOCK : SY_DONE,
		.inside_rounds = load->inside_rounds,
		.outside_rounds = load->outside_rounds,
		.cells = job->cells,
		.cell_count = load->cells,
	};
	batch->step = sy_row_step;
	batch->job = job;
	batch->lock_count = 1;
	*state = job;
	return 0;
}

static void array_close(void *state, struct sy_batch *batch)
{
	const struct array_job *job = state;

	batch->job = NULL;
	batch->lock_count = 0;
	sy_job_destroy(state, job_bytes(job->row.load.cells));
}

/* Of `total` writes, those to cell `i`. */
static uint64_t writes_to(const struct sy_load *load, uint64_t total,
                          uint32_t i)
{
	return total / load->cells + (i < total % load->cells);
}

/*
 * Takes what all cells hold.  The first of which too much was written, or
 * more than `may_miss` is missing, goes to *wrong; where there is none it is
 * the number of cells.
 */
static uint64_t take_cells(struct array_job *job, uint64_t total,
                           uint64_t may_miss, uint32_t *wrong)
{
	uint32_t count = job->row.load.cells;
	uint64_t sum = 0;

	*wrong = count;
	for (uint32_t i = 0; i < count; i++) {
		uint64_t right = writes_to(&job->row.load, total, i);
		uint64_t is = __atomic_exchange_n(&job->cells[i], 0,
		                                  __ATOMIC_RELAXED);

		if ((is > right || right - is > may_miss) && *wrong == count)
			*wrong = i;
		sum += is;
	}
	return sum;
}

static int array_settle(void *state, struct sy_batch *batch,
                        uint64_t found[SY_FINDINGS_MAX],
                        char reason[SY_BROKEN_BYTES])
{
	struct array_job *job = state;
	const struct sy_load *load = &job->row.load;
	uint64_t total = sy_row_total(load, batch);
	uint64_t deaths = sy_count_take(&job->row.owner_deaths);
	uint64_t may_miss = load->mechanism == SY_SHARE_ARRAY
	                            ? deaths * load->sections
	                            : total;
	uint32_t wrong;
	uint64_t sum = take_cells(job, total, may_miss, &wrong);

	if (wrong < load->cells || total - sum > may_miss)
		return sy_promise_broken(reason,
		                         "cell %" PRIu32 " of the array is "
		                         "wrong; %" PRIu64 " of %" PRIu64
		                         " writes are in it",
		                         wrong, sum, total);
	found[SY_SHARE_FOUND_WRITTEN] = total;
	found[SY_SHARE_FOUND_SEEN] = sum;
	found[SY_SHARE_FOUND_LOST] = total - sum;
	found[SY_SHARE_FOUND_OWNER_DEATHS] = deaths;
	return 0;
}

const struct sy_share_way sy_share_array = {
	.scratch_bytes = sy_no_scratch,
	.open = array_open,
	.expected = sy_row_expected,
	.settle = array_settle,
	.close = array_close,
};
