/* SPDX-License-Identifier: MIT */
/*
 * share_part.h - the ways of `share` in which a process of its own owns the
 * data, each a workload but for its name: share.c has the others.
 */
#ifndef SY_SHARE_PART_H
#define SY_SHARE_PART_H

#include "workloads/workload.h"

/* The members are those of struct sy_workload. */
struct sy_share_part {
	struct sy_way way;
	unsigned wants;
	size_t (*scratch_bytes)(const struct sy_load *load);
	int (*open)(void **state, const struct sy_load *load,
	            struct sy_batch *batch);
	int (*settle)(void *state, struct sy_batch *batch,
	              uint64_t found[SY_FINDINGS_MAX],
	              char reason[SY_BROKEN_BYTES]);
	pid_t (*server)(const void *state);
	void (*close)(void *state, struct sy_batch *batch);
};

/* A task's value is its seed, and it is load->sections operations. */
extern const struct sy_share_part sy_share_manager; /* over sockets */
extern const struct sy_share_part sy_share_mailbox; /* in shared memory */

#endif /* SY_SHARE_PART_H */
