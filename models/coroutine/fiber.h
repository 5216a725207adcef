/* SPDX-License-Identifier: MIT */
/*
 * fiber.h - a flow of control with a stack of its own, switched by hand.
 *
 * Three ways of switching share all the rest.  Which one is an argument of
 * every switch: it is inlined, and where the argument is a constant the
 * compiler leaves nothing of the choice.
 */
#ifndef SY_FIBER_H
#define SY_FIBER_H

#include <stddef.h>
#include <ucontext.h>

#include "annotate.h"
#include "switch.h"

#ifdef __cplusplus
extern "C" {
#endif

enum sy_switch_kind {
	SY_SWITCH_INLINE,   /* sy_switch_inline of switch.h */
	SY_SWITCH_ASSEMBLY, /* sy_switch of switch.h, out of line */
	SY_SWITCH_UCONTEXT, /* swapcontext: a system call for the signal mask */
};

struct sy_fiber {
	struct sy_registers registers; /* not ucontext; first: found from it */
	ucontext_t *ucontext;          /* ucontext: where they lie */
	void (*entry)(void *arg);
	void *arg;
	struct sy_note note;
};

/*
 * A fibre that will call entry(arg), which never returns, on the stack from
 * `low` to `top`.  With ucontext, its registers take the upper end of it.
 */
void sy_fiber_make(struct sy_fiber *fiber, enum sy_switch_kind kind,
                   unsigned char *low, unsigned char *top,
                   void (*entry)(void *arg), void *arg);
/* Forgets a fibre that is not running. */
void sy_fiber_drop(struct sy_fiber *fiber);

/* The fibre that the calling thread is already.  `ucontext` is the caller's
   memory for its registers.  Negative errno: only under AddressSanitizer. */
int sy_fiber_adopt(struct sy_fiber *fiber, ucontext_t *ucontext);

/*
 * Leaves `from`, the running fibre, for `to`.  Returns `from` when it is
 * resumed.  The caller does well to go on with what is returned: it comes in
 * a register from the other side, while `from` itself has to be read back
 * from memory first.  That chain of loads would take longer than all the
 * rest, above all where there are more fibres than the cache holds.
 */
static inline __attribute__((always_inline)) struct sy_fiber *
sy_fiber_switch(struct sy_fiber *from, struct sy_fiber *to,
                enum sy_switch_kind kind)
{
	sy_note_leave(&from->note, &to->note);
	if (kind == SY_SWITCH_INLINE)
		from = (struct sy_fiber *)(void *)sy_switch_inline(
			&from->registers, &to->registers);
	else if (kind == SY_SWITCH_ASSEMBLY)
		from = (struct sy_fiber *)(void *)sy_switch(&from->registers,
		                                            &to->registers);
	else
		swapcontext(from->ucontext, to->ucontext);
	sy_note_arrive(&from->note);
	return from;
}

/* The last that a fibre does: it leaves `from`, itself, for `to` and is never
   resumed.  It is still to be dropped. */
static inline __attribute__((always_inline, noreturn)) void
sy_fiber_end(struct sy_fiber *from, struct sy_fiber *to,
             enum sy_switch_kind kind)
{
	sy_note_end(&from->note, &to->note);
	if (kind == SY_SWITCH_INLINE)
		sy_switch_inline(&from->registers, &to->registers);
	else if (kind == SY_SWITCH_ASSEMBLY)
		sy_switch(&from->registers, &to->registers);
	else
		setcontext(to->ucontext);
	__builtin_unreachable();
}

#ifdef __cplusplus
}
#endif

#endif /* SY_FIBER_H */
