/* SPDX-License-Identifier: MIT */
/* extra_none.c - the program does what it is asked for and no more. */
#include "engine/extra.h"

int sy_extra_operations(const struct sy_point *point, uint64_t operations,
                        int64_t *owed, uint64_t *extra,
                        struct sy_reason *reason)
{
	(void)point;
	(void)operations;
	(void)owed;
	(void)reason;
	*extra = 0;
	return 0;
}
