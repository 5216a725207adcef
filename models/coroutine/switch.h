/* SPDX-License-Identifier: MIT */
/*
 * switch.h - leaving one stack for another, in assembly.
 *
 * Two ways, on the same struct sy_registers, the registers of a context that
 * is not running:
 *
 * sy_switch         out of line: saves the registers that a function must
 *                   preserve under the architecture's ABI.  What it costs does
 *                   not depend on the place, and it asks of the compiler no
 *                   more than a call does.
 * sy_switch_inline  saves the stack pointer, the way back and the registers
 *                   that cannot be named as lost, and says of all others that
 *                   they are: the compiler saves those that it uses there,
 *                   which in a short loop are none.
 *
 * Both save the registers of the caller in *from and go on where *to was
 * left.  When somebody switches to *from, they return `from`: not as it was,
 * but as that one had it at hand, in a register.  Whoever goes on with it
 * waits for no load.
 *
 * sy_switch_prepare(registers, top, entry, arg) makes entry(arg), which does
 * not return, begin below `top`, which is aligned to 16 bytes, at the first
 * switch to *registers, by either of them.  From then on a context is switched
 * from and to by one of them only: what one leaves in the registers, the other
 * does not load.  It stays on one thread, as the compiler may hold on to
 * addresses of thread-local variables.
 *
 * Not saved are the control words of the floating-point unit (x86: mxcsr and
 * the x87 control word; aarch64: fpcr), though the ABIs want rounding and
 * masks preserved: saving them costs more than all else together, and no task
 * changes them.  The signal mask is the thread's.
 *
 * Nothing is written to the stack, where the compiler may be using the red
 * zone below the stack pointer.  A debugger and an unwinder see the frames of
 * the running context; those of the others they cannot find.  In the inline
 * switch the description of the frame is wrong for one instruction, the jump
 * after the stack pointer was loaded: a profile has one sample without callers
 * where it falls there.
 *
 * SY_SWITCH_ABSENT and SY_SWITCH_INLINE_ABSENT say why one is not there in
 * this build, or are NULL.
 */
#ifndef SY_SWITCH_H
#define SY_SWITCH_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__x86_64__) && defined(__LP64__)
#include "switch_x86_64.h"
#elif defined(__aarch64__) && defined(__LP64__)
#include "switch_aarch64.h"
#else
#include "switch_none.h"
#endif

#ifdef __cplusplus
}
#endif

#endif /* SY_SWITCH_H */
