/* SPDX-License-Identifier: MIT */
/*
 * holder.h - a process that holds waiting contexts, looked at from outside.
 *
 * It is fresh for each measurement, so that what an allocator kept and page
 * tables that have grown do not count, and it dies with its parent.  Every int
 * returned is 0 or a negative errno with the reason: an error of the mechanism
 * in it, or -ECHILD where it died.
 */
#ifndef SY_HOLDER_H
#define SY_HOLDER_H

#include "engine/reason.h"
#include "engine/usage.h"
#include "model.h"

#define SY_DETAIL_BYTES 32
/* What an open mechanism tells of itself, or "". */
void sy_detail_note(char detail[SY_DETAIL_BYTES],
                    const struct sy_mechanism *mechanism, const void *state);

struct sy_holder {
	pid_t pid;
	int fd; /* to it */
	char detail[SY_DETAIL_BYTES];
};

/* Forks it; nothing is opened yet. */
int sy_holder_start(struct sy_holder *holder, struct sy_batch *batch,
                    const struct sy_mechanism *mechanism,
                    struct sy_reason *reason);
/* Has `count` contexts exist, more than before; how long it took. */
int sy_holder_grow(struct sy_holder *holder, uint64_t count,
                   uint64_t *elapsed_ns, struct sy_reason *reason);
/*
 * Ends it and all that it holds.  Gives `error`, of what was done with it, back;
 * where that is 0 or only says that the holder is gone (-ESRCH), how it ended.
 */
int sy_holder_end(struct sy_holder *holder, int error,
                  struct sy_reason *reason);

/*
 * One measurement of `contexts` waiting ones: what each takes, from the slope
 * over about eight counts.
 */
struct sy_held {
	uint64_t elapsed_ns; /* creating them */
	/* Of the holder and of what it waited for, from start to end. */
	struct sy_usage usage;
	double bytes;      /* a context: PSS, page tables, kernel stacks */
	double slab_bytes; /* a context: the system's slab; noisy */
	char detail[SY_DETAIL_BYTES];
};
int sy_held_measure(struct sy_batch *batch,
                    const struct sy_mechanism *mechanism, uint64_t contexts,
                    struct sy_held *held, struct sy_reason *reason);

#endif /* SY_HOLDER_H */
