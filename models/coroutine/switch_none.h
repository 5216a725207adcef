/* SPDX-License-Identifier: MIT */
/* switch_none.h - for an architecture that switch.h has no switch for.
   None of these is called: the models that would are absent. */
#ifndef SY_SWITCH_NONE_H
#define SY_SWITCH_NONE_H

#define SY_SWITCH_ABSENT "no assembly switch for this architecture yet"
#define SY_SWITCH_INLINE_ABSENT SY_SWITCH_ABSENT

struct sy_registers {
	char none;
};

static inline struct sy_registers *sy_switch(struct sy_registers *from,
                                             struct sy_registers *to)
{
	(void)from;
	(void)to;
	__builtin_trap();
}

static inline struct sy_registers *sy_switch_inline(struct sy_registers *from,
                                                    struct sy_registers *to)
{
	return sy_switch(from, to);
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

#endif /* SY_SWITCH_NONE_H */
