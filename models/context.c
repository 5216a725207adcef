/* SPDX-License-Identifier: MIT */
/*
 * context.c - noting where a context runs.
 *
 * The kernel keeps the number of the PU in the thread's rseq area, which
 * glibc registers (2.35 and later): two loads instead of a call.  Where it is
 * not registered sched_getcpu finds out in another way.
 */
#include "model.h"

#include <sched.h>
#include <sys/rseq.h>

int sy_context_pu(void)
{
	const char *thread = __builtin_thread_pointer();
	const struct rseq *area =
		(const struct rseq *)(const void *)(thread + __rseq_offset);

	if (!__rseq_size)
		return sched_getcpu();
	/* Written by the kernel at every move. */
	return (int)*(const volatile uint32_t *)&area->cpu_id;
}

void sy_context_see_at(struct sy_context *context, int pu)
{
	if (pu < 0 || pu == context->pu_seen)
		return;
	if (context->pu_seen >= 0)
		context->migrations++;
	context->pu_seen = pu;
	if (pu < SY_PUS_MAX)
		context->visited[pu / 64] |= UINT64_C(1) << (pu % 64);
}

void sy_context_see(struct sy_context *context)
{
	sy_context_see_at(context, sy_context_pu());
}
