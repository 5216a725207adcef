/* SPDX-License-Identifier: MIT */
/* stack.c - see stack.h. */
#include "stack.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "annotate.h"
#include "model.h"
#include "overflow.h"

#define PAGE_BYTES ((size_t)4096)
/* Of stacks, that one page of the page table has entries for. */
#define TABLE_SPAN (PAGE_BYTES / 8 * PAGE_BYTES)

/*
 * Tops differ by 0 to 23 times this.  What a parked coroutine has touched
 * below its top, less than a KiB, still lies in the top page with any
 * colour, so that it needs no second one.
 */
#define COLOUR_BYTES ((size_t)128)
#define COLOURS 24

int sy_stack_round(uint64_t asked, size_t *stack_bytes)
{
	uint64_t rounded;

	if (!asked)
		asked = SY_STACK_BYTES;
	if (asked < SY_STACK_LEAST_BYTES ||
	    __builtin_add_overflow(asked, PAGE_BYTES - 1, &rounded))
		return -EINVAL;
	*stack_bytes = rounded / PAGE_BYTES * PAGE_BYTES;
	return 0;
}

static unsigned char *slot(const struct sy_stacks *stacks, uint32_t index)
{
	return stacks->slab + index * stacks->stack_bytes;
}

static int slab_map(struct sy_stacks *stacks)
{
	void *slab = mmap(NULL, stacks->slab_bytes, PROT_READ | PROT_WRITE,
	                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (slab == MAP_FAILED)
		return -errno;
	stacks->slab = slab;
	/* EINVAL: a kernel without huge pages has none to forbid. */
	(void)madvise(slab, stacks->slab_bytes, MADV_NOHUGEPAGE);
	return 0;
}

/* The slab with all its guards, or nothing. */
static int slab_open(struct sy_stacks *stacks)
{
	int rc = slab_map(stacks);

	if (rc)
		return rc;
	for (uint32_t i = 0; !rc && i < stacks->count; i++)
		rc = sy_guard_install(slot(stacks, i), stacks->guard);
	if (rc)
		munmap(stacks->slab, stacks->slab_bytes);
	return rc;
}

/* With the guard that is asked for, or one that can be had. */
static int slab_open_guarded(struct sy_stacks *stacks)
{
	int rc = slab_open(stacks);

	/* Without a guard that is made there is nothing that could fail. */
	while (rc && stacks->guard != SY_GUARD_CANARY) {
		stacks->guard = sy_guard_after(stacks->guard, stacks->count);
		rc = slab_open(stacks);
	}
	return rc;
}

int sy_stacks_open(struct sy_stacks *stacks, uint32_t count, size_t stack_bytes,
                   enum sy_guard guard)
{
	int rc;

	*stacks = (struct sy_stacks){
		.stack_bytes = stack_bytes ? stack_bytes : SY_STACK_BYTES,
		.count = count,
		.free_count = count,
		.guard = guard,
	};
	if (__builtin_mul_overflow(stacks->stack_bytes, count,
	                           &stacks->slab_bytes))
		return -ENOMEM;
	stacks->free = malloc(count * sizeof(*stacks->free));
	if (!stacks->free)
		return -ENOMEM;
	/* Taken from the end: stack 0 first. */
	for (uint32_t i = 0; i < count; i++)
		stacks->free[i] = count - 1 - i;
	rc = slab_open_guarded(stacks);
	if (rc)
		free(stacks->free);
	else
		sy_overflow_watch(stacks);
	return rc;
}

void sy_stacks_close(struct sy_stacks *stacks)
{
	sy_overflow_forget(stacks);
	munmap(stacks->slab, stacks->slab_bytes);
	free(stacks->free);
}

/* Of page tables for one stack: its share, or where it is so large that the
   top and the guard lie far apart, one page for each. */
static uint64_t table_bytes(size_t stack_bytes)
{
	return stack_bytes < 2 * TABLE_SPAN
	               ? stack_bytes * PAGE_BYTES / TABLE_SPAN
	               : 2 * PAGE_BYTES;
}

void sy_stacks_needs(uint64_t count, size_t stack_bytes, struct sy_needs *needs)
{
	uint64_t each = PAGE_BYTES + table_bytes(stack_bytes) + SY_NOTE_BYTES;

	needs->bytes += count * (each + each / 16);
	needs->mappings +=
		2 + count * sy_guard_mappings(sy_guard_for(count, 0));
}

struct sy_stack sy_stack_at(const struct sy_stacks *stacks, uint32_t index)
{
	unsigned char *low = slot(stacks, index);

	return (struct sy_stack){
		.low = low + SY_GUARD_BYTES,
		.top = low + stacks->stack_bytes -
		       index % COLOURS * COLOUR_BYTES,
		.index = index,
	};
}

int sy_stack_take(struct sy_stacks *stacks, struct sy_stack *stack)
{
	if (!stacks->free_count)
		return -ENOMEM;
	*stack = sy_stack_at(stacks, stacks->free[--stacks->free_count]);
	return 0;
}

int sy_stack_check(const struct sy_stacks *stacks, uint32_t index)
{
	if (stacks->guard != SY_GUARD_CANARY)
		return 0;
	return sy_guard_broken(slot(stacks, index)) ? -EFAULT : 0;
}

int sy_stack_give(struct sy_stacks *stacks, const struct sy_stack *stack)
{
	int rc = sy_stack_check(stacks, stack->index);

	if (!rc)
		stacks->free[stacks->free_count++] = stack->index;
	return rc;
}

int sy_stacks_check(const struct sy_stacks *stacks)
{
	int rc = 0;

	if (stacks->guard != SY_GUARD_CANARY)
		return 0;
	for (uint32_t i = 0; !rc && i < stacks->count; i++)
		rc = sy_stack_check(stacks, i);
	return rc;
}
