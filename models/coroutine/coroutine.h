/* SPDX-License-Identifier: MIT */
/*
 * coroutine.h - the models whose contexts are stacks: `coroutine` switches
 * between them in assembly, `coroutine.ucontext` with swapcontext.
 */
#ifndef SY_COROUTINE_H
#define SY_COROUTINE_H

#include "model.h"

#ifdef __cplusplus
extern "C" {
#endif

extern const struct sy_model sy_model_coroutine;
extern const struct sy_model sy_model_coroutine_ucontext;

/* handoff.c: the two switches, ended by a NULL name. */
extern const struct sy_handoff sy_coroutine_handoffs[];

#ifdef __cplusplus
}
#endif

#endif /* SY_COROUTINE_H */
