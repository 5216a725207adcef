/* SPDX-License-Identifier: MIT */
/* list.h - the workloads that list.c gathers; one line to add another. */
#ifndef SY_LIST_H
#define SY_LIST_H

#include "workloads/workload.h"

extern const struct sy_workload sy_workload_cpu;
extern const struct sy_workload sy_workload_wait;
extern const struct sy_workload sy_workload_io;
extern const struct sy_workload sy_workload_lock;
extern const struct sy_workload sy_workload_gate;
extern const struct sy_workload sy_workload_event;
extern const struct sy_workload sy_workload_condition;
extern const struct sy_workload sy_workload_timer;
extern const struct sy_workload sy_workload_share;
extern const struct sy_workload sy_workload_fetch;

#endif /* SY_LIST_H */
