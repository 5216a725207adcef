/* SPDX-License-Identifier: MIT */
/* clock.c - the one clock that models read. */
#include "model.h"

#include <time.h>

uint64_t sy_clock_ns(void)
{
	struct timespec now;

	/* It cannot fail: the clock is there and the address is good. */
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * UINT64_C(1000000000) +
	       (uint64_t)now.tv_nsec;
}
