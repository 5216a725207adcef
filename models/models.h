/* SPDX-License-Identifier: MIT */
/*
 * models.h - the blocking models, and what they offer as hand-offs.
 *
 * Each is described at the top of its own file.
 */
#ifndef SY_MODELS_H
#define SY_MODELS_H

#include "model.h"

#ifdef __cplusplus
extern "C" {
#endif

extern const struct sy_model sy_model_serial;
extern const struct sy_model sy_model_threads;
extern const struct sy_model sy_model_semaphore;
extern const struct sy_model sy_model_fork;
extern const struct sy_model sy_model_pool;

/* Tables ended by a NULL name, each in a file handoff_*.c. */
extern const struct sy_handoff sy_threads_handoffs[];
extern const struct sy_handoff sy_semaphore_handoffs[];
extern const struct sy_handoff sy_fork_handoffs[];
extern const struct sy_handoff sy_pool_handoffs[];

#ifdef __cplusplus
}
#endif

#endif /* SY_MODELS_H */
