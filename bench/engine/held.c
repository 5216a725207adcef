/* SPDX-License-Identifier: MIT */
/*
 * held.c - bytes a waiting context, from outside; see holder.h.
 *
 * What a context takes is the slope over the count, so what a process takes
 * in any case, and what the first of them find missing, is not in it.  A single
 * context has no slope but from none, before the mechanism is opened.
 *
 * All processes that share pages are looked at, this one among them: a page
 * counts once then, however many map it.
 */
#include "engine/holder.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/usage.h"
#include "host/memory.h"
#include "stats/stats.h"

/* Counts at which memory is looked at. */
#define STEPS 8

struct readings {
	double counts[STEPS], bytes[STEPS], slab[STEPS];
	size_t count;
	uint64_t stack_bytes; /* of a thread, in the kernel */
};

static int compare_pids(const void *a, const void *b)
{
	pid_t left = *(const pid_t *)a, right = *(const pid_t *)b;

	return (left > right) - (left < right);
}

/* The holder, its parent and every process that a context is, each once. */
static int add_processes(const struct sy_holder *holder,
                         const struct sy_batch *batch, struct sy_memory *sum)
{
	pid_t *pids = calloc(batch->context_count + 2, sizeof(*pids));
	size_t count = 0;
	int error = pids ? 0 : -ENOMEM;

	if (!error) {
		pids[count++] = getpid();
		pids[count++] = holder->pid;
	}
	for (uint32_t i = 0; !error && i < batch->context_count; i++)
		if (batch->contexts[i].process > 0)
			pids[count++] = batch->contexts[i].process;
	if (!error)
		qsort(pids, count, sizeof(*pids), compare_pids);
	for (size_t i = 0; i < count && !error; i++)
		if (!i || pids[i] != pids[i - 1])
			error = sy_memory_add(pids[i], sum);
	free(pids);
	return error;
}

static int read_memory(struct readings *readings,
                       const struct sy_holder *holder,
                       const struct sy_batch *batch, uint64_t count,
                       struct sy_reason *reason)
{
	struct sy_memory memory = { 0 };
	int error = add_processes(holder, batch, &memory);
	size_t i = readings->count;

	if (error)
		return sy_reason(reason, error,
		                 "cannot read what %llu contexts take: %s",
		                 (unsigned long long)count,
		                 error == -ENOTSUP
		                         ? "the kernel has no smaps_rollup"
		                         : strerror(-error));
	readings->counts[i] = (double)count;
	readings->bytes[i] = (double)(memory.pss_bytes + memory.table_bytes +
	                              memory.threads * readings->stack_bytes);
	readings->slab[i] = (double)sy_memory_slab("");
	readings->count++;
	return 0;
}

static void forget_processes(struct sy_batch *batch)
{
	for (uint32_t i = 0; i < batch->context_count; i++)
		batch->contexts[i].process = 0;
}

static int climb(struct readings *readings, struct sy_holder *holder,
                 struct sy_batch *batch, uint64_t contexts,
                 struct sy_held *held, struct sy_reason *reason)
{
	int error = 0;

	if (contexts == 1)
		error = read_memory(readings, holder, batch, 0, reason);
	for (uint64_t step = 1; step <= STEPS && !error; step++) {
		uint64_t count = contexts * step / STEPS, elapsed_ns;

		/* Fewer than there are steps. */
		if (count == contexts * (step - 1) / STEPS)
			continue;
		error = sy_holder_grow(holder, count, &elapsed_ns, reason);
		if (!error) {
			held->elapsed_ns += elapsed_ns;
			error = read_memory(readings, holder, batch, count,
			                    reason);
		}
	}
	return error;
}

int sy_held_measure(struct sy_batch *batch,
                    const struct sy_mechanism *mechanism, uint64_t contexts,
                    struct sy_held *held, struct sy_reason *reason)
{
	struct readings readings = {
		.stack_bytes = sy_kernel_stack_bytes(""),
	};
	struct sy_usage before, after;
	struct sy_holder holder;
	int error;

	*held = (struct sy_held){ 0 };
	forget_processes(batch);
	sy_usage_children(&before);
	error = sy_holder_start(&holder, batch, mechanism, reason);
	if (error)
		return error;
	error = climb(&readings, &holder, batch, contexts, held, reason);
	memcpy(held->detail, holder.detail, sizeof(held->detail));
	error = sy_holder_end(&holder, error, reason);
	forget_processes(batch);
	if (error)
		return error;
	sy_usage_children(&after);
	held->usage = sy_usage_since(&after, &before);
	if (sy_slope(readings.counts, readings.bytes, readings.count,
	             &held->bytes) ||
	    sy_slope(readings.counts, readings.slab, readings.count,
	             &held->slab_bytes))
		return sy_reason(reason, -EINVAL, "no slope");
	return 0;
}
