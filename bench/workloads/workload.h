/* SPDX-License-Identifier: MIT */
/*
 * workload.h - a kind of task: what is to be done, the same for all models.
 *
 * A workload gives the batch its step function and its connections, and says
 * what value each task must end with.  It never times and never chooses how
 * its ops are carried out.  Every int returned is 0 or a negative errno.
 */
#ifndef SY_WORKLOAD_H
#define SY_WORKLOAD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "model.h"

/* With its end. */
#define SY_URL_BYTES 128

/* The parameters of a point's tasks; each workload reads its own. */
struct sy_load {
	uint64_t rounds;        /* cpu: rounds of the kernel a task */
	uint64_t wait_ns;       /* wait: the sleep; io: the server's wait */
	uint32_t request_bytes; /* io: 8 .. SY_MESSAGE_MAX */
	uint32_t reply_bytes;   /* io: 8 .. SY_MESSAGE_MAX */
	bool tcp;               /* io: loopback TCP, not a Unix socket pair */
	int server_pu;          /* io: OS index; -1: the server is not bound */

	unsigned mechanism;      /* of the workload's, its place among them */
	uint64_t inside_rounds;  /* lock, gate: in the critical section */
	uint64_t outside_rounds; /* lock, gate: between two of them */
	uint32_t sections;       /* lock, gate, share: a task has */
	uint32_t units;          /* gate: inside at once, at most */
	uint32_t notify;         /* condition: of those that wait, at once */
	uint32_t cells;          /* share: in the array; power of two */
	uint32_t body_bytes;     /* fetch: of a body of our own server */
	bool fresh;              /* fetch: a connection for each request */
	uint64_t timeout_ns;     /* fetch: for a request */
	char url[SY_URL_BYTES];  /* fetch: of another server's; "": ours */
};

#define SY_MESSAGE_MAX (UINT32_C(1) << 20)

/* The value of a task depends on its index modulo this. */
#define SY_VALUE_PERIOD 16

/* One of several ways in which the tasks of a workload do the same thing:
   the row WORKLOAD/MODEL/mechanism:NAME. */
struct sy_way {
	const char *name; /* [a-z]+ */
	const char *summary;
	bool reference; /* shown, but neither best nor a rival */
};

/* A number that is found after a run, beside times. */
struct sy_finding {
	const char *name;    /* [a-z_]+ */
	const char *summary; /* "updates that were lost" */
	bool most;           /* of several runs: the largest, not the sum */
};
#define SY_FINDINGS_MAX 4
#define SY_BROKEN_BYTES 128

/* The least that can be run: so many tasks, which are so many operations. */
struct sy_portion {
	uint32_t tasks, operations;
};

struct sy_workload {
	const char *name; /* [a-z]+: the first part of a point's name */
	const char *summary;
	bool stamped;         /* latencies of tasks are of interest: */
	uint32_t stamp_shift; /* of one task in 1 << stamp_shift */
	/* Bytes of scratch that a lane needs. */
	size_t (*scratch_bytes)(const struct sy_load *load);
	/*
	 * Sets batch->step and batch->job (in shared memory, a copy of the
	 * load), opens the lanes' connections and starts what stands outside
	 * the model (a server, ended by PR_SET_PDEATHSIG if the caller dies).
	 * Before the model's open.  -EMFILE, -ENOMEM, -EAGAIN, ...
	 */
	int (*open)(void **state, const struct sy_load *load,
	            struct sy_batch *batch);
	/* The value that task `index` must end with. */
	uint64_t (*expected)(const struct sy_load *load, uint64_t index);
	/*
	 * What follows may be NULL, where there is nothing to it.
	 *
	 * `ways` and `findings` end with a name that is NULL; the first way is
	 * the default.
	 */
	const struct sy_way *ways;
	const struct sy_finding *findings;
	/* Adds what stands outside the model: a server and its connections;
	   needs->lane_descriptors are the model's. */
	void (*needs)(const struct sy_load *load, uint32_t inflight,
	              struct sy_needs *needs);
	/* Why these tasks cannot be had here, valid until the next call. */
	const char *(*absent)(const struct sy_load *load);
	/* enum sy_wants */
	unsigned (*wants)(const struct sy_load *load);
	/* NULL: any number of tasks, each one an operation. */
	struct sy_portion (*portion)(const struct sy_load *load,
	                             uint32_t inflight);
	/*
	 * After each run of batch->task_count tasks, when the clock has
	 * stopped: makes ready for the next, and says what was found, in the
	 * order of `findings`.  -EILSEQ: a promise was broken, and `reason`
	 * (one line) says which.
	 */
	int (*settle)(void *state, struct sy_batch *batch,
	              uint64_t found[SY_FINDINGS_MAX],
	              char reason[SY_BROKEN_BYTES]);
	/* What an error of open or of a task means, in words for a person;
	   NULL: what strerror says. */
	const char *(*explain)(int error);
	/* The process that serves the tasks, or 0 where there is none. */
	pid_t (*server)(const void *state);
	/* Ends the server, closes the lanes' connections, frees the state. */
	void (*close)(void *state, struct sy_batch *batch);
};

/* All workloads, ended by NULL. */
extern const struct sy_workload *const sy_workloads[];
const struct sy_workload *sy_workload_find(const char *name);

/*
 * The values of one period: they can cost a grain each, so they are computed
 * once and kept.
 */
void sy_workload_values(const struct sy_workload *workload,
                        const struct sy_load *load,
                        uint64_t values[SY_VALUE_PERIOD]);

/* What `count` tasks with these values must add up to. */
void sy_workload_expect(const uint64_t values[SY_VALUE_PERIOD], uint64_t count,
                        struct sy_tally *tally);

#endif /* SY_WORKLOAD_H */
