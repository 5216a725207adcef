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
extern const struct sy_model sy_model_threads_each;
extern const struct sy_model sy_model_threads_joined;
extern const struct sy_model sy_model_semaphore;
extern const struct sy_model sy_model_fork;
extern const struct sy_model sy_model_pool;

/* What a pair of contexts takes, of which the caller is one. */
void sy_pair_needs(const struct sy_mechanism *mechanism,
                   const struct sy_batch *batch, struct sy_needs *needs);

/* mechanisms.c: the rows of each, ended by NULL. */
extern const struct sy_mechanism *const sy_serial_mechanisms[];
extern const struct sy_mechanism *const sy_threads_mechanisms[];
extern const struct sy_mechanism *const sy_semaphore_mechanisms[];
extern const struct sy_mechanism *const sy_fork_mechanisms[];
extern const struct sy_mechanism *const sy_pool_mechanisms[];

/* handoff_*.c and reference.c: switch/MODEL.NAME */
extern const struct sy_mechanism sy_serial_call;
extern const struct sy_mechanism sy_serial_clock;
extern const struct sy_mechanism sy_serial_syscall;
extern const struct sy_mechanism sy_threads_condition;
extern const struct sy_mechanism sy_threads_futex;
extern const struct sy_mechanism sy_threads_posix;
extern const struct sy_mechanism sy_threads_pipe;
extern const struct sy_mechanism sy_threads_eventfd;
extern const struct sy_mechanism sy_threads_socketpair;
extern const struct sy_mechanism sy_threads_yield;
extern const struct sy_mechanism sy_threads_spin;
extern const struct sy_mechanism sy_semaphore_posix;
extern const struct sy_mechanism sy_fork_semaphore;
extern const struct sy_mechanism sy_fork_futex;
extern const struct sy_mechanism sy_fork_pipe;
extern const struct sy_mechanism sy_fork_socketpair;
extern const struct sy_mechanism sy_pool_futex;

/* spawn_*.c: spawn/MODEL.NAME */
extern const struct sy_mechanism sy_threads_join;
extern const struct sy_mechanism sy_semaphore_gated;
extern const struct sy_mechanism sy_fork_wait;
extern const struct sy_mechanism sy_fork_vfork;
extern const struct sy_mechanism sy_fork_exec;
extern const struct sy_mechanism sy_fork_spawn;
extern const struct sy_mechanism sy_fork_cow;
extern const struct sy_mechanism sy_pool_worker;

/* idle_*.c: idle/MODEL.NAME */
extern const struct sy_mechanism sy_threads_parked;
extern const struct sy_mechanism sy_fork_parked;

/* The program that does nothing, and why it cannot be executed, or NULL. */
#define SY_SPAWN_PROGRAM "/bin/true"
/* Its heap, stack and relocated data: 100 to 200 KiB were seen. */
#define SY_SPAWN_PROGRAM_BYTES (UINT64_C(512) << 10)
const char *sy_spawn_no_program(void);

#ifdef __cplusplus
}
#endif

#endif /* SY_MODELS_H */
