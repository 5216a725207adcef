/* SPDX-License-Identifier: MIT */
/*
 * overflow.h - whether a fault was the overflow of a coroutine's stack.
 *
 * What runs into a guard page gets SIGSEGV, on a stack with no room for a
 * handler.  So whoever wants to say why installs one with SA_ONSTACK and asks
 * here, and every thread that runs coroutines has a stack for signals.
 *
 * A handler is given nothing but the address: the pools that are open are
 * known to the process.  This is the one variable that models/ has.
 */
#ifndef SY_OVERFLOW_H
#define SY_OVERFLOW_H

#include "guard.h"

#ifdef __cplusplus
extern "C" {
#endif

struct sy_stacks;

/* An open pool is known from watch to forget; by stack.c, on any thread. */
void sy_overflow_watch(struct sy_stacks *stacks);
void sy_overflow_forget(struct sy_stacks *stacks);

/*
 * Whether `address`, which could not be accessed, lies in a guard page, or,
 * where it does not, a canary has been written over: what ran on may have hit
 * anything.  Sets *guard.  Safe in a signal handler, unless a pool is closed
 * meanwhile by another thread: then it may fault as well.
 */
bool sy_overflow_find(const void *address, enum sy_guard *guard);

/* Where a thread's signal handlers run. */
struct sy_signal_stack {
	void *memory; /* NULL: the thread had one already (sanitizers) */
};

/* Of the calling thread, which also closes it.  -ENOMEM. */
int sy_signal_stack_open(struct sy_signal_stack *stack);
void sy_signal_stack_close(struct sy_signal_stack *stack);

#ifdef __cplusplus
}
#endif

#endif /* SY_OVERFLOW_H */
