/* SPDX-License-Identifier: MIT */
/*
 * switch.h - leaving one stack for another, in assembly.
 *
 * Saved are the registers that a function must preserve under the System V
 * ABI for x86-64: rbx, rbp, r12 to r15 and the stack pointer.  Not saved are
 * the control words of the x87 unit and mxcsr (rounding and exception masks),
 * which the ABI wants preserved too: saving them costs more than all else
 * together, and no task changes them.  The signal mask is the thread's.
 *
 * The work is done out of line, but the way there and back is by jumps.  A
 * `ret` into another stack always misses the return predictor, and a `call`
 * that is never returned from upsets it: either costs more than the rest.
 * Nothing is written to the stack, where the compiler may be using 128 bytes
 * below the stack pointer.
 */
#ifndef SY_SWITCH_H
#define SY_SWITCH_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__x86_64__) && defined(__LP64__)

/* Why there is no assembly switch in this build, or NULL. */
#define SY_SWITCH_ABSENT ((const char *)NULL)

/* What is kept of a fibre that is not running: a cache line. */
struct sy_registers {
	uint64_t rsp, rip, rbx, rbp, r12, r13, r14, r15;
} __attribute__((aligned(64)));

/* Reached by a jump only, with the way back in rcx: see sy_switch. */
void sy_switch_body(void);

/* Where a fresh stack begins: calls r13(r12), which does not return. */
void sy_switch_start(void);

/* Only a compiler that may use them lets them be named. */
#ifdef __AVX512F__
#define SY_SWITCH_AVX512                                                       \
	, "xmm16", "xmm17", "xmm18", "xmm19", "xmm20", "xmm21", "xmm22",       \
		"xmm23", "xmm24", "xmm25", "xmm26", "xmm27", "xmm28", "xmm29", \
		"xmm30", "xmm31", "k1", "k2", "k3", "k4", "k5", "k6", "k7"
#else
#define SY_SWITCH_AVX512
#endif

/*
 * Saves the caller's registers in *from and goes on where *to was saved.
 * When somebody switches to *from, returns `from`: not as it was, but as that
 * one had it at hand.
 *
 * The compiler is told what a call would tell it, that all but the preserved
 * registers are lost.
 */
static inline __attribute__((always_inline)) struct sy_registers *
sy_switch(struct sy_registers *from, struct sy_registers *to)
{
	__asm__ volatile("leaq	1f(%%rip), %%rcx\n\t"
	                 "jmp	sy_switch_body\n"
	                 "1:"
	                 : "+D"(from), "+S"(to)
	                 :
	                 : "rax", "rcx", "rdx", "r8", "r9", "r10", "r11", "cc",
	                   "memory", "st", "st(1)", "st(2)", "st(3)", "st(4)",
	                   "st(5)", "st(6)", "st(7)", "xmm0", "xmm1", "xmm2",
	                   "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8",
	                   "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14",
	                   "xmm15" SY_SWITCH_AVX512);
	/* What the other side switched to. */
	return to;
}

/* Makes entry(arg), which does not return, begin below `top`, which is
   aligned to 16 bytes, at the first switch to *registers. */
static inline void sy_switch_prepare(struct sy_registers *registers,
                                     unsigned char *top,
                                     void (*entry)(void *arg), void *arg)
{
	/* rbp 0: the end of a chain of frame pointers. */
	*registers = (struct sy_registers){
		.rsp = (uint64_t)(uintptr_t)top,
		.rip = (uint64_t)(uintptr_t)sy_switch_start,
		.r12 = (uint64_t)(uintptr_t)arg,
		.r13 = (uint64_t)(uintptr_t)entry,
	};
}

#else

#define SY_SWITCH_ABSENT "no assembly switch for this architecture yet"

struct sy_registers {
	char none;
};

/* Never called: the model that would is absent. */
static inline struct sy_registers *sy_switch(struct sy_registers *from,
                                             struct sy_registers *to)
{
	(void)from;
	(void)to;
	__builtin_trap();
}

static inline void sy_switch_prepare(struct sy_registers *registers,
                                     unsigned char *top,
                                     void (*entry)(void *arg), void *arg)
{
	(void)registers;
	(void)top;
	(void)entry;
	(void)arg;
}

#endif

#ifdef __cplusplus
}
#endif

#endif /* SY_SWITCH_H */
