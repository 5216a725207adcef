/* SPDX-License-Identifier: MIT */
/*
 * started_internal.h - what started.c, started_process.c and started_keeper.c
 * share.
 */
#ifndef SY_STARTED_INTERNAL_H
#define SY_STARTED_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "started.h"

/* What a context tells its starter; of a process, in memory that they share. */
struct sy_report {
	_Atomic uint32_t told; /* id or error is there */
	pid_t id;
	int error; /* it did not begin */
	_Atomic uint32_t ended;
	atomic_bool returned; /* the function has, with `result` */
	int result;
};

struct sy_started {
	struct sy_started *next; /* of the scope's, the one started before */
	struct sy_start start;
	char name[SY_START_NAME_BYTES]; /* empty: the starter's */
	struct sy_report
		report; /* of a thread; of a process when it is joined */
	bool joined;

	pthread_t thread;
	/* The thread and the scope, where neither waits for the other. */
	_Atomic uint32_t references;

	pid_t pid; /* the child that is waited for: the process or its keeper */
	struct sy_report *shared; /* until it is joined */
};

/* Runs the function in the context that is to be it, and reports. */
void sy_started_run(struct sy_started *started, struct sy_report *report);

int sy_started_process(struct sy_started *started);
/* -ETIMEDOUT. */
int sy_started_reap(struct sy_started *started, uint64_t by_ns);
bool sy_started_process_alive(const struct sy_started *started);
/* Asks the keeper of a daemon to end with all. */
void sy_started_stop(struct sy_started *started);

/* The life of a process between a starter and its daemon. */
_Noreturn void sy_started_keep(struct sy_started *started);
/* The life of a process that was started, from its fork to its end. */
_Noreturn void sy_started_live(struct sy_started *started);

#endif /* SY_STARTED_INTERNAL_H */
