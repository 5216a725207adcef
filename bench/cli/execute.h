/* SPDX-License-Identifier: MIT */
/*
 * execute.h - the steps of carrying out a plan, which a run that is begun and
 * one that is gone on with share; internal to cli/.
 */
#ifndef SY_EXECUTE_H
#define SY_EXECUTE_H

#include "cli/cli.h"
#include "cli/progress.h"
#include "engine/measure.h"
#include "host/machine.h"
#include "results/run.h"

/* What drives and answers: the running program, also where it was replaced. */
#define SY_PROGRAM_PATH "/proc/self/exe"

struct sy_execution {
	struct sy_plan *plan;
	const struct sy_options *options;
	struct sy_topology *topology;
	struct sy_session session;
	struct sy_run *run;
	json_t *machine; /* facts: as the run was begun */
	json_t *about;   /* what plan.json says beside the plan */
	char machine_id[SY_MACHINE_ID_BYTES];
	struct sy_monitor monitor;
	bool stopped; /* by a signal, or by nobody who reads on */
};

/* Each returns 0, or an exit status with the line printed. */

/* Limits, signals, the machine; sy_execution_close in any case. */
int sy_execution_open(struct sy_execution *x);
/* Measures what is missing, and all that comes of it. */
int sy_execution_measure(struct sy_execution *x);
/* Results, tables and figures of what there is; `failed` is what it has come
   to before that. */
int sy_execution_finish(struct sy_execution *x, int failed);
/* Gives up all that it holds; `status` is what it has come to. */
int sy_execution_close(struct sy_execution *x, int status);

#endif /* SY_EXECUTE_H */
