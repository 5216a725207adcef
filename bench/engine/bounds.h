/* SPDX-License-Identifier: MIT */
/*
 * bounds.h - what a plan may ask for, whoever does: the command line, a sweep,
 * plan.json and the journal.  All are of use as a number and small enough to
 * be reckoned with.
 */
#ifndef SY_BOUNDS_H
#define SY_BOUNDS_H

#include <stdint.h>

/* bench/sweep/space.c says the same as texts. */
#define SY_INFLIGHT_MAX 1000000
#define SY_WINDOW_MAX 65536
#define SY_GRAIN_MAX_NS INT64_C(100000000)
#define SY_WAIT_MAX_NS INT64_C(10000000000)

/* Of mechanisms: user contexts in a ring; contexts created at a time; waiting
   ones; bytes of memory, of which no machine of today has more. */
#define SY_RING_MAX 10000
#define SY_BURST_MAX 10000
#define SY_IDLE_MAX 1000000
#define SY_MEMORY_MAX (INT64_C(1) << 40)
#define SY_STACK_MAX (INT64_C(1) << 30)

/* Of tasks that meet, share and fetch: work in a section and between two, and
   sections a task; the array; a body, and the time for it. */
#define SY_INSIDE_MAX_NS INT64_C(100000000)
#define SY_CRITICAL_MAX 1000000
#define SY_CELLS_MAX (1 << 20)
#define SY_BODY_MAX (64 << 20)
#define SY_TIMEOUT_MIN_NS INT64_C(1000000)
#define SY_TIMEOUT_MAX_NS INT64_C(60000000000)

#define SY_SETS_MAX 1000
#define SY_LIMIT_MAX_NS (3600 * INT64_C(1000000000))
#define SY_BUDGET_MAX_NS (7 * 86400 * INT64_C(1000000000))

/* A round of the kernel is about a nanosecond. */
#define SY_ROUND_MIN_NS 1e-3
#define SY_ROUND_MAX_NS 1e6

#endif /* SY_BOUNDS_H */
