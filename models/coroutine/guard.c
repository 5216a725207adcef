/* SPDX-License-Identifier: MIT */
/*
 * guard.c - see guard.h.
 *
 * The canary is a page that is neither protected nor written and must read as
 * zero.  That costs no memory, as what was never written reads from the
 * kernel's one zero page.
 */
#include "guard.h"

#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>

/* Linux 6.13, include/uapi/asm-generic/mman-common.h. */
#define GUARD_INSTALL 102

/* The default of vm.max_map_count, where it cannot be read. */
#define MAPPINGS_DEFAULT 65530

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

/* Only trying tells: a kernel of that version may refuse it all the same. */
static bool marks_pages(void)
{
	void *page = mmap(NULL, SY_GUARD_BYTES, PROT_READ | PROT_WRITE,
	                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int rc;

	if (page == MAP_FAILED)
		return false;
	rc = sy_guard_install(page, SY_GUARD_MARK);
	munmap(page, SY_GUARD_BYTES);
	return !rc;
}

static enum sy_guard without_marks(uint64_t count, uint64_t limit)
{
	if (!limit)
		limit = mappings_limit();
	/* A third: the rest of the process needs mappings too. */
	return count <= limit / 3 / sy_guard_mappings(SY_GUARD_PROTECT)
	               ? SY_GUARD_PROTECT
	               : SY_GUARD_CANARY;
}

enum sy_guard sy_guard_for(uint64_t count, uint64_t limit)
{
	return marks_pages() ? SY_GUARD_MARK : without_marks(count, limit);
}

enum sy_guard sy_guard_after(enum sy_guard guard, uint64_t count)
{
	return guard == SY_GUARD_MARK ? without_marks(count, 0)
	                              : SY_GUARD_CANARY;
}

unsigned sy_guard_mappings(enum sy_guard guard)
{
	return guard == SY_GUARD_PROTECT ? 2 : 0;
}

const char *sy_guard_name(enum sy_guard guard)
{
	static const char *const names[] = {
		[SY_GUARD_MARK] = "marked page",
		[SY_GUARD_PROTECT] = "protected page",
		[SY_GUARD_CANARY] = "canary",
	};

	return names[guard];
}

int sy_guard_install(unsigned char *page, enum sy_guard guard)
{
	int rc = 0;

	if (guard == SY_GUARD_MARK)
		rc = madvise(page, SY_GUARD_BYTES, GUARD_INSTALL);
	else if (guard == SY_GUARD_PROTECT)
		rc = mprotect(page, SY_GUARD_BYTES, PROT_NONE);
	return rc ? -errno : 0;
}

bool sy_guard_broken(const unsigned char *page)
{
	const uint64_t *words = (const void *)page;
	uint64_t any = 0;

	for (size_t i = 0; i < SY_GUARD_BYTES / sizeof(*words); i += 8)
		any |= words[i] | words[i + 1] | words[i + 2] | words[i + 3] |
		       words[i + 4] | words[i + 5] | words[i + 6] |
		       words[i + 7];
	return any != 0;
}
