/* SPDX-License-Identifier: MIT */
/* fiber.c - see fiber.h. */
#include "fiber.h"

static void begin(void *arg)
{
	struct sy_fiber *fiber = arg;

	sy_note_arrive(&fiber->note);
	fiber->entry(fiber->arg);
	__builtin_unreachable();
}

/* makecontext passes ints only: the pointer comes in two halves. */
static void begin_halves(unsigned high, unsigned low)
{
	begin((void *)(uintptr_t)((uint64_t)high << 32 | low));
}

static void make_ucontext(struct sy_fiber *fiber, unsigned char *low,
                          unsigned char *top)
{
	uint64_t bits = (uintptr_t)fiber;
	ucontext_t *ucontext;

	top -= (sizeof(*ucontext) + 15) / 16 * 16;
	ucontext = (void *)top;
	/* The signal mask and the control words are the caller's. */
	getcontext(ucontext);
	ucontext->uc_stack.ss_sp = low;
	ucontext->uc_stack.ss_size = (size_t)(top - low);
	ucontext->uc_link = NULL;
	makecontext(ucontext, (void (*)(void))begin_halves, 2,
	            (unsigned)(bits >> 32), (unsigned)bits);
	fiber->ucontext = ucontext;
}

void sy_fiber_make(struct sy_fiber *fiber, enum sy_switch_kind kind,
                   unsigned char *low, unsigned char *top,
                   void (*entry)(void *arg), void *arg)
{
	*fiber = (struct sy_fiber){ .entry = entry, .arg = arg };
	sy_note_stack(&fiber->note, low, (size_t)(top - low));
	if (kind == SY_SWITCH_UCONTEXT)
		make_ucontext(fiber, low, top);
	else
		sy_switch_prepare(&fiber->registers, top, begin, fiber);
}

void sy_fiber_drop(struct sy_fiber *fiber)
{
	sy_note_drop(&fiber->note);
}

int sy_fiber_adopt(struct sy_fiber *fiber, ucontext_t *ucontext)
{
	*fiber = (struct sy_fiber){ .ucontext = ucontext };
	return sy_note_thread(&fiber->note);
}
