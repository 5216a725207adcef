/* SPDX-License-Identifier: MIT */
/*
 * switch_x86_64.h - the switches of switch.h under the System V ABI.
 *
 * Preserved by a function are rbx, rbp, r12 to r15 and the stack pointer.
 *
 * The way there and back is by jumps in both.  A `ret` into another stack
 * always misses the return predictor, and a `call` that is never returned
 * from upsets it: either costs more than the rest.
 *
 * With -fcf-protection: what the inline switch jumps to begins with endbr64
 * (branch tracking), and the jump of the other is not tracked.  A shadow stack
 * is not switched; switch_x86_64.S has no note that it is fit for one, so
 * programs that are linked with it run without.
 */
#ifndef SY_SWITCH_X86_64_H
#define SY_SWITCH_X86_64_H

#define SY_SWITCH_ABSENT ((const char *)NULL)
#define SY_SWITCH_INLINE_ABSENT ((const char *)NULL)

/* What is kept of a context that is not running: a cache line.  The inline
   switch uses the first four. */
struct sy_registers {
	uint64_t rsp, rip, rbx, rbp, r12, r13, r14, r15;
} __attribute__((aligned(64)));

/* Reached by a jump only, with the way back in rcx: see sy_switch. */
void sy_switch_body(void);

/* Where a fresh stack begins: calls r13(r12) of what rsi points to, which either
   switch leaves there.  That call does not return. */
void sy_switch_start(void);

/* Only a compiler that may use them lets them be named. */
#ifdef __AVX512F__
#define SY_SWITCH_AVX512                                                       \
	, "xmm16", "xmm17", "xmm18", "xmm19", "xmm20", "xmm21", "xmm22",       \
		"xmm23", "xmm24", "xmm25", "xmm26", "xmm27", "xmm28", "xmm29", \
		"xmm30", "xmm31", "k0", "k1", "k2", "k3", "k4", "k5", "k6",    \
		"k7"
#else
#define SY_SWITCH_AVX512
#endif

#ifdef __APX_F__
#define SY_SWITCH_APX                                                          \
	, "r16", "r17", "r18", "r19", "r20", "r21", "r22", "r23", "r24",       \
		"r25", "r26", "r27", "r28", "r29", "r30", "r31"
#else
#define SY_SWITCH_APX
#endif

/* What a call may overwrite, but for the two arguments.  A vector register's
   name stands for its whole length. */
#define SY_SWITCH_LOST                                                         \
	"rax", "rcx", "rdx", "r8", "r9", "r10", "r11", "cc", "memory", "st",   \
		"st(1)", "st(2)", "st(3)", "st(4)", "st(5)", "st(6)", "st(7)", \
		"xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6",        \
		"xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13",    \
		"xmm14", "xmm15" SY_SWITCH_AVX512 SY_SWITCH_APX

static inline __attribute__((always_inline)) struct sy_registers *
sy_switch(struct sy_registers *from, struct sy_registers *to)
{
	__asm__ volatile("leaq	1f(%%rip), %%rcx\n\t"
	                 "jmp	sy_switch_body\n"
	                 "1:"
	                 : "+D"(from), "+S"(to)
	                 :
	                 : SY_SWITCH_LOST);
	/* What the other side switched to. */
	return to;
}

#if defined(__CET__) && __CET__ & 1
#define SY_SWITCH_LANDING "\n\tendbr64"
#else
#define SY_SWITCH_LANDING
#endif

/*
 * rbp and rbx are saved by hand, because compilers use them to address a frame
 * (clang takes rbx for one that is realigned and of variable size) and then do
 * not keep to a list that names them.
 */
static inline __attribute__((always_inline)) struct sy_registers *
sy_switch_inline(struct sy_registers *from, struct sy_registers *to)
{
	__asm__ volatile("leaq	1f(%%rip), %%rax\n\t"
	                 "movq	%%rsp, (%%rdi)\n\t"
	                 "movq	%%rax, 8(%%rdi)\n\t"
	                 "movq	%%rbx, 16(%%rdi)\n\t"
	                 "movq	%%rbp, 24(%%rdi)\n\t"
	                 "movq	16(%%rsi), %%rbx\n\t"
	                 "movq	24(%%rsi), %%rbp\n\t"
	                 "movq	(%%rsi), %%rsp\n\t"
	                 "jmp	*8(%%rsi)\n"
	                 "1:" SY_SWITCH_LANDING
	                 : "+D"(from), "+S"(to)
	                 :
	                 : "r12", "r13", "r14", "r15", SY_SWITCH_LOST);
	return to;
}

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

#endif /* SY_SWITCH_X86_64_H */
