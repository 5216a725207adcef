/* SPDX-License-Identifier: MIT */
/*
 * stack.c - see stack.h.
 *
 * The canary is a guard page that is neither protected nor written: the part
 * of it that is looked at must read as zero.  That costs no memory, as what
 * was never written reads from the kernel's one zero page.
 */
#include "stack.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "annotate.h"

#define GUARD_BYTES ((size_t)4096)

/* Linux 6.13, include/uapi/asm-generic/mman-common.h. */
#define GUARD_INSTALL 102

/* The default of vm.max_map_count, where it cannot be read. */
#define MAPPINGS_DEFAULT 65530

/*
 * Tops differ by 0 to 23 times this.  What a parked coroutine has touched
 * below its top, less than a KiB, still lies in the top page with any
 * colour, so that it needs no second one.
 */
#define COLOUR_BYTES ((size_t)128)
#define COLOURS 24

/* How much of a canary page is looked at, from its upper end, where an
   overflow comes first.  A smaller frame cannot jump over it without leaving
   its return address there. */
#define CANARY_BYTES ((size_t)1024)

static uint64_t mappings_limit(void)
{
	unsigned long long limit = MAPPINGS_DEFAULT;
	FILE *file = fopen("/proc/sys/vm/max_map_count", "re");

	if (!file)
		return limit;
	if (fscanf(file, "%llu", &limit) != 1)
		limit = MAPPINGS_DEFAULT;
	fclose(file);
	return limit;
}

enum sy_guard sy_guard_for(uint64_t count, uint64_t limit)
{
	if (!limit)
		limit = mappings_limit();
	/* A third: the rest of the process needs mappings too. */
	return count <= limit / 3 / 2 ? SY_GUARD_PROTECT : SY_GUARD_MARK;
}

const char *sy_guard_name(enum sy_guard guard)
{
	static const char *const names[] = {
		[SY_GUARD_PROTECT] = "protected page",
		[SY_GUARD_MARK] = "marked page",
		[SY_GUARD_CANARY] = "canary",
	};

	return names[guard];
}

static unsigned char *slot(const struct sy_stacks *stacks, uint32_t index)
{
	return stacks->slab + (size_t)index * SY_STACK_BYTES;
}

static int guard_install(const struct sy_stacks *stacks, uint32_t index)
{
	unsigned char *page = slot(stacks, index);
	int rc = 0;

	if (stacks->guard == SY_GUARD_PROTECT)
		rc = mprotect(page, GUARD_BYTES, PROT_NONE);
	else if (stacks->guard == SY_GUARD_MARK)
		rc = madvise(page, GUARD_BYTES, GUARD_INSTALL);
	return rc ? -errno : 0;
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

	for (uint32_t i = 0; !rc && i < stacks->count; i++) {
		rc = guard_install(stacks, i);
		if (rc)
			munmap(stacks->slab, stacks->slab_bytes);
	}
	return rc;
}

int sy_stacks_open(struct sy_stacks *stacks, uint32_t count,
                   enum sy_guard guard)
{
	int rc;

	*stacks = (struct sy_stacks){
		.slab_bytes = count * SY_STACK_BYTES,
		.count = count,
		.free_count = count,
		.guard = guard,
	};
	stacks->free = malloc(count * sizeof(*stacks->free));
	if (!stacks->free)
		return -ENOMEM;
	/* Taken from the end: stack 0 first. */
	for (uint32_t i = 0; i < count; i++)
		stacks->free[i] = count - 1 - i;
	/* ENOMEM: no mapping is left; EINVAL: a kernel before 6.13. */
	do {
		rc = slab_open(stacks);
	} while ((rc == -ENOMEM || rc == -EINVAL) &&
	         stacks->guard++ < SY_GUARD_CANARY);
	if (rc)
		free(stacks->free);
	return rc;
}

void sy_stacks_close(struct sy_stacks *stacks)
{
	munmap(stacks->slab, stacks->slab_bytes);
	free(stacks->free);
}

static bool overflowed(const struct sy_stacks *stacks, uint32_t index)
{
	const uint64_t *words = (const void *)(slot(stacks, index) +
	                                       GUARD_BYTES - CANARY_BYTES);
	uint64_t any = 0;

	if (stacks->guard != SY_GUARD_CANARY)
		return false;
	for (size_t i = 0; i < CANARY_BYTES / sizeof(*words); i++)
		any |= words[i];
	return any != 0;
}

int sy_stack_take(struct sy_stacks *stacks, struct sy_stack *stack)
{
	uint32_t index;

	if (!stacks->free_count)
		return -ENOMEM;
	index = stacks->free[--stacks->free_count];
	stack->index = index;
	stack->low = slot(stacks, index) + GUARD_BYTES;
	stack->top = slot(stacks, index) + SY_STACK_BYTES -
	             index % COLOURS * COLOUR_BYTES;
	return 0;
}

int sy_stack_give(struct sy_stacks *stacks, const struct sy_stack *stack)
{
	if (overflowed(stacks, stack->index))
		return -EFAULT;
	stacks->free[stacks->free_count++] = stack->index;
	return 0;
}

int sy_stacks_check(const struct sy_stacks *stacks)
{
	if (stacks->guard != SY_GUARD_CANARY)
		return 0;
	for (uint32_t i = 0; i < stacks->count; i++)
		if (overflowed(stacks, i))
			return -EFAULT;
	return 0;
}
