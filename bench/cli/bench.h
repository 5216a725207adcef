/* SPDX-License-Identifier: MIT */
/*
 * bench.h - what bench.c and bench_point.c share: points as Google benchmarks.
 */
#ifndef SY_BENCH_H
#define SY_BENCH_H

#include "cli/progress.h"
#include "engine/demand.h"
#include "host/machine.h"

struct sy_bench;

/* A point that was registered. */
struct sy_bench_point {
	struct sy_bench *bench;
	size_t index;        /* in the plan */
	uint64_t iterations; /* of the last call; 0: none yet */
	/* SY_PLANNED: never called; of what is wrong, what was so first. */
	enum sy_state state;
	struct sy_reason reason;
};

struct sy_bench {
	struct sy_plan plan;
	struct sy_session session;
	struct sy_topology *topology;
	json_t *machine;
	char machine_id[SY_MACHINE_ID_BYTES];
	struct sy_monitor monitor;
	struct sy_hooks hooks;
	struct sy_demand *demand;
	struct sy_bench_point *points; /* one for each of the plan */
	int error;                     /* what ended it all */
	struct sy_reason reason;
};

/* Registers every point of the plan.  Negative errno with the reason. */
int sy_bench_register(struct sy_bench *bench, struct sy_reason *reason);

/* What has to be known of the machine and the build to believe a report. */
int sy_bench_context(const struct sy_bench *bench);

#endif /* SY_BENCH_H */
