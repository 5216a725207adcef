/* SPDX-License-Identifier: MIT */
/*
 * owned.h - what tasks do with data that another process owns, however they
 * reach it: get a value, set it one higher, and so on.
 *
 * A lane has keys that no other lane writes, so that a value that it gets is
 * the one that it set last: a write that is not seen by a later read is lost
 * from the sum over all keys, which is judged after each run.
 */
#ifndef SY_OWNED_H
#define SY_OWNED_H

#include <stddef.h>
#include <stdint.h>

#include "workloads/dictionary.h"
#include "workloads/workload.h"

/* How the job begins. */
struct sy_owned {
	struct sy_load load;
	uint32_t keys;  /* of all lanes together */
	uint32_t lanes; /* lane i has the keys i, i + lanes, ... */
	uint64_t sets;  /* that all runs before this one have made */
};

/* How many keys there are: load->cells, but one for each lane at least. */
uint32_t sy_owned_keys(const struct sy_load *load, uint32_t lanes);

/* The number of a whole reply; 0 where there was none yet.  -EBADMSG, -ENOSPC. */
int sy_owned_number(const unsigned char *reply, uint64_t *number);

/* Request number `operation` of the task on its lane: gets and sets in turn.
   local[1] is the number that the get before has brought. */
size_t sy_owned_next(unsigned char *to, const struct sy_task *task,
                     uint32_t operation);
/* Notes the reply to it.  As sy_owned_number. */
int sy_owned_take(const unsigned char *reply, struct sy_task *task,
                  uint32_t operation);

/*
 * After a run: whether the numbers of all keys add up to the sets that were
 * made; `asked` is 0 and `sum` what the owner says, or a negative errno, which
 * is returned.  As settle.
 */
int sy_owned_settle(struct sy_owned *owned, const struct sy_batch *batch,
                    int asked, uint64_t sum, uint64_t found[SY_FINDINGS_MAX],
                    char reason[SY_BROKEN_BYTES]);

#endif /* SY_OWNED_H */
