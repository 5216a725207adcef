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

/* mechanisms.c: the rows, ended by NULL. */
extern const struct sy_mechanism *const sy_coroutine_mechanisms[];
extern const struct sy_mechanism sy_coroutine_inline;
extern const struct sy_mechanism sy_coroutine_assembly;
extern const struct sy_mechanism sy_coroutine_boost;
extern const struct sy_mechanism sy_coroutine_uswitch;
extern const struct sy_mechanism sy_coroutine_yield;
extern const struct sy_mechanism sy_coroutine_pooled;
extern const struct sy_mechanism sy_coroutine_malloc;
extern const struct sy_mechanism sy_coroutine_fresh;
extern const struct sy_mechanism sy_coroutine_parked;

#ifdef __cplusplus
}
#endif

#endif /* SY_COROUTINE_H */
