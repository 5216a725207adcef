/* SPDX-License-Identifier: MIT */
/*
 * share.h - the ways in which tasks share data, each a file of its own.
 *
 * A way is what a workload is, but for what is the same for all of them: an
 * operation is one of a task's `sections`, and a value depends on the load.
 */
#ifndef SY_SHARE_H
#define SY_SHARE_H

#include "workloads/workload.h"

/* As in struct sy_workload; the first three and `server` may be NULL. */
struct sy_share_way {
	void (*needs)(const struct sy_load *load, uint32_t inflight,
	              struct sy_needs *needs);
	const char *(*absent)(const struct sy_load *load);
	unsigned (*wants)(const struct sy_load *load);
	size_t (*scratch_bytes)(const struct sy_load *load);
	int (*open)(void **state, const struct sy_load *load,
	            struct sy_batch *batch);
	uint64_t (*expected)(const struct sy_load *load, uint64_t index);
	int (*settle)(void *state, struct sy_batch *batch,
	              uint64_t found[SY_FINDINGS_MAX],
	              char reason[SY_BROKEN_BYTES]);
	pid_t (*server)(const void *state);
	void (*close)(void *state, struct sy_batch *batch);
};

/* Their places in the table of ways. */
enum sy_share {
	SY_SHARE_ARRAY,
	SY_SHARE_RAW,
	SY_SHARE_MANAGER,
	SY_SHARE_MAILBOX,
	SY_SHARE_NONE,
	SY_SHARES
};

/* What is found, of a way that does not say otherwise 0. */
enum sy_share_found {
	SY_SHARE_FOUND_WRITTEN,
	SY_SHARE_FOUND_SEEN,
	SY_SHARE_FOUND_LOST,
	SY_SHARE_FOUND_OWNER_DEATHS,
};

extern const struct sy_share_way sy_share_array;   /* and raw */
extern const struct sy_share_way sy_share_manager; /* over sockets */
extern const struct sy_share_way sy_share_mailbox; /* in shared memory */
extern const struct sy_share_way sy_share_none;

/* The job of the way `none`, so that a test can make its memory shared. */
struct sy_share_private {
	struct sy_load load;
	/* A page that a forked child finds zeroed; elsewhere it holds 1. */
	uint32_t *here;
	uint64_t *counter; /* in memory that is nobody else's */
	size_t page_bytes; /* of each of the two */
	_Alignas(64) uint64_t written_here;
	uint64_t written_elsewhere;
	uint32_t unseen; /* tasks that did not see what they wrote */
};

#endif /* SY_SHARE_H */
