/* SPDX-License-Identifier: MIT */
/* kernel.c - see kernel.h; a file of its own, so that no caller changes it. */
#include "kernel.h"

uint64_t sy_kernel(uint64_t value, uint64_t rounds)
{
	for (; rounds; rounds--) {
		value ^= value >> 29;
		value *= UINT64_C(0xbf58476d1ce4e5b9);
	}
	return value;
}
