/* SPDX-License-Identifier: MIT */
/*
 * guard.h - what an overflow of a stack runs into.
 *
 * Each stack has one page below it that nothing may be written to.  A kernel
 * of Linux 6.13 or later marks such a page in the page table, for nothing; an
 * older one protects it, which makes two mappings more of each stack, and of
 * these a process may have vm.max_map_count.  Where they do not suffice, the
 * page is a canary, left as it came, all zero, and looked at when its stack
 * is given back and when those that ran on it have stopped.
 *
 * All three find an overflow by frames of at most a page.  A larger frame is
 * stopped by a marked or protected page where its code was compiled to touch
 * each page that it takes (-fstack-clash-protection, which the build asks for).
 */
#ifndef SY_GUARD_H
#define SY_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The best first. */
enum sy_guard {
	SY_GUARD_MARK,    /* a marked page (Linux 6.13): SIGSEGV, no mapping */
	SY_GUARD_PROTECT, /* a protected page: SIGSEGV; two mappings a stack */
	SY_GUARD_CANARY,  /* a page that must stay zero: found out later */
};

#define SY_GUARD_BYTES ((size_t)4096)

/* The best guard that the kernel has for `count` stacks in a process.  They
   may have a third of its mappings; `limit` 0: vm.max_map_count. */
enum sy_guard sy_guard_for(uint64_t count, uint64_t limit);

/* The next weaker than `guard` for `count` stacks of a process. */
enum sy_guard sy_guard_after(enum sy_guard guard, uint64_t count);

/* Mappings that one adds to a process, at most. */
unsigned sy_guard_mappings(enum sy_guard guard);

/* What a guard is: "marked page", "protected page", "canary". */
const char *sy_guard_name(enum sy_guard guard);

/* Makes a guard of an untouched page.  -EINVAL: the kernel has no such;
   -ENOMEM: no mapping is left; -EPERM: it is refused. */
int sy_guard_install(unsigned char *page, enum sy_guard guard);

/* Whether an overflow has written to this canary.  Safe in a signal handler. */
bool sy_guard_broken(const unsigned char *page);

#ifdef __cplusplus
}
#endif

#endif /* SY_GUARD_H */
