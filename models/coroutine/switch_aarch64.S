/* SPDX-License-Identifier: MIT */
/*
 * switch_aarch64.S - see switch_aarch64.h for what is saved, what is not, and
 * why.
 *
 * sy_switch: x0 the registers to save, x1 those to load.  Until the stack
 * pointer is loaded, the frame that counts for unwinding is the old one, and
 * all its registers still hold what they held; from then on it is the new one,
 * whose registers lie where x1 points, until all are loaded.
 */
#if defined(__aarch64__) && defined(__LP64__)

/* Offsets in struct sy_registers. */
#define SP 0
#define X29 16
#define X19 32
#define X21 48
#define X23 64
#define X25 80
#define X27 96
#define D8 112
#define D10 128
#define D12 144
#define D14 160

/* DWARF: register `number` lies at x1 + `offset`, written as one or two
   bytes of SLEB128 (DW_CFA_expression with DW_OP_breg1). */
#define LIES_AT(number, offset) .cfi_escape 0x10, number, 2, 0x71, offset
#define LIES_FAR(number, offset) \
	.cfi_escape 0x10, number, 3, 0x71, 0x80 | ((offset) & 0x7f), (offset) >> 7

	.text

	.globl	sy_switch
	.hidden	sy_switch
	.type	sy_switch, %function
	.p2align 6
sy_switch:
	.cfi_startproc
	/* A linker's stub on the way here jumps indirectly. */
	hint	#34	/* bti c */
	mov	x2, sp
	stp	x2, x30, [x0, #SP]
	stp	x29, x30, [x0, #X29]
	stp	x19, x20, [x0, #X19]
	stp	x21, x22, [x0, #X21]
	stp	x23, x24, [x0, #X23]
	stp	x25, x26, [x0, #X25]
	stp	x27, x28, [x0, #X27]
	stp	d8, d9, [x0, #D8]
	stp	d10, d11, [x0, #D10]
	stp	d12, d13, [x0, #D12]
	stp	d14, d15, [x0, #D14]
	ldp	x2, x3, [x1, #SP]
	/* What the other side switched to. */
	mov	x0, x1
	mov	sp, x2
	.cfi_register x30, x3
	LIES_AT(29, 16)
	LIES_AT(19, 32)
	LIES_AT(20, 40)
	LIES_AT(21, 48)
	LIES_AT(22, 56)
	LIES_FAR(23, 64)
	LIES_FAR(24, 72)
	LIES_FAR(25, 80)
	LIES_FAR(26, 88)
	LIES_FAR(27, 96)
	LIES_FAR(28, 104)
	ldr	x29, [x1, #X29]
	ldp	x19, x20, [x1, #X19]
	ldp	x21, x22, [x1, #X21]
	ldp	x23, x24, [x1, #X23]
	ldp	x25, x26, [x1, #X25]
	ldp	x27, x28, [x1, #X27]
	ldp	d8, d9, [x1, #D8]
	ldp	d10, d11, [x1, #D10]
	ldp	d12, d13, [x1, #D12]
	ldp	d14, d15, [x1, #D14]
	ret	x3
	.cfi_endproc
	.size	sy_switch, .-sy_switch

	.globl	sy_switch_start
	.hidden	sy_switch_start
	.type	sy_switch_start, %function
	.p2align 4
	.cfi_startproc
	.cfi_undefined x30
	/* A debugger looks up the instruction before the way back. */
	nop
sy_switch_start:
	hint	#36	/* bti j */
	ldp	x0, x2, [x1, #X19]
	blr	x2
	brk	#1
	.cfi_endproc
	.size	sy_switch_start, .-sy_switch_start

/* Fit for branch target identification, and for signed return addresses, of
   which there are none here.  The linker notes for the program what all its
   objects note. */
#if defined(__ARM_FEATURE_BTI_DEFAULT) || defined(__ARM_FEATURE_PAC_DEFAULT)
	.section .note.gnu.property, "a"
	.p2align 3
	.word	4, 16, 5
	.asciz	"GNU"
	.word	0xc0000000, 4	/* GNU_PROPERTY_AARCH64_FEATURE_1_AND */
	.word	3, 0		/* BTI, PAC */
#endif

#endif

#ifdef __ELF__
	.section .note.GNU-stack, "", %progbits
#endif
