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

#ifdef __cplusplus
extern "C" {
#endif

/* What an overflow of a stack runs into, the best first. */
enum sy_guard {
	SY_GUARD_PROTECT, /* a protected page: SIGSEGV; two mappings a stack */
	SY_GUARD_MARK,    /* a marked page (Linux 6.13): SIGSEGV, no mapping */
	SY_GUARD_CANARY,  /* a page that must stay zero: found out later */
};

struct sy_stacks {
	unsigned char *slab;
	size_t slab_bytes;
	uint32_t count;
	uint32_t free_count;
	uint32_t *free; /* the indices of those not taken, last in first out */
	enum sy_guard guard;
};

struct sy_stack {
	unsigned char *low; /* the first byte above the guard */
	unsigned char *top; /* aligned to 16 bytes */
	uint32_t index;
};

/* The best guard for `count` stacks in a process: what vm.max_map_count
   leaves room for.  `limit` 0: looked up. */
enum sy_guard sy_guard_for(uint64_t count, uint64_t limit);

/* What a guard is, in a word. */
const char *sy_guard_name(enum sy_guard guard);

/*
 * `count` stacks with this guard, or the next one that the kernel has room
 * for; stacks->guard says which it became.  -ENOMEM.
 */
int sy_stacks_open(struct sy_stacks *stacks, uint32_t count,
                   enum sy_guard guard);
void sy_stacks_close(struct sy_stacks *stacks);

/* -ENOMEM: all are taken. */
int sy_stack_take(struct sy_stacks *stacks, struct sy_stack *stack);
/* Gives a stack back.  -EFAULT: it had overflowed, and is not used again. */
int sy_stack_give(struct sy_stacks *stacks, const struct sy_stack *stack);

/* -EFAULT: a stack of the pool has overflowed.  0 at once where the guard
   itself would have stopped it. */
int sy_stacks_check(const struct sy_stacks *stacks);

#ifdef __cplusplus
}
#endif

#endif /* SY_STACK_H */
