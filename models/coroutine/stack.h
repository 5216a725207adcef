/* SPDX-License-Identifier: MIT */
/*
 * stack.h - a pool of small stacks of one size, in one mapping.
 *
 * A page of a stack takes memory when it is first touched, never before:
 * the mapping is not reserved and no huge page is used for it.  The tops are
 * coloured (page-aligned tops would all fall into the same cache sets), and
 * the lowest page of each stack is its guard.  Every int returned is 0 or a
 * negative errno.
 */
#ifndef SY_STACK_H
#define SY_STACK_H

#include <stddef.h>
#include <stdint.h>

#include "guard.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Is not copied nor moved while it is open: overflow.h knows it by address. */
struct sy_stacks {
	unsigned char *slab;
	size_t slab_bytes;
	size_t stack_bytes; /* from one stack to the next */
	uint32_t count;
	uint32_t free_count;
	uint32_t *free; /* the indices of those not taken, last in first out */
	enum sy_guard guard;
	struct sy_stacks *next, **link; /* overflow.c's */
};

struct sy_needs; /* model.h */

struct sy_stack {
	unsigned char *low; /* the first byte above the guard */
	unsigned char *top; /* aligned to 128 bytes */
	uint32_t index;
};

/*
 * Turns what a user asked for, or 0, into what a stack takes, in whole pages,
 * with its guard and up to 3 KiB of colour.  -EINVAL: too little to run on.
 */
int sy_stack_round(uint64_t asked, size_t *stack_bytes);

/*
 * `count` stacks of `stack_bytes` (of sy_stack_round; 0: SY_STACK_BYTES) with
 * this guard, or the next one that the kernel has for so many; stacks->guard
 * says which it became.  -ENOMEM.
 */
int sy_stacks_open(struct sy_stacks *stacks, uint32_t count, size_t stack_bytes,
                   enum sy_guard guard);
void sy_stacks_close(struct sy_stacks *stacks);

/* Adds what a process takes for `count` stacks that are all in use, each with
   its top page touched.  A bound: the memory is a sixteenth too much. */
void sy_stacks_needs(uint64_t count, size_t stack_bytes,
                     struct sy_needs *needs);

/* -ENOMEM: all are taken. */
int sy_stack_take(struct sy_stacks *stacks, struct sy_stack *stack);
/* Gives a stack back.  -EFAULT: it had overflowed, and is not used again. */
int sy_stack_give(struct sy_stacks *stacks, const struct sy_stack *stack);

/* Stack `index`, below `count`, taken or not. */
struct sy_stack sy_stack_at(const struct sy_stacks *stacks, uint32_t index);

/* -EFAULT: this stack has overflowed. */
int sy_stack_check(const struct sy_stacks *stacks, uint32_t index);

/* -EFAULT: a stack of the pool has overflowed.  0 at once where the guard
   itself would have stopped it.  Safe in a signal handler. */
int sy_stacks_check(const struct sy_stacks *stacks);

#ifdef __cplusplus
}
#endif

#endif /* SY_STACK_H */
