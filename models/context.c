/* SPDX-License-Identifier: MIT */
/*
 * context.c - noting where a context runs.
 *
 * sched_getcpu reads the number that the kernel keeps in the thread's rseq
 * area (glibc 2.35 and later), without a system call.
 */
#include "model.h"

#include <sched.h>

void sy_context_see(struct sy_context *context)
{
	int pu = sched_getcpu();

	if (pu < 0 || pu == context->pu_seen)
		return;
	if (context->pu_seen >= 0)
		context->migrations++;
	context->pu_seen = pu;
	if (pu < SY_PUS_MAX)
		context->visited[pu / 64] |= UINT64_C(1) << (pu % 64);
}
