/* SPDX-License-Identifier: MIT */
/*
 * overflow.c - see overflow.h.
 *
 * The list is changed under a lock and read without one, by a handler that
 * may have interrupted who holds it: each change leaves a list that can be
 * walked.
 */
#include "overflow.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "stack.h"

/* Room for a handler, on top of what the kernel writes there: some KiB, with
   the widest registers more. */
#define SIGNAL_STACK_BYTES ((size_t)64 * 1024)

static struct {
	pthread_mutex_t lock;
	struct sy_stacks *first;
} pools = { .lock = PTHREAD_MUTEX_INITIALIZER };

void sy_overflow_watch(struct sy_stacks *stacks)
{
	pthread_mutex_lock(&pools.lock);
	stacks->next = pools.first;
	stacks->link = &pools.first;
	if (stacks->next)
		stacks->next->link = &stacks->next;
	__atomic_store_n(&pools.first, stacks, __ATOMIC_RELEASE);
	pthread_mutex_unlock(&pools.lock);
}

void sy_overflow_forget(struct sy_stacks *stacks)
{
	pthread_mutex_lock(&pools.lock);
	__atomic_store_n(stacks->link, stacks->next, __ATOMIC_RELEASE);
	if (stacks->next)
		stacks->next->link = stacks->link;
	pthread_mutex_unlock(&pools.lock);
}

static struct sy_stacks *following(struct sy_stacks *const *link)
{
	return __atomic_load_n(link, __ATOMIC_ACQUIRE);
}

static bool in_guard(const struct sy_stacks *stacks, const void *address)
{
	uintptr_t offset = (uintptr_t)address - (uintptr_t)stacks->slab;

	return stacks->guard != SY_GUARD_CANARY &&
	       offset < stacks->slab_bytes &&
	       offset % stacks->stack_bytes < SY_GUARD_BYTES;
}

bool sy_overflow_find(const void *address, enum sy_guard *guard)
{
	struct sy_stacks *at;

	for (at = following(&pools.first); at; at = following(&at->next))
		if (in_guard(at, address)) {
			*guard = at->guard;
			return true;
		}
	for (at = following(&pools.first); at; at = following(&at->next))
		if (sy_stacks_check(at)) {
			*guard = SY_GUARD_CANARY;
			return true;
		}
	return false;
}

static size_t signal_stack_bytes(void)
{
	long bytes = sysconf(_SC_SIGSTKSZ);

	return bytes > (long)SIGNAL_STACK_BYTES ? (size_t)bytes
	                                        : SIGNAL_STACK_BYTES;
}

int sy_signal_stack_open(struct sy_signal_stack *stack)
{
	stack_t now, wanted = { .ss_size = signal_stack_bytes() };
	int rc = 0;

	stack->memory = NULL;
	if (!sigaltstack(NULL, &now) && !(now.ss_flags & SS_DISABLE))
		return 0;
	wanted.ss_sp = malloc(wanted.ss_size);
	if (!wanted.ss_sp)
		return -ENOMEM;
	if (sigaltstack(&wanted, NULL))
		rc = -errno;
	if (rc)
		free(wanted.ss_sp);
	else
		stack->memory = wanted.ss_sp;
	return rc;
}

void sy_signal_stack_close(struct sy_signal_stack *stack)
{
	const stack_t none = { .ss_flags = SS_DISABLE };

	if (!stack->memory)
		return;
	sigaltstack(&none, NULL);
	free(stack->memory);
}
