/* SPDX-License-Identifier: MIT */
/*
 * rows_switch.c - hand-offs beside the bare loop of the same calls, coroutines
 * beside Boost.Context, creation beside bare pthread and fork.
 */
#include "study/study.h"

#define HANDOFF(ours, peer) SWITCH(ours, peer, 1.02)
#define SWITCH(ours, peer, limit)                                              \
	{                                                                      \
		SY_ROW_RATIO, "switch", ours, peer, limit, 0, 0, 0, 0          \
	}
#define SPAWN(ours, peer)                                                      \
	{                                                                      \
		SY_ROW_RATIO, "spawn", ours, peer, 1.03, 0, 0, 0, 1            \
	}

const struct sy_row sy_switch_rows[] = {
	SWITCH("coroutine.inline", "coroutine.boost", 0.25),
	SWITCH("coroutine.assembly", "coroutine.boost", 0.5),
	SWITCH("coroutine.ucontext", "coroutine.boost", 0),
	{ SY_ROW_TIME, "switch", "coroutine.yield", NULL, 6, 0, 0, 0, 16 },
	HANDOFF("threads.condition", "bare.condition"),
	HANDOFF("threads.futex", "bare.futex"),
	HANDOFF("threads.posix", "bare.posix"),
	HANDOFF("threads.pipe", "bare.pipe"),
	HANDOFF("threads.eventfd", "bare.eventfd"),
	HANDOFF("threads.socketpair", "bare.socketpair"),
	HANDOFF("threads.yield", "bare.yield"),
	HANDOFF("fork.semaphore", "bare.psemaphore"),
	HANDOFF("fork.futex", "bare.pfutex"),
	HANDOFF("fork.pipe", "bare.ppipe"),
	HANDOFF("fork.socketpair", "bare.psocketpair"),
	SPAWN("threads.join", "bare.join"),
	SPAWN("fork.wait", "bare.wait"),
	{ SY_ROW_TIME, "spawn", "coroutine.pooled", NULL, 35, 0, 0, 0, 1 },
	{ SY_ROW_MEMORY, "idle", "coroutine.parked", NULL, 4.2, 0, 0, 0,
	  1000000 },
};
const size_t sy_switch_row_count =
	sizeof(sy_switch_rows) / sizeof(sy_switch_rows[0]);
