/* SPDX-License-Identifier: MIT */
/*
 * resident.c - see resident.h.
 *
 * The pages are written once.  A fork marks them copy-on-write, and nobody
 * writes them again unless the mechanism does: so each fork but the first finds
 * them marked, and what the parent pays for a page that it writes after a fork
 * is in no figure of a mechanism that does not write.
 */
#include "engine/resident.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "host/machine_internal.h"

/* Of x86-64, and of aarch64 with 4 KiB pages: huge pages are aligned so. */
#define HUGE_BYTES ((size_t)2 << 20)
/* The share that has to be in huge pages, where they were asked for. */
#define HUGE_SHARE 0.9

static uint64_t huge_now(void)
{
	uint64_t kib = sy_file_field_number("", "/proc/self/smaps_rollup",
	                                    "AnonHugePages");

	return kib == UINT64_MAX ? 0 : kib * 1024;
}

/* Rounded up, so that the last page can be a huge one; overflow: 0. */
static size_t whole_pages(uint64_t bytes)
{
	size_t rounded;

	if (__builtin_add_overflow(bytes, HUGE_BYTES - 1, &rounded))
		return 0;
	return rounded & ~(HUGE_BYTES - 1);
}

/* More is mapped than wanted, and what sticks out is given back. */
static unsigned char *map_aligned(size_t bytes)
{
	unsigned char *memory =
		mmap(NULL, bytes + HUGE_BYTES, PROT_READ | PROT_WRITE,
	             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	size_t before;

	if (memory == MAP_FAILED)
		return NULL;
	before = -(uintptr_t)memory & (HUGE_BYTES - 1);
	if (before)
		munmap(memory, before);
	munmap(memory + before + bytes, HUGE_BYTES - before);
	return memory + before;
}

static void write_pages(unsigned char *memory, size_t bytes)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	for (size_t at = 0; at < bytes; at += page)
		((volatile unsigned char *)memory)[at] = 1;
}

static int check_huge(uint64_t before, uint64_t bytes, struct sy_reason *reason)
{
	uint64_t now = huge_now(), huge = now > before ? now - before : 0;

	if ((double)huge >= HUGE_SHARE * (double)bytes)
		return 0;
	return sy_reason(reason, -ENOTSUP,
	                 "no huge pages here: %llu of %llu KiB are in them "
	                 "(/sys/kernel/mm/transparent_hugepage/enabled, and "
	                 "memory that is not in pieces)",
	                 (unsigned long long)(huge >> 10),
	                 (unsigned long long)(bytes >> 10));
}

int sy_resident_open(struct sy_resident *resident, uint64_t bytes, bool huge,
                     struct sy_reason *reason)
{
	uint64_t before = huge ? huge_now() : 0;
	struct sy_resident made = { .bytes = whole_pages(bytes) };
	int error = 0;

	*resident = (struct sy_resident){ 0 };
	if (!bytes)
		return 0;
	made.memory = made.bytes ? map_aligned(made.bytes) : NULL;
	if (!made.memory)
		return sy_reason(reason, -ENOMEM,
		                 "no address space for %llu MiB of resident "
		                 "memory",
		                 (unsigned long long)(bytes >> 20));
	/* EINVAL: a kernel without huge pages gives none. */
	(void)madvise(made.memory, made.bytes,
	              huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
	write_pages(made.memory, bytes);
	if (huge)
		error = check_huge(before, bytes, reason);
	if (error)
		sy_resident_close(&made);
	else
		*resident = made;
	return error;
}

const char *sy_resident_huge_absent(void)
{
	char line[64];

	if (sy_file_line("", "/sys/kernel/mm/transparent_hugepage/enabled",
	                 line, sizeof(line)) &&
	    !strstr(line, "[never]"))
		return NULL;
	return "the kernel gives no huge pages "
	       "(/sys/kernel/mm/transparent_hugepage/enabled)";
}

void sy_resident_close(struct sy_resident *resident)
{
	if (resident->memory)
		munmap(resident->memory, resident->bytes);
	*resident = (struct sy_resident){ 0 };
}
