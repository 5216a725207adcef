/* SPDX-License-Identifier: MIT */
/*
 * resident.h - memory that a process has written, so that it is resident.
 */
#ifndef SY_RESIDENT_H
#define SY_RESIDENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/reason.h"

struct sy_resident {
	unsigned char *memory; /* NULL: none was asked for */
	size_t bytes;
};

/*
 * Private memory, each page of it written, in huge pages or in none; none for
 * 0 bytes.  With the reason: -ENOMEM; -ENOTSUP: huge pages were asked for and
 * less than nine tenths are in them.
 */
int sy_resident_open(struct sy_resident *resident, uint64_t bytes, bool huge,
                     struct sy_reason *reason);
/* Why there are no huge pages to ask for, or NULL. */
const char *sy_resident_huge_absent(void);
void sy_resident_close(struct sy_resident *resident);

#endif /* SY_RESIDENT_H */
