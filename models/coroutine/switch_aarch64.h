/* SPDX-License-Identifier: MIT */
/*
 * switch_aarch64.h - the switches of switch.h under AAPCS64.
 *
 * Preserved by a function are x19 to x28, the frame pointer x29, the stack
 * pointer and the lower halves of v8 to v15.  x18, the platform's, is not
 * touched; where it is not reserved, the compiler is told that it is lost, as
 * it is by a call.
 *
 * sy_switch is a function that is called, as only for a call the compiler
 * knows that the upper halves of v8 to v15 are lost, and all of them beyond 64
 * bits with SVE.  It returns by `ret`, into another stack than it was called
 * from, which a return predictor misses.  The inline switch jumps.
 *
 * With -mbranch-protection: where the jumps lead begins with `bti j`.  Return
 * addresses that are signed (PAC) lie on the stacks, signed with an address
 * there, and stay right.  A shadow call stack is not switched: neither that of
 * the compiler in x18, for which both switches are absent, nor the processor's
 * (GCS), which switch_aarch64.S has no note that it is fit for.
 */
#ifndef SY_SWITCH_AARCH64_H
#define SY_SWITCH_AARCH64_H

#ifdef __has_feature
#if __has_feature(shadow_call_stack)
#define SY_SWITCH_ABSENT                                                       \
	"the assembly switch does not switch shadow call stacks"
#endif
#endif
#ifndef SY_SWITCH_ABSENT
#define SY_SWITCH_ABSENT ((const char *)NULL)
#endif
#define SY_SWITCH_INLINE_ABSENT SY_SWITCH_ABSENT

/* What is kept of a context that is not running.  The inline switch uses the
   first five. */
struct sy_registers {
	uint64_t sp, pc, x29, x30, x19, x20, x21, x22, x23, x24, x25, x26, x27,
		x28, d8, d9, d10, d11, d12, d13, d14, d15;
} __attribute__((aligned(64)));

struct sy_registers *sy_switch(struct sy_registers *from,
                               struct sy_registers *to);

/* Where a fresh stack begins: calls x20(x19) of what x1 points to, which either
   switch leaves there.  That call does not return. */
void sy_switch_start(void);

/* Only a compiler that may use them lets them be named. */
#ifdef __ARM_FEATURE_SVE
#define SY_SWITCH_SVE                                                          \
	, "p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8", "p9", "p10",   \
		"p11", "p12", "p13", "p14", "p15"
#else
#define SY_SWITCH_SVE
#endif

#ifdef __ARM_FEATURE_BTI_DEFAULT
#define SY_SWITCH_LANDING "\n\thint	#36" /* bti j */
#else
#define SY_SWITCH_LANDING
#endif

/*
 * x29, x30 and x19 are saved by hand: compilers use the first for the frame
 * and clang the last for one that is realigned and of variable size, and do
 * not keep to a list that names them.  A vector register's name stands for its
 * whole length.  ffr has no name in clang; no compiler keeps anything there.
 */
static inline __attribute__((always_inline)) struct sy_registers *
sy_switch_inline(struct sy_registers *from, struct sy_registers *to)
{
	register struct sy_registers *x0 __asm__("x0") = from;
	register struct sy_registers *x1 __asm__("x1") = to;

	__asm__ volatile(
		"mov	x2, sp\n\t"
		"adr	x3, 1f\n\t"
		"stp	x2, x3, [x0]\n\t"
		"stp	x29, x30, [x0, #16]\n\t"
		"str	x19, [x0, #32]\n\t"
		"ldp	x2, x3, [x1]\n\t"
		"ldp	x29, x30, [x1, #16]\n\t"
		"ldr	x19, [x1, #32]\n\t"
		"mov	sp, x2\n\t"
		"br	x3\n"
		"1:" SY_SWITCH_LANDING
		: "+r"(x0), "+r"(x1)
		:
		: "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11",
		  "x12", "x13", "x14", "x15", "x16", "x17", "x18", "x20", "x21",
		  "x22", "x23", "x24", "x25", "x26", "x27", "x28", "v0", "v1",
		  "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11",
		  "v12", "v13", "v14", "v15", "v16", "v17", "v18", "v19", "v20",
		  "v21", "v22", "v23", "v24", "v25", "v26", "v27", "v28", "v29",
		  "v30", "v31", "cc", "memory" SY_SWITCH_SVE);
	return x1;
}

static inline void sy_switch_prepare(struct sy_registers *registers,
                                     unsigned char *top,
                                     void (*entry)(void *arg), void *arg)
{
	/* x29 0: the end of a chain of frame records. */
	*registers = (struct sy_registers){
		.sp = (uint64_t)(uintptr_t)top,
		.pc = (uint64_t)(uintptr_t)sy_switch_start,
		.x19 = (uint64_t)(uintptr_t)arg,
		.x20 = (uint64_t)(uintptr_t)entry,
	};
}

#endif /* SY_SWITCH_AARCH64_H */
