/* SPDX-License-Identifier: MIT */
/*
 * overwrite.h - all ones into every register that the compiler lets go of:
 * what a context that does anything may do before it switches.
 *
 * Left out is what addresses a frame: the frame pointer, and where clang
 * realigns frames of variable size (AddressSanitizer) its base pointer.
 */
#ifndef SY_TEST_OVERWRITE_H
#define SY_TEST_OVERWRITE_H

#if defined(__clang__) && defined(SY_ASAN)
#define BASE(...)
#else
#define BASE(...) __VA_ARGS__
#endif

#ifdef __x86_64__

#define VECTORS(each)                                                          \
	each(0) each(1) each(2) each(3) each(4) each(5) each(6) each(7)        \
		each(8) each(9) each(10) each(11) each(12) each(13) each(14)   \
			each(15)
#define UPPER_VECTORS(each)                                                    \
	each(16) each(17) each(18) each(19) each(20) each(21) each(22)         \
		each(23) each(24) each(25) each(26) each(27) each(28) each(29) \
			each(30) each(31)
#define MASKS(each)                                                            \
	each(0) each(1) each(2) each(3) each(4) each(5) each(6) each(7)

#define ONES_XMM(n) "pcmpeqd %%xmm" #n ", %%xmm" #n "\n\t"
#define ONES_ZMM(n) "vpternlogd $255, %%zmm" #n ", %%zmm" #n ", %%zmm" #n "\n\t"
#define ONES_K(n) "kxnorw %%k" #n ", %%k" #n ", %%k" #n "\n\t"
#define NAME_XMM(n) , "xmm" #n
#define NAME_K(n) , "k" #n

static inline __attribute__((always_inline)) void overwrite_vectors(void)
{
	__asm__ volatile(VECTORS(ONES_XMM)::: "cc" VECTORS(NAME_XMM));
#ifdef __AVX512F__
	__asm__ volatile(
		VECTORS(ONES_ZMM) UPPER_VECTORS(ONES_ZMM) MASKS(ONES_K)::
			: "cc" VECTORS(NAME_XMM) UPPER_VECTORS(NAME_XMM)
				MASKS(NAME_K));
#elif defined(__AVX__)
	__asm__ volatile("vzeroall" ::: "cc" VECTORS(NAME_XMM));
#endif
}

/* Eight values onto the x87 stack, which is found and left empty. */
static inline __attribute__((always_inline)) void overwrite_x87(void)
{
	__asm__ volatile("fldpi\n\tfldpi\n\tfldpi\n\tfldpi\n\t"
	                 "fldpi\n\tfldpi\n\tfldpi\n\tfldpi\n\t"
	                 "fstp %%st(0)\n\tfstp %%st(0)\n\tfstp %%st(0)\n\t"
	                 "fstp %%st(0)\n\tfstp %%st(0)\n\tfstp %%st(0)\n\t"
	                 "fstp %%st(0)\n\tfstp %%st(0)" ::
	                         : "st", "st(1)", "st(2)", "st(3)", "st(4)",
	                           "st(5)", "st(6)", "st(7)");
}

static inline __attribute__((always_inline)) void overwrite(void)
{
	overwrite_vectors();
	overwrite_x87();
	__asm__ volatile(
		"movq $-1, %%rax\n\tmovq %%rax, %%rcx\n\tmovq %%rax, %%rdx\n\t"
		"movq %%rax, %%rsi\n\tmovq %%rax, %%rdi\n\t"
		"movq %%rax, %%r8\n\tmovq %%rax, %%r9\n\tmovq %%rax, %%r10\n\t"
		"movq %%rax, %%r11\n\tmovq %%rax, %%r12\n\t"
		"movq %%rax, %%r13\n\tmovq %%rax, %%r14\n\t"
		"movq %%rax, %%r15\n\t" BASE("movq %%rax, %%rbx")::
			: BASE("rbx", ) "rax", "rcx", "rdx", "rsi", "rdi", "r8",
			  "r9", "r10", "r11", "r12", "r13", "r14", "r15");
}

#elif defined(__aarch64__)

#define NUMBERS(each)                                                          \
	each(0) each(1) each(2) each(3) each(4) each(5) each(6) each(7)        \
		each(8) each(9) each(10) each(11) each(12) each(13) each(14)   \
			each(15) each(16) each(17) each(20) each(21) each(22)  \
				each(23) each(24) each(25) each(26) each(27)   \
					each(28)
#define MORE_NUMBERS(each) each(18) each(19) each(29) each(30) each(31)

#define ONES_X(n) "mov x" #n ", #-1\n\t"
#define ONES_V(n) "movi v" #n ".2d, #0xffffffffffffffff\n\t"
#define NAME_X(n) , "x" #n
#define NAME_V(n) , "v" #n

static inline __attribute__((always_inline)) void overwrite(void)
{
	__asm__ volatile(NUMBERS(ONES_V) MORE_NUMBERS(ONES_V)::
	                         : "cc" NUMBERS(NAME_V) MORE_NUMBERS(NAME_V));
#ifdef __ARM_FEATURE_SVE
	__asm__ volatile("ptrue p0.b\n\tptrue p1.b\n\tptrue p2.b\n\t"
	                 "ptrue p3.b\n\tptrue p4.b\n\tptrue p5.b\n\t"
	                 "ptrue p6.b\n\tptrue p7.b\n\tptrue p8.b\n\t"
	                 "ptrue p9.b\n\tptrue p10.b\n\tptrue p11.b\n\t"
	                 "ptrue p12.b\n\tptrue p13.b\n\tptrue p14.b\n\t"
	                 "ptrue p15.b" ::
	                         : "p0", "p1", "p2", "p3", "p4", "p5", "p6",
	                           "p7", "p8", "p9", "p10", "p11", "p12", "p13",
	                           "p14", "p15");
#endif
	__asm__ volatile(NUMBERS(ONES_X) ONES_X(18) ONES_X(30)
	                         BASE(ONES_X(19))::
	                                 : "cc" NUMBERS(NAME_X) NAME_X(18)
	                                         NAME_X(30) BASE(NAME_X(19)));
}

#else

static inline void overwrite(void)
{
}

#endif

#endif /* SY_TEST_OVERWRITE_H */
