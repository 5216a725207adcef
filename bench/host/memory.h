/* SPDX-License-Identifier: MIT */
/*
 * memory.h - what the kernel says that processes take, seen from outside.
 *
 * A process's share of the pages that it maps (PSS: a page shared by n of
 * them counts 1/n for each), the kernel's tables for these pages, and the
 * kernel stacks of its threads.  RSS would count a forked child's shared
 * pages once more for every child.
 */
#ifndef SY_MEMORY_H
#define SY_MEMORY_H

#include <stdint.h>
#include <sys/types.h>

struct sy_memory {
	uint64_t pss_bytes;
	uint64_t table_bytes;
	uint64_t threads;
};

/* Adds what process `pid` takes.  -ESRCH: it is gone; -ENOTSUP: a kernel that
   does not tell (no smaps_rollup); -EACCES. */
int sy_memory_add(pid_t pid, struct sy_memory *memory);
/* The same below a root that stands for "/": for tests. */
int sy_memory_add_at(const char *root, pid_t pid, struct sy_memory *memory);

/* Bytes of one thread's kernel stack: all of them over all threads of the
   system, rounded to a power of two; 16 KiB where that cannot be told. */
uint64_t sy_kernel_stack_bytes(const char *root);

/* Of the whole system: what its slab caches hold and cannot give back, in
   which sockets, descriptors and task structs lie.  0: not told. */
uint64_t sy_memory_slab(const char *root);

#endif /* SY_MEMORY_H */
