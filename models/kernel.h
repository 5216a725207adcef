/* SPDX-License-Identifier: MIT */
/*
 * kernel.h - the CPU-bound work that every model and every yardstick does.
 *
 * One round is a shift-xor and a multiplication, each waiting for the one
 * before: a chain that has no closed form, so the compiler can neither
 * shorten nor vectorise it, and that touches no memory.
 */
#ifndef SY_KERNEL_H
#define SY_KERNEL_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* `rounds` rounds from `value`; 0 rounds return it unchanged.  Never inlined. */
uint64_t sy_kernel(uint64_t value, uint64_t rounds);

#ifdef __cplusplus
}
#endif

#endif /* SY_KERNEL_H */
