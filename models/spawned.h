/* SPDX-License-Identifier: MIT */
/*
 * spawned.h - where a context runs that is created while it is measured, and
 * how it is known that it ran.
 *
 * Threads and processes inherit the binding of their creator, which open binds
 * to the PU of context 0.  Contexts that belong there are not bound again: in
 * a placement of one PU all of them, else every pu_count-th, and the only one
 * where one is created at a time.  Others bind themselves through the batch
 * first of all.  Either way a context notes where it runs, and its creator
 * holds that against where it belongs.  In an unbound placement nobody is
 * bound.
 */
#ifndef SY_SPAWNED_H
#define SY_SPAWNED_H

#include "model.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Of each child beside what is reckoned for any process: some sixty mappings
 * and their page tables are copied.  A child that waits was seen to take
 * 150 KiB, a third of it in the kernel's slab.
 */
#define SY_CHILD_BYTES (UINT64_C(96) << 10)

/* Contexts that are alive at once, >= 1. */
uint32_t sy_spawn_burst(const struct sy_batch *batch);

/*
 * Binds the caller as context 0 and notes the PU of all contexts that inherit
 * it.  What bind returns.
 */
int sy_spawn_open(struct sy_batch *batch);

/* Whether context `index` belongs where its creator is. */
bool sy_spawn_inherits(const struct sy_batch *batch, uint32_t index);

/* The creator, before: the context has not been seen. */
void sy_spawn_prepare(struct sy_batch *batch, uint32_t index);

/* The context itself, first of all: it is where it belongs, and sees that.
   What bind returns. */
int sy_spawn_begin(struct sy_batch *batch, uint32_t index);

/*
 * The creator, when the context has ended: 0; -ECHILD: it never ran; -ENODEV:
 * it ran elsewhere.
 */
int sy_spawn_check(const struct sy_batch *batch, uint32_t index);

#ifdef __cplusplus
}
#endif

#endif /* SY_SPAWNED_H */
