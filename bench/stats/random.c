/* SPDX-License-Identifier: MIT */
/*
 * random.c - splitmix64 (Steele, Lea and Flood, "Fast splittable pseudorandom
 * number generators", 2014) and what is drawn with it.
 */
#include "stats/stats.h"

uint64_t sy_random(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/*
 * The high half of a 64 x 64 bit product.  The products whose low half is
 * under 2^64 mod bound are drawn again, which takes the bias away (Lemire,
 * "Fast random integer generation in an interval", 2019).
 */
uint64_t sy_random_below(uint64_t *state, uint64_t bound)
{
	unsigned __int128 product = (unsigned __int128)sy_random(state) * bound;
	uint64_t low = (uint64_t)product;

	if (low < bound) {
		uint64_t least = (0 - bound) % bound;

		while (low < least) {
			product = (unsigned __int128)sy_random(state) * bound;
			low = (uint64_t)product;
		}
	}
	return (uint64_t)(product >> 64);
}

/* Fisher and Yates, from the end. */
void sy_shuffle(uint32_t *items, size_t count, uint64_t *state)
{
	size_t left;

	for (left = count; left > 1; left--) {
		size_t chosen = (size_t)sy_random_below(state, left);
		uint32_t kept = items[chosen];

		items[chosen] = items[left - 1];
		items[left - 1] = kept;
	}
}
