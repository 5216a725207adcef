/* SPDX-License-Identifier: MIT */
/*
 * switch_x86_64.S - see switch_x86_64.h for what is saved, what is not, and why.
 *
 * On entry: rdi the registers to save, rsi those to load, rcx the way back.
 * From the first load on, the frame that counts for unwinding is the new
 * one: its registers lie where rsi points, until all are loaded.
 *
 * Nothing is called and nothing returns, so a shadow stack is not disturbed
 * by the switch, but it is not switched either: where one is used, the
 * coroutines' own returns fail.  The object does not declare itself fit for
 * one (no property note), and the linker then leaves it off for the program.
 * With -fcf-protection (__CET__), what is reached by an indirect jump needs a
 * landing mark or an untracked jump.
 */
#if defined(__x86_64__) && defined(__LP64__)

#ifdef __CET__
#define LANDING endbr64
#define UNTRACKED notrack
#else
#define LANDING
#define UNTRACKED
#endif

/* Offsets in struct sy_registers. */
#define RSP 0
#define RIP 8
#define RBX 16
#define RBP 24
#define R12 32
#define R13 40
#define R14 48
#define R15 56

/* DWARF: register `number` lies at rsi + `offset` (DW_CFA_expression with
   DW_OP_breg4). */
#define LIES_AT(number, offset) .cfi_escape 0x10, number, 2, 0x74, offset

	.text

	.globl	sy_switch_body
	.hidden	sy_switch_body
	.type	sy_switch_body, @function
	.p2align 6
sy_switch_body:
	.cfi_startproc
	.cfi_def_cfa %rsp, 0
	.cfi_register %rip, %rcx
	movq	%rsp, RSP(%rdi)
	movq	%rcx, RIP(%rdi)
	movq	%rbx, RBX(%rdi)
	movq	%rbp, RBP(%rdi)
	movq	%r12, R12(%rdi)
	movq	%r13, R13(%rdi)
	movq	%r14, R14(%rdi)
	movq	%r15, R15(%rdi)
	movq	RSP(%rsi), %rsp
	LIES_AT(3, RBX)
	LIES_AT(6, RBP)
	LIES_AT(12, R12)
	LIES_AT(13, R13)
	LIES_AT(14, R14)
	LIES_AT(15, R15)
	LIES_AT(16, RIP)
	movq	RBX(%rsi), %rbx
	movq	RBP(%rsi), %rbp
	movq	R12(%rsi), %r12
	movq	R13(%rsi), %r13
	movq	R14(%rsi), %r14
	movq	R15(%rsi), %r15
	UNTRACKED jmp *RIP(%rsi)
	.cfi_endproc
	.size	sy_switch_body, .-sy_switch_body

	.globl	sy_switch_start
	.hidden	sy_switch_start
	.type	sy_switch_start, @function
	.p2align 4
	.cfi_startproc
	.cfi_undefined %rip
	/* A debugger looks up the byte before the way back. */
	nop
sy_switch_start:
	LANDING
	movq	R12(%rsi), %rdi
	callq	*R13(%rsi)
	ud2
	.cfi_endproc
	.size	sy_switch_start, .-sy_switch_start

#endif

#ifdef __ELF__
	.section .note.GNU-stack, "", %progbits
#endif
