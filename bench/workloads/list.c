/* SPDX-License-Identifier: MIT */
/* list.c - all workloads; tests that make their own bring another list. */
#include "workloads/list.h"

#include <stddef.h>

const struct sy_workload *const sy_workloads[] = {
	&sy_workload_cpu,
	&sy_workload_wait,
	&sy_workload_io,
	&sy_workload_lock,
	&sy_workload_gate,
	&sy_workload_event,
	&sy_workload_condition,
	&sy_workload_timer,
	&sy_workload_share,
	&sy_workload_fetch,
	NULL,
};
